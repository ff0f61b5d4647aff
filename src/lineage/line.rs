//! The slots of a line to what is kept of them, and back.
//!
//! Whoever blanks a page, or cuts a chapter, ends the lives of all its tokens, and whoever puts it back begins them anew:
//! after some years each token has dozens of lives, and nearly all of them are those of its neighbours. So the absences
//! of a line are kept once, and a list of lives is kept as which of them it had.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::slot::{Came, Life, Return, Slot};
use super::{LineId, RevisionNumber, WordingId};

/// An absence that so many lists of lives have in common stands among those that others have, too: a list is kept as
/// ranges of absences, and what one list has alone would part them.
const COMMON: usize = 4;

/// The slots of one line, in weave order, neighbours with one life joined to runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    absences: Vec<Absence>,
    lives: Vec<Lives>,
    runs: Vec<Run>,
}

/// Between two lives, the end of one and the beginning of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Absence {
    /// The token was missing from a revision on, for so many.
    Plain(RevisionNumber, u32),
    /// And it came back in another way than by itself, from the place where it had gone.
    Other(RevisionNumber, u32, Came, Option<Return>),
}

/// The stays of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lives {
    from: RevisionNumber,
    came: Came,
    back: Option<Return>,
    /// Those of the line's absences that it had, in order.
    absences: Vec<Range<u32>>,
    to: Option<RevisionNumber>,
}

/// Neighbouring tokens of one wording that came and went together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    wording: WordingId,
    start: u32,
    len: u32,
    born: RevisionNumber,
    /// Which of the line's lists of lives.
    lives: u32,
    next: Option<LineId>,
}

impl Line {
    /// What is kept of these slots.
    pub(super) fn of(slots: &[Slot]) -> Self {
        let (mut runs, mut lists) = (Vec::new(), Lists::default());
        for run in slots.chunk_by(|left, right| left.is_followed_by(right)) {
            let Some(first) = run.first() else { continue };
            runs.push(Run {
                wording: first.wording,
                start: number(first.token),
                len: number(run.iter().map(|slot| slot.len).sum()),
                born: first.born,
                lives: number(lists.place(&first.lives)),
                next: first.next,
            });
        }
        let absences = lists.absences();
        let places = absences.iter().copied().zip(0..).collect();
        let lives = lists.all.iter().filter_map(|lives| Lives::of(lives, &places)).collect();
        Self { absences, lives, runs }
    }

    /// The slots that were kept; none of a row that does not hold together.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let lives = self.lives.iter().map(|lives| lives.list(&self.absences).map(Rc::new));
        let lives: Option<Vec<Rc<Vec<Life>>>> = lives.collect();
        let mut slots = Vec::with_capacity(self.runs.len());
        for run in &self.runs {
            let Some(lives) = lives.as_ref().and_then(|all| all.get(run.lives as usize)) else {
                return Vec::new();
            };
            let shared = run.slot(Rc::clone(lives));
            if shared.is_alive() { slots.extend(shared.singles()) } else { slots.push(shared) }
        }
        slots
    }
}

/// The slots as they will be read when they are kept: dead neighbours share one, and what is never kept is forgotten.
pub(super) fn shared(slots: &[Slot]) -> Vec<Slot> {
    let mut read = Vec::with_capacity(slots.len());
    for run in slots.chunk_by(|left, right| left.is_followed_by(right)) {
        let Some(first) = run.first() else { continue };
        let len = run.iter().map(|slot| slot.len).sum();
        let stood = first.is_alive();
        let shared = Slot { len, stood, within: false, elsewhere: None, ..first.clone() };
        if stood { read.extend(shared.singles()) } else { read.push(shared) }
    }
    read
}

impl Slot {
    fn is_followed_by(&self, right: &Self) -> bool {
        self.wording == right.wording
            && self.token + self.len == right.token
            && self.next == right.next
            && (Rc::ptr_eq(&self.lives, &right.lives) || self.lives == right.lives)
    }
}

