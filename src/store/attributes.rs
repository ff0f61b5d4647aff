//! Changes of attributes to rows and back: where links led and lead, what pictures were and are said to show.
//!
//! Apart from events, which are about words: an attribute has no strand and no life, only one value after another.

use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::captures::CaptureId;
use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::diff::AttributeChange;
use crate::extract::AttributeKind;

/// A change of an attribute, and the capture that showed it first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeRow {
    /// The capture.
    pub capture: CaptureId,
    /// When it was taken.
    pub at: Timestamp,
    /// What changed.
    pub change: AttributeChange,
}

impl Store {
    /// What changed beside the words of a page, oldest first.
    pub fn attribute_changes(&self, page: PageId) -> Result<Vec<AttributeRow>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT capture, at, kind, passage, about, old, new FROM attribute_change JOIN capture ON capture.id = attribute_change.capture
             WHERE attribute_change.page = ?1 ORDER BY at, capture, position",
        )?;
        let rows = query.query_map([page], row_of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// Keeps what changed beside the words with a capture.
    pub fn keep_attribute_changes(
        &self,
        page: PageId,
        capture: CaptureId,
        changes: &[AttributeChange],
    ) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO attribute_change (page, capture, position, kind, passage, about, old, new) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (position, change) in changes.iter().enumerate() {
            let AttributeChange { kind, passage, about, old, new } = change;
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            insert.execute(params![
                page,
                capture,
                position,
                kind.name(),
                passage,
                about,
                old,
                new
            ])?;
        }
        Ok(())
    }

    /// When an attribute changed the last so many times, the latest first. A link is known by its words alone, whatever
    /// becomes of the text around them; a picture by its passage.
    pub fn attribute_changed_at(
        &self,
        page: PageId,
        change: &AttributeChange,
        most: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT DISTINCT at FROM attribute_change JOIN capture ON capture.id = attribute_change.capture
             WHERE attribute_change.page = ?1 AND kind = ?2 AND about = ?3 AND (passage = ?4 OR kind = 'link') ORDER BY at DESC LIMIT ?5",
        )?;
        let AttributeChange { kind, passage, about, .. } = change;
        let rows =
            query.query_map(params![page, kind.name(), about, passage, most], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last look of a page before this time that saw it.
    pub fn seen_before(
        &self,
        page: PageId,
        at: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT max(last_at) FROM observation WHERE page = ?1 AND last_at < ?2 AND outcome IN ('changed', 'same', 'same-304')",
        )?;
        Ok(query.query_row(params![page, at], |row| row.get(0))?)
    }
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<AttributeRow> {
    let kind: String = row.get(2)?;
    let unknown = || {
        let why = format!("\"{kind}\" is no kind of attribute");
        rusqlite::Error::FromSqlConversionFailure(2, Type::Text, why.into())
    };
    Ok(AttributeRow {
        capture: row.get(0)?,
        at: row.get(1)?,
        change: AttributeChange {
            kind: AttributeKind::named(&kind).ok_or_else(unknown)?,
            passage: row.get(3)?,
            about: row.get(4)?,
            old: row.get(5)?,
            new: row.get(6)?,
        },
    })
}
