//! The wordings that a page's passages ever had, and what they said first, to rows and back: a row a wording.
//!
//! What stands is asked for at every check and is kept whole; what was followed by another wording of its line is kept
//! as its difference to that one, since they differ by a word. So a revision writes what it changes, and reads what
//! stands with one row a passage.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::columns::packed;
use super::difference::Difference;
use super::pages::PageId;
use super::past::damaged;
use super::{StoreError, Writing};
use crate::extract::PassageKind;
use crate::lineage::{LineId, RevisionNumber, Weave, Wording, WordingId, Wordings};

/// One in so many wordings of a line stays whole, so that no more are read to read one.
const WHOLE: u32 = 16;

/// A row of the table is a page's number before so many bits of the wording's.
const BITS: u32 = 32;

/// What a row holds beside its columns.
#[derive(Serialize, Deserialize)]
struct Data<'a> {
    born: RevisionNumber,
    kind: PassageKind,
    text: Text<'a>,
}

#[derive(Serialize, Deserialize)]
enum Text<'a> {
    Whole(Cow<'a, str>),
    Between(Difference<u8>),
}

/// A row as it is read: what it says, or what it says other than the wording of this number.
struct Kept {
    line: LineId,
    next: Option<WordingId>,
    data: Vec<u8>,
    seal: i64,
}

impl Writing<'_> {
    /// Keeps the wordings that are new, and what they say first.
    pub fn keep_wordings(
        &self,
        page: PageId,
        wordings: &Wordings<'_>,
        weave: &Weave<'_>,
    ) -> Result<(), StoreError> {
        for (id, wording) in wordings.new_ones() {
            let before = weave.before(id);
            let nth = before.map(|before| self.followed(page, before, wordings, (id, wording)));
            self.keep_wording(page, id, wording, nth.transpose()?.unwrap_or(0))?;
        }
        let mut insert = self.transaction.prepare_cached(
            "INSERT OR IGNORE INTO said (page, digest, wording) VALUES (?1, ?2, ?3)",
        )?;
        for (digest, wording) in weave.learned() {
            insert.execute(params![page, digest.cast_signed(), wording])?;
        }
        Ok(())
    }

    /// Keeps a wording, whole.
    fn keep_wording(
        &self,
        page: PageId,
        id: WordingId,
        wording: &Wording,
        nth: u32,
    ) -> Result<(), StoreError> {
        let text = Text::Whole(Cow::Borrowed(&wording.text));
        let data = packed(&Data { born: wording.born, kind: wording.kind, text })?;
        self.transaction
            .prepare_cached(
                "INSERT INTO wording (id, line, nth, data, seal) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![row_of(page, id), wording.line, nth, data, seal_of(&wording.text)])?;
        Ok(())
    }

    /// A wording of a line is followed by another one: it is kept as its difference to that. Gives the place of the
    /// other one among the line's.
    fn followed(
        &self,
        page: PageId,
        before: WordingId,
        wordings: &Wordings<'_>,
        (id, wording): (WordingId, &Wording),
    ) -> Result<u32, StoreError> {
        let nth: u32 = self
            .transaction
            .prepare_cached("SELECT nth FROM wording WHERE id = ?1")?
            .query_row([row_of(page, before)], |row| row.get(0))?;
        let old = &wordings[before.0 as usize];
        let difference = Difference::of(old.text.as_bytes(), wording.text.as_bytes());
        if !(nth + 1).is_multiple_of(WHOLE) && difference.is_smaller_than(old.text.len()) {
            let text = Text::Between(difference);
            let data = packed(&Data { born: old.born, kind: old.kind, text })?;
            self.transaction
                .prepare_cached("UPDATE wording SET next = ?2, data = ?3 WHERE id = ?1")?
                .execute(params![row_of(page, before), id, data])?;
        }
        Ok(nth + 1)
    }

    /// Forgets the wordings of a page, and what they said.
    pub(super) fn forget_wordings(&self, page: PageId) -> Result<(), StoreError> {
        self.transaction.execute("DELETE FROM said WHERE page = ?1", [page])?;
        self.transaction
            .execute("DELETE FROM wording WHERE id BETWEEN ?1 AND ?2", rows_of(page))?;
        Ok(())
    }

    /// Keeps the lines of a weave that were touched.
    pub fn keep_weave(&self, page: PageId, weave: &Weave<'_>) -> Result<(), StoreError> {
        let mut insert = self.transaction.prepare_cached(
            "INSERT OR REPLACE INTO strand (page, line, slots, newest) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (id, line, newest) in weave.touched() {
            insert.execute(params![page, id, packed(&line)?, newest])?;
        }
        Ok(())
    }
}

