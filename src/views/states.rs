//! A page's revisions to its states: which is which, by a letter, and when each stood.
//!
//! The drawing and the JSON form both begin here, so that a letter means the same in either.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tracks::Tracks;
use crate::store::Revision;

/// The states of a page, numbered in order of first appearance.
pub(super) struct States<'a> {
    /// The revisions, oldest first.
    pub(super) revisions: &'a [Revision],
    /// The state of each revision.
    pub(super) of: Vec<usize>,
    /// Where the states stand beside each other.
    pub(super) tracks: Tracks,
    /// The place of the first revision of each state.
    firsts: Vec<usize>,
}

impl<'a> States<'a> {
    /// The states of these revisions.
    pub(super) fn new(revisions: &'a [Revision]) -> Self {
        let (mut known, mut firsts) = (BTreeMap::new(), Vec::new());
        let number = |(place, revision): (usize, &Revision)| {
            *known.entry(revision.state).or_insert_with(|| {
                firsts.push(place);
                firsts.len() - 1
            })
        };
        let of: Vec<usize> = revisions.iter().enumerate().map(number).collect();
        Self { revisions, tracks: Tracks::of(&of), of, firsts }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.firsts.len()
    }

    /// The first revision of a state.
    pub(super) fn first(&self, state: usize) -> &'a Revision {
        &self.revisions[self.firsts[state]]
    }

    /// The first revision that said what the one at this place says, if that is another.
    pub(super) fn earlier(&self, place: usize) -> Option<&'a Revision> {
        let first = self.firsts[self.of[place]];
        (first != place).then(|| &self.revisions[first])
    }

    /// The places of each state in a stretch.
    pub(super) fn by_state(&self, places: &Range<usize>) -> BTreeMap<usize, Vec<usize>> {
        let mut by_state: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in places.clone() {
            by_state.entry(self.of[place]).or_default().push(place);
        }
        by_state
    }
}

/// What a state is called: A to Z, then AA, AB, …
pub(super) fn letter(state: usize) -> String {
    let last = char::from(b'A' + u8::try_from(state % 26).unwrap_or(0));
    let before = (state / 26).checked_sub(1).map(letter);
    format!("{}{last}", before.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        for (state, called) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (27, "AB"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letter(state), called);
        }
    }
}
