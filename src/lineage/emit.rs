//! The slots of a line before and after a step to what a person is told: one event a strand, not one a token.
//!
//! It is apart from the weaving because it decides words, not identity: the same slots could be told otherwise.

use std::ops::Range;

use super::weave::{Came, Slot};
use super::{Event, EventKind, Grade, RevisionNumber, Strand, WordingId};
use crate::extract::{sentences, tokens};

/// A stretch of a line between two kept tokens in which something went or came.
#[derive(Debug)]
pub(super) struct Hunk<'a> {
    /// The slots that went, and where they stood in the old wording.
    going: Vec<&'a Slot>,
    old: Range<usize>,
    /// The slots that came, and where they stand in the new wording.
    coming: Vec<&'a Slot>,
    new: Range<usize>,
}

/// Whether a hunk is a part of a passage or the whole of one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    WholePassage,
    WithinPassage,
}

/// What is the same for all hunks of a line.
pub(super) struct Emitter<'a> {
    pub(super) revision: RevisionNumber,
    pub(super) placement: Placement,
    pub(super) from: Option<WordingId>,
    pub(super) to: Option<WordingId>,
    pub(super) old_text: Option<&'a str>,
    pub(super) new_text: Option<&'a str>,
}

impl<'a> Hunk<'a> {
    /// The hunks of a line, left to right. `before` says of each slot whether its token stood in the old wording.
    pub(super) fn all(slots: &'a [Slot], before: &[bool]) -> Vec<Self> {
        let mut hunks = Vec::new();
        let (mut old_at, mut new_at) = (0, 0);
        let mut open = Self { going: Vec::new(), old: 0..0, coming: Vec::new(), new: 0..0 };
        for (slot, was) in slots.iter().zip(before) {
            match (*was, slot.is_alive()) {
                (true, true) => {
                    old_at += 1;
                    new_at += 1;
                    let next = Self {
                        going: Vec::new(),
                        old: old_at..old_at,
                        coming: Vec::new(),
                        new: new_at..new_at,
                    };
                    hunks.push(std::mem::replace(&mut open, next));
                }
                (true, false) => {
                    old_at += 1;
                    open.old.end = old_at;
                    open.going.push(slot);
                }
                (false, true) => {
                    new_at += 1;
                    open.new.end = new_at;
                    open.coming.push(slot);
                }
                (false, false) => {}
            }
        }
        hunks.push(open);
        hunks.retain(|hunk| !hunk.going.is_empty() || !hunk.coming.is_empty());
        hunks
    }

    /// The strands that came, as ranges into `coming`: neighbours that are all new, or that all went together once.
    fn strands(&self) -> Vec<Range<usize>> {
        let mut strands: Vec<Range<usize>> = Vec::new();
        for index in 0..self.coming.len() {
            match strands.last_mut() {
                Some(last) if self.coming[last.start].gone() == self.coming[index].gone() => {
                    last.end += 1;
                }
                _ => strands.push(index..index + 1),
            }
        }
        strands
    }
}

impl Emitter<'_> {
    /// What happened in one hunk.
    pub(super) fn events(&self, hunk: &Hunk<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        let mut going = (!hunk.going.is_empty()).then_some(());
        let strands = hunk.strands();
        let (back, new): (Vec<_>, Vec<_>) =
            strands.into_iter().partition(|strand| hunk.coming[strand.start].gone().is_some());
        for strand in back {
            let gone = hunk.coming[strand.start].gone();
            let undone = going.filter(|()| {
                hunk.going.iter().all(|slot| slot.lives.last().map(|life| life.from) == gone)
            });
            if undone.is_some() {
                going = None;
            }
            let kind = if undone.is_some() { EventKind::PutBack } else { EventKind::Restored };
            events.push(self.event(kind, undone.map(|()| hunk), Some((hunk, strand)), gone));
        }
        for strand in new {
            let replaced = going.take();
            let kind = if replaced.is_some() { EventKind::Reworded } else { EventKind::Added };
            events.push(self.event(kind, replaced.map(|()| hunk), Some((hunk, strand)), None));
        }
        if going.is_some() {
            events.push(self.event(farewell(&hunk.going), Some(hunk), None, None));
        }
        events
    }

    fn event(
        &self,
        kind: EventKind,
        old: Option<&Hunk<'_>>,
        new: Option<(&Hunk<'_>, Range<usize>)>,
        gone: Option<RevisionNumber>,
    ) -> Event {
        let born = match (&new, old) {
            (Some((hunk, strand)), _) if kind.is_return() => hunk.coming[strand.start].born(),
            (_, Some(hunk)) => {
                hunk.going.iter().map(|slot| slot.born()).min().unwrap_or(self.revision)
            }
            _ => self.revision,
        };
        let old =
            old.zip(self.from).map(|(hunk, wording)| Strand { wording, tokens: hunk.old.clone() });
        let new = new.zip(self.to).map(|((hunk, strand), wording)| Strand {
            wording,
            tokens: hunk.new.start + strand.start..hunk.new.start + strand.end,
        });
        let grade = self.grade(old.as_ref(), new.as_ref());
        Event { kind, grade, old, new, born, gone }
    }

    fn grade(&self, old: Option<&Strand>, new: Option<&Strand>) -> Grade {
        if self.placement == Placement::WholePassage {
            return Grade::Passage;
        }
        let whole = match (new, self.new_text, old, self.old_text) {
            (Some(strand), Some(text), ..) | (None, _, Some(strand), Some(text)) => {
                is_whole_sentences(text, &strand.tokens)
            }
            _ => false,
        };
        if whole { Grade::Sentence } else { Grade::InPlace }
    }
}

/// A whole passage that is back while the one that had come instead of it goes is put back: one event, not two.
pub(super) fn paired(mut events: Vec<Event>) -> Vec<Event> {
    for index in 0..events.len() {
        let returns =
            events[index].kind == EventKind::Restored && events[index].grade == Grade::Passage;
        let Some(gone) = events[index].gone.filter(|_| returns) else { continue };
        let undone = events.iter().position(|event| {
            matches!(event.kind, EventKind::Removed | EventKind::Withdrawn)
                && event.grade == Grade::Passage
                && event.born == gone
                && event.old.is_some()
        });
        if let Some(other) = undone {
            let old = events[other].old.take();
            events[index].kind = EventKind::PutBack;
            events[index].old = old;
        }
    }
    events.retain(|event| event.old.is_some() || event.new.is_some());
    events
}

/// What went was withdrawn if it had come by itself after the first revision; else it was removed.
fn farewell(going: &[&Slot]) -> EventKind {
    let came_by_itself = |slot: &&Slot| {
        slot.born() > RevisionNumber::FIRST
            && slot.lives.last().is_some_and(|life| life.came == Came::Between)
    };
    if going.iter().all(came_by_itself) { EventKind::Withdrawn } else { EventKind::Removed }
}

fn is_whole_sentences(text: &str, range: &Range<usize>) -> bool {
    let words = tokens(text);
    let (Some(first), Some(last)) =
        (words.get(range.start), range.end.checked_sub(1).and_then(|end| words.get(end)))
    else {
        return false;
    };
    let bounds = sentences(text);
    let begins = bounds.iter().any(|sentence| sentence.start == first.start);
    let ends = bounds.iter().any(|sentence| sentence.end == last.end());
    begins && ends
}