impl Kept {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { line: row.get(0)?, next: row.get(1)?, data: row.get(2)?, seal: row.get(3)? })
    }

    /// The wording, where the text that it is a difference to is at hand; `None` if the row is damaged.
    fn wording(&self, next: Option<&str>) -> Option<Wording> {
        let data: Data<'_> = postcard::from_bytes(&self.data).ok()?;
        let text = match data.text {
            Text::Whole(text) => text.into_owned(),
            Text::Between(difference) => {
                String::from_utf8(difference.list(next?.as_bytes())?).ok()?
            }
        };
        let wording = Wording { line: self.line, born: data.born, kind: data.kind, text };
        (seal_of(&wording.text) == self.seal).then_some(wording)
    }
}

/// How many wordings a page has, each in a row of its own.
pub(super) fn count(connection: &Connection, page: PageId) -> Result<u32, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT max(id) FROM wording WHERE id BETWEEN ?1 AND ?2")?;
    let last: Option<i64> = query.query_row(rows_of(page), |row| row.get(0))?;
    Ok(last.map_or(0, |last| number_of(last).0 + 1))
}

/// One wording.
pub(super) fn wording(
    connection: &Connection,
    page: PageId,
    id: WordingId,
) -> Result<Wording, StoreError> {
    wording_from(connection, page, id, |next| Ok(wording(connection, page, next)?.text))
}

/// One wording, where somebody knows the text of the one that it may be a difference to.
pub(super) fn wording_from(
    connection: &Connection,
    page: PageId,
    id: WordingId,
    text_of: impl FnOnce(WordingId) -> Result<String, StoreError>,
) -> Result<Wording, StoreError> {
    let kept = kept(connection, page, id)?;
    // A number that does not go up could lead in a circle.
    let next = kept.next.filter(|next| *next > id);
    let next = next.map(text_of).transpose()?;
    kept.wording(next.as_deref()).ok_or_else(|| damaged(connection, page))
}

/// The row of a wording. Its own function, so that the statement is free again when the row of the next is asked for.
fn kept(connection: &Connection, page: PageId, id: WordingId) -> Result<Kept, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT line, next, data, seal FROM wording WHERE id = ?1")?;
    let kept = query.query_row([row_of(page, id)], Kept::of).optional()?;
    kept.ok_or_else(|| damaged(connection, page))
}

/// The line of a wording, and when it stood first. Its text is not made, and so not held against its seal.
pub(super) fn birth(
    connection: &Connection,
    page: PageId,
    id: WordingId,
) -> Result<(LineId, RevisionNumber), StoreError> {
    let mut query = connection.prepare_cached("SELECT line, data FROM wording WHERE id = ?1")?;
    let found = query.query_row([row_of(page, id)], |row| {
        Ok((row.get(0)?, postcard::from_bytes(row.get_ref(1)?.as_blob()?).ok()))
    });
    let (line, born) = found.optional()?.ok_or_else(|| damaged(connection, page))?;
    let born = born.ok_or_else(|| damaged(connection, page))?;
    Ok((line, born))
}

/// Goes through all wordings of a page, the newest first, without holding all of them.
pub(super) fn each_wording(
    connection: &Connection,
    page: PageId,
    mut each: impl FnMut(WordingId, &Wording),
) -> Result<(), StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT line, next, data, seal, id FROM wording WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC",
    )?;
    let mut rows = query.query(rows_of(page))?;
    // A wording is the base of one other at most: the one before it in its line.
    let mut newest: HashMap<LineId, (WordingId, Wording)> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (kept, id) = (Kept::of(row)?, number_of(row.get(4)?));
        let next = newest.get(&kept.line).filter(|(next, _)| kept.next == Some(*next));
        let next = next.map(|(_, next)| next.text.as_str());
        let wording = kept.wording(next).ok_or_else(|| damaged(connection, page))?;
        each(id, &wording);
        newest.insert(kept.line, (id, wording));
    }
    Ok(())
}

/// All wordings of a page, in the order of their numbers.
pub(super) fn wordings(connection: &Connection, page: PageId) -> Result<Vec<Wording>, StoreError> {
    let mut found = Vec::new();
    each_wording(connection, page, |_, wording| found.push(wording.clone()))?;
    found.reverse();
    Ok(found)
}

fn seal_of(text: &str) -> i64 {
    xxh3_64(text.as_bytes()).cast_signed()
}

fn row_of(page: PageId, id: WordingId) -> i64 {
    page.0 << BITS | i64::from(id.0)
}

fn rows_of(page: PageId) -> [i64; 2] {
    [row_of(page, WordingId(0)), row_of(page, WordingId(u32::MAX))]
}

fn number_of(row: i64) -> WordingId {
    WordingId(u32::try_from(row & i64::from(u32::MAX)).unwrap_or(u32::MAX))
}
