//! `palinode verify`: reads the whole history and names what is damaged.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open};
use crate::store::Depth;
use crate::views;

/// Read the whole history and name what is damaged
///
/// Every body is compared with its digest, every capture with its seal, every revision's text with the digest of what
/// was captured; numbers, times and references are tried, and the file as SQLite knows it. Nothing is changed. Ends with
/// 4 when anything is damaged.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Leave out the bodies and the texts, which take longest
    #[arg(long)]
    quick: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let opened = open(store)?;
        let depth = if self.quick { Depth::Quick } else { Depth::Whole };
        let mut faults = Vec::new();
        let examined = opened.verify(depth, &mut |fault| faults.push(fault))?;
        if self.json {
            views::soundness_json(world.out, depth, &examined, &faults)?;
        } else {
            views::soundness(world.out, depth, &examined, &faults)?;
        }
        Ok(if faults.is_empty() { Exit::Fine } else { Exit::Store })
    }
}
