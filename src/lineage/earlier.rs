//! A passage that comes, and the wordings that its page ever had, to the line that it was once a wording of.
//!
//! Letter for letter is the surest; a passage that is back with another case or other quotes is back all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::advance::Step;
use super::pairs::Places;
use super::weave::{Slot, Weave};
use super::{LineId, RevisionNumber, Wording, WordingId};
use crate::diff::Row;
use crate::extract::tokens;

/// So many bytes of a line's wordings, the newest first, are looked through for one in another style.
const MOST_TEXT: usize = 250_000;

/// A line that a passage is the return of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Earlier {
    /// The line.
    pub(super) line: LineId,
    /// Its wording that says the same.
    pub(super) wording: WordingId,
    /// The wording in which the line stands until now, at another place; `None` if it does not stand.
    pub(super) until_now: Option<Until>,
}

/// How a line stood until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Until {
    pub(super) wording: WordingId,
    pub(super) elsewhere: bool,
}

/// The added passages of a step that are returns.
#[derive(Default)]
pub(super) struct Homecomings(BTreeMap<usize, Earlier>);

/// The newest wording of a line that says the same, one in the same letters before all others.
pub(super) fn wording_of_line(line: LineId, text: &str, wordings: &[Wording]) -> Option<WordingId> {
    let of_line = || ids(wordings).filter(|(_, wording)| wording.line == line);
    let exact = of_line().find(|(_, wording)| wording.text == text);
    exact
        .or_else(|| {
            let newest: Vec<_> = of_line().collect();
            let mut left = MOST_TEXT;
            let mut near = newest.into_iter().rev().take_while(|(_, wording)| {
                left = left.saturating_sub(wording.text.len());
                left > 0
            });
            near.find(|(_, wording)| says_the_same(&wording.text, text))
        })
        .map(|(id, _)| id)
}

impl Homecomings {
    /// Finds a line for every added passage that has one. A line that is removed in this very step can take another
    /// passage that it had before; a line that stands on cannot.
    pub(super) fn of(step: &Step<'_>, wordings: &[Wording], weave: &Weave) -> Self {
        let mut found = Self::default();
        let wanted = Wanted::of(step);
        if wanted.exact.is_empty() {
            return found;
        }
        let places = Places::of(&step.comparison.rows);
        let mut lines =
            Candidates { step, weave, wordings, places: &places, taken: BTreeSet::new() };
        for (wanted, known) in [wanted.exactly(wordings), wanted.alike(wordings)].iter().flatten() {
            if !found.0.contains_key(wanted)
                && let Some(earlier) = lines.best(*wanted, known)
            {
                found.0.insert(*wanted, earlier);
            }
        }
        found
    }

    /// The line that an added passage is the return of.
    pub(super) fn of_passage(&self, new: usize) -> Option<Earlier> {
        self.0.get(&new).copied()
    }

    /// Whether a line that would be removed stands on in this way.
    pub(super) fn needs(&self, line: LineId) -> bool {
        self.0.values().any(|earlier| earlier.line == line)
    }
}

/// The added passages, by text and by letters.
struct Wanted<'a> {
    exact: BTreeMap<&'a str, Vec<usize>>,
    letters: BTreeMap<Vec<u8>, Vec<usize>>,
    texts: BTreeMap<usize, &'a str>,
    shortest: usize,
    longest: usize,
}

/// Added passages, each with the wordings that say the same.
type Known = Vec<(usize, Vec<WordingId>)>;

