//! Archives that are asked to save pages, and what came of each order, to rows and back.
//!
//! An order is written together with the revision that it is about, and its row stays: what an archive confirmed is a
//! witness, and what it would not do is known as that.

use std::path::PathBuf;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::captures::CaptureId;
use super::pages::PageId;
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::lineage::RevisionNumber;

/// An archive that is asked to save pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depository {
    /// What its owner calls it.
    pub name: String,
    /// Where it is, and what it is asked for.
    pub settings: DepositorySettings,
}

/// Where an archive is, and what it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositorySettings {
    /// The address that its captures begin with.
    pub archive: String,
    /// The file of the keys that it knows us by.
    pub secret_file: PathBuf,
    /// Only pages with one of these tags; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Only these pages; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageId>,
}

/// One page that an archive is to save, since it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// The row.
    pub id: i64,
    /// The name of the archive here.
    pub depository: String,
    /// The page.
    pub page: PageId,
    /// What palinode itself captured: the archive's capture is to bear it out.
    pub capture: CaptureId,
    /// When the check was that made the capture a revision.
    pub at: Timestamp,
    /// How far it is.
    pub state: DepositState,
    /// When it was ordered, by this machine's clock.
    pub sent_at: Option<Timestamp>,
    /// The archive's name for the order.
    pub job: Option<String>,
    /// The last word of the archive, or what was in the way.
    pub said: Option<String>,
    /// The second for which the archive's capture stands: its claim, until its list bears that out.
    pub memento_at: Option<Timestamp>,
    /// The address of that capture, once it is confirmed.
    pub memento: Option<String>,
    /// How often it was tried in vain.
    pub tries: u32,
    /// Nothing is done before; never again if there is none.
    pub next_at: Option<Timestamp>,
}

/// How far an order is. "Ordered" is not "saved", and "saved" is only the archive's word until its list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositState {
    /// Not ordered yet.
    Waiting,
    /// The archive could not be reached, or was not understood; it is tried again.
    Unreachable,
    /// The archive works on it.
    Pending,
    /// The archive says that it is done; its list does not show it yet.
    Success,
    /// The archive's list shows the capture.
    Confirmed,
    /// The archive would not or could not.
    Error,
}

impl DepositState {
    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Unreachable => "unreachable",
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Confirmed => "confirmed",
            Self::Error => "error",
        }
    }
}

const ALL: [DepositState; 6] = [
    DepositState::Waiting,
    DepositState::Unreachable,
    DepositState::Pending,
    DepositState::Success,
    DepositState::Confirmed,
    DepositState::Error,
];

