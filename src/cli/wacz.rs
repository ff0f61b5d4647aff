//! Everything that was kept of pages to a WACZ file: the same records as in a WARC file, with what a replay tool needs to
//! show them without a server.
//!
//! The list of its pages has an entry a revision, of the capture that showed it first. The same history gives the same file.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::new_file::NewFile;
use super::{Exit, Failure, World, open, resolve};
use crate::archive::{About, WaczWriter};
use crate::store::{Page, Store};
use crate::views::{Replayed, counted, escape, replay_list};
use crate::watch::{Written, export};

/// The records within, by the name that the index has for them.
const RECORDS: &str = "data.warc.gz";

/// Writes the file. Of no named page, all are in it.
pub(super) fn write(
    path: &Path,
    pages_named: &[String],
    store: &Path,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let store = open(store)?;
    let pages = resolve::pages_or_all(&store, pages_named)?;
    let (new, mut file) = NewFile::begin(path)?;
    let mut wacz = WaczWriter::new(BufWriter::new(&mut file));
    wacz.begin(&format!("archive/{RECORDS}"))?;
    let written = export(&store, &pages, &mut wacz, RECORDS)?;
    wacz.index(&written.index)?;
    let replayed = replayed(&store, &pages, &written)?;
    wacz.put("pages/pages.jsonl", &replay_list(&replayed)?)?;
    let description = described(&store, &pages, &written)?;
    let title = title(&pages);
    let newest = replayed.iter().max_by_key(|replayed| replayed.at);
    let main = newest.map(|newest| (newest.url, newest.at));
    let about = About { title: &title, description: &description, main };
    wacz.finish(&about)?.flush()?;
    new.finish(&file)?;
    let (captures, of) = (counted(written.captures, "capture"), counted(pages.len(), "page"));
    writeln!(world.err, "{}: {captures} of {of}", escape(&path.to_string_lossy()))?;
    Ok(Exit::Fine)
}

/// The revisions of the pages, page by page and oldest first.
fn replayed<'a>(
    store: &Store,
    pages: &'a [Page],
    written: &'a Written,
) -> Result<Vec<Replayed<'a>>, Failure> {
    let mut all = Vec::new();
    for page in pages {
        for revision in store.revisions(page.id)? {
            let Some((url, at)) = written.places.get(&revision.capture) else { continue };
            all.push(Replayed { page, revision, url: url.as_str(), at: *at });
        }
    }
    Ok(all)
}

fn title(pages: &[Page]) -> String {
    match pages {
        [page] => page.title().to_owned(),
        pages => counted(pages.len(), "page"),
    }
}

/// What is in it, and how much of that is the word of others.
fn described(store: &Store, pages: &[Page], written: &Written) -> Result<String, Failure> {
    let mut by_others = 0;
    for page in pages {
        by_others += store.captures_by_others(page.id)?;
    }
    let captures = counted(written.captures, "capture");
    let claims = match by_others {
        0 => "all taken by palinode itself".to_owned(),
        count => format!("{count} of them told by others, not seen by palinode itself"),
    };
    Ok(format!("{captures} of {}; {claims}", counted(pages.len(), "page")))
}
