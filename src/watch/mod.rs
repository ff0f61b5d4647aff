//! The spine: every due page is asked, its answer weighed, what it says told, all of it recorded, and the news given out.
//!
//! ```text
//! due pages ──round──▶ answers ──weigh──▶ documents ──tell──▶ revisions, events ──record──▶ news
//! ```
//!
//! It is the only place that knows the order of the stages; each stage knows nothing of the others.

mod lock;
mod read;
mod rebuild;
mod record;
mod round;
mod tell;
mod weigh;

use crate::clock::{Clock, Timestamp};
use crate::fetch::{Failure, Fetched, Fetcher, Obstacle};
use crate::lineage::RevisionNumber;
use crate::store::{Page, Store, StoreError, Watched};

pub use lock::{LockError, RunLock};
pub use rebuild::{RebuildError, Rebuilt, rebuild};
pub use tell::{Outcome, Standing, Told, Worth, tell};

/// Something that a person wants to be told of one page.
#[derive(Debug)]
pub struct News {
    /// The page.
    pub page: Page,
    /// What there is to tell.
    pub what: What,
}

/// What there is to tell of a page.
#[derive(Debug)]
pub enum What {
    /// It was seen for the first time.
    First(RevisionNumber),
    /// It says something else than before.
    Changed(RevisionNumber),
    /// It answers with something that is not believed to be the page; told once.
    Held(Obstacle),
    /// Nothing could be learned; told once.
    Failed(Failure),
    /// What is kept of it is damaged, so that nothing new could be recorded.
    Damaged(StoreError),
    /// It is gone: told once, when its absence is confirmed.
    Gone,
    /// It is seen again after it could not be seen.
    Recovered,
}

/// How the checks of one run came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pages that were asked.
    pub checked: usize,
    /// Pages that say something else, or were seen for the first time.
    pub changed: usize,
    /// Pages whose answer was kept and not believed.
    pub held: usize,
    /// Pages of which nothing was learned.
    pub failed: usize,
}

/// Why a run ended before all pages were asked. What it had recorded until then is on disk.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave no thread or no sockets.
    #[error("no page can be fetched: {0}")]
    Runtime(#[source] std::io::Error),
    /// The news cannot be written.
    #[error("cannot write the news: {0}")]
    Output(#[from] std::io::Error),
}

/// What a run tells while it goes on.
pub trait Listener {
    /// A batch was recorded and is on disk: its news, in the order in which the answers came.
    fn recorded(&mut self, store: &Store, news: &[News]) -> Result<(), CheckError>;
    /// So many pages of all were asked by now.
    fn progress(&mut self, done: usize, all: usize);
}

/// Whether a page is due at this time.
pub fn is_due(watched: &Watched, now: Timestamp) -> bool {
    let next =
        watched.last.as_ref().map(|last| watched.page.settings.cadence.next_due(last.last_at));
    match next {
        None => true,
        Some(due) => due.is_some_and(|due| due <= now),
    }
}

/// Checks these pages, several hosts at once and one request at a time a host, and records what came of each.
pub fn check(
    store: &mut Store,
    fetcher: &Fetcher,
    clock: &dyn Clock,
    pages: &[Watched],
    listener: &mut dyn Listener,
) -> Result<Tally, CheckError> {
    let mut tally = Tally::default();
    round::run(fetcher, clock, pages, &mut |batch| {
        let news = record_batch(store, pages, batch, &mut tally)?;
        listener.recorded(store, &news)?;
        listener.progress(tally.checked, pages.len());
        Ok(())
    })?;
    Ok(tally)
}

/// Weighs what was fetched, then records all of it in one transaction: news is given out only once it is on disk.
fn record_batch(
    store: &mut Store,
    pages: &[Watched],
    batch: Vec<(usize, Fetched)>,
    tally: &mut Tally,
) -> Result<Vec<News>, StoreError> {
    let mut news = Vec::new();
    let mut weighed = Vec::with_capacity(batch.len());
    for (index, fetched) in batch {
        let watched = &pages[index];
        match weigh::weigh(store, watched, fetched) {
            Ok(check) => weighed.push((watched, check)),
            Err(error) => news.push(damaged(watched, error, tally)?),
        }
    }
    let writing = store.write()?;
    for (watched, check) in weighed {
        let mut counted = *tally;
        match writing.attempt(|| record::record(&writing, watched, check, &mut counted)) {
            Ok(told) => {
                *tally = counted;
                news.extend(told.into_iter().map(|what| News { page: watched.page.clone(), what }));
            }
            Err(error) => news.push(damaged(watched, error, tally)?),
        }
    }
    writing.commit()?;
    Ok(news)
}

/// A page whose own rows are damaged is told, and does not stand in the way of the others.
fn damaged(watched: &Watched, error: StoreError, tally: &mut Tally) -> Result<News, StoreError> {
    if !error.is_of_one_page() {
        return Err(error);
    }
    tally.checked += 1;
    tally.failed += 1;
    Ok(News { page: watched.page.clone(), what: What::Damaged(error) })
}
