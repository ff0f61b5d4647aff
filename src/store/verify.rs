//! The whole file to what is wrong with it: every digest, seal, difference and reference is tried, each fault named.
//!
//! Most damage is silent: SQLite's own check sees a broken page and no changed payload. Reading everything as a listing
//! would, and comparing it with the digests that were kept, sees both. Memory is bounded: by one page's wordings and one
//! layout at a time, and a fixed share for contents that others lean on.

use rusqlite::{Connection, Row};

use super::bodies::{BodyId, Recent, is_sound};
use super::captures::unsound;
use super::chain::{LinkFault, verify_links};
use super::layouts::layout;
use super::pages::PageId;
use super::revisions::StateId;
use super::wordings::wordings;
use super::{CaptureId, Page, Store, StoreError};
use crate::fetch::Digest;
use crate::lineage::{ByNumber as _, Wording};
use crate::page::PageUrl;

/// How much is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// The file's own structure, seals and laws.
    Quick,
    /// Bodies and texts too.
    Whole,
}

/// Something that is not as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The page that it concerns, if it concerns one.
    pub page: Option<PageUrl>,
    /// The capture that it concerns, if it concerns one.
    pub capture: Option<CaptureId>,
    /// What was found, in lower case.
    pub detail: String,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FaultKind {
    /// The file itself is no longer what SQLite made it.
    File,
    /// A row names another that is not there.
    Reference,
    /// A body does not give the entity that it is known by.
    Body,
    /// A capture's seal does not match.
    Capture,
    /// The chain of digests over all captures does not hold.
    Chain,
    /// What was told from captures cannot be read, or does not say what it said.
    Text,
    /// Revisions are not numbered 1, 2, 3, …, or the last is not the one that stands.
    Numbers,
    /// A run of checks ends before it begins.
    Times,
}

/// How much there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Examined {
    /// Pages, watched or not.
    pub pages: usize,
    /// Captures.
    pub captures: usize,
    /// Bodies; none with [`Depth::Quick`].
    pub bodies: usize,
    /// Revisions.
    pub revisions: usize,
    /// Runs of checks.
    pub observations: usize,
}

impl FaultKind {
    /// The name that programs read.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Reference => "reference",
            Self::Body => "body",
            Self::Capture => "capture",
            Self::Chain => "chain",
            Self::Text => "text",
            Self::Numbers => "numbers",
            Self::Times => "times",
        }
    }

    /// Whether it can be told anew from the captures.
    pub fn is_told(self) -> bool {
        matches!(self, Self::Text | Self::Numbers)
    }
}

impl Fault {
    fn of_file(detail: impl Into<String>) -> Self {
        Self { kind: FaultKind::File, page: None, capture: None, detail: detail.into() }
    }

    fn of_page(kind: FaultKind, page: &PageUrl, detail: impl Into<String>) -> Self {
        Self { kind, page: Some(page.clone()), capture: None, detail: detail.into() }
    }
}

/// Where faults go as they are found.
type Found<'f> = &'f mut dyn FnMut(Fault);

impl Store {
    /// Tries everything, and gives each fault as it is found. An error means that it could not be tried.
    pub fn verify(&self, depth: Depth, found: Found<'_>) -> Result<Examined, StoreError> {
        let connection = &self.connection;
        let mut examined = Examined::default();
        part(found, |found| structure(connection, depth, found))?;
        part(found, |found| references(connection, found))?;
        part(found, |found| chain(connection, found))?;
        part(found, |found| captures(connection, found).map(|count| examined.captures = count))?;
        part(found, |found| {
            (examined.revisions, examined.observations) = laws(connection, found)?;
            Ok(())
        })?;
        if depth == Depth::Whole {
            part(found, |found| bodies(connection, found).map(|count| examined.bodies = count))?;
        }
        part(found, |found| {
            let pages = self.pages_ever()?;
            examined.pages = pages.len();
            if depth == Depth::Quick {
                return Ok(());
            }
            pages.iter().try_for_each(|page| part(found, |found| text(self, page, found)))
        })?;
        Ok(examined)
    }
}

