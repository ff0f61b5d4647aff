//! The slots of a page's lines, dead ones in their places: what the next revision is matched against.
//!
//! A line that was never edited needs no slots of its own, since its first wording says everything; so the weave of a
//! long page that rarely changes is small, and an edit touches only its own line.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use super::line::{Line, shared};
use super::names::parted;
use super::past::{NOTHING, Past, Wordings};
use super::said::Said;
use super::slot::{Came, Name, Slot};
use super::{LineId, Wording, WordingId};
use crate::extract::tokens;

/// The lines of one page that have been edited at least once, and what its passages ever said: those that a step asked
/// for or changed, and where the others are to be had.
pub struct Weave<'p> {
    past: &'p dyn Past,
    read: RefCell<BTreeMap<LineId, Rc<Vec<Slot>>>>,
    touched: BTreeSet<LineId>,
    /// The newest wording of each line that has a new one.
    newest: BTreeMap<LineId, WordingId>,
    /// The wording that was its line's newest before a new one.
    before: BTreeMap<WordingId, WordingId>,
    pub(super) said: Said<'p>,
}

impl<'p> Weave<'p> {
    /// The weave of a page with this past.
    pub fn of(past: &'p dyn Past) -> Self {
        Self {
            past,
            read: RefCell::default(),
            touched: BTreeSet::new(),
            newest: BTreeMap::new(),
            before: BTreeMap::new(),
            said: Said::of(past),
        }
    }

    /// The lines that changed since the weave was made, each with the newest of its wordings, for keeping.
    pub fn touched(&self) -> impl Iterator<Item = (LineId, Line, WordingId)> {
        let read = self.read.borrow();
        let touched = self.touched.iter().filter_map(|id| {
            let line = Line::of(read.get(id)?);
            Some((*id, line, self.newest(*id).unwrap_or(WordingId(id.0))))
        });
        touched.collect::<Vec<_>>().into_iter()
    }

    /// The digests of what was said since the weave was made, and the wordings that said it, for keeping.
    pub fn learned(&self) -> impl Iterator<Item = (u64, WordingId)> {
        self.said.learned()
    }

    /// The wording that was the newest of its line before this new one, if the line is older.
    pub fn before(&self, wording: WordingId) -> Option<WordingId> {
        self.before.get(&wording).copied()
    }

    /// The slots of a line; those of its first wording when it was never edited.
    pub(super) fn slots(&self, id: LineId, wordings: &Wordings<'_>) -> Rc<Vec<Slot>> {
        if let Some(slots) = self.read.borrow().get(&id) {
            return Rc::clone(slots);
        }
        let kept = self.past.line(id).map(|line| line.slots());
        let slots = kept.unwrap_or_else(|| first_slots(id, wordings.get(id.0 as usize)));
        let slots = Rc::new(slots);
        self.read.borrow_mut().insert(id, Rc::clone(&slots));
        slots
    }

    /// Keeps the slots of a line.
    pub(super) fn keep(&mut self, id: LineId, slots: &[Slot]) {
        // As they will be read.
        self.read.get_mut().insert(id, Rc::new(shared(slots)));
        self.touched.insert(id);
    }

    /// Keeps that a token, which is in these slots of a line, went on to another line.
    pub(super) fn points(&mut self, id: LineId, slots: &[usize], name: Name, to: LineId) {
        if let Some(read) = self.read.get_mut().get_mut(&id) {
            points(Rc::make_mut(read), slots, name, to);
            self.touched.insert(id);
        }
    }

    /// Learns what a new wording says that its line did not say just before.
    pub(super) fn learn(&mut self, id: WordingId, wordings: &Wordings<'_>) {
        let wording = &wordings[id.0 as usize];
        let before = self.newest(wording.line).filter(|_| wording.line.0 != id.0);
        self.newest.insert(wording.line, id);
        self.before.extend(before.map(|before| (id, before)));
        self.said.learn(
            id,
            wording,
            before.map(|before| wordings[before.0 as usize].text.as_str()),
        );
    }

    /// The newest wording of a line; of one that was never edited, its first.
    fn newest(&self, line: LineId) -> Option<WordingId> {
        let first = || (line.0 < self.past.wordings()).then_some(WordingId(line.0));
        let kept = || self.past.newest(line).or_else(first);
        self.newest.get(&line).copied().or_else(kept)
    }
}

impl Default for Weave<'_> {
    fn default() -> Self {
        Self::of(NOTHING)
    }
}

impl fmt::Debug for Weave<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weave").field("touched", &self.touched).finish_non_exhaustive()
    }
}

/// A token, which is in these slots in their order, went on to another line.
pub(super) fn points(slots: &mut Vec<Slot>, those: &[usize], name: Name, to: LineId) {
    for &index in those.iter().rev() {
        let own = parted(slots, index, name);
        slots[own].next = Some(to);
    }
}

fn first_slots(id: LineId, first: Option<&Wording>) -> Vec<Slot> {
    let Some(first) = first else { return Vec::new() };
    let mut slot = Slot::new(WordingId(id.0), 0, first.born, Came::Between);
    slot.stood = true;
    (0..tokens(&first.text).len()).map(|token| slot.beside(token)).collect()
}
