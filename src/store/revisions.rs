//! States and the switches between them: what each revision of a page said, and how much it changed.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::captures::CaptureId;
use super::layouts::{layout, layouts};
use super::pages::PageId;
use super::sources::{Source, source_at};
use super::wordings::{wording, wordings};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::diff::Size;
use crate::extract::Document;
use crate::fetch::Digest;
use crate::lineage::{Placed, RevisionNumber, Wording};

/// A row of `state`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StateId(pub(super) i64);

/// The version of the rules that tell documents, changes and lives from captures. It goes up whenever the same capture
/// would be told otherwise; `palinode rebuild` then tells everything anew.
const RULES: u32 = 5;

/// One revision of a page, with its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub number: RevisionNumber,
    /// The revision that it is told against: the one before, or, on a page that shows several texts by turns, the last
    /// that showed the text that this one is a version of.
    pub against: Option<RevisionNumber>,
    /// What it says.
    pub state: StateId,
    /// The capture that showed it first.
    pub capture: CaptureId,
    /// When the revision that it is told against was seen last: the change came after that.
    pub after: Option<Timestamp>,
    /// When it was seen first: the change came before that.
    pub first_seen: Timestamp,
    /// When it was seen last.
    pub last_seen: Timestamp,
    /// How many checks saw it.
    pub checks: u32,
    /// How much it changed.
    pub size: Size,
    /// The page's title.
    pub title: Option<String>,
    /// What the page says of itself.
    pub claims: Claims,
    /// Who says so, if palinode did not see it first itself.
    pub source: Option<Source>,
}

/// What a page says of itself, in its own words. Nobody has checked it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Who signs it.
    pub byline: Option<String>,
    /// When it was published.
    pub published: Option<String>,
    /// When it was changed.
    pub modified: Option<String>,
}

/// A state as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its row.
    pub id: StateId,
    /// Which line stands where, in which wording.
    pub layout: Vec<Placed>,
    /// The page's title.
    pub title: Option<String>,
    /// Who signs it.
    pub byline: Option<String>,
    /// When the page says that it was published.
    pub published: Option<String>,
    /// When the page says that it was changed.
    pub modified: Option<String>,
}

/// A state that the page was in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The state.
    pub state: State,
    /// The first revision that had it.
    pub first: RevisionNumber,
    /// The last revision that had it.
    pub last: RevisionNumber,
    /// How many revisions had it.
    pub stays: u32,
}

impl Revision {
    /// The revision of this number among a page's revisions, which stand in order.
    pub fn numbered(revisions: &[Self], number: RevisionNumber) -> Option<&Self> {
        let place = revisions.binary_search_by_key(&number, |revision| revision.number).ok()?;
        revisions.get(place)
    }

    /// The revision that it is told against, among a page's revisions.
    pub fn told_against<'r>(&self, revisions: &'r [Self]) -> Option<&'r Self> {
        Self::numbered(revisions, self.against?)
    }
}

/// How long something was missing, as far as the checks can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Absence {
    /// When it was seen last before.
    pub last_seen: Option<Timestamp>,
    /// When it was missing first.
    pub first_missing: Timestamp,
    /// When it was missing last.
    pub last_missing: Timestamp,
    /// When it was seen again; `None` while it is missing.
    pub back: Option<Timestamp>,
}

impl Absence {
    /// The absence from the page as a whole, from the revision `gone` to the revision `back`: of a phrase, wherever it
    /// stands.
    pub fn from_page(
        revisions: &[Revision],
        gone: RevisionNumber,
        back: Option<RevisionNumber>,
    ) -> Option<Self> {
        let of = |number| Revision::numbered(revisions, number);
        let back = back.and_then(of);
        let last = match back {
            Some(back) => back.number.before().and_then(of),
            None => revisions.last(),
        };
        let gone = of(gone)?;
        Some(Self {
            last_seen: gone.number.before().and_then(of).map(|before| before.last_seen),
            first_missing: gone.first_seen,
            last_missing: last?.last_seen,
            back: back.map(|back| back.first_seen),
        })
    }

    /// The absence that an event of the revision `back` ends. What is told against an older revision was last seen as it
    /// was in that one, whatever stood in between.
    pub fn of_event(
        revisions: &[Revision],
        gone: RevisionNumber,
        back: RevisionNumber,
    ) -> Option<Self> {
        let whole = Self::from_page(revisions, gone, Some(back))?;
        let of = |number| Revision::numbered(revisions, number);
        let before_back = of(back)?.told_against(revisions).filter(|base| base.number >= gone);
        Some(Self {
            last_seen: of(gone)?.after,
            last_missing: before_back.map_or(whole.last_missing, |base| base.last_seen),
            ..whole
        })
    }

