//! `palinode remove`: ends the watching of a page, and keeps its history.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views::escape;

/// Stop watching pages; their history stays
#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The pages: names, addresses, or parts of them
    #[arg(required = true, value_name = "PAGE")]
    pages: Vec<String>,
}

impl Remove {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut store = open(store)?;
        let pages: Result<Vec<_>, _> =
            self.pages.iter().map(|text| resolve::page(&store, text)).collect();
        let pages = pages?;
        let now = world.clock.now();
        let writing = store.write()?;
        for page in &pages {
            writing.remove_page(page.id, now)?;
        }
        writing.commit()?;
        for page in &pages {
            writeln!(
                world.err,
                "{}: no longer watched; its history stays under {}",
                escape(page.title()),
                page.url
            )?;
        }
        Ok(Exit::Fine)
    }
}