impl<'a> Wanted<'a> {
    fn of(step: &Step<'a>) -> Self {
        let mut wanted = Self {
            exact: BTreeMap::new(),
            letters: BTreeMap::new(),
            texts: BTreeMap::new(),
            shortest: usize::MAX,
            longest: 0,
        };
        for row in &step.comparison.rows {
            let Row::Added { new } = row else { continue };
            let text = step.new[*new].text.as_str();
            let letters = letters(text);
            // Marks alone are everywhere; that they stood before says nothing.
            if !text.chars().any(char::is_alphanumeric) {
                continue;
            }
            wanted.exact.entry(text).or_default().push(*new);
            wanted.shortest = wanted.shortest.min(text.len());
            wanted.longest = wanted.longest.max(text.len());
            wanted.letters.entry(letters).or_default().push(*new);
            wanted.texts.insert(*new, text);
        }
        wanted
    }

    fn exactly(&self, wordings: &[Wording]) -> Known {
        gathered(wordings, |wording| self.exact.get(wording.text.as_str()))
    }

    fn alike(&self, wordings: &[Wording]) -> Known {
        // Another style changes a length, but not by half.
        let lengths = self.shortest / 2..=self.longest.saturating_mul(2);
        let mut known = gathered(wordings, |wording| {
            lengths
                .contains(&wording.text.len())
                .then(|| self.letters.get(&letters(&wording.text)))?
        });
        for (new, ids) in &mut known {
            ids.retain(|id| same_words(&wordings[id.0 as usize].text, self.texts[new]));
        }
        known
    }
}

fn gathered<'a>(
    wordings: &[Wording],
    wanting: impl Fn(&Wording) -> Option<&'a Vec<usize>>,
) -> Known {
    let mut known: BTreeMap<usize, Vec<WordingId>> = BTreeMap::new();
    for (id, wording) in ids(wordings) {
        for new in wanting(wording).into_iter().flatten() {
            known.entry(*new).or_default().push(id);
        }
    }
    known.into_iter().collect()
}

/// The lines that can be returned to, each once.
struct Candidates<'a> {
    step: &'a Step<'a>,
    weave: &'a Weave,
    wordings: &'a [Wording],
    places: &'a Places,
    taken: BTreeSet<LineId>,
}

impl Candidates<'_> {
    /// The line that went last, of these the first: two equal passages that went together come back in their order.
    fn best(&mut self, new: usize, known: &[WordingId]) -> Option<Earlier> {
        let earlier = known
            .iter()
            .filter_map(|id| Some((self.gone(self.wordings[id.0 as usize].line)?, *id)))
            .max_by_key(|(gone, id)| {
                (*gone, std::cmp::Reverse(self.wordings[id.0 as usize].line), *id)
            });
        let (_, wording) = earlier?;
        let line = self.wordings[wording.0 as usize].line;
        self.taken.insert(line);
        let until_now = self.step.old.iter().position(|placed| placed.line == line).map(|old| {
            Until { wording: self.step.old[old].wording, elsewhere: !self.places.meet(old, new) }
        });
        Some(Earlier { line, wording, until_now })
    }

    /// Since when a line can be returned to; `None` if it stands on, or is taken.
    fn gone(&self, line: LineId) -> Option<RevisionNumber> {
        if self.taken.contains(&line) {
            return None;
        }
        match self.step.old.iter().position(|placed| placed.line == line) {
            Some(old) => self.places.is_removed(old).then_some(self.step.revision),
            None => self.weave.slots(line, self.wordings).iter().filter_map(Slot::gone).max(),
        }
    }
}

fn ids(wordings: &[Wording]) -> impl Iterator<Item = (WordingId, &Wording)> {
    (0..).map(WordingId).zip(wordings)
}

/// Whether two texts differ in style alone.
fn says_the_same(one: &str, other: &str) -> bool {
    letters_of(one).eq(letters_of(other)) && same_words(one, other)
}

fn same_words(one: &str, other: &str) -> bool {
    let keys = |text| tokens(text).into_iter().map(|token| token.key.into_owned());
    keys(one).eq(keys(other))
}

fn letters(text: &str) -> Vec<u8> {
    letters_of(text).collect()
}

/// What two texts that differ in style alone share for sure, and texts that differ rarely do: quick to tell apart.
fn letters_of(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase())
}
