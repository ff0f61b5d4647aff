//! The slots of a line to where each token is among them, also one that shares its slot with others.
//!
//! Tokens that stand no more share their slots, since a line can have thousands; here one of them is looked for, and
//! given a slot of its own when something is to be said of it alone.

use std::collections::HashMap;

use super::WordingId;
use super::slot::{Name, Slot};

/// Where the tokens of a line are, as long as its slots stay as they are.
#[derive(Clone, Debug)]
pub(super) struct Names {
    single: HashMap<Name, Vec<usize>>,
    /// The slots that several tokens share, by the wording of these.
    shared: HashMap<WordingId, Vec<usize>>,
}

impl Names {
    /// Of these slots.
    pub(super) fn of(slots: &[Slot]) -> Self {
        let mut names = Self { single: HashMap::new(), shared: HashMap::new() };
        for (index, slot) in slots.iter().enumerate() {
            if slot.len == 1 {
                names.single.entry(slot.name()).or_default().push(index);
            } else {
                names.shared.entry(slot.wording).or_default().push(index);
            }
        }
        names
    }

    /// The slots of a token, in their order.
    pub(super) fn named(&self, name: Name, slots: &[Slot]) -> Vec<usize> {
        let shared = self.shared.get(&name.0).into_iter().flatten().copied();
        let shared = shared.filter(|index| slots[*index].holds(name));
        let mut found: Vec<usize> =
            self.single.get(&name).into_iter().flatten().copied().chain(shared).collect();
        found.sort_unstable();
        found
    }
}

/// Gives a token of a slot a slot of its own. Gives where that is; what is right of it moves on.
pub(super) fn parted(slots: &mut Vec<Slot>, index: usize, (_, token): Name) -> usize {
    let shared = &slots[index];
    let (first, end) = (shared.token, shared.token + shared.len);
    if shared.len == 1 || !(first..end).contains(&token) {
        return index;
    }
    let part = |from: usize, to: usize| Slot { token: from, len: to - from, ..shared.clone() };
    let parts = [part(first, token), part(token, token + 1), part(token + 1, end)];
    let own = index + usize::from(token > first);
    slots.splice(index..=index, parts.into_iter().filter(|part| part.len > 0));
    own
}

/// Gives the tokens of some slots a slot each.
pub(super) fn unshared(slots: &mut Vec<Slot>, asked: impl Fn(usize, &Slot) -> bool) {
    let is_asked = |index: usize, slot: &Slot| slot.len > 1 && asked(index, slot);
    if !slots.iter().enumerate().any(|(index, slot)| is_asked(index, slot)) {
        return;
    }
    let all = std::mem::take(slots);
    for (index, slot) in all.into_iter().enumerate() {
        if is_asked(index, &slot) { slots.extend(slot.singles()) } else { slots.push(slot) }
    }
}
