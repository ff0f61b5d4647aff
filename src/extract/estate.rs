//! The passages of two documents to who is whose heir: the same text, or another text in its stead.
//!
//! It stands apart from `classes` because it looks at texts and order alone: no name of an element means anything here.

use std::collections::{BTreeMap, VecDeque};

use super::judge::{Tally, tallies};
use super::{Class, Document, Passage};

/// Who inherits from whom.
pub(super) struct Estate {
    /// For each new passage, the number of the old one whose text it has.
    heirs: Vec<Option<usize>>,
    /// For each old passage, whether it has an heir.
    settled: Vec<bool>,
    /// For each new passage with a text of an old one, that one's class.
    inherited: Vec<Option<Class>>,
}

/// How many old passages of one text are looked at for one new; on a page that repeats a line, any will do.
const LOOK_AHEAD: usize = 32;

impl Estate {
    /// Finds the heirs by their text: first of those that also stand where they stood, in order.
    pub(super) fn settle(before: &Document, passages: &[Passage]) -> Self {
        let mut estate = Self {
            heirs: vec![None; passages.len()],
            settled: vec![false; before.passages.len()],
            inherited: vec![None; passages.len()],
        };
        let mut waiting: Waiting<'_> = BTreeMap::new();
        for (number, old) in before.passages.iter().enumerate() {
            if old.class != Class::Unselected {
                waiting.entry(&old.text).or_default().push_back(number);
            }
        }
        let old = &before.passages;
        let places = tallies(old);
        estate.hand_down(&mut waiting, old, passages, |old, new| old.place == new.place);
        estate.hand_down(&mut waiting, old, passages, |old, new| {
            // A headline that turns up in a list of teasers is not the headline.
            let there = places.get(new.place.as_str()).and_then(Tally::only);
            there.is_none_or(|only| only == old.class)
        });
        estate
    }

    fn hand_down(
        &mut self,
        waiting: &mut Waiting<'_>,
        old: &[Passage],
        passages: &[Passage],
        may: impl Fn(&Passage, &Passage) -> bool,
    ) {
        for (index, new) in passages.iter().enumerate() {
            let Some(queue) = waiting.get_mut(new.text.as_str()) else { continue };
            if self.heirs[index].is_some() || new.class == Class::Unselected {
                continue;
            }
            let heir = queue.iter().take(LOOK_AHEAD).position(|number| may(&old[*number], new));
            if let Some(number) = heir.and_then(|at| queue.remove(at)) {
                self.heirs[index] = Some(number);
                self.inherited[index] = Some(old[number].class);
                self.settled[number] = true;
            }
        }
    }

    /// The classes that are handed down with the text; those of unselected passages stay.
    pub(super) fn classes(&self, passages: &[Passage]) -> Vec<Option<Class>> {
        let own = passages
            .iter()
            .map(|passage| Some(passage.class).filter(|class| *class == Class::Unselected));
        own.zip(&self.inherited).map(|(own, inherited)| own.or(*inherited)).collect()
    }

    /// How many bytes of the old main text have an heir.
    pub(super) fn main_kept(&self, before: &Document) -> usize {
        let old = before.passages.iter().zip(&self.settled);
        let kept = old.filter(|(old, settled)| **settled && old.class == Class::Main);
        kept.map(|(old, _)| old.text.len()).sum()
    }

    /// Gives new passages the class of what stood in their stead: between the same neighbours, at the same place.
    pub(super) fn fill_gaps(
        &self,
        before: &Document,
        passages: &[Passage],
        classes: &mut [Option<Class>],
    ) {
        let mut start = 0;
        while start < passages.len() {
            let end = (start..passages.len()).find(|index| self.heirs[*index].is_some());
            let end = end.unwrap_or(passages.len());
            if start < end {
                let gone = self.gone(before, start, end, passages.len());
                for index in start..end {
                    if classes[index].is_none() {
                        let there = gone.get(passages[index].place.as_str());
                        classes[index] = there.and_then(Tally::only);
                    }
                }
            }
            start = end + 1;
        }
    }

    /// The old passages without an heir that stood after the neighbour before a gap, and before the one after it.
    fn gone<'a>(
        &self,
        before: &'a Document,
        start: usize,
        end: usize,
        all: usize,
    ) -> BTreeMap<&'a str, Tally> {
        let first = match start.checked_sub(1) {
            Some(neighbour) => self.heirs[neighbour].map(|number| number + 1),
            None => Some(0),
        };
        let last = if end < all { self.heirs[end] } else { Some(self.settled.len()) };
        let is_gone = |number: &usize| !self.settled[*number];
        let mut gone: Vec<usize> = Vec::new();
        gone.extend(first.into_iter().flat_map(|at| (at..self.settled.len()).take_while(is_gone)));
        let back = last.into_iter().flat_map(|at| (0..at).rev().take_while(is_gone));
        gone.extend(back.collect::<Vec<_>>());
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for number in gone {
            let old = &before.passages[number];
            tallies.entry(&old.place).or_default().add(old.class);
        }
        tallies
    }
}

/// The old passages that have no heir yet, by their text.
type Waiting<'a> = BTreeMap<&'a str, VecDeque<usize>>;
