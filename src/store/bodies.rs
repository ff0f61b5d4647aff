//! Entities to rows and back: once each by digest, as differences to a neighbour, never more than a few bases deep.
//!
//! A page's next body is stored against the one before it, its first against a body of the same host, whose frame it
//! shares. A body that would stand too deep starts over from the host's.

use std::collections::VecDeque;
use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns::{packed, unpacked};
use super::recode::{Recode, coded, uncoded};
use super::{StoreError, Writing};
use crate::fetch::Digest;

/// A row of `body`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BodyId(pub(super) i64);

/// So many bases at most are read to read one body.
const DEEPEST: u32 = 16;

/// zstd's level; higher ones gain a twentieth of the space for several times the time (measured on 5,900 revisions).
const LEVEL: i32 = 3;

/// No content is larger; a size beyond it is damage, and must not be asked of the memory.
const LARGEST: usize = 1 << 30;

/// A dictionary that begins with these bytes would be taken for a trained one.
const TRAINED: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];

struct Row {
    base: Option<BodyId>,
    depth: u32,
    size: usize,
    recode: Option<Vec<u8>>,
    data: Vec<u8>,
    digest: Digest,
}

impl Writing<'_> {
    /// Keeps an entity, once. `near` is the page's body before it.
    pub(super) fn keep_entity(
        &self,
        entity: &[u8],
        digest: Digest,
        near: Option<BodyId>,
        host: &str,
    ) -> Result<BodyId, StoreError> {
        let known = self
            .transaction
            .prepare_cached("SELECT id FROM body WHERE digest = ?1")?
            .query_row([digest], |row| row.get(0))
            .optional()?;
        if let Some(known) = known {
            return Ok(known);
        }
        let base = match near
            .map(|body| row(&self.transaction, body).map(|row| (body, row.depth)))
            .transpose()?
        {
            Some((body, depth)) if depth < DEEPEST => Some((body, depth)),
            _ => self.host_body(host)?.map(|body| (body, 0)),
        };
        let stored = uncoded(entity);
        let base_content = base
            .map(|(body, _)| content(&self.transaction, body))
            .transpose()?
            .filter(|content| usable(content));
        let base = base.filter(|_| base_content.is_some());
        let data = compressed(&stored.content, base_content.as_deref().unwrap_or_default())?;
        let recode = stored.recode.as_ref().map(packed).transpose()?;
        let depth = base.map_or(0, |(_, depth)| depth + 1);
        let size = i64::try_from(stored.content.len()).unwrap_or(i64::MAX);
        self.transaction
            .prepare_cached("INSERT INTO body (digest, base, depth, size, recode, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![digest, base.map(|(body, _)| body), depth, size, recode, data])?;
        let id = BodyId(self.transaction.last_insert_rowid());
        if base.is_none() {
            self.transaction
                .prepare_cached("INSERT OR IGNORE INTO host (name, body) VALUES (?1, ?2)")?
                .execute(params![host, id])?;
        }
        Ok(id)
    }

    fn host_body(&self, host: &str) -> Result<Option<BodyId>, StoreError> {
        let mut query = self.transaction.prepare_cached("SELECT body FROM host WHERE name = ?1")?;
        Ok(query.query_row([host], |row| row.get(0)).optional()?)
    }
}

/// The decoded content of a body, for a neighbour to be compressed against.
pub(super) fn content(connection: &Connection, body: BodyId) -> Result<Vec<u8>, StoreError> {
    read(connection, body).map(|(content, _)| content)
}

pub(super) fn entity(connection: &Connection, body: BodyId) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::Damaged(format!("body {}", body.0));
    let (content, last) = read(connection, body)?;
    let recode: Option<Recode> = last.recode.as_deref().map(unpacked).transpose()?;
    let entity = coded(content, recode.as_ref()).ok_or_else(damaged)?;
    if Digest::of(&entity) == last.digest { Ok(entity) } else { Err(damaged()) }
}

/// Compresses against a base; an empty base stands for none.
pub(super) fn compressed(content: &[u8], base: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let failed = |why: std::io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(why));
    zstd::bulk::Compressor::with_dictionary(LEVEL, base)
        .and_then(|mut zstd| zstd.compress(content))
        .map_err(failed)
}

