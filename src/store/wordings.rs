//! The wordings that a page's passages ever had to packs and back.
//!
//! A pack holds many wordings, because neighbours in a history differ by a word and compress to almost nothing side by
//! side; a full pack is never written again, so that a revision costs the same after ten years as on the first day.

use rusqlite::{Connection, params};

use super::bodies::{BodyId, compressed, content, expanded};
use super::captures::CaptureId;
use super::columns::{packed, seal, unpacked};
use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::lineage::{Line, LineId, Weave, Wording};

/// A pack that has grown beyond so many bytes is full.
const FULL: usize = 48 * 1024;

/// A pack as it stands in its row.
struct Pack {
    number: i64,
    base: Option<BodyId>,
    plain: Vec<u8>,
}

impl Writing<'_> {
    /// All wordings of a page, in the order of their numbers.
    pub fn wordings(&self, page: PageId) -> Result<Vec<Wording>, StoreError> {
        wordings(&self.transaction, page)
    }

    /// Keeps the wordings from number `known` on. A page's first pack is compressed against the body of `capture`, in
    /// which nearly all of it stands.
    pub fn keep_wordings(
        &self,
        page: PageId,
        wordings: &[Wording],
        known: usize,
        capture: CaptureId,
    ) -> Result<(), StoreError> {
        if known == wordings.len() {
            return Ok(());
        }
        let last = packs(&self.transaction, page, "ORDER BY pack DESC LIMIT 1")?.pop();
        let mut pack = match last {
            None => Pack { number: 0, base: Some(self.body_of(capture)?), plain: Vec::new() },
            Some(full) if full.plain.len() > FULL => {
                Pack { number: full.number + 1, base: None, plain: Vec::new() }
            }
            Some(open) => open,
        };
        for wording in &wordings[known..] {
            pack.plain.extend(packed(wording)?);
        }
        let base =
            pack.base.map(|body| content(&self.transaction, body)).transpose()?.unwrap_or_default();
        let data = compressed(&pack.plain, &base)?;
        let size = i64::try_from(pack.plain.len()).unwrap_or(i64::MAX);
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO wording (page, pack, base, size, data, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![page, pack.number, pack.base, size, data, seal(&pack.plain)])?;
        self.index_wordings(page, wordings, known)
    }

    /// The weave of a page.
    pub fn weave(&self, page: PageId, wordings: &[Wording]) -> Result<Weave, StoreError> {
        weave(&self.transaction, page, wordings)
    }

    /// Keeps the lines of a weave that were touched.
    pub fn keep_weave(&self, page: PageId, weave: &Weave) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT OR REPLACE INTO strand (page, line, slots) VALUES (?1, ?2, ?3)",
        )?;
        for (id, line) in weave.touched() {
            insert.execute(params![page, id, packed(line)?])?;
        }
        Ok(())
    }
}

impl Store {
    /// The weave of a page.
    pub fn weave(&self, page: PageId, wordings: &[Wording]) -> Result<Weave, StoreError> {
        weave(&self.connection, page, wordings)
    }
}

fn weave(connection: &Connection, page: PageId, wordings: &[Wording]) -> Result<Weave, StoreError> {
    let mut query = connection.prepare_cached("SELECT line, slots FROM strand WHERE page = ?1")?;
    let rows = query.query_map([page], |row| {
        Ok((row.get::<_, LineId>(0)?, unpacked::<Line>(&row.get::<_, Vec<u8>>(1)?)?))
    })?;
    Ok(Weave::new(rows.collect::<Result<Vec<_>, _>>()?, wordings))
}

/// All wordings of a page, in the order of their numbers.
pub(super) fn wordings(connection: &Connection, page: PageId) -> Result<Vec<Wording>, StoreError> {
    let mut found = Vec::new();
    for pack in packs(connection, page, "ORDER BY pack")? {
        let mut rest = pack.plain.as_slice();
        while !rest.is_empty() {
            let (wording, after) =
                postcard::take_from_bytes(rest).map_err(|_| damaged(connection, page))?;
            found.push(wording);
            rest = after;
        }
    }
    Ok(found)
}

fn packs(connection: &Connection, page: PageId, order: &str) -> Result<Vec<Pack>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT pack, base, size, data, seal FROM wording WHERE page = ?1 {order}"
    ))?;
    let mut rows = query.query([page])?;
    let mut packs = Vec::new();
    while let Some(row) = rows.next()? {
        let (base, size): (Option<BodyId>, i64) = (row.get(1)?, row.get(2)?);
        let data: Vec<u8> = row.get(3)?;
        let against = base.map(|body| content(connection, body)).transpose()?.unwrap_or_default();
        let plain = expanded(&data, &against, usize::try_from(size).unwrap_or(0))
            .ok_or_else(|| damaged(connection, page))?;
        if seal(&plain) != row.get::<_, Vec<u8>>(4)? {
            return Err(damaged(connection, page));
        }
        packs.push(Pack { number: row.get(0)?, base, plain });
    }
    Ok(packs)
}

/// Names the page by its address, since nobody knows it by its row.
fn damaged(connection: &Connection, page: PageId) -> StoreError {
    match connection.query_row("SELECT url FROM page WHERE id = ?1", [page], |row| row.get(0)) {
        Ok(url) => StoreError::DamagedText(url),
        Err(error) => error.into(),
    }
}
