//! Events to rows and back: what happened to which words, by reference to the wordings that hold them.

use std::collections::BTreeMap;

use rusqlite::{Row, params};

use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::extract::{Token, stretch, tokens};
use crate::lineage::{Event, EventKind, RevisionNumber, Strand, WordingId, Wordings};

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// The page.
    pub page: PageId,
    /// The revision in which it happened.
    pub revision: RevisionNumber,
    /// What happened.
    pub event: Event,
}

/// So many characters of the words stand in the row itself, for people who read it with another tool.
const WORDS: usize = 120;

const COLUMNS: &str = "page, revision, kind, grade, old_wording, old_from, old_to, new_wording, new_from, new_to, born, gone, times, gate";

impl Store {
    /// The events of a page from this revision on, or all of them; oldest first.
    pub fn events_since(
        &self,
        page: PageId,
        revision: Option<RevisionNumber>,
    ) -> Result<Vec<EventRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM event WHERE page = ?1 AND revision >= ?2 ORDER BY revision, position"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query
            .query_map(params![page, revision.unwrap_or(RevisionNumber::FIRST)], event_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The same, by revision.
    pub fn events_by_revision(
        &self,
        page: PageId,
        since: Option<RevisionNumber>,
    ) -> Result<BTreeMap<RevisionNumber, Vec<Event>>, StoreError> {
        let mut events: BTreeMap<RevisionNumber, Vec<Event>> = BTreeMap::new();
        for row in self.events_since(page, since)? {
            events.entry(row.revision).or_default().push(row.event);
        }
        Ok(events)
    }

    /// The revisions with the newest events that are told, of one page or of all, newest first; of these kinds, if any
    /// are named.
    pub fn lately(
        &self,
        page: Option<PageId>,
        kinds: &[EventKind],
        most: usize,
    ) -> Result<Vec<(PageId, RevisionNumber)>, StoreError> {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let kinds = if kinds.is_empty() {
            String::new()
        } else {
            format!("AND kind IN ('{}')", names.join("', '"))
        };
        let mut query = self.connection.prepare(&format!(
            "SELECT r.page, r.number FROM revision AS r JOIN capture ON capture.id = r.capture
             WHERE (?1 IS NULL OR r.page = ?1) AND EXISTS (SELECT 1 FROM event AS e WHERE e.page = r.page AND e.revision = r.number
             AND (gate IS NULL OR gate = 'flicker') {kinds}) ORDER BY capture.at DESC, r.page, r.number DESC LIMIT ?2"
        ))?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = query.query_map(params![page, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The events of one revision.
    pub fn events_in(
        &self,
        page: PageId,
        revision: RevisionNumber,
    ) -> Result<Vec<EventRow>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM event WHERE page = ?1 AND revision = ?2 ORDER BY position"
        ))?;
        let rows = query.query_map(params![page, revision], event_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Keeps the events of one revision.
    pub fn keep_events(
        &self,
        page: PageId,
        revision: RevisionNumber,
        events: &[Event],
        wordings: &Wordings<'_>,
    ) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO event (page, revision, position, kind, grade, old_wording, old_from, old_to, new_wording, new_from, new_to, born, gone, times, gate, words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?;
        // A wording that much happened to is cut into words once.
        let mut cut: BTreeMap<WordingId, Vec<Token<'_>>> = BTreeMap::new();
        let mut words = |strand: &Strand| {
            let Some(wording) = wordings.get(strand.wording.0 as usize) else {
                return String::new();
            };
            let tokens = cut.entry(strand.wording).or_insert_with(|| tokens(&wording.text));
            let words = stretch(&wording.text, tokens, &strand.tokens);
            words.chars().take(WORDS).collect()
        };
        for (position, event) in events.iter().enumerate() {
            let (old, new) = (ends(event.old.as_ref()), ends(event.new.as_ref()));
            let strand = event.new.as_ref().or(event.old.as_ref()).filter(|_| event.is_told());
            let words = strand.map_or_else(String::new, &mut words);
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            insert.execute(params![
                page,
                revision,
                position,
                event.kind,
                event.grade,
                old.0,
                old.1,
                old.2,
                new.0,
                new.1,
                new.2,
                event.born,
                event.gone,
                event.times,
                event.gate,
                words
            ])?;
        }
        Ok(())
    }
}

type Ends = (Option<WordingId>, Option<i64>, Option<i64>);

fn ends(strand: Option<&Strand>) -> Ends {
    let end = |index: usize| i64::try_from(index).ok();
    strand.map_or((None, None, None), |strand| {
        (Some(strand.wording), end(strand.tokens.start), end(strand.tokens.end))
    })
}

fn event_of_row(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let strand = |first: usize| -> rusqlite::Result<Option<Strand>> {
        let Some(wording) = row.get(first)? else { return Ok(None) };
        let end = |index| row.get::<_, i64>(index).map(|end| usize::try_from(end).unwrap_or(0));
        Ok(Some(Strand { wording, tokens: end(first + 1)?..end(first + 2)? }))
    };
    let event = Event {
        kind: row.get(2)?,
        grade: row.get(3)?,
        old: strand(4)?,
        new: strand(7)?,
        born: row.get(10)?,
        gone: row.get(11)?,
        times: row.get(12)?,
        gate: row.get(13)?,
    };
    Ok(EventRow { page: row.get(0)?, revision: row.get(1)?, event })
}
