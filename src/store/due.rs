//! When each page is due next, so that a round finds the few that are without reading the many that are not.
//!
//! It is no history, and it may err to one side only: a page may stand here as due that is not, and whoever reads it asks
//! the cadence; none may stand here as due later than it is. So whatever may move the time earlier, settings and retold
//! histories, takes the reckoning back, and a check that began under other settings leaves none.

use rusqlite::{OptionalExtension as _, params};

use super::pages::{Watched, settings_json};
use super::{Page, PageId, Store, StoreError, Writing};
use crate::clock::Timestamp;

impl Store {
    /// The watched pages that may be due at this time, by address: all that are, and some whose time nobody has reckoned.
    pub fn maybe_due(&self, now: Timestamp) -> Result<Vec<Watched>, StoreError> {
        // A check in the future was made by a wrong clock, and so was what follows from it.
        self.watched_among(
            "due CROSS JOIN page ON page.id = due.page",
            "(due.at <= ?1 OR due.since > ?1) AND",
            params![now],
        )
    }

    /// When the next page is due after this time, if one is.
    pub fn next_due_after(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT min(due.at) FROM due JOIN page ON page.id = due.page
             WHERE due.at > ?1 AND due.at < ?2 AND due.since <= ?1 AND page.removed_at IS NULL",
        )?;
        Ok(query.query_row(params![now, never()], |row| row.get(0))?)
    }
}

impl Writing<'_> {
    /// Keeps when a page is due after the check at `since`; `None` if it never is. Under other settings than these nothing
    /// is kept.
    pub fn put_due(
        &self,
        page: &Page,
        since: Timestamp,
        due: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE due SET at = ?2, since = ?3
                 WHERE page = ?1 AND EXISTS (SELECT 1 FROM page WHERE id = ?1 AND settings = ?4)",
            )?
            .execute(params![
                page.id,
                due.unwrap_or_else(never),
                since,
                settings_json(&page.settings)?
            ])?;
        Ok(())
    }

    /// Since when a page says what it says, as it is told by now.
    pub fn changed_at(&self, page: PageId) -> Result<Option<Timestamp>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT capture.at FROM baseline JOIN revision ON revision.page = baseline.page AND number = baseline.revision
             JOIN capture ON capture.id = revision.capture WHERE baseline.page = ?1",
        )?;
        Ok(query.query_row([page], |row| row.get(0)).optional()?)
    }

    /// Takes back what was reckoned for a page.
    pub(super) fn forget_due(&self, page: PageId) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO due (page, at, since) VALUES (?1, '', '')
                 ON CONFLICT (page) DO UPDATE SET at = '', since = ''",
            )?
            .execute([page])?;
        Ok(())
    }
}

/// Stands for the time of a page that is never due again.
fn never() -> Timestamp {
    Timestamp::from_millis(i64::MAX)
}
