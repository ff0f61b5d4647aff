//! `palinode backup`: a copy of the history that was read through.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, open};
use crate::views::{counted, escape};

/// Copy the history to a new file, and read the copy through
///
/// Others may read and write the history meanwhile; the copy is of one moment. It gets its name only when nothing in it
/// is damaged. A file that is there already is never replaced.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let examined = open(store)?.backup(&self.file)?;
        let (pages, revisions) =
            (counted(examined.pages, "page"), counted(examined.revisions, "revision"));
        let file = self.file.display().to_string();
        writeln!(world.err, "{}: {pages}, {revisions}, read through and whole", escape(&file))?;
        Ok(Exit::Fine)
    }
}
