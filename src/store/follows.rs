//! Feeds and sitemaps that are followed, to rows and back: what their owner set, and how looks at them fared.
//!
//! A row stands for what did not change: looks that came to the same are one. What was named when is in `listed.rs`.

use std::ops::Not;
use std::str::FromStr;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::extract::ContentsKind;
use crate::fetch::{Digest, Validators};
use crate::page::{Cadence, PageSettings, PageUrl};

/// A row of `follow`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FollowId(pub(super) i64);

/// A feed or a sitemap that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follow {
    /// Its row.
    pub id: FollowId,
    /// Its address.
    pub url: PageUrl,
    /// What its owner set.
    pub settings: FollowSettings,
    /// Since when it is followed.
    pub added_at: Timestamp,
    /// How the last looks at it fared; `None` before the first.
    pub last: Option<FollowLook>,
}

/// What the owner of a follow may set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FollowSettings {
    /// A short name to call it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How often it is looked at.
    pub cadence: Cadence,
    /// Regular expressions; if there are any, only addresses that hold one are taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Regular expressions; addresses that hold one are left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skip: Vec<String>,
    /// So many pages are added at one look, at most.
    pub limit: usize,
    /// So many pages that it added are watched, at most.
    pub most: usize,
    /// Whether addresses on other hosts are taken.
    #[serde(skip_serializing_if = "Not::not")]
    pub other_hosts: bool,
    /// What is set of the pages that it adds.
    pub pages: PageSettings,
}

impl Default for FollowSettings {
    fn default() -> Self {
        let cadence = Cadence::Every(Duration::from_hours(1));
        let (only, skip, pages) = (Vec::new(), Vec::new(), PageSettings::default());
        Self { name: None, cadence, only, skip, limit: 100, most: 1000, other_hosts: false, pages }
    }
}

/// A run of looks that came to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowLook {
    /// Its row.
    pub id: i64,
    /// `read`, `partly`, `held` or `failed`.
    pub outcome: String,
    /// Why not all was read.
    pub reason: Option<String>,
    /// The first look of the run.
    pub first_at: Timestamp,
    /// The last.
    pub last_at: Timestamp,
    /// So many looks.
    pub looks: u32,
}

/// A document of a follow that was read before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowPart {
    /// Its address.
    pub url: PageUrl,
    /// What it is.
    pub kind: ContentsKind,
    /// What the server gave to recognise it by.
    pub validators: Validators,
    /// The digest of its entity.
    pub entity: Digest,
    /// When it was last read, and not only said to be the same.
    pub read_at: Timestamp,
}

impl Follow {
    /// What a person calls it: its name, else its address.
    pub fn title(&self) -> &str {
        self.settings.name.as_deref().unwrap_or(self.url.as_str())
    }
}

const FOLLOW: &str = "SELECT follow.id, url, settings, added_at, l.id, outcome, reason, first_at, last_at, looks
    FROM follow LEFT JOIN follow_look AS l ON l.id = (SELECT max(id) FROM follow_look WHERE follow = follow.id)";

