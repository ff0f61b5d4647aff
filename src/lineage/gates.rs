//! The events of a step to those that a person is told, and the others with the reason why not.
//!
//! On watched pages nineteen returns of twenty are no news: a page that shows two texts by turns, a counter, a date. What
//! is gated is kept; only nobody is woken for it. What depends on time, a flicker, is gated where the times are known.

use std::collections::{BTreeMap, BTreeSet};

use super::advance::Returning;
use super::past::Wordings;
use super::revive::is_unspaced;
use super::slot::Slot;
use super::weave::Weave;
use super::{Event, EventKind, Gate, Grade, LineId, RevisionNumber, Strand};
use crate::extract::{stretch, tokens};

/// When a whole page is back, or much of it, so many of its changes are told one by one; of more, only
/// that it is back, or the longest.
const FEW: usize = 8;

/// What is back in another place is told from so many letters on: a short sentence has them.
const A_STATEMENT: usize = 60;

/// So many numbers that are back at once were not put back by anybody.
const SEVERAL: usize = 3;

/// A passage that changed in so many …
const OFTEN: usize = 8;

/// … of so many revisions is volatile.
const LATELY: u32 = 10;

/// The events of a return of the whole page: the return itself, and, the first time, what it changed. From the second
/// time on the page shows several texts by turns, and the turn alone is kept: what it changed is known.
pub(super) fn of_return(returning: &Returning<'_>, mut events: Vec<Event>) -> Vec<Event> {
    let turn = Event {
        gone: Some(returning.gone),
        times: returning.times,
        gate: (returning.times > 1).then_some(Gate::Variant),
        ..Event::new(EventKind::Restored, Grade::State, (None, None), returning.first)
    };
    if returning.times > 1 {
        return vec![turn];
    }
    if events.len() > FEW {
        for event in &mut events {
            event.gate = Some(Gate::WithState);
        }
    }
    events.insert(0, turn);
    events
}

/// The events of a text that is new. Of each that is no news, the first reason is kept.
pub(super) fn of_change(
    revision: RevisionNumber,
    mut events: Vec<Event>,
    weave: &Weave<'_>,
    wordings: &Wordings<'_>,
) -> Vec<Event> {
    gate_volatile(revision, &mut events, (weave, wordings));
    gate_phrases(&mut events, wordings);
    gate_labels(&mut events, wordings);
    gate_crowds(&mut events);
    events
}

/// Whether what came is long enough to say something by itself, wherever it stands: a short sentence is.
pub fn is_statement(event: &Event, wordings: &Wordings<'_>) -> bool {
    event.new.as_ref().is_some_and(|strand| weight(strand, wordings) >= A_STATEMENT)
}

fn told(events: &mut [Event]) -> impl Iterator<Item = &mut Event> {
    events.iter_mut().filter(|event| event.gate.is_none())
}

/// Gates what changed in a line that changes with nearly every revision.
fn gate_volatile(
    revision: RevisionNumber,
    events: &mut [Event],
    (weave, wordings): (&Weave<'_>, &Wordings<'_>),
) {
    let since = RevisionNumber(revision.0.saturating_sub(LATELY));
    let mut often: BTreeMap<LineId, usize> = BTreeMap::new();
    for event in told(events) {
        let strand = event.new.as_ref().or(event.old.as_ref());
        let wording = strand.and_then(|strand| wordings.get(strand.wording.0 as usize));
        let Some(line) = wording.map(|wording| wording.line) else { continue };
        let times = often.entry(line).or_insert_with(|| {
            let slots = weave.slots(line, wordings);
            let turns = slots.iter().flat_map(Slot::turns).filter(|turn| *turn > since);
            turns.collect::<BTreeSet<_>>().len()
        });
        if *times >= OFTEN {
            event.gate = Some(Gate::Volatile);
        }
    }
}

/// Gates what is back in another place and short: terms and policies are made of a stock of phrases.
fn gate_phrases(events: &mut [Event], wordings: &Wordings<'_>) {
    for event in told(events).filter(|event| event.grade == Grade::Elsewhere) {
        if !is_statement(event, wordings) {
            event.gate = Some(Gate::Phrase);
        }
    }
}

/// Gates marks and letters of lists that are back, and numbers when several are: sections were numbered anew. One number
/// alone may be a price.
fn gate_labels(events: &mut [Event], wordings: &Wordings<'_>) {
    let words = |event: &Event| event.new.as_ref().map_or("", |strand| words(strand, wordings));
    let is_number = |event: &Event| {
        let words = words(event);
        words.chars().any(char::is_numeric) && !words.chars().any(char::is_alphabetic)
    };
    let returns = || events.iter().filter(|event| event.gate.is_none() && event.kind.is_return());
    let renumbered = returns().filter(|event| is_number(event)).count() >= SEVERAL;
    for event in told(events).filter(|event| event.kind.is_return()) {
        let letters = words(event).chars().filter(|sign| sign.is_alphanumeric()).count();
        let is_label = letters == 0 || letters == 1 && words(event).is_ascii() && !is_number(event);
        if is_label || renumbered && is_number(event) {
            event.gate = Some(Gate::Label);
        }
    }
}

/// How many letters a strand has; of scripts without spaces, one weighs as three.
fn weight(strand: &Strand, wordings: &Wordings<'_>) -> usize {
    let letters = words(strand, wordings).chars().filter(|letter| letter.is_alphanumeric());
    letters.map(|letter| if is_unspaced(letter) { 3 } else { 1 }).sum()
}

fn words<'a>(strand: &Strand, wordings: &'a Wordings<'_>) -> &'a str {
    let wording = wordings.get(strand.wording.0 as usize);
    wording.map_or("", |its| stretch(&its.text, &tokens(&its.text), &strand.tokens))
}

/// Of the returns of what went in one revision, tells the longest.
fn gate_crowds(events: &mut [Event]) {
    let mut crowds: BTreeMap<RevisionNumber, Vec<&mut Event>> = BTreeMap::new();
    for event in told(events).filter(|event| event.kind.is_return()) {
        if let Some(gone) = event.gone {
            crowds.entry(gone).or_default().push(event);
        }
    }
    for mut crowd in crowds.into_values().filter(|crowd| crowd.len() > FEW) {
        let length = |event: &Event| event.new.as_ref().map_or(0, |strand| strand.tokens.len());
        crowd.sort_by_key(|event| std::cmp::Reverse(length(event)));
        crowd.into_iter().skip(FEW).for_each(|event| event.gate = Some(Gate::Crowd));
    }
}
