//! `palinode disbelieve`: a person says that a capture does not show the page.

use std::path::Path;

use clap::Args;

use super::believe::Meant;
use super::{Exit, Failure, World};
use crate::store::Verdict;

/// Take a capture out of the history: it does not show the page
///
/// The revision that it made is gone, the page's history is told anew without it, and the same text is held when it is
/// seen again. The capture itself is kept; `palinode believe` says the contrary.
#[derive(Debug, Args)]
pub(super) struct Disbelieve {
    #[command(flatten)]
    meant: Meant,
}

impl Disbelieve {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        self.meant.say(Verdict::Disbelieved, store, world)
    }
}
