//! What would be tracked of a page, and why: an address that nobody watches yet, or the captures of one that is watched.
//!
//! It writes nothing. It reads by the same function as a check, so that what it shows is what a check would tell.

use std::collections::HashMap;

use super::CheckError;
use super::read::{Read, Trust, read};
use super::round::unconditional;
use crate::clock::{Clock, Timestamp};
use crate::extract::{Document, Passage, Reason};
use crate::fetch::{Answer, Failure, Fetched, Fetcher, Manners, Obstacle, PutOff};
use crate::page::{PageSettings, PageUrl};
use crate::store::{CaptureId, Page, Sifted, Store, StoreError};

/// A passage, and why it has the class that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The passage.
    pub passage: Passage,
    /// The rule that decided its class.
    pub reason: Reason,
    /// When it decided.
    pub since: Timestamp,
}

/// What came of looking at an address.
#[derive(Debug)]
pub enum Looked {
    /// What would be tracked.
    Text(Option<String>, Vec<Explained>),
    /// What would be held.
    Held(Obstacle),
    /// Nothing was learned.
    Failed(Failure),
    /// Its host wants to be left alone.
    PutOff(PutOff),
}

/// Fetches an address once, and reads it as a first check would.
pub fn look(
    fetcher: &Fetcher,
    clock: &dyn Clock,
    url: &PageUrl,
    settings: &PageSettings,
) -> Result<Looked, CheckError> {
    let manners = Manners::new(fetcher.pause(), Vec::new(), Vec::new());
    let runtime = crate::fetch::runtime().map_err(CheckError::Runtime)?;
    let request = unconditional(url, settings);
    let answer = match runtime.block_on(fetcher.fetch(&request, &manners, clock)) {
        Ok(Fetched::Answer(answer)) => *answer,
        Ok(Fetched::Failed { failure, .. }) => return Ok(Looked::Failed(failure)),
        Ok(Fetched::NotModified { .. }) => return Ok(Looked::Text(None, Vec::new())),
        Err(put_off) => return Ok(Looked::PutOff(put_off)),
    };
    Ok(looked(answer, settings, Trust::Judged))
}

/// What a kept capture would show if it were believed, and seen for the first time.
pub fn look_at(store: &Store, page: &Page, capture: CaptureId) -> Result<Looked, StoreError> {
    Ok(looked(store.answer(capture, &page.url)?, &page.settings, Trust::Given))
}

fn looked(answer: Answer, settings: &PageSettings, trust: Trust) -> Looked {
    let (at, entity) = (answer.at, answer.digest());
    let read = match read(answer, entity, settings, None, trust) {
        Ok(read) => read,
        Err(failure) => return Looked::Failed(failure),
    };
    if let Some(obstacle) = read.obstacle {
        return Looked::Held(obstacle);
    }
    let title = read.document.title.clone();
    Looked::Text(title, explained(read.document, &read.reasons, at, &HashMap::new()))
}

/// The passages of the last believed capture of a page, each with the rule that decided its class, and when. All
/// believed captures are read again, in order: most passages have their class from the first.
pub fn explain(store: &Store, page: &Page) -> Result<Vec<Explained>, StoreError> {
    let mut passages = Vec::new();
    walk(store, page, |capture, read| {
        let known: HashMap<String, (Reason, Timestamp)> = std::mem::take(&mut passages)
            .into_iter()
            .map(|one: Explained| (one.passage.text, (one.reason, one.since)))
            .collect();
        passages = explained(read.document, &read.reasons, capture.at, &known);
    })?;
    Ok(passages)
}

/// Reads the believed captures of a page, in order, as they were read when they came.
pub(super) fn walk(
    store: &Store,
    page: &Page,
    mut take: impl FnMut(&Sifted, Read),
) -> Result<(), StoreError> {
    let mut before: Option<Document> = None;
    for capture in store.sifted(page.id)?.into_iter().filter(|capture| !capture.is_held()) {
        let answer = store.answer(capture.id, &page.url)?;
        let entity = answer.digest();
        let read = read(answer, entity, &page.settings, before.as_ref(), Trust::Given);
        if let Ok(mut read) = read {
            if before.is_none() {
                read.document.unsteady = store.unsteady(page.id)?;
            }
            before = Some(read.document.clone());
            take(&capture, read);
        }
    }
    Ok(())
}

/// A passage that stood before was decided then.
fn explained(
    document: Document,
    reasons: &[Reason],
    at: Timestamp,
    known: &HashMap<String, (Reason, Timestamp)>,
) -> Vec<Explained> {
    let one = |(index, passage): (usize, Passage)| {
        let reason = reasons.get(index).copied().unwrap_or(Reason::Kind);
        let before =
            known.get(&passage.text).filter(|known| reason == Reason::Known || reason == known.0);
        let (reason, since) = before.copied().unwrap_or((reason, at));
        Explained { passage, reason, since }
    };
    document.passages.into_iter().enumerate().map(one).collect()
}
