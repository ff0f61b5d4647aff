//! The history of another palinode to captures and looks in this one, each with the name of who took it.
//!
//! A capture is known by its line of the other's chain, so a merge that was stopped goes on where it was, and one that is
//! run again brings only what came since. What was captured here and found there again is known as one's own. The histories
//! are told anew after: [`Store::untold`] names them.

use std::collections::{BTreeMap, BTreeSet};

use super::import::Strangers;
use super::meeting::{MergeError, first_link, named};
use crate::clock::Timestamp;
use crate::page::PageUrl;
use crate::store::{
    Capture, CaptureId, Keeping, Observation, Observer, ObserverId, Origin, Page, Seen, Source,
    Store, StoreError, Verdict,
};

/// What is wanted of another history.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the other palinode is called here.
    pub name: String,
    /// Only these pages; all if there are none.
    pub only: BTreeSet<PageUrl>,
    /// What becomes of pages that only the other one has.
    pub strangers: Strangers,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Merged {
    /// Pages of which there is something in both.
    pub pages: usize,
    /// Pages that only the other one has, and that were left.
    pub unwatched: usize,
    /// Captures that were kept.
    pub kept: usize,
    /// Captures that were there already.
    pub known: usize,
    /// Runs of checks that are new, or longer than before.
    pub looks: usize,
    /// Captures that are damaged there, or not what its chain says.
    pub damaged: usize,
    /// Captures and runs of a time that has not come yet by the clock here.
    pub early: usize,
}

/// So many captures are one write.
const BATCH: usize = 64;

/// Keeps what the other history holds of the pages that are watched here.
pub fn merge(
    store: &mut Store,
    other: &Store,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Merged, MergeError> {
    let there = |error| MergeError::Other(other.path().to_owned(), error);
    let mut merging = Merging::begin(store, other, wanted, now)?;
    for theirs in other.pages_ever().map_err(there)? {
        if !wanted.only.is_empty() && !wanted.only.contains(&theirs.url) {
            continue;
        }
        match merging.page_here(&theirs, wanted.strangers)? {
            Some(page) => merging.join(&page, &theirs)?,
            None => merging.merged.unwatched += 1,
        }
    }
    Ok(merging.merged)
}

struct Merging<'a> {
    store: &'a mut Store,
    other: &'a Store,
    observer: Observer,
    /// Those of whom the other one has something by merges of its own, as they are known there and here. `None` is this
    /// palinode itself.
    others: Vec<(Observer, Option<Observer>)>,
    /// The runs of checks that are told by both, where one is a copy of the other.
    shared: BTreeSet<(i64, Timestamp)>,
    /// The lines of both chains.
    own_links: BTreeMap<String, CaptureId>,
    links: BTreeMap<CaptureId, String>,
    now: Timestamp,
    merged: Merged,
}

impl<'a> Merging<'a> {
    fn begin(
        store: &'a mut Store,
        other: &'a Store,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<Self, MergeError> {
        let there = |error| MergeError::Other(other.path().to_owned(), error);
        let first = first_link(other)?;
        let own = store.first_link()?;
        let own_links =
            store.sound_links()?.into_iter().map(|(capture, line)| (line, capture)).collect();
        let links = other.sound_links().map_err(there)?;
        let known_there = other.observers().map_err(there)?;
        let writing = store.write()?;
        let observer = match writing.observer(first)? {
            Some(observer) => observer,
            None => writing.keep_observer(first, &wanted.name)?,
        };
        let mut others = Vec::new();
        for theirs in known_there {
            let is_other = own != Some(theirs.first_link);
            let here = is_other.then(|| named(&writing, &theirs, &observer)).transpose()?;
            others.push((theirs, here));
        }
        writing.commit()?;
        let mut shared = BTreeSet::new();
        if own == Some(first) {
            for page in store.pages_ever()? {
                let runs = store.own_runs(page.id)?.into_iter();
                shared.extend(runs.map(|run| (run.id, run.first_at)));
            }
        }
        let merged = Merged::default();
        Ok(Self { store, other, observer, others, shared, own_links, links, now, merged })
    }

    /// The same page here, watched or not; a stranger is watched from now on if that was asked for, as it is there.
    fn page_here(
        &mut self,
        theirs: &Page,
        strangers: Strangers,
    ) -> Result<Option<Page>, StoreError> {
        let page = self.store.page_at(&theirs.url)?;
        if page.is_some() || strangers == Strangers::Left || theirs.removed_at.is_some() {
            return Ok(page);
        }
        let mut settings = theirs.settings.clone();
        let names = self.store.pages_ever()?;
        let is_taken = names.iter().any(|page| page.settings.name == settings.name);
        settings.name = settings.name.filter(|_| !is_taken);
        let writing = self.store.write()?;
        writing.put_page(&theirs.url, &settings, self.now)?;
        let page = writing.page_at(&theirs.url)?;
        writing.commit()?;
        Ok(page)
    }

