//! `palinode import`: what others kept of pages, taken into their histories.

use std::path::{Path, PathBuf};

use clap::Args;

use super::rebuild::told;
use super::{Exit, Failure, World};
use crate::archive::Unusable;
use crate::page::{PageError, PageUrl};
use crate::store::Store;
use crate::views::{counted, escape};
use crate::watch::{Imported, Left, RunLock, Strangers, import, rebuild};

/// Take what WARC files hold of watched pages into their histories
///
/// Every answer takes its place in time, labelled with the file and the record that it comes from, and histories are told
/// anew. What is there already is not taken twice. Ends with 3 when a file is damaged; what stands before the damage is in.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The files, .warc or .warc.gz
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Take only what was answered at this address
    #[arg(long, value_name = "URL")]
    page: Option<String>,
    /// Watch every HTML page in the files from now on
    #[arg(long)]
    add: bool,
}

impl Import {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let only: Option<PageUrl> = self
            .page
            .map(|text| text.parse())
            .transpose()
            .map_err(|why: PageError| Failure::usage(why.to_string()))?;
        let mut opened = if self.add { Store::open_or_create(store)? } else { Store::open(store)? };
        let _lock = RunLock::take(store)?;
        let strangers = if self.add { Strangers::Added } else { Strangers::Left };
        if let (Some(url), Strangers::Left) = (&only, strangers)
            && opened.page_at(url)?.is_none()
        {
            return Err(Failure::usage(format!(
                "{url} is not watched\nhint: `palinode add` or --add begins to watch it"
            )));
        }
        let now = world.clock.now();
        let imported = import(&mut opened, &self.files, only.as_ref(), strangers, now)?;
        for page in opened.untold()? {
            let rebuilt = rebuild(&mut opened, &page)?;
            writeln!(world.out, "{}: {}", escape(page.title()), told(&rebuilt))?;
        }
        let mut exit = Exit::Fine;
        for (file, imported) in self.files.iter().zip(&imported) {
            let file = escape(&file.to_string_lossy()).into_owned();
            writeln!(world.err, "{file}: {}", summary(imported))?;
            if let Some(damage) = &imported.damage {
                writeln!(world.err, "{file}: {}", escape(&damage.to_string()))?;
                exit = Exit::Unseen;
            }
        }
        Ok(exit)
    }
}

fn summary(imported: &Imported) -> String {
    let mut parts = vec![
        format!("{} read", counted(imported.records, "record")),
        format!("{} kept", counted(imported.kept, "capture")),
    ];
    if imported.known > 0 {
        parts.push(format!("{} known already", imported.known));
    }
    parts.extend(imported.left.iter().map(|(why, count)| format!("{count} {}", in_words(*why))));
    parts.join(", ")
}

fn in_words(why: Left) -> &'static str {
    match why {
        Left::Unwatched => "of pages that are not watched",
        Left::Alone => "left: the record that they repeat is not here",
        Left::Unusable(Unusable::Cut) => "left: broken off when they were captured",
        Left::Unusable(Unusable::TooLong) => "left: longer than any page",
        Left::Unusable(Unusable::Unreadable) => {
            "left: no address, date or answer can be read in them"
        }
        Left::Unusable(Unusable::NotModified) => "left: they say only that nothing changed",
    }
}