impl ToSql for DepositState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for DepositState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        ALL.into_iter().find(|state| state.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

const DEPOSIT: &str = "SELECT id, depository, page, capture, at, state, sent_at, job, said, memento_at, memento, tries, next_at FROM deposit";

impl Store {
    /// All archives that are asked, by name.
    pub fn depositories(&self) -> Result<Vec<Depository>, StoreError> {
        depositories(&self.connection)
    }

    /// All orders of a page, oldest first.
    pub fn deposits(&self, page: PageId) -> Result<Vec<Deposit>, StoreError> {
        let sql = format!("{DEPOSIT} WHERE page = ?1 ORDER BY id");
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map([page], deposit_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The orders that an archive has yet to confirm, or that are to be given to it, oldest first.
    pub fn open_deposits(&self, depository: &str) -> Result<Vec<Deposit>, StoreError> {
        let sql = format!("{DEPOSIT} WHERE depository = ?1 AND next_at IS NOT NULL ORDER BY id");
        let mut query = self.connection.prepare_cached(&sql)?;
        let rows = query.query_map([depository], deposit_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first order that is due now, after a row that was tried already. One of the future waits for nothing: that clock
    /// was wrong.
    pub fn next_deposit(
        &self,
        depository: &str,
        after: i64,
        now: Timestamp,
    ) -> Result<Option<Deposit>, StoreError> {
        let sql = format!(
            "{DEPOSIT} WHERE depository = ?1 AND id > ?2 AND (next_at <= ?3 OR next_at IS NOT NULL AND at > ?3) ORDER BY id LIMIT 1"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        Ok(query.query_row(params![depository, after, now], deposit_of_row).optional()?)
    }

    /// How many orders an archive got within this time.
    pub fn deposits_sent(
        &self,
        depository: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<usize, StoreError> {
        let sql =
            "SELECT count(*) FROM deposit WHERE depository = ?1 AND sent_at > ?2 AND sent_at <= ?3";
        let mut query = self.connection.prepare_cached(sql)?;
        let count: i64 = query.query_row(params![depository, since, until], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

impl Writing<'_> {
    /// All archives that are asked, by name.
    pub fn depositories(&self) -> Result<Vec<Depository>, StoreError> {
        depositories(&self.transaction)
    }

    /// Keeps an archive; gives whether the name was free.
    pub fn add_depository(&self, new: &Depository, at: Timestamp) -> Result<bool, StoreError> {
        let json = serde_json::to_string(&new.settings)
            .map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))?;
        let sql = "INSERT OR IGNORE INTO depository (name, settings, added_at) VALUES (?1, ?2, ?3)";
        Ok(self.transaction.execute(sql, params![new.name, json, at])? == 1)
    }

    /// Forgets an archive and what was not ordered of it yet; what was ordered stays as it is. Gives whether there was one.
    pub fn remove_depository(&self, name: &str) -> Result<bool, StoreError> {
        let unsent =
            "DELETE FROM deposit WHERE depository = ?1 AND sent_at IS NULL AND next_at IS NOT NULL";
        self.transaction.execute(unsent, [name])?;
        let rest = "UPDATE deposit SET next_at = NULL WHERE depository = ?1";
        self.transaction.execute(rest, [name])?;
        Ok(self.transaction.execute("DELETE FROM depository WHERE name = ?1", [name])? == 1)
    }

    /// Orders that an archive save the page of a revision.
    pub fn order_deposit(
        &self,
        depository: &str,
        page: PageId,
        revision: RevisionNumber,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO deposit (depository, page, capture, at, state, tries, next_at)
                 SELECT ?1, page, capture, ?4, 'waiting', 0, ?4 FROM revision WHERE page = ?2 AND number = ?3",
            )?
            .execute(params![depository, page, revision, at])?;
        Ok(())
    }

    /// Writes how far an order is.
    pub fn put_deposit(&self, deposit: &Deposit) -> Result<(), StoreError> {
        let Deposit { id, state, sent_at, job, said, memento_at, memento, tries, next_at, .. } =
            deposit;
        self.transaction
            .prepare_cached("UPDATE deposit SET state = ?2, sent_at = ?3, job = ?4, said = ?5, memento_at = ?6, memento = ?7, tries = ?8, next_at = ?9 WHERE id = ?1")?
            .execute(params![id, state, sent_at, job, said, memento_at, memento, tries, next_at])?;
        Ok(())
    }

    /// Nothing is ordered of an archive before.
    pub fn hold_deposits(&self, depository: &str, until: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE deposit SET next_at = ?2 WHERE depository = ?1 AND next_at < ?2 AND state IN ('waiting', 'unreachable')";
        self.transaction.execute(sql, params![depository, until])?;
        Ok(())
    }
}

fn depositories(connection: &rusqlite::Connection) -> Result<Vec<Depository>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT name, settings FROM depository ORDER BY name")?;
    let rows = query.query_map([], |row| {
        let settings: String = row.get(1)?;
        let settings = serde_json::from_str(&settings).map_err(|why| {
            rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, why.into())
        })?;
        Ok(Depository { name: row.get(0)?, settings })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn deposit_of_row(row: &Row<'_>) -> rusqlite::Result<Deposit> {
    Ok(Deposit {
        id: row.get(0)?,
        depository: row.get(1)?,
        page: row.get(2)?,
        capture: row.get(3)?,
        at: row.get(4)?,
        state: row.get(5)?,
        sent_at: row.get(6)?,
        job: row.get(7)?,
        said: row.get(8)?,
        memento_at: row.get(9)?,
        memento: row.get(10)?,
        tries: row.get(11)?,
        next_at: row.get(12)?,
    })
}
