//! A page's latest revisions to what is known of its habits: the texts that it shows by turns, and what is back again and
//! again.
//!
//! Apart from the revisions themselves because no listing shows it: it is asked only to tell news from noise.

use rusqlite::params;

use super::pages::PageId;
use super::{State, StoreError, Writing};
use crate::lineage::RevisionNumber;

impl Writing<'_> {
    /// The states that the page has been in more than once since this revision, each with the last that had it.
    pub fn by_turns(
        &self,
        page: PageId,
        since: RevisionNumber,
    ) -> Result<Vec<(RevisionNumber, State)>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT max(number) FROM revision
             WHERE revision.page = ?1 AND number >= ?2 GROUP BY state HAVING count(*) > 1 ORDER BY 1 DESC",
        )?;
        let rows = query.query_map(params![page, since], |row| row.get(0))?;
        let numbers: Vec<RevisionNumber> = rows.collect::<Result<_, _>>()?;
        numbers.into_iter().map(|number| Ok((number, self.state_of(page, number)?))).collect()
    }

    /// How many of the revisions from this one on are returns of the whole page to an earlier state.
    pub fn returns_since(&self, page: PageId, since: RevisionNumber) -> Result<u32, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT count(*) FROM revision AS r WHERE page = ?1 AND number >= ?2 AND EXISTS
             (SELECT 1 FROM revision AS e WHERE e.state = r.state AND e.number < r.number)",
        )?;
        Ok(query.query_row(params![page, since], |row| row.get(0))?)
    }

    /// In how many of the revisions from this one on some words of the page were back.
    pub fn words_back_since(&self, page: PageId, since: RevisionNumber) -> Result<u32, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT count(DISTINCT revision) FROM event
             WHERE page = ?1 AND revision >= ?2 AND kind IN ('restored', 'put-back') AND grade != 'state'",
        )?;
        Ok(query.query_row(params![page, since], |row| row.get(0))?)
    }
}
