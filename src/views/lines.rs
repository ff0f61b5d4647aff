//! What is known of a page to JSON Lines: a table a kind, for programs that read many rows and few columns.
//!
//! The rows have the fields that the listings have in their JSON, and the page's name and address where these stand around
//! them there. `lines.schema.json` says what each means, and names the columns: a field that a listing leaves out is null
//! here, so that a question can be asked of every history in the same words.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::captures::{CaptureJson, capture_json};
use super::events::{EventsOf, event_json};
use super::json_line;
use super::log::revisions_json;
use super::pages::{PageLine, page_json};
use super::sources::SourceJson;
use crate::fetch::Digest;
use crate::lineage::RevisionNumber;
use crate::store::{CaptureId, Memento, Observation, Page, Revision, Sifted, Source};

/// What the rows mean, as JSON Schema.
pub const SCHEMA: &str = include_str!("lines.schema.json");

/// The columns of each table, in order.
pub struct Columns {
    pages: Vec<String>,
    captures: Vec<String>,
    observations: Vec<String>,
    revisions: Vec<String>,
    events: Vec<String>,
}

/// The page that rows are of.
#[derive(Clone, Copy)]
pub struct LinesOf<'a> {
    /// The page.
    pub page: &'a Page,
    /// Who took those of its captures that palinode did not take itself.
    pub sources: &'a BTreeMap<CaptureId, Source>,
}

/// A row with the page that it is of.
#[derive(Serialize)]
struct Row<'a, T> {
    page: &'a str,
    url: &'a str,
    #[serde(flatten)]
    rest: T,
}

impl LinesOf<'_> {
    fn row<T>(&self, rest: T) -> Row<'_, T> {
        Row { page: self.page.title(), url: self.page.url.as_str(), rest }
    }
}

#[derive(Serialize)]
struct KeptJson<'a> {
    #[serde(flatten)]
    capture: CaptureJson<'a>,
    /// The address that answered.
    answered_by: Option<String>,
    media_type: Option<String>,
    entity_sha256: Option<String>,
}

#[derive(Serialize)]
struct ObservationJson<'a> {
    outcome: &'a str,
    reason: Option<&'a str>,
    revision: Option<u32>,
    capture: Option<String>,
    first_at: String,
    last_at: String,
    checks: u32,
    longest_gap_seconds: u64,
    /// Who looked, if it was not palinode itself.
    source: Option<SourceJson<'a>>,
}

impl Columns {
    /// The columns that [`SCHEMA`] names.
    pub fn of_schema() -> io::Result<Self> {
        let schema: Value = serde_json::from_str(SCHEMA)?;
        let of = |kind: &str| {
            let columns = schema["$defs"][kind]["properties"].as_object();
            columns.into_iter().flat_map(Map::keys).cloned().collect()
        };
        Ok(Self {
            pages: of("Page"),
            captures: of("Capture"),
            observations: of("Observation"),
            revisions: of("Revision"),
            events: of("Event"),
        })
    }

    /// Writes the row of a page.
    pub fn page(
        &self,
        out: &mut dyn Write,
        of: LinesOf<'_>,
        revision: Option<RevisionNumber>,
        observations: &[Observation],
    ) -> io::Result<()> {
        // As in `pages`: what others saw is no check.
        let is_own = |run: &&Observation| {
            run.seen.capture.is_none_or(|capture| !of.sources.contains_key(&capture))
        };
        let last = observations.iter().rev().find(is_own);
        let line = PageLine { page: of.page, revision, last, put_off: None };
        row(out, &self.pages, &page_json(&line))
    }

    /// Writes a row a capture, oldest first.
    pub fn captures(
        &self,
        out: &mut dyn Write,
        of: LinesOf<'_>,
        captures: &[Sifted],
        mementos: &[Memento],
    ) -> io::Result<()> {
        let mementos: BTreeMap<CaptureId, &Memento> =
            mementos.iter().map(|memento| (memento.capture, memento)).collect();
        for capture in captures {
            let memento = mementos.get(&capture.id);
            let kept = KeptJson {
                capture: capture_json(capture),
                answered_by: memento.map(|memento| memento.url.to_string()),
                media_type: memento.and_then(|memento| memento.media_type()),
                entity_sha256: memento.map(|memento| memento.entity.to_string()),
            };
            row(out, &self.captures, &of.row(kept))?;
        }
        Ok(())
    }

    /// Writes a row for each run of checks that came to the same, oldest first.
    pub fn observations(
        &self,
        out: &mut dyn Write,
        of: LinesOf<'_>,
        observations: &[Observation],
    ) -> io::Result<()> {
        for run in observations {
            let capture = run.seen.capture;
            let seen = ObservationJson {
                outcome: &run.seen.outcome,
                reason: run.seen.reason.as_deref(),
                revision: run.seen.revision.map(|number| number.0),
                capture: capture.map(|capture| capture.to_string()),
                first_at: run.first_at.to_string(),
                last_at: run.last_at.to_string(),
                checks: run.checks,
                longest_gap_seconds: run.longest_gap / 1000,
                source: capture.and_then(|capture| of.sources.get(&capture)).map(SourceJson::of),
            };
            row(out, &self.observations, &of.row(seen))?;
        }
        Ok(())
    }

    /// Writes a row a revision, oldest first, with the digests of the entities that showed each first.
    pub fn revisions(
        &self,
        out: &mut dyn Write,
        of: LinesOf<'_>,
        revisions: &[Revision],
        entities: &BTreeMap<RevisionNumber, Digest>,
    ) -> io::Result<()> {
        let mut revisions = revisions_json(revisions, entities);
        revisions.try_for_each(|(_, revision)| row(out, &self.revisions, &of.row(revision)))
    }

    /// Writes a row an event, told or not, in their order.
    pub fn events(&self, out: &mut dyn Write, of: &EventsOf<'_>) -> io::Result<()> {
        let events = of.events.iter().map(|(number, event)| event_json(of, *number, event));
        events.into_iter().try_for_each(|event| row(out, &self.events, &event))
    }
}

/// Writes a row with all of its columns, in their order.
fn row<T: Serialize>(out: &mut dyn Write, columns: &[String], of: &T) -> io::Result<()> {
    let mut fields = match serde_json::to_value(of)? {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let mut all = Map::new();
    for column in columns {
        all.insert(column.clone(), fields.remove(column).unwrap_or(Value::Null));
    }
    all.extend(fields);
    json_line(out, &all)
}
