//! A phrase and a page to the phrase's life through its revisions, at the cost of what holds the phrase.
//!
//! The index names the wordings that can hold it, or the part of it that a border of passages cuts off; only these are
//! read. A state is counted anew only where it differs from its base in one of them: most keep their base's count.

use std::collections::BTreeMap;

use rusqlite::params;

use super::layouts::each_layout;
use super::pages::PageId;
use super::revisions::StateId;
use super::search::{Candidates, candidates};
use super::wordings::each_wording;
use super::{Store, StoreError};
use crate::lineage::{
    PhraseCount, PhraseCounter, PhraseRun, Placed, RevisionNumber, WordingId, Wordings,
};

/// Where more than one in so many wordings is asked for, all are read in a row.
const MANY: usize = 8;

impl Store {
    /// A phrase's life through the revisions of a page, as runs in which its count does not change.
    pub fn phrase_runs(
        &self,
        page: PageId,
        counter: &PhraseCounter,
    ) -> Result<Vec<PhraseRun>, StoreError> {
        let past = self.past(page)?;
        let wordings = Wordings::of(&past);
        let held = candidates(self, page, counter.keys(), wordings.len())?;
        let mut counter = counter.clone();
        if held.count() * MANY > wordings.len() {
            each_wording(&self.connection, page, |id, wording| {
                if held.may_hold(id) {
                    counter.learn(id, &wording.text);
                }
            })?;
        }
        let mut counts: BTreeMap<StateId, PhraseCount> = BTreeMap::new();
        each_layout(&self.connection, page, |state, base, layout| {
            let like = base
                .filter(|(_, changed)| !changed.iter().any(|placed| held.may_hold(placed.wording)))
                .and_then(|(base, _)| counts.get(&base).cloned());
            let count = like.unwrap_or_else(|| count(&mut counter, &held, layout, &wordings));
            counts.insert(state, count);
        })?;
        past.sound()?;
        let mut query = self
            .connection
            .prepare_cached("SELECT number, state FROM revision WHERE page = ?1 ORDER BY number")?;
        let mut rows = query.query(params![page])?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            let (number, state): (RevisionNumber, StateId) = (row.get(0)?, row.get(1)?);
            let none = PhraseCount::default();
            PhraseRun::follow(&mut runs, number, counts.get(&state).unwrap_or(&none));
        }
        Ok(runs)
    }
}

fn count(
    counter: &mut PhraseCounter,
    held: &Candidates,
    layout: &[Placed],
    wordings: &Wordings<'_>,
) -> PhraseCount {
    let may_hold = |id: WordingId| held.may_hold(id);
    counter.count_among(layout, wordings, &may_hold)
}
