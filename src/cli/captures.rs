//! `palinode captures`: what was kept of a page, and whether it is believed.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::store::Sifted;
use crate::views;

/// List the captures of a page, and whether they are believed
///
/// Oldest first. A capture is called c12 here and by `palinode believe`, `palinode disbelieve` and `palinode show`.
#[derive(Debug, Args)]
pub(super) struct Captures {
    /// The page: its name, its address, or a part of one
    page: String,
    /// List only those that are kept and not believed
    #[arg(long)]
    held: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Captures {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let mut captures = store.sifted(page.id)?;
        captures.retain(|capture| !self.held || Sifted::is_held(capture));
        let look = world.look();
        if self.json {
            views::captures_json(world.out, &page, &captures)?;
        } else {
            views::captures(world.out, look, &page, &captures)?;
        }
        Ok(Exit::Fine)
    }
}
