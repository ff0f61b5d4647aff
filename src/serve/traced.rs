//! A page and a phrase to what it takes to tell the phrase's life there.
//!
//! Apart from the pages and the listings because `palinode trace` tells the same.

use std::collections::BTreeMap;

use crate::lineage::{ByNumber as _, PhraseCounter, PhraseRun, Wording, WordingId, Wordings};
use crate::store::{Observation, Page, Revision, Store, StoreError};
use crate::views::Ledger;

/// The life of a phrase on a page, and what it is told with.
#[derive(Debug)]
pub struct Traced<'a> {
    page: &'a Page,
    runs: Vec<PhraseRun>,
    revisions: Vec<Revision>,
    pub(super) observations: Vec<Observation>,
    /// Those that show the phrase in its place.
    wordings: BTreeMap<WordingId, Wording>,
}

impl<'a> Traced<'a> {
    /// The life of the phrase that is counted.
    pub fn of(store: &Store, page: &'a Page, counter: &PhraseCounter) -> Result<Self, StoreError> {
        let runs = store.phrase_runs(page.id, counter)?;
        let past = store.past(page.id)?;
        let all = Wordings::of(&past);
        let shown = runs.iter().filter_map(|run| run.found.first.as_ref());
        let shown = shown.filter_map(|(id, _)| Some((*id, all.numbered(*id)?.clone())));
        let wordings = shown.collect();
        past.sound()?;
        let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
        Ok(Self { page, runs, revisions, observations, wordings })
    }

    /// The same, to be shown.
    pub fn view<'t>(&'t self, phrase: &'t str) -> Ledger<'t> {
        let Self { page, runs, revisions, observations, wordings } = self;
        Ledger::new(page, phrase, runs.clone(), revisions, observations, wordings)
    }
}
