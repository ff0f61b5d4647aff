//! `palinode pages`: what is watched, and how it fared.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::{Exit, Failure, World, open, resolve};
use crate::lineage::{self, Gate, LineId, RevisionNumber};
use crate::page::{Confirm, PageSettings};
use crate::store::{Follow, FollowSettings, Page, Store, StoreError};
use crate::views::{self, PageLine, Since, Tracked};
use crate::watch::explain;

/// List the watched pages
#[derive(Debug, Args)]
pub(super) struct Pages {
    /// List only pages with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Print the settings as a file that `palinode apply` reads; it holds the values of request headers
    #[arg(long, conflicts_with = "json")]
    toml: bool,
    /// Show of one page which passages are tracked, and why each counts or does not; by its name, its address, or a part
    #[arg(long, value_name = "PAGE", conflicts_with_all = ["tag", "toml"])]
    explain: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    follow: Vec<FollowEntry<'a>>,
    page: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    url: &'a str,
    #[serde(flatten)]
    settings: &'a PageSettings,
}

#[derive(Serialize)]
struct FollowEntry<'a> {
    url: &'a str,
    #[serde(flatten)]
    settings: &'a FollowSettings,
}

impl Pages {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        if let Some(text) = &self.explain {
            let page = resolve::page(&store, text)?;
            return self.tracked(&store, &page, world);
        }
        let mut all = store.watched()?;
        all.retain(|watched| {
            self.tag.as_ref().is_none_or(|tag| watched.page.settings.tags.contains(tag))
        });
        if self.toml {
            let pages: Vec<&Page> = all.iter().map(|watched| &watched.page).collect();
            let mut follows = store.follows()?;
            follows.retain(|follow| {
                self.tag.as_ref().is_none_or(|tag| follow.settings.pages.tags.contains(tag))
            });
            write!(world.out, "{}", toml_of(&follows, &pages)?)?;
            return Ok(Exit::Fine);
        }
        let lines = PageLine::of(&all, &store.waits()?, world.clock.now());
        let look = world.look();
        if self.json {
            views::pages_json(world.out, &lines)?;
        } else {
            views::pages(world.out, look, &lines)?;
        }
        Ok(Exit::Fine)
    }
}

impl Pages {
    fn tracked(&self, store: &Store, page: &Page, world: &mut World<'_>) -> Result<Exit, Failure> {
        let (passages, mut volatile) = (explain(store, page)?, volatile(store, page)?);
        let unsteady = match page.settings.confirm {
            Confirm::Twice => store.unsteady(page.id)?,
            Confirm::Once => Vec::new(),
        };
        let texts = passages.iter().map(|one| &one.passage.text);
        let of_the_moment = texts.filter(|text| unsteady.iter().any(|one| one.covers(text)));
        volatile.extend(of_the_moment.cloned());
        let tracked = Tracked {
            title: page.title(),
            passages: &passages,
            volatile: &volatile,
            unsteady: &unsteady,
            since: Since::Told,
        };
        let look = world.look();
        if self.json {
            views::tracked_json(world.out, &tracked)?;
        } else {
            views::tracked(world.out, look, &tracked)?;
        }
        Ok(Exit::Fine)
    }
}

/// Changes of a passage are looked for in so many of the last revisions.
const LATELY: u32 = 20;

/// The texts of the lines that lately changed with nearly every look, as they now stand.
fn volatile(store: &Store, page: &Page) -> Result<BTreeSet<String>, StoreError> {
    let Some(latest) = store.revisions(page.id)?.pop() else { return Ok(BTreeSet::new()) };
    let since = RevisionNumber(latest.number.0.saturating_sub(LATELY).max(1));
    let wordings = store.wordings(page.id)?;
    let events = store.events_since(page.id, Some(since))?;
    let quiet = events.iter().filter(|row| row.event.gate == Some(Gate::Volatile));
    let lines: BTreeSet<LineId> = quiet
        .filter_map(|row| row.event.new.as_ref().or(row.event.old.as_ref()))
        .filter_map(|strand| wordings.get(strand.wording.0 as usize))
        .map(|wording| wording.line)
        .collect();
    let layout = store.layout(page.id, latest.number)?;
    let standing = lineage::passages(&layout, &wordings);
    Ok(standing
        .filter(|wording| lines.contains(&wording.line))
        .map(|one| one.text.clone())
        .collect())
}

fn toml_of(follows: &[Follow], pages: &[&Page]) -> Result<String, Failure> {
    let page = pages.iter().map(|page| Entry { url: page.url.as_str(), settings: &page.settings });
    let follow = follows
        .iter()
        .map(|follow| FollowEntry { url: follow.url.as_str(), settings: &follow.settings });
    toml::to_string(&File { follow: follow.collect(), page: page.collect() })
        .map_err(|why| Failure::usage(format!("the settings cannot be written as TOML: {why}")))
}
