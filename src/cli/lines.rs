//! The history to JSON Lines: a file a table, for programs that take many rows at once.
//!
//! One page is read at a time, and of its events one revision, so that a long history takes no more room than its longest
//! page. The same history gives the same files.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::new_file::NewFile;
use super::{Exit, Failure, World, open, resolve};
use crate::lineage::Wordings;
use crate::store::{Page, Revision, Store};
use crate::views::{self, Columns, EventsOf, LinesOf, counted, escape};

/// The tables, and what their rows mean.
struct Tables {
    columns: Columns,
    pages: Table,
    captures: Table,
    observations: Table,
    revisions: Table,
    events: Table,
    schema: Table,
}

/// One of the files.
struct Table {
    new: NewFile,
    out: BufWriter<File>,
}

/// Writes the files. Of no named page, all are in them.
pub(super) fn write(
    folder: &Path,
    pages_named: &[String],
    store: &Path,
    world: &mut World<'_>,
) -> Result<Exit, Failure> {
    let store = open(store)?;
    let pages = resolve::pages_or_all(&store, pages_named)?;
    std::fs::create_dir_all(folder)
        .map_err(|why| Failure::usage(format!("{}: {why}", folder.display())))?;
    let mut tables = Tables::begin(folder)?;
    tables.schema.out.write_all(views::SCHEMA.as_bytes())?;
    for page in &pages {
        tables.page(&store, page)?;
    }
    tables.finish()?;
    let pages = counted(pages.len(), "page");
    writeln!(world.err, "{}: {pages}", escape(&folder.to_string_lossy()))?;
    Ok(Exit::Fine)
}

impl Tables {
    fn begin(folder: &Path) -> Result<Self, Failure> {
        let table = |name: &str| -> Result<Table, Failure> {
            let (new, file) = NewFile::begin(&folder.join(name))?;
            Ok(Table { new, out: BufWriter::new(file) })
        };
        Ok(Self {
            columns: Columns::of_schema()?,
            pages: table("pages.jsonl")?,
            captures: table("captures.jsonl")?,
            observations: table("observations.jsonl")?,
            revisions: table("revisions.jsonl")?,
            events: table("events.jsonl")?,
            schema: table("schema.json")?,
        })
    }

    fn page(&mut self, store: &Store, page: &Page) -> Result<(), Failure> {
        let sources = store.sources(page.id)?;
        let of = LinesOf { page, sources: &sources };
        let revisions = store.revisions(page.id)?;
        let observations = store.observations(page.id)?;
        let newest = revisions.last().map(|revision| revision.number);
        self.columns.page(&mut self.pages.out, of, newest, &observations)?;
        self.columns.observations(&mut self.observations.out, of, &observations)?;
        let (captures, mementos) = (store.sifted(page.id)?, store.mementos(page)?);
        self.columns.captures(&mut self.captures.out, of, &captures, &mementos)?;
        let entities = store.entities(page.id)?;
        self.columns.revisions(&mut self.revisions.out, of, &revisions, &entities)?;
        for revision in &revisions {
            self.events(store, page, &revisions, revision)?;
        }
        Ok(())
    }

    fn events(
        &mut self,
        store: &Store,
        page: &Page,
        revisions: &[Revision],
        revision: &Revision,
    ) -> Result<(), Failure> {
        let rows = store.events_in(page.id, revision.number)?.into_iter();
        let events: Vec<_> = rows.map(|row| (row.revision, row.event)).collect();
        let past = store.past(page.id)?;
        let wordings = Wordings::of(&past);
        let (title, url) = (page.title(), page.url.as_str());
        let of = EventsOf { title, url, revisions, wordings: &wordings, events: &events };
        self.columns.events(&mut self.events.out, &of)?;
        Ok(past.sound()?)
    }

    fn finish(self) -> Result<(), Failure> {
        let Self { pages, captures, observations, revisions, events, schema, columns: _ } = self;
        let tables = [pages, captures, observations, revisions, events, schema];
        tables.into_iter().try_for_each(|Table { new, out }| {
            let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            new.finish(&file)
        })
    }
}
