//! `palinode apply`: makes what is watched agree with a file that a person keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::apply_follows::{self, FollowPlan, Others};
use super::rebuild::told;
use super::settings::{differences, reads_otherwise, sound};
use super::{Exit, Failure, World, resolve};
use crate::page::{PageSettings, PageUrl};
use crate::store::{FollowSettings, Page, Store};
use crate::views::escape;
use crate::watch::{RunLock, rebuild};

const EXAMPLE: &str = "\
Such a file:

    [[page]]
    url = \"https://example.org/post\"
    name = \"post\"
    cadence = \"6h\"
    select = [\"article\"]
    phrases = [\"proud to support\"]

    [[follow]]
    url = \"https://example.org/feed.xml\"
    pages = { cadence = \"decay\", tags = [\"posts\"] }";

/// Watch what a TOML file says
///
/// The plan is shown first. Either all of it is applied or, when any entry is wrong, nothing. `palinode pages --toml`
/// prints such a file.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLE)]
pub(super) struct Apply {
    /// The file
    file: PathBuf,
    /// Also stop watching and following what the file does not name; histories stay, and so do the pages that were added by
    /// what the file follows
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
        let (wanted, follows) = entries(&text).map_err(|why| {
            Failure::usage(format!("{}: {why}\nhint: nothing was changed", self.file.display()))
        })?;
        let wrong = |why| {
            Failure::usage(format!("{}: {why}\nhint: nothing was changed", self.file.display()))
        };
        let store = path.exists().then(|| Store::open(path)).transpose()?;
        let watched = store.as_ref().map(Store::pages).transpose()?.unwrap_or_default();
        let followed = store.as_ref().map(Store::follows).transpose()?.unwrap_or_default();
        if !self.prune {
            refuse_taken(&wanted, &watched).map_err(wrong)?;
        }
        let others = if self.prune { Others::Go } else { Others::Stay };
        let following = FollowPlan::to_reach(&follows, followed, others).map_err(wrong)?;
        let mut plan = Plan::to_reach(&wanted, watched, self.prune);
        if let Some(store) = store {
            // What is followed adds pages beside the file; removed, they would never be added again.
            let added = store.pages_of_follows(&following.stay)?;
            plan.remove.retain(|page| !added.contains(&page.id));
        }
        following.show(world)?;
        plan.show(world)?;
        if plan.is_empty() && following.is_empty() {
            writeln!(world.err, "nothing to change")?;
        }
        if self.dry_run || (plan.is_empty() && following.is_empty()) {
            return Ok(Exit::Fine);
        }
        plan.carry_out(&mut Store::open_or_create(path)?, &following, path, world)?;
        Ok(Exit::Fine)
    }
}

/// What a settings file says.
type Entries = (Vec<(PageUrl, PageSettings)>, Vec<(PageUrl, FollowSettings)>);

/// The pages and follows of a settings file, in its order; the message names the entry that is wrong.
fn entries(text: &str) -> Result<Entries, String> {
    let mut file: toml::Table =
        text.parse().map_err(|why: toml::de::Error| why.to_string().trim_end().to_owned())?;
    let pages = file.remove("page").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    let follows = file.remove("follow").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    if let Some(other) = file.keys().next() {
        return Err(format!(
            "unknown key \"{other}\"; pages stand under [[page]], feeds and sitemaps under [[follow]]"
        ));
    }
    let toml::Value::Array(pages) = pages else {
        return Err("pages must stand under [[page]], with two brackets".to_owned());
    };
    let mut found: Vec<(PageUrl, PageSettings)> = Vec::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (index, page) in pages.into_iter().enumerate() {
        let number = index + 1;
        let (url, settings) = entry(page).map_err(|why| format!("page {number}{why}"))?;
        if let Some(twin) = found.iter().position(|(other, _)| *other == url) {
            return Err(format!("page {number} ({url}): page {} has the same address", twin + 1));
        }
        let own = format!("page {number}");
        if let Some(twin) = settings.name.clone().and_then(|name| names.insert(name, own)) {
            return Err(format!("page {number} ({url}): {twin} has the same name"));
        }
        found.push((url, settings));
    }
    Ok((found, apply_follows::entries(follows, &mut names)?))
}

/// One entry; the message goes on after its number.
fn entry(page: toml::Value) -> Result<(PageUrl, PageSettings), String> {
    let (url, rest) = address(page)?;
    let named = |why: String| format!(" ({url}): {why}");
    let settings: PageSettings =
        rest.try_into().map_err(|why: toml::de::Error| named(why.message().to_owned()))?;
    let settings = sound(settings).map_err(named)?;
    Ok((url, settings))
}

/// The address of an entry, and what else stands in it.
pub(super) fn address(entry: toml::Value) -> Result<(PageUrl, toml::Table), String> {
    let toml::Value::Table(mut page) = entry else { return Err(": it is no table".to_owned()) };
    let url = match page.remove("url") {
        Some(toml::Value::String(url)) => url,
        Some(_) => return Err(": url must be a text".to_owned()),
        None => return Err(": it has no url".to_owned()),
    };
    let parsed: PageUrl = url.parse().map_err(|why: crate::page::PageError| format!(": {why}"))?;
    Ok((parsed, page))
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
        Ok(())
    }

    fn carry_out(
        self,
        store: &mut Store,
        following: &FollowPlan,
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
        following.carry_out(&writing, now)?;
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
