//! Answers to rows and back: the evidence, sealed, never altered.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use url::Url;

use super::bodies::{BodyId, compressed, entity, expanded};
use super::columns::seal;
use super::pages::PageId;
use super::renderings::rendered;
use super::revisions::StateId;
use super::sources::{foreign, in_order};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::fetch::{Answer, Digest, Head, Redirect};
use crate::page::PageUrl;

/// A row of `capture`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CaptureId(pub(super) i64);

/// As a person names it: `c12`.
impl fmt::Display for CaptureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

/// A text that names no capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" names no capture")]
pub struct NoCaptureName(String);

impl FromStr for CaptureId {
    type Err = NoCaptureName;

    fn from_str(text: &str) -> Result<Self, NoCaptureName> {
        let number = text.strip_prefix('c').and_then(|number| number.parse().ok());
        number.map(Self).ok_or_else(|| NoCaptureName(text.to_owned()))
    }
}

impl CaptureId {
    /// The row's own number, for whoever opens the file with another tool.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// What is known of a capture without reading its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Its row.
    pub id: CaptureId,
    /// When its last byte had arrived.
    pub at: Timestamp,
    /// Its body.
    pub body: BodyId,
    /// The digest of what it says, while palinode itself does not believe it.
    pub doubted: Option<Digest>,
}

/// How a capture is kept: as showing what the page says, or in doubt, with the digest of what it seems to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It shows this state.
    Believed(StateId),
    /// It is evidence of something, but not of the page.
    Doubted(Digest),
}

/// Header names and values that most answers share: a capture's head is a few dozen bytes with it, a few hundred without.
const HEADER_WORDS: &[u8] = b"server: nginx\r\nserver: cloudflare\r\nvary: Accept-Encoding\r\nx-frame-options: SAMEORIGIN\r\nx-content-type-options: nosniff\r\n\
strict-transport-security: max-age=31536000; includeSubDomains\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip\r\n\
content-length: \r\ncontent-type: text/html; charset=utf-8\r\ncache-control: public, max-age=0\r\netag: W/\"\r\nlast-modified: Mon, 01 Jan 2025 00:00:00 GMT\r\n\
date: Mon, 01 Jan 2025 00:00:00 GMT\r\n";

/// No head that the client accepts is longer.
const LONGEST_HEAD: usize = 1 << 20;

impl Store {
    /// The captures of a page that were kept, oldest first: palinode's own in the order in which they were taken, and
    /// those of others among them by the times that these claim.
    pub fn captures(&self, page: PageId) -> Result<Vec<Capture>, StoreError> {
        captures(&self.connection, page)
    }

    /// One capture, whole, as it was received; its seal and its body's digest are checked.
    pub fn answer(&self, capture: CaptureId, page: &PageUrl) -> Result<Answer, StoreError> {
        answer(&self.connection, capture, page)
    }
}

fn captures(connection: &Connection, page: PageId) -> Result<Vec<Capture>, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT id, at, body, doubted FROM capture WHERE page = ?1 ORDER BY id")?;
    let rows = query.query_map([page], |row| {
        Ok(Capture { id: row.get(0)?, at: row.get(1)?, body: row.get(2)?, doubted: row.get(3)? })
    })?;
    let mut found: Vec<Capture> = rows.collect::<Result<_, _>>()?;
    let foreign = foreign(connection, page)?;
    in_order(&mut found, |capture| capture.at, |capture| foreign.contains_key(&capture.id));
    Ok(found)
}

