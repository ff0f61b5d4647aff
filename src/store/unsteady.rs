//! What two answers of one moment did not agree in, to rows and back. A fact: nobody can ask for that moment again.

use rusqlite::{Connection, params};

use super::captures::CaptureId;
use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::extract::Unsteady;

impl Store {
    /// What of a page is of the moment, in reading order.
    pub fn unsteady(&self, page: PageId) -> Result<Vec<Unsteady>, StoreError> {
        unsteady(&self.connection, page)
    }
}

impl Writing<'_> {
    /// What of a page is of the moment, as [`Store::unsteady`] gives it.
    pub fn unsteady(&self, page: PageId) -> Result<Vec<Unsteady>, StoreError> {
        unsteady(&self.transaction, page)
    }

    /// Keeps what the second answer of a moment, which is this capture, did not agree in with the first.
    pub fn keep_unsteady(
        &self,
        page: PageId,
        capture: CaptureId,
        found: &[Unsteady],
    ) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO unsteady (page, capture, position, one, other) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (position, Unsteady { one, other }) in found.iter().enumerate() {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            insert.execute(params![page, capture, position, one, other])?;
        }
        Ok(())
    }
}

fn unsteady(connection: &Connection, page: PageId) -> Result<Vec<Unsteady>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT one, other FROM unsteady WHERE page = ?1 ORDER BY capture, position",
    )?;
    let rows =
        query.query_map([page], |row| Ok(Unsteady { one: row.get(0)?, other: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
