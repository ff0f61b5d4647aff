//! Where captures come from that palinode did not take itself, and where they stand among its own.
//!
//! A capture of somebody else is a claim: it is kept like any other, and labelled wherever it is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::captures::{Capture, CaptureId};
use super::pages::{Page, PageId};
use super::{Seen, Store, StoreError, Verdict, Writing};
use crate::clock::Timestamp;
use crate::fetch::{Answer, Digest};

/// Who says that a page sent what a capture holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What kind of source it is.
    pub origin: Origin,
    /// The file's name, the archive's address, or the name of another palinode.
    pub name: String,
    /// The record's own id, the address of the capture in the archive, or its line of the other palinode's chain.
    pub record: String,
    /// Of a file: where its record says that it comes from.
    pub uri: Option<String>,
    /// The other palinode that handed it on, where that is not who took it.
    pub via: Option<String>,
    /// What a person said of it there, if it is another palinode's.
    pub verdict: Option<Verdict>,
    /// When palinode got it.
    pub received_at: Timestamp,
}

/// What kind of source a capture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A WARC file.
    Warc,
    /// A web archive that was asked.
    Archive,
    /// Another palinode's history.
    Palinode,
}

impl Origin {
    /// Its name in the store and in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warc => "warc",
            Self::Archive => "archive",
            Self::Palinode => "palinode",
        }
    }
}

/// What came of keeping a capture of somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It was kept.
    Kept(CaptureId),
    /// It was there already.
    Known(CaptureId),
}

/// A name that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no origin of captures")]
pub struct UnknownOrigin(String);

impl FromStr for Origin {
    type Err = UnknownOrigin;

    fn from_str(name: &str) -> Result<Self, UnknownOrigin> {
        match name {
            "warc" => Ok(Self::Warc),
            "archive" => Ok(Self::Archive),
            "palinode" => Ok(Self::Palinode),
            _ => Err(UnknownOrigin(name.to_owned())),
        }
    }
}

const SOURCE: &str = "kind, name, record, uri, received_at, via, verdict";

/// Which observations are of checks that palinode made itself.
pub(super) const OWN: &str = "observation.look IS NULL AND NOT EXISTS (SELECT 1 FROM source WHERE source.observation = observation.id)";

impl Store {
    /// How many of the checks that a page's history rests on palinode did not make itself.
    pub fn checks_by_others(&self, page: PageId) -> Result<usize, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT coalesce(sum(checks), 0) FROM observation WHERE page = ?1 AND NOT ({OWN})"
        ))?;
        let count: i64 = query.query_row([page], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// How many of a page's captures palinode did not take itself.
    pub fn captures_by_others(&self, page: PageId) -> Result<usize, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT count(*) FROM source WHERE page = ?1")?;
        let count: i64 = query.query_row([page], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The sources of a page's captures that palinode did not take itself.
    pub fn sources(&self, page: PageId) -> Result<BTreeMap<CaptureId, Source>, StoreError> {
        sources(&self.connection, page)
    }

    /// The pages with captures or looks of others that were kept and not yet told.
    pub fn untold(&self) -> Result<Vec<Page>, StoreError> {
        let mut pages = self.pages_ever()?;
        let mut query = self.connection.prepare_cached(
            "SELECT 1 FROM source WHERE page = ?1 AND observation IS NULL
             UNION ALL SELECT 1 FROM look WHERE page = ?1 AND told = 0",
        )?;
        let mut untold = Vec::new();
        for page in pages.drain(..) {
            if query.exists([page.id])? {
                untold.push(page);
            }
        }
        Ok(untold)
    }
}

impl Writing<'_> {
    /// Keeps what somebody else says that a page sent, unless it is there already: the same record, or a capture of the
    /// same instant with the same entity.
    pub fn keep_foreign(
        &self,
        page: &Page,
        answer: &Answer,
        source: &Source,
    ) -> Result<Keeping, StoreError> {
        let (entity, read) = (Digest::of(&answer.entity), answer.digest());
        let known = match self.foreign_capture(page.id, source.origin, &source.record)? {
            None => self.capture_with(page.id, answer.at, entity)?,
            known => known,
        };
        if let Some(known) = known {
            return Ok(Keeping::Known(known));
        }
        let near = self
            .transaction
            .prepare_cached("SELECT id FROM capture WHERE page = ?1 ORDER BY abs(julianday(at) - julianday(?2)), id LIMIT 1")?
            .query_row(params![page.id, answer.at], |row| row.get(0))
            .optional()?;
        let capture = self.insert_capture(page.id, &page.url, answer, read, near)?;
        let Source { origin, name, record, uri, via, verdict, received_at } = source;
        self.transaction
            .prepare_cached("INSERT INTO source (capture, page, kind, name, record, uri, via, verdict, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
            .execute(params![capture, page.id, origin, name, record, uri, via, verdict, received_at])?;
        self.extend_chain()?;
        Ok(Keeping::Kept(capture))
    }

    /// The capture that was made of this record, if one was.
    pub fn foreign_capture(
        &self,
        page: PageId,
        origin: Origin,
        record: &str,
    ) -> Result<Option<CaptureId>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT capture FROM source WHERE page = ?1 AND kind = ?2 AND record = ?3",
        )?;
        Ok(query.query_row(params![page, origin, record], |row| row.get(0)).optional()?)
    }

    fn capture_with(
        &self,
        page: PageId,
        at: Timestamp,
        digest: Digest,
    ) -> Result<Option<CaptureId>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT capture.id FROM capture JOIN body ON body.id = capture.body WHERE page = ?1 AND at = ?2 AND digest = ?3",
        )?;
        Ok(query.query_row(params![page, at, digest], |row| row.get(0)).optional()?)
    }

    /// The captures of others among a page's, with the looks that they stand for.
    pub fn foreign(&self, page: PageId) -> Result<BTreeMap<CaptureId, Option<i64>>, StoreError> {
        foreign(&self.transaction, page)
    }

    /// The sources of a page's captures, as [`Store::sources`] gives them.
    pub fn sources(&self, page: PageId) -> Result<BTreeMap<CaptureId, Source>, StoreError> {
        sources(&self.transaction, page)
    }

    /// The observations of a page that are of looks of others.
    pub fn foreign_looks(&self, page: PageId) -> Result<BTreeSet<i64>, StoreError> {
        foreign_looks(&self.transaction, page)
    }

    /// Notes what a person said of a capture to the palinode that it was had from; gives whether that is news.
    pub fn note_verdict(
        &self,
        capture: CaptureId,
        verdict: Option<Verdict>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE source SET verdict = ?2 WHERE capture = ?1 AND verdict IS NOT ?2";
        Ok(self.transaction.prepare_cached(sql)?.execute(params![capture, verdict])? > 0)
    }

    /// Says that somebody else looked at the page then, and what they saw is yet to be told.
    pub fn observe_foreign(&self, page: PageId, capture: &Capture) -> Result<i64, StoreError> {
        let seen = Seen {
            outcome: "same".to_owned(),
            reason: None,
            revision: None,
            capture: Some(capture.id),
        };
        self.observe(page, None, &seen, capture.at)?;
        let observation = self.transaction.last_insert_rowid();
        self.transaction
            .prepare_cached("UPDATE source SET observation = ?2 WHERE capture = ?1")?
            .execute(params![capture.id, observation])?;
        Ok(observation)
    }
}

