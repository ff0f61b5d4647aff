//! `palinode status`: how the watching goes.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open};
use crate::views;
use crate::watch::{following, status};

/// Show how the watching goes: what is due or late, what cannot be seen, and how well the last days were covered
///
/// A page is late when it should have been looked at twice since its last check. All times are UTC. Where the checks of
/// a span are a share of a longer run of equal ones, their number is reckoned and said to be about that.
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let (store, now) = (open(store)?, world.clock.now());
        let pages = status(&store, now)?;
        let waits = store.waits()?.into_iter().filter(|wait| wait.holds(now)).map(|wait| {
            let on = |page: &&_| crate::page::PageUrl::host(page) == wait.host;
            let count = pages.iter().map(|page| &page.watched.page.url).filter(on).count();
            (wait, count)
        });
        let waits: Vec<_> = waits.collect();
        let follows = following(&store, now)?;
        let told = views::Status { now, pages: &pages, follows: &follows, waits: &waits };
        if self.json {
            views::status_json(world.out, &told)?;
        } else {
            views::status(world.out, &told)?;
        }
        Ok(Exit::Fine)
    }
}
