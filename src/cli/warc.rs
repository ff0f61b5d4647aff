//! Everything that was kept of pages to a WARC file, and to an index beside it.
//!
//! Every capture is in it, held ones too, with its entity byte for byte. The same history gives the same file.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::{Exit, Failure, World, open, resolve};
use crate::views::{counted, escape};
use crate::watch::export;

/// Whether an index is written beside the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    None,
    Beside,
}

/// Writes the file. Of no named page, all are in it.
pub(super) fn write(
    file: &Path,
    pages_named: &[String],
    index: Index,
    store: &Path,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let store = open(store)?;
    let pages = if pages_named.is_empty() {
        store.pages_ever()?
    } else {
        pages_named.iter().map(|text| resolve::page(&store, text)).collect::<Result<_, _>>()?
    };
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.ok_or_else(|| refused(file, &"this names no file"))?;
    let mut out = BufWriter::new(created(file)?);
    let written = export(&store, &pages, &mut out, &name)?;
    out.flush().map_err(|why| refused(file, &why))?;
    if index == Index::Beside {
        let index = index_of(file, &name);
        let mut file = created(&index)?;
        let text = written.index.concat();
        file.write_all(text.as_bytes()).map_err(|why| refused(&index, &why))?;
    }
    let (captures, of) = (counted(written.captures, "capture"), counted(pages.len(), "page"));
    writeln!(world.err, "{}: {captures} of {of}", escape(&file.to_string_lossy()))?;
    Ok(Exit::Fine)
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
