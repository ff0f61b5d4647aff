//! What came and what stands no more, as two texts that are matched: which of their words are free, and where their
//! stretches begin and end.
//!
//! It is apart from the search for strangers because it holds no opinion: it only answers what lies where. Most sources
//! that are looked at hold nothing that is free, so nothing is worked out of them before it is asked for.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use super::lines::{Lines, Open};
use super::said::{RUN, run_digest};
use super::slot::{Elsewhere, Slot};
use super::whereabouts::Whereabouts;
use super::{LineId, Wording, WordingId};
use crate::extract::{Token, sentences, tokens};

/// A text whose words stand no more.
pub(super) struct Source<'a, 'p> {
    pub(super) line: LineId,
    pub(super) words: Vec<Token<'a>>,
    borders: Borders<'a>,
    /// A slot for each token.
    slots: Vec<Slot>,
    /// The digests of its runs of a few words that do not stand here, and where they begin; sorted.
    runs: OnceCell<Vec<(u64, usize)>>,
    whereabouts: Rc<Whereabouts<'a, 'p>>,
    /// What was asked of each token: whether it stands, and what its return would be.
    asked: Vec<OnceCell<Elsewhere>>,
}

/// The words of a wording that were woven in now, of which some may be strangers.
pub(super) struct Target<'a> {
    pub(super) line: LineId,
    pub(super) words: Vec<Token<'a>>,
    borders: Borders<'a>,
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
        few.then(|| Self { line, borders: Borders::of(text), words, new })
    }

    /// Whether there is such a token, and it is new.
    pub(super) fn is_new(&self, at: usize) -> bool {
        self.new.get(at) == Some(&true)
    }

    /// Whether a sentence or a stretch of new tokens begins or ends here.
    pub(super) fn is_border(&self, at: usize) -> bool {
        self.borders.is_border(at, &self.words, |at| self.is_new(at))
    }
}

impl<'a, 'p> Source<'a, 'p> {
    /// The words of a wording, whose tokens are in these slots.
    pub(super) fn new(
        lines: &'a Lines<'_, 'p>,
        whereabouts: &Rc<Whereabouts<'a, 'p>>,
        id: WordingId,
        slots: Vec<Slot>,
    ) -> Self {
        let Wording { line, text, .. } = &lines.wordings[id.0 as usize];
        let words = tokens(text);
        // A text that cannot be read holds nothing.
        let slots = if words.len() == slots.len() { slots } else { Vec::new() };
        let asked = slots.iter().map(|_| OnceCell::new()).collect();
        let (borders, runs) = (Borders::of(text), OnceCell::new());
        let whereabouts = Rc::clone(whereabouts);
        Self { line: *line, words, borders, slots, runs, whereabouts, asked }
    }

    /// The slot of a token.
    pub(super) fn slot(&self, at: usize) -> &Slot {
        &self.slots[at]
    }

    /// Whether a token stands, and what its return would be; `None` if there is no such token.
    pub(super) fn whereabouts(&self, at: usize) -> Option<Elsewhere> {
        let (asked, slot) = (self.asked.get(at)?, self.slots.get(at)?);
        Some(*asked.get_or_init(|| self.whereabouts.of(slot)))
    }

    /// Where such a run of words begins that stands no more.
    pub(super) fn free_runs(&self, run: &[Token<'_>]) -> impl Iterator<Item = usize> {
        let runs = self.runs.get_or_init(|| {
            let here = self.slots.windows(RUN).map(|run| run.iter().any(Slot::is_alive));
            let runs = self.words.windows(RUN).enumerate().zip(here);
            let free = runs.filter(|(_, stands)| !stands);
            let mut free: Vec<_> = free.map(|((at, run), _)| (run_digest(run), at)).collect();
            free.sort_unstable();
            free
        });
        let digest = run_digest(run);
        let same = runs[runs.partition_point(|(its, _)| *its < digest)..].iter();
        let starts = same.take_while(move |(its, _)| *its == digest).map(|(_, start)| *start);
        starts.filter(move |start| {
            let range = *start..*start + RUN;
            self.are_free(range.clone()) && are_the_same(&self.words[range], run)
        })
    }

    /// Whether there are such tokens, and none of them stands.
    pub(super) fn are_free(&self, tokens: Range<usize>) -> bool {
        tokens.into_iter().all(|at| matches!(self.whereabouts(at), Some(Elsewhere::Went(_))))
    }

    /// Whether a sentence or a stretch of free tokens begins or ends here.
    pub(super) fn is_border(&self, at: usize) -> bool {
        self.borders.is_border(at, &self.words, |at| self.are_free(at..at + 1))
    }
}

/// Whether these are the same words, whatever their case and quotes.
pub(super) fn are_the_same(some: &[Token<'_>], others: &[Token<'_>]) -> bool {
    some.iter().map(|word| &word.key).eq(others.iter().map(|word| &word.key))
}

/// Where a text's sentences begin and end, in tokens.
struct Borders<'a> {
    text: &'a str,
    of_sentences: OnceCell<BTreeSet<usize>>,
}

impl<'a> Borders<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, of_sentences: OnceCell::new() }
    }

    fn is_border(&self, at: usize, words: &[Token<'_>], is_in: impl Fn(usize) -> bool) -> bool {
        let of_sentences = || {
            let at = |byte: usize| words.partition_point(|word| word.start < byte);
            let bounds = sentences(self.text).into_iter();
            bounds.flat_map(|bound| [at(bound.start), at(bound.end)]).collect()
        };
        !is_in(at)
            || at.checked_sub(1).is_some_and(|left| !is_in(left))
            || self.of_sentences.get_or_init(of_sentences).contains(&at)
    }
}
