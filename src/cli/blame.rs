//! `palinode blame`: where the words of a revision came from.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::lineage::{Weave, Wordings};
use crate::views;

/// Show since when each word of a page stands
///
/// At the left of a passage stands the revision that it first stood in; words that came later are marked with theirs,
/// words that had been away with the revision in which they came back.
#[derive(Debug, Args)]
pub(super) struct Blame {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The revision: r3, first, latest, latest~1, or a date
    #[arg(value_name = "REV", default_value = "latest")]
    revision: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Blame {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let revisions = store.revisions(page.id)?;
        let revision = resolve::revision(&revisions, &page, &self.revision)?;
        let past = store.past(page.id)?;
        let (weave, wordings) = (Weave::of(&past), Wordings::of(&past));
        let layout = store.layout(page.id, revision.number)?;
        let passages = weave.blamed(&layout, revision.number, &wordings);
        past.sound()?;
        let blame = views::Blame {
            title: page.title(),
            url: page.url.as_str(),
            revision,
            revisions: &revisions,
            passages,
        };
        let look = world.look();
        if self.json {
            views::blame_json(world.out, &blame)?;
        } else {
            views::blame(world.out, look, &blame)?;
        }
        Ok(Exit::Fine)
    }
}
