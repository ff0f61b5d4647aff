//! What is kept of a page to what one step of its lineage asks for, row by row.
//!
//! The lineage does no I/O and knows of no failure; so a row that cannot be read is answered as if it were not there,
//! and the failure waits here until whoever wove asks for it, before anything is kept.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns::unpacked;
use super::pages::PageId;
use super::revisions::state_of;
use super::wordings::{birth, count, wording_from};
use super::{Store, StoreError, Writing};
use crate::fetch::Digest;
use crate::lineage::{
    ByNumber as _, Line, LineId, Past, RevisionNumber, Wording, WordingId, Wordings,
};

/// The past of one page.
#[derive(Debug)]
pub struct PageHistory<'a> {
    connection: &'a Connection,
    page: PageId,
    count: u32,
    /// The wordings that others were read from: of a line that was often reworded several are asked for.
    bases: RefCell<BTreeMap<WordingId, Wording>>,
    failure: RefCell<Option<StoreError>>,
}

impl Store {
    /// What is kept of a page, for its weave.
    pub fn past(&self, page: PageId) -> Result<PageHistory<'_>, StoreError> {
        PageHistory::new(&self.connection, page)
    }
}

impl Writing<'_> {
    /// What is kept of a page, for its next step.
    pub fn past(&self, page: PageId) -> Result<PageHistory<'_>, StoreError> {
        PageHistory::new(&self.transaction, page)
    }
}

impl<'a> PageHistory<'a> {
    fn new(connection: &'a Connection, page: PageId) -> Result<Self, StoreError> {
        let count = count(connection, page)?;
        let (bases, failure) = (RefCell::default(), RefCell::default());
        Ok(Self { connection, page, count, bases, failure })
    }

    /// Fails if anything that was asked for could not be read.
    pub fn sound(&self) -> Result<(), StoreError> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// What a revision said, passage by passage. Fails where that cannot be vouched for.
    pub fn texts<'w>(
        &self,
        number: RevisionNumber,
        wordings: &'w Wordings<'_>,
    ) -> Result<Vec<&'w str>, StoreError> {
        let layout = state_of(self.connection, self.page, number)?.layout;
        let texts = layout.iter().filter_map(|placed| wordings.numbered(placed.wording));
        let texts: Vec<&str> = texts.map(|wording| wording.text.as_str()).collect();
        self.vouch(number, &texts)?;
        Ok(texts)
    }

    /// Fails like [`Self::sound`], or if a revision did not say just these texts. Rows that are sound each can still
    /// belong to different moments, where a disk lost some writes and kept others.
    pub fn vouch(&self, number: RevisionNumber, texts: &[&str]) -> Result<(), StoreError> {
        self.sound()?;
        let mut query = self.connection.prepare_cached(
            "SELECT digest FROM revision JOIN state ON state.id = revision.state WHERE revision.page = ?1 AND number = ?2",
        )?;
        let said: Digest = query.query_row(params![self.page, number], |row| row.get(0))?;
        if said == Digest::of_texts(texts.iter().copied()) {
            return Ok(());
        }
        Err(damaged(self.connection, self.page))
    }

    /// What was read; the first failure is kept.
    fn read<T>(&self, read: Result<T, StoreError>) -> Option<T> {
        read.map_err(|error| self.failure.borrow_mut().get_or_insert(error).is_of_one_page()).ok()
    }

    fn try_wording(&self, id: WordingId) -> Result<Wording, StoreError> {
        if let Some(known) = self.bases.borrow().get(&id) {
            return Ok(known.clone());
        }
        wording_from(self.connection, self.page, id, |next| {
            let base = self.try_wording(next)?;
            let text = base.text.clone();
            self.bases.borrow_mut().insert(next, base);
            Ok(text)
        })
    }

    fn try_line(&self, id: LineId) -> Result<Option<Line>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT slots FROM strand WHERE page = ?1 AND line = ?2")?;
        let slots = query.query_row(params![self.page, id], |row| row.get::<_, Vec<u8>>(0));
        Ok(slots.optional()?.map(|slots| unpacked(&slots)).transpose()?)
    }

    fn try_newest(&self, id: LineId) -> Result<Option<WordingId>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT newest FROM strand WHERE page = ?1 AND line = ?2")?;
        Ok(query.query_row(params![self.page, id], |row| row.get(0)).optional()?)
    }

    fn try_said(&self, digest: u64) -> Result<Vec<WordingId>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT wording FROM said WHERE page = ?1 AND digest = ?2 ORDER BY wording",
        )?;
        let rows = query.query_map(params![self.page, digest.cast_signed()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Past for PageHistory<'_> {
    fn wordings(&self) -> u32 {
        self.count
    }

    fn wording(&self, id: WordingId) -> Option<Wording> {
        self.read(self.try_wording(id))
    }

    fn birth(&self, id: WordingId) -> Option<(LineId, RevisionNumber)> {
        self.read(birth(self.connection, self.page, id))
    }

    fn line(&self, id: LineId) -> Option<Line> {
        self.read(self.try_line(id)).flatten()
    }

    fn newest(&self, id: LineId) -> Option<WordingId> {
        self.read(self.try_newest(id)).flatten()
    }

    fn said(&self, digest: u64) -> Vec<WordingId> {
        self.read(self.try_said(digest)).unwrap_or_default()
    }
}

/// Names the page by its address, since nobody knows it by its row.
pub(super) fn damaged(connection: &Connection, page: PageId) -> StoreError {
    match connection.query_row("SELECT url FROM page WHERE id = ?1", [page], |row| row.get(0)) {
        Ok(url) => StoreError::DamagedText(url),
        Err(error) => error.into(),
    }
}
