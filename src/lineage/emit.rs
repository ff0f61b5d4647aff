//! The slots of the opened lines to what a person is told: one event a strand, not one a token.
//!
//! It is apart from the weaving because it decides words, not identity: the same slots could be told otherwise.

use std::cell::OnceCell;
use std::ops::Range;

use super::hunks::{self, Arrival, Crossing, Hunk};
use super::lines::{Lines, Open, Place};
use super::slot::{Came, Slot};
use super::{Event, EventKind, Gate, Grade, RevisionNumber, Strand, Wording, WordingId};
use crate::diff::{EditKind, edits_beside};
use crate::extract::{sentences, tokens};

/// An event, and when that which went had come.
pub(super) struct Telling {
    pub(super) event: Event,
    pub(super) came: Option<RevisionNumber>,
}

/// What happened to the lines that were opened, in the order in which they were.
pub(super) fn tellings(lines: &Lines<'_, '_>) -> Vec<Telling> {
    let crossing = Crossing::of(lines);
    let of_line = |open: &Open| Emitter::new(lines, open, &crossing).tellings(&open.slots);
    lines.opened().flat_map(|(_, open)| of_line(open)).collect()
}

/// What is the same for all hunks of a line.
struct Emitter<'a> {
    revision: RevisionNumber,
    crossing: &'a Crossing,
    from: Option<Side<'a>>,
    to: Option<Side<'a>>,
    place: Place,
}

/// The old or the new wording of a line. Where its sentences end is looked up once, however many hunks ask.
struct Side<'a> {
    id: WordingId,
    wording: &'a Wording,
    edges: OnceCell<Edges>,
}

/// For each token, whether a sentence begins with it, and whether one ends.
struct Edges {
    begins: Vec<bool>,
    ends: Vec<bool>,
}

impl<'a> Emitter<'a> {
    fn new(lines: &'a Lines<'_, '_>, open: &Open, crossing: &'a Crossing) -> Self {
        let side = |id: WordingId| {
            let wording = &lines.wordings[id.0 as usize];
            Side { id, wording, edges: OnceCell::new() }
        };
        Self {
            revision: lines.revision,
            crossing,
            from: open.from.map(side),
            to: open.to.map(side),
            place: open.place,
        }
    }

    /// What happened to the line.
    fn tellings(&self, slots: &[Slot]) -> Vec<Telling> {
        let hunks = Hunk::all(slots, self.crossing, self.revision);
        let mut tellings: Vec<Telling> = match (&self.from, &self.to, hunks.as_slice()) {
            (None, Some(to), [hunk]) if is_homecoming(hunk) => vec![Self::passage_back(hunk, to)],
            _ => hunks.iter().flat_map(|hunk| self.of_hunk(hunk)).collect(),
        };
        if let (Some(from), Some(to)) = (&self.from, &self.to) {
            tellings.extend(restyled(from, to, &hunks));
            let whole = |side: &Side<'_>| side.strand(0..side.edges().begins.len());
            if self.place == Place::Other && !whole(to).tokens.is_empty() {
                let strands = (Some(whole(from)), Some(whole(to)));
                tellings.push(plain(EventKind::Moved, Grade::Passage, strands, from.wording.born));
            }
        }
        tellings
    }

    /// A whole passage is back. Words of it may have gone earlier than the rest, but what is told is one passage.
    fn passage_back(hunk: &Hunk<'_>, to: &Side<'_>) -> Telling {
        let gone = hunk.coming.iter().filter_map(|(arrival, _)| match arrival {
            Arrival::Back(gone, _) => Some(*gone),
            _ => None,
        });
        let slots = hunk.coming.iter().flat_map(|(_, strand)| strand.slots.iter().copied());
        let born = slots.clone().map(|slot| slot.born).max().unwrap_or(to.wording.born);
        let strands = (None, Some(to.strand(hunk.new.clone())));
        let event = Event {
            gone: gone.max(),
            ..Event::new(EventKind::Restored, Grade::Passage, strands, born)
        };
        Telling { event: returned(event, slots.map(Slot::returns).min()), came: None }
    }

