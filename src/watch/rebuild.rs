//! Every capture of a page, in order, to its history told anew under the present rules and by what a person said.
//!
//! Captures, observations and verdicts are facts and stay; states, revisions, events and lives are conclusions and are
//! drawn again. One transaction a page: a rebuild that is interrupted leaves each page told by the old rules or by the new.

use std::collections::{BTreeMap, BTreeSet};

use super::beside::at_rest;
use super::observers::Observers;
use super::others::Others;
use super::read::{Read, Trust, read};
use super::record::baseline;
use super::sayings::{Disbelieved, Retold, Sayings, retold};
use super::tell::{Standing, Told, tell};
use crate::clock::Timestamp;
use crate::extract::Document;
use crate::fetch::{Digest, Obstacle, Validators};
use crate::lineage::RevisionNumber;
use crate::store::{
    Capture, CaptureId, Kept, Observation, Page, Seen, Store, StoreError, Verdict, Writing,
};

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
    /// What a person believes cannot be read.
    #[error("{page}: {capture} cannot be read as a page: {why}\nhint: nothing was changed")]
    Unreadable {
        /// What the page is called.
        page: String,
        /// The capture.
        capture: CaptureId,
        /// Why it cannot be read.
        why: String,
    },
}

/// Tells one page's history anew, under the settings that it is given with; both change together or not at all.
pub fn rebuild(store: &mut Store, page: &Page) -> Result<Rebuilt, RebuildError> {
    retell(store, page, |_| Ok(()))
}

/// Keeps what a person says of captures of a page, and tells its history anew by it; both or neither. A capture that is
/// believed and cannot be read is an error.
pub fn overrule(
    store: &mut Store,
    page: &Page,
    captures: &[CaptureId],
    verdict: Verdict,
    at: Timestamp,
) -> Result<Rebuilt, RebuildError> {
    retell(store, page, |writing| {
        captures.iter().try_for_each(|capture| writing.keep_verdict(*capture, verdict, at))
    })
}

fn retell(
    store: &mut Store,
    page: &Page,
    first: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>,
) -> Result<Rebuilt, RebuildError> {
    let before = store.revisions(page.id)?.len();
    let writing = store.write()?;
    first(&writing)?;
    writing.put_settings(page.id, &page.settings)?;
    let captures = writing.captures(page.id)?;
    let observations = writing.observations(page.id)?;
    let foreign = writing.foreign(page.id)?;
    let own = own_looks(&writing, page, &observations)?;
    writing.forget_told(page.id)?;
    let observers = Observers::seated(&writing, page, &captures, &own)?;
    let mut retelling = Retelling {
        writing: &writing,
        page,
        sayings: Sayings::of(writing.verdicts(page.id)?),
        standing: None,
        document: None,
        stood: BTreeMap::new(),
        own,
        others: Others::of(observers),
    };
    let by_person = of_a_person(&observations);
    let mut why = "no capture of it is believed".to_owned();
    for capture in &captures {
        let doubted = capture.doubted.filter(|_| !by_person.contains(&capture.id));
        let whose =
            foreign.get(&capture.id).map_or(Whose::Own, |look| Whose::Other { look: *look });
        why = retelling.take(&Capture { doubted, ..capture.clone() }, whose)?.unwrap_or(why);
        let is_told = whose != Whose::Own || retelling.stood.contains_key(&capture.id);
        if let Some(doubted) = capture.doubted.filter(|_| !is_told) {
            writing.keep_doubt(capture.id, doubted)?;
        }
    }
    retelling.others.observers.settle(&writing, page)?;
    retelling.observations(&writing.observations(page.id)?)?;
    let after = retelling.standing.map_or(0, |(standing, _)| standing.revision.0 as usize);
    if after == 0 && before > 0 {
        let why = why.lines().next().unwrap_or_default().to_owned();
        return Err(RebuildError::Nothing { page: page.title().to_owned(), before, why });
    }
    writing.commit()?;
    Ok(Rebuilt { captures: captures.len(), before, after })
}

/// The captures that nobody but a person doubts: they were taken of what had been said not to be the page.
fn of_a_person(observations: &[Observation]) -> BTreeSet<CaptureId> {
    let reason = Obstacle::Disbelieved.to_string();
    let runs = observations.iter().filter(|run| run.seen.reason.as_ref() == Some(&reason));
    runs.filter_map(|run| run.seen.capture).collect()
}

/// Until when palinode itself saw what each capture shows, as far as a run of its checks says so.
fn own_looks(
    writing: &Writing<'_>,
    page: &Page,
    observations: &[Observation],
) -> Result<BTreeMap<CaptureId, Timestamp>, StoreError> {
    let foreign = writing.foreign_looks(page.id)?;
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

/// Whose capture it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    /// Somebody else's, and the look that it stands for, if it was told before.
    Other {
        look: Option<i64>,
    },
}