impl Store {
    /// All that is followed, by address.
    pub fn follows(&self) -> Result<Vec<Follow>, StoreError> {
        let sql = format!("{FOLLOW} WHERE removed_at IS NULL ORDER BY url");
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map([], follow_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The documents of a follow that were read before.
    pub fn follow_parts(&self, follow: FollowId) -> Result<Vec<FollowPart>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT url, kind, answered, etag, last_modified, entity, read_at FROM follow_part WHERE follow = ?1",
        )?;
        let rows = query.query_map([follow], part_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Begins to follow an address, or takes it up again; its settings are replaced.
    pub fn put_follow(
        &self,
        url: &PageUrl,
        settings: &FollowSettings,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let json = serde_json::to_string(settings)
            .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO follow (url, name, settings, added_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (url) DO UPDATE SET name = ?2, settings = ?3, removed_at = NULL",
            )?
            .execute(params![url.as_str(), settings.name, json, at])?;
        Ok(())
    }

    /// Ends the following; what was named when stays, and the name is free again.
    pub fn remove_follow(&self, follow: FollowId, at: Timestamp) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE follow SET removed_at = ?2, name = NULL WHERE id = ?1")?
            .execute(params![follow, at])?;
        Ok(())
    }

    /// Records one look: lengthens the last run when it came to the same, else begins another.
    pub fn observe_follow(
        &self,
        follow: &Follow,
        outcome: &str,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let goes_on = |run: &&FollowLook| {
            run.outcome == outcome && run.reason.as_deref() == reason && at >= run.last_at
        };
        if let Some(run) = follow.last.as_ref().filter(goes_on) {
            let sql = "UPDATE follow_look SET last_at = ?2, looks = looks + 1 WHERE id = ?1";
            self.transaction.prepare_cached(sql)?.execute(params![run.id, at])?;
        } else {
            self.transaction
                .prepare_cached("INSERT INTO follow_look (follow, outcome, reason, first_at, last_at, looks) VALUES (?1, ?2, ?3, ?4, ?4, 1)")?
                .execute(params![follow.id, outcome, reason, at])?;
        }
        Ok(())
    }

    /// When a follow was last read.
    pub fn follow_read_at(&self, follow: FollowId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT max(last_at) FROM follow_look WHERE follow = ?1 AND outcome IN ('read', 'partly')";
        Ok(self.transaction.prepare_cached(sql)?.query_row([follow], |row| row.get(0))?)
    }

    /// The row of a document of a follow, if it was read before.
    pub fn follow_part(&self, follow: FollowId, url: &PageUrl) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT id FROM follow_part WHERE follow = ?1 AND url = ?2";
        let mut query = self.transaction.prepare_cached(sql)?;
        Ok(query.query_row(params![follow, url.as_str()], |row| row.get(0)).optional()?)
    }

    /// Keeps what a document of a follow is recognised by; gives its row.
    pub fn put_follow_part(&self, follow: FollowId, part: &FollowPart) -> Result<i64, StoreError> {
        let FollowPart { url, kind, validators, entity, read_at } = part;
        let Validators { url: answered, etag, last_modified } = validators;
        let mut query = self.transaction.prepare_cached(
            "INSERT INTO follow_part (follow, url, kind, answered, etag, last_modified, entity, read_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (follow, url) DO UPDATE SET kind = ?3, answered = ?4, etag = ?5, last_modified = ?6, entity = ?7, read_at = ?8
             RETURNING id",
        )?;
        let values = params![
            follow,
            url.as_str(),
            kind.name(),
            answered.as_str(),
            etag,
            last_modified,
            entity,
            read_at
        ];
        Ok(query.query_row(values, |row| row.get(0))?)
    }

    /// Has a document read again by the next look, whatever its server says.
    pub fn doubt_follow_part(&self, part: i64) -> Result<(), StoreError> {
        let sql = "UPDATE follow_part SET read_at = ?2 WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute(params![part, Timestamp::from_millis(0)])?;
        Ok(())
    }
}

/// A text column in its own form.
pub(super) fn parsed<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|why: T::Err| unreadable(column, why.into()))
}

fn unreadable(column: usize, why: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why)
}

fn follow_of_row(row: &Row<'_>) -> rusqlite::Result<Follow> {
    let settings: String = row.get(2)?;
    let last = row.get::<_, Option<i64>>(4)?.map(|id| {
        Ok::<_, rusqlite::Error>(FollowLook {
            id,
            outcome: row.get(5)?,
            reason: row.get(6)?,
            first_at: row.get(7)?,
            last_at: row.get(8)?,
            looks: row.get(9)?,
        })
    });
    Ok(Follow {
        id: row.get(0)?,
        url: parsed(row, 1)?,
        settings: serde_json::from_str(&settings).map_err(|why| unreadable(2, why.into()))?,
        added_at: row.get(3)?,
        last: last.transpose()?,
    })
}

fn part_of_row(row: &Row<'_>) -> rusqlite::Result<FollowPart> {
    let answered: Url = parsed(row, 2)?;
    Ok(FollowPart {
        url: parsed(row, 0)?,
        kind: parsed(row, 1)?,
        validators: Validators { url: answered, etag: row.get(3)?, last_modified: row.get(4)? },
        entity: row.get(5)?,
        read_at: row.get(6)?,
    })
}
