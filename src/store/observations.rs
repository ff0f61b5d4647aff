//! Checks to runs of equal ones: what was seen when, and when nobody looked.
//!
//! A check that finds nothing new only lengthens the last run, so that years of them cost nothing and every edit still
//! has its bounds.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::captures::CaptureId;
use super::pages::PageId;
use super::sources::{OWN, foreign_looks, in_order};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::lineage::RevisionNumber;

/// A run of consecutive checks that came to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Its row.
    pub id: i64,
    /// What the checks came to.
    pub seen: Seen,
    /// The first of them.
    pub first_at: Timestamp,
    /// The last of them.
    pub last_at: Timestamp,
    /// How many they were.
    pub checks: u32,
    /// The longest time between two neighbours, in milliseconds: so long, at most, nobody looked.
    pub longest_gap: u64,
}

/// What a check came to, as the history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `changed`, `same`, `same-304`, `held`, `failed`, `gone`.
    pub outcome: String,
    /// Why, where the page was not seen.
    pub reason: Option<String>,
    /// The revision that stood, where the page was seen.
    pub revision: Option<RevisionNumber>,
    /// The capture that shows it.
    pub capture: Option<CaptureId>,
}

impl Seen {
    /// Whether the page itself was seen, and not an obstacle or nothing.
    pub fn is_sight(&self) -> bool {
        self.revision.is_some()
    }
}

impl Store {
    /// All observations of a page, oldest first; in the order of its captures.
    pub fn observations(&self, page: PageId) -> Result<Vec<Observation>, StoreError> {
        observations(&self.connection, page)
    }
}

impl Store {
    /// The runs of palinode's own checks of a page that reach to this instant or beyond, oldest first.
    pub fn observations_since(
        &self,
        page: PageId,
        since: Timestamp,
    ) -> Result<Vec<Observation>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT id, outcome, reason, revision, capture, first_at, last_at, checks, longest_gap FROM observation
             WHERE page = ?1 AND last_at >= ?2 AND {OWN} ORDER BY id"
        ))?;
        let rows = query.query_map(params![page, since], |row| observation_of_row(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first check of its own after palinode saw the page last, or the first of all.
    pub fn unseen_since(&self, page: PageId) -> Result<Option<Timestamp>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT first_at FROM observation WHERE page = ?1 AND {OWN} AND id > coalesce((SELECT max(id) FROM observation
             WHERE page = ?1 AND {OWN} AND revision IS NOT NULL), 0) ORDER BY id LIMIT 1"
        ))?;
        Ok(query.query_row([page], |row| row.get(0)).optional()?)
    }
}

fn observations(connection: &Connection, page: PageId) -> Result<Vec<Observation>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT id, outcome, reason, revision, capture, first_at, last_at, checks, longest_gap FROM observation WHERE page = ?1 ORDER BY id",
    )?;
    let rows = query.query_map([page], |row| observation_of_row(row, 0))?;
    let mut found: Vec<Observation> = rows.collect::<Result<_, _>>()?;
    let foreign = foreign_looks(connection, page)?;
    in_order(&mut found, |run| run.first_at, |run| foreign.contains(&run.id));
    Ok(found)
}

/// How long something had been missing when it came back, as the checks saw it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing {
    /// From the last check that saw it before to the check that saw it again; `None` if no check saw it before.
    pub at_most: Option<Duration>,
    /// How many checks saw the page without it.
    pub checks: u32,
}

