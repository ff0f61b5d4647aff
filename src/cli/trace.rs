//! `palinode trace`: the life of a phrase.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::lineage::{Exactness, PhraseCounter};
use crate::serve::Traced;
use crate::store::StoreError;
use crate::views::{self, Ledger};

/// Follow a phrase through everything a page ever said
///
/// Says when it was there, when it was missing and for how long, and when it came back; times in which the page could
/// not be seen are named as unknown.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Trace {
    /// The page: its name, its address, or a part of one; with --all-pages, the phrase
    #[arg(value_name = "PAGE")]
    first: String,
    /// The phrase
    #[arg(value_name = "PHRASE", required_unless_present = "all_pages")]
    second: Option<String>,
    /// Tell apart case, the shapes of quotes, and invisible characters
    #[arg(long)]
    exact: bool,
    /// Look at all pages that were ever watched
    #[arg(long)]
    all_pages: bool,
    /// Draw the time line in a pipe too, as on a terminal
    #[arg(long, conflicts_with = "json")]
    time_line: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Trace {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let (pages, phrase) = match (self.all_pages, self.second) {
            (true, None) => (store.pages_ever()?, self.first),
            (true, Some(_)) => {
                return Err(Failure::usage("with --all-pages, only the phrase is named"));
            }
            (false, second) => {
                (vec![resolve::page(&store, &self.first)?], second.unwrap_or_default())
            }
        };
        let exactness = if self.exact { Exactness::Exact } else { Exactness::Folded };
        let counter = PhraseCounter::new(&phrase, exactness)
            .ok_or_else(|| Failure::usage(format!("\"{phrase}\" holds no word to follow")))?;
        let traced: Result<Vec<_>, StoreError> =
            pages.iter().map(|page| Traced::of(&store, page, &counter)).collect();
        let traced = traced?;
        let mut ledgers: Vec<Ledger<'_>> = traced.iter().map(|of| of.view(&phrase)).collect();
        if self.all_pages {
            ledgers.retain(|ledger| !ledger.is_blank());
        }
        if self.json {
            views::trace_json(world.out, &ledgers)?;
            return Ok(Exit::Fine);
        }
        let look = world.look_at_time(self.time_line);
        for (index, ledger) in ledgers.iter().enumerate() {
            if index > 0 {
                writeln!(world.out)?;
            }
            views::trace(world.out, look, ledger)?;
        }
        if ledgers.is_empty() {
            writeln!(world.err, "no page ever said \u{201c}{}\u{201d}", views::escape(&phrase))?;
        }
        Ok(Exit::Fine)
    }
}
