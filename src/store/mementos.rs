//! The captures of a page to what a web archive lists of them: no body is read for it.

use rusqlite::Row;
use url::Url;

use super::captures::{CaptureId, head_of};
use super::pages::{Page, PageId};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::page::PageUrl;

/// A capture as an archive lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memento {
    /// The capture.
    pub capture: CaptureId,
    /// The page that it is of.
    pub page: PageId,
    /// The address of that page.
    pub watched: PageUrl,
    /// When its last byte had arrived.
    pub at: Timestamp,
    /// The address that answered.
    pub url: Url,
    /// The HTTP status.
    pub status: u16,
    /// The digest of its entity.
    pub entity: Digest,
    /// As it is kept: most who list captures ask for none of it.
    head: Vec<u8>,
}

impl Memento {
    /// The media type that the server named, without its parameters; `None` if it named none.
    pub fn media_type(&self) -> Option<String> {
        let head = head_of(&self.head)?;
        let kind = head.text("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
        let is_plain = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_graphic());
        is_plain.then_some(kind)
    }
}

impl Store {
    /// Every capture of a page, held ones and those of others too, in the order of their times.
    pub fn mementos(&self, page: &Page) -> Result<Vec<Memento>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT capture.id, at, url, status, digest, head FROM capture JOIN body ON body.id = capture.body
             WHERE page = ?1 ORDER BY at, capture.id",
        )?;
        let rows = query.query_map([page.id], |row| memento_of_row(page, row))?;
        // An address that cannot be read is one that was damaged: `verify` names it.
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The pages of which some answer came from another address than their own, with those addresses.
    pub fn answered_elsewhere(&self) -> Result<Vec<(PageId, String)>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT DISTINCT page, url FROM capture WHERE url IS NOT NULL")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn memento_of_row(page: &Page, row: &Row<'_>) -> rusqlite::Result<Option<Memento>> {
    let url: Option<String> = row.get(2)?;
    let url = url.map_or_else(|| Ok(page.url.url().clone()), |url| Url::parse(&url));
    let Ok(url) = url else { return Ok(None) };
    Ok(Some(Memento {
        capture: row.get(0)?,
        page: page.id,
        watched: page.url.clone(),
        at: row.get(1)?,
        url,
        status: row.get(3)?,
        entity: row.get(4)?,
        head: row.get(5)?,
    }))
}
