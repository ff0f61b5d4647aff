//! `palinode follow`: begins to watch what a feed or a sitemap names.

use std::path::Path;

use clap::Args;

use super::settings::SettingArgs;
use super::{Exit, Failure, World, resolve};
use crate::page::{Cadence, PageSettings, PageUrl};
use crate::store::{FollowSettings, Store};
use crate::views::escape;
use crate::watch::Filter;

/// Watch the pages that a feed or a sitemap names
///
/// RSS, Atom, JSON Feed, sitemaps and indexes of sitemaps are read, packed or not. `palinode check` and `palinode run` look
/// at it when it is due, add the pages that it names, newest first, and check them at once. What vanishes from a sitemap,
/// or from among the posts that a feed still names, is told after a second look, and stays watched. A page that you removed
/// is not added again. The settings of pages that are given here are those of the pages that it adds; `--name` is its own.
#[derive(Debug, Args)]
pub(super) struct Follow {
    /// The address of a feed or a sitemap, http or https
    url: String,
    /// How often to look at it; `--every` is for its pages
    #[arg(long, value_name = "CADENCE", default_value_t = FollowSettings::default().cadence)]
    look: Cadence,
    /// Take only addresses that hold this regular expression; may be given several times
    #[arg(long, value_name = "REGEX")]
    only: Vec<String>,
    /// Leave addresses that hold this regular expression; may be given several times
    #[arg(long, value_name = "REGEX")]
    skip: Vec<String>,
    /// Add so many pages at one look, at most; the others wait for the next
    #[arg(long, value_name = "COUNT", default_value_t = FollowSettings::default().limit)]
    limit: usize,
    /// Watch so many pages that it added, at most
    #[arg(long, value_name = "COUNT", default_value_t = FollowSettings::default().most)]
    most: usize,
    /// Take addresses on other hosts too; headers and `--allow-private` are not for them
    #[arg(long)]
    other_hosts: bool,
    #[command(flatten)]
    settings: SettingArgs,
}

impl Follow {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let url: PageUrl = self
            .url
            .parse()
            .map_err(|why: crate::page::PageError| Failure::usage(why.to_string()))?;
        let mut pages = self.settings.over(PageSettings::default()).map_err(Failure::usage)?;
        let settings = FollowSettings {
            name: pages.name.take(),
            cadence: self.look,
            only: self.only,
            skip: self.skip,
            limit: self.limit,
            most: self.most,
            other_hosts: self.other_hosts,
            pages,
        };
        Filter::of(&settings).map_err(Failure::usage)?;
        let mut opened = Store::open_or_create(store)?;
        refuse_taken(&opened, &url, settings.name.as_deref())?;
        let writing = opened.write()?;
        writing.put_follow(&url, &settings, world.clock.now())?;
        writing.commit()?;
        let title = settings.name.as_deref().unwrap_or(url.as_str());
        writeln!(world.err, "following {} {}", escape(title), settings.cadence.in_words())?;
        Ok(Exit::Fine)
    }
}

fn refuse_taken(store: &Store, url: &PageUrl, name: Option<&str>) -> Result<(), Failure> {
    for follow in store.follows()? {
        if follow.url == *url {
            let hint = "hint: `palinode unfollow` it first; what is known of it stays";
            return Err(Failure::usage(format!("{url} is followed already\n{hint}")));
        }
        if name.is_some() && follow.settings.name.as_deref() == name {
            let name = name.unwrap_or_default();
            return Err(Failure::usage(format!("{} is called \"{name}\" already", follow.url)));
        }
    }
    // `check` takes the names of both.
    resolve::name_taken(store.pages()?.iter(), name).map_or(Ok(()), |why| Err(Failure::usage(why)))
}