/// Does one part; damage that keeps it from going on is a fault, and the next part is tried all the same.
fn part(
    found: Found<'_>,
    part: impl FnOnce(Found<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match part(found) {
        Err(error) if is_damage(&error) => {
            let text = error.to_string();
            let detail = text.lines().next().unwrap_or_default();
            found(Fault::of_file(detail));
            Ok(())
        }
        done => done,
    }
}

/// Whether an error is about what stands in the file, and not about reaching it.
fn is_damage(error: &StoreError) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error {
        StoreError::Damaged(_) | StoreError::DamagedText(_) => true,
        StoreError::Inside(source) | StoreError::Sqlite { source, .. } => {
            let code = source.sqlite_error_code();
            code.is_none_or(|code| matches!(code, DatabaseCorrupt | NotADatabase))
        }
        _ => false,
    }
}

/// SQLite's own check.
fn structure(connection: &Connection, depth: Depth, found: Found<'_>) -> Result<(), StoreError> {
    let sql = match depth {
        Depth::Quick => "PRAGMA quick_check",
        Depth::Whole => "PRAGMA integrity_check",
    };
    let mut query = connection.prepare(sql)?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        if said != "ok" {
            found(Fault::of_file(said.to_lowercase()));
        }
    }
    Ok(())
}

fn references(connection: &Connection, found: Found<'_>) -> Result<(), StoreError> {
    let mut query = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut rows: Vec<(String, Option<i64>, String)> = rows.collect::<Result<_, _>>()?;
    // SQLite gives them by tables in an order of its own.
    rows.sort();
    for (table, id, parent) in rows {
        let row = id.map_or_else(|| "a row".to_owned(), |id| format!("row {id}"));
        let detail = format!("{row} of {table} names a row of {parent} that is not there");
        found(Fault { kind: FaultKind::Reference, ..Fault::of_file(detail) });
    }
    Ok(())
}

fn chain(connection: &Connection, found: Found<'_>) -> Result<(), StoreError> {
    let checked = verify_links(connection)?;
    let mut broken =
        |detail: String| found(Fault { kind: FaultKind::Chain, ..Fault::of_file(detail) });
    for LinkFault { seq, kind, what } in checked.faults {
        broken(format!("link {seq} of the chain: {what} is {}", kind.name()));
    }
    // A history from before there was a chain has none, until its next capture.
    if checked.links > 0 && checked.unchained > 0 {
        broken(format!("{} captures are in no link of the chain", checked.unchained));
    }
    Ok(())
}

fn captures(connection: &Connection, found: Found<'_>) -> Result<usize, StoreError> {
    let mut broken = Vec::new();
    let count = unsound(connection, &mut |page, capture| broken.push((page, capture)))?;
    for (page, capture) in broken {
        let detail = "its headers, times or addresses are not those that were sealed";
        let page = url(connection, page)?;
        let fault = Fault { capture: Some(capture), ..Fault::of_file(detail) };
        found(Fault { kind: FaultKind::Capture, page, ..fault });
    }
    Ok(count)
}

fn bodies(connection: &Connection, found: Found<'_>) -> Result<usize, StoreError> {
    let mut query = connection.prepare("SELECT id FROM body ORDER BY id")?;
    let mut rows = query.query([])?;
    let (mut count, mut recent) = (0, Recent::default());
    while let Some(row) = rows.next()? {
        count += 1;
        let body: BodyId = row.get(0)?;
        let sound = match is_sound(connection, body, &mut recent) {
            Err(error) if is_damage(&error) => false,
            sound => sound?,
        };
        if !sound {
            named_by(connection, body, found)?;
        }
    }
    Ok(count)
}

/// Every capture that a damaged body belongs to.
fn named_by(connection: &Connection, body: BodyId, found: Found<'_>) -> Result<(), StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id, page FROM capture WHERE body = ?1
         UNION SELECT c.id, c.page FROM rendered AS r JOIN capture AS c ON c.id = r.capture WHERE r.body = ?1",
    )?;
    let named = query.query_map([body], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let named: Vec<(CaptureId, PageId)> = named.collect::<Result<_, _>>()?;
    let detail = "its body does not match its digest";
    if named.is_empty() {
        let detail = format!("body {}, of no capture, does not match its digest", body.0);
        found(Fault { kind: FaultKind::Body, ..Fault::of_file(detail) });
    }
    for (capture, page) in named {
        let page = url(connection, page)?;
        let fault = Fault { capture: Some(capture), ..Fault::of_file(detail) };
        found(Fault { kind: FaultKind::Body, page, ..fault });
    }
    Ok(())
}

