//! An address to the page that a person sees: what it takes is read, and nothing else of the history.

use std::collections::BTreeMap;

use super::answer::{Problem, Reply, named, numbered};
use super::cases::Case;
use super::traced::Traced;
use crate::clock::Timestamp;
use crate::diff::compare as compared;
use crate::lineage::{
    Event, EventKind, Exactness, PhraseCounter, RevisionNumber, Sought, Weave, WordOrder, Wordings,
    passages, texts,
};
use crate::store::{Page, Store};
use crate::views::html::{self, Address, Columns, Happened, History, Links, Place, key};
use crate::views::{self, Compared, Findings, PageLine, Shown};

type Text = Result<String, Problem>;

/// So many revisions stand on a page's page.
const LISTED: usize = 40;

/// So many revisions with events stand on the page of events.
const LATELY: usize = 60;

pub(super) fn page_list(store: &Store, links: Links, now: Timestamp) -> Text {
    let watched = store.watched()?;
    let listed = PageLine::of(&watched, &store.waits()?, now);
    let times = store.revision_times()?;
    Ok(html::page_list(links, &listed, &times))
}

pub(super) fn history(store: &Store, links: Links, page: &Page, from: Option<&str>) -> Text {
    let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
    let from = from.map(|from| named(&revisions, page, from)).transpose()?;
    // Files have no second page of a list.
    let limit = if links.place() == Place::Files { usize::MAX } else { LISTED };
    let upto = from.or(revisions.last().map(|last| last.number));
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let mut events: BTreeMap<RevisionNumber, Vec<Event>> = BTreeMap::new();
    let newest = revisions.iter().rev().filter(|revision| Some(revision.number) <= upto);
    for revision in newest.take(limit) {
        let of = store.events_in(page.id, revision.number)?;
        events.insert(revision.number, of.into_iter().map(|row| row.event).collect());
    }
    let history = History {
        page,
        revisions: &revisions,
        observations: &observations,
        events: &events,
        wordings: &wordings,
        from,
        limit,
    };
    let text = html::history(links, &history);
    past.sound()?;
    Ok(text)
}

pub(super) fn checks(store: &Store, links: Links, page: &Page) -> Text {
    Ok(html::checks(links, page, &store.observations(page.id)?))
}

pub(super) fn text(store: &Store, links: Links, page: &Page, number: RevisionNumber) -> Text {
    let revisions = store.revisions(page.id)?;
    let revision = numbered(&revisions, page, number)?;
    let state = store.state(revision.state)?;
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let passages = passages(&state.layout, &wordings).collect();
    let shown =
        Shown { title: page.title(), url: page.url.as_str(), revision, state: &state, passages };
    past.vouch(number, &texts(&state.layout, &wordings))?;
    Ok(html::revision_text(links, page, &shown))
}

/// The bytes of the capture that showed a revision first: for a file, never for a browser's eyes.
pub(super) fn capture(
    store: &Store,
    page: &Page,
    number: RevisionNumber,
) -> Result<Reply, Problem> {
    let revisions = store.revisions(page.id)?;
    let revision = numbered(&revisions, page, number)?;
    Ok(Reply::foreign(store.answer(revision.capture, &page.url)?.entity))
}

pub(super) fn ages(store: &Store, links: Links, page: &Page, number: RevisionNumber) -> Text {
    let revisions = store.revisions(page.id)?;
    let revision = numbered(&revisions, page, number)?;
    let past = store.past(page.id)?;
    let (weave, wordings) = (Weave::of(&past), Wordings::of(&past));
    let layout = store.layout(page.id, number)?;
    let passages = weave.blamed(&layout, number, &wordings);
    let blame = views::Blame {
        title: page.title(),
        url: page.url.as_str(),
        revision,
        revisions: &revisions,
        passages,
    };
    let text = html::ages(links, page, &blame);
    past.sound()?;
    Ok(text)
}

pub(super) fn diff(
    store: &Store,
    links: Links,
    page: &Page,
    (from, to): (RevisionNumber, RevisionNumber),
    columns: Columns,
) -> Text {
    let revisions = store.revisions(page.id)?;
    let (from, to) = (numbered(&revisions, page, from)?, numbered(&revisions, page, to)?);
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let (old, new) = (past.texts(from.number, &wordings)?, past.texts(to.number, &wordings)?);
    let comparison = compared(&old, &new);
    let (title, url) = (page.title(), page.url.as_str());
    let compared = Compared { title, url, from, to, old: &old, new: &new, comparison: &comparison };
    Ok(html::comparison(links, &key(page.id), &compared, columns))
}

