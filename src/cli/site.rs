//! The history to a web site of files: what `palinode serve` shows, for a server that knows nothing of palinode.
//!
//! What needs an answer is left out: the search, phrases, and comparisons other than of neighbours.

use std::path::Path;

use super::{Exit, Failure, World, open};
use crate::serve::{Target, answer, file, site};
use crate::views::counted;
use crate::views::html::Place;

/// Writes the files. Those that are there are replaced; none is deleted.
pub(super) fn write(folder: &Path, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
    let addresses = site(&open(store)?)?;
    let now = world.clock.now();
    let (mut written, mut failed) = (0, 0);
    for address in addresses {
        let path = folder.join(file(&address));
        let reply = answer(store, &Target { address, query: Vec::new() }, now, Place::Files);
        if reply.status == 200 {
            put(&path, &reply.body)?;
            written += 1;
        } else {
            failed += 1;
        }
    }
    writeln!(world.err, "{} written to {}", counted(written, "file"), folder.display())?;
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

fn put(path: &Path, body: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::write(path, body))
        .map_err(|why| Failure::usage(format!("{}: {why}", path.display())))
}