    /// It was missing for at least so long: from the first check that missed it to the last.
    pub fn at_least(&self) -> Duration {
        self.last_missing.since(self.first_missing)
    }

    /// It was missing for at most so long: from the last check that saw it before to the first that saw it again.
    pub fn at_most(&self) -> Option<Duration> {
        Some(self.back?.since(self.last_seen?))
    }
}

const REVISIONS: &str = "
    WITH sight AS (SELECT revision, min(first_at) AS first_at, max(last_at) AS last_at, sum(checks) AS checks
                   FROM observation WHERE page = ?1 AND revision IS NOT NULL GROUP BY revision)
    SELECT r.number, r.state, r.capture, before.last_at, capture.at, coalesce(sight.last_at, capture.at), coalesce(sight.checks, 1),
           r.words_added, r.words_removed, r.moved, r.restyled, state.title, r.against,
           state.byline, state.published, state.modified,
           source.kind, source.name, source.record, source.uri, source.received_at, source.via, source.verdict
    FROM revision AS r JOIN capture ON capture.id = r.capture JOIN state ON state.id = r.state
    LEFT JOIN source ON source.capture = r.capture
    LEFT JOIN sight ON sight.revision = r.number LEFT JOIN sight AS before ON before.revision = coalesce(r.against, r.number - 1)
    WHERE r.page = ?1 ORDER BY r.number";

const STATE_OF: &str = "
    SELECT state.id, title, byline, published, modified
    FROM revision JOIN state ON state.id = revision.state WHERE revision.page = ?1 AND number = ?2";

impl Store {
    /// The revisions of a page, oldest first.
    pub fn revisions(&self, page: PageId) -> Result<Vec<Revision>, StoreError> {
        let mut query = self.connection.prepare_cached(REVISIONS)?;
        let rows = query.query_map([page], revision_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every wording that a page ever had.
    pub fn wordings(&self, page: PageId) -> Result<Vec<Wording>, StoreError> {
        wordings(&self.connection, page)
    }

    /// Which line stands where in one revision.
    pub fn layout(&self, page: PageId, number: RevisionNumber) -> Result<Vec<Placed>, StoreError> {
        Ok(state_of(&self.connection, page, number)?.layout)
    }

    /// The layout of every revision, oldest first.
    pub fn layouts(&self, page: PageId) -> Result<Vec<(RevisionNumber, Vec<Placed>)>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT number, state FROM revision WHERE page = ?1 ORDER BY number")?;
        let of_state = layouts(&self.connection, page)?;
        let rows = query.query_map([page], |row| {
            let state: StateId = row.get(1)?;
            Ok((row.get(0)?, of_state.get(&state).cloned().unwrap_or_default()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The digest of the entity that showed each revision first. It stands among the bodies, and takes a while to read.
    pub fn entities(&self, page: PageId) -> Result<BTreeMap<RevisionNumber, Digest>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT r.number, body.digest FROM revision AS r JOIN capture ON capture.id = r.capture JOIN body ON body.id = capture.body WHERE r.page = ?1",
        )?;
        let rows = query.query_map([page], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When each revision of each page was seen first, oldest first.
    pub fn revision_times(&self) -> Result<BTreeMap<PageId, Vec<Timestamp>>, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT r.page, capture.at FROM revision AS r JOIN capture ON capture.id = r.capture ORDER BY r.page, r.number",
        )?;
        let mut rows = query.query([])?;
        let mut times: BTreeMap<PageId, Vec<Timestamp>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            times.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(times)
    }

    /// The title and the passages of one revision, without the rest of the history's text.
    pub fn standing(
        &self,
        page: PageId,
        number: RevisionNumber,
    ) -> Result<(Option<String>, Vec<String>), StoreError> {
        let state = state_of(&self.connection, page, number)?;
        let texts = state
            .layout
            .iter()
            .map(|placed| Ok(wording(&self.connection, page, placed.wording)?.text));
        Ok((state.title, texts.collect::<Result<_, StoreError>>()?))
    }

    /// Whether the page was ever in a state with this text.
    pub fn has_said(&self, page: PageId, digest: Digest) -> Result<bool, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM state WHERE page = ?1 AND digest = ?2)",
        )?;
        Ok(query.query_row(params![page, digest], |row| row.get(0))?)
    }

    /// One state.
    pub fn state(&self, state: StateId) -> Result<State, StoreError> {
        let mut query = self.connection.prepare_cached(
            "SELECT id, title, byline, published, modified FROM state WHERE id = ?1",
        )?;
        let mut found = query.query_row([state], state_of_row)?;
        found.layout = layout(&self.connection, state)?;
        Ok(found)
    }
}

impl Writing<'_> {
    /// The layout and the title of the revision that stands.
    pub fn state_of(&self, page: PageId, number: RevisionNumber) -> Result<State, StoreError> {
        state_of(&self.transaction, page, number)
    }

