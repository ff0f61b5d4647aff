//! The kept captures of a page to what changed around its text, so that a wrong guess of what is text hides nothing.
//!
//! Nothing is kept for it but the captures, of which a check keeps one whenever the frame is another. So it is as cheap
//! as not looking, until somebody asks.

use std::collections::HashMap;

use super::look::walk;
use crate::clock::Timestamp;
use crate::extract::{Class, Document, without_numbers};
use crate::store::{CaptureId, Page, Store, StoreError};

/// One change of the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameChange {
    /// The capture that showed it first.
    pub capture: CaptureId,
    /// When the frame was seen last as it was before.
    pub after: Timestamp,
    /// When it was first seen as it is now.
    pub at: Timestamp,
    /// What went, in order.
    pub removed: Vec<String>,
    /// What came, in order.
    pub added: Vec<String>,
}

/// What changed around the text of a page, oldest first. Its numbers are not looked at, nor is text that only changed its
/// class.
pub fn frame_changes(store: &Store, page: &Page) -> Result<Vec<FrameChange>, StoreError> {
    let sights: Vec<Timestamp> = store
        .observations(page.id)?
        .into_iter()
        .filter(|run| run.seen.is_sight())
        .map(|run| run.last_at)
        .collect();
    let mut changes = Vec::new();
    let mut before: Option<(Timestamp, Document)> = None;
    walk(store, page, |capture, read| {
        let now = read.document;
        if let Some((seen, old)) = &before {
            let (removed, added) = (missing(old, &now), missing(&now, old));
            let last = sights.iter().filter(|sight| **sight < capture.at).max();
            let (after, at) = (last.copied().unwrap_or(*seen).max(*seen), capture.at);
            if !(removed.is_empty() && added.is_empty()) {
                changes.push(FrameChange { capture: capture.id, after, at, removed, added });
            }
        }
        before = Some((capture.at, now));
    })?;
    Ok(changes)
}

/// The passages around the text of one document that another does not have at all, as often.
fn missing(of: &Document, from: &Document) -> Vec<String> {
    let mut there: HashMap<String, usize> = HashMap::new();
    for passage in &from.passages {
        *there.entry(without_numbers(&passage.text)).or_default() += 1;
    }
    // What is text on this side is not looked for, but it may be what is found on the other.
    let (text, frame): (Vec<_>, Vec<_>) =
        of.passages.iter().partition(|passage| passage.class == Class::Main);
    let mut is_missing = |text: &str| match there.get_mut(&without_numbers(text)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    for passage in text {
        is_missing(&passage.text);
    }
    frame
        .into_iter()
        .filter(|passage| is_missing(&passage.text))
        .map(|one| one.text.clone())
        .collect()
}
