//! `palinode show`: the text of a revision, or the bytes of its capture.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::fetch::Digest;
use crate::lineage::passages;
use crate::views::{self, Shown};

/// Show the text of a revision
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The revision: r3, first, latest, latest~1, or a date
    #[arg(value_name = "REV", default_value = "latest")]
    revision: String,
    /// Write the bytes as the server sent them, still compressed if they were
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let revisions = store.revisions(page.id)?;
        let revision = resolve::revision(&revisions, &page, &self.revision)?;
        if self.raw {
            world.out.write_all(&store.answer(revision.capture, &page.url)?.entity)?;
            return Ok(Exit::Fine);
        }
        let (wordings, layout) =
            (store.wordings(page.id)?, store.layout(page.id, revision.number)?);
        let state = store.state(revision.state)?;
        let sources = store.sources(page.id)?;
        let shown = Shown {
            title: page.title(),
            revision,
            state: &state,
            source: sources.get(&revision.capture),
            passages: passages(&layout, &wordings).collect(),
        };
        let look = world.look();
        if self.json {
            let entity = Digest::of(&store.answer(revision.capture, &page.url)?.entity);
            views::show_json(world.out, &shown, entity)?;
        } else {
            views::show(world.out, look, &shown)?;
        }
        Ok(Exit::Fine)
    }
}