/// Undoes [`compressed`]; `size` bounds what is allocated.
pub(super) fn expanded(data: &[u8], base: &[u8], size: usize) -> Option<Vec<u8>> {
    zstd::bulk::Decompressor::with_dictionary(base)
        .and_then(|mut zstd| zstd.decompress(data, size))
        .ok()
}

/// Contents that were read lately: whoever reads all bodies finds most bases among them, in bounded memory.
#[derive(Default)]
pub(super) struct Recent {
    contents: VecDeque<(BodyId, Rc<[u8]>)>,
    bytes: usize,
}

impl Recent {
    /// So many at most, …
    const MOST: usize = 256;

    /// … and so many bytes.
    const MOST_BYTES: usize = 64 << 20;

    fn of(&self, body: BodyId) -> Option<Rc<[u8]>> {
        let found = self.contents.iter().rev().find(|(kept, _)| *kept == body);
        found.map(|(_, content)| Rc::clone(content))
    }

    fn keep(&mut self, body: BodyId, content: &Rc<[u8]>) {
        self.bytes += content.len();
        self.contents.push_back((body, Rc::clone(content)));
        while self.contents.len() > Self::MOST || self.bytes > Self::MOST_BYTES {
            let Some((_, oldest)) = self.contents.pop_front() else { return };
            self.bytes -= oldest.len();
        }
    }
}

/// Whether a body gives the entity that it is known by, through its bases and its coding.
pub(super) fn is_sound(
    connection: &Connection,
    body: BodyId,
    recent: &mut Recent,
) -> Result<bool, StoreError> {
    let Some((content, last)) = read_near(connection, body, recent, DEEPEST)? else {
        return Ok(false);
    };
    let Ok(recode) = last.recode.as_deref().map(unpacked::<Recode>).transpose() else {
        return Ok(false);
    };
    let entity = coded(content.to_vec(), recode.as_ref());
    Ok(entity.is_some_and(|entity| Digest::of(&entity) == last.digest))
}

/// A content, and the row that it was read from.
type Opened = (Rc<[u8]>, Row);

/// Reads a body by those of its bases that were not read lately; `None` if one of them is damaged.
fn read_near(
    connection: &Connection,
    body: BodyId,
    recent: &mut Recent,
    deeper: u32,
) -> Result<Option<Opened>, StoreError> {
    let last = row(connection, body)?;
    let base = match last.base {
        None => Some(Rc::default()),
        Some(_) if deeper == 0 => None,
        Some(base) => match recent.of(base) {
            Some(content) => Some(content),
            None => read_near(connection, base, recent, deeper - 1)?.map(|(content, _)| content),
        },
    };
    let content = base.and_then(|base| expanded(&last.data, &base, last.size));
    let Some(content) = content.map(Rc::from) else { return Ok(None) };
    recent.keep(body, &content);
    Ok(Some((content, last)))
}

fn usable(base: &[u8]) -> bool {
    base.len() >= 8 && !base.starts_with(&TRAINED)
}

/// Reads a body by its bases, the deepest first.
fn read(connection: &Connection, body: BodyId) -> Result<(Vec<u8>, Row), StoreError> {
    let last = row(connection, body)?;
    let mut above = Vec::new();
    let mut next = last.base;
    while let Some(id) = next {
        let row = row(connection, id)?;
        next = row.base;
        above.push(row);
        if above.len() > DEEPEST as usize + 1 {
            return Err(StoreError::Damaged(format!("body {}", body.0)));
        }
    }
    let mut content = Vec::new();
    for row in above.iter().rev().chain([&last]) {
        content = expanded(&row.data, &content, row.size)
            .ok_or_else(|| StoreError::Damaged(format!("body {}", body.0)))?;
    }
    Ok((content, last))
}

fn row(connection: &Connection, body: BodyId) -> Result<Row, StoreError> {
    let mut query = connection
        .prepare_cached("SELECT base, depth, size, recode, data, digest FROM body WHERE id = ?1")?;
    let row = query.query_row([body], |row| {
        let size: i64 = row.get(2)?;
        let size = usize::try_from(size).ok().filter(|size| *size <= LARGEST).unwrap_or(0);
        Ok(Row {
            base: row.get(0)?,
            depth: row.get(1)?,
            size,
            recode: row.get(3)?,
            data: row.get(4)?,
            digest: row.get(5)?,
        })
    })?;
    Ok(row)
}
