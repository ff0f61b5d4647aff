//! `palinode log`: the revisions of a page.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::store::{Page, Store};
use crate::views::{self, Turns};
use crate::watch::{beside_changes, frame_changes};

/// List the revisions of a page, newest first
///
/// Each has both bounds: the last time that the revision before it was seen, and the first time that it was. With
/// --graph, each text that the page ever had is a letter, and a page that shows two texts by turns has two columns; of
/// many turns in a row, one row tells. With --furniture, the changes of menus, boxes and whatever else was not taken for
/// the text, so that a wrong guess hides nothing; numbers in it do not count. With --links, the links of the text that came to lead elsewhere, and the pictures that came to
/// be described otherwise: no word of the text changed by it, so it is no revision.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Log {
    /// The page: its name, its address, or a part of one
    page: String,
    /// Draw which revisions say the same, instead of telling what each changed
    #[arg(long)]
    graph: bool,
    /// List what changed in the frame around the text instead: in what is not tracked
    #[arg(long, conflicts_with = "graph")]
    furniture: bool,
    /// List where links of the text came to lead elsewhere instead, and how pictures came to be described
    #[arg(long, conflicts_with_all = ["graph", "furniture"])]
    links: bool,
    /// Show at most this many revisions, or rows of the graph [default: 20, or 50 rows]
    #[arg(short = 'n', long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Show all revisions, each in a row of its own
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Draw the time line in a pipe too, as on a terminal
    #[arg(long, conflicts_with_all = ["json", "graph", "furniture"])]
    time_line: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// So many revisions are listed unless the command line says otherwise.
const LISTED: usize = 20;

/// So many rows are drawn: they are shorter, and it is the whole that is looked for.
const DRAWN: usize = 50;

impl Log {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        if self.furniture {
            self.frame(&store, &page, world)?;
        } else if self.links {
            self.beside(&store, &page, world)?;
        } else if self.graph {
            self.draw(&store, &page, world)?;
        } else {
            self.list(&store, &page, world)?;
        }
        Ok(Exit::Fine)
    }

    fn frame(&self, store: &Store, page: &Page, world: &mut World<'_>) -> Result<(), Failure> {
        let changes = frame_changes(store, page)?;
        let skipped = changes.len().saturating_sub(self.limit(LISTED));
        let look = world.look();
        if self.json {
            views::frame_json(world.out, page, &changes[skipped..])?;
        } else {
            views::frame(world.out, look, page, &changes[skipped..])?;
        }
        Ok(())
    }

    fn beside(&self, store: &Store, page: &Page, world: &mut World<'_>) -> Result<(), Failure> {
        let changes = beside_changes(store, page)?;
        let skipped = changes.len().saturating_sub(self.limit(LISTED));
        let look = world.look();
        if self.json {
            views::beside_json(world.out, page, &changes[skipped..])?;
        } else {
            views::beside(world.out, look, page, &changes[skipped..])?;
        }
        Ok(())
    }

    fn draw(&self, store: &Store, page: &Page, world: &mut World<'_>) -> Result<(), Failure> {
        let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
        let graph = views::Graph {
            title: page.title(),
            url: page.url.as_str(),
            revisions: &revisions,
            observations: &observations,
            turns: if self.all { Turns::Each } else { Turns::Folded },
            limit: self.limit(if self.json { usize::MAX } else { DRAWN }),
        };
        let look = world.look();
        if self.json {
            views::graph_json(world.out, &graph)?;
        } else {
            views::graph(world.out, look, &graph)?;
        }
        Ok(())
    }

    fn list(&self, store: &Store, page: &Page, world: &mut World<'_>) -> Result<(), Failure> {
        let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
        let limit = self.limit(LISTED);
        let oldest = revisions.iter().rev().take(limit).next_back().map(|revision| revision.number);
        let events = store.events_by_revision(page.id, oldest)?;
        let wordings = store.wordings(page.id)?;
        let log = views::Log {
            title: page.title(),
            url: page.url.as_str(),
            revisions: &revisions,
            observations: &observations,
            events: &events,
            wordings: &wordings,
            by_others: store.checks_by_others(page.id)?,
            limit,
        };
        let look = world.look_at_time(self.time_line);
        if self.json {
            views::log_json(world.out, &log, &store.entities(page.id)?)?;
        } else {
            views::log(world.out, look, &log)?;
        }
        Ok(())
    }

    fn limit(&self, otherwise: usize) -> usize {
        if self.all { usize::MAX } else { self.limit.unwrap_or(otherwise) }
    }
}
