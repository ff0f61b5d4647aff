//! What changed beside the words of a page to rows, and to a second line of its history: links that lead elsewhere,
//! pictures that are described otherwise.
//!
//! No text says so, hence it is no revision; but a capture is kept for it, and a run of checks ends, so that each change
//! has its bounds. What changes with every look is kept a few times and then let be.

use std::time::Duration;

use super::read::Read;
use crate::clock::Timestamp;
use crate::diff::AttributeChange;
use crate::store::{AttributeRow, CaptureId, Page, PageId, Store, StoreError, Writing};

/// What an attribute was was seen once only, so many changes in a row: it changes with every look …
const RESTLESS: u32 = 3;

/// … and is let be for this long. Then it is looked at again: it may have come to rest.
const LET_BE: Duration = Duration::from_hours(30 * 24);

/// What changed beside the words between two captures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The capture that showed it first.
    pub capture: CaptureId,
    /// When the page was seen last as it was before.
    pub after: Timestamp,
    /// When it was first seen as it is now.
    pub at: Timestamp,
    /// The changes, in reading order.
    pub changes: Vec<AttributeChange>,
}

/// What changed beside the words of a page, oldest first.
pub fn beside_changes(store: &Store, page: &Page) -> Result<Vec<Beside>, StoreError> {
    let runs = store.observations(page.id)?.into_iter();
    let sights: Vec<Timestamp> =
        runs.filter(|run| run.seen.is_sight()).map(|run| run.last_at).collect();
    let mut found: Vec<Beside> = Vec::new();
    for AttributeRow { capture, at, change } in store.attribute_changes(page.id)? {
        if let Some(last) = found.last_mut().filter(|last| last.capture == capture) {
            last.changes.push(change);
            continue;
        }
        let after = sights.iter().filter(|sight| **sight < at).max().copied().unwrap_or(at);
        found.push(Beside { capture, after, at, changes: vec![change] });
    }
    Ok(found)
}

/// The changes that a look found and that do not come with every look.
pub(super) fn at_rest(
    writing: &Writing<'_>,
    page: PageId,
    read: &Read,
) -> Result<Vec<AttributeChange>, StoreError> {
    let mut changes = Vec::new();
    for change in &read.beside {
        if !is_restless(writing, page, change, read.answer.at)? {
            changes.push(change.clone());
        }
    }
    Ok(changes)
}

fn is_restless(
    writing: &Writing<'_>,
    page: PageId,
    change: &AttributeChange,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let times = writing.attribute_changed_at(page, change, RESTLESS)?;
    if times.len() < RESTLESS as usize || times.iter().any(|at| now.since(*at) > LET_BE) {
        return Ok(false);
    }
    for pair in times.windows(2) {
        if writing.seen_before(page, pair[0])? != Some(pair[1]) {
            return Ok(false);
        }
    }
    Ok(true)
}
