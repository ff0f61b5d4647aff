//! Watched pages, and what the next check of each is compared with.

use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use serde::{Deserialize, Serialize};
use url::Url;

use super::captures::CaptureId;
use super::columns::{packed, unpacked};
use super::observations::{Observation, observation_of_row};
use super::sources::OWN;
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::extract::Document;
use crate::fetch::{Digest, Validators};
use crate::lineage::RevisionNumber;
use crate::page::{PageSettings, PageUrl};

/// A row of `page`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageId(pub(super) i64);

impl std::fmt::Display for PageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A page as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its row.
    pub id: PageId,
    /// Its address.
    pub url: PageUrl,
    /// What its owner set.
    pub settings: PageSettings,
    /// Since when it is watched.
    pub added_at: Timestamp,
    /// Since when it is not watched any more.
    pub removed_at: Option<Timestamp>,
}

/// What the next check of a page is compared with. It moves only with an answer that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The capture that says what stands.
    pub capture: CaptureId,
    /// The revision that stands.
    pub revision: RevisionNumber,
    /// What the server gave to recognise its answer by, with the address that gave it.
    pub validators: Validators,
    /// The digest of the last entity that said the same.
    pub entity: Digest,
    /// The digest of what it says.
    pub says: Digest,
    /// The digest of the furniture around it.
    pub frame: Digest,
}

/// A page, what its next answer is compared with, and what its last checks came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The page.
    pub page: Page,
    /// What it is compared with; `None` before the first believed answer.
    pub baseline: Option<Baseline>,
    /// The last run of equal checks.
    pub last: Option<Observation>,
    /// Since when it says what it says; `None` before the first believed answer.
    pub changed_at: Option<Timestamp>,
    /// What stands on the server's word alone; `None` if the last answer of the page was read.
    pub unread: Option<Unread>,
}

/// How often, and since when, a server has only said that nothing changed, whatever else came in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// So many checks came to `same-304`.
    pub checks: u32,
    /// The first of them.
    pub since: Timestamp,
}

impl Page {
    /// What a person calls it: its name, else its address.
    pub fn title(&self) -> &str {
        self.settings.name.as_deref().unwrap_or(self.url.as_str())
    }
}

const PAGE: &str = "page.id, page.url, page.settings, page.added_at, page.removed_at";

/// The observations of a page that came after its last answer that was read; by the index, newest first.
const UNREAD: &str = "page = page.id AND outcome = 'same-304' AND first_at >= coalesce((SELECT first_at FROM observation
    WHERE page = page.id AND outcome IN ('changed', 'same') ORDER BY first_at DESC LIMIT 1), '')";

impl Store {
    /// All pages that are watched, by address.
    pub fn pages(&self) -> Result<Vec<Page>, StoreError> {
        self.pages_where("removed_at IS NULL")
    }

    /// All pages that ever were watched, by address.
    pub fn pages_ever(&self) -> Result<Vec<Page>, StoreError> {
        self.pages_where("true")
    }

    /// The page at this address, watched or not.
    pub fn page_at(&self, url: &PageUrl) -> Result<Option<Page>, StoreError> {
        page_at(&self.connection, url)
    }

    /// The page of this row, watched or not.
    pub fn page(&self, id: PageId) -> Result<Option<Page>, StoreError> {
        let sql = format!("SELECT {PAGE} FROM page WHERE id = ?1");
        let mut query = self.connection.prepare_cached(&sql)?;
        Ok(query.query_row([id], page_of_row).optional()?)
    }

    /// The page of this number, else of this name; watched or not. An address names a page by either.
    pub fn page_called(&self, text: &str) -> Result<Option<Page>, StoreError> {
        let (column, number) = match text.parse::<i64>() {
            Ok(number) => ("id", Some(number)),
            Err(_) => ("name", None),
        };
        let sql = format!("SELECT {PAGE} FROM page WHERE {column} = ?1");
        let mut query = self.connection.prepare_cached(&sql)?;
        let found = match number {
            Some(number) => query.query_row([number], page_of_row),
            None => query.query_row([text], page_of_row),
        };
        Ok(found.optional()?)
    }

