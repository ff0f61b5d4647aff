//! The slots of a line to the stretches in which something went or came, and these to strands: neighbours of one fate.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lines::Lines;
use super::slot::{Name, Slot};
use super::{RevisionNumber, WordingId};

/// The tokens that changed their place on the page in this step: which went, from where, and which came.
pub(super) struct Crossing {
    went: BTreeMap<Name, (WordingId, usize)>,
    came: BTreeSet<Name>,
}

/// A stretch of a line between two kept tokens in which something went or came.
#[derive(Debug, Default)]
pub(super) struct Hunk<'a> {
    /// The strands that went from the page, in the old wording.
    pub(super) going: Vec<Strand<'a>>,
    /// The strands that came, in the new wording.
    pub(super) coming: Vec<(Arrival, Strand<'a>)>,
    /// The stretch in both wordings.
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
    /// How many tokens that stayed followed the last one that went, and the last one that came: they are told with
    /// the strand around them.
    stayed: (usize, usize),
}

/// Neighbouring tokens of one wording and of one fate, with the slots that hold them.
#[derive(Debug)]
pub(super) struct Strand<'a> {
    pub(super) slots: Vec<&'a Slot>,
    pub(super) tokens: Range<usize>,
}

/// Where a token comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Arrival {
    /// It was on the page, and went in this revision; it stands in its old place again, or in another.
    Back(RevisionNumber, Place),
    /// It is new.
    New,
    /// It stood elsewhere on the page until now.
    Moved,
}

/// Where a token that is back stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Place {
    Old,
    Other,
}

impl Crossing {
    /// What went and came in all lines that were opened.
    pub(super) fn of(lines: &Lines<'_, '_>) -> Self {
        let (mut went, mut came) = (BTreeMap::new(), BTreeSet::new());
        for (_, open) in lines.opened() {
            let stood = open.slots.iter().filter(|slot| slot.stood).enumerate();
            let gone = stood.filter(|(_, slot)| !slot.is_alive());
            if let Some(from) = open.from {
                went.extend(gone.map(|(token, slot)| (slot.name(), (from, token))));
            }
            let here = open.slots.iter().filter(|slot| !slot.stood && slot.is_alive());
            came.extend(here.map(Slot::name));
        }
        Self { went, came }
    }

    /// Where a token that came stood until now.
    pub(super) fn origin(&self, slot: &Slot) -> Option<(WordingId, usize)> {
        self.went.get(&slot.name()).copied()
    }

    fn arrival(&self, slot: &Slot, revision: RevisionNumber) -> Arrival {
        let place = if slot.lives.len() > 1 { Place::Old } else { Place::Other };
        match slot.return_in(revision) {
            _ if self.went.contains_key(&slot.name()) => Arrival::Moved,
            Some(back) => Arrival::Back(back.gone, place),
            None => Arrival::New,
        }
    }

    /// Whether what came directly after another token did so beside it before, too.
    fn follows(&self, slot: &Slot, before: &Slot) -> bool {
        match (self.origin(before), self.origin(slot)) {
            (Some((left, token)), Some((right, next))) => left == right && token + 1 == next,
            (None, None) => true,
            _ => false,
        }
    }
}

impl<'a> Hunk<'a> {
    /// The hunks of a line, left to right.
    pub(super) fn all(
        slots: &'a [Slot],
        crossing: &Crossing,
        revision: RevisionNumber,
    ) -> Vec<Self> {
        let mut hunks = Vec::new();
        let (mut old_at, mut new_at) = (0, 0);
        let mut open = Self::default();
        for slot in slots {
            match (slot.stood, slot.is_alive()) {
                (true, true) if slot.within => {
                    (old_at, new_at) = (old_at + 1, new_at + 1);
                    (open.old.end, open.new.end) = (old_at, new_at);
                    open.stayed = (open.stayed.0 + 1, open.stayed.1 + 1);
                }
                (true, true) => {
                    (old_at, new_at) = (old_at + 1, new_at + 1);
                    let next = Self { old: old_at..old_at, new: new_at..new_at, ..Self::default() };
                    hunks.push(std::mem::replace(&mut open, next));
                }
                (true, false) => {
                    open.goes(slot, old_at, crossing);
                    old_at += 1;
                    open.old.end = old_at;
                }
                (false, true) => {
                    open.comes(slot, new_at, crossing, revision);
                    new_at += 1;
                    open.new.end = new_at;
                }
                (false, false) => {}
            }
        }
        hunks.push(open);
        hunks.retain(|hunk| !hunk.old.is_empty() || !hunk.new.is_empty());
        hunks
    }

    fn goes(&mut self, slot: &'a Slot, token: usize, crossing: &Crossing) {
        if crossing.came.contains(&slot.name()) {
            return;
        }
        let stayed = std::mem::take(&mut self.stayed.0);
        match self.going.last_mut().filter(|last| last.tokens.end + stayed == token) {
            Some(last) => last.takes(slot, token),
            None => self.going.push(Strand::new(slot, token)),
        }
    }

    fn comes(
        &mut self,
        slot: &'a Slot,
        token: usize,
        crossing: &Crossing,
        revision: RevisionNumber,
    ) {
        let arrival = crossing.arrival(slot, revision);
        let stayed = std::mem::take(&mut self.stayed.1);
        let joins = |(last, strand): &&mut (Arrival, Strand<'_>)| {
            *last == arrival
                && strand.tokens.end + stayed == token
                && strand.slots.last().is_some_and(|before| crossing.follows(slot, before))
        };
        match self.coming.last_mut().filter(joins) {
            Some((_, strand)) => strand.takes(slot, token),
            None => self.coming.push((arrival, Strand::new(slot, token))),
        }
    }

    /// Which tokens of the old and of the new wording it takes up.
    pub(super) fn ranges(&self) -> (Range<usize>, Range<usize>) {
        (self.old.clone(), self.new.clone())
    }
}

impl<'a> Strand<'a> {
    fn new(slot: &'a Slot, token: usize) -> Self {
        Self { slots: vec![slot], tokens: token..token + 1 }
    }

    fn takes(&mut self, slot: &'a Slot, token: usize) {
        self.slots.push(slot);
        self.tokens.end = token + 1;
    }
}
