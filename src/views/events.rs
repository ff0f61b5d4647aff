//! Events to sentences: what happened to which words, when, and for how long what is back had been missing.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::claims::stayed;
use super::hyperlink::linked;
use super::sources::{SourceJson, claim};
use super::styled::{Mark, Piece, inline, paragraph};
use super::{Look, escape, moment, span, strand_text};
use crate::lineage::{ByNumber, Event, EventKind, Gate, Grade, RevisionNumber, Strand};
use crate::store::{Absence, Revision};

/// The events of one page that are to be told.
pub struct EventsOf<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// Its revisions.
    pub revisions: &'a [Revision],
    /// Its wordings.
    pub wordings: &'a dyn ByNumber,
    /// The events, oldest first, each with its revision.
    pub events: &'a [(RevisionNumber, Event)],
}

/// Words of an event beyond this many characters are left out of a listing.
const MOST: usize = 160;

/// Writes the events of one page, a paragraph each.
pub fn events(out: &mut dyn Write, look: Look, of: &EventsOf<'_>) -> io::Result<()> {
    writeln!(out, "{}", linked(look, of.url, &Piece::new(escape(of.title), Mark::Strong)))?;
    let told = Telling { look, revisions: of.revisions, wordings: of.wordings };
    let mut last = None;
    for (number, event) in of.events {
        if last != Some(*number) {
            let revision = Revision::numbered(of.revisions, *number);
            let when = revision.map_or_else(String::new, between);
            writeln!(out, "  {number}  {when}")?;
            if let Some(source) = revision.and_then(|revision| revision.source.as_ref()) {
                let claim = inline(look, &Piece::new(claim(source), Mark::Faint));
                writeln!(out, "    {claim}")?;
            }
            last = Some(*number);
        }
        told.write(out, *number, event)?;
    }
    Ok(())
}

/// So many events of one kind are told of a revision; of the rest, how many they are.
const EACH: usize = 4;

/// Writes the foremost events of one revision, indented: returns first, and of each kind the longest few.
pub fn event_lines(
    out: &mut dyn Write,
    look: Look,
    number: RevisionNumber,
    events: &[Event],
    revisions: &[Revision],
    wordings: &dyn ByNumber,
) -> io::Result<()> {
    let told = Telling { look, revisions, wordings };
    for kind in EventKind::ALL {
        let of_kind = events.iter().filter(|event| event.kind == kind && event.is_told());
        let of_kind: Vec<&Event> = of_kind.collect();
        let shown = foremost(&of_kind);
        shown.iter().try_for_each(|event| told.write(out, number, event))?;
        if shown.len() < of_kind.len() {
            let more =
                format!("              \u{2026} and {} more {kind}", of_kind.len() - shown.len());
            writeln!(out, "{}", inline(look, &Piece::new(more, Mark::Faint)))?;
        }
    }
    match kept_back(events) {
        Some(kept_back) => {
            writeln!(out, "    {}", inline(look, &Piece::new(kept_back, Mark::Faint)))
        }
        None => Ok(()),
    }
}

/// The events about the most words, in their order; all of them if they are hardly more.
fn foremost<'a>(events: &[&'a Event]) -> Vec<&'a Event> {
    if events.len() <= EACH + 1 {
        return events.to_vec();
    }
    let words = |strand: &Option<Strand>| strand.as_ref().map_or(0, |strand| strand.tokens.len());
    let mut longest: Vec<usize> = (0..events.len()).collect();
    longest.sort_by_key(|index| {
        std::cmp::Reverse(words(&events[*index].old).max(words(&events[*index].new)))
    });
    longest.truncate(EACH);
    longest.sort_unstable();
    longest.into_iter().map(|index| events[index]).collect()
}

