//! What came and what stands no more, as two texts that are matched: which of their words are free, and where their
//! stretches begin and end.
//!
//! It is apart from the search for strangers because it holds no opinion: it only answers what lies where.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::lines::{Lines, Open};
use super::said::{RUN, run_digest};
use super::slot::{Elsewhere, Slot};
use super::whereabouts::Whereabouts;
use super::{LineId, Wording, WordingId};
use crate::extract::{Token, sentences, tokens};

/// A text whose words stand no more.
pub(super) struct Source<'a> {
    pub(super) line: LineId,
    pub(super) words: Vec<Token<'a>>,
    borders: Borders,
    pub(super) slots: Vec<Slot>,
    /// Where its runs of a few words begin, by their digest.
    runs: OnceCell<HashMap<u64, Vec<usize>>>,
    /// For each token, whether it stands, and what its return would be.
    pub(super) whereabouts: Vec<Elsewhere>,
}

/// The words of a wording that were woven in now, of which some may be strangers.
pub(super) struct Target<'a> {
    pub(super) line: LineId,
    pub(super) words: Vec<Token<'a>>,
    borders: Borders,
    /// For each token, whether it was never there.
    pub(super) new: Vec<bool>,
}

/// A run of a target that is a run of a source, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub(super) target: usize,
    pub(super) start: usize,
    pub(super) source: WordingId,
    pub(super) from: usize,
    pub(super) length: usize,
}

impl Match {
    pub(super) fn words(&self) -> Range<usize> {
        self.start..self.start + self.length
    }
}

impl<'a> Target<'a> {
    /// The words of an opened line, if some of them are new.
    pub(super) fn new(lines: &'a Lines<'_, '_>, line: LineId, open: &Open) -> Option<Self> {
        let to = open.to?;
        let text = &lines.wordings[to.0 as usize].text;
        let words = tokens(text);
        let is_new = |slot: &Slot| slot.wording == to && slot.born == lines.revision;
        let new: Vec<bool> =
            open.standing().into_iter().map(|index| is_new(&open.slots[index])).collect();
        // One new word alone is never taken for an old one.
        let few = new.windows(2).any(|pair| pair == [true, true]);
        few.then(|| Self { line, borders: Borders::of(text, &words), words, new })
    }

    /// Whether there is such a token, and it is new.
    pub(super) fn is_new(&self, at: usize) -> bool {
        self.new.get(at) == Some(&true)
    }

    /// Whether a sentence or a stretch of new tokens begins or ends here.
    pub(super) fn is_border(&self, at: usize) -> bool {
        self.borders.is_border(at, |at| self.is_new(at))
    }
}

impl<'a> Source<'a> {
    /// The words of a wording, whose tokens are in these slots.
    pub(super) fn new(
        lines: &'a Lines<'_, '_>,
        whereabouts: &Whereabouts<'_, '_>,
        id: WordingId,
        slots: Vec<Slot>,
    ) -> Self {
        let Wording { line, text, .. } = &lines.wordings[id.0 as usize];
        let words = tokens(text);
        // A text that cannot be read holds nothing.
        let slots = if words.len() == slots.len() { slots } else { Vec::new() };
        let whereabouts = slots.iter().map(|slot| whereabouts.of(slot)).collect();
        let borders = Borders::of(text, &words);
        Self { line: *line, words, borders, slots, runs: OnceCell::new(), whereabouts }
    }

    /// Where such a run of words begins that stands no more.
    pub(super) fn free_runs(&self, run: &[Token<'_>]) -> impl Iterator<Item = usize> {
        let runs = self.runs.get_or_init(|| {
            let mut runs: HashMap<u64, Vec<usize>> = HashMap::new();
            for (start, run) in self.words.windows(RUN).enumerate() {
                runs.entry(run_digest(run)).or_default().push(start);
            }
            runs
        });
        let starts = runs.get(&run_digest(run)).into_iter().flatten().copied();
        starts.filter(move |start| {
            let range = *start..*start + RUN;
            self.are_free(range.clone()) && are_the_same(&self.words[range], run)
        })
    }

    /// Whether there are such tokens, and none of them stands.
    pub(super) fn are_free(&self, tokens: Range<usize>) -> bool {
        let went = |elsewhere: &Elsewhere| *elsewhere != Elsewhere::Stands;
        self.whereabouts.get(tokens).is_some_and(|some| some.iter().all(went))
    }

    /// Whether a sentence or a stretch of free tokens begins or ends here.
    pub(super) fn is_border(&self, at: usize) -> bool {
        self.borders.is_border(at, |at| self.are_free(at..at + 1))
    }
}

/// Whether these are the same words, whatever their case and quotes.
pub(super) fn are_the_same(some: &[Token<'_>], others: &[Token<'_>]) -> bool {
    some.iter().map(|word| &word.key).eq(others.iter().map(|word| &word.key))
}

/// Where a text's sentences begin and end, in tokens.
struct Borders(BTreeSet<usize>);

impl Borders {
    fn of(text: &str, words: &[Token<'_>]) -> Self {
        let at = |byte: usize| words.partition_point(|word| word.start < byte);
        let bounds = sentences(text).into_iter();
        Self(bounds.flat_map(|bound| [at(bound.start), at(bound.end)]).collect())
    }

    fn is_border(&self, at: usize, is_in: impl Fn(usize) -> bool) -> bool {
        self.0.contains(&at) || !is_in(at) || at.checked_sub(1).is_some_and(|left| !is_in(left))
    }
}
