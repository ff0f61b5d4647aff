//! `palinode believe`: a person says that a capture shows the page.

use std::path::Path;

use clap::Args;

use super::rebuild::told;
use super::{Exit, Failure, World, open, resolve};
use crate::store::Verdict;
use crate::views::escape;
use crate::watch::{RunLock, overrule};

/// Believe a capture that palinode holds back
///
/// It becomes a revision, dated from when it was taken, and so does every later capture with the same text. The history
/// of the page is told anew with it, now and at every rebuild. `palinode captures PAGE --held` lists what is held back;
/// `palinode disbelieve` says the contrary.
#[derive(Debug, Args)]
pub(super) struct Believe {
    #[command(flatten)]
    meant: Meant,
}

/// Which captures a person speaks of
#[derive(Debug, Args)]
pub(super) struct Meant {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The capture: c12 as `palinode captures` lists it, held for the last that is held, latest, or r3 for all that show
    /// a revision
    capture: String,
    /// Take back what was said of it, and leave it to palinode again
    #[arg(long)]
    undo: bool,
}

impl Believe {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        self.meant.say(Verdict::Believed, store, world)
    }
}

impl Meant {
    /// Says it of them, and tells what became of the history.
    pub(super) fn say(
        self,
        verdict: Verdict,
        store: &Path,
        world: &mut World<'_>,
    ) -> Result<Exit, Failure> {
        let verdict = if self.undo { Verdict::Withdrawn } else { verdict };
        let mut opened = open(store)?;
        let page = resolve::page(&opened, &self.page)?;
        let _lock = RunLock::take(store)?;
        let title = escape(page.title()).into_owned();
        let standing = |said: Option<Verdict>| said.unwrap_or(Verdict::Withdrawn) != verdict;
        let captures: Vec<_> = resolve::captures(&opened, &page, &self.capture)?
            .into_iter()
            .filter(|capture| standing(capture.verdict.map(|(said, _)| said)))
            .map(|capture| capture.id)
            .collect();
        if captures.is_empty() {
            writeln!(world.err, "{title}: nothing to change")?;
            return Ok(Exit::Fine);
        }
        let rebuilt = overrule(&mut opened, &page, &captures, verdict, world.clock.now())?;
        let names: Vec<String> = captures.iter().map(ToString::to_string).collect();
        let said = match verdict {
            Verdict::Believed => "believed",
            Verdict::Disbelieved => "not believed",
            Verdict::Withdrawn => "left to palinode",
        };
        writeln!(world.err, "{title}: {} {said}; {}", names.join(", "), told(&rebuilt))?;
        Ok(Exit::Fine)
    }
}
