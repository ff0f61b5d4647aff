//! What other palinodes looked at, as they tell it, and what each witness saw of a page and when.
//!
//! A look of another palinode is a fact of the second hand: it is kept as it was told, by its own clock. Which of them
//! bear on the history is told anew (`watch/observers.rs`), and stands among the observations as rows that name them.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::captures::CaptureId;
use super::observations::{Observation, observation_of_row};
use super::pages::PageId;
use super::revisions::StateId;
use super::sources::{OWN, Origin};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::lineage::RevisionNumber;

/// A row of `observer`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ObserverId(pub(super) i64);

/// Another palinode, of whose history there is something here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observer {
    /// Its row.
    pub id: ObserverId,
    /// The first link of its chain.
    pub first_link: Digest,
    /// What it is called here.
    pub name: String,
}

/// A run of checks that another palinode made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its row.
    pub id: i64,
    /// Who looked.
    pub observer: Observer,
    /// The run: its number is the one that it has there, its capture the one that is kept here, and it names no revision.
    pub run: Observation,
}

/// Who saw a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Witness {
    /// This palinode.
    Own,
    /// Somebody else, by kind and name.
    Other(Origin, String),
}

/// From when to when a witness saw one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Who saw it.
    pub witness: Witness,
    /// The digest of the text.
    pub text: Digest,
    /// The state that it is, if it is believed to be the page.
    pub state: Option<StateId>,
    /// A capture that shows it.
    pub capture: CaptureId,
    /// The first look.
    pub first_at: Timestamp,
    /// The last look.
    pub last_at: Timestamp,
    /// How many they were.
    pub checks: u32,
    /// The longest time between two of them, in milliseconds.
    pub longest_gap: u64,
}

/// From when on a revision stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The revision.
    pub revision: RevisionNumber,
    /// Its text.
    pub state: StateId,
    /// When it was first seen.
    pub since: Timestamp,
}

const LOOKS: &str = "
    SELECT look.run, outcome, reason, NULL, capture, first_at, last_at, checks, longest_gap,
           look.id, observer.id, observer.first_link, observer.name
    FROM look JOIN observer ON observer.id = look.observer WHERE page = ?1 ORDER BY first_at, look.id";

