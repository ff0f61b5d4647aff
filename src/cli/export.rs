//! `palinode export`: the history as files that need no palinode, in the one form or the other.
//!
//! Each form has its own file; here it is only chosen, so that both are found under one name.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, site, warc};

/// Write the history as files that need no palinode
///
/// As WARC: everything that was kept of pages, held captures too, byte for byte, in the format that web archives share. As
/// a site: the same pages that `palinode serve` shows, for any web server or none.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The pages, with --warc; all of them when none is named
    #[arg(value_name = "PAGE", requires = "warc")]
    pages: Vec<String>,
    /// The WARC file to write, as in pages.warc.gz; it must not be there yet
    #[arg(long, value_name = "FILE", required_unless_present = "site")]
    warc: Option<PathBuf>,
    /// Write an index beside the WARC file, by which replay tools find the records
    #[arg(long, requires = "warc")]
    cdxj: bool,
    /// The folder to write a web site of files to; files that are there are replaced, none is deleted
    #[arg(long, value_name = "DIR", conflicts_with = "warc")]
    site: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        if let Some(folder) = self.site {
            return site::write(&folder, store, world);
        }
        let index = if self.cdxj { warc::Index::Beside } else { warc::Index::None };
        warc::write(&self.warc.unwrap_or_default(), &self.pages, index, store, world)
    }
}