    /// The state with this text, if the page was ever in it, and when it was.
    pub fn state_with(&self, page: PageId, digest: Digest) -> Result<Option<Known>, StoreError> {
        let mut query = self.transaction.prepare_cached(
            "SELECT state.id, title, byline, published, modified, min(number), max(number), count(*)
             FROM state JOIN revision ON revision.state = state.id
             WHERE state.page = ?1 AND digest = ?2 GROUP BY state.id",
        )?;
        let row = query.query_row(params![page, digest], |row| {
            let (first, last, stays) = (row.get(5)?, row.get(6)?, row.get(7)?);
            Ok(Known { state: state_of_row(row)?, first, last, stays })
        });
        let mut known = row.optional()?;
        if let Some(Known { state, .. }) = &mut known {
            state.layout = layout(&self.transaction, state.id)?;
        }
        Ok(known)
    }

    /// Keeps a state, which followed another one.
    pub fn keep_state(
        &self,
        page: PageId,
        document: &Document,
        digest: Digest,
        layout: &[Placed],
        before: Option<&State>,
    ) -> Result<StateId, StoreError> {
        self.transaction
            .prepare_cached("INSERT INTO state (page, digest, title, byline, published, modified, rules) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![page, digest, document.title, document.byline, document.published, document.modified, RULES])?;
        let state = StateId(self.transaction.last_insert_rowid());
        self.keep_layout(state, layout, before)?;
        Ok(state)
    }

    /// Keeps a revision.
    pub fn keep_revision(
        &self,
        page: PageId,
        number: RevisionNumber,
        against: Option<RevisionNumber>,
        (state, capture): (StateId, CaptureId),
        size: Size,
    ) -> Result<(), StoreError> {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.transaction
            .prepare_cached("INSERT INTO revision (page, number, against, state, capture, words_added, words_removed, moved, restyled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
            .execute(params![page, number, against, state, capture, count(size.words_added), count(size.words_removed), count(size.moved), count(size.restyled)])?;
        Ok(())
    }

    /// Forgets everything about a page that is told from its captures, so that it can be told anew.
    pub fn forget_told(&self, page: PageId) -> Result<(), StoreError> {
        self.transaction
            .execute("UPDATE capture SET state = NULL, doubted = NULL WHERE page = ?1", [page])?;
        self.forget_wordings(page)?;
        self.transaction.execute(
            "DELETE FROM layout WHERE state IN (SELECT id FROM state WHERE page = ?1)",
            [page],
        )?;
        for table in ["event", "strand", "revision", "state", "attribute_change"] {
            self.transaction.execute(&format!("DELETE FROM {table} WHERE page = ?1"), [page])?;
        }
        self.forget_index(page)?;
        self.drop_baseline(page)
    }
}

fn revision_of_row(row: &Row<'_>) -> rusqlite::Result<Revision> {
    let count = |index| row.get::<_, i64>(index).map(|count| usize::try_from(count).unwrap_or(0));
    Ok(Revision {
        number: row.get(0)?,
        against: row
            .get::<_, Option<RevisionNumber>>(12)?
            .or(row.get::<_, RevisionNumber>(0)?.before()),
        state: row.get(1)?,
        capture: row.get(2)?,
        after: row.get(3)?,
        first_seen: row.get(4)?,
        last_seen: row.get(5)?,
        checks: row.get(6)?,
        size: Size {
            words_added: count(7)?,
            words_removed: count(8)?,
            moved: count(9)?,
            restyled: count(10)?,
        },
        title: row.get(11)?,
        claims: Claims { byline: row.get(13)?, published: row.get(14)?, modified: row.get(15)? },
        source: source_at(row, 16)?,
    })
}

pub(super) fn state_of(
    connection: &Connection,
    page: PageId,
    number: RevisionNumber,
) -> Result<State, StoreError> {
    let mut query = connection.prepare_cached(STATE_OF)?;
    let mut state = query.query_row(params![page, number], state_of_row)?;
    state.layout = layout(connection, state.id)?;
    Ok(state)
}

/// A state without its layout.
fn state_of_row(row: &Row<'_>) -> rusqlite::Result<State> {
    Ok(State {
        id: row.get(0)?,
        layout: Vec::new(),
        title: row.get(1)?,
        byline: row.get(2)?,
        published: row.get(3)?,
        modified: row.get(4)?,
    })
}
