//! The slots of a line after a step to what a person is told: one event a strand, not one a token.
//!
//! It is apart from the weaving because it decides words, not identity: the same slots could be told otherwise.

use std::cell::OnceCell;
use std::ops::Range;

use super::hunks::Hunk;
use super::weave::{Came, Slot};
use super::{Event, EventKind, Grade, RevisionNumber, Strand, Wording, WordingId};
use crate::extract::{sentences, tokens};

/// An event, and when that which went had come.
pub(super) struct Telling {
    pub(super) event: Event,
    pub(super) came: Option<RevisionNumber>,
}

/// What is the same for all hunks of a line.
pub(super) struct Emitter<'a> {
    revision: RevisionNumber,
    from: Option<Side<'a>>,
    to: Option<Side<'a>>,
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
    /// An emitter for a line that goes from one wording, if it stood, to another, if it stands.
    pub(super) fn new(
        revision: RevisionNumber,
        from: Option<(WordingId, &'a Wording)>,
        to: Option<(WordingId, &'a Wording)>,
    ) -> Self {
        let side = |(id, wording)| Side { id, wording, edges: OnceCell::new() };
        Self { revision, from: from.map(side), to: to.map(side) }
    }

    /// What happened to the line.
    pub(super) fn tellings(&self, slots: &[Slot]) -> Vec<Telling> {
        let hunks = Hunk::all(slots);
        match (&self.from, &self.to) {
            (None, Some(to)) => hunks.iter().map(|hunk| Self::passage_back(hunk, to)).collect(),
            _ => hunks.iter().flat_map(|hunk| self.of_hunk(hunk)).collect(),
        }
    }

    /// A whole passage is back. Words of it may have gone earlier than the rest, but what is told is one passage.
    fn passage_back(hunk: &Hunk<'_>, to: &Side<'_>) -> Telling {
        let event = Event {
            kind: EventKind::Restored,
            grade: Grade::Passage,
            old: None,
            new: Some(Strand { wording: to.id, tokens: hunk.new.clone() }),
            born: hunk.coming.iter().map(|slot| slot.born()).max().unwrap_or(to.wording.born),
            gone: hunk.coming.iter().filter_map(|slot| slot.gone()).max(),
        };
        Telling { event, came: None }
    }

    fn of_hunk(&self, hunk: &Hunk<'_>) -> Vec<Telling> {
        let mut tellings = Vec::new();
        let mut going = (!hunk.going.is_empty()).then_some(hunk);
        let (back, new): (Vec<_>, Vec<_>) = hunk
            .strands()
            .into_iter()
            .partition(|strand| hunk.coming[strand.start].gone().is_some());
        for strand in back {
            let gone = hunk.coming[strand.start].gone();
            let undone = going.take_if(|hunk| hunk.going.iter().all(|slot| slot.came() == gone));
            let kind = if undone.is_some() { EventKind::PutBack } else { EventKind::Restored };
            tellings.push(self.telling(kind, undone, Some((hunk, strand)), gone));
        }
        for strand in new {
            let replaced = going.take();
            let kind = if replaced.is_some() { EventKind::Reworded } else { EventKind::Added };
            tellings.push(self.telling(kind, replaced, Some((hunk, strand)), None));
        }
        if let Some(hunk) = going {
            tellings.push(self.telling(farewell(&hunk.going), Some(hunk), None, None));
        }
        tellings
    }

    fn telling(
        &self,
        kind: EventKind,
        old: Option<&Hunk<'_>>,
        new: Option<(&Hunk<'_>, Range<usize>)>,
        gone: Option<RevisionNumber>,
    ) -> Telling {
        let born = match (&new, old) {
            (Some((hunk, strand)), _) if kind.is_return() => hunk.coming[strand.start].born(),
            (_, Some(hunk)) => {
                hunk.going.iter().map(|slot| slot.born()).min().unwrap_or(self.revision)
            }
            _ => self.revision,
        };
        let came = old.and_then(|hunk| hunk.going.iter().filter_map(|slot| slot.came()).min());
        let old = old
            .zip(self.from.as_ref())
            .map(|(hunk, side)| Strand { wording: side.id, tokens: hunk.old.clone() });
        let new = new.zip(self.to.as_ref()).map(|((hunk, strand), side)| Strand {
            wording: side.id,
            tokens: hunk.new.start + strand.start..hunk.new.start + strand.end,
        });
        let grade = self.grade(old.as_ref(), new.as_ref());
        Telling { event: Event { kind, grade, old, new, born, gone }, came }
    }

    fn grade(&self, old: Option<&Strand>, new: Option<&Strand>) -> Grade {
        let whole = match (&self.from, &self.to) {
            (None, _) | (_, None) => return Grade::Passage,
            (Some(from), Some(to)) => match (old, new) {
                (_, Some(strand)) => to.is_whole_sentences(&strand.tokens),
                (Some(strand), None) => from.is_whole_sentences(&strand.tokens),
                (None, None) => false,
            },
        };
        if whole { Grade::Sentence } else { Grade::InPlace }
    }
}

impl Side<'_> {
    fn is_whole_sentences(&self, range: &Range<usize>) -> bool {
        let edges = self.edges.get_or_init(|| Edges::of(&self.wording.text));
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
        slot.born() > RevisionNumber::FIRST
            && slot.lives.last().is_some_and(|life| life.came == Came::Between)
    };
    if going.iter().all(came_by_itself) { EventKind::Withdrawn } else { EventKind::Removed }
}