/// Leads to the comparison that a form asks for.
pub(super) fn compare(
    store: &Store,
    links: Links,
    page: &Page,
    (from, to): (Option<&str>, Option<&str>),
) -> Result<Reply, Problem> {
    let revisions = store.revisions(page.id)?;
    let from = named(&revisions, page, from.unwrap_or("r1"))?;
    let to = named(&revisions, page, to.unwrap_or("latest"))?;
    let address = Address::Diff(key(page.id), from, to, Columns::One);
    Ok(Reply::elsewhere(links.to(&address)))
}

pub(super) fn exhibit(
    store: &Store,
    links: Links,
    page: Page,
    (number, place): (RevisionNumber, usize),
    now: Timestamp,
) -> Text {
    let case = Case::read(store, page, Some(&format!("{number}.{place}")))?;
    Ok(case.on_site(store, now, links)?)
}

pub(super) fn phrase(store: &Store, links: Links, page: &Page, phrase: &str) -> Text {
    let counter = PhraseCounter::new(phrase, Exactness::Folded)
        .ok_or_else(|| Problem::Asked(format!("\"{phrase}\" holds no word to follow")))?;
    let traced = Traced::of(store, page, &counter)?;
    Ok(html::phrase(links, page, &traced.view(phrase), &traced.observations))
}

pub(super) fn search(store: &Store, links: Links, asked: &str) -> Text {
    let asked = asked.trim();
    if asked.is_empty() {
        return Ok(html::found(links, asked, &[]));
    }
    let sought = Sought::new(asked, Exactness::Folded, WordOrder::AsGiven)
        .ok_or_else(|| Problem::Asked(format!("\"{asked}\" holds no word to search for")))?;
    let read = found(store, &sought)?;
    let pages: Vec<(String, Findings<'_>)> =
        read.iter().map(|read| (key(read.page.id), read.view())).collect();
    let pages: Vec<_> = pages.into_iter().filter(|(_, found)| !found.is_empty()).collect();
    Ok(html::found(links, asked, &pages))
}

/// What the findings on a page are made of.
pub(super) struct Found {
    page: Page,
    sightings: Vec<crate::lineage::Sighting>,
    revisions: Vec<crate::store::Revision>,
    wordings: Vec<crate::lineage::Wording>,
}

impl Found {
    pub(super) fn view(&self) -> Findings<'_> {
        let (title, url) = (self.page.title(), self.page.url.as_str());
        Findings::new(title, url, self.sightings.clone(), &self.revisions, &self.wordings)
    }
}

/// The pages that may hold what is sought, read. One whose text is damaged does not stand in the way of the others.
pub(super) fn found(store: &Store, sought: &Sought) -> Result<Vec<Found>, Problem> {
    let candidates = store.search(sought)?;
    let mut all = Vec::new();
    for page in store.pages_ever()? {
        let Some(candidates) = candidates.get(&page.id) else { continue };
        let read = || {
            let (wordings, layouts) = (store.wordings(page.id)?, store.layouts(page.id)?);
            let sightings = sought.sightings(candidates, &layouts, &wordings);
            let revisions = store.revisions(page.id)?;
            Ok(Found { page: page.clone(), sightings, revisions, wordings })
        };
        match read() {
            Ok(read) => all.push(read),
            Err(error) => {
                let error: crate::store::StoreError = error;
                if !error.is_of_one_page() {
                    return Err(error.into());
                }
            }
        }
    }
    Ok(all)
}

pub(super) fn events(store: &Store, links: Links, kind: Option<&str>) -> Text {
    let kind = kind.filter(|kind| !kind.is_empty()).map(str::parse::<EventKind>).transpose();
    let kind = kind.map_err(|error| Problem::Asked(error.to_string()))?;
    let kinds: Vec<EventKind> = kind.into_iter().collect();
    let lately = store.lately(None, &kinds, LATELY)?;
    let pages = store.pages_ever()?;
    let mut of_page = BTreeMap::new();
    for page in &pages {
        if lately.iter().any(|(id, _)| *id == page.id) {
            of_page.insert(page.id, (page, store.revisions(page.id)?, store.past(page.id)?));
        }
    }
    let wordings: BTreeMap<_, Wordings<'_>> =
        of_page.iter().map(|(id, (_, _, past))| (*id, Wordings::of(past))).collect();
    let mut events = Vec::new();
    for (id, number) in &lately {
        let of: Vec<Event> =
            store.events_in(*id, *number)?.into_iter().map(|row| row.event).collect();
        events.push((*id, *number, of));
    }
    let happened: Vec<Happened<'_, Wordings<'_>>> = events
        .iter()
        .filter_map(|(id, number, events)| {
            let (page, revisions, _) = of_page.get(id)?;
            let wordings = wordings.get(id)?;
            Some(Happened { page, revisions, number: *number, events, wordings })
        })
        .collect();
    let text = html::happened(links, kind, &happened);
    of_page.values().try_for_each(|(_, _, past)| past.sound())?;
    Ok(text)
}
