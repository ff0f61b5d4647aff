//! The slots of a line to where each token is among them, also one that shares its slot with others.
//!
//! Tokens that stand no more share their slots, since a line can have thousands; here one of them is looked for, and
//! given a slot of its own when something is to be said of it alone.

use std::collections::BTreeMap;

use super::WordingId;
use super::slot::{Name, Slot};

/// Where the tokens of a line are, as long as its slots stay as they are.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The slots of one token, by its name.
    single: Vec<(Name, usize)>,
    /// The slots that several tokens share, by the wording of these.
    shared: BTreeMap<WordingId, Vec<usize>>,
}

impl Names {
    /// Of these slots.
    pub(super) fn of(slots: &[Slot]) -> Self {
        let mut names = Self { single: Vec::new(), shared: BTreeMap::new() };
        for (index, slot) in slots.iter().enumerate() {
            if slot.len == 1 {
                names.single.push((slot.name(), index));
            } else {
                names.shared.entry(slot.wording).or_default().push(index);
            }
        }
        names.single.sort_unstable();
        names
    }

    /// The slots of a token, in their order.
    pub(super) fn named(&self, name: Name, slots: &[Slot]) -> Vec<usize> {
        let shared = self.shared.get(&name.0).into_iter().flatten().copied();
        let shared = shared.filter(|index| slots[*index].holds(name));
        let single = &self.single[self.single.partition_point(|(its, _)| *its < name)..];
        let single = single.iter().take_while(|(its, _)| *its == name).map(|(_, index)| *index);
        let mut found: Vec<usize> = single.chain(shared).collect();
        found.sort_unstable();
        found
    }
}

/// Gives the tokens of a slot a slot each, since of those that shared it the others are mostly asked for next. Gives
/// where this one's is; what is right of them moves on.
pub(super) fn parted(slots: &mut Vec<Slot>, index: usize, (_, token): Name) -> usize {
    let shared = &slots[index];
    if shared.len == 1 {
        return index;
    }
    let own = index + token - shared.token;
    let singles: Vec<Slot> = shared.singles().collect();
    slots.splice(index..=index, singles);
    own
}

/// Gives the tokens of some slots a slot each. Whether any had shared one.
pub(super) fn unshared(slots: &mut Vec<Slot>, asked: impl Fn(usize, &Slot) -> bool) -> bool {
    let is_asked = |index: usize, slot: &Slot| slot.len > 1 && asked(index, slot);
    if !slots.iter().enumerate().any(|(index, slot)| is_asked(index, slot)) {
        return false;
    }
    let all = std::mem::take(slots);
    for (index, slot) in all.into_iter().enumerate() {
        if is_asked(index, &slot) { slots.extend(slot.singles()) } else { slots.push(slot) }
    }
    true
}
