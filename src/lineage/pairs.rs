//! Whole passages that went and came at one place, to one event: a passage that is back instead of the one that had
//! come instead of it was put back.
//!
//! Only neighbours are paired: that two passages changed in one revision does not mean that one replaced the other.

use std::collections::{BTreeMap, BTreeSet};

use super::emit::Telling;
use super::{Event, EventKind, Grade, Placed, Strand, WordingId};
use crate::diff::Row;

/// Where the passages of a comparison stand: all that lie between the same two unchanged ones have one place.
pub(super) struct Places {
    of_old: BTreeMap<usize, usize>,
    of_new: BTreeMap<usize, usize>,
    removed: BTreeSet<usize>,
}

/// The same, by the wordings that went and those that came.
pub(super) struct PlacesByWording {
    went: BTreeMap<WordingId, usize>,
    came: BTreeMap<WordingId, usize>,
}

impl Places {
    /// The places of these rows.
    pub(super) fn of(rows: &[Row]) -> Self {
        let mut places =
            Self { of_old: BTreeMap::new(), of_new: BTreeMap::new(), removed: BTreeSet::new() };
        let mut place = 0;
        for row in rows {
            match row {
                Row::Same { .. } => place += 1,
                Row::Edited { old, new, .. } => {
                    places.of_old.insert(*old, place + 1);
                    places.of_new.insert(*new, place + 1);
                    place += 2;
                }
                Row::Moved { .. } => {}
                Row::Removed { old } => {
                    places.of_old.insert(*old, place);
                    places.removed.insert(*old);
                }
                Row::Added { new } => {
                    places.of_new.insert(*new, place);
                }
            }
        }
        places
    }

    /// Whether the old passage goes.
    pub(super) fn is_removed(&self, old: usize) -> bool {
        self.removed.contains(&old)
    }

    /// Whether an old and a new passage have one place.
    pub(super) fn meet(&self, old: usize, new: usize) -> bool {
        self.of_old.get(&old).is_some_and(|place| self.of_new.get(&new) == Some(place))
    }

    /// The places of what stood and of what stands.
    pub(super) fn by_wording(&self, old: &[Placed], new: &[Placed]) -> PlacesByWording {
        let named = |places: &BTreeMap<usize, usize>, layout: &[Placed]| {
            let wording = |index: usize| layout.get(index).map(|placed| placed.wording);
            places.iter().filter_map(|(index, place)| Some((wording(*index)?, *place))).collect()
        };
        PlacesByWording { went: named(&self.of_old, old), came: named(&self.of_new, new) }
    }
}

impl PlacesByWording {
    fn meet(&self, went: &Strand, came: &Strand) -> bool {
        self.went
            .get(&went.wording)
            .is_some_and(|place| self.came.get(&came.wording) == Some(place))
    }
}

/// The events that are told, with the pairs joined.
pub(super) fn paired(mut tellings: Vec<Telling>, places: &PlacesByWording) -> Vec<Event> {
    for index in 0..tellings.len() {
        let Some(undone) = undone_by(&tellings, index, places) else { continue };
        let old = tellings[undone].event.old.take();
        tellings[index].event.kind = EventKind::PutBack;
        tellings[index].event.old = old;
    }
    let events = tellings.into_iter().map(|telling| telling.event);
    events.filter(|event| event.old.is_some() || event.new.is_some()).collect()
}

/// The passage that went now, stood at this one's place, and came when this one had gone.
fn undone_by(tellings: &[Telling], index: usize, places: &PlacesByWording) -> Option<usize> {
    let back = &tellings[index].event;
    let new = back.new.as_ref().filter(|_| is_whole(back) && back.kind == EventKind::Restored)?;
    tellings.iter().position(|telling| {
        let goes = matches!(telling.event.kind, EventKind::Removed | EventKind::Withdrawn);
        let old = telling.event.old.as_ref().filter(|_| goes && is_whole(&telling.event));
        old.is_some_and(|old| telling.came == back.gone && places.meet(old, new))
    })
}

fn is_whole(event: &Event) -> bool {
    event.grade == Grade::Passage
}
