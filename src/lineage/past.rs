//! What is kept of a page's past to the little of it that one step asks for.
//!
//! A step of a long history touches a few lines and asks for a few texts, and which ones is known only while it is
//! woven: a dead slot is asked for its word only when something comes into its gap. So the lineage is given somebody to
//! ask, and whoever answers (the store, or nobody) does the reading; what is asked for once is remembered here.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Index;

use super::{ByNumber, Line, LineId, RevisionNumber, Wording, WordingId};
use crate::extract::PassageKind;

/// Who knows what was kept of a page. What cannot be read is answered as if it had never been; whoever answers so must
/// tell it before anything that was told from it is kept.
pub trait Past {
    /// How many wordings are kept.
    fn wordings(&self) -> u32;
    /// One of them.
    fn wording(&self, id: WordingId) -> Option<Wording>;
    /// The line of one of them, and when it stood first, where the text is not asked for.
    fn birth(&self, id: WordingId) -> Option<(LineId, RevisionNumber)> {
        self.wording(id).map(|wording| (wording.line, wording.born))
    }
    /// A line that was ever edited.
    fn line(&self, id: LineId) -> Option<Line>;
    /// The newest wording of such a line.
    fn newest(&self, id: LineId) -> Option<WordingId>;
    /// The wordings that are kept under a digest, oldest first.
    fn said(&self, digest: u64) -> Vec<WordingId>;
}

/// The past of a page that is told for the first time, or that is all in memory.
struct Nothing;

/// Nobody to ask.
pub(super) const NOTHING: &dyn Past = &Nothing;

/// What stands in for a wording that cannot be read.
static UNREADABLE: Wording = Wording {
    line: LineId(u32::MAX),
    born: RevisionNumber(u32::MAX),
    kind: PassageKind::Paragraph,
    text: String::new(),
};

/// So many wordings have their places made together.
const SHELF: usize = 256;

type Shelf = Box<[OnceCell<Option<Wording>>]>;

/// The wordings of a page: those that are kept, each read when it is first asked for, and those that are new.
pub struct Wordings<'p> {
    past: &'p dyn Past,
    kept: usize,
    shelves: Box<[OnceCell<Shelf>]>,
    new: Vec<Wording>,
}

impl<'p> Wordings<'p> {
    /// The wordings of this past.
    pub fn of(past: &'p dyn Past) -> Self {
        let kept = past.wordings() as usize;
        let shelves = (0..kept.div_ceil(SHELF)).map(|_| OnceCell::new()).collect();
        Self { past, kept, shelves, new: Vec::new() }
    }

    /// The wording of this number, if there is one.
    pub fn get(&self, number: usize) -> Option<&Wording> {
        match number.checked_sub(self.kept) {
            Some(new) => self.new.get(new),
            None => self.read(number),
        }
    }

    /// The line of a wording, and when it stood first, without its text.
    pub(super) fn birth(&self, id: WordingId) -> Option<(LineId, RevisionNumber)> {
        let number = id.0 as usize;
        let places = number
            .checked_sub(self.kept)
            .map_or_else(|| self.shelves[number / SHELF].get(), |_| None);
        let read = places.and_then(|places| places[number % SHELF].get());
        match read {
            None if number < self.kept => self.past.birth(id),
            _ => self.get(number).map(|wording| (wording.line, wording.born)),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept + self.new.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those that are not kept yet, with their numbers.
    pub fn new_ones(&self) -> impl Iterator<Item = (WordingId, &Wording)> {
        let first = u32::try_from(self.kept).unwrap_or(u32::MAX);
        (first..).map(WordingId).zip(&self.new)
    }

    pub(super) fn push(&mut self, wording: Wording) {
        self.new.push(wording);
    }

    fn read(&self, number: usize) -> Option<&Wording> {
        let places = self.shelves[number / SHELF]
            .get_or_init(|| (0..SHELF).map(|_| OnceCell::new()).collect());
        let id = WordingId(u32::try_from(number).ok()?);
        places[number % SHELF].get_or_init(|| self.past.wording(id)).as_ref()
    }
}

impl ByNumber for Wordings<'_> {
    fn numbered(&self, id: WordingId) -> Option<&Wording> {
        self.get(id.0 as usize)
    }
}

impl Default for Wordings<'_> {
    fn default() -> Self {
        Self::of(NOTHING)
    }
}

impl fmt::Debug for Wordings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wordings").field("kept", &self.kept).field("new", &self.new).finish()
    }
}

impl Index<usize> for Wordings<'_> {
    type Output = Wording;

    fn index(&self, number: usize) -> &Wording {
        self.get(number).unwrap_or(&UNREADABLE)
    }
}

impl Past for Nothing {
    fn wordings(&self) -> u32 {
        0
    }

    fn wording(&self, _: WordingId) -> Option<Wording> {
        None
    }

    fn line(&self, _: LineId) -> Option<Line> {
        None
    }

    fn newest(&self, _: LineId) -> Option<WordingId> {
        None
    }

    fn said(&self, _: u64) -> Vec<WordingId> {
        Vec::new()
    }
}
