//! The file of another palinode to a store that is read and never written.
//!
//! Its own file, since a store of one's own is opened otherwise: that one is made, brought up to date and written to. Here
//! all reading is of one moment, whatever its owner does meanwhile.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::captures::CaptureId;
use super::chain::{each_link, verify_links};
use super::schema::{self, Access};
use super::{Link, Store, StoreError, has_no_log, is_unwritable};
use crate::fetch::Digest;

impl Store {
    /// Opens the history of another palinode, as it stands at this moment. Nothing is ever written to it; its owner may
    /// write meanwhile, and is not kept from it.
    pub fn open_other(path: &Path) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            return Err(StoreError::Empty(path.to_owned()));
        }
        match held_still(path) {
            Err(StoreError::Sqlite { source, .. })
                if is_unwritable(&source) && has_no_log(path) =>
            {
                Self::opened_to_read(path)
            }
            opened => opened,
        }
    }

    /// The first link of the chain, by which a history is known; `None` before the first capture.
    pub fn first_link(&self) -> Result<Option<Digest>, StoreError> {
        let mut query = self.connection.prepare_cached("SELECT link FROM chain WHERE seq = 1")?;
        Ok(query.query_row([], |row| row.get(0)).optional()?)
    }

    /// The line of the chain of every capture whose record is what it was when it was written.
    pub fn sound_links(&self) -> Result<BTreeMap<CaptureId, String>, StoreError> {
        let mut lines: BTreeMap<u32, (CaptureId, String)> = BTreeMap::new();
        each_link(&self.connection, |link: Link| {
            lines.insert(link.seq, (link.capture, link.line().trim_end().to_owned()));
            Ok(())
        })?;
        for fault in verify_links(&self.connection)?.faults {
            lines.remove(&fault.seq);
        }
        Ok(lines.into_values().collect())
    }

    /// Where its file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A read transaction that is never ended keeps the moment. Whoever may not write cannot take away again the two files
/// that SQLite keeps beside one that is read; where there are none, it is opened so that it could be, and is not.
fn held_still(path: &Path) -> Result<Store, StoreError> {
    let named = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let access = if has_no_log(path) {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(named)?;
    connection.pragma_update(None, "query_only", true).map_err(named)?;
    connection.busy_timeout(Duration::from_secs(15)).map_err(named)?;
    schema::prepare(&mut connection, path, Access::Read)?;
    connection.execute_batch("BEGIN; SELECT count(*) FROM page").map_err(named)?;
    Ok(Store { connection, path: path.to_owned() })
}