fn answer(
    connection: &Connection,
    capture: CaptureId,
    page: &PageUrl,
) -> Result<Answer, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT asked_at, at, url, redirects, remote, status, head, body, seal FROM capture WHERE id = ?1",
    )?;
    let (columns, body, kept): (Columns, BodyId, Vec<u8>) =
        query.query_row([capture], |row| Ok((columns_of_row(row)?, row.get(7)?, row.get(8)?)))?;
    // The row's own number helps only whoever opens the file with another tool.
    let at = columns.at;
    let damaged =
        || StoreError::Damaged(format!("what {page} sent at {at} (capture {})", capture.0));
    if columns.seal() != kept {
        return Err(damaged());
    }
    let head = head_of(&columns.head).ok_or_else(damaged)?;
    let entity = entity(connection, body).map_err(|error| match error {
        StoreError::Damaged(_) => damaged(),
        error => error,
    })?;
    let rendered = rendered(connection, capture).map_err(|error| match error {
        StoreError::Damaged(_) => damaged(),
        error => error,
    })?;
    let answer = columns.answer(page, head, entity).ok_or_else(damaged)?;
    Ok(Answer { rendered, ..answer })
}

/// Reads all captures without their bodies, and gives those whose seal does not match or whose head cannot be read.
/// Gives how many there are.
pub(super) fn unsound(
    connection: &Connection,
    found: &mut dyn FnMut(PageId, CaptureId),
) -> Result<usize, StoreError> {
    let mut query = connection.prepare(
        "SELECT asked_at, at, url, redirects, remote, status, head, seal, page, id FROM capture ORDER BY id",
    )?;
    let mut rows = query.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        let sealed = columns_of_row(row).ok().zip(row.get::<_, Vec<u8>>(7).ok());
        let is_sound = sealed.is_some_and(|(columns, seal)| {
            columns.seal() == seal && head_of(&columns.head).is_some()
        });
        if !is_sound {
            found(row.get(8)?, row.get(9)?);
        }
    }
    Ok(count)
}

impl Writing<'_> {
    /// One capture, whole, as [`Store::answer`] gives it.
    pub fn answer(&self, capture: CaptureId, page: &PageUrl) -> Result<Answer, StoreError> {
        answer(&self.transaction, capture, page)
    }

    /// The captures of a page, as [`Store::captures`] gives them.
    pub fn captures(&self, page: PageId) -> Result<Vec<Capture>, StoreError> {
        captures(&self.transaction, page)
    }

    /// Keeps an answer. `digest` is of what is read of it; `near` is the capture that the page's baseline has.
    pub fn keep_capture(
        &self,
        page: PageId,
        url: &PageUrl,
        answer: &Answer,
        digest: Digest,
        near: Option<CaptureId>,
    ) -> Result<CaptureId, StoreError> {
        let capture = self.insert_capture(page, url, answer, digest, near)?;
        self.extend_chain()?;
        Ok(capture)
    }

    /// The same without its link in the chain, which is to follow.
    pub(super) fn insert_capture(
        &self,
        page: PageId,
        url: &PageUrl,
        answer: &Answer,
        digest: Digest,
        near: Option<CaptureId>,
    ) -> Result<CaptureId, StoreError> {
        let body = near.map(|capture| self.body_of(capture)).transpose()?;
        let sent = if answer.rendered.is_some() { Digest::of(&answer.entity) } else { digest };
        let body = self.keep_entity(&answer.entity, sent, body, &url.host())?;
        let columns = Columns::of(answer, url)?;
        self.transaction
            .prepare_cached("INSERT INTO capture (page, asked_at, at, url, redirects, remote, status, head, body, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
            .execute(params![page, columns.asked_at, columns.at, columns.url, columns.redirects, columns.remote, columns.status, columns.head, body, columns.seal()])?;
        let capture = CaptureId(self.transaction.last_insert_rowid());
        if let Some(rendered) = &answer.rendered {
            self.keep_rendered(capture, rendered, digest, near, &url.host())?;
        }
        Ok(capture)
    }

    /// The body of a capture.
    pub(super) fn body_of(&self, capture: CaptureId) -> Result<BodyId, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT body FROM capture WHERE id = ?1")?
            .query_row([capture], |row| row.get(0))?)
    }

    /// What a capture seems to say, while it is not believed.
    pub fn doubted(&self, capture: CaptureId) -> Result<Option<Digest>, StoreError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT doubted FROM capture WHERE id = ?1")?
            .query_row([capture], |row| row.get(0))?)
    }

    /// Says again that palinode itself does not believe a capture, whatever a person says.
    pub fn keep_doubt(&self, capture: CaptureId, doubted: Digest) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE capture SET doubted = ?2 WHERE id = ?1")?
            .execute(params![capture, doubted])?;
        Ok(())
    }

    /// Says what a capture shows.
    pub fn judge_capture(&self, capture: CaptureId, kept: Kept) -> Result<(), StoreError> {
        let (state, doubted) = match kept {
            Kept::Believed(state) => (Some(state), None),
            Kept::Doubted(digest) => (None, Some(digest)),
        };
        self.transaction
            .prepare_cached("UPDATE capture SET state = ?2, doubted = ?3 WHERE id = ?1")?
            .execute(params![capture, state, doubted])?;
        Ok(())
    }
}

