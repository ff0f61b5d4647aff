//! Slots that their tokens left, to what became of these tokens since: they stand elsewhere, or went from there, too.
//!
//! A token is followed from line to line, along the pointers that its last slots get here.

use std::collections::{BTreeMap, BTreeSet};

use super::LineId;
use super::lines::Lines;
use super::slot::{Elsewhere, Name, Slot};
use super::weave::points;

/// Tokens that stand only for as long as a step is told, and the lines in which they do. Their slots still say where
/// they had gone on to.
pub(super) type Lent = BTreeMap<Name, LineId>;

impl Lines<'_, '_> {
    /// Asks of the dead slots of a line whose tokens went on elsewhere what became of them there. One that went on in
    /// the same line is not asked for any more: its later slot is.
    pub(super) fn ask_elsewhere(&mut self, line: LineId) {
        let Some(open) = self.open.get(&line) else { return };
        let whereabouts = Whereabouts::new(self);
        let on = |slot: &Slot| slot.next.is_some() || self.lent.contains_key(&slot.name());
        let left = |slot: &Slot| slot.len == 1 && !slot.is_alive() && on(slot);
        let superseded = |slot: &Slot| {
            let last = whereabouts.last_in(line, slot.name(), |_| true);
            last.is_some_and(|last| last.came() > slot.came())
        };
        let answer = |slot: &Slot| {
            if superseded(slot) { Elsewhere::Stands } else { whereabouts.of(slot) }
        };
        let asked: Vec<(usize, Elsewhere)> = (0..open.slots.len())
            .filter(|index| left(&open.slots[*index]))
            .map(|index| (index, answer(&open.slots[index])))
            .collect();
        let Some(open) = self.open.get_mut(&line) else { return };
        for (index, answer) in asked {
            open.slots[index].elsewhere = Some(answer);
        }
    }

    /// Where the tokens that stand in this line again stood last is told that they are here now.
    pub(super) fn claim(&mut self, line: LineId) {
        let Some(open) = self.open.get_mut(&line) else { return };
        let back = |slot: &mut Slot| -> Option<(LineId, Name)> {
            slot.is_alive().then(|| slot.next.take().map(|next| (next, slot.name())))?
        };
        let claimed: Vec<(LineId, Name)> = open.slots.iter_mut().filter_map(back).collect();
        self.point(claimed.into_iter().map(|(last, name)| (last, name, line)));
    }

    /// The same of all lines that are open.
    pub(super) fn claim_all(&mut self) {
        for line in self.open.keys().copied().collect::<Vec<_>>() {
            self.claim(line);
        }
    }

    /// The tokens that stand, and that nothing was told of where they stood last.
    pub(super) fn unclaimed(&self) -> Lent {
        let lent = |slot: &&Slot| slot.is_alive() && slot.next.is_some();
        let of_line = |(line, open): (LineId, &super::lines::Open)| -> Vec<(Name, LineId)> {
            open.slots.iter().filter(lent).map(|slot| (slot.name(), line)).collect()
        };
        self.opened().flat_map(of_line).collect()
    }

    /// The last slot of each of these tokens, which were in a line, is told in which it stands now.
    pub(super) fn point(&mut self, tokens: impl Iterator<Item = (LineId, Name, LineId)>) {
        for (line, name, to) in tokens {
            // Where it stands by now is not where it stood last.
            let left = |slot: &Slot| !slot.is_alive();
            let Some((line, _)) = Whereabouts::new(self).last(line, name, left) else { continue };
            let slots = self.slots(line);
            let all = slots.len();
            let ends = |slot: &Slot| left(slot) && slot.next.is_none();
            let mut last = self.names(line).named(name, &slots);
            last.retain(|index| ends(&slots[*index]));
            drop(slots);
            match self.open.get_mut(&line) {
                Some(open) => points(&mut open.slots, &last, name, to),
                None => self.weave.points(line, &last, name, to),
            }
            if self.slots(line).len() != all {
                self.moved(line);
            }
        }
    }
}

/// Where tokens went, as long as no line changes.
pub(super) struct Whereabouts<'a, 'p> {
    lines: &'a Lines<'a, 'p>,
}

impl<'a, 'p> Whereabouts<'a, 'p> {
    pub(super) fn new(lines: &'a Lines<'_, 'p>) -> Self {
        Self { lines }
    }

    /// Whether the token of a slot stands, here or in the place that it went to; if not, what would be its return.
    pub(super) fn of(&self, slot: &Slot) -> Elsewhere {
        if slot.is_alive() || self.is_lent(slot.name()) {
            return Elsewhere::Stands;
        }
        let moved = slot.next.and_then(|line| self.last(line, slot.name(), |_| true));
        let last = moved.as_ref().map_or(slot, |(_, slot)| slot);
        if last.is_alive() {
            Elsewhere::Stands
        } else {
            Elsewhere::Went(last.coming_back(self.lines.revision))
        }
    }

    fn is_lent(&self, name: Name) -> bool {
        self.lines.lent.get(&name).is_some_and(|line| {
            let slots = self.lines.slots(*line);
            self.lines.names(*line).named(name, &slots).iter().any(|index| slots[*index].is_alive())
        })
    }

    /// The line and the slot that a token stood in last, of these among those that it went through from this line on.
    fn last(
        &self,
        mut line: LineId,
        name: Name,
        among: impl Fn(&Slot) -> bool,
    ) -> Option<(LineId, Slot)> {
        let mut been = BTreeSet::from([line]);
        loop {
            let last = self.last_in(line, name, &among)?;
            match last.next {
                Some(next) if !last.is_alive() && been.insert(next) => line = next,
                _ => return Some((line, last)),
            }
        }
    }

    /// The slot of a line that a token stood in last, of these.
    fn last_in(&self, line: LineId, name: Name, among: impl Fn(&Slot) -> bool) -> Option<Slot> {
        let slots = self.lines.slots(line);
        let its = self.lines.names(line).named(name, &slots).into_iter().map(|index| &slots[index]);
        let its = its.filter(|slot| among(slot));
        let last = its.reduce(|last, slot| if last.came() < slot.came() { slot } else { last });
        last.map(|last| last.beside(name.1))
    }
}
