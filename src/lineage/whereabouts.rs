//! Slots that their tokens left, to what became of these tokens since: they stand elsewhere, or went from there, too.
//!
//! A token is followed from line to line. Of each line on the way the last slot of every token is found once, however
//! many tokens ask: in a passage that changes every day there are thousands.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::LineId;
use super::lines::Lines;
use super::slot::{Elsewhere, Name, Slot};

/// Where tokens went, as long as no line changes.
pub(super) struct Whereabouts<'a, 'p> {
    lines: &'a Lines<'a, 'p>,
    /// By line: where among its slots the last one of each token is.
    last: RefCell<BTreeMap<LineId, HashMap<Name, usize>>>,
}

impl<'a, 'p> Whereabouts<'a, 'p> {
    pub(super) fn new(lines: &'a Lines<'_, 'p>) -> Self {
        Self { lines, last: RefCell::default() }
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
        let mut known = self.last.borrow_mut();
        let of_line = known.entry(line).or_insert_with(|| {
            let mut last: HashMap<Name, usize> = HashMap::new();
            for (index, slot) in slots.iter().enumerate() {
                let best = last.entry(slot.name()).or_insert(index);
                if slots[*best].came() < slot.came() {
                    *best = index;
                }
            }
            last
        });
        of_line.get(&name).map(|index| slots[*index].clone())
    }
}
