//! `palinode witnesses`: who saw a page when, and where they agree.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views;
use crate::watch::{Accord, testimonies};

/// Show who saw which text of a page when, and where they agree
///
/// A witness is this palinode, another one whose history was joined to it by `palinode merge`, an archive or a file.
/// Below stands what archives were asked to save (`palinode deposit`), and how far that is. Each has its own clock. Where two saw different texts at overlapping times they differ; that is no edit.
#[derive(Debug, Args)]
pub(super) struct Witnesses {
    /// The page: its name, its address, or a part of one
    page: String,
    /// List only where they differ
    #[arg(long)]
    differing: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Witnesses {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let revisions = store.revisions(page.id)?;
        let mut testimonies = testimonies(store.stretches(page.id)?);
        if self.differing {
            testimonies.retain(|one| one.others.values().any(|accord| *accord == Accord::Differs));
        }
        let deposits = store.deposits(page.id)?;
        let (look, page, revisions) = (world.look(), &page, &revisions[..]);
        let (testimonies, deposits) = (&testimonies[..], &deposits[..]);
        let witnesses = views::Witnesses { page, revisions, testimonies, deposits };
        if self.json {
            views::witnesses_json(world.out, &witnesses)?;
        } else {
            views::witnesses(world.out, look, &witnesses)?;
        }
        Ok(Exit::Fine)
    }
}
