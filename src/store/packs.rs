//! The wordings of a page that was told before each had a row of its own, out of their packs.
//!
//! Nothing is packed any more; this file is all that knows how it was done.

use rusqlite::Connection;

use super::StoreError;
use super::bodies::{BodyId, content, expanded};
use super::columns::seal;
use super::pages::PageId;
use super::past::damaged;
use crate::lineage::Wording;

/// The packed wordings of a page, in the order of their numbers; none if it was never told in that way.
pub(super) fn packed_wordings(
    connection: &Connection,
    page: PageId,
) -> Result<Vec<Wording>, StoreError> {
    let mut found = Vec::new();
    for pack in packs(connection, page)? {
        let mut rest = pack.as_slice();
        while !rest.is_empty() {
            let (wording, after) =
                postcard::take_from_bytes(rest).map_err(|_| damaged(connection, page))?;
            found.push(wording);
            rest = after;
        }
    }
    Ok(found)
}

fn packs(connection: &Connection, page: PageId) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT base, size, data, seal FROM wording WHERE page = ?1 ORDER BY pack",
    )?;
    let mut rows = query.query([page])?;
    let mut packs = Vec::new();
    while let Some(row) = rows.next()? {
        let (base, size): (Option<BodyId>, i64) = (row.get(0)?, row.get(1)?);
        let data: Vec<u8> = row.get(2)?;
        let against = base.map(|body| content(connection, body)).transpose()?.unwrap_or_default();
        let plain = expanded(&data, &against, usize::try_from(size).unwrap_or(0))
            .ok_or_else(|| damaged(connection, page))?;
        if seal(&plain) != row.get::<_, Vec<u8>>(3)? {
            return Err(damaged(connection, page));
        }
        packs.push(plain);
    }
    Ok(packs)
}
