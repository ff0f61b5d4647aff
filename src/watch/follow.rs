//! Follows that are due to pages that are added, and to the addresses that came and went: one transaction a look.
//!
//! Nothing is removed here. A page whose address is named no more stays watched, and one that its owner removed, or added
//! by hand, is left as it is.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};
use regex::Regex;
use url::Url;

use super::CheckError;
use super::contents::{Came, Look, Looking, Reading, Trouble};
use super::queue::queue_listing;
use super::roll::{Roll, Sight, Taken};
use super::round::asked_to_stop;
use crate::clock::{Clock, Stop, Timestamp};
use crate::fetch::{Fetcher, Manners};
use crate::page::PageUrl;
use crate::store::{Follow, FollowLook, FollowPart, FollowSettings, Store, StoreError, Writing};

/// Something that a person wants to be told of a follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FollowNews {
    /// These pages are watched from now on, newest first; so many more wait for later looks.
    Added(Vec<PageUrl>, usize),
    /// Two looks missed these among what is still named; their pages stay watched.
    Unlisted(Vec<PageUrl>),
    /// These were missing, and are named again.
    Listed(Vec<PageUrl>),
    /// Nothing could be learned: the outcome and the reason, and what it means; told once.
    Trouble(String, String),
    /// Not all of it could be read, and why; told once.
    Partly(String),
    /// It is read again after it could not be.
    Recovered,
    /// Its host wants to be left alone until then.
    PutOff(Timestamp),
}

/// What the looks of one run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowTally {
    /// The pages that were added.
    pub added: Vec<PageUrl>,
    /// Follows of which nothing was learned.
    pub unread: usize,
}

/// So many follows are looked at together; who may be asked at the same time is for the manners to say.
const TOGETHER: usize = 32;

/// When a follow is due, or since when it has been; `None` if its cron expression names no further time.
pub fn follow_due_at(follow: &Follow, now: Timestamp) -> Option<Timestamp> {
    let last = follow.last.as_ref().map(|last| last.last_at).filter(|last| *last <= now);
    let Some(last) = last else { return Some(now) };
    follow.settings.cadence.next_due(last, None, &follow.url)
}

/// Which addresses a follow takes, of those that it may reach.
pub struct Filter {
    only: Vec<Regex>,
    skip: Vec<Regex>,
}

impl Filter {
    /// The filter of these settings, or which expression is none.
    pub fn of(settings: &FollowSettings) -> Result<Self, String> {
        let compiled = |all: &[String]| {
            let each = all.iter().map(|text| {
                Regex::new(text)
                    .map_err(|why| format!("\"{text}\" is no regular expression: {why}"))
            });
            each.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self { only: compiled(&settings.only)?, skip: compiled(&settings.skip)? })
    }

    /// Whether an address is taken.
    pub fn takes(&self, follow: &Follow, url: &PageUrl) -> bool {
        let holds = |one: &Regex| one.is_match(url.as_str());
        follow.may_reach(url)
            && (self.only.is_empty() || self.only.iter().any(holds))
            && !self.skip.iter().any(holds)
    }
}

/// Looks at these follows, and records what came of each at once. When somebody asks for the end, the others are left.
pub fn follow(
    store: &mut Store,
    (fetcher, manners): (&Fetcher, &Manners),
    clock: &dyn Clock,
    follows: &[Follow],
    stop: &Stop,
    tell: &mut dyn FnMut(&Follow, &FollowNews) -> Result<(), CheckError>,
) -> Result<FollowTally, CheckError> {
    drop(store.write()?);
    let origin = |follow: &Follow| Url::origin(follow.url.url()).ascii_serialization();
    manners.know(store.robots(&follows.iter().map(origin).collect())?);
    let mut looking = Vec::with_capacity(follows.len());
    for follow in follows {
        let known = known(store, follow)?;
        looking.push(Looking { fetcher, manners, clock, follow, known });
    }
    let runtime = crate::fetch::runtime().map_err(CheckError::Runtime)?;
    let looks = looking.into_iter().map(|one| async { (one.follow, one.look().await) });
    let mut looks = stream::iter(looks).buffer_unordered(TOGETHER);
    let mut tally = FollowTally::default();
    loop {
        let next = runtime.block_on(async {
            tokio::select! {
                look = looks.next() => look,
                () = asked_to_stop(stop) => None,
            }
        });
        let Some((follow, look)) = next else { break };
        let writing = store.write()?;
        manners.take_news().iter().try_for_each(|note| writing.keep_note(note))?;
        let (all, unread) = record(&writing, follow, look)?;
        writing.commit()?;
        tally.unread += unread;
        for news in &all {
            if let FollowNews::Added(pages, _) = news {
                tally.added.extend(pages.iter().cloned());
            }
            tell(follow, news)?;
        }
    }
    Ok(tally)
}

