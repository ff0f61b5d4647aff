//! A file that a command writes, which gets its name only when it is whole.
//!
//! Nothing that is there is overwritten: it may be the only copy of something. Whoever looks on meanwhile, or after a kill,
//! sees a `.partial` and takes it for what it is.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::store::{name_finished, new_private_file};

/// A file on its way. Dropped before it is named, it is gone.
pub(super) struct NewFile {
    partial: PathBuf,
    target: PathBuf,
}

impl NewFile {
    /// Begins it, empty, for its owner alone.
    pub(super) fn begin(target: &Path) -> Result<(Self, File), Failure> {
        let Some(name) = target.file_name() else {
            return Err(refused(target, &"this names no file"));
        };
        if target.symlink_metadata().is_ok() {
            return Err(refused(target, &TAKEN));
        }
        let mut name = name.to_owned();
        name.push(".partial");
        let partial = target.with_file_name(name);
        let file = new_private_file(&partial).map_err(|why| match why.kind() {
            std::io::ErrorKind::AlreadyExists => refused(&partial, &CUT_SHORT),
            _ => refused(target, &why),
        })?;
        Ok((Self { partial, target: target.to_owned() }, file))
    }

    /// Gives it its name, once what was written is on disk.
    pub(super) fn finish(self, file: &File) -> Result<(), Failure> {
        let named = file.sync_all().and_then(|()| name_finished(&self.partial, &self.target));
        named.map_err(|why| match why.kind() {
            std::io::ErrorKind::AlreadyExists => refused(&self.target, &TAKEN),
            _ => refused(&self.target, &why),
        })
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // A file that got its own name has this one no longer, or needs it no more.
        drop(std::fs::remove_file(&self.partial));
    }
}

const TAKEN: &str =
    "this is there already\nhint: an export never replaces a file; name another one";
const CUT_SHORT: &str = "an export to this place is going on, or was cut short\nhint: if none is going on, remove this file";

fn refused(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {why}", path.display()))
}
