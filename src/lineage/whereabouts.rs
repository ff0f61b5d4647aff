//! Slots that their tokens left, to what became of these tokens since: they stand elsewhere, or went from there, too.
//!
//! A token is followed from line to line.

use std::collections::BTreeSet;

use super::LineId;
use super::lines::Lines;
use super::slot::{Elsewhere, Name, Slot};

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
        if slot.is_alive() {
            return Elsewhere::Stands;
        }
        let moved = slot.next.and_then(|line| self.last(line, slot.name()));
        let last = moved.as_ref().unwrap_or(slot);
        if last.is_alive() {
            Elsewhere::Stands
        } else {
            Elsewhere::Went(last.coming_back(self.lines.revision))
        }
    }

    /// The slot that a token stood in last, of those that it went through from this line on.
    fn last(&self, mut line: LineId, name: Name) -> Option<Slot> {
        let mut been = BTreeSet::from([line]);
        loop {
            let last = self.last_in(line, name)?;
            match last.next {
                // Where stays were taken back, lines may point at each other.
                Some(next) if been.insert(next) => line = next,
                _ => return Some(last),
            }
        }
    }

    /// The slot of a line that a token stood in last.
    pub(super) fn last_in(&self, line: LineId, name: Name) -> Option<Slot> {
        let slots = self.lines.slots(line);
        let its = self.lines.names(line).named(name, &slots).into_iter().map(|index| &slots[index]);
        let last = its.reduce(|last, slot| if last.came() < slot.came() { slot } else { last });
        last.map(|last| last.beside(name.1))
    }
}
