//! A follow's rows to how it fares: how much it names, and what became of that.
//!
//! It only reads, and asks the same filter that adds pages: so a listing cannot say something else than a look does.

use std::collections::BTreeSet;

use super::follow::{Filter, follow_due_at};
use crate::clock::Timestamp;
use crate::store::{Follow, Listed, PageId, Store, StoreError};

/// How one follow fares.
#[derive(Clone, Debug)]
pub struct FollowStatus {
    /// The follow.
    pub follow: Follow,
    /// When it is due, or since when it has been; `None` if its cron expression names no further time.
    pub due: Option<Timestamp>,
    /// What it names or named, in the order in which it came, and what became of each.
    pub listed: Vec<(Listed, Became)>,
}

/// What became of an address that is or was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Became {
    /// Its page is watched.
    Watched,
    /// Its page was removed by its owner.
    Removed,
    /// It has to wait until there is room for it.
    Waiting,
    /// The filter leaves it.
    Filtered,
    /// It left without having had a page.
    Passed,
}

impl Became {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Watched, Self::Waiting, Self::Filtered, Self::Removed, Self::Passed];

    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Watched => "watched",
            Self::Removed => "removed",
            Self::Waiting => "waiting",
            Self::Filtered => "filtered",
            Self::Passed => "passed",
        }
    }
}

impl FollowStatus {
    /// How many of those that are named now became this.
    pub fn count(&self, what: Became) -> usize {
        self.listed.iter().filter(|(row, became)| row.absent.is_none() && *became == what).count()
    }

    /// Whether the last look learned nothing.
    pub fn is_unread(&self) -> bool {
        let last = self.follow.last.as_ref();
        last.is_some_and(|run| matches!(run.outcome.as_str(), "held" | "failed"))
    }
}

/// How all follows fare, by address.
pub fn following(store: &Store, now: Timestamp) -> Result<Vec<FollowStatus>, StoreError> {
    let watched: BTreeSet<PageId> = store.pages()?.into_iter().map(|page| page.id).collect();
    let follows = store.follows()?.into_iter();
    let status = follows.map(|follow| {
        let filter = Filter::of(&follow.settings).ok();
        let became = |row: &Listed| match row.page {
            Some(page) if watched.contains(&page) => Became::Watched,
            Some(_) => Became::Removed,
            None if row.absent.is_some() => Became::Passed,
            None if filter.as_ref().is_some_and(|filter| filter.takes(&follow, &row.url)) => {
                Became::Waiting
            }
            None => Became::Filtered,
        };
        let rows = store.listed(follow.id)?.into_iter();
        let listed =
            rows.map(|row| (became(&row), row)).map(|(became, row)| (row, became)).collect();
        let due = match follow.last {
            None => Some(follow.added_at),
            Some(_) => follow_due_at(&follow, now),
        };
        Ok(FollowStatus { follow, due, listed })
    });
    status.collect()
}
