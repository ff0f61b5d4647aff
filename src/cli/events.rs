//! `palinode events`: what happened, on one page or all.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::clock::Timestamp;
use crate::lineage::{Event, EventKind, RevisionNumber, Wording};
use crate::store::{Page, Revision, Store};
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
        let told: Result<Vec<Told<'_>>, Failure> =
            pages.iter().map(|page| self.told(&store, page)).collect();
        let told = told?;
        let told: Vec<EventsOf<'_>> =
            told.iter().filter(|told| !told.events.is_empty()).map(Told::view).collect();
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

    fn told<'a>(&self, store: &Store, page: &'a Page) -> Result<Told<'a>, Failure> {
        let revisions = store.revisions(page.id)?;
        let since = |number: RevisionNumber| match self.since {
            None => true,
            Some(since) => Revision::numbered(&revisions, number)
                .is_some_and(|revision| revision.first_seen >= since),
        };
        let rows = store.events_since(page.id, None)?.into_iter();
        let wanted = rows.filter(|row| {
            (self.kind.is_empty() || self.kind.contains(&row.event.kind))
                && (self.all || row.event.is_told())
                && since(row.revision)
        });
        let events = wanted.map(|row| (row.revision, row.event)).collect();
        Ok(Told { page, events, wordings: store.wordings(page.id)?, revisions })
    }
}

struct Told<'a> {
    page: &'a Page,
    revisions: Vec<Revision>,
    wordings: Vec<Wording>,
    events: Vec<(RevisionNumber, Event)>,
}

impl Told<'_> {
    fn view(&self) -> EventsOf<'_> {
        EventsOf {
            title: self.page.title(),
            url: self.page.url.as_str(),
            revisions: &self.revisions,
            wordings: &self.wordings,
            events: &self.events,
        }
    }
}
