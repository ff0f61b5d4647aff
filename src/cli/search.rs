//! `palinode search`: every wording of every page that ever held a phrase.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::lineage::{Exactness, Sighting, Sought, WordOrder, Wording};
use crate::store::{Page, Revision, Store, StoreError};
use crate::views::{self, Findings};

/// Search all that any page ever said
///
/// Shows each wording that holds the phrase, with the first and the last time that it was seen. Case and the shapes of
/// quotes do not matter. A phrase that runs over the end of a passage is not found here; `palinode trace` finds it.
#[derive(Debug, Args)]
pub(super) struct Search {
    #[command(flatten)]
    asked: Asked,
    /// Only these pages: each by its name, its address, or a part of one
    #[arg(value_name = "PAGE")]
    pages: Vec<String>,
    /// Show at most this many wordings a page
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 5)]
    limit: usize,
    /// Show all wordings
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is asked for
#[derive(Debug, Args)]
struct Asked {
    /// The phrase
    phrase: String,
    /// Find passages that hold all the words, in whatever order
    #[arg(long, visible_alias = "all-words")]
    any_order: bool,
    /// Tell apart case, the shapes of quotes, and invisible characters
    #[arg(long)]
    exact: bool,
}

impl Search {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let sought = self.asked.sought()?;
        let pages = self.pages(&store)?;
        let (read, damaged) = found(&store, &pages, &sought)?;
        let found: Vec<Findings<'_>> = read.iter().map(Read::view).collect();
        let found: Vec<Findings<'_>> = found.into_iter().filter(|page| !page.is_empty()).collect();
        let limit = if self.all { usize::MAX } else { self.limit };
        let look = world.look();
        if self.json {
            views::search_json(world.out, &found, limit)?;
        } else if found.is_empty() {
            writeln!(world.err, "no passage ever held {}", views::quoted(&self.asked.phrase))?;
        } else {
            views::search(world.out, look, &self.asked.phrase, &found, limit)?;
        }
        let told = damaged.into_iter().map(|error| Failure::from(error).tell(world));
        Ok(told.max().unwrap_or(Exit::Fine))
    }

    /// The pages that are named, each once; else all that ever were watched.
    fn pages(&self, store: &Store) -> Result<Vec<Page>, Failure> {
        if self.pages.is_empty() {
            return Ok(store.pages_ever()?);
        }
        let named = self.pages.iter().map(|text| resolve::page(store, text));
        let mut pages = named.collect::<Result<Vec<_>, _>>()?;
        let mut known = BTreeSet::new();
        pages.retain(|page| known.insert(page.id));
        Ok(pages)
    }
}

impl Asked {
    fn sought(&self) -> Result<Sought, Failure> {
        let order = if self.any_order { WordOrder::Any } else { WordOrder::AsGiven };
        let exactness = if self.exact { Exactness::Exact } else { Exactness::Folded };
        let sought = Sought::new(&self.phrase, exactness, order);
        sought.ok_or_else(|| {
            Failure::usage(format!("\"{}\" holds no word to search for", self.phrase))
        })
    }
}

/// What was found on these pages, and what is damaged of them: one page does not stand in the way of the others.
fn found<'a>(
    store: &Store,
    pages: &'a [Page],
    sought: &Sought,
) -> Result<(Vec<Read<'a>>, Vec<StoreError>), StoreError> {
    let mut damaged = Vec::new();
    let candidates = store.search(sought)?;
    let mut found = Vec::new();
    for page in pages {
        let Some(candidates) = candidates.get(&page.id) else { continue };
        let read = || {
            let (wordings, layouts) = (store.wordings(page.id)?, store.layouts(page.id)?);
            let sightings = sought.sightings(candidates, &layouts, &wordings);
            Ok(Read { page, sightings, revisions: store.revisions(page.id)?, wordings })
        };
        found.extend(set_aside(read(), &mut damaged)?);
    }
    Ok((found, damaged))
}

/// Keeps an error that concerns one page for later.
fn set_aside<T>(
    done: Result<T, StoreError>,
    damaged: &mut Vec<StoreError>,
) -> Result<Option<T>, StoreError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.is_of_one_page() => {
            damaged.push(error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What the findings on a page are made of.
struct Read<'a> {
    page: &'a Page,
    sightings: Vec<Sighting>,
    revisions: Vec<Revision>,
    wordings: Vec<Wording>,
}

impl Read<'_> {
    fn view(&self) -> Findings<'_> {
        let (title, url) = (self.page.title(), self.page.url.as_str());
        Findings::new(title, url, self.sightings.clone(), &self.revisions, &self.wordings)
    }
}
