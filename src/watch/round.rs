//! Pages to answers: many hosts at once, one request at a time a host, one client for all.
//!
//! Fetching waits and recording works, so they run beside each other: the client in a thread of its own, and whatever
//! has arrived by the time the recorder is ready goes into one batch, and one commit.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

use super::CheckError;
use crate::clock::{Clock, Stop, Timestamp};
use crate::fetch::{Fetched, Fetcher, Manners, Note, PutOff, Reach, Request, Robots, Scripts};
use crate::page::{Confirm, PageSettings, PageUrl};
use crate::store::Watched;

/// So many answers wait at most to be recorded; then the hosts wait. It bounds the memory of a run.
const WAITING: usize = 32;

/// So many answers at most go into one commit.
const BATCH: usize = 64;

/// A host that is slow, asks for long pauses or has very many pages keeps a run for so long, about: as long as it goes
/// on, no other run can look at the other hosts. What is left of its pages stays due.
const LONGEST_VISIT: Duration = Duration::from_mins(10);

/// What came of asking for one page.
pub(super) struct Arrived {
    /// The page's place in the list.
    pub(super) page: usize,
    /// The answer, or that none was asked for.
    pub(super) came: Result<Fetched, PutOff>,
    /// What was learned of hosts meanwhile.
    pub(super) notes: Vec<Note>,
    /// Which of the two answers it is, where two are asked for.
    pub(super) turn: Turn,
}

/// Which answer of a page it is.
pub(super) enum Turn {
    /// The first, and nobody would ask again.
    Only,
    /// The first: a word on this has the page asked for again, and dropping it lets the visit go on.
    First(oneshot::Sender<()>),
    /// The second.
    Second,
}

/// Fetches all pages and hands the answers over in batches.
pub(super) fn run(
    asking: &Asking<'_>,
    take: &mut dyn FnMut(Vec<Arrived>) -> Result<(), CheckError>,
) -> Result<(), CheckError> {
    let runtime = crate::fetch::runtime().map_err(CheckError::Runtime)?;
    let (sender, mut receiver) = mpsc::channel(WAITING);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let visits = Visits { asking, again: OnceCell::new() };
            fetch_all(&runtime, &visits, &sender);
        });
        while let Some(first) = receiver.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH {
                match receiver.try_recv() {
                    Ok(next) => batch.push(next),
                    Err(_) => break,
                }
            }
            // On an error the receiver is dropped, every sender fails, and the fetching thread ends by itself.
            take(batch)?;
        }
        Ok(())
    })
}

/// What it takes to ask.
pub(super) struct Asking<'a> {
    pub(super) fetcher: &'a Fetcher,
    pub(super) manners: &'a Manners,
    pub(super) clock: &'a dyn Clock,
    pub(super) pages: &'a [Watched],
    pub(super) stop: &'a Stop,
}

/// What it takes to ask twice.
struct Visits<'a> {
    asking: &'a Asking<'a>,
    /// The fetcher that asks a second time.
    again: OnceCell<Fetcher>,
}

impl Visits<'_> {
    /// How long to wait before this page is asked for again if it has changed, or is new, if it is.
    fn confirm_after(&self, watched: &Watched) -> Option<Duration> {
        let is_wanted = watched.page.settings.confirm == Confirm::Twice;
        self.asking.fetcher.confirm_after().filter(|_| is_wanted)
    }

    /// The fetcher for a second answer: over the same connection the same machine might answer. What could be made once
    /// can be made again; if it cannot, the first one does.
    fn again(&self) -> &Fetcher {
        let fetcher = self.asking.fetcher;
        self.again.get_or_init(|| fetcher.anew().unwrap_or_else(|_| fetcher.clone()))
    }
}

/// All hosts at once: who may really be asked at the same time is for the manners to say.
fn fetch_all(runtime: &Runtime, visits: &Visits<'_>, sender: &mpsc::Sender<Arrived>) {
    let asking = visits.asking;
    let mut by_host: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, watched) in asking.pages.iter().enumerate() {
        by_host.entry(watched.page.url.host()).or_default().push(index);
    }
    // A visit may end before its last page: then that page is among the first the next time.
    let longest_unasked = |page: &usize| asking.pages[*page].last.as_ref().map(|run| run.last_at);
    for pages in by_host.values_mut() {
        pages.sort_by_key(longest_unasked);
    }
    let hosts = stream::iter(by_host.into_values());
    let all = hosts.for_each_concurrent(None, |pages| one_host(visits, pages, sender));
    runtime.block_on(async {
        tokio::select! {
            () = all => {}
            () = asked_to_stop(asking.stop) => {}
        }
    });
}

/// A signal wakes nobody here; so often it is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Waits until somebody asks for the end.
pub(super) async fn asked_to_stop(stop: &Stop) {
    while !stop.is_asked() {
        tokio::time::sleep(LOOK).await;
    }
}

/// One host's pages, one after the other, for as long as a visit may last.
async fn one_host(visits: &Visits<'_>, pages: Vec<usize>, sender: &mpsc::Sender<Arrived>) {
    let Asking { fetcher, manners, clock, pages: watched, stop: _ } = visits.asking;
    let began = clock.now();
    for page in pages {
        if clock.now().since(began) >= LONGEST_VISIT {
            return;
        }
        let request = request(&watched[page], clock.now());
        let came = fetcher.fetch(&request, manners, *clock).await;
        let notes = manners.take_news();
        let wait = visits.confirm_after(&watched[page]);
        let (asks, asked) = oneshot::channel();
        let turn = if wait.is_some() { Turn::First(asks) } else { Turn::Only };
        if sender.send(Arrived { page, came, notes, turn }).await.is_err() {
            return;
        }
        if let Some(wait) = wait
            && asked.await.is_ok()
        {
            tokio::time::sleep(wait).await;
            // Whether it still says what it said before is not the question.
            let request = Request { validators: None, ..request };
            let came = visits.again().fetch(&request, manners, *clock).await;
            let notes = manners.take_news();
            if sender.send(Arrived { page, came, notes, turn: Turn::Second }).await.is_err() {
                return;
            }
        }
    }
}

/// A server that says again and again that nothing changed is asked for the page itself after so many times …
const BELIEVED: u32 = 19;

/// … or after this time, whatever comes first: some say so for ever.
const BELIEVED_FOR: Duration = Duration::from_hours(7 * 24);

/// Whether the server may answer that nothing changed.
fn may_be_304(watched: &Watched, now: Timestamp) -> bool {
    watched
        .unread
        .is_none_or(|unread| unread.checks < BELIEVED && now.since(unread.since) < BELIEVED_FOR)
}

fn request(watched: &Watched, now: Timestamp) -> Request {
    let validators = watched
        .baseline
        .as_ref()
        // A page whose scripts are run may say something else although its own answer is the same.
        .filter(|_| may_be_304(watched, now) && !watched.page.settings.render)
        .map(|baseline| baseline.validators.clone());
    Request { validators, ..unconditional(&watched.page.url, &watched.page.settings) }
}

/// What to ask for under these settings, whatever is known of the page.
pub(super) fn unconditional(url: &PageUrl, settings: &PageSettings) -> Request {
    Request {
        url: url.clone(),
        headers: settings
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        validators: None,
        reach: if settings.allow_private { Reach::Anywhere } else { Reach::Public },
        robots: if settings.ignore_robots { Robots::Ignored } else { Robots::Heeded },
        scripts: if settings.render { Scripts::Run } else { Scripts::Ignored },
    }
}
