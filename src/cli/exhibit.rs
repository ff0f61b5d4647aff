//! `palinode exhibit`: one event as a file that can be given away.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::serve::{Case, CaseError};

/// Show one event as a single HTML file, with its captures and bounds
///
/// The file needs no network, no script and no palinode. It says what stood before, meanwhile and afterwards, when, by
/// which captures, and what that does not prove.
#[derive(Debug, Args)]
pub(super) struct Exhibit {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The event: r3 for the foremost of that revision, r3.2 for its second [default: the latest return, else the latest change]
    event: Option<String>,
    /// Make a card of 1200 by 675 instead, for a picture that can be passed around
    #[arg(long)]
    card: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Exhibit {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let case = Case::read(&store, page, self.event.as_deref())?;
        let now = world.clock.now();
        let html = if self.card { case.card(&store, now) } else { case.exhibit(&store, now) }?;
        match self.output {
            None => world.out.write_all(html.as_bytes())?,
            Some(path) => std::fs::write(&path, html)
                .map_err(|why| Failure::usage(format!("{}: {why}", path.display())))?,
        }
        Ok(Exit::Fine)
    }
}

impl From<CaseError> for Failure {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Store(error) => error.into(),
            CaseError::NotAnEvent(_) | CaseError::NoSuchEvent { .. } | CaseError::Nothing(_) => {
                Self::usage(error.to_string())
            }
        }
    }
}
