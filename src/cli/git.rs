//! The history to a stream for `git fast-import`: all pages in one repository, a commit a revision, in the order of time.
//!
//! A stream and not a repository, so that git is needed only by whoever wants one.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::new_file::NewFile;
use super::{Exit, Failure, World, open, resolve};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::lineage::{RevisionNumber, Wordings, passages};
use crate::store::{Page, Revision, Store};
use crate::views::{self, counted, escape};

/// Writes the stream to a file, or to standard output where it is called `-`. Of no named page, all are in it.
pub(super) fn write(
    path: &Path,
    pages_named: &[String],
    store: &Path,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let store = open(store)?;
    let pages = resolve::pages_or_all(&store, pages_named)?;
    let written = if path == Path::new("-") {
        stream(&store, &pages, world.out)?
    } else {
        let (new, mut file) = NewFile::begin(path)?;
        let mut out = BufWriter::new(&mut file);
        let written = stream(&store, &pages, &mut out)?;
        out.flush()?;
        drop(out);
        new.finish(&file)?;
        written
    };
    let (revisions, of) = (counted(written, "revision"), counted(pages.len(), "page"));
    writeln!(world.err, "{}: {revisions} of {of}", escape(&path.to_string_lossy()))?;
    Ok(Exit::Fine)
}

fn stream(store: &Store, pages: &[Page], out: &mut dyn Write) -> Result<usize, Failure> {
    let (mut revisions, mut entities) = (BTreeMap::new(), Vec::new());
    for (place, page) in pages.iter().enumerate() {
        revisions.insert(place, store.revisions(page.id)?);
        entities.push(store.entities(page.id)?);
    }
    let order = order(&revisions);
    views::git_begin(out)?;
    for (_, place, number) in &order {
        let (page, all) = (&pages[*place], &revisions[place]);
        let Some(revision) = Revision::numbered(all, *number) else { continue };
        commit(store, page, revision, entities[*place].get(number), out)?;
    }
    views::git_end(out)?;
    Ok(order.len())
}

/// When each revision comes: by time, and never before an earlier one of its page, even where the clock went back.
fn order(revisions: &BTreeMap<usize, Vec<Revision>>) -> Vec<(Timestamp, usize, RevisionNumber)> {
    let mut order = Vec::new();
    for (place, revisions) in revisions {
        let mut latest = Timestamp::from_millis(i64::MIN);
        for revision in revisions {
            latest = latest.max(revision.first_seen);
            order.push((latest, *place, revision.number));
        }
    }
    order.sort();
    order
}

fn commit(
    store: &Store,
    page: &Page,
    revision: &Revision,
    entity: Option<&Digest>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let layout = store.layout(page.id, revision.number)?;
    let passages: Vec<_> = passages(&layout, &wordings).collect();
    past.sound()?;
    views::git_commit(out, page, revision, entity, &passages).map_err(|why: io::Error| why.into())
}