pub(super) struct Retelling<'a> {
    pub(super) writing: &'a Writing<'a>,
    pub(super) page: &'a Page,
    sayings: Sayings,
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

impl Retelling<'_> {
    /// Takes the next capture; gives back why it says nothing, if it does not.
    fn take(&mut self, capture: &Capture, whose: Whose) -> Result<Option<String>, RebuildError> {
        let Capture { id, doubted, .. } = *capture;
        let answer = self.writing.answer(id, &self.page.url)?;
        let (entity, trust) = (answer.digest(), self.sayings.trust(id));
        let read = read(answer, entity, &self.page.settings, self.document.as_ref(), trust);
        let why = read.as_ref().err().map(|failure| failure.detail.clone());
        if trust == Trust::Given {
            let read = read.as_ref().ok();
            let text = read.filter(|read| read.document.main().next().is_some());
            let hint = read.and_then(|read| read.obstacle).map(Obstacle::hint);
            text.ok_or_else(|| self.unreadable(id, hint.as_deref().or(why.as_deref())))?;
        }
        let verdict = read.as_ref().ok().and_then(|read| self.sayings.take(id, read.says));
        if let Some(read) = read.as_ref().ok().filter(|_| self.sayings.own(id).is_some()) {
            self.writing.keep_verdict_text(id, read.says)?;
        }
        if let Whose::Other { look } = whose {
            match (verdict, read) {
                (Some(verdict), Ok(read)) => self.take_overruled(capture, look, verdict, read)?,
                (_, read) => self.take_foreign(capture, look, read)?,
            }
            return Ok(why);
        }
        let read = read.ok().filter(|read| read.obstacle.is_none());
        match (verdict, doubted, read) {
            (Some(Verdict::Believed), _, Some(read)) | (None, None, Some(read)) => {
                self.believe(id, read)?;
            }
            _ => {}
        }
        if let Some(digest) = doubted {
            self.writing.keep_doubt(id, digest)?;
        }
        Ok(why)
    }

    /// Takes a capture as what the page said. One that was doubted is not, unless a person says so: what would have
    /// confirmed it is the checks that followed, and those were weighed when they were made.
    pub(super) fn believe(&mut self, capture: CaptureId, mut read: Read) -> Result<(), StoreError> {
        if self.document.is_none() {
            read.document.unsteady = self.writing.unsteady(self.page.id)?;
        }
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
        let beside = at_rest(self.writing, self.page.id, &read)?;
        self.writing.keep_attribute_changes(self.page.id, capture, &beside)?;
        let mut baseline = baseline(&read, shown, revision);
        if !is_own {
            // No server is asked whether it knows what somebody else says that it sent.
            baseline.validators =
                Validators { url: read.answer.url.clone(), etag: None, last_modified: None };
        }
        self.writing.put_baseline(self.page.id, &baseline, &read.document)?;
        self.others.stands(capture, &read, self.own.get(&capture).copied());
        self.document = Some(read.document);
        Ok(())
    }

    /// Tells what the checks saw, in the new numbers.
    fn observations(&self, observations: &[Observation]) -> Result<(), StoreError> {
        let judged = self.writing.judged(self.page.id)?;
        let foreign = self.writing.foreign_looks(self.page.id)?;
        let mut last = None;
        for Observation { id, seen, .. } in observations {
            let stands = seen.capture.and_then(|capture| self.stood.get(&capture).copied());
            if let Some((outcome, reason)) = self.others.told(*id) {
                let revision = stands.filter(|_| outcome == "same");
                let is_new = revision.is_some() && revision != last;
                let outcome = if is_new { "changed" } else { outcome }.to_owned();
                last = revision.or(last);
                let seen = Seen { outcome, reason, revision, ..seen.clone() };
                self.writing.retell_observation(*id, &seen)?;
                continue;
            }
            if foreign.contains(id) {
                last = seen.revision.or(last);
                continue;
            }
            let disbelieved = match seen.capture {
                Some(capture) if self.sayings.disbelieves(capture) => Disbelieved::Yes,
                _ => Disbelieved::No,
            };
            let Retold { seen, judged } = retold(seen, judged.get(id), (stands, last), disbelieved);
            last = seen.revision.or(last);
            self.writing.retell_observation(*id, &seen)?;
            self.writing.keep_judged(*id, judged.as_deref())?;
        }
        Ok(())
    }

    fn unreadable(&self, capture: CaptureId, why: Option<&str>) -> RebuildError {
        let why = why.and_then(|why| why.lines().next()).unwrap_or("it holds no text");
        RebuildError::Unreadable {
            page: self.page.title().to_owned(),
            capture,
            why: why.to_owned(),
        }
    }
}
