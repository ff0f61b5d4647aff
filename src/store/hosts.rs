//! What hosts want, from one run to the next: who asked to be left alone, and until when.
//!
//! Nothing here is history. A row that is lost costs a request that the host had rather not seen.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError, Writing};
use crate::fetch::{Note, Wait};

impl Store {
    /// The hosts that asked to be left alone, by name.
    pub fn waits(&self) -> Result<Vec<Wait>, StoreError> {
        if !self.knows_hosts()? {
            return Ok(Vec::new());
        }
        let mut query = self
            .connection
            .prepare_cached("SELECT host, until, refusals FROM host_wait ORDER BY host")?;
        let rows = query.query_map([], wait_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A history in a place that cannot be written to may be of an older schema.
    fn knows_hosts(&self) -> Result<bool, StoreError> {
        let there = "SELECT 1 FROM sqlite_schema WHERE name = 'host_wait'";
        Ok(self.connection.query_row(there, [], |_| Ok(())).optional()?.is_some())
    }
}

impl Writing<'_> {
    /// Remembers what was learned of a host.
    pub fn keep_note(&self, note: &Note) -> Result<(), StoreError> {
        match note {
            Note::Wait(wait) => self.keep_wait(wait),
        }
    }

    fn keep_wait(&self, wait: &Wait) -> Result<(), StoreError> {
        let Wait { host, until, refusals } = wait;
        if *refusals == 0 {
            let sql = "DELETE FROM host_wait WHERE host = ?1";
            self.transaction.prepare_cached(sql)?.execute([host])?;
            return Ok(());
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO host_wait (host, until, refusals) VALUES (?1, ?2, ?3)
                 ON CONFLICT (host) DO UPDATE SET until = ?2, refusals = ?3",
            )?
            .execute(params![host, until, refusals])?;
        Ok(())
    }
}

fn wait_of_row(row: &Row<'_>) -> rusqlite::Result<Wait> {
    Ok(Wait { host: row.get(0)?, until: row.get(1)?, refusals: row.get(2)? })
}
