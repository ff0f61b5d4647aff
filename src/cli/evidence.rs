//! `palinode evidence`: what was captured of a page, for others to check.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views::{counted, escape};
use crate::watch::bundle;

/// Write a page's captures and the hash chain over all captures, for others to check
///
/// Whoever gets the folder needs sh, sha256sum and awk to see that nothing in it was altered; VERIFY.txt in it says how, and
/// what it does not prove. Ends with 3 when the chain or what it attests is not whole.
#[derive(Debug, Args)]
pub(super) struct Evidence {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The folder to write; it must not be there yet
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Evidence {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let bundled = bundle(&mut store, &page, &self.output, world.clock.now())?;
        let folder = escape(&self.output.to_string_lossy()).into_owned();
        let captures = counted(bundled.captures, "capture");
        let links = counted(bundled.chain.links as usize, "link");
        let attested = [(bundled.stamps, "stamp"), (bundled.signatures, "signature")];
        let attested = attested.into_iter().filter(|(count, _)| *count > 0);
        let attested: Vec<String> = attested.map(|(count, what)| counted(count, what)).collect();
        let with = if attested.is_empty() { "" } else { " with " };
        let attested = attested.join(" and ");
        writeln!(
            world.err,
            "{folder}: {captures}, in a chain of {links}{with}{attested}; read VERIFY.txt first"
        )?;
        for fault in &bundled.chain.faults {
            writeln!(world.err, "{}: link {}: {}", fault.kind.name(), fault.seq, fault.what)?;
        }
        if bundled.missing > 0 {
            let missing = counted(bundled.missing, "damaged or absent capture");
            writeln!(world.err, "left out: {missing}, and captures.warc.gz")?;
        }
        let is_whole = bundled.chain.faults.is_empty() && bundled.missing == 0;
        Ok(if is_whole { Exit::Fine } else { Exit::Unseen })
    }
}
