//! `palinode export`: the history as files that need no palinode.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, open};
use crate::serve::{Target, answer, file, site};
use crate::views::counted;
use crate::views::html::Place;

/// Write the history as a web site of files
///
/// The same pages that `palinode serve` shows, for any web server or none. What needs an answer is left out: the search,
/// phrases, and comparisons other than of neighbours. Files that are there are replaced; none is deleted.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The folder to write it to; it is made if it is not there
    #[arg(long, value_name = "DIR", required = true)]
    site: PathBuf,
}

impl Export {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let addresses = site(&open(store)?)?;
        let now = world.clock.now();
        let (mut written, mut failed) = (0, 0);
        for address in addresses {
            let path = self.site.join(file(&address));
            let reply = answer(store, &Target { address, query: Vec::new() }, now, Place::Files);
            if reply.status == 200 {
                write(&path, &reply.body)?;
                written += 1;
            } else {
                failed += 1;
            }
        }
        writeln!(world.err, "{} written to {}", counted(written, "file"), self.site.display())?;
        if failed == 0 {
            return Ok(Exit::Fine);
        }
        writeln!(
            world.err,
            "palinode: {} could not be made, because what they show is damaged\nhint: `palinode log` and `palinode show` say what",
            counted(failed, "file")
        )?;
        Ok(Exit::Store)
    }
}

fn write(path: &Path, body: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::write(path, body))
        .map_err(|why| Failure::usage(format!("{}: {why}", path.display())))
}
