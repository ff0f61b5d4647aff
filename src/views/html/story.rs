//! An event to a sentence that a stranger understands, for a headline and for the title of a feed's entry.

use maud::{Markup, html};

use super::super::events::{nth, shortened};
use super::super::span;
use super::text::quoted;
use crate::lineage::{Event, EventKind, Gate, Grade};
use crate::store::Absence;

/// The words that an event is about.
#[derive(Clone, Copy, Debug)]
pub struct EventWords<'a> {
    /// What stood before.
    pub old: Option<&'a str>,
    /// What stands now.
    pub new: Option<&'a str>,
}

/// A part of a headline: palinode's words or the page's.
enum Part {
    Ours(String),
    Theirs(String),
}

/// What happened.
pub(super) struct Headline(Vec<Part>);

impl Headline {
    /// What happened to these words, which were missing for so long if they are back.
    pub(super) fn of(event: &Event, words: EventWords<'_>, absence: Option<&Absence>) -> Self {
        let text = |words: Option<&str>| match words {
            Some(words) => Part::Theirs(shortened(words)),
            None => Part::Ours("a text".to_owned()),
        };
        let (old, new) = (|| text(words.old), || text(words.new));
        let ours = |said: &str| Part::Ours(said.to_owned());
        let back =
            |said: &str| Part::Ours(format!("{said}{}", absence.map(later).unwrap_or_default()));
        Self(match event.kind {
            _ if event.grade == Grade::State => vec![Part::Ours(format!(
                "The whole page went back to what it said in {}",
                event.born
            ))],
            EventKind::Restored => vec![new(), back(" was removed, and came back")],
            EventKind::PutBack => vec![new(), back(" was replaced, and put back")],
            EventKind::Withdrawn => vec![old(), ours(" was added, and taken back out")],
            EventKind::Removed => vec![old(), ours(" was removed")],
            EventKind::Added => vec![new(), ours(" was added")],
            EventKind::Reworded => vec![old(), ours(" became "), new()],
            EventKind::Restyled => vec![old(), ours(" is now written "), new()],
            EventKind::Moved => vec![new(), ours(" was moved to another place")],
        })
    }

    /// As HTML, the page's words kept from turning the direction of ours.
    pub(super) fn markup(&self) -> Markup {
        html! {
            @for part in &self.0 {
                @match part { Part::Ours(said) => { (said) }, Part::Theirs(words) => { (quoted(words)) } }
            }
        }
    }

    /// As a line of text.
    pub(super) fn plain(&self) -> String {
        let said = self.0.iter().map(|part| match part {
            Part::Ours(said) => said.clone(),
            Part::Theirs(words) => format!("\u{201c}{words}\u{201d}"),
        });
        said.collect::<String>().replace('\n', " ")
    }
}

/// How long after it had gone it was back, as far as that is known.
fn later(absence: &Absence) -> String {
    let least = absence.at_least();
    match absence.at_most() {
        Some(most) if least.is_zero() => format!(" within {}", span(most)),
        Some(most) if span(most) == span(least) => format!(" after {}", span(most)),
        Some(most) => format!(" after {} to {}", span(least), span(most)),
        None => String::new(),
    }
}

/// How large a part it was, and what else is known of it.
pub(super) fn remark(event: &Event) -> String {
    let part = match event.grade {
        Grade::Elsewhere => "in another place than before",
        Grade::InPlace => "inside a sentence",
        Grade::Sentence => "a whole sentence",
        Grade::Passage => "a whole passage",
        Grade::State => "the whole page",
    };
    let again = (event.times > 1).then(|| format!(", for the {} time", nth(event.times)));
    let flicker = (event.gate == Some(Gate::Flicker)).then_some(
        "; one check alone missed it, so the site may have flickered and nobody have edited",
    );
    format!("{part}{}{}", again.unwrap_or_default(), flicker.unwrap_or_default())
}