/// The documents that need not be sent again: none, where a second look has to bear out what a first one missed.
fn known(store: &Store, follow: &Follow) -> Result<BTreeMap<PageUrl, FollowPart>, StoreError> {
    if store.has_missed(follow.id)? {
        return Ok(BTreeMap::new());
    }
    let parts = store.follow_parts(follow.id)?.into_iter();
    Ok(parts.map(|part| (part.url.clone(), part)).collect())
}

/// What there is to tell, and whether nothing was learned.
type Recorded = (Vec<FollowNews>, usize);

fn record(writing: &Writing<'_>, follow: &Follow, look: Look) -> Result<Recorded, StoreError> {
    match look.came {
        Came::PutOff(wait) => Ok((vec![FollowNews::PutOff(wait.until)], 0)),
        Came::Trouble(why) => trouble(writing, follow, why, look.at),
        Came::Read(reading) => read(writing, follow, reading, look.at),
    }
}

fn trouble(
    writing: &Writing<'_>,
    follow: &Follow,
    why: Trouble,
    at: Timestamp,
) -> Result<Recorded, StoreError> {
    let Trouble { outcome, reason, hint } = why;
    writing.observe_follow(follow, outcome, Some(&reason), at)?;
    let is_known = came_to(follow, outcome, &reason);
    let told = FollowNews::Trouble(format!("{outcome} ({reason})"), hint);
    Ok((if is_known { Vec::new() } else { vec![told] }, 1))
}

fn came_to(follow: &Follow, outcome: &str, reason: &str) -> bool {
    let same = |run: &FollowLook| run.outcome == outcome && run.reason.as_deref() == Some(reason);
    follow.last.as_ref().is_some_and(same)
}

fn read(
    writing: &Writing<'_>,
    follow: &Follow,
    reading: Reading,
    at: Timestamp,
) -> Result<Recorded, StoreError> {
    let mut roll = Roll::of(writing, follow, at)?;
    let partly = match roll.take(reading)? {
        Taken::All => None,
        Taken::Partly(why) => Some(why),
        Taken::Nothing(why) => return trouble(writing, follow, why, at),
    };
    let sight = if partly.is_some() { Sight::Partial } else { Sight::Whole };
    let (gone, back) = roll.call(sight);
    let (added, left) = roll.add_pages()?;
    roll.write()?;
    let outcome = if partly.is_some() { "partly" } else { "read" };
    writing.observe_follow(follow, outcome, partly.as_deref(), at)?;
    let was_seen = |run: &FollowLook| matches!(run.outcome.as_str(), "read" | "partly");
    let mut news = Vec::new();
    if !follow.last.as_ref().is_none_or(was_seen) {
        news.push(FollowNews::Recovered);
    }
    news.extend(partly.filter(|why| !came_to(follow, outcome, why)).map(FollowNews::Partly));
    if !added.is_empty() {
        news.push(FollowNews::Added(added, left));
    }
    let alerts = writing.alerts()?;
    for (what, pages) in [("unlisted", gone), ("listed", back)] {
        let mut urls = Vec::new();
        for url in pages {
            // Nobody is told of what their owner does not watch.
            let page = writing.page_at(&url)?.filter(|page| page.removed_at.is_none());
            let Some(page) = page else { continue };
            queue_listing(writing, &alerts, &page, what, follow.title(), at)?;
            urls.push(url);
        }
        let told = if what == "listed" { FollowNews::Listed } else { FollowNews::Unlisted };
        if !urls.is_empty() {
            news.push(told(urls));
        }
    }
    Ok((news, 0))
}
