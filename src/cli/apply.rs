//! `palinode apply`: makes what is watched agree with a file that a person keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::rebuild::told;
use super::settings::{differences, reads_otherwise, sound};
use super::{Exit, Failure, World, resolve};
use crate::page::{PageSettings, PageUrl};
use crate::store::{Page, Store};
use crate::views::escape;
use crate::watch::{RunLock, rebuild};

const EXAMPLE: &str = "\
Such a file:

    [[page]]
    url = \"https://example.org/post\"
    name = \"post\"
    cadence = \"6h\"
    select = [\"article\"]
    phrases = [\"proud to support\"]";

/// Watch what a TOML file says
///
/// The plan is shown first. Either all of it is applied or, when any entry is wrong, nothing. `palinode pages --toml`
/// prints such a file.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLE)]
pub(super) struct Apply {
    /// The file
    file: PathBuf,
    /// Also stop watching pages that the file does not name; their history stays, and so do pages that `follow` added
    #[arg(long)]
    prune: bool,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What is to be done.
#[derive(Default)]
struct Plan {
    add: Vec<(PageUrl, PageSettings)>,
    edit: Vec<(Page, PageSettings)>,
    remove: Vec<Page>,
}

impl Apply {
    pub(super) fn run(self, path: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let text = std::fs::read_to_string(&self.file)
            .map_err(|why| Failure::usage(format!("{}: {why}", self.file.display())))?;
        let wanted = entries(&text).map_err(|why| {
            Failure::usage(format!("{}: {why}\nhint: nothing was changed", self.file.display()))
        })?;
        let (watched, followed) = if path.exists() {
            let store = Store::open(path)?;
            (store.pages()?, store.pages_of_follows()?)
        } else {
            (Vec::new(), BTreeSet::new())
        };
        if !self.prune {
            refuse_taken(&wanted, &watched).map_err(|why| {
                Failure::usage(format!("{}: {why}\nhint: nothing was changed", self.file.display()))
            })?;
        }
        let mut plan = Plan::to_reach(&wanted, watched, self.prune);
        // What is followed adds pages beside the file; removed, they would never be added again.
        plan.remove.retain(|page| !followed.contains(&page.id));
        plan.show(world)?;
        if self.dry_run || plan.is_empty() {
            return Ok(Exit::Fine);
        }
        plan.carry_out(&mut Store::open_or_create(path)?, path, world)?;
        Ok(Exit::Fine)
    }
}

/// The pages of a settings file, in its order; the message names the entry that is wrong.
fn entries(text: &str) -> Result<Vec<(PageUrl, PageSettings)>, String> {
    let mut file: toml::Table =
        text.parse().map_err(|why: toml::de::Error| why.to_string().trim_end().to_owned())?;
    let pages = file.remove("page").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    if let Some(other) = file.keys().next() {
        return Err(format!("unknown key \"{other}\"; pages stand under [[page]]"));
    }
    let toml::Value::Array(pages) = pages else {
        return Err("pages must stand under [[page]], with two brackets".to_owned());
    };
    let mut found: Vec<(PageUrl, PageSettings)> = Vec::new();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (index, page) in pages.into_iter().enumerate() {
        let number = index + 1;
        let (url, settings) = entry(page).map_err(|why| format!("page {number}{why}"))?;
        if let Some(twin) = found.iter().position(|(other, _)| *other == url) {
            return Err(format!("page {number} ({url}): page {} has the same address", twin + 1));
        }
        if let Some(twin) = settings.name.clone().and_then(|name| names.insert(name, number)) {
            return Err(format!("page {number} ({url}): page {twin} has the same name"));
        }
        found.push((url, settings));
    }
    Ok(found)
}

/// One entry; the message goes on after its number.
fn entry(page: toml::Value) -> Result<(PageUrl, PageSettings), String> {
    let toml::Value::Table(mut page) = page else { return Err(": it is no table".to_owned()) };
    let url = match page.remove("url") {
        Some(toml::Value::String(url)) => url,
        Some(_) => return Err(": url must be a text".to_owned()),
        None => return Err(": it has no url".to_owned()),
    };
    let named = |why: String| format!(" ({url}): {why}");
    let parsed: PageUrl = url.parse().map_err(|why: crate::page::PageError| format!(": {why}"))?;
    let settings: PageSettings =
        page.try_into().map_err(|why: toml::de::Error| named(why.message().to_owned()))?;
    Ok((parsed, sound(settings).map_err(named)?))
}

/// A name may belong to a page that the file leaves as it is.
fn refuse_taken(wanted: &[(PageUrl, PageSettings)], watched: &[Page]) -> Result<(), String> {
    let named: BTreeSet<&PageUrl> = wanted.iter().map(|(url, _)| url).collect();
    let others: Vec<&Page> = watched.iter().filter(|page| !named.contains(&page.url)).collect();
    for (index, (url, settings)) in wanted.iter().enumerate() {
        if let Some(why) = resolve::name_taken(others.iter().copied(), settings.name.as_deref()) {
            return Err(format!("page {} ({url}): {why}", index + 1));
        }
    }
    Ok(())
}

impl Plan {
    fn to_reach(wanted: &[(PageUrl, PageSettings)], watched: Vec<Page>, prune: bool) -> Self {
        let mut plan = Self::default();
        let mut watched: BTreeMap<PageUrl, Page> =
            watched.into_iter().map(|page| (page.url.clone(), page)).collect();
        for (url, settings) in wanted {
            match watched.remove(url) {
                None => plan.add.push((url.clone(), settings.clone())),
                Some(page) if page.settings == *settings => {}
                Some(page) => plan.edit.push((page, settings.clone())),
            }
        }
        if prune {
            plan.remove = watched.into_values().collect();
        }
        plan
    }

    fn is_empty(&self) -> bool {
        self.add.is_empty() && self.edit.is_empty() && self.remove.is_empty()
    }

    fn show(&self, world: &mut World<'_>) -> std::io::Result<()> {
        for (url, _) in &self.add {
            writeln!(world.out, "+ {url}")?;
        }
        for (page, settings) in &self.edit {
            writeln!(
                world.out,
                "~ {} ({})",
                page.url,
                differences(&page.settings, settings).join(", ")
            )?;
        }
        for page in &self.remove {
            writeln!(world.out, "- {}", page.url)?;
        }
        if self.is_empty() { writeln!(world.err, "nothing to change") } else { Ok(()) }
    }

    fn carry_out(
        self,
        store: &mut Store,
        path: &Path,
        world: &mut World<'_>,
    ) -> Result<(), Failure> {
        let (retell, edit): (Vec<_>, Vec<_>) = self
            .edit
            .into_iter()
            .partition(|(page, settings)| reads_otherwise(&page.settings, settings));
        let _lock = (!retell.is_empty()).then(|| RunLock::take(path)).transpose()?;
        let now = world.clock.now();
        let writing = store.write()?;
        for page in &self.remove {
            writing.remove_page(page.id, now)?;
        }
        // Names are given up first, so that two pages may swap theirs.
        for (page, _) in edit.iter().chain(&retell) {
            writing.put_settings(page.id, &PageSettings { name: None, ..page.settings.clone() })?;
        }
        for (page, settings) in &edit {
            writing.put_settings(page.id, settings)?;
        }
        for (page, settings) in &retell {
            let named = PageSettings { name: settings.name.clone(), ..page.settings.clone() };
            writing.put_settings(page.id, &named)?;
        }
        for (url, settings) in &self.add {
            writing.put_page(url, settings, now)?;
        }
        writing.commit()?;
        for (page, settings) in retell {
            let rebuilt = rebuild(store, &Page { settings, ..page.clone() })?;
            writeln!(world.err, "{}: {}", escape(page.title()), told(&rebuilt))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn what_is_wrong_is_told_with_its_entry() {
        for (file, message) in [
            ("[[page]]\nname = 'x'", "page 1: it has no url"),
            (
                "[[page]]\nurl = 'ftp://a.example/'",
                "page 1: ftp://a.example/: only http and https pages can be watched, not ftp",
            ),
            (
                "[[page]]\nurl = 'http://a.example/'\n[[page]]\nurl = 'http://a.example/'",
                "page 2 (http://a.example/): page 1 has the same address",
            ),
            (
                "[[page]]\nurl = 'http://a.example/'\nselct = ['p']",
                "page 1 (http://a.example/): unknown field `selct`",
            ),
            (
                "[[page]]\nurl = 'http://a.example/'\nselect = ['p[']",
                "page 1 (http://a.example/): ",
            ),
            ("[page]\nurl = 'http://a.example/'", "pages must stand under [[page]]"),
            ("pages = 1", "unknown key \"pages\""),
            ("[[page]\n", "TOML parse error at line 1"),
        ] {
            let found = entries(file).unwrap_err();
            assert!(found.contains(message), "{file:?} gave {found:?}");
        }
    }
}
