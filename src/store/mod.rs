//! Everything that palinode knows, in one `SQLite` file; the only folder with SQL.
//!
//! One file a noun, rows in and types out. What was announced is on disk: the journal is a WAL with `synchronous=FULL`,
//! every write is one `BEGIN IMMEDIATE`, and a file that cannot be read is named and left alone, never made anew.

mod alert_ways;
mod alerts;
mod attributes;
mod backup;
mod bodies;
mod captures;
mod chain;
mod columns;
mod deposits;
mod difference;
mod due;
mod events;
mod follows;
mod hosts;
mod layouts;
mod listed;
mod looks;
mod mementos;
mod observations;
mod other;
mod pages;
mod past;
mod phrases;
mod recode;
mod renderings;
mod revisions;
mod schema;
mod search;
mod signatures;
mod sources;
mod stamps;
mod turns;
mod unsteady;
mod verdicts;
mod verify;
mod wordings;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use alert_ways::{HookUrl, Mail, NotAHook, Shape, Way, Webhook};
pub use alerts::{Alert, AlertNews, AlertSettings, LONGEST_SILENCE, Queued};
pub use attributes::AttributeRow;
pub use backup::BackupError;
pub(crate) use backup::name_finished;
pub use bodies::BodyId;
pub use captures::{Capture, CaptureId, Kept, NoCaptureName};
pub use chain::{BEFORE_ALL, Checked, Link, LinkFault, LinkFaultKind, verify_chain};
pub use deposits::{Deposit, DepositState, Depository, DepositorySettings};
pub use events::EventRow;
pub use follows::{Follow, FollowId, FollowLook, FollowPart, FollowSettings};
pub use listed::{Absent, Leaving, Listed};
pub use looks::{Look, Observer, ObserverId, Stay, Stretch, Witness};
pub use mementos::Memento;
pub use observations::{Missing, Observation, Seen};
pub use pages::{Baseline, Page, PageId, Unread, Watched};
pub use past::PageHistory;
pub use revisions::{Absence, Claims, Known, Revision, State, StateId};
pub use signatures::Signed;
pub use sources::{Keeping, Origin, Source};
pub use stamps::{Checkpoint, Stamp};
pub use verdicts::{Sifted, Verdict};
pub use verify::{Depth, Examined, Fault, FaultKind};

use schema::Access;

/// The store, open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// One write: all of it is kept, or none.
#[derive(Debug)]
pub struct Writing<'a> {
    transaction: Transaction<'a>,
}

/// Why the store cannot be used. Nothing that was recorded is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No store is there, and the command does not make one.
    #[error(
        "{0}: there is no history here yet\nhint: `palinode add URL` begins one; --db names another file"
    )]
    Missing(PathBuf),
    /// A file without a byte: one that was cut to nothing, or whose making was cut short.
    #[error(
        "{0}: the file is empty\nhint: if there was a history in it, restore a backup; else `palinode add URL` begins one"
    )]
    Empty(PathBuf),
    /// Another program's file.
    #[error("{0}: this is an SQLite file of another program\nhint: --db names another file")]
    Foreign(PathBuf),
    /// Written by a later palinode.
    #[error(
        "{path}: written by a newer palinode (schema {found}, this one knows {known})\nhint: use the newer program; nothing was changed"
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// Written by an earlier palinode, in a place where it cannot be brought up to date.
    #[error(
        "{path}: written by an older palinode (schema {found}, this one reads {known}), and it cannot be written to\nhint: use a copy of it, which is brought up to date by any command"
    )]
    TooOld {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The schema that this program reads.
        known: u32,
    },
    /// A row does not say what it said when it was written.
    #[error(
        "{0} is damaged: its digest does not match\nhint: the rest of the history can still be read; restore the file from a backup"
    )]
    Damaged(String),
    /// The same of what can be told anew.
    #[error(
        "the text of {0} is damaged: its digest does not match\nhint: `palinode rebuild {0}` tells it anew from what was captured"
    )]
    DamagedText(String),
    /// The folder cannot be made.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// `SQLite` refused.
    #[error("{}: {}{}", .path.display(), plain(.source), hint(.source))]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The same inside a write, where the file's name is not at hand.
    #[error("the history: {}{}", plain(.0), hint(.0))]
    Inside(#[from] rusqlite::Error),
}

