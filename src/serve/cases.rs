//! One event to everything that its exhibit shows, read from the store: a few passages and captures, never all text.

use crate::clock::Timestamp;
use crate::extract::{is_language_tag, language_of_html};
use crate::fetch::{Answer, Limits};
use crate::lineage::{
    Event, EventKind, Grade, Part, Placed, RevisionNumber, Strand, Wordings, texts,
};
use crate::store::{EventRow, Observation, Page, Revision, Store, StoreError};
use crate::views::html::{self, Evidence, Exhibit, Links, Panel, event_words};

/// An event, and what is read once for it.
pub struct Case {
    page: Page,
    number: RevisionNumber,
    place: usize,
    event: Event,
    revisions: Vec<Revision>,
    observations: Vec<Observation>,
    layouts: Vec<(Part, RevisionNumber, Vec<Placed>)>,
    answers: Vec<Answer>,
}

/// Why there is nothing to exhibit.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The text names no event.
    #[error(
        "\"{0}\" is no event\nhint: write r3 for the foremost event of that revision, or r3.2 for its second"
    )]
    NotAnEvent(String),
    /// Nothing of the kind happened.
    #[error(
        "{page}: no such event: {event}\nhint: `palinode events {page} --all` lists what happened"
    )]
    NoSuchEvent {
        /// The page.
        page: String,
        /// What was asked for.
        event: String,
    },
    /// Nothing happened on the page at all.
    #[error("{0}: nothing has happened to its words yet")]
    Nothing(String),
}

/// Which event is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    /// The latest return that is told, else the latest event that is.
    Latest,
    /// The foremost event of a revision.
    Of(RevisionNumber),
    /// The event at this place, from 1, of a revision.
    At(RevisionNumber, usize),
}

impl Case {
    /// The case of the event that a text names, or of the latest restoration, else the latest change.
    pub fn read(store: &Store, page: Page, named: Option<&str>) -> Result<Self, CaseError> {
        let wanted = named.map_or(Some(Wanted::Latest), wanted);
        let wanted =
            wanted.ok_or_else(|| CaseError::NotAnEvent(named.unwrap_or_default().to_owned()))?;
        let rows = match wanted {
            Wanted::Latest => store.events_since(page.id, None)?,
            Wanted::Of(number) | Wanted::At(number, _) => store.events_in(page.id, number)?,
        };
        let missing = || match named {
            Some(event) => {
                CaseError::NoSuchEvent { page: page.title().to_owned(), event: event.to_owned() }
            }
            None => CaseError::Nothing(page.title().to_owned()),
        };
        let (number, place) = chosen(&rows, wanted).ok_or_else(missing)?;
        let mut of = rows.into_iter().filter(|row| row.revision == number);
        let event = of.nth(place - 1).ok_or_else(missing)?.event;
        Ok(Self::of(store, page, number, place, event)?)
    }

    fn of(
        store: &Store,
        page: Page,
        number: RevisionNumber,
        place: usize,
        event: Event,
    ) -> Result<Self, StoreError> {
        let revisions = store.revisions(page.id)?;
        let against = |number| {
            let revision = Revision::numbered(&revisions, number)?;
            revision.against.or(number.before())
        };
        let parts = event.parts(number, against);
        // Of a whole page that is back, what it said before it went is what it says now.
        let parts = parts.into_iter().filter(|(part, _)| {
            event.grade != Grade::State || *part != Part::Before || event.gone.is_none()
        });
        let (mut layouts, mut answers) = (Vec::new(), Vec::new());
        for (part, number) in parts {
            let Some(revision) = Revision::numbered(&revisions, number) else { continue };
            layouts.push((part, number, store.layout(page.id, number)?));
            answers.push(store.answer(revision.capture, &page.url)?);
        }
        let observations = store.observations(page.id)?;
        Ok(Self { page, number, place, event, revisions, observations, layouts, answers })
    }

    /// The exhibit, a whole HTML file.
    pub fn exhibit(&self, store: &Store, now: Timestamp) -> Result<String, StoreError> {
        let past = store.past(self.page.id)?;
        let wordings = Wordings::of(&past);
        let exhibit = html::exhibit(&self.view(&wordings, now));
        past.sound()?;
        Ok(exhibit)
    }