/// The laws of the columns: how many revisions and runs of checks there are, and which of them break one.
fn laws(connection: &Connection, found: Found<'_>) -> Result<(usize, usize), StoreError> {
    const GAPS: &str =
        "SELECT page, count(*) || ' revisions are numbered up to ' || max(number) FROM revision
        GROUP BY page HAVING min(number) <> 1 OR max(number) <> count(*)";
    const STANDING: &str = "SELECT b.page, 'r' || b.revision || ' stands, and the last is r' || max(r.number)
        FROM baseline AS b JOIN revision AS r ON r.page = b.page GROUP BY b.page HAVING max(r.number) <> b.revision";
    const BACKWARDS: &str = "SELECT page, 'a run of ' || checks || ' checks goes from ' || first_at || ' to ' || last_at
        FROM observation WHERE last_at < first_at OR checks < 1 ORDER BY page, id";
    const UNKNOWN: &str = "SELECT DISTINCT o.page, 'a check saw r' || o.revision || ', which is not there' FROM observation AS o
        WHERE o.revision IS NOT NULL AND NOT EXISTS (SELECT 1 FROM revision AS r WHERE r.page = o.page AND r.number = o.revision)";
    for (kind, sql) in [
        (FaultKind::Numbers, GAPS),
        (FaultKind::Numbers, STANDING),
        (FaultKind::Times, BACKWARDS),
        (FaultKind::Numbers, UNKNOWN),
    ] {
        let mut query = connection.prepare(sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let page = url(connection, row.get(0)?)?;
            found(Fault { kind, page, ..Fault::of_file(row.get::<_, String>(1)?) });
        }
    }
    let count = |table| {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row: &Row<'_>| row.get::<_, i64>(0))
    };
    let whole = |count: i64| usize::try_from(count).unwrap_or(0);
    Ok((whole(count("revision")?), whole(count("observation")?)))
}

/// The text of every state of a page, by its layout and its wordings, against its digest; and what the next check needs.
fn text(store: &Store, page: &Page, found: Found<'_>) -> Result<(), StoreError> {
    // What is told anew meanwhile would look like damage.
    let _moment = store.connection.unchecked_transaction()?;
    let mut tell = |detail: &str| found(Fault::of_page(FaultKind::Text, &page.url, detail));
    if store.document(page.id).is_err() {
        tell("what its next check is compared with cannot be read");
    }
    match wordings(&store.connection, page.id) {
        Ok(wordings) => states(store, page, &wordings, &mut tell),
        Err(error) if is_damage(&error) => {
            tell("a wording does not match its digest");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn states(
    store: &Store,
    page: &Page,
    wordings: &[Wording],
    tell: &mut dyn FnMut(&str),
) -> Result<(), StoreError> {
    let connection = &store.connection;
    let mut query = connection
        .prepare_cached("SELECT state.id, digest, (SELECT min(number) FROM revision WHERE revision.state = state.id) FROM state WHERE page = ?1 ORDER BY id")?;
    let rows = query.query_map([page.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let all: Vec<(StateId, Digest, Option<u32>)> = rows.collect::<Result<_, _>>()?;
    for (state, digest, revision) in all {
        let says = match layout(connection, state) {
            Ok(layout) => layout
                .iter()
                .map(|placed| Some(wordings.numbered(placed.wording)?.text.as_str()))
                .collect::<Option<Vec<_>>>()
                .map(|texts| Digest::of_texts(texts.into_iter())),
            Err(error) if is_damage(&error) => None,
            Err(error) => return Err(error),
        };
        if says != Some(digest) {
            let number = revision.map_or_else(|| "a revision".to_owned(), |it| format!("r{it}"));
            tell(&format!("the text of {number} does not match its digest"));
        }
    }
    Ok(())
}

/// The address of a page; `None` if it is damaged itself.
fn url(connection: &Connection, page: PageId) -> Result<Option<PageUrl>, StoreError> {
    let mut query = connection.prepare_cached("SELECT url FROM page WHERE id = ?1")?;
    let found = query.query_row([page], |row| row.get::<_, String>(0));
    match found {
        Ok(text) => Ok(text.parse().ok()),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
