//! What a person says of captures, over palinode's own judgement, and what became of every capture.
//!
//! A verdict is a fact: it is kept with its time, the last one of a capture counts, and a rebuild heeds it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::captures::CaptureId;
use super::pages::PageId;
use super::sources::{Source, in_order, source_at};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::lineage::RevisionNumber;

/// What a person says of a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It shows the page.
    Believed,
    /// It does not.
    Disbelieved,
    /// What was said before is taken back: palinode judges by itself.
    Withdrawn,
}

/// One capture, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sifted {
    /// The capture.
    pub id: CaptureId,
    /// When its last byte had arrived.
    pub at: Timestamp,
    /// The HTTP status.
    pub status: u16,
    /// Bytes of its content.
    pub size: usize,
    /// Bytes of what its scripts made of it, if they were run.
    pub rendered: Option<usize>,
    /// The revision that it shows, if it is believed.
    pub revision: Option<RevisionNumber>,
    /// Why palinode does not believe it, or did not, if a person does.
    pub reason: Option<String>,
    /// What a person said of it last, and when; never [`Verdict::Withdrawn`].
    pub verdict: Option<(Verdict, Timestamp)>,
    /// Who says that it was sent, if palinode did not take it itself.
    pub source: Option<Source>,
}

impl Sifted {
    /// Whether it is kept and not believed.
    pub fn is_held(&self) -> bool {
        self.revision.is_none()
    }
}

/// What counts of each capture's verdicts is the last.
const LAST: &str =
    "v.id = (SELECT max(id) FROM verdict WHERE capture = v.capture) AND v.verdict <> 'withdrawn'";

/// The last revision by then that has the capture's state: by time, since captures of others come late, and by number
/// where a clock went backwards.
const SHOWS: &str = "
    coalesce((SELECT max(number) FROM revision AS r JOIN capture AS first ON first.id = r.capture
              WHERE r.page = c.page AND r.state = c.state AND first.at <= c.at),
             (SELECT max(number) FROM revision WHERE page = c.page AND state = c.state AND capture <= c.id))";

/// The reason that the run of checks gives which this capture began, else the one that it fell into.
const REASON: &str = "
    coalesce((SELECT min(reason) FROM observation WHERE observation.capture = c.id AND outcome = 'held'),
             (SELECT reason FROM observation WHERE page = c.page AND outcome = 'held' AND first_at <= c.at ORDER BY first_at DESC LIMIT 1))";

impl Store {
    /// The captures of a page and what became of them, oldest first.
    pub fn sifted(&self, page: PageId) -> Result<Vec<Sifted>, StoreError> {
        self.sifted_where("true", page)
    }

    /// The same of one of them.
    pub fn sifted_one(
        &self,
        page: PageId,
        capture: CaptureId,
    ) -> Result<Option<Sifted>, StoreError> {
        Ok(self.sifted_where(&format!("c.id = {}", capture.0), page)?.pop())
    }

    fn sifted_where(&self, which: &str, page: PageId) -> Result<Vec<Sifted>, StoreError> {
        let of =
            |column| format!("(SELECT {column} FROM verdict AS v WHERE capture = c.id AND {LAST})");
        let (verdict, since) = (of("verdict"), of("at"));
        let sql = format!(
            "SELECT c.id, c.at, c.status, body.size,
                    {SHOWS},
                    CASE WHEN c.doubted IS NULL AND c.state IS NOT NULL THEN NULL ELSE {REASON} END, {verdict}, {since},
                    (SELECT b.size FROM rendered JOIN body AS b ON b.id = rendered.body WHERE rendered.capture = c.id),
                    source.kind, source.name, source.record, source.uri, source.received_at, source.via, source.verdict
             FROM capture AS c JOIN body ON body.id = c.body LEFT JOIN source ON source.capture = c.id
             WHERE c.page = ?1 AND {which} ORDER BY c.id"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map([page], sifted_of_row)?;
        let mut captures: Vec<Sifted> = rows.collect::<Result<_, _>>()?;
        in_order(&mut captures, |capture| capture.at, |capture| capture.source.is_some());
        Ok(captures)
    }

    /// What a person said of this text: of the last capture that has it, among those of which something was said.
    pub fn verdict_on(
        &self,
        page: PageId,
        says: Digest,
    ) -> Result<Option<(CaptureId, Verdict)>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT v.capture, v.verdict FROM verdict AS v CROSS JOIN capture ON capture.id = v.capture
             WHERE v.says = ?2 AND capture.page = ?1 AND {LAST} ORDER BY v.capture DESC LIMIT 1"
        ))?;
        let row = query.query_row(params![page, says], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(row.optional()?)
    }
}

impl Writing<'_> {
    /// Keeps what a person says of a capture.
    pub fn keep_verdict(
        &self,
        capture: CaptureId,
        verdict: Verdict,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("INSERT INTO verdict (capture, verdict, at) VALUES (?1, ?2, ?3)")?
            .execute(params![capture, verdict, at])?;
        Ok(())
    }

    /// What counts of what was said of a page's captures.
    pub fn verdicts(&self, page: PageId) -> Result<BTreeMap<CaptureId, Verdict>, StoreError> {
        verdicts(&self.transaction, page)
    }

    /// Remembers what a capture says of which something was said, so that the same text is known again.
    pub fn keep_verdict_text(&self, capture: CaptureId, says: Digest) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE verdict SET says = ?2 WHERE capture = ?1")?
            .execute(params![capture, says])?;
        Ok(())
    }
}

fn verdicts(
    connection: &Connection,
    page: PageId,
) -> Result<BTreeMap<CaptureId, Verdict>, StoreError> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT v.capture, v.verdict FROM verdict AS v JOIN capture ON capture.id = v.capture WHERE capture.page = ?1 AND {LAST}"
    ))?;
    let rows = query.query_map([page], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn sifted_of_row(row: &Row<'_>) -> rusqlite::Result<Sifted> {
    let size: i64 = row.get(3)?;
    Ok(Sifted {
        id: row.get(0)?,
        at: row.get(1)?,
        status: row.get(2)?,
        size: usize::try_from(size).unwrap_or(0),
        rendered: row.get::<_, Option<i64>>(8)?.and_then(|size| usize::try_from(size).ok()),
        revision: row.get(4)?,
        reason: row.get(5)?,
        verdict: row.get::<_, Option<Verdict>>(6)?.zip(row.get(7)?),
        source: source_at(row, 9)?,
    })
}

impl Verdict {
    const ALL: [Self; 3] = [Self::Believed, Self::Disbelieved, Self::Withdrawn];

    /// Its name, in the store and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Believed => "believed",
            Self::Disbelieved => "disbelieved",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no known verdict")]
pub struct UnknownVerdict(String);

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(text: &str) -> Result<Self, UnknownVerdict> {
        let named = Self::ALL.into_iter().find(|verdict| verdict.name() == text);
        named.ok_or_else(|| UnknownVerdict(text.to_owned()))
    }
}