    /// The same as a card, a whole HTML file.
    pub fn card(&self, store: &Store, now: Timestamp) -> Result<String, StoreError> {
        let past = store.past(self.page.id)?;
        let wordings = Wordings::of(&past);
        let card = html::card(&self.view(&wordings, now));
        past.sound()?;
        Ok(card)
    }

    /// The same as a page of the site.
    pub fn on_site(
        &self,
        store: &Store,
        now: Timestamp,
        links: Links,
    ) -> Result<String, StoreError> {
        let past = store.past(self.page.id)?;
        let wordings = Wordings::of(&past);
        let exhibit = html::exhibit_on_site(links, &self.view(&wordings, now));
        past.sound()?;
        Ok(exhibit)
    }

    fn view<'a>(&'a self, wordings: &'a Wordings<'_>, now: Timestamp) -> Exhibit<'a> {
        let layouts = self.layouts.iter();
        let parts: Vec<_> =
            layouts.map(|(part, number, layout)| (*part, *number, layout.as_slice())).collect();
        let stations = self.event.stations(&parts, wordings);
        let panels = parts.iter().zip(&stations).zip(&self.answers);
        let panels = panels.filter_map(|(((part, number, layout), station), answer)| {
            let passage = station.passage.and_then(|id| wordings.get(id.0 as usize));
            let texts = match self.event.grade {
                Grade::State => texts(layout, wordings),
                _ => passage.map(|wording| wording.text.as_str()).into_iter().collect(),
            };
            let revision = Revision::numbered(&self.revisions, *number)?;
            Some(Panel { part: *part, revision, texts, evidence: Evidence::from(answer) })
        });
        Exhibit {
            page: &self.page,
            number: self.number,
            place: self.place,
            event: &self.event,
            words: event_words(&self.event, wordings),
            revisions: &self.revisions,
            observations: &self.observations,
            panels: panels.collect(),
            language: self.answers.last().and_then(language),
            made_at: now,
        }
    }
}

fn wanted(text: &str) -> Option<Wanted> {
    let text = text.strip_prefix('r').unwrap_or(text);
    let (number, place) = match text.split_once('.') {
        Some((number, place)) => (number, Some(place)),
        None => (text, None),
    };
    let number = RevisionNumber(number.parse().ok()?);
    match place {
        None => Some(Wanted::Of(number)),
        Some(place) => {
            Some(Wanted::At(number, place.parse().ok().filter(|place: &usize| *place > 0)?))
        }
    }
}

/// The revision and the place of the event that is meant.
fn chosen(rows: &[EventRow], wanted: Wanted) -> Option<(RevisionNumber, usize)> {
    let told: Vec<&EventRow> = rows.iter().filter(|row| row.event.is_told()).collect();
    let row = match wanted {
        Wanted::At(number, place) => return Some((number, place)),
        Wanted::Of(_) => foremost(&told).or(rows.first())?,
        Wanted::Latest => {
            let back = told.iter().rev().find(|row| row.event.kind.is_return());
            let latest = back.or(told.last())?.revision;
            let of: Vec<&EventRow> =
                told.iter().copied().filter(|row| row.revision == latest).collect();
            foremost(&of)?
        }
    };
    let of = rows.iter().filter(|other| other.revision == row.revision);
    Some((row.revision, of.take_while(|other| *other != row).count() + 1))
}

/// The first in the order in which kinds are told; of one kind, the one about the most words. That the whole page is
/// back says less than which of its words are.
fn foremost<'a>(rows: &[&'a EventRow]) -> Option<&'a EventRow> {
    let size = |strand: &Option<Strand>| strand.as_ref().map_or(0, |strand| strand.tokens.len());
    let rank = |row: &EventRow| {
        let kind = EventKind::ALL.iter().position(|kind| *kind == row.event.kind);
        let whole = row.event.grade == Grade::State;
        (whole, kind, std::cmp::Reverse(size(&row.event.old).max(size(&row.event.new))))
    };
    rows.iter().copied().min_by_key(|row| rank(row))
}

/// The language that an answer says it is in: in its HTML, else in its head.
fn language(answer: &Answer) -> Option<String> {
    let is_html = answer.content_type().is_some_and(|kind| kind.to_lowercase().contains("html"));
    let by_page = || {
        let content = answer.content(&Limits::default()).ok()?;
        language_of_html(&answer.text(&content))
    };
    let by_head = || answer.head.text("content-language").map(|tag| tag.trim().to_owned());
    is_html.then(by_page).flatten().or_else(by_head).filter(|tag| is_language_tag(tag))
}
