//! Layouts to rows and back: which line stands where in a state, mostly as the difference to the state before.
//!
//! A page of a thousand passages that changes one would else write all thousand down again.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::columns::{packed, unpacked};
use super::difference::Difference;
use super::pages::PageId;
use super::revisions::StateId;
use super::{State, StoreError, Writing};
use crate::lineage::Placed;

/// So many others at most are read to read one.
const DEEPEST: u32 = 16;

/// The base, the difference to it, and the base's own column.
type Columns = (Option<StateId>, Vec<u8>, Option<Vec<u8>>);

impl Writing<'_> {
    /// Keeps the layout of a state, against that of another if there is one.
    pub(super) fn keep_layout(
        &self,
        state: StateId,
        layout: &[Placed],
        near: Option<&State>,
    ) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO layout (state, base, depth, data) VALUES (?1, ?2, ?3, ?4)",
        )?;
        if let Some(near) = near {
            let depth = self.depth(near.id)? + 1;
            let difference = Difference::of(layout, &near.layout);
            if depth <= DEEPEST && difference.is_smaller_than(layout.len()) {
                insert.execute(params![state, near.id, depth, packed(&difference)?])?;
                return Ok(());
            }
        }
        insert.execute(params![state, None::<StateId>, 0, packed(layout)?])?;
        Ok(())
    }

    fn depth(&self, state: StateId) -> Result<u32, StoreError> {
        let mut query = self
            .transaction
            .prepare_cached("SELECT coalesce(max(depth), 0) FROM layout WHERE state = ?1")?;
        Ok(query.query_row([state], |row| row.get(0))?)
    }
}

/// The layout of a state, of whose own row this is the column.
pub(super) fn layout(
    connection: &Connection,
    state: StateId,
    column: &[u8],
) -> Result<Vec<Placed>, StoreError> {
    if !column.is_empty() {
        return Ok(unpacked(column)?);
    }
    let mut query = connection.prepare_cached(
        "SELECT base, data, state.layout FROM layout LEFT JOIN state ON state.id = base WHERE state = ?1",
    )?;
    let (base, data, column): Columns =
        query.query_row([state], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let Some(base) = base.filter(|base| *base < state) else { return Ok(unpacked(&data)?) };
    let base = layout(connection, base, &column.unwrap_or_default())?;
    unpacked::<Difference<Placed>>(&data)?.list(&base).ok_or_else(|| unreadable(state))
}

/// The layouts of all states of a page.
pub(super) fn layouts(
    connection: &Connection,
    page: PageId,
) -> Result<BTreeMap<StateId, Vec<Placed>>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT id, layout FROM state WHERE page = ?1 ORDER BY id")?;
    let mut rows = query.query([page])?;
    let mut found: BTreeMap<StateId, Vec<Placed>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (state, column): (StateId, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let placed =
            if column.is_empty() { beside(connection, state, &found)? } else { unpacked(&column)? };
        found.insert(state, placed);
    }
    Ok(found)
}

/// A layout whose base was read before.
fn beside(
    connection: &Connection,
    state: StateId,
    found: &BTreeMap<StateId, Vec<Placed>>,
) -> Result<Vec<Placed>, StoreError> {
    let mut query = connection.prepare_cached("SELECT base, data FROM layout WHERE state = ?1")?;
    let (base, data): (Option<StateId>, Vec<u8>) =
        query.query_row([state], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some(base) = base else { return Ok(unpacked(&data)?) };
    let base = found.get(&base).ok_or_else(|| unreadable(state))?;
    unpacked::<Difference<Placed>>(&data)?.list(base).ok_or_else(|| unreadable(state))
}

fn unreadable(state: StateId) -> StoreError {
    StoreError::Damaged(format!("state {}", state.0))
}
