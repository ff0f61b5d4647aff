//! Alerts and their queue to rows and back: who wants to hear what, and what they have not heard yet.
//!
//! The queue holds what happened and not what is said of it: what is said is told at the time of delivery, and the write
//! that records a revision stays small.

use std::ops::Not;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::alert_ways::Way;
use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::lineage::RevisionNumber;
use crate::page::Cadence;

/// Somebody who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What its owner calls it.
    pub name: String,
    /// How, and of what.
    pub settings: AlertSettings,
}

/// How somebody is told, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSettings {
    /// How.
    #[serde(flatten)]
    pub way: Way,
    /// When all that came up since the last time is told in one message; at once if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Cadence>,
    /// Only changes with an event of one of these kinds, by name; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Only changes of a passage that holds this, before or after, whatever the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrase: Option<String>,
    /// Only pages with one of these tags; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Only these pages; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageId>,
    /// Only changes of so many words, added and removed, or more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub words: usize,
    /// Whether it hears of changes alone, and not of pages that cannot be seen.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub changes_only: bool,
    /// Whether it hears of pages that cannot be seen although it asks for some changes only.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub failures: bool,
    /// Whether it hears of links that lead elsewhere, and of pictures that are described otherwise.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub links: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Something for an alert to tell.
#[derive(Clone, Copy, Debug)]
pub struct AlertNews<'a> {
    /// The alert's name.
    pub alert: &'a str,
    /// The page.
    pub page: PageId,
    /// `first`, `changed`, `failed`, `held`, `gone`, `recovered`, `links`, `unlisted`, `listed`.
    pub what: &'a str,
    /// The revision, where there is one.
    pub revision: Option<RevisionNumber>,
    /// Why a page cannot be seen, who lists it, or with which capture links changed.
    pub detail: Option<&'a str>,
    /// When the check was.
    pub at: Timestamp,
    /// It is told together with all others of this time.
    pub digest_at: Option<Timestamp>,
}

/// Something that an alert has not told yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The row, whose number receivers know a repeat by.
    pub id: i64,
    /// The alert's name.
    pub alert: String,
    /// The page.
    pub page: PageId,
    /// `first`, `changed`, `failed`, `held`, `gone`, `recovered`, `links`, `unlisted`, `listed`.
    pub what: String,
    /// The revision, where there is one.
    pub revision: Option<RevisionNumber>,
    /// Why a page cannot be seen, who lists it, or with which capture links changed.
    pub detail: Option<String>,
    /// When the check was.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// Not tried again before.
    pub next_at: Timestamp,
    /// What the last try came to.
    pub error: Option<String>,
    /// It is told together with all others of this time.
    pub digest_at: Option<Timestamp>,
}

/// The longest that a receiver can ask to be left alone. A longer time was noted by a clock that was wrong.
pub const LONGEST_SILENCE: Duration = Duration::from_hours(7 * 24);

const QUEUED: &str = "SELECT id, alert, page, what, revision, detail, at, tries, next_at, error, digest_at FROM alert_queue";

impl Store {
    /// All alerts, by name.
    pub fn alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT name, settings FROM alert ORDER BY name")?;
        let rows = query.query_map([], alert_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was not told yet, oldest first.
    pub fn alert_queue(&self) -> Result<Vec<Queued>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!("{QUEUED} ORDER BY id"))?;
        let rows = query.query_map([], queued_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first that is to be tried now, after a row that was tried already. One that was queued in the future waits for
    /// nothing: that clock was wrong.
    pub fn next_in_queue(&self, after: i64, now: Timestamp) -> Result<Option<Queued>, StoreError> {
        let sql = format!(
            "{QUEUED} WHERE id > ?1 AND (next_at <= ?2 OR at > ?2) AND NOT EXISTS (SELECT 1 FROM alert WHERE name = alert_queue.alert AND wait_until > ?2 AND wait_until <= ?3) ORDER BY id LIMIT 1"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let longest = now.after(LONGEST_SILENCE);
        Ok(query.query_row(params![after, now, longest], queued_of_row).optional()?)
    }

    /// All that an alert tells together at this time, oldest first.
    pub fn queued_together(
        &self,
        alert: &str,
        digest_at: Timestamp,
    ) -> Result<Vec<Queued>, StoreError> {
        let sql = format!("{QUEUED} WHERE alert = ?1 AND digest_at = ?2 ORDER BY id");
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map(params![alert, digest_at], queued_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// All alerts, by name.
    pub fn alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let sql = "SELECT name, settings FROM alert ORDER BY name";
        let mut query = self.transaction.prepare_cached(sql)?;
        let rows = query.query_map([], alert_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps an alert; gives whether the name was free.
    pub fn add_alert(&self, alert: &Alert, at: Timestamp) -> Result<bool, StoreError> {
        let json = serde_json::to_string(&alert.settings)
            .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))?;
        let sql = "INSERT OR IGNORE INTO alert (name, settings, added_at) VALUES (?1, ?2, ?3)";
        Ok(self.transaction.execute(sql, params![alert.name, json, at])? == 1)
    }

    /// Forgets an alert and what it has not told; gives whether there was one.
    pub fn remove_alert(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.transaction.execute("DELETE FROM alert WHERE name = ?1", [name])? == 1)
    }

    /// Queues something for an alert: its number and its tries are given here.
    pub fn queue_alert(&self, news: &AlertNews<'_>) -> Result<(), StoreError> {
        let AlertNews { alert, page, what, revision, detail, at, digest_at } = news;
        self.transaction
            .prepare_cached(
                "INSERT INTO alert_queue (alert, page, what, revision, detail, at, digest_at, tries, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ifnull(?7, ?6))",
            )?
            .execute(params![alert, page, what, revision, detail, at, digest_at])?;
        Ok(())
    }

    /// It was told, or it is not what the alert wants to hear.
    pub fn leave_queue(&self, id: i64) -> Result<(), StoreError> {
        self.transaction.execute("DELETE FROM alert_queue WHERE id = ?1", [id])?;
        Ok(())
    }

    /// It could not be told, and is tried again.
    pub fn put_back_in_queue(
        &self,
        id: i64,
        next_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        let sql =
            "UPDATE alert_queue SET tries = tries + 1, next_at = ?2, error = ?3 WHERE id = ?1";
        self.transaction.execute(sql, params![id, next_at, error])?;
        Ok(())
    }

    /// Its receiver asked for silence: nothing is told before.
    pub fn silence_alert(&self, alert: &str, until: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE alert SET wait_until = ?2 WHERE name = ?1";
        self.transaction.execute(sql, params![alert, until])?;
        Ok(())
    }
}

fn alert_of_row(row: &Row<'_>) -> rusqlite::Result<Alert> {
    let settings: String = row.get(1)?;
    let settings = serde_json::from_str(&settings).map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, why.into())
    })?;
    Ok(Alert { name: row.get(0)?, settings })
}

fn queued_of_row(row: &Row<'_>) -> rusqlite::Result<Queued> {
    Ok(Queued {
        id: row.get(0)?,
        alert: row.get(1)?,
        page: row.get(2)?,
        what: row.get(3)?,
        revision: row.get(4)?,
        detail: row.get(5)?,
        at: row.get(6)?,
        tries: row.get(7)?,
        next_at: row.get(8)?,
        error: row.get(9)?,
        digest_at: row.get(10)?,
    })
}