    /// What is back is told first, then what is new, then what went and left nothing in its place, then what moved.
    fn of_hunk(&self, hunk: &Hunk<'_>) -> Vec<Telling> {
        let mut tellings = Vec::new();
        let mut going = hunk.going.iter().peekable();
        for (arrival, strand) in &hunk.coming {
            let Arrival::Back(gone, _) = arrival else { continue };
            let undone = going.next_if(|going| {
                hunk.going.len() == 1 && going.slots.iter().all(|slot| slot.came() == Some(*gone))
            });
            let kind = if undone.is_some() { EventKind::PutBack } else { EventKind::Restored };
            tellings.push(self.telling(kind, undone, Some((*arrival, strand))));
        }
        for (arrival, strand) in hunk.coming.iter().filter(|(arrival, _)| *arrival == Arrival::New)
        {
            let replaced = going.next();
            let kind = if replaced.is_some() { EventKind::Reworded } else { EventKind::Added };
            tellings.push(self.telling(kind, replaced, Some((*arrival, strand))));
        }
        for strand in going {
            tellings.push(self.telling(farewell(&strand.slots), Some(strand), None));
        }
        let moved = hunk.coming.iter().filter(|(arrival, _)| *arrival == Arrival::Moved);
        tellings.extend(moved.filter_map(|(_, strand)| self.moved(strand)));
        tellings
    }

    fn moved(&self, strand: &hunks::Strand<'_>) -> Option<Telling> {
        let (to, first) = (self.to.as_ref()?, strand.slots.first()?);
        let (wording, token) = self.crossing.origin(first)?;
        let new = to.strand(strand.tokens.clone());
        let old = Strand { wording, tokens: token..token + strand.slots.len() };
        let grade = self.grade(None, Some(&new));
        Some(plain(EventKind::Moved, grade, (Some(old), Some(new)), first.born))
    }

