//! `palinode unfollow`: ends the following of a feed or a sitemap, and keeps its pages.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views::escape;

/// Stop following a feed or a sitemap; the pages that it added stay watched
#[derive(Debug, Args)]
pub(super) struct Unfollow {
    /// Its name, its address, or a part of one
    follow: String,
}

impl Unfollow {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut store = open(store)?;
        let follow = resolve::follow(&store, &self.follow)?;
        let writing = store.write()?;
        writing.remove_follow(follow.id, world.clock.now())?;
        writing.commit()?;
        let title = escape(follow.title());
        writeln!(world.err, "{title}: no longer followed; its pages stay watched")?;
        Ok(Exit::Fine)
    }
}
