//! What a web archive has of a page to captures in its history, one after the other.
//!
//! Each is on disk before the next is asked for: whoever is stopped goes on where they were. The history is told anew once
//! at the end; where that end did not come, the next run does it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::CheckError;
use super::asking::{Archive, Asking, Silence};
use crate::archive::{Row, from_the_ends, of_pages, thinned, turns};
use crate::clock::{Clock, Timestamp};
use crate::fetch::{Answer, Fetcher, Manners};
use crate::store::{CaptureId, Keeping, Origin, Page, Source, Store, StoreError};

/// What is wanted of an archive.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The archive.
    pub archive: Archive,
    /// Nothing from before.
    pub since: Option<Timestamp>,
    /// Nothing from after.
    pub until: Option<Timestamp>,
    /// One capture in so long a time is enough.
    pub every: Option<Duration>,
    /// No more than so many are fetched.
    pub limit: Option<usize>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Backfilled {
    /// Captures that the archive lists.
    pub listed: usize,
    /// Rows of its list that cannot be read.
    pub dirty: usize,
    /// Captures that were fetched and kept.
    pub kept: usize,
    /// Captures that were there already.
    pub known: usize,
    /// Captures that the archive did not give, or gave of another time.
    pub skipped: usize,
    /// Captures that are left for another run.
    pub left: usize,
    /// Why it ended early.
    pub halt: Option<Halt>,
}

/// Why a run ended before all was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The archive wants to be left alone until then.
    PutOff(Timestamp),
    /// It does not answer, or not with a list.
    Silent(String),
}

/// So many failures in a row, and the archive is not asked any more.
const PATIENCE: usize = 3;

/// Fetches what is wanted and keeps it; the history is to be told anew after: [`Store::untold`] names the page.
pub fn backfill(
    store: &mut Store,
    fetcher: &Fetcher,
    clock: &dyn Clock,
    page: &Page,
    wish: &Wish,
) -> Result<Backfilled, CheckError> {
    let mut visit = Visit::begin(store, fetcher, clock, page, &wish.archive)?;
    let mut done = Backfilled::default();
    let Some(rows) = visit.rows(wish, &mut done)? else { return Ok(done) };
    let rows = turns(&of_pages(rows));
    let rows = wish.every.map_or_else(|| rows.clone(), |every| thinned(rows.clone(), every));
    let (known, wanted): (Vec<Row>, Vec<Row>) =
        from_the_ends(&rows).into_iter().partition(|row| visit.is_known(row));
    done.known = known.len();
    let most = wish.limit.unwrap_or(usize::MAX).min(wanted.len());
    let mut failures = 0;
    for (place, row) in wanted.iter().take(most).enumerate() {
        done.left = wanted.len() - place;
        match visit.fetch(row)? {
            Got::Capture(_) => done.kept += 1,
            Got::Nothing => done.skipped += 1,
            Got::Halt(halt) => {
                failures += 1;
                done.skipped += 1;
                if failures == PATIENCE || matches!(halt, Halt::PutOff(_)) {
                    done.skipped -= failures;
                    done.left += failures - 1;
                    done.halt = Some(halt);
                    return Ok(done);
                }
                continue;
            }
        }
        failures = 0;
    }
    done.left = wanted.len() - most;
    Ok(done)
}

/// A conversation with an archive about one page.
pub(super) struct Visit<'a> {
    store: &'a mut Store,
    asking: Asking<'a>,
    page: &'a Page,
    /// What was made of the archive's captures before, by their addresses there.
    known: BTreeMap<String, CaptureId>,
}

/// What asking for one capture came to.
pub(super) enum Got {
    Capture(CaptureId),
    Nothing,
    Halt(Halt),
}

impl<'a> Visit<'a> {
    pub(super) fn begin(
        store: &'a mut Store,
        fetcher: &'a Fetcher,
        clock: &'a dyn Clock,
        page: &'a Page,
        archive: &'a Archive,
    ) -> Result<Self, CheckError> {
        let runtime = crate::fetch::runtime().map_err(CheckError::Runtime)?;
        let manners = Manners::new(fetcher.pause(), store.waits()?, Vec::new());
        let sources = store.sources(page.id)?.into_iter();
        let known = sources.filter(|(_, source)| source.origin == Origin::Archive);
        let known = known.map(|(capture, source)| (source.record, capture)).collect();
        let asking = Asking { archive, fetcher, manners, clock, runtime };
        Ok(Self { store, asking, page, known })
    }

    /// What the archive lists; `None` if it gives no list, and why is noted.
    pub(super) fn rows(
        &mut self,
        wish: &Wish,
        done: &mut Backfilled,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let listing = self.asking.list(&self.page.url, (wish.since, wish.until));
        self.keep_notes()?;
        Ok(match listing {
            Ok(listing) => {
                done.listed = listing.rows.len();
                done.dirty = listing.dirty;
                let mut rows = listing.rows;
                rows.retain(|row| wish.since.is_none_or(|since| row.at >= since));
                rows.retain(|row| wish.until.is_none_or(|until| row.at <= until));
                Some(rows)
            }
            Err(silence) => {
                done.halt = Some(halt(silence));
                None
            }
        })
    }

    pub(super) fn is_known(&self, row: &Row) -> bool {
        self.kept(row).is_some()
    }

    /// Fetches one capture and keeps it: when this returns, it is on disk.
    pub(super) fn fetch(&mut self, row: &Row) -> Result<Got, StoreError> {
        let record = self.asking.archive.original(row);
        let came = self.asking.capture(row);
        self.keep_notes()?;
        Ok(match came {
            Ok(answer) => Got::Capture(self.keep(&answer, record)?),
            Err(Silence::Other(answer)) if !matches!(answer.status, 429 | 503) => Got::Nothing,
            Err(silence) => Got::Halt(halt(silence)),
        })
    }

    fn keep(&mut self, answer: &Answer, record: String) -> Result<CaptureId, StoreError> {
        let source = Source {
            origin: Origin::Archive,
            name: self.asking.archive.as_str().to_owned(),
            record: record.clone(),
            uri: None,
            via: None,
            verdict: None,
            received_at: self.asking.clock.now(),
        };
        let writing = self.store.write()?;
        let (Keeping::Kept(capture) | Keeping::Known(capture)) =
            writing.keep_foreign(self.page, answer, &source)?;
        writing.commit()?;
        self.known.insert(record, capture);
        Ok(capture)
    }

    /// A capture that is kept, as it was answered.
    pub(super) fn answer(&self, capture: CaptureId) -> Result<Answer, StoreError> {
        self.store.answer(capture, &self.page.url)
    }

    /// The capture that was made of a row before.
    pub(super) fn kept(&self, row: &Row) -> Option<CaptureId> {
        self.known.get(&self.asking.archive.original(row)).copied()
    }

    fn keep_notes(&mut self) -> Result<(), StoreError> {
        let notes = self.asking.notes();
        if notes.is_empty() {
            return Ok(());
        }
        let writing = self.store.write()?;
        notes.iter().try_for_each(|note| writing.keep_note(note))?;
        writing.commit()
    }
}

fn halt(silence: Silence) -> Halt {
    match silence {
        Silence::PutOff(put_off) => Halt::PutOff(put_off.until),
        Silence::Failed(failure) => Halt::Silent(failure.detail),
        Silence::Other(answer) => {
            Halt::Silent(format!("it answered with status {}", answer.status))
        }
    }
}