/// The head of a capture as it is attested; `None` if it is not there or cannot be read.
pub(super) fn head_bytes(
    connection: &Connection,
    capture: CaptureId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut query = connection.prepare_cached("SELECT head FROM capture WHERE id = ?1")?;
    let head: Option<Vec<u8>> = query.query_row([capture], |row| row.get(0)).optional()?;
    Ok(head.and_then(|head| expanded(&head, HEADER_WORDS, LONGEST_HEAD)))
}

/// A head from the form in which it is kept.
pub(super) fn head_of(kept: &[u8]) -> Option<Head> {
    expanded(kept, HEADER_WORDS, LONGEST_HEAD).and_then(|bytes| Head::from_bytes(&bytes))
}

/// A capture's own columns, without its body and what is told of it.
struct Columns {
    asked_at: Timestamp,
    at: Timestamp,
    url: Option<String>,
    redirects: Option<String>,
    remote: Option<String>,
    status: u16,
    head: Vec<u8>,
}

impl Columns {
    fn of(answer: &Answer, page: &PageUrl) -> Result<Self, StoreError> {
        let json = |hops: &Vec<Redirect>| {
            serde_json::to_string(hops)
                .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))
        };
        Ok(Self {
            asked_at: answer.asked_at,
            at: answer.at,
            url: (answer.url != *page.url()).then(|| answer.url.to_string()),
            redirects: (!answer.redirects.is_empty())
                .then_some(&answer.redirects)
                .map(json)
                .transpose()?,
            remote: answer.remote.map(|remote| remote.to_string()),
            status: answer.status,
            head: compressed(&answer.head.to_bytes(), HEADER_WORDS)?,
        })
    }

    fn seal(&self) -> Vec<u8> {
        let Self { asked_at, at, url, redirects, remote, status, head } = self;
        let text = format!("{asked_at}\n{at}\n{url:?}\n{redirects:?}\n{remote:?}\n{status}\n");
        seal(&[text.as_bytes(), head].concat())
    }

    fn answer(self, page: &PageUrl, head: Head, entity: Vec<u8>) -> Option<Answer> {
        Some(Answer {
            asked_at: self.asked_at,
            at: self.at,
            url: self.url.map_or_else(|| Ok(page.url().clone()), |url| Url::parse(&url)).ok()?,
            redirects: self
                .redirects
                .map_or_else(|| Ok(Vec::new()), |json| serde_json::from_str(&json))
                .ok()?,
            remote: self.remote.and_then(|remote| remote.parse().ok()),
            status: self.status,
            head,
            entity,
            rendered: None,
        })
    }
}

fn columns_of_row(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok(Columns {
        asked_at: row.get(0)?,
        at: row.get(1)?,
        url: row.get(2)?,
        redirects: row.get(3)?,
        remote: row.get(4)?,
        status: row.get(5)?,
        head: row.get(6)?,
    })
}
