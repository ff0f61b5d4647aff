//! The spine: every due page is asked, its answer weighed, what it says told, all of it recorded, and the news given out.
//!
//! ```text
//! due pages ──round──▶ answers ──weigh──▶ documents ──tell──▶ revisions, events ──record──▶ news
//! ```
//!
//! It is the only place that knows the order of the stages; each stage knows nothing of the others. What is followed is
//! looked at before the pages of a round, and adds to them.

mod asking;
mod backfill;
mod beside;
mod bisect;
mod confirm;
mod contents;
mod depositing;
mod evidence;
mod export;
mod follow;
mod following;
mod frame;
mod import;
mod lock;
mod look;
mod meeting;
mod merge;
mod observers;
mod others;
mod queue;
mod read;
mod rebuild;
mod record;
mod roll;
mod round;
mod sayings;
mod signing;
mod stamping;
mod status;
mod tell;
mod unsteady;
mod weigh;
mod window;
mod witnesses;

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::clock::{Clock, Stop, Timestamp};
use crate::fetch::{Failure, Fetcher, Manners, Obstacle, Wait};
use crate::lineage::RevisionNumber;
use crate::page::Cadence;
use crate::store::{CaptureId, Page, Store, StoreError, Watched, Writing};

use confirm::Firsts;
use round::{Arrived, Asking, Turn};

pub use asking::{Archive, NotAnArchive};
pub use backfill::{Backfilled, Halt, Wish, backfill};
pub use beside::{Beside, beside_changes};
pub use bisect::{Bisected, Found, bisect};
pub use depositing::{DepositNews, deposit, deposit_keys};
pub use evidence::{Bundled, EvidenceError, bundle};
pub use export::{ExportError, Written, export};
pub use follow::{Filter, FollowNews, FollowTally, follow, follow_due_at};
pub use following::{Became, FollowStatus, following};
pub use frame::{FrameChange, frame_changes};
pub use import::{ImportError, Imported, Left, Strangers, import};
pub use lock::{LockError, RunLock};
pub use look::{Explained, Looked, explain, look, look_at};
pub use meeting::{MergeError, observer_name, other_history};
pub use merge::{Merged, Wanted, merge};
pub use rebuild::{RebuildError, Rebuilt, overrule, rebuild};
pub use signing::{Came, Signing, SigningError, sign, take_signed, to_sign};
pub use stamping::{Again, Stamped, Stamping, stamp};
pub use status::{Certainty, Coverage, Lateness, PageStatus, SPANS, status};
pub use tell::{Outcome, Standing, Told, Worth, tell};
pub use witnesses::{Accord, Testimony, testimonies};

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
    /// Its text is the same, and a link leads elsewhere, or a picture is described otherwise.
    Beside(CaptureId),
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
    /// Pages that were not asked for, because their host wants to be left alone.
    pub put_off: usize,
    /// Pages that were not asked for, because the others of their host took too long. They stay due.
    pub left: usize,
    /// Feeds and sitemaps that are followed, and of which nothing was learned.
    pub unread: usize,
}

/// A host that wants to be left alone, and what that meant for this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The host and its wish.
    pub wait: Wait,
    /// So many of its pages were put off.
    pub pages: usize,
    /// Since when it wants to.
    pub begun: Begun,
}

/// Since when a host wants to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It answered until this run.
    Now,
    /// It refused before.
    Earlier,
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
    /// The run is over, and these hosts, in the order of their names, were not asked for all of their pages.
    fn put_off(&mut self, hosts: &[Waiting]) -> Result<(), CheckError>;
    /// So many pages of all were asked by now.
    fn progress(&mut self, done: usize, all: usize);
}

/// Whether a page is due at this time.
pub fn is_due(watched: &Watched, now: Timestamp) -> bool {
    due_at(watched, now).is_some_and(|due| due <= now)
}

/// When a page is due, or since when it has been; `None` if its cron expression names no further time. A page that was
/// never looked at is due at once, and so is one that was looked at in the future: that clock was wrong.
pub fn due_at(watched: &Watched, now: Timestamp) -> Option<Timestamp> {
    let last = watched.last.as_ref().map(|last| last.last_at).filter(|last| *last <= now);
    let Some(last) = last else { return Some(now) };
    watched.page.settings.cadence.next_due(last, watched.changed_at, &watched.page.url)
}

