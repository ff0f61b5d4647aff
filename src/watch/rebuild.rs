//! Every capture of a page, in order, to its history told anew under the present rules.
//!
//! Captures and observations are facts and stay; states, revisions, events and lives are conclusions and are drawn
//! again. One transaction a page: a rebuild that is interrupted leaves each page told by the old rules or by the new.

use std::collections::{BTreeMap, BTreeSet};

use super::others::Others;
use super::read::{Read, read};
use super::record::baseline;
use super::tell::{Standing, Told, tell};
use crate::clock::Timestamp;
use crate::extract::Document;
use crate::fetch::{Digest, Validators};
use crate::lineage::RevisionNumber;
use crate::store::{CaptureId, Kept, Observation, Page, Seen, Store, StoreError, Writing};

/// How a page's history came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Captures that were read again.
    pub captures: usize,
    /// Revisions before.
    pub before: usize,
    /// Revisions now.
    pub after: usize,
}

/// Why a history was not told anew. It stays as it was told before.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing would be left of it.
    #[error("{page}: no revision would be left of {before}: {why}\nhint: nothing was changed")]
    Nothing {
        /// What the page is called.
        page: String,
        /// How many revisions there are.
        before: usize,
        /// Why its last capture says nothing.
        why: String,
    },
}

/// Tells one page's history anew, under the settings that it is given with; both change together or not at all.
pub fn rebuild(store: &mut Store, page: &Page) -> Result<Rebuilt, RebuildError> {
    let before = store.revisions(page.id)?.len();
    let writing = store.write()?;
    writing.put_settings(page.id, &page.settings)?;
    writing.forget_told(page.id)?;
    let captures = writing.captures(page.id)?;
    let observations = writing.observations(page.id)?;
    let mut retelling = Retelling::new(&writing, page, own_looks(&writing, page, &observations)?);
    let foreign = writing.foreign(page.id)?;
    let mut why = String::new();
    for capture in &captures {
        let answer = writing.answer(capture.id, &page.url)?;
        let entity = Digest::of(&answer.entity);
        let read = read(answer, entity, &page.settings, retelling.document.as_ref());
        if let Err(failure) = &read {
            why.clone_from(&failure.detail);
        }
        match foreign.get(&capture.id) {
            Some(look) => retelling.take_foreign(capture, *look, read)?,
            None => retelling.take(capture.id, capture.doubted, read.ok())?,
        }
    }
    let mut last = None;
    for observation in &writing.observations(page.id)? {
        let seen = retelling.seen(observation, last);
        last = seen.revision.or(last);
        writing.retell_observation(observation.id, &seen)?;
    }
    let after = retelling.standing.map_or(0, |(standing, _)| standing.revision.0 as usize);
    if after == 0 && before > 0 {
        let why = why.lines().next().unwrap_or_default().to_owned();
        return Err(RebuildError::Nothing { page: page.title().to_owned(), before, why });
    }
    writing.commit()?;
    Ok(Rebuilt { captures: captures.len(), before, after })
}

/// Until when palinode itself saw what each capture shows, as far as a run of its checks says so.
fn own_looks(
    writing: &Writing<'_>,
    page: &Page,
    observations: &[Observation],
) -> Result<BTreeMap<CaptureId, Timestamp>, StoreError> {
    let foreign: BTreeSet<i64> = writing.foreign(page.id)?.into_values().flatten().collect();
    let mut until = BTreeMap::new();
    let is_sight =
        |run: &&Observation| matches!(run.seen.outcome.as_str(), "changed" | "same" | "same-304");
    for run in observations.iter().filter(is_sight).filter(|run| !foreign.contains(&run.id)) {
        let Some(capture) = run.seen.capture else { continue };
        let last = until.entry(capture).or_insert(run.last_at);
        *last = run.last_at.max(*last);
    }
    Ok(until)
}

pub(super) struct Retelling<'a> {
    pub(super) writing: &'a Writing<'a>,
    pub(super) page: &'a Page,
    /// What stands by now, and the digest of what it says.
    pub(super) standing: Option<(Standing, Digest)>,
    pub(super) document: Option<Document>,
    /// Which revision each believed capture shows.
    stood: BTreeMap<CaptureId, RevisionNumber>,
    /// Until when palinode itself saw what a capture shows.
    own: BTreeMap<CaptureId, Timestamp>,
    /// What others saw.
    pub(super) others: Others,
}

impl<'a> Retelling<'a> {
    fn new(writing: &'a Writing<'a>, page: &'a Page, own: BTreeMap<CaptureId, Timestamp>) -> Self {
        let others = Others::default();
        Self { writing, page, standing: None, document: None, stood: BTreeMap::new(), own, others }
    }

    /// Takes the next capture. One that was doubted stays doubted: what would have confirmed it is the checks that
    /// followed, and those were weighed when they were made.
    fn take(
        &mut self,
        capture: CaptureId,
        doubted: Option<Digest>,
        read: Option<Read>,
    ) -> Result<(), StoreError> {
        if let Some(digest) = doubted {
            return self.writing.judge_capture(capture, Kept::Doubted(digest));
        }
        let Some(read) = read.filter(|read| read.obstacle.is_none()) else { return Ok(()) };
        self.believe(capture, read)
    }

    /// Takes a capture that is believed.
    pub(super) fn believe(&mut self, capture: CaptureId, read: Read) -> Result<(), StoreError> {
        let revision = match self.standing {
            Some((standing, says)) if says == read.says => {
                let state = self.writing.state_of(self.page.id, standing.revision)?.id;
                self.writing.judge_capture(capture, Kept::Believed(state))?;
                standing.revision
            }
            standing => {
                let told =
                    Told { page: self.page, capture, document: &read.document, says: read.says };
                tell(self.writing, &told, standing.map(|(standing, _)| standing))?.number
            }
        };
        // From an own capture on, own checks go by that, and not by what somebody else saw before.
        let is_own = !self.others.are_of(capture);
        let shown = self
            .standing
            .filter(|(standing, _)| standing.revision == revision)
            .filter(|(standing, _)| !(is_own && self.others.are_of(standing.capture)))
            .map_or(capture, |(standing, _)| standing.capture);
        self.standing = Some((Standing { revision, capture: shown }, read.says));
        self.stood.insert(capture, revision);
        let document = self.page.settings.select.is_empty().then_some(&read.document);
        let mut baseline = baseline(&read, shown, revision);
        if !is_own {
            // No server is asked whether it knows what somebody else says that it sent.
            baseline.validators =
                Validators { url: read.answer.url.clone(), etag: None, last_modified: None };
        }
        self.writing.put_baseline(self.page.id, &baseline, document)?;
        self.others.stands(&read, self.own.get(&capture).copied());
        self.document = Some(read.document);
        Ok(())
    }

    /// What a run of checks saw, in the new numbers; `last` is the revision seen before it.
    fn seen(&self, run: &Observation, last: Option<RevisionNumber>) -> Seen {
        let seen = &run.seen;
        let revision = seen.capture.and_then(|capture| self.stood.get(&capture).copied());
        if let Some((outcome, reason)) = self.others.told(run.id) {
            let revision = revision.filter(|_| outcome == "same");
            let outcome = if revision.is_some() && revision != last { "changed" } else { outcome };
            return Seen { outcome: outcome.to_owned(), reason, revision, ..seen.clone() };
        }
        let outcome = match seen.outcome.as_str() {
            "changed" if revision.is_some() && revision == last => "same",
            other => other,
        };
        Seen { outcome: outcome.to_owned(), revision, ..seen.clone() }
    }
}
