//! What can happen to a line in one step: it begins, goes, comes home, is reworded, moves.
//!
//! Each is written into the weave and told in the same breath, so that the two cannot disagree.

use super::earlier::{Earlier, wording_of_line};
use super::emit::{Emitter, Telling};
use super::hunks::Hunk;
use super::reweave::{Cloth, rewoven};
use super::weave::{Slot, Weave};
use super::{Event, EventKind, Grade, LineId, Placed, RevisionNumber, Strand, Wording, WordingId};
use crate::diff::{Edit, EditKind, edits_beside};
use crate::extract::{Passage, tokens};

/// The lines of a page while one revision is woven.
pub(super) struct Lines<'a> {
    pub(super) weave: &'a mut Weave,
    pub(super) wordings: &'a mut Vec<Wording>,
    pub(super) revision: RevisionNumber,
    pub(super) tellings: Vec<Telling>,
}

impl Lines<'_> {
    /// A passage that was never there.
    pub(super) fn begins(&mut self, passage: &Passage) -> Placed {
        let placed = new_line(self.revision, passage, self.wordings);
        let new = Some(self.whole(placed.wording));
        self.tell(EventKind::Added, Grade::Passage, (None, new), self.revision);
        placed
    }

    /// A whole line goes.
    pub(super) fn goes(&mut self, line: LineId, wording: WordingId) {
        let mut slots = self.weave.slots(line, self.wordings);
        for slot in &mut slots {
            slot.dies(self.revision);
        }
        self.emit(&slots, Some(wording), None);
        self.weave.keep(line, &slots);
    }

    /// A passage comes that was there before.
    pub(super) fn comes_home(&mut self, passage: &Passage, earlier: Earlier) -> Placed {
        let Earlier { line, wording, until_now } = earlier;
        let from = until_now.map(|until| until.wording);
        let placed = self.takes_words(line, from, wording, passage);
        if let Some(until) = until_now.filter(|until| until.elsewhere) {
            self.moved(until.wording, placed.wording);
        }
        placed
    }

    /// A line is reworded, restyled, or both.
    pub(super) fn edited(&mut self, placed: Placed, passage: &Passage, edits: &[Edit]) -> Placed {
        if edits.is_empty() {
            return placed;
        }
        let Placed { line, wording: from } = placed;
        let style_alone = edits.iter().all(|edit| edit.kind == EditKind::Restyled);
        if style_alone {
            return self.takes_words(line, Some(from), from, passage);
        }
        if let Some(earlier) = wording_of_line(line, &passage.text, self.wordings) {
            return self.takes_words(line, Some(from), earlier, passage);
        }
        let wording = push_wording(line, self.revision, passage, self.wordings);
        let slots = self.weave.slots(line, self.wordings);
        let cloth = Cloth { wordings: self.wordings, wording, revision: self.revision };
        let slots = rewoven(slots, &cloth, edits);
        self.emit(&slots, Some(from), Some(wording));
        self.restyled(from, wording, edits);
        self.weave.keep(line, &slots);
        Placed { line, wording }
    }

    /// A line takes the words of an earlier wording again, in the style of the passage.
    fn takes_words(
        &mut self,
        line: LineId,
        from: Option<WordingId>,
        earlier: WordingId,
        passage: &Passage,
    ) -> Placed {
        let then = self.wordings[earlier.0 as usize].born;
        let same = ids_of(line, self.wordings)
            .find(|id| self.wordings[id.0 as usize].text == passage.text);
        let wording =
            same.unwrap_or_else(|| push_wording(line, self.revision, passage, self.wordings));
        self.takes(line, from, wording, then);
        Placed { line, wording }
    }

    /// A line takes a wording: the slots that stood in that earlier revision stand again.
    pub(super) fn takes(
        &mut self,
        line: LineId,
        from: Option<WordingId>,
        to: WordingId,
        then: RevisionNumber,
    ) {
        let mut slots = self.weave.slots(line, self.wordings);
        for slot in &mut slots {
            match (slot.is_alive(), slot.stood_in(then)) {
                (true, false) => slot.dies(self.revision),
                (false, true) => slot.revives(self.revision),
                _ => {}
            }
        }
        self.emit(&slots, from, Some(to));
        if let Some(from) = from {
            let hunks = Hunk::all(&slots).iter().map(Hunk::ranges).collect();
            let text = |id: WordingId| self.wordings[id.0 as usize].text.as_str();
            let edits = edits_beside(text(from), text(to), hunks);
            self.restyled(from, to, &edits);
        }
        self.weave.keep(line, &slots);
    }

    /// When a wording stood first.
    pub(super) fn born(&self, wording: WordingId) -> RevisionNumber {
        self.wordings[wording.0 as usize].born
    }

    /// A line stands elsewhere.
    pub(super) fn moved(&mut self, from: WordingId, to: WordingId) {
        let strands = (Some(self.whole(from)), Some(self.whole(to)));
        self.tell(EventKind::Moved, Grade::Passage, strands, self.born(from));
    }

    fn restyled(&mut self, from: WordingId, to: WordingId, edits: &[Edit]) {
        let born = self.born(from);
        for edit in edits.iter().filter(|edit| edit.kind == EditKind::Restyled) {
            let old = Strand { wording: from, tokens: edit.old.clone() };
            let new = Strand { wording: to, tokens: edit.new.clone() };
            self.tell(EventKind::Restyled, Grade::InPlace, (Some(old), Some(new)), born);
        }
    }

    fn whole(&self, wording: WordingId) -> Strand {
        let text = &self.wordings[wording.0 as usize].text;
        Strand { wording, tokens: 0..tokens(text).len() }
    }

    /// Tells an event; of a strand without words there is nothing to tell.
    fn tell(
        &mut self,
        kind: EventKind,
        grade: Grade,
        (old, new): (Option<Strand>, Option<Strand>),
        born: RevisionNumber,
    ) {
        let says = |strand: &Strand| !strand.tokens.is_empty();
        let (old, new) = (old.filter(says), new.filter(says));
        if old.is_some() || new.is_some() {
            let event = Event { kind, grade, old, new, born, gone: None };
            self.tellings.push(Telling { event, came: None });
        }
    }

    fn emit(&mut self, slots: &[Slot], from: Option<WordingId>, to: Option<WordingId>) {
        let told = |id: WordingId| (id, &self.wordings[id.0 as usize]);
        let emitter = Emitter::new(self.revision, from.map(told), to.map(told));
        self.tellings.extend(emitter.tellings(slots));
    }
}

/// A line of its own for a passage.
pub(super) fn new_line(
    revision: RevisionNumber,
    passage: &Passage,
    wordings: &mut Vec<Wording>,
) -> Placed {
    let line = LineId(next(wordings));
    Placed { line, wording: push_wording(line, revision, passage, wordings) }
}

fn push_wording(
    line: LineId,
    born: RevisionNumber,
    passage: &Passage,
    wordings: &mut Vec<Wording>,
) -> WordingId {
    let id = WordingId(next(wordings));
    wordings.push(Wording { line, born, kind: passage.kind, text: passage.text.clone() });
    id
}

fn ids_of(line: LineId, wordings: &[Wording]) -> impl Iterator<Item = WordingId> {
    let of_line = (0..).map(WordingId).zip(wordings).filter(move |(_, its)| its.line == line);
    of_line.map(|(id, _)| id)
}

fn next(wordings: &[Wording]) -> u32 {
    u32::try_from(wordings.len()).unwrap_or(u32::MAX)
}
