//! `palinode feed`: what happened, as a file that a feed reader takes.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::lineage::EventKind;
use crate::serve::{self, FeedOf};
use crate::views::html::FeedForm;

/// Write a feed of what happened: on one page, on the pages of a tag, or on all
///
/// An entry is a revision, with what happened in it and the passages that differ. The form is Atom unless --json-feed
/// asks for the other.
#[derive(Debug, Args)]
pub(super) struct Feed {
    /// The page: its name, its address, or a part of one; else all pages
    page: Option<String>,
    /// Only pages with this tag
    #[arg(long, conflicts_with = "page")]
    tag: Option<String>,
    /// Only revisions with this kind of event: restored, removed, …; may be given several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<EventKind>,
    /// Only revisions in which this phrase came or went
    #[arg(long)]
    phrase: Option<String>,
    /// Write JSON Feed 1.1
    #[arg(long = "json-feed")]
    as_json: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Feed {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = self.page.map(|text| resolve::page(&store, &text)).transpose()?;
        let of = FeedOf { page, tag: self.tag, kinds: self.kind, phrase: self.phrase };
        let form = if self.as_json { FeedForm::Json } else { FeedForm::Atom };
        let text = serve::feed(&store, &of, form)?;
        match self.output {
            None => world.out.write_all(text.as_bytes())?,
            Some(path) => std::fs::write(&path, text)
                .map_err(|why| Failure::usage(format!("{}: {why}", path.display())))?,
        }
        Ok(Exit::Fine)
    }
}