    fn telling(
        &self,
        kind: EventKind,
        old: Option<&hunks::Strand<'_>>,
        new: Option<(Arrival, &hunks::Strand<'_>)>,
    ) -> Telling {
        let oldest = |slots: &[&Slot]| slots.iter().map(|slot| slot.born).min();
        let born = match (&new, old) {
            (Some((_, strand)), _) if kind.is_return() => oldest(&strand.slots),
            (_, Some(strand)) => oldest(&strand.slots),
            _ => None,
        };
        let returns =
            |strand: &hunks::Strand<'_>| strand.slots.iter().map(|slot| slot.returns()).min();
        let returns = match (new, old) {
            (Some((_, strand)), _) | (None, Some(strand)) => returns(strand),
            (None, None) => None,
        };
        let came = old.and_then(|old| old.slots.iter().filter_map(|slot| slot.came()).min());
        let old = old.zip(self.from.as_ref()).map(|(old, side)| side.strand(old.tokens.clone()));
        let arrival = new.map(|(arrival, _)| arrival);
        let new = new.zip(self.to.as_ref()).map(|((_, new), side)| side.strand(new.tokens.clone()));
        let (gone, grade) = match arrival {
            Some(Arrival::Back(gone, hunks::Place::Other)) => (Some(gone), Grade::Elsewhere),
            Some(Arrival::Back(gone, _)) => (Some(gone), self.grade(old.as_ref(), new.as_ref())),
            _ => (None, self.grade(old.as_ref(), new.as_ref())),
        };
        let event =
            Event { gone, ..Event::new(kind, grade, (old, new), born.unwrap_or(self.revision)) };
        Telling { event: returned(event, returns), came }
    }

    /// How large a part of its passage a strand is: that which came, or else that which went.
    fn grade(&self, old: Option<&Strand>, new: Option<&Strand>) -> Grade {
        let told = match (new, old) {
            (Some(strand), _) => self.to.as_ref().zip(Some((strand, self.from.is_none()))),
            (None, Some(strand)) => self.from.as_ref().zip(Some((strand, self.to.is_none()))),
            (None, None) => None,
        };
        match told {
            Some((side, (strand, true))) if strand.tokens == (0..side.edges().begins.len()) => {
                Grade::Passage
            }
            Some((side, (strand, _))) if side.is_whole_sentences(&strand.tokens) => Grade::Sentence,
            _ => Grade::InPlace,
        }
    }
}

/// Counts the returns of a strand. From the second on, neither they nor the goings between them are told: the first of
/// each was.
fn returned(mut event: Event, returns: Option<usize>) -> Event {
    let times = u32::try_from(returns.unwrap_or(0)).unwrap_or(u32::MAX);
    let goes = matches!(event.kind, EventKind::Removed | EventKind::Withdrawn);
    if event.kind.is_return() {
        event.times = times.max(1);
    }
    if times > 1 && (event.kind.is_return() || goes) {
        event.gate = Some(Gate::Repeat);
    }
    event
}

/// Whether all that came is back in its old place.
fn is_homecoming(hunk: &Hunk<'_>) -> bool {
    let back = |arrival: Arrival| matches!(arrival, Arrival::Back(_, hunks::Place::Old));
    hunk.old.is_empty() && hunk.coming.iter().all(|(arrival, _)| back(*arrival))
}

fn restyled(from: &Side<'_>, to: &Side<'_>, hunks: &[Hunk<'_>]) -> Vec<Telling> {
    if from.wording.text == to.wording.text {
        return Vec::new();
    }
    let hunks = hunks.iter().map(Hunk::ranges).collect();
    let edits = edits_beside(&from.wording.text, &to.wording.text, hunks);
    let edits = edits.into_iter().filter(|edit| edit.kind == EditKind::Restyled);
    let told = edits.filter(|edit| !edit.old.is_empty()).map(|edit| {
        let strands = (Some(from.strand(edit.old)), Some(to.strand(edit.new)));
        plain(EventKind::Restyled, Grade::InPlace, strands, from.wording.born)
    });
    told.collect()
}

fn plain(
    kind: EventKind,
    grade: Grade,
    strands: (Option<Strand>, Option<Strand>),
    born: RevisionNumber,
) -> Telling {
    Telling { event: Event::new(kind, grade, strands, born), came: None }
}

impl Side<'_> {
    fn strand(&self, tokens: Range<usize>) -> Strand {
        Strand { wording: self.id, tokens }
    }

    fn edges(&self) -> &Edges {
        self.edges.get_or_init(|| Edges::of(&self.wording.text))
    }

    fn is_whole_sentences(&self, range: &Range<usize>) -> bool {
        let edges = self.edges();
        edges.begins.get(range.start) == Some(&true)
            && range.end.checked_sub(1).and_then(|last| edges.ends.get(last)) == Some(&true)
    }
}

impl Edges {
    fn of(text: &str) -> Self {
        let (words, bounds) = (tokens(text), sentences(text));
        let starts = |at: usize| bounds.binary_search_by_key(&at, |bound| bound.start).is_ok();
        let stops = |at: usize| bounds.binary_search_by_key(&at, |bound| bound.end).is_ok();
        Self {
            begins: words.iter().map(|word| starts(word.start)).collect(),
            ends: words.iter().map(|word| stops(word.end())).collect(),
        }
    }
}

/// What went was withdrawn if it had come by itself after the first revision; else it was removed.
fn farewell(going: &[&Slot]) -> EventKind {
    let came_by_itself = |slot: &&Slot| {
        slot.born > RevisionNumber::FIRST
            && slot.lives.last().is_some_and(|life| life.came == Came::Between)
    };
    if going.iter().all(came_by_itself) { EventKind::Withdrawn } else { EventKind::Removed }
}