    /// Joins what the other one has of a page to what is here.
    fn join(&mut self, page: &Page, theirs: &Page) -> Result<(), MergeError> {
        let path = self.other.path().to_owned();
        let there = |error| MergeError::Other(path.clone(), error);
        self.merged.pages += 1;
        let captures = self.other.captures(theirs.id).map_err(there)?;
        let sources = self.other.sources(theirs.id).map_err(there)?;
        let said = self.other.sifted(theirs.id).map_err(there)?.into_iter();
        let said: BTreeMap<CaptureId, Verdict> =
            said.filter_map(|sifted| Some((sifted.id, sifted.verdict?.0))).collect();
        let mut here = BTreeMap::new();
        for batch in captures.chunks(BATCH) {
            let mut found = Vec::new();
            for capture in batch {
                let source = self.source(capture, sources.get(&capture.id));
                found.extend(source.map(|source| (capture, source)));
            }
            self.take(page, theirs, (&found, &said), &mut here)?;
        }
        self.look(page, theirs, &here)
    }

    /// What is said here of where a capture of the other one comes from; `None` if it cannot be taken.
    fn source(&mut self, capture: &Capture, theirs: Option<&Source>) -> Option<Source> {
        let Some(line) = self.links.get(&capture.id) else {
            self.merged.damaged += 1;
            return None;
        };
        if capture.at > self.now {
            self.merged.early += 1;
            return None;
        }
        let via = Some(self.observer.name.clone());
        Some(match theirs {
            None => Source {
                origin: Origin::Palinode,
                name: self.observer.name.clone(),
                record: line.clone(),
                uri: None,
                via: None,
                verdict: None,
                received_at: self.now,
            },
            Some(source) if source.origin == Origin::Palinode => {
                let known = self.others.iter().find(|(there, _)| there.name == source.name);
                let here = known.and_then(|(_, here)| here.as_ref());
                let name = here.map_or_else(|| source.name.clone(), |here| here.name.clone());
                Source { name, via, verdict: None, received_at: self.now, ..source.clone() }
            }
            Some(source) => Source { via, verdict: None, received_at: self.now, ..source.clone() },
        })
    }

    /// Keeps what is not here yet, and notes as what each capture of the other one is kept here.
    fn take(
        &mut self,
        page: &Page,
        theirs: &Page,
        (found, said): (&[(&Capture, Source)], &BTreeMap<CaptureId, Verdict>),
        here: &mut BTreeMap<CaptureId, CaptureId>,
    ) -> Result<(), MergeError> {
        let writing = self.store.write()?;
        for (capture, source) in found {
            let own = self.own_links.get(&source.record).copied();
            let known = match own {
                Some(own) => Some(own),
                None => writing.foreign_capture(page.id, source.origin, &source.record)?,
            };
            let keeping = match known {
                Some(known) => Keeping::Known(known),
                None => match self.other.answer(capture.id, &theirs.url) {
                    Ok(answer) => writing.keep_foreign(page, &answer, source)?,
                    Err(error) if error.is_of_one_page() => {
                        self.merged.damaged += 1;
                        continue;
                    }
                    Err(error) => {
                        return Err(MergeError::Other(self.other.path().to_owned(), error));
                    }
                },
            };
            let kept = match keeping {
                Keeping::Kept(kept) => {
                    self.merged.kept += 1;
                    kept
                }
                Keeping::Known(known) => {
                    self.merged.known += 1;
                    known
                }
            };
            if source.name == self.observer.name {
                writing.note_verdict(kept, said.get(&capture.id).copied())?;
            }
            here.insert(capture.id, kept);
        }
        Ok(writing.commit()?)
    }

    /// Keeps what the other one, and those whom it knows, looked at.
    fn look(
        &mut self,
        page: &Page,
        theirs: &Page,
        here: &BTreeMap<CaptureId, CaptureId>,
    ) -> Result<(), MergeError> {
        let path = self.other.path().to_owned();
        let there = |error| MergeError::Other(path.clone(), error);
        let own = self.other.own_runs(theirs.id).map_err(there)?.into_iter();
        let own = own.filter(|run| !self.shared.contains(&(run.id, run.first_at)));
        let mut runs: Vec<(ObserverId, Observation)> =
            own.map(|run| (self.observer.id, run)).collect();
        for look in self.other.looks(theirs.id).map_err(there)? {
            let known = self.others.iter().find(|(there, _)| there.id == look.observer.id);
            if let Some(observer) = known.and_then(|(_, here)| here.as_ref()) {
                runs.push((observer.id, look.run));
            }
        }
        let writing = self.store.write()?;
        for (observer, run) in runs {
            if run.last_at > self.now {
                self.merged.early += 1;
                continue;
            }
            let capture = run.seen.capture.map(|capture| here.get(&capture).copied());
            // Of what cannot be shown, nobody knows what was seen.
            if capture == Some(None) {
                continue;
            }
            // That it was news there is no fact, but told of what was known there.
            let outcome = match run.seen.outcome.as_str() {
                "changed" => "same".to_owned(),
                _ => run.seen.outcome,
            };
            let (revision, capture) = (None, capture.flatten());
            let seen = Seen { outcome, reason: run.seen.reason, revision, capture };
            let run = Observation { seen, ..run };
            self.merged.looks += usize::from(writing.keep_look(page.id, observer, &run)?);
        }
        Ok(writing.commit()?)
    }
}
