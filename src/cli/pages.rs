//! `palinode pages`: what is watched, and how it fared.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::{Exit, Failure, World, open};
use crate::page::PageSettings;
use crate::store::Page;
use crate::views::{self, PageLine};

/// List the watched pages
#[derive(Debug, Args)]
pub(super) struct Pages {
    /// List only pages with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Print the settings as a file that `palinode apply` reads; it holds the values of request headers
    #[arg(long, conflicts_with = "json")]
    toml: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct File<'a> {
    page: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    url: &'a str,
    #[serde(flatten)]
    settings: &'a PageSettings,
}

impl Pages {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let mut all = store.watched()?;
        all.retain(|watched| {
            self.tag.as_ref().is_none_or(|tag| watched.page.settings.tags.contains(tag))
        });
        if self.toml {
            let pages: Vec<&Page> = all.iter().map(|watched| &watched.page).collect();
            write!(world.out, "{}", toml_of(&pages)?)?;
            return Ok(Exit::Fine);
        }
        let (waits, now) = (store.waits()?, world.clock.now());
        let put_off = |page: &Page| {
            let mut waiting = waits.iter().filter(|wait| wait.holds(now));
            waiting.find(|wait| wait.host == page.url.host()).map(|wait| wait.until)
        };
        let lines: Vec<PageLine<'_>> = all
            .iter()
            .map(|watched| PageLine {
                page: &watched.page,
                revision: watched.baseline.as_ref().map(|baseline| baseline.revision),
                last: watched.last.as_ref(),
                put_off: put_off(&watched.page),
            })
            .collect();
        let look = world.look();
        if self.json {
            views::pages_json(world.out, &lines)?;
        } else {
            views::pages(world.out, look, &lines)?;
        }
        Ok(Exit::Fine)
    }
}

fn toml_of(pages: &[&Page]) -> Result<String, Failure> {
    let entries =
        pages.iter().map(|page| Entry { url: page.url.as_str(), settings: &page.settings });
    toml::to_string(&File { page: entries.collect() })
        .map_err(|why| Failure::usage(format!("the settings cannot be written as TOML: {why}")))
}
