//! `palinode export`: the history as files that need no palinode, in one form or another.
//!
//! Each form has its own file; here it is only chosen, so that all are found under one name.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, git, lines, site, wacz, warc};

/// Write the history as files that need no palinode
///
/// As WARC or WACZ: everything that was kept of pages, held captures too, byte for byte, in the formats that web archives
/// share; a WACZ file is opened by replay tools without a server. As JSON Lines: tables of what is known of pages, for
/// programs. As a stream for `git fast-import`: a file a page, a commit a revision. As a site: the same pages that `palinode serve` shows, for any web server or none.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The pages; all of them when none is named
    #[arg(value_name = "PAGE", conflicts_with = "site")]
    pages: Vec<String>,
    #[command(flatten)]
    form: Form,
    /// Write an index beside the WARC file, by which replay tools find the records
    #[arg(long, requires = "warc")]
    cdxj: bool,
}

/// What is written, and where.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// The WARC file to write, as in pages.warc.gz; it must not be there yet
    #[arg(long, value_name = "FILE")]
    warc: Option<PathBuf>,
    /// The WACZ file to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    wacz: Option<PathBuf>,
    /// The folder to write tables to, and schema.json, which says what is in them; none of them may be there yet
    #[arg(long, value_name = "DIR")]
    jsonl: Option<PathBuf>,
    /// The file to write a stream for `git fast-import` to, or `-` for standard output; it must not be there yet
    #[arg(long, value_name = "FILE")]
    git: Option<PathBuf>,
    /// The folder to write a web site of files to; files that are there are replaced, none is deleted
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let index = if self.cdxj { warc::Index::Beside } else { warc::Index::None };
        match self.form {
            Form { warc: Some(file), .. } => warc::write(&file, &self.pages, index, store, world),
            Form { wacz: Some(file), .. } => wacz::write(&file, &self.pages, store, world),
            Form { jsonl: Some(folder), .. } => lines::write(&folder, &self.pages, store, world),
            Form { git: Some(file), .. } => git::write(&file, &self.pages, store, world),
            Form { site: Some(folder), .. } => site::write(&folder, store, world),
            Form { .. } => Err(Failure::usage("no form is named")),
        }
    }
}
