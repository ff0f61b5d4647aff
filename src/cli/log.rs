//! `palinode log`: the revisions of a page.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::lineage::{Event, RevisionNumber};
use crate::views;

/// List the revisions of a page, newest first
///
/// Each has both bounds: the last time that the revision before it was seen, and the first time that it was.
#[derive(Debug, Args)]
pub(super) struct Log {
    /// The page: its name, its address, or a part of one
    page: String,
    /// Show at most this many revisions
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 20)]
    limit: usize,
    /// Show all revisions
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Log {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
        let limit = if self.all { usize::MAX } else { self.limit };
        let oldest = revisions.iter().rev().take(limit).next_back().map(|revision| revision.number);
        let mut events: BTreeMap<RevisionNumber, Vec<Event>> = BTreeMap::new();
        for row in store.events_since(page.id, oldest)? {
            events.entry(row.revision).or_default().push(row.event);
        }
        let wordings = store.wordings(page.id)?;
        let log = views::Log {
            title: page.title(),
            url: page.url.as_str(),
            revisions: &revisions,
            observations: &observations,
            events: &events,
            wordings: &wordings,
            limit,
        };
        let look = world.look();
        if self.json {
            views::log_json(world.out, &log, &store.entities(page.id)?)?;
        } else {
            views::log(world.out, look, &log)?;
        }
        Ok(Exit::Fine)
    }
}