    /// What every watched page is compared with, and what its last checks came to; in the order of the addresses.
    pub fn watched(&self) -> Result<Vec<Watched>, StoreError> {
        self.watched_among("page", "", params![])
    }

    /// The watched pages among these rows and under this condition, by address.
    pub(super) fn watched_among(
        &self,
        rows: &str,
        condition: &str,
        values: impl Params,
    ) -> Result<Vec<Watched>, StoreError> {
        // What others saw is no check: neither when the next is due nor what it continues follows from it.
        let sql = format!(
            "SELECT {PAGE}, b.capture, b.revision, b.url, b.etag, b.last_modified, b.entity, state.digest, b.frame,
                    o.id, o.outcome, o.reason, o.revision, o.capture, o.first_at, o.last_at, o.checks, o.longest_gap,
                    (SELECT sum(checks) FROM observation WHERE {UNREAD}), (SELECT min(first_at) FROM observation WHERE {UNREAD}), c.at
             FROM {rows} LEFT JOIN baseline AS b ON b.page = page.id
             LEFT JOIN revision AS r ON r.page = page.id AND r.number = b.revision LEFT JOIN state ON state.id = r.state
             LEFT JOIN capture AS c ON c.id = r.capture
             LEFT JOIN observation AS o ON o.id = (SELECT max(id) FROM observation WHERE page = page.id AND {OWN})
             WHERE {condition} page.removed_at IS NULL ORDER BY page.url"
        );
        let mut query = self.connection.prepare(&sql)?;
        let rows = query.query_map(values, |row| {
            let last =
                row.get::<_, Option<i64>>(13)?.map(|_| observation_of_row(row, 13)).transpose()?;
            let unread: Option<(u32, Timestamp)> = row.get::<_, Option<u32>>(22)?.zip(row.get(23)?);
            Ok(Watched {
                page: page_of_row(row)?,
                baseline: baseline_of_row(row, 5)?,
                last,
                changed_at: row.get(24)?,
                unread: unread.map(|(checks, since)| Unread { checks, since }),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The passages and classes that the next document of a page inherits from, where no selection decides.
    pub fn document(&self, page: PageId) -> Result<Option<Document>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT document FROM baseline WHERE page = ?1")?;
        let data: Option<Option<Vec<u8>>> = query.query_row([page], |row| row.get(0)).optional()?;
        let Some(data) = data.flatten() else { return Ok(None) };
        let plain = zstd::stream::decode_all(data.as_slice())
            .map_err(|_| StoreError::Damaged(format!("the baseline of page {}", page.0)))?;
        Ok(Some(unpacked(&plain)?))
    }

    fn pages_where(&self, condition: &str) -> Result<Vec<Page>, StoreError> {
        let mut query = self
            .connection
            .prepare(&format!("SELECT {PAGE} FROM page WHERE {condition} ORDER BY url"))?;
        let rows = query.query_map([], page_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn page_at(connection: &Connection, url: &PageUrl) -> Result<Option<Page>, StoreError> {
    let mut query =
        connection.prepare_cached(&format!("SELECT {PAGE} FROM page WHERE url = ?1"))?;
    Ok(query.query_row([url.as_str()], page_of_row).optional()?)
}

impl Writing<'_> {
    /// The page at this address, as [`Store::page_at`] gives it.
    pub fn page_at(&self, url: &PageUrl) -> Result<Option<Page>, StoreError> {
        page_at(&self.transaction, url)
    }

    /// Begins to watch a page, or takes up again one that was removed; its settings are replaced.
    pub fn put_page(
        &self,
        url: &PageUrl,
        settings: &PageSettings,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let json = settings_json(settings)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO page (url, name, settings, added_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (url) DO UPDATE SET name = ?2, settings = ?3, removed_at = NULL",
            )?
            .execute(params![url.as_str(), settings.name, json, at])?;
        match self.page_at(url)? {
            Some(page) => self.forget_due(page.id),
            None => Ok(()),
        }
    }

    /// Changes the settings of a page, watched or not.
    pub fn put_settings(&self, page: PageId, settings: &PageSettings) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE page SET name = ?2, settings = ?3 WHERE id = ?1")?
            .execute(params![page, settings.name, settings_json(settings)?])?;
        self.forget_due(page)
    }

    /// Ends the watching of a page; its history stays, and its name is free again.
    pub fn remove_page(&self, page: PageId, at: Timestamp) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE page SET removed_at = ?2, name = NULL WHERE id = ?1")?
            .execute(params![page, at])?;
        Ok(())
    }

    /// Moves the baseline of a page. `document` is kept where the next one inherits its classes from it.
    pub fn put_baseline(
        &self,
        page: PageId,
        baseline: &Baseline,
        document: &Document,
    ) -> Result<(), StoreError> {
        let failed = |why: std::io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(why));
        let document = zstd::bulk::compress(&packed(document)?, 3).map_err(failed)?;
        let Baseline { capture, revision, validators, entity, says: _, frame } = baseline;
        self.transaction
            .prepare_cached(
                "INSERT INTO baseline (page, capture, revision, url, etag, last_modified, entity, frame, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (page) DO UPDATE SET capture = ?2, revision = ?3, url = ?4, etag = ?5, last_modified = ?6, entity = ?7, frame = ?8, document = ?9",
            )?
            .execute(params![page, capture, revision, validators.url.as_str(), validators.etag, validators.last_modified, entity, frame, document])?;
        Ok(())
    }

    /// What the server recognises the same entity by from now on.
    pub fn put_validators(&self, page: PageId, validators: &Validators) -> Result<(), StoreError> {
        let Validators { url, etag, last_modified } = validators;
        self.transaction
            .prepare_cached(
                "UPDATE baseline SET url = ?2, etag = ?3, last_modified = ?4 WHERE page = ?1",
            )?
            .execute(params![page, url.as_str(), etag, last_modified])?;
        Ok(())
    }

    /// Forgets the baseline: the next check asks unconditionally, and everything is told from the first capture on.
    pub fn drop_baseline(&self, page: PageId) -> Result<(), StoreError> {
        self.transaction.prepare_cached("DELETE FROM baseline WHERE page = ?1")?.execute([page])?;
        Ok(())
    }
}

pub(super) fn settings_json(settings: &PageSettings) -> rusqlite::Result<String> {
    serde_json::to_string(settings)
        .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))
}

fn page_of_row(row: &Row<'_>) -> rusqlite::Result<Page> {
    let unreadable = |column, why: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why)
    };
    let url: String = row.get(1)?;
    let settings: String = row.get(2)?;
    Ok(Page {
        id: row.get(0)?,
        url: url.parse().map_err(|why: crate::page::PageError| unreadable(1, why.into()))?,
        settings: serde_json::from_str(&settings).map_err(|why| unreadable(2, why.into()))?,
        added_at: row.get(3)?,
        removed_at: row.get(4)?,
    })
}

fn baseline_of_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Baseline>> {
    let Some(capture) = row.get(first)? else { return Ok(None) };
    let url: String = row.get(first + 2)?;
    let url = Url::parse(&url).map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(
            first + 2,
            rusqlite::types::Type::Text,
            Box::new(why),
        )
    })?;
    let validators =
        Validators { url, etag: row.get(first + 3)?, last_modified: row.get(first + 4)? };
    Ok(Some(Baseline {
        capture,
        revision: row.get(first + 1)?,
        validators,
        entity: row.get(first + 5)?,
        says: row.get(first + 6)?,
        frame: row.get(first + 7)?,
    }))
}
