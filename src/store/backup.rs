//! An open store to a copy of it in another file, whole, checked, and private; while others read and write it.
//!
//! SQLite's backup copies the pages of one moment in one reading, so a run that goes on meanwhile is either in the copy
//! as a whole batch or not at all. The copy gets its name only once it was read through: a name stands for a good copy,
//! and a kill leaves a `.partial` beside it. VACUUM INTO would pack the copy tighter, at several times the cost, and the
//! copy would have to be made a WAL file again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::verify::{Depth, Examined, Fault};
use super::{Store, StoreError, new_private_file};

/// Why there is no copy. The history itself is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something stands there already.
    #[error("{0}: this is there already\nhint: a backup never replaces a file; name another one")]
    Taken(PathBuf),
    /// A backup to this place goes on, or was killed.
    #[error(
        "{0}: a backup to this place is going on, or was cut short\nhint: if none is going on, remove this file"
    )]
    Partial(PathBuf),
    /// The copy is damaged, most likely since the history is.
    #[error(
        "the copy would be damaged, so it was not kept: {0}\nhint: `palinode verify` names everything that is damaged"
    )]
    Damaged(String),
    /// The copy cannot be written, or the history not read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Copies everything to a file that is not there yet, and reads the copy through.
    pub fn backup(&self, target: &Path) -> Result<Examined, BackupError> {
        if target.exists() {
            return Err(BackupError::Taken(target.to_owned()));
        }
        let mut partial = target.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        new_private_file(&partial).map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => BackupError::Partial(partial.clone()),
            _ => StoreError::Folder { path: partial.clone(), source }.into(),
        })?;
        let copied = self
            .copy_into(&partial)
            .map_err(BackupError::from)
            .and_then(|()| checked(&partial))
            .and_then(|examined| {
                name_finished(&partial, target).map_err(taken_or(target)).map(|()| examined)
            });
        // What is left of it under this name is of no use to anybody, whether the copy got its own name or not.
        drop(std::fs::remove_file(&partial));
        copied
    }

    fn copy_into(&self, partial: &Path) -> Result<(), StoreError> {
        let at = |source| StoreError::Sqlite { path: partial.to_owned(), source };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = Connection::open_with_flags(partial, flags).map_err(at)?;
        copy.execute_batch("PRAGMA synchronous=FULL").map_err(at)?;
        let all_at_once = i32::MAX;
        Backup::new(&self.connection, &mut copy)
            .and_then(|backup| backup.run_to_completion(all_at_once, Duration::ZERO, None))
            .map_err(at)
    }
}

fn checked(partial: &Path) -> Result<Examined, BackupError> {
    let mut first: Option<Fault> = None;
    let copy = Store::open(partial)?;
    let examined = copy.verify(Depth::Whole, &mut |fault| _ = first.get_or_insert(fault))?;
    let Some(Fault { page, capture, detail, .. }) = first else { return Ok(examined) };
    let page = page.map_or_else(String::new, |page| format!("{page}: "));
    let capture = capture.map_or_else(String::new, |capture| format!("capture {}: ", capture.0));
    Err(BackupError::Damaged(format!("{page}{capture}{detail}")))
}

fn taken_or(target: &Path) -> impl Fn(std::io::Error) -> BackupError {
    |source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Taken(target.to_owned()),
        _ => StoreError::Folder { path: target.to_owned(), source }.into(),
    }
}

/// Gives a finished file its name. A second name for the same file fails where there is one already, at any moment; where
/// the file system knows no second names, a look before has to do. The first name is for the caller to remove.
pub(crate) fn name_finished(partial: &Path, target: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(partial, target) {
        Ok(()) => {}
        Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => return Err(why),
        Err(_) => std::fs::rename(partial, target)?,
    }
    // The name itself is on disk only once its folder is.
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = std::fs::File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).or_else(unsupported)
}

/// Some systems open no folder as a file.
fn unsupported(why: std::io::Error) -> std::io::Result<()> {
    if cfg!(unix) { Err(why) } else { Ok(()) }
}
