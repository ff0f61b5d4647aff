//! `palinode rebuild`: tells histories anew from their captures.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views::{counted, escape};
use crate::watch::{Rebuilt, RunLock, rebuild};

/// Tell the history of pages anew from their captures, under the present rules
///
/// Captures and the times of checks stay as they are; revisions, events and lives are told again.
#[derive(Debug, Args)]
pub(super) struct Rebuild {
    /// The pages; all of them when none is named
    #[arg(value_name = "PAGE")]
    pages: Vec<String>,
}

impl Rebuild {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut opened = open(store)?;
        let _lock = RunLock::take(store)?;
        let pages = if self.pages.is_empty() {
            opened.pages_ever()?
        } else {
            self.pages.iter().map(|text| resolve::page(&opened, text)).collect::<Result<_, _>>()?
        };
        for page in &pages {
            let rebuilt = rebuild(&mut opened, page)?;
            writeln!(world.out, "{}: {}", escape(page.title()), told(&rebuilt))?;
        }
        Ok(Exit::Fine)
    }
}

/// What a retelling came to.
pub(super) fn told(rebuilt: &Rebuilt) -> String {
    let (captures, revisions) =
        (counted(rebuilt.captures, "capture"), counted(rebuilt.after, "revision"));
    let before = if rebuilt.before == rebuilt.after {
        String::new()
    } else {
        format!(", {} before", rebuilt.before)
    };
    format!("{revisions} told anew from {captures}{before}")
}
