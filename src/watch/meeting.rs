//! A file to the history of another palinode that has a name here, or to what stands in the way of that.
//!
//! Another palinode is known by the first link of its chain: its file can be moved and copied. Its name is part of the
//! records that attest its captures here, so it is given once and stays.

use std::path::{Path, PathBuf};

use crate::fetch::Digest;
use crate::store::{Observer, Store, StoreError, Writing};

/// Why nothing was merged, or not all. What was kept before stays.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The other one cannot be read.
    #[error("{}", unreadable(.0, .1))]
    Other(PathBuf, StoreError),
    /// There is only one.
    #[error("{0}: this is the history itself\nhint: name the file of another palinode")]
    Itself(PathBuf),
    /// It holds nothing.
    #[error("{0}: no capture is in it yet\nhint: nothing was changed")]
    Bare(PathBuf),
    /// It has another name here.
    #[error(
        "{path}: this history was merged as \"{known}\" before, and the name stays\nhint: leave --as out, or write --as {known}"
    )]
    Named {
        /// The file.
        path: PathBuf,
        /// The name.
        known: String,
    },
    /// Another one has this name here.
    #[error(
        "{path}: another history was merged as \"{name}\" before\nhint: --as NAME calls this one otherwise"
    )]
    Taken {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

/// Opens the history of another palinode beside the one at `own`.
pub fn other_history(own: &Path, path: &Path) -> Result<Store, MergeError> {
    let places = [own, path].map(std::fs::canonicalize);
    if let [Ok(own), Ok(other)] = places
        && own == other
    {
        return Err(MergeError::Itself(path.to_owned()));
    }
    Store::open_other(path).map_err(|error| MergeError::Other(path.to_owned(), error))
}

/// Says what another palinode is called here: the name that it got before, else the one that is wanted.
pub fn observer_name(
    store: &Store,
    other: &Store,
    wanted: Option<&str>,
    otherwise: &str,
) -> Result<String, MergeError> {
    let path = other.path().to_owned();
    let first = first_link(other)?;
    let observers = store.observers()?;
    if let Some(known) = observers.iter().find(|observer| observer.first_link == first) {
        return match wanted {
            Some(wanted) if wanted != known.name => {
                Err(MergeError::Named { path, known: known.name.clone() })
            }
            _ => Ok(known.name.clone()),
        };
    }
    let name = wanted.unwrap_or(otherwise).to_owned();
    if observers.iter().any(|observer| observer.name == name) {
        return Err(MergeError::Taken { path, name });
    }
    Ok(name)
}

/// By what the other one is known, whatever its file is called.
pub(super) fn first_link(other: &Store) -> Result<Digest, MergeError> {
    let path = || other.path().to_owned();
    let first = other.first_link().map_err(|error| MergeError::Other(path(), error))?;
    first.ok_or_else(|| MergeError::Bare(path()))
}

/// What somebody whom only the other one knows is called here: as there, unless another one has that name here.
pub(super) fn named(
    writing: &Writing<'_>,
    theirs: &Observer,
    observer: &Observer,
) -> Result<Observer, StoreError> {
    if let Some(known) = writing.observer(theirs.first_link)? {
        return Ok(known);
    }
    let mut name = theirs.name.clone();
    while writing.observer_called(&name)?.is_some() {
        name = format!("{name} of {}", observer.name);
    }
    writing.keep_observer(theirs.first_link, &name)
}

/// What is wrong with the other file, and what helps.
fn unreadable(path: &Path, error: &StoreError) -> String {
    let whole = error.to_string();
    let said = whole.lines().next().unwrap_or_default();
    let path = path.display().to_string();
    let what = match error {
        StoreError::Missing(_) => "there is no such file",
        StoreError::TooOld { found, known, .. } => {
            &format!("written by an older palinode (schema {found}, this one reads {known})")
        }
        _ => said.strip_prefix(&path).map_or(said, |rest| rest.trim_start_matches(": ")),
    };
    let hint = match error {
        StoreError::TooNew { .. } => "use the newer program; nothing was changed",
        StoreError::TooOld { .. } => {
            "nothing is written to it here; any command with --db brings it, or a copy of it, up to date"
        }
        StoreError::Damaged(_) | StoreError::DamagedText(_) | StoreError::Inside(_) => {
            "what was read before that is kept; `palinode verify` with --db names all that is damaged"
        }
        StoreError::Sqlite { .. } | StoreError::Folder { .. } => {
            "nothing was changed; name the file of another palinode, or a backup of it"
        }
        _ => "name the file in which another palinode keeps its history",
    };
    format!("{path}: {what}\nhint: {hint}")
}
