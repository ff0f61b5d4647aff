//! A page, and which of its events are wanted, to what it takes to tell them.
//!
//! Apart from the listings because `palinode events` lists the same.

use crate::clock::Timestamp;
use crate::lineage::{Event, EventKind, RevisionNumber, Wording};
use crate::store::{Page, Revision, Store, StoreError};
use crate::views::EventsOf;

/// Which events are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of these kinds; of any if none is named.
    pub kinds: &'a [EventKind],
    /// In revisions that were seen first at this time or later.
    pub since: Option<Timestamp>,
    /// How much of what is kept.
    pub kept: KeptEvents,
}

/// Which events of those that are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeptEvents {
    /// All, also those that nobody is told.
    All,
    /// Those that a person is told.
    Told,
}

/// The events of a page that are wanted, and what they are told with.
#[derive(Debug)]
pub struct Happened<'a> {
    page: &'a Page,
    revisions: Vec<Revision>,
    wordings: Vec<Wording>,
    events: Vec<(RevisionNumber, Event)>,
}

impl<'a> Happened<'a> {
    /// What happened on these pages; those on which nothing did are left out.
    pub fn on(
        store: &Store,
        pages: &'a [Page],
        wanted: Wanted<'_>,
    ) -> Result<Vec<Self>, StoreError> {
        let of_pages = pages.iter().map(|page| Self::on_page(store, page, wanted));
        of_pages.filter_map(Result::transpose).collect()
    }

    fn on_page(
        store: &Store,
        page: &'a Page,
        wanted: Wanted<'_>,
    ) -> Result<Option<Self>, StoreError> {
        let Wanted { kinds, since, kept } = wanted;
        let revisions = store.revisions(page.id)?;
        let seen = |revision: &Revision| since.is_none_or(|since| revision.first_seen >= since);
        let is_seen = |number| Revision::numbered(&revisions, number).map_or(since.is_none(), seen);
        let Some(first) = revisions.iter().find(|revision| seen(revision)) else {
            return Ok(None);
        };
        let rows = store.events_since(page.id, Some(first.number))?.into_iter();
        let events = rows.filter(|row| {
            (kinds.is_empty() || kinds.contains(&row.event.kind))
                && (kept == KeptEvents::All || row.event.is_told())
                && is_seen(row.revision)
        });
        let events: Vec<_> = events.map(|row| (row.revision, row.event)).collect();
        if events.is_empty() {
            return Ok(None);
        }
        let wordings = store.wordings(page.id)?;
        Ok(Some(Self { page, revisions, wordings, events }))
    }

    /// The same, to be shown.
    pub fn view(&self) -> EventsOf<'_> {
        EventsOf {
            title: self.page.title(),
            url: self.page.url.as_str(),
            revisions: &self.revisions,
            wordings: &self.wordings,
            events: &self.events,
        }
    }
}