impl Run {
    fn slot(&self, lives: Rc<Vec<Life>>) -> Slot {
        Slot {
            wording: self.wording,
            token: self.start as usize,
            len: self.len as usize,
            born: self.born,
            stood: lives.last().is_some_and(|life| life.to.is_none()),
            lives,
            next: self.next,
            within: false,
            elsewhere: None,
        }
    }
}

/// The different lists of lives of a line.
#[derive(Default)]
struct Lists<'a> {
    all: Vec<&'a [Life]>,
    /// Where each is among them; by where it is in memory too, since most slots share theirs with others.
    by_address: HashMap<*const Vec<Life>, usize>,
    by_lives: HashMap<&'a [Life], usize>,
}

impl<'a> Lists<'a> {
    fn place(&mut self, lives: &'a Rc<Vec<Life>>) -> usize {
        *self.by_address.entry(Rc::as_ptr(lives)).or_insert_with(|| {
            *self.by_lives.entry(lives.as_slice()).or_insert_with(|| {
                self.all.push(lives);
                self.all.len() - 1
            })
        })
    }

    /// The absences of all lists: first those that several had, each in their order.
    fn absences(&self) -> Vec<Absence> {
        let mut had: HashMap<Absence, usize> = HashMap::new();
        for absence in self.all.iter().flat_map(|lives| Absence::all(lives)) {
            *had.entry(absence).or_default() += 1;
        }
        let mut all: Vec<(bool, Absence)> =
            had.into_iter().map(|(absence, times)| (times < COMMON, absence)).collect();
        all.sort_unstable_by_key(|(rare, absence)| (*rare, absence.gone(), *absence));
        all.into_iter().map(|(_, absence)| absence).collect()
    }
}

impl Absence {
    fn all(lives: &[Life]) -> impl Iterator<Item = Self> {
        lives.windows(2).filter_map(|pair| Self::between(&pair[0], &pair[1]))
    }

    fn between(left: &Life, right: &Life) -> Option<Self> {
        let gone = left.to?;
        let lasted = right.from.0.checked_sub(gone.0)?;
        let back = Some(Return { gone, at: right.from });
        Some(if (right.came, right.back) == (Came::Between, back) {
            Self::Plain(gone, lasted)
        } else {
            Self::Other(gone, lasted, right.came, right.back)
        })
    }

    fn gone(self) -> RevisionNumber {
        match self {
            Self::Plain(gone, _) | Self::Other(gone, ..) => gone,
        }
    }

    /// How the life after it began.
    fn next(self) -> (RevisionNumber, Came, Option<Return>) {
        match self {
            Self::Plain(gone, lasted) => {
                let at = RevisionNumber(gone.0.saturating_add(lasted));
                (at, Came::Between, Some(Return { gone, at }))
            }
            Self::Other(gone, lasted, came, back) => {
                (RevisionNumber(gone.0.saturating_add(lasted)), came, back)
            }
        }
    }
}

impl Lives {
    fn of(lives: &[Life], places: &HashMap<Absence, u32>) -> Option<Self> {
        let (first, last) = (lives.first()?, lives.last()?);
        let mut absences: Vec<Range<u32>> = Vec::new();
        for place in Absence::all(lives).filter_map(|absence| places.get(&absence).copied()) {
            match absences.last_mut() {
                Some(range) if range.end == place => range.end += 1,
                _ => absences.push(place..place + 1),
            }
        }
        Some(Self { from: first.from, came: first.came, back: first.back, absences, to: last.to })
    }

    /// The lives, one by one; `None` if the line has no such absences.
    fn list(&self, absences: &[Absence]) -> Option<Vec<Life>> {
        let mut lives = Vec::new();
        let (mut from, mut came, mut back) = (self.from, self.came, self.back);
        for range in &self.absences {
            for absence in absences.get(range.start as usize..range.end as usize)? {
                lives.push(Life { from, came, to: Some(absence.gone()), back });
                (from, came, back) = absence.next();
            }
        }
        lives.push(Life { from, came, to: self.to, back });
        Some(lives)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
