//! `palinode add`: begins to watch pages.

use std::path::Path;

use clap::Args;

use super::settings::{SettingArgs, reads_otherwise};
use super::{Exit, Failure, World, resolve};
use crate::page::{PageSettings, PageUrl};
use crate::store::{Page, Store};
use crate::views::escape;
use crate::watch::{RunLock, rebuild};

/// Begin to watch pages
///
/// The first `palinode check` after this takes their first capture. Several addresses share the settings that are given.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Addresses, http or https
    #[arg(required_unless_present = "from", value_name = "URL")]
    urls: Vec<String>,
    /// Read addresses from a file, one a line; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    from: Option<std::path::PathBuf>,
    #[command(flatten)]
    settings: SettingArgs,
}

impl Add {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let listed = self.from.map(|file| listed(&file)).transpose()?.unwrap_or_default();
        let mut urls: Vec<PageUrl> = Vec::new();
        for text in self.urls.iter().chain(&listed) {
            let url = text
                .parse()
                .map_err(|why: crate::page::PageError| Failure::usage(why.to_string()))?;
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
        // Before the store is opened: what is refused should not leave an empty history behind.
        self.settings.clone().over(PageSettings::default()).map_err(Failure::usage)?;
        let now = world.clock.now();
        let mut opened = Store::open_or_create(store)?;
        let again = known(&opened, &urls)?;
        // A page that is taken up again keeps what it was called and how it was read, unless told otherwise.
        let before = match again.as_slice() {
            [page] if urls.len() == 1 => page.settings.clone(),
            _ => PageSettings::default(),
        };
        let settings = self.settings.over(before).map_err(Failure::usage)?;
        if settings.name.is_some() && urls.len() > 1 {
            return Err(Failure::usage(
                "one name cannot stand for several pages\nhint: add them one by one",
            ));
        }
        refuse_taken(&opened, &urls, &settings)?;
        let retell: Vec<&Page> =
            again.iter().filter(|page| reads_otherwise(&page.settings, &settings)).collect();
        let _lock = (!retell.is_empty()).then(|| RunLock::take(store)).transpose()?;
        for page in retell {
            rebuild(&mut opened, &Page { settings: settings.clone(), ..page.clone() })?;
        }
        let writing = opened.write()?;
        for url in &urls {
            writing.put_page(url, &settings, now)?;
        }
        writing.commit()?;
        for url in &urls {
            writeln!(
                world.err,
                "watching {} {}",
                escape(settings.name.as_deref().unwrap_or(url.as_str())),
                settings.cadence.in_words()
            )?;
        }
        Ok(Exit::Fine)
    }
}

/// Pages among these that were watched before: their history goes on.
fn known(store: &Store, urls: &[PageUrl]) -> Result<Vec<Page>, Failure> {
    let pages: Result<Vec<Option<Page>>, _> = urls.iter().map(|url| store.page_at(url)).collect();
    Ok(pages?.into_iter().flatten().collect())
}

fn refuse_taken(store: &Store, urls: &[PageUrl], settings: &PageSettings) -> Result<(), Failure> {
    let pages = store.pages()?;
    if let Some(page) = pages.iter().find(|page| urls.contains(&page.url)) {
        let hint = "hint: `palinode edit` changes its settings";
        return Err(Failure::usage(format!("{} is watched already\n{hint}", page.url)));
    }
    let taken = resolve::name_taken(pages.iter(), settings.name.as_deref());
    taken.map_or(Ok(()), |why| Err(Failure::usage(why)))
}

fn listed(file: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|why| Failure::usage(format!("{}: {why}", file.display())))?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
