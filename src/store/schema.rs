//! A connection to a store in the present schema: the migrations, the pragmas, and who may open the file.
//!
//! Steps are numbered files that are never edited once released; all that are pending run in one transaction.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// "pali", so that `file` and other programs can tell whose database it is.
const APPLICATION: i32 = 0x7061_6c69;

const MIGRATIONS: &[&str] = &[concat!(
    include_str!("migrations/0001-pages-and-captures.sql"),
    include_str!("migrations/0001-states-and-lives.sql"),
)];

/// What may be done with a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    /// It can be brought up to date.
    Write,
    /// It must be read as it is.
    Read,
}

/// Sets the connection up and brings the schema up to date.
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    access: Access,
) -> Result<(), StoreError> {
    let named = |source| StoreError::Sqlite { path: path.to_owned(), source };
    connection
        .execute_batch("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;")
        .map_err(named)?;
    // A plan that waits for the values is made anew at every question, and may differ from one to the next.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(named)?;
    connection.set_prepared_statement_cache_capacity(64);
    let (application, version) = identity(connection).map_err(named)?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    match (application, version) {
        (APPLICATION, found) if found == known => Ok(()),
        (APPLICATION, found) if found > known => {
            Err(StoreError::TooNew { path: path.to_owned(), found, known })
        }
        (APPLICATION, found) if access == Access::Read => {
            Err(StoreError::TooOld { path: path.to_owned(), found, known })
        }
        (APPLICATION, _) => migrate(connection).map_err(named),
        (0, 0) if access == Access::Write && is_blank(connection).map_err(named)? => {
            // Once, at birth: asking again at every open can fail while another process has the file open.
            connection.execute_batch("PRAGMA journal_mode=WAL").map_err(named)?;
            migrate(connection).map_err(named)
        }
        _ => Err(StoreError::Foreign(path.to_owned())),
    }
}

fn identity(connection: &Connection) -> rusqlite::Result<(i32, u32)> {
    let application = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((application, version))
}

fn is_blank(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again inside the transaction: another process may have migrated while this one waited.
    let (_, version) = identity(&transaction)?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(
        None,
        "user_version",
        u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX),
    )?;
    transaction.commit()
}