impl Store {
    /// Opens the store, making it and its folder where there is none.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        }
        match new_private_file(path) {
            Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists && !path.exists() => {
                return Err(StoreError::Folder { path: path.to_owned(), source });
            }
            _ => {}
        }
        Self::opened(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that must be there.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        // A history that is lost must not look like one in which nothing is watched.
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            return Err(StoreError::Empty(path.to_owned()));
        }
        match Self::opened(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            Err(StoreError::Sqlite { source, .. })
                if is_unwritable(&source) && has_no_log(path) =>
            {
                Self::opened_to_read(path)
            }
            opened => opened,
        }
    }

    /// Opens a store that must be there, and changes nothing that is told in it. Another process may write
    /// at the same time.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let store = Self::open(path)?;
        store.connection.pragma_update(None, "query_only", true)?;
        Ok(store)
    }

    /// Begins a write, waiting for another writer to end.
    pub fn write(&mut self) -> Result<Writing<'_>, StoreError> {
        let path = &self.path;
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction =
            begun.map_err(|source| StoreError::Sqlite { path: path.clone(), source })?;
        Ok(Writing { transaction })
    }

    /// Opens a store in a place that cannot be written to, where SQLite cannot keep its own books beside the file. It
    /// holds still there, since nobody else can write to it either.
    fn opened_to_read(path: &Path) -> Result<Self, StoreError> {
        let named = |source| StoreError::Sqlite { path: path.to_owned(), source };
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut uri = url::Url::from_file_path(&absolute)
            .map_err(|()| named(rusqlite::Error::InvalidPath(absolute)))?;
        uri.set_query(Some("immutable=1"));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(uri.as_str(), flags).map_err(named)?;
        schema::prepare(&mut connection, path, Access::Read)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    fn opened(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let named = |source| StoreError::Sqlite { path: path.to_owned(), source };
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(named)?;
        connection.busy_timeout(Duration::from_secs(15)).map_err(named)?;
        schema::prepare(&mut connection, path, Access::Write)?;
        Ok(Self { connection, path: path.to_owned() })
    }
}

impl StoreError {
    /// Whether it concerns one page alone, so that the others can go on.
    pub fn is_of_one_page(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::DamagedText(_))
    }
}

impl Writing<'_> {
    /// Does a part of the write that leaves nothing behind if it fails.
    pub fn attempt<T>(
        &self,
        part: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transaction.execute_batch("SAVEPOINT part")?;
        let done = part();
        self.transaction.execute_batch(match done {
            Ok(_) => "RELEASE part",
            Err(_) => "ROLLBACK TO part; RELEASE part",
        })?;
        done
    }

    /// Keeps everything that was written; when this returns, it is on disk.
    pub fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit()?)
    }
}

/// Only its owner may read what somebody watches, and the headers that they watch it with.
pub(crate) fn new_private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whether SQLite failed because it may not, or cannot, write beside the file.
fn is_unwritable(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, PermissionDenied, ReadOnly, SystemIoFailure};
    matches!(
        code(error),
        Some(CannotOpen | DiskFull | PermissionDenied | ReadOnly | SystemIoFailure)
    )
}

/// Whether no commits wait in the log beside the file, which a reader that may not write could not see.
fn has_no_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).map_or(true, |log| log.len() == 0)
}

fn code(error: &rusqlite::Error) -> Option<rusqlite::ErrorCode> {
    error.sqlite_error_code()
}

fn plain(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode::{
        DatabaseBusy, DatabaseCorrupt, DiskFull, NotADatabase, PermissionDenied, ReadOnly,
        SystemIoFailure,
    };
    match code(error) {
        Some(DiskFull) => "the disk is full; nothing that was recorded is lost".to_owned(),
        Some(ReadOnly | PermissionDenied) => "it cannot be written to".to_owned(),
        Some(SystemIoFailure) => {
            "the disk refused: it may be full or failing; nothing that was recorded is lost"
                .to_owned()
        }
        Some(DatabaseBusy) => "another program has held it for too long".to_owned(),
        Some(DatabaseCorrupt) => "the file is damaged".to_owned(),
        Some(NotADatabase) => "this is not an SQLite file".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

fn hint(error: &rusqlite::Error) -> &'static str {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match code(error) {
        Some(NotADatabase) => "\nhint: --db names another file",
        Some(DatabaseCorrupt) => {
            "\nhint: palinode never makes a damaged history anew; copy the file away, then try `sqlite3 FILE .recover` or a backup"
        }
        _ => "",
    }
}