/// How many events are not told, and why.
fn kept_back(events: &[Event]) -> Option<String> {
    let kept_back = events.iter().filter(|event| !event.is_told()).filter_map(|event| event.gate);
    let mut reasons: BTreeMap<Gate, usize> = BTreeMap::new();
    kept_back.for_each(|gate| *reasons.entry(gate).or_default() += 1);
    let listed = reasons.iter().map(|(gate, count)| match count {
        1 => reason(*gate).to_owned(),
        count => format!("{count} times: {}", reason(*gate)),
    });
    let listed: Vec<String> = listed.collect();
    (!listed.is_empty()).then(|| format!("not told: {}", listed.join("; ")))
}

/// Why an event is not told.
fn reason(gate: Gate) -> &'static str {
    match gate {
        Gate::Variant => "the page shows this text by turns with others",
        Gate::Flapping => "the page changes between several texts all the time",
        Gate::Restless => "something is back on this page nearly every time",
        Gate::WithState => "part of the return of the whole page",
        Gate::Repeat => "it has been back before",
        Gate::Flicker => "one check alone missed it",
        Gate::Volatile => "this passage changes nearly every time",
        Gate::Phrase => "a turn of phrase that stood elsewhere before",
        Gate::Label => "a mark, a letter or a number alone",
        Gate::Crowd => "one of many returns at once",
    }
}

/// When a revision came, with both bounds.
pub(super) fn between(revision: &Revision) -> String {
    match revision.after {
        Some(after) => {
            format!("changed between {} and {}", moment(after), moment(revision.first_seen))
        }
        None => format!("first seen {}", moment(revision.first_seen)),
    }
}

struct Telling<'a> {
    look: Look,
    revisions: &'a [Revision],
    wordings: &'a dyn ByNumber,
}

impl Telling<'_> {
    fn write(&self, out: &mut dyn Write, number: RevisionNumber, event: &Event) -> io::Result<()> {
        let text = |strand: &Option<Strand>| {
            strand.as_ref().map(|strand| shortened(strand_text(strand, self.wordings)))
        };
        let (from, to) = marks(event.kind);
        let (old, new) = (text(&event.old), text(&event.new));
        // Between words that are written alike, only the space was changed.
        let in_space = event.kind == EventKind::Restyled && old == new;
        let old = old.filter(|_| event.kind != EventKind::Moved && !in_space);
        let mut pieces: Vec<Piece> = old.map(|text| Piece::new(text, from)).into_iter().collect();
        if let Some(new) = new {
            pieces.push(Piece::new(if pieces.is_empty() { "" } else { " " }, Mark::Kept));
            pieces.push(Piece::new(new, to));
        }
        if pieces.is_empty() {
            pieces.push(Piece::new(format!("the whole page as in {}", event.born), Mark::Restored));
        }
        pieces.push(Piece::new(if in_space { " (the space before it) " } else { " " }, Mark::Kept));
        pieces.push(Piece::new(self.remark(number, event), Mark::Faint));
        let word = match event.gate {
            Some(Gate::Flicker) => "flicker",
            _ => event.kind.name(),
        };
        paragraph(out, self.look, &format!("    {word:<9} "), &pieces)
    }

    /// How large a part it is, and, of what is back, since when and for how long it had been missing.
    fn remark(&self, number: RevisionNumber, event: &Event) -> String {
        let part = match event.grade {
            Grade::Elsewhere => "in another place",
            Grade::InPlace => "in place",
            Grade::Sentence => "whole sentence",
            Grade::Passage => "whole passage",
            Grade::State => "",
        };
        let again = if event.times > 1 {
            format!("; for the {} time", nth(event.times))
        } else {
            String::new()
        };
        let gate = event.gate.map_or_else(String::new, |gate| format!("; {}", reason(gate)));
        match (event.kind, event.gone) {
            (_, Some(gone)) => {
                let absence = Absence::of_event(self.revisions, gone, number);
                let missing = absence
                    .map_or_else(String::new, |absence| format!(" for {}", bounds(&absence)));
                let part = if part.is_empty() { String::new() } else { format!("{part}; ") };
                format!("({part}gone since {gone},{missing}{again}{gate})")
            }
            (EventKind::Withdrawn, None) => format!("({part}; came in {}{gate})", event.born),
            (_, None) => format!("({part}{gate})"),
        }
    }
}

