//! `palinode events`: what happened, on one page or all.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::clock::Timestamp;
use crate::lineage::EventKind;
use crate::serve::{Happened, KeptEvents, Wanted};
use crate::views::{self, EventsOf};

/// List what happened to the words of a page, or of all pages
#[derive(Debug, Args)]
pub(super) struct Events {
    /// The page: its name, its address, or a part of one; else all pages
    page: Option<String>,
    /// Only this kind: restored, put-back, withdrawn, removed, reworded, added, moved or restyled; may be given several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<EventKind>,
    /// Only since this time, as 2018-06-18 or 2018-06-18T14:02:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Also what is kept and not told, each with the reason: texts that a page shows by turns, repeats, volatile passages
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Events {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let pages = match &self.page {
            Some(text) => vec![resolve::page(&store, text)?],
            None => store.pages_ever()?,
        };
        let kept = if self.all { KeptEvents::All } else { KeptEvents::Told };
        let wanted = Wanted { kinds: &self.kind, since: self.since, kept };
        let happened = Happened::on(&store, &pages, wanted)?;
        let told: Vec<EventsOf<'_>> = happened.iter().map(Happened::view).collect();
        if self.json {
            views::events_json(world.out, &told)?;
            return Ok(Exit::Fine);
        }
        let look = world.look();
        for (index, of) in told.iter().enumerate() {
            if index > 0 {
                writeln!(world.out)?;
            }
            views::events(world.out, look, of)?;
        }
        Ok(Exit::Fine)
    }
}
