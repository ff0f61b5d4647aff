//! `palinode preview`: what would be tracked of an address, before it is watched.

use std::collections::BTreeSet;

use clap::Args;

use super::manners::Manners;
use super::settings::sound;
use super::{Exit, Failure, World};
use crate::page::{PageSettings, PageUrl};
use crate::views::{self, Since, Tracked, escape, moment};
use crate::watch::{Looked, look};

/// Show what would be tracked of a page, before it is added
///
/// Fetches it once, and shows each passage with its class and the rule that decided it. Nothing is stored.
#[derive(Debug, Args)]
pub(super) struct Preview {
    /// The address, http or https
    #[arg(value_name = "URL")]
    url: PageUrl,
    /// CSS selector of what counts as the page's text; may be given several times
    #[arg(long, value_name = "CSS")]
    select: Vec<String>,
    /// CSS selector of what does not count; may be given several times
    #[arg(long, value_name = "CSS")]
    exclude: Vec<String>,
    /// Have the page's scripts run by your own Chromium before it is read
    #[arg(long)]
    render: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    manners: Manners,
}

impl Preview {
    pub(super) fn run(self, world: &mut World<'_>) -> Result<Exit, Failure> {
        let Self { url, select, exclude, render, json, manners } = self;
        let settings = sound(PageSettings { select, exclude, render, ..PageSettings::default() })
            .map_err(Failure::usage)?;
        let fetcher = manners.fetcher(&world.surroundings)?;
        let trouble = match look(&fetcher, world.clock, &url, &settings)? {
            Looked::Text(title, passages) => {
                let title =
                    title.map_or_else(|| url.to_string(), |title| format!("{title}  {url}"));
                let volatile = BTreeSet::new();
                let tracked = Tracked {
                    title: if json { url.as_str() } else { &title },
                    passages: &passages,
                    volatile: &volatile,
                    unsteady: &[],
                    since: Since::Now,
                };
                let look = world.look();
                if json {
                    views::tracked_json(world.out, &tracked)?;
                } else {
                    views::tracked(world.out, look, &tracked)?;
                }
                return Ok(Exit::Fine);
            }
            Looked::Held(obstacle) => format!("it would be held ({obstacle}): {}", obstacle.hint()),
            Looked::Failed(failure) => format!("failed ({}): {}", failure.class, failure.detail),
            Looked::PutOff(wait) => {
                format!("{} asks for fewer visits, until {} UTC", wait.host, moment(wait.until))
            }
        };
        writeln!(world.err, "{url}: {}", escape(&trouble))?;
        Ok(Exit::Unseen)
    }
}
