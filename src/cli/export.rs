//! `palinode export`: everything that was kept, in the format that web archives share.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::views::{counted, escape};
use crate::watch::export;

/// Write everything that was kept of pages to a WARC file
///
/// Every capture is in it, held ones too, with its entity byte for byte. The same history gives the same file.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The pages; all of them when none is named
    #[arg(value_name = "PAGE")]
    pages: Vec<String>,
    /// The file to write, as in pages.warc.gz; it must not be there yet
    #[arg(long, value_name = "FILE")]
    warc: PathBuf,
    /// Write an index beside it, by which replay tools find the records
    #[arg(long)]
    cdxj: bool,
}

impl Export {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let pages = if self.pages.is_empty() {
            store.pages_ever()?
        } else {
            self.pages.iter().map(|text| resolve::page(&store, text)).collect::<Result<_, _>>()?
        };
        let name = self.warc.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.ok_or_else(|| refused(&self.warc, &"this names no file"))?;
        let mut out = BufWriter::new(created(&self.warc)?);
        let written = export(&store, &pages, &mut out, &name)?;
        out.flush().map_err(|why| refused(&self.warc, &why))?;
        if self.cdxj {
            let index = index_of(&self.warc, &name);
            let mut file = created(&index)?;
            let text = written.index.concat();
            file.write_all(text.as_bytes()).map_err(|why| refused(&index, &why))?;
        }
        let (captures, of) = (counted(written.captures, "capture"), counted(pages.len(), "page"));
        writeln!(world.err, "{}: {captures} of {of}", escape(&self.warc.to_string_lossy()))?;
        Ok(Exit::Fine)
    }
}

/// `pages.warc.gz` has its index in `pages.cdxj`.
fn index_of(file: &Path, name: &str) -> PathBuf {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    file.with_file_name(format!("{}.cdxj", name.strip_suffix(".warc").unwrap_or(name)))
}

/// Nothing that is there is overwritten: it may be the only copy of something.
fn created(path: &Path) -> Result<File, Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|why| refused(path, &why))
}

fn refused(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {why}", path.display()))
}