impl Store {
    /// The other palinodes whose histories were joined to this one.
    pub fn observers(&self) -> Result<Vec<Observer>, StoreError> {
        let sql = "SELECT id, first_link, name FROM observer ORDER BY id";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| observer_of_row(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The runs of checks of a page that palinode made itself, in the order in which they were made.
    pub fn own_runs(&self, page: PageId) -> Result<Vec<Observation>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT id, outcome, reason, revision, capture, first_at, last_at, checks, longest_gap
             FROM observation WHERE page = ?1 AND {OWN} ORDER BY id"
        ))?;
        let rows = query.query_map([page], |row| observation_of_row(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The runs of checks of a page that other palinodes made, by time.
    pub fn looks(&self, page: PageId) -> Result<Vec<Look>, StoreError> {
        looks(&self.connection, page)
    }

    /// What each witness saw of a page, a row each run of checks and each capture of an archive, by time.
    pub fn stretches(&self, page: PageId) -> Result<Vec<Stretch>, StoreError> {
        let mut query = self.connection.prepare_cached(&format!(
            "WITH seen (kind, name, capture, first_at, last_at, checks, gap) AS (
                 SELECT NULL, NULL, capture, first_at, last_at, checks, longest_gap FROM observation WHERE page = ?1 AND {OWN}
                 UNION ALL SELECT 'palinode', name, capture, first_at, last_at, checks, longest_gap
                           FROM look JOIN observer ON observer.id = look.observer WHERE page = ?1
                 UNION ALL SELECT kind, name, capture, at, at, 1, 0
                           FROM source JOIN capture ON capture.id = source.capture WHERE source.page = ?1 AND kind <> 'palinode')
             SELECT kind, name, coalesce(state.digest, doubted), state, capture, first_at, last_at, checks, gap
             FROM seen JOIN capture ON capture.id = seen.capture LEFT JOIN state ON state.id = capture.state
             WHERE coalesce(state.digest, doubted) IS NOT NULL ORDER BY first_at, last_at, kind, name"
        ))?;
        let rows = query.query_map([page], stretch_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writing<'_> {
    /// The observer whose chain begins so.
    pub fn observer(&self, first_link: Digest) -> Result<Option<Observer>, StoreError> {
        self.observer_where("first_link = ?1", first_link)
    }

    /// The observer of this name.
    pub fn observer_called(&self, name: &str) -> Result<Option<Observer>, StoreError> {
        self.observer_where("name = ?1", name)
    }

    fn observer_where(
        &self,
        condition: &str,
        value: impl rusqlite::ToSql,
    ) -> Result<Option<Observer>, StoreError> {
        let sql = format!("SELECT id, first_link, name FROM observer WHERE {condition}");
        let mut query = self.transaction.prepare_cached(&sql)?;
        Ok(query.query_row([value], |row| observer_of_row(row, 0)).optional()?)
    }

    /// Names another palinode. The name stays.
    pub fn keep_observer(&self, first_link: Digest, name: &str) -> Result<Observer, StoreError> {
        self.transaction
            .prepare_cached("INSERT INTO observer (first_link, name) VALUES (?1, ?2)")?
            .execute(params![first_link, name])?;
        let id = ObserverId(self.transaction.last_insert_rowid());
        Ok(Observer { id, first_link, name: name.to_owned() })
    }

    /// Keeps a run of checks of another palinode as it tells it now; gives whether that was news.
    pub fn keep_look(
        &self,
        page: PageId,
        observer: ObserverId,
        run: &Observation,
    ) -> Result<bool, StoreError> {
        let Observation { id, seen, first_at, last_at, checks, longest_gap } = run;
        let gap = i64::try_from(*longest_gap).unwrap_or(i64::MAX);
        let changed = self
            .transaction
            .prepare_cached(
                "INSERT INTO look (observer, run, page, outcome, reason, capture, first_at, last_at, checks, longest_gap, told)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)
                 ON CONFLICT (observer, run) DO UPDATE SET outcome = ?4, reason = ?5, capture = ?6, last_at = ?8, checks = ?9, longest_gap = ?10, told = 0
                 WHERE checks < ?9 OR (checks = ?9 AND (outcome <> ?4 OR reason IS NOT ?5 OR capture IS NOT ?6))",
            )?
            .execute(params![observer.0, id, page, seen.outcome, seen.reason, seen.capture, first_at, last_at, checks, gap])?;
        Ok(changed > 0)
    }

    /// The looks of others, as [`Store::looks`] gives them.
    pub fn looks(&self, page: PageId) -> Result<Vec<Look>, StoreError> {
        looks(&self.transaction, page)
    }

    /// Puts what a look of somebody else means for the history among the observations.
    pub fn seat_look(&self, page: PageId, look: i64, run: &Observation) -> Result<(), StoreError> {
        let Observation { seen, first_at, last_at, checks, longest_gap, .. } = run;
        let gap = i64::try_from(*longest_gap).unwrap_or(i64::MAX);
        self.transaction
            .prepare_cached("INSERT INTO observation (page, outcome, reason, revision, capture, first_at, last_at, checks, longest_gap, look) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
            .execute(params![page, seen.outcome, seen.reason, seen.revision, seen.capture, first_at, last_at, checks, gap, look])?;
        Ok(())
    }

    /// Takes them away again, to be told anew.
    pub fn unseat_looks(&self, page: PageId) -> Result<(), StoreError> {
        let sql = "DELETE FROM observation WHERE page = ?1 AND look IS NOT NULL";
        self.transaction.prepare_cached(sql)?.execute([page])?;
        let sql = "UPDATE look SET told = 1 WHERE page = ?1 AND told = 0";
        self.transaction.prepare_cached(sql)?.execute([page])?;
        Ok(())
    }

    /// From when on each revision stood, as it is told by now.
    pub fn stays(&self, page: PageId) -> Result<Vec<Stay>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT number, revision.state, at FROM revision JOIN capture ON capture.id = revision.capture
             WHERE revision.page = ?1 ORDER BY number",
        )?;
        let rows = query.query_map([page], |row| {
            Ok(Stay { revision: row.get(0)?, state: row.get(1)?, since: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a capture shows, if it is believed.
    pub fn state_shown(&self, capture: CaptureId) -> Result<Option<StateId>, StoreError> {
        let mut query =
            self.transaction.prepare_cached("SELECT state FROM capture WHERE id = ?1")?;
        Ok(query.query_row([capture], |row| row.get(0))?)
    }
}

fn looks(connection: &Connection, page: PageId) -> Result<Vec<Look>, StoreError> {
    let mut query = connection.prepare_cached(LOOKS)?;
    let rows = query.query_map([page], |row| {
        Ok(Look {
            id: row.get(9)?,
            observer: observer_of_row(row, 10)?,
            run: observation_of_row(row, 0)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn observer_of_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Observer> {
    Ok(Observer {
        id: ObserverId(row.get(first)?),
        first_link: row.get(first + 1)?,
        name: row.get(first + 2)?,
    })
}

fn stretch_of_row(row: &Row<'_>) -> rusqlite::Result<Stretch> {
    let other = row.get::<_, Option<Origin>>(0)?.zip(row.get(1)?);
    let gap: i64 = row.get(8)?;
    Ok(Stretch {
        witness: other.map_or(Witness::Own, |(origin, name)| Witness::Other(origin, name)),
        text: row.get(2)?,
        state: row.get(3)?,
        capture: row.get(4)?,
        first_at: row.get(5)?,
        last_at: row.get(6)?,
        checks: row.get(7)?,
        longest_gap: u64::try_from(gap).unwrap_or(0),
    })
}
