//! Layouts to rows and back: which line stands where in a state, mostly as the difference to the state before.
//!
//! A page of a thousand passages that changes one would else write all thousand down again.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use rusqlite::{Connection, params};

use super::columns::{packed, unpacked};
use super::difference::Difference;
use super::pages::PageId;
use super::revisions::StateId;
use super::{State, StoreError, Writing};
use crate::lineage::Placed;

/// So many others at most are read to read one.
const DEEPEST: u32 = 16;

/// So many layouts are held while all are gone through; the base of one is mostly among the latest.
const LATEST: usize = 64;

/// The base, if there is one, and the difference to it.
type Columns = (Option<StateId>, Vec<u8>);

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

/// The layout of a state.
pub(super) fn layout(connection: &Connection, state: StateId) -> Result<Vec<Placed>, StoreError> {
    let (base, data) = columns(connection, state)?;
    // A number that does not go down could lead in a circle.
    let base = match base {
        Some(base) if base < state => layout(connection, base)?,
        Some(_) => return Err(unreadable(state)),
        None => return Ok(unpacked(&data)?),
    };
    unpacked::<Difference<Placed>>(&data)?.list(&base).ok_or_else(|| unreadable(state))
}

/// Its own function, so that the statement is free again when the layout of the base is asked for.
fn columns(connection: &Connection, state: StateId) -> Result<Columns, StoreError> {
    let mut query = connection.prepare_cached("SELECT base, data FROM layout WHERE state = ?1")?;
    Ok(query.query_row([state], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The layouts of all states of a page.
pub(super) fn layouts(
    connection: &Connection,
    page: PageId,
) -> Result<BTreeMap<StateId, Vec<Placed>>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT state, base, data FROM layout JOIN state ON state.id = state WHERE page = ?1 ORDER BY state",
    )?;
    let mut rows = query.query([page])?;
    let mut found: BTreeMap<StateId, Vec<Placed>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (state, base, data): (StateId, Option<StateId>, Vec<u8>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let placed = match base {
            Some(base) => {
                let base = found.get(&base).ok_or_else(|| unreadable(state))?;
                let difference = unpacked::<Difference<Placed>>(&data)?;
                difference.list(base).ok_or_else(|| unreadable(state))?
            }
            None => unpacked(&data)?,
        };
        found.insert(state, placed);
    }
    Ok(found)
}

/// What is told of a layout that differs from another one's: which that is, and the passages in which they differ, of
/// both, with the one that follows them.
pub(super) type Changed<'a> = Option<(StateId, &'a [Placed])>;

/// Goes through the layouts of all states of a page, without holding all of them.
pub(super) fn each_layout(
    connection: &Connection,
    page: PageId,
    mut each: impl FnMut(StateId, Changed<'_>, &[Placed]),
) -> Result<(), StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT state, base, data FROM layout JOIN state ON state.id = state WHERE page = ?1 ORDER BY state",
    )?;
    let mut rows = query.query([page])?;
    let mut latest: BTreeMap<StateId, Vec<Placed>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (state, base): (StateId, Option<StateId>) = (row.get(0)?, row.get(1)?);
        let data = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        let placed = if let Some(base) = base.filter(|base| *base < state) {
            let difference = unpacked::<Difference<Placed>>(data)?;
            if let Entry::Vacant(far) = latest.entry(base) {
                far.insert(layout(connection, base)?);
            }
            let list = &latest[&base];
            let changed = difference.changed(list).ok_or_else(|| unreadable(state))?;
            let placed = difference.list(list).ok_or_else(|| unreadable(state))?;
            each(state, Some((base, &changed)), &placed);
            placed
        } else if base.is_some() {
            return Err(unreadable(state));
        } else {
            let placed: Vec<Placed> = unpacked(data)?;
            each(state, None, &placed);
            placed
        };
        latest.insert(state, placed);
        while latest.len() > LATEST {
            latest.pop_first();
        }
    }
    Ok(())
}

fn unreadable(state: StateId) -> StoreError {
    StoreError::Damaged(format!("state {}", state.0))
}
