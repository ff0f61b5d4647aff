//! Every capture of a page, in order, to its history told anew under the present rules.
//!
//! Captures and observations are facts and stay; states, revisions, events and lives are conclusions and are drawn
//! again. One transaction a page: a rebuild that is interrupted leaves each page told by the old rules or by the new.

use std::collections::BTreeMap;

use super::read::{Read, read};
use super::record::baseline;
use super::tell::{Standing, Told, tell};
use crate::extract::Document;
use crate::fetch::Digest;
use crate::lineage::RevisionNumber;
use crate::store::{CaptureId, Kept, Page, Seen, Store, StoreError, Writing};

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
    let captures = store.captures(page.id)?;
    let observations = store.observations(page.id)?;
    let writing = store.write()?;
    writing.put_settings(page.id, &page.settings)?;
    writing.forget_told(page.id)?;
    let mut retelling = Retelling {
        writing: &writing,
        page,
        standing: None,
        document: None,
        stood: BTreeMap::new(),
    };
    let mut why = String::new();
    for capture in &captures {
        let answer = writing.answer(capture.id, &page.url)?;
        let entity = Digest::of(&answer.entity);
        match read(answer, entity, &page.settings, retelling.document.as_ref()) {
            Ok(read) => retelling.take(capture.id, capture.doubted, Some(read))?,
            Err(failure) => {
                why = failure.detail;
                retelling.take(capture.id, capture.doubted, None)?;
            }
        }
    }
    let mut last = None;
    for observation in &observations {
        let seen = retelling.seen(&observation.seen, last);
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

struct Retelling<'a> {
    writing: &'a Writing<'a>,
    page: &'a Page,
    /// What stands by now, and the digest of what it says.
    standing: Option<(Standing, Digest)>,
    document: Option<Document>,
    /// Which revision each believed capture shows.
    stood: BTreeMap<CaptureId, RevisionNumber>,
}

impl Retelling<'_> {
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
        let shown = self
            .standing
            .filter(|(standing, _)| standing.revision == revision)
            .map_or(capture, |(standing, _)| standing.capture);
        self.standing = Some((Standing { revision, capture: shown }, read.says));
        self.stood.insert(capture, revision);
        let document = self.page.settings.select.is_empty().then_some(&read.document);
        self.writing.put_baseline(self.page.id, &baseline(&read, shown, revision), document)?;
        self.document = Some(read.document);
        Ok(())
    }

    /// What a run of checks saw, in the new numbers; `last` is the revision seen before it.
    fn seen(&self, seen: &Seen, last: Option<RevisionNumber>) -> Seen {
        let revision = seen.capture.and_then(|capture| self.stood.get(&capture).copied());
        let outcome = match seen.outcome.as_str() {
            "changed" if revision.is_some() && revision == last => "same",
            other => other,
        };
        Seen { outcome: outcome.to_owned(), revision, ..seen.clone() }
    }
}
