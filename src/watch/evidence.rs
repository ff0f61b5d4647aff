//! A page's captures to a folder that a stranger can check with tools that every system has.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::export::{ExportError, export};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::store::{Checked, Link, Page, Store, StoreError, verify_chain};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Captures of the page.
    pub captures: usize,
    /// Of them, those whose entity could not be read.
    pub missing: usize,
    /// What a check of the whole chain found.
    pub chain: Checked,
}

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder cannot be written.
    #[error("{}: {}", .0.display(), .1)]
    Folder(PathBuf, io::Error),
    /// The captures cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// How to check it, and what it does not prove.
const VERIFY: &str = include_str!("VERIFY.txt");

/// Writes everything that attests a page's captures into a new folder.
pub fn bundle(
    store: &mut Store,
    page: &Page,
    folder: &Path,
    now: Timestamp,
) -> Result<Bundled, EvidenceError> {
    // Captures from before there was a chain are in it from now on.
    let writing = store.write()?;
    writing.extend_chain()?;
    writing.commit()?;
    let chain = verify_chain(store)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |why| EvidenceError::Folder(path, why)
    };
    fs::create_dir(folder).map_err(failed(folder))?;
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(failed(&path))
    };
    for inner in ["objects", "records"] {
        fs::create_dir(folder.join(inner)).map_err(failed(folder))?;
    }
    let links = store.chain()?;
    put("chain.txt", links.iter().map(Link::line).collect::<String>().as_bytes())?;
    put("checkpoint.txt", checkpoint(&links, now).as_bytes())?;
    put("VERIFY.txt", VERIFY.as_bytes())?;
    let mut bundled = Bundled { captures: 0, missing: 0, chain };
    let of_capture: BTreeMap<_, _> = links.iter().map(|link| (link.capture, link)).collect();
    for capture in store.captures(page.id)? {
        let Some(link) = of_capture.get(&capture.id) else { continue };
        bundled.captures += 1;
        put(&format!("records/{:08}.txt", link.seq), link.record.as_bytes())?;
        let mut objects: Vec<Vec<u8>> = store.head(capture.id)?.into_iter().collect();
        match store.answer(capture.id, &page.url) {
            Ok(answer) => {
                objects.push(answer.entity);
                objects.extend(answer.rendered.map(|rendered| rendered.dom.into_bytes()));
            }
            Err(error) if error.is_of_one_page() => bundled.missing += 1,
            Err(error) => return Err(error.into()),
        }
        for object in objects {
            put(&format!("objects/{}", Digest::of(&object)), &object)?;
        }
    }
    if bundled.missing == 0 {
        let name = "captures.warc.gz";
        let path = folder.join(name);
        let mut out = BufWriter::new(File::create(&path).map_err(failed(&path))?);
        export(store, std::slice::from_ref(page), &mut out, name)?;
        out.flush().map_err(failed(&path))?;
    }
    Ok(bundled)
}

fn checkpoint(links: &[Link], now: Timestamp) -> String {
    let (count, last) = links.last().map_or_else(
        || (0, crate::store::BEFORE_ALL.to_owned()),
        |link| (link.seq, link.link.to_string()),
    );
    format!("palinode checkpoint v1\npalinode\n{count}\n{last}\n{now}\n")
}
