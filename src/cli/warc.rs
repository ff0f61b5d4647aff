//! Everything that was kept of pages to a WARC file, and to an index beside it.
//!
//! Every capture is in it, held ones too, with its entity byte for byte. The same history gives the same file.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::new_file::NewFile;
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
    path: &Path,
    pages_named: &[String],
    index: Index,
    store: &Path,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let store = open(store)?;
    let pages = resolve::pages_or_all(&store, pages_named)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (new, mut file) = NewFile::begin(path)?;
    let beside = match index {
        Index::Beside => Some(NewFile::begin(&index_of(path, &name))?),
        Index::None => None,
    };
    let mut out = BufWriter::new(&mut file);
    let written = export(&store, &pages, &mut out, &name)?;
    out.flush()?;
    drop(out);
    if let Some((new, mut file)) = beside {
        file.write_all(written.index.concat().as_bytes())?;
        new.finish(&file)?;
    }
    new.finish(&file)?;
    let (captures, of) = (counted(written.captures, "capture"), counted(pages.len(), "page"));
    writeln!(world.err, "{}: {captures} of {of}", escape(&path.to_string_lossy()))?;
    Ok(Exit::Fine)
}

/// `pages.warc.gz` has its index in `pages.cdxj`.
fn index_of(file: &Path, name: &str) -> PathBuf {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    file.with_file_name(format!("{}.cdxj", name.strip_suffix(".warc").unwrap_or(name)))
}
