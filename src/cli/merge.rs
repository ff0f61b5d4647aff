//! `palinode merge`: the history of another palinode, joined to this one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::rebuild::told;
use super::{Exit, Failure, World, open, resolve};
use crate::page::PageUrl;
use crate::store::Store;
use crate::views::{counted, escape};
use crate::watch::{
    Merged, RunLock, Strangers, Wanted, merge, observer_name, other_history, rebuild,
};

/// Join the history that another palinode keeps of the same pages to this one
///
/// Its captures take their place in time, labelled with its name, and histories are told anew: what it looked at bounds
/// every change more tightly, and `palinode witnesses` shows where the two agree. The other file is only read, also while
/// it is in use. What is there already is not taken twice. Times are of each one's own clock. Nobody is alerted. Ends with 3
/// when something in it is damaged; the rest is in.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The file in which the other palinode keeps its history
    #[arg(value_name = "OTHER.db")]
    other: PathBuf,
    /// Only this page; can be given several times
    #[arg(long, value_name = "PAGE")]
    page: Vec<String>,
    /// What the other palinode is called in labels, from now on; else as its file, without the ending
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Watch its other pages too, with the settings that they have there
    #[arg(long)]
    add: bool,
}

impl Merge {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        // No history is begun for a file that cannot be read.
        let other = other_history(store, &self.other)?;
        let mut opened = if self.add { Store::open_or_create(store)? } else { open(store)? };
        let name = self.observer(&opened, &other)?;
        let only = self.only(&opened, &other)?;
        let strangers = if self.add { Strangers::Added } else { Strangers::Left };
        let _lock = RunLock::take(store)?;
        let now = world.clock.now();
        let merged = merge(&mut opened, &other, &Wanted { name, only, strangers }, now)?;
        for page in opened.untold()? {
            let rebuilt = rebuild(&mut opened, &page)?;
            writeln!(world.out, "{}: {}", escape(page.title()), told(&rebuilt))?;
        }
        let file = self.other.display().to_string();
        writeln!(world.err, "{}: {}", escape(&file), summary(&merged))?;
        Ok(if merged.damaged == 0 { Exit::Fine } else { Exit::Unseen })
    }

    /// What the other one is called. The name of its file is one, unless all have it.
    fn observer(&self, store: &Store, other: &Store) -> Result<String, Failure> {
        let stem = self.other.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = self.name.as_deref().map(str::trim);
        if wanted.is_some_and(|name| name.is_empty() || name.chars().any(char::is_control)) {
            return Err(Failure::usage("--as asks for a name in plain letters"));
        }
        let name = observer_name(store, other, wanted, &stem)?;
        let is_telling = name != "palinode" || wanted.is_some();
        is_telling.then_some(name).ok_or_else(|| {
            let file = self.other.display();
            Failure::usage(format!(
                "{file}: what is this palinode to be called here?\nhint: --as NAME is what its captures are labelled with, and it stays"
            ))
        })
    }

    /// The addresses of the pages that are asked for, as they are called here, or else there.
    fn only(&self, store: &Store, other: &Store) -> Result<BTreeSet<PageUrl>, Failure> {
        let address = |text: &String| {
            let here = resolve::page(store, text);
            let page = if self.add { here.or_else(|_| resolve::page(other, text)) } else { here };
            page.map(|page| page.url)
        };
        self.page.iter().map(address).collect()
    }
}

fn summary(merged: &Merged) -> String {
    let mut parts = vec![
        format!("{} in both", counted(merged.pages, "page")),
        format!("{} kept", counted(merged.kept, "capture")),
        format!("{} of checks", counted(merged.looks, "run")),
    ];
    for (count, what) in [
        (merged.known, "known already"),
        (merged.damaged, "left: damaged, or not what its chain says"),
        (merged.early, "left: of a time that has not come here yet"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if merged.unwatched > 0 {
        parts.push(format!("{} not watched here", counted(merged.unwatched, "page")));
    }
    parts.join(", ")
}
