//! An event to a line of a list: what happened to which words, for how long what is back had been missing.

use maud::{Markup, html};

use super::address::{Address, Links};
use super::story::EventWords;
use super::text::pieces;
use crate::lineage::{ByNumber, Event, EventKind, Gate, RevisionNumber, Strand};
use crate::store::{Absence, Revision};
use crate::views::events::{bounds, marks, shortened};
use crate::views::styled::{Mark, Piece};

/// The words of an event as they stand in their wordings.
pub fn event_words<'a, W: ByNumber + ?Sized>(event: &Event, wordings: &'a W) -> EventWords<'a> {
    let text = |strand: &Option<Strand>| {
        let strand = strand.as_ref()?;
        let text = wordings.numbered(strand.wording)?.text.as_str();
        let words = crate::extract::stretch(text, &crate::extract::tokens(text), &strand.tokens);
        Some(words).filter(|words| !words.is_empty())
    };
    EventWords { old: text(&event.old), new: text(&event.new) }
}

/// A list item about the event at this place, from 1, of a revision.
pub(super) fn event_line(
    links: Links,
    page: &str,
    (number, place): (RevisionNumber, usize),
    (event, words): (&Event, EventWords<'_>),
    revisions: &[Revision],
) -> Markup {
    let exhibit = Address::Exhibit(page.to_owned(), number, place);
    let word = if event.gate == Some(Gate::Flicker) { "flicker" } else { event.kind.name() };
    let absence = event.gone.and_then(|gone| Absence::of_event(revisions, gone, number));
    html! {
        li {
            a class={ "kind " (event.kind.name()) } href=(links.to(&exhibit)) { (word) } " "
            bdi lang="" { (pieces(&told(event, words))) }
            @if let Some(absence) = absence { span.faint { " \u{b7} it had been gone for " (bounds(&absence)) } }
        }
    }
}

fn told(event: &Event, words: EventWords<'_>) -> Vec<Piece> {
    let (from, to) = marks(event.kind);
    let old = words.old.filter(|_| event.kind != EventKind::Moved).map(shortened);
    let mut told: Vec<Piece> = old.map(|old| Piece::new(old, from)).into_iter().collect();
    if let Some(new) = words.new.map(shortened) {
        told.extend((!told.is_empty()).then(|| Piece::new(" ", Mark::Kept)));
        told.push(Piece::new(new, to));
    }
    if told.is_empty() {
        told.push(Piece::new(format!("the whole page as in {}", event.born), Mark::Restored));
    }
    told
}