impl Writing<'_> {
    /// All observations of a page, as [`Store::observations`] gives them.
    pub fn observations(&self, page: PageId) -> Result<Vec<Observation>, StoreError> {
        observations(&self.transaction, page)
    }

    /// How long what had gone in the revision `gone` was missing until this capture. It asks when checks were made and
    /// not what they are told to have seen, so that a history told anew is gated the same.
    pub fn missing(
        &self,
        page: PageId,
        gone: RevisionNumber,
        until: CaptureId,
    ) -> Result<Missing, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT (SELECT last_at FROM observation WHERE page = ?1 AND first_at < gone.at AND outcome IN ('changed', 'same', 'same-304')
                     ORDER BY first_at DESC LIMIT 1),
                    back.at,
                    (SELECT coalesce(sum(checks), 0) FROM observation WHERE page = ?1 AND first_at >= gone.at AND first_at < back.at
                     AND outcome IN ('changed', 'same', 'same-304'))
             FROM revision JOIN capture AS gone ON gone.id = revision.capture JOIN capture AS back ON back.id = ?3
             WHERE revision.page = ?1 AND number = ?2",
        )?;
        Ok(query.query_row(params![page, gone, until], |row| {
            let (seen, back): (Option<Timestamp>, Timestamp) = (row.get(0)?, row.get(1)?);
            Ok(Missing { at_most: seen.map(|seen| back.since(seen)), checks: row.get(2)? })
        })?)
    }

    /// Records one check: lengthens the last run when it came to the same, else begins another. After a clock that went
    /// back another begins too: a run is a stretch of time, and its page is due by the time that is now.
    pub fn observe(
        &self,
        page: PageId,
        last: Option<&Observation>,
        seen: &Seen,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        match last {
            Some(run) if continues(&run.seen, seen) && at >= run.last_at => {
                let gap = u64::try_from(at.since(run.last_at).as_millis()).unwrap_or(u64::MAX);
                self.transaction
                    .prepare_cached("UPDATE observation SET last_at = ?2, checks = checks + 1, longest_gap = max(longest_gap, ?3) WHERE id = ?1")?
                    .execute(params![run.id, at, i64::try_from(gap).unwrap_or(i64::MAX)])?;
            }
            _ => {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO observation (page, outcome, reason, revision, capture, first_at, last_at, checks, longest_gap) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, 0)",
                    )?
                    .execute(params![page, seen.outcome, seen.reason, seen.revision, seen.capture, at])?;
            }
        }
        Ok(())
    }

    /// What the checks of a page's runs came to, where a verdict made something else of it.
    pub fn judged(&self, page: PageId) -> Result<BTreeMap<i64, String>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT id, judged FROM overruled JOIN observation ON observation.id = overruled.observation WHERE page = ?1",
        )?;
        let rows = query.query_map([page], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Remembers what the checks of a run came to, beside what a verdict makes of it.
    pub fn keep_judged(&self, id: i64, judged: Option<&str>) -> Result<(), StoreError> {
        let forget = "DELETE FROM overruled WHERE observation = ?1";
        self.transaction.prepare_cached(forget)?.execute([id])?;
        if let Some(judged) = judged {
            self.transaction
                .prepare_cached("INSERT INTO overruled (observation, judged) VALUES (?1, ?2)")?
                .execute(params![id, judged])?;
        }
        Ok(())
    }

    /// Says anew what a run saw, after a rebuild.
    pub fn retell_observation(&self, id: i64, seen: &Seen) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE observation SET outcome = ?2, reason = ?3, revision = ?4 WHERE id = ?1",
            )?
            .execute(params![id, seen.outcome, seen.reason, seen.revision])?;
        Ok(())
    }
}

/// A run goes on while its outcome, reason and revision do. A `changed` is always one check alone: it dates a revision.
fn continues(run: &Seen, now: &Seen) -> bool {
    now.outcome != "changed"
        && run.outcome == now.outcome
        && run.reason == now.reason
        && run.revision == now.revision
}

pub(super) fn observation_of_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Observation> {
    let gap: i64 = row.get(first + 8)?;
    Ok(Observation {
        id: row.get(first)?,
        seen: Seen {
            outcome: row.get(first + 1)?,
            reason: row.get(first + 2)?,
            revision: row.get(first + 3)?,
            capture: row.get(first + 4)?,
        },
        first_at: row.get(first + 5)?,
        last_at: row.get(first + 6)?,
        checks: row.get(first + 7)?,
        longest_gap: u64::try_from(gap).unwrap_or(0),
    })
}
