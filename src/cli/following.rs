//! `palinode following`: what is followed, and what it names.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views::{self, Detail};
use crate::watch::following;

/// List the feeds and sitemaps that are followed, and how they fare
#[derive(Debug, Args)]
pub(super) struct Following {
    /// List what this one names or named, newest first: its name, its address, or a part of one
    follow: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Following {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let mut all = following(&store, world.clock.now())?;
        let mut detail = Detail::Sums;
        if let Some(text) = &self.follow {
            let follow = resolve::follow(&store, text)?;
            all.retain(|one| one.follow.id == follow.id);
            detail = Detail::Addresses;
        }
        if self.json {
            views::following_json(world.out, &all, detail)?;
            return Ok(Exit::Fine);
        }
        views::following(world.out, &all)?;
        if detail == Detail::Addresses {
            all.iter().try_for_each(|one| views::listed(world.out, one))?;
        }
        Ok(Exit::Fine)
    }
}
