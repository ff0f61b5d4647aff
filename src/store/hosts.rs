//! What hosts want, from one run to the next: who asked to be left alone, and what their `robots.txt` says.
//!
//! Nothing here is history. A row that is lost costs a request that the host had rather not seen.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError, Writing};
use crate::fetch::{Note, RobotsCopy, Wait};

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

    /// What is known of the `robots.txt` of these origins.
    pub fn robots(&self, origins: &BTreeSet<String>) -> Result<Vec<RobotsCopy>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT origin, fetched_at, rules, failing_since FROM robots WHERE origin = ?1",
        )?;
        let mut found = Vec::new();
        for origin in origins {
            found.extend(query.query_row([origin], robots_of_row).optional()?);
        }
        Ok(found)
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
            Note::Robots(copy) => self.keep_robots(copy),
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

    fn keep_robots(&self, copy: &RobotsCopy) -> Result<(), StoreError> {
        let RobotsCopy { origin, fetched_at, rules, failing_since } = copy;
        let failed = |why: std::io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(why));
        let packed = rules.as_ref().map(|text| zstd::bulk::compress(text, 3)).transpose();
        self.transaction
            .prepare_cached(
                "INSERT INTO robots (origin, fetched_at, rules, failing_since) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (origin) DO UPDATE SET fetched_at = ?2, rules = ?3, failing_since = ?4",
            )?
            .execute(params![origin, fetched_at, packed.map_err(failed)?, failing_since])?;
        Ok(())
    }
}

fn robots_of_row(row: &Row<'_>) -> rusqlite::Result<RobotsCopy> {
    let packed: Option<Vec<u8>> = row.get(2)?;
    // A copy that cannot be read is no copy: the file is asked for again.
    let rules = packed.as_deref().map(zstd::stream::decode_all).transpose();
    let fetched_at = if rules.is_ok() { row.get(1)? } else { None };
    let (origin, failing_since) = (row.get(0)?, row.get(3)?);
    Ok(RobotsCopy { origin, fetched_at, rules: rules.unwrap_or_default(), failing_since })
}

fn wait_of_row(row: &Row<'_>) -> rusqlite::Result<Wait> {
    Ok(Wait { host: row.get(0)?, until: row.get(1)?, refusals: row.get(2)? })
}