/// The manners of one run, which begins with what is known of hosts that want to be left alone.
pub fn manners(store: &Store, fetcher: &Fetcher) -> Result<Manners, StoreError> {
    Ok(Manners::new(fetcher.pause(), store.waits()?, Vec::new()))
}

/// Checks these pages, several hosts at once and one request at a time a host, and records what came of each. When
/// somebody asks for the end, what has arrived is recorded, and the other pages are left.
pub fn check(
    store: &mut Store,
    (fetcher, manners): (&Fetcher, &Manners),
    clock: &dyn Clock,
    pages: &[Watched],
    stop: &Stop,
    listener: &mut dyn Listener,
) -> Result<Tally, CheckError> {
    // No site is asked for what could not be recorded.
    drop(store.write()?);
    let mut tally = Tally::default();
    let mut put_off: BTreeMap<String, usize> = BTreeMap::new();
    let known = store.waits()?;
    manners.know(store.robots(&origins(pages))?);
    let mut firsts = Firsts::new();
    let asking = Asking { fetcher, manners, clock, pages, stop };
    round::run(&asking, &mut |batch| {
        let asked_once = batch.iter().filter(|arrived| !matches!(arrived.turn, Turn::Second));
        for waiting in asked_once.filter_map(|arrived| arrived.came.as_ref().err()) {
            *put_off.entry(waiting.host.clone()).or_default() += 1;
        }
        let news = record_batch(store, pages, batch, &mut firsts, &mut tally)?;
        listener.recorded(store, &news)?;
        tally.put_off = put_off.values().sum();
        listener.progress(tally.checked + tally.put_off, pages.len());
        Ok(())
    })?;
    tally.left = pages.len() - tally.checked - tally.put_off;
    let waits = store.waits()?.into_iter();
    let waiting = waits.filter_map(|wait| {
        let pages = *put_off.get(&wait.host)?;
        let before = known.iter().any(|known| known.host == wait.host);
        let begun = if before { Begun::Earlier } else { Begun::Now };
        Some(Waiting { wait, pages, begun })
    });
    listener.put_off(&waiting.collect::<Vec<_>>())?;
    Ok(tally)
}

/// Where the pages are, and where their answers came from the last time.
fn origins(pages: &[Watched]) -> BTreeSet<String> {
    let origin = |url: &Url| url.origin().ascii_serialization();
    let asked = pages.iter().map(|watched| origin(watched.page.url.url()));
    let answered = pages.iter().filter_map(|watched| watched.baseline.as_ref());
    asked.chain(answered.map(|baseline| origin(&baseline.validators.url))).collect()
}

/// Weighs what was fetched, then records all of it in one transaction: news is given out only once it is on disk.
fn record_batch(
    store: &mut Store,
    pages: &[Watched],
    batch: Vec<Arrived>,
    firsts: &mut Firsts,
    tally: &mut Tally,
) -> Result<Vec<News>, StoreError> {
    let mut news = Vec::new();
    let mut weighed = Vec::with_capacity(batch.len());
    let mut notes = Vec::new();
    for mut arrived in batch {
        let watched = &pages[arrived.page];
        notes.append(&mut arrived.notes);
        match confirm::weigh(store, watched, arrived, firsts) {
            Ok(check) => weighed.extend(check.map(|check| (watched, check))),
            Err(error) => news.push(damaged(watched, error, tally)?),
        }
    }
    let writing = store.write()?;
    notes.iter().try_for_each(|note| writing.keep_note(note))?;
    let (alerts, depositories) = (writing.alerts()?, writing.depositories()?);
    for (watched, check) in weighed {
        let (mut counted, at) = (*tally, check.at);
        let recorded = writing.attempt(|| {
            let told = record::record(&writing, watched, check, &mut counted)?;
            reckon(&writing, &watched.page, at)?;
            queue::queue(&writing, &alerts, &watched.page, &told, at)?;
            depositing::order(&writing, &depositories, &watched.page, &told, at)?;
            Ok(told)
        });
        match recorded {
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

/// Keeps when a page is due next.
fn reckon(writing: &Writing<'_>, page: &Page, at: Timestamp) -> Result<(), StoreError> {
    let cadence = &page.settings.cadence;
    let changed = match cadence {
        Cadence::Decay => writing.changed_at(page.id)?,
        Cadence::Every(_) | Cadence::Cron(_) => None,
    };
    writing.put_due(page, at, cadence.next_due(at, changed, &page.url))
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
