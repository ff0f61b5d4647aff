//! What follows name and named, to rows and back.
//!
//! Apart from the follows, because there are many rows of these: one is written when an address comes or goes, and not
//! while it stays.

use std::collections::BTreeSet;
use std::str::FromStr;

use rusqlite::{Connection, Row, params};

use super::follows::{FollowId, parsed};
use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::page::PageUrl;

/// An address that a follow names, or named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its row; of those that came at one time, the newest has the highest.
    pub id: i64,
    /// The row of the document that named it last.
    pub part: i64,
    /// The address.
    pub url: PageUrl,
    /// When it came out or changed, by its own word.
    pub dated: Option<Timestamp>,
    /// The first look that found it.
    pub first_at: Timestamp,
    /// That it is not named any more.
    pub absent: Option<Absent>,
    /// The page of that address, once there is one.
    pub page: Option<PageId>,
    /// When the follow added that page, if it did.
    pub added_at: Option<Timestamp>,
}

/// That an address is not named any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Why.
    pub how: Leaving,
    /// The last look that found it.
    pub last_at: Timestamp,
    /// The first that did not.
    pub gone_at: Timestamp,
}

/// Why an address is not named any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Newer ones took its place.
    Pushed,
    /// One look missed it among those that are still named; a second has to bear that out.
    Missed,
    /// Two looks did.
    Unlisted,
}

/// A name that is no absence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no way to leave")]
pub struct UnknownLeaving(String);

impl Leaving {
    /// Its name in the store and in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Missed => "missed",
            Self::Unlisted => "unlisted",
        }
    }
}

impl FromStr for Leaving {
    type Err = UnknownLeaving;

    fn from_str(name: &str) -> Result<Self, UnknownLeaving> {
        let all = [Self::Pushed, Self::Missed, Self::Unlisted];
        let found = all.into_iter().find(|absence| absence.name() == name);
        found.ok_or_else(|| UnknownLeaving(name.to_owned()))
    }
}

const LISTED: &str =
    "SELECT id, part, url, dated, first_at, absence, last_at, gone_at, page, added_at
    FROM listed WHERE follow = ?1 ORDER BY id";

impl Store {
    /// All that a follow names or named, in the order in which it came.
    pub fn listed(&self, follow: FollowId) -> Result<Vec<Listed>, StoreError> {
        listed(&self.connection, follow)
    }

    /// Whether a look missed an address, and no second has borne it out.
    pub fn has_missed(&self, follow: FollowId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM listed WHERE follow = ?1 AND absence = 'missed'";
        Ok(self.connection.prepare_cached(sql)?.exists([follow])?)
    }

    /// The pages that were added by these follows.
    pub fn pages_of_follows(
        &self,
        follows: &BTreeSet<FollowId>,
    ) -> Result<BTreeSet<PageId>, StoreError> {
        let sql = "SELECT page FROM listed WHERE follow = ?1 AND added_at IS NOT NULL AND page IS NOT NULL";
        let mut query = self.connection.prepare_cached(sql)?;
        let mut pages = BTreeSet::new();
        for follow in follows {
            let rows = query.query_map([follow], |row| row.get(0))?;
            rows.into_iter().try_for_each(|page| page.map(|page| _ = pages.insert(page)))?;
        }
        Ok(pages)
    }
}

impl Writing<'_> {
    /// All that a follow names or named, as [`Store::listed`] gives it.
    pub fn listed(&self, follow: FollowId) -> Result<Vec<Listed>, StoreError> {
        listed(&self.transaction, follow)
    }

    /// Writes an address that is named for the first time; gives its row.
    pub fn add_listed(
        &self,
        follow: FollowId,
        part: i64,
        url: &PageUrl,
        dated: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        self.transaction
            .prepare_cached("INSERT INTO listed (follow, part, url, dated, first_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![follow, part, url.as_str(), dated, at])?;
        Ok(self.transaction.last_insert_rowid())
    }

    /// Writes what changed of an address.
    pub fn put_listed(&self, listed: &Listed) -> Result<(), StoreError> {
        let Listed { id, part, url: _, dated, first_at: _, absent, page, added_at } = listed;
        let how = absent.map(|absent| absent.how.name());
        let (last, gone) = (absent.map(|absent| absent.last_at), absent.map(|it| it.gone_at));
        self.transaction
            .prepare_cached(
                "UPDATE listed SET part = ?2, dated = ?3, absence = ?4, last_at = ?5, gone_at = ?6, page = ?7, added_at = ?8 WHERE id = ?1",
            )?
            .execute(params![id, part, dated, how, last, gone, page, added_at])?;
        Ok(())
    }

    /// How many pages that a follow added are watched.
    pub fn watched_by_follow(&self, follow: FollowId) -> Result<usize, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT count(*) FROM listed JOIN page ON page.id = listed.page
             WHERE follow = ?1 AND listed.added_at IS NOT NULL AND removed_at IS NULL",
        )?;
        let count: i64 = query.query_row([follow], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

fn listed(connection: &Connection, follow: FollowId) -> Result<Vec<Listed>, StoreError> {
    let mut query = connection.prepare_cached(LISTED)?;
    let rows = query.query_map([follow], listed_of_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn listed_of_row(row: &Row<'_>) -> rusqlite::Result<Listed> {
    let absent = match row.get::<_, Option<String>>(5)? {
        None => None,
        Some(_) => {
            Some(Absent { how: parsed(row, 5)?, last_at: row.get(6)?, gone_at: row.get(7)? })
        }
    };
    Ok(Listed {
        id: row.get(0)?,
        part: row.get(1)?,
        url: parsed(row, 2)?,
        dated: row.get(3)?,
        first_at: row.get(4)?,
        absent,
        page: row.get(8)?,
        added_at: row.get(9)?,
    })
}
