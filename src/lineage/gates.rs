//! The events of a step to those that a person is told, and the others with the reason why not.
//!
//! On watched pages nineteen returns of twenty are no news: a page that shows two texts by turns, a counter, a date. What
//! is gated is kept; only nobody is woken for it. What depends on time, a flicker, is gated where the times are known.

use std::collections::BTreeMap;

use super::advance::Returning;
use super::{Event, EventKind, Gate, Grade, LineId, RevisionNumber, Wording};

/// When a whole page is back, so many of its changes are told one by one; of more, only that it is back.
const FEW: usize = 8;

/// A passage that changed in so many …
const OFTEN: usize = 8;

/// … of so many revisions is volatile.
const LATELY: u32 = 10;

/// The events of a return of the whole page: the return itself, and, the first time, what it changed. From the second
/// time on the page shows several texts by turns, and the turn alone is kept: what it changed is known.
pub(super) fn of_return(returning: &Returning<'_>, mut events: Vec<Event>) -> Vec<Event> {
    let turn = Event {
        gone: Some(returning.gone),
        times: returning.times,
        gate: (returning.times > 1).then_some(Gate::Variant),
        ..Event::new(EventKind::Restored, Grade::State, (None, None), returning.first)
    };
    if returning.times > 1 {
        return vec![turn];
    }
    if events.len() > FEW {
        events.iter_mut().for_each(|event| event.gate = Some(Gate::WithState));
    }
    events.insert(0, turn);
    events
}

/// The same events; those of passages that change nearly every time are gated.
pub(super) fn without_volatile(
    revision: RevisionNumber,
    mut events: Vec<Event>,
    wordings: &[Wording],
) -> Vec<Event> {
    let since = revision.0.saturating_sub(LATELY);
    let mut changes: BTreeMap<LineId, usize> = BTreeMap::new();
    for wording in wordings.iter().rev().take_while(|wording| wording.born.0 > since) {
        *changes.entry(wording.line).or_default() += 1;
    }
    for event in &mut events {
        let strand = event.new.as_ref().or(event.old.as_ref());
        let wording = strand.and_then(|strand| wordings.get(strand.wording.0 as usize));
        let often = wording.and_then(|wording| changes.get(&wording.line)).copied().unwrap_or(0);
        if often >= OFTEN {
            event.gate = Some(Gate::Volatile);
        }
    }
    events
}