/// `2nd`, `3rd`, `11th`.
pub(super) fn nth(times: u32) -> String {
    let ending = match (times % 10, times % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{times}{ending}")
}

/// How long something was missing, with both bounds.
pub(super) fn bounds(absence: &Absence) -> String {
    let (least, most) = (absence.at_least(), absence.at_most().map(span));
    match most {
        // A single check missed it: that bounds its absence from above only.
        Some(most) if least.is_zero() => format!("at most {most}"),
        Some(most) => format!("at least {} and at most {most}", span(least)),
        None => format!("at least {}", span(least)),
    }
}

pub(super) fn marks(kind: EventKind) -> (Mark, Mark) {
    match kind {
        EventKind::Restored | EventKind::PutBack => (Mark::Removed, Mark::Restored),
        EventKind::Restyled => (Mark::RestyledFrom, Mark::RestyledTo),
        EventKind::Moved => (Mark::Moved, Mark::Moved),
        EventKind::Added | EventKind::Removed | EventKind::Reworded | EventKind::Withdrawn => {
            (Mark::Removed, Mark::Added)
        }
    }
}

/// A text of which a listing shows the beginning.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}\u{2026}", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// An event for programs.
#[derive(Serialize)]
pub(super) struct EventJson<'a> {
    page: &'a str,
    url: &'a str,
    revision: u32,
    kind: &'static str,
    grade: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
    first_in_revision: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_from_revision: Option<u32>,
    /// How often it has been back by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    /// Why it is kept and not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'static str>,
    /// The change came after this instant …
    after: Option<String>,
    /// … and before this one.
    before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_for: Option<SpanJson>,
    /// The page's own date of change, where it stayed while the text changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_date_stayed: Option<&'a str>,
    /// Who says so, if palinode did not see it first itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
}

/// Seconds.
#[derive(Serialize)]
pub(super) struct SpanJson {
    at_least: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
}

impl From<Absence> for SpanJson {
    fn from(absence: Absence) -> Self {
        Self {
            at_least: absence.at_least().as_secs(),
            at_most: absence.at_most().map(|most| most.as_secs()),
        }
    }
}

/// Writes the events of several pages as one JSON list.
pub fn events_json(out: &mut dyn Write, pages: &[EventsOf<'_>]) -> io::Result<()> {
    let all: Vec<EventJson<'_>> = pages
        .iter()
        .flat_map(|of| of.events.iter().map(|(number, event)| event_json(of, *number, event)))
        .collect();
    super::json(out, &all)
}

pub(super) fn event_json<'a>(
    of: &EventsOf<'a>,
    number: RevisionNumber,
    event: &Event,
) -> EventJson<'a> {
    let revision = Revision::numbered(of.revisions, number);
    let text =
        |strand: &Option<Strand>| strand.as_ref().map(|strand| strand_text(strand, of.wordings));
    let absence = event.gone.and_then(|gone| Absence::of_event(of.revisions, gone, number));
    EventJson {
        page: of.title,
        url: of.url,
        revision: number.0,
        kind: event.kind.name(),
        grade: event.grade.name(),
        old: text(&event.old),
        new: text(&event.new),
        first_in_revision: event.born.0,
        missing_from_revision: event.gone.map(|gone| gone.0),
        times: event.kind.is_return().then_some(event.times),
        gate: event.gate.map(Gate::name),
        after: revision.and_then(|revision| revision.after).map(|time| time.to_string()),
        before: revision.map(|revision| revision.first_seen.to_string()),
        missing_for: absence.map(SpanJson::from),
        own_date_stayed: revision.and_then(|revision| stayed(of.revisions, revision)),
        source: revision.and_then(|revision| revision.source.as_ref()).map(SourceJson::of),
    }
}