/// The captures of others among a page's, with the looks that they stand for.
pub(super) fn foreign(
    connection: &Connection,
    page: PageId,
) -> Result<BTreeMap<CaptureId, Option<i64>>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT capture, observation FROM source WHERE page = ?1")?;
    let rows = query.query_map([page], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The observations of a page that are of looks of others.
pub(super) fn foreign_looks(
    connection: &Connection,
    page: PageId,
) -> Result<BTreeSet<i64>, StoreError> {
    let sql = format!("SELECT id FROM observation WHERE page = ?1 AND NOT ({OWN})");
    let mut query = connection.prepare_cached(&sql)?;
    let rows = query.query_map([page], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn sources(
    connection: &Connection,
    page: PageId,
) -> Result<BTreeMap<CaptureId, Source>, StoreError> {
    let mut query = connection
        .prepare_cached(&format!("SELECT capture, {SOURCE} FROM source WHERE page = ?1"))?;
    let rows = query.query_map([page], |row| Ok(source_at(row, 1)?.map(|of| (row.get(0), of))))?;
    let mut sources = BTreeMap::new();
    for source in rows {
        let Some((capture, source)) = source? else { continue };
        sources.insert(capture?, source);
    }
    Ok(sources)
}

/// Puts what others saw among what palinode saw itself. Its own rows keep their order, even where the clock went
/// backwards between them.
pub(super) fn in_order<T>(
    rows: &mut Vec<T>,
    time: impl Fn(&T) -> Timestamp,
    is_foreign: impl Fn(&T) -> bool,
) {
    let mut latest = Timestamp::from_millis(i64::MIN);
    let mut keyed: Vec<(Timestamp, T)> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        let key = if is_foreign(&row) {
            time(&row)
        } else {
            latest = latest.max(time(&row));
            latest
        };
        keyed.push((key, row));
    }
    keyed.sort_by_key(|(key, _)| *key);
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

/// The source in a row's columns from this one on, if there is one.
pub(super) fn source_at(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Source>> {
    let Some(origin) = row.get::<_, Option<Origin>>(first)? else { return Ok(None) };
    Ok(Some(Source {
        origin,
        name: row.get(first + 1)?,
        record: row.get(first + 2)?,
        uri: row.get(first + 3)?,
        received_at: row.get(first + 4)?,
        via: row.get(first + 5)?,
        verdict: row.get(first + 6)?,
    }))
}
