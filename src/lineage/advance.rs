//! One step of a page's history: the weave, the old state and the new document to the next weave and its events.
//!
//! The rules are tried from the surest to the least sure: the whole state stood before; a passage stands or stood
//! letter for letter; words are back between their neighbours. What no rule explains is new.

use std::collections::{BTreeMap, BTreeSet};

use super::emit::{Emitter, Hunk, Placement};
use super::revive::{Gap, revived};
use super::weave::{Came, Life, Slot, Weave};
use super::{Event, EventKind, Grade, LineId, Placed, RevisionNumber, Strand, Wording, WordingId};
use crate::diff::{Comparison, Edit, EditKind, Row};
use crate::extract::{Passage, tokens};

/// What one step starts from.
pub struct Step<'a> {
    /// The number of the revision that is being woven.
    pub revision: RevisionNumber,
    /// The layout of the revision before.
    pub old: &'a [Placed],
    /// The main passages of the new document.
    pub new: &'a [&'a Passage],
    /// How the old passages became the new ones.
    pub comparison: &'a Comparison,
    /// The layout and the revision in which this very state stood before, if it did.
    pub returning: Option<(&'a [Placed], RevisionNumber)>,
}

/// What one step gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The layout of the new revision.
    pub layout: Vec<Placed>,
    /// What happened.
    pub events: Vec<Event>,
}

/// The layout of a page's first revision: every passage is a line of its own. Appends the wordings.
pub fn begin(
    revision: RevisionNumber,
    passages: &[&Passage],
    wordings: &mut Vec<Wording>,
) -> Vec<Placed> {
    passages.iter().map(|passage| new_line(revision, passage, wordings)).collect()
}

/// Weaves one revision. Appends the wordings that are new.
pub fn advance(weave: &mut Weave, wordings: &mut Vec<Wording>, step: &Step<'_>) -> Advance {
    let mut work = Work { weave, wordings, revision: step.revision, events: Vec::new() };
    let layout = match step.returning {
        Some((layout, _)) => {
            work.return_to(step, layout);
            layout.to_vec()
        }
        None => work.follow(step),
    };
    let mut events = super::emit::paired(work.events);
    if step.returning.is_some() {
        for event in &mut events {
            event.grade = Grade::State;
        }
    }
    Advance { layout, events }
}

struct Work<'a> {
    weave: &'a mut Weave,
    wordings: &'a mut Vec<Wording>,
    revision: RevisionNumber,
    events: Vec<Event>,
}

impl Work<'_> {
    /// The state stood before: every line takes the wording that it had then.
    fn return_to(&mut self, step: &Step<'_>, new: &[Placed]) {
        let old = step.old;
        let before: BTreeMap<LineId, WordingId> =
            old.iter().map(|placed| (placed.line, placed.wording)).collect();
        let after: BTreeMap<LineId, WordingId> =
            new.iter().map(|placed| (placed.line, placed.wording)).collect();
        for (line, wording) in &before {
            match after.get(line) {
                None => self.goes(*line, *wording),
                Some(then) if then == wording => {}
                Some(then) => self.takes(*line, Some(*wording), *then),
            }
        }
        for (line, wording) in after.iter().filter(|(line, _)| !before.contains_key(line)) {
            self.takes(*line, None, *wording);
        }
        for row in &step.comparison.rows {
            let Row::Moved { old: was, new: is, .. } = row else { continue };
            if let (Some(was), Some(is)) = (old.get(*was), new.get(*is)) {
                self.moved(was.wording, is.wording);
            }
        }
    }

    /// The state is new: row by row.
    fn follow(&mut self, step: &Step<'_>) -> Vec<Placed> {
        let standing: BTreeSet<LineId> = step.old.iter().map(|placed| placed.line).collect();
        let mut dead = DeadWordings::of(self.wordings, &standing);
        let mut layout = Vec::with_capacity(step.new.len());
        for row in &step.comparison.rows {
            match row {
                Row::Same { old, .. } => layout.push(step.old[*old]),
                Row::Removed { old } => self.goes(step.old[*old].line, step.old[*old].wording),
                Row::Added { new } => layout.push(self.comes(step.new[*new], &mut dead)),
                Row::Edited { old, new, edits } => {
                    layout.push(self.edited(step.old[*old], step.new[*new], edits));
                }
                Row::Moved { old, new, edits } => {
                    let placed = self.edited(step.old[*old], step.new[*new], edits);
                    self.moved(step.old[*old].wording, placed.wording);
                    layout.push(placed);
                }
            }
        }
        layout
    }

    /// A whole line goes.
    fn goes(&mut self, line: LineId, wording: WordingId) {
        let mut slots = self.weave.slots(line, self.wordings);
        let before: Vec<bool> = slots.iter().map(Slot::is_alive).collect();
        for slot in &mut slots {
            slot.dies(self.revision);
        }
        self.emit(&slots, &before, Some(wording), None);
        self.weave.keep(line, &slots);
    }

    /// A passage comes that was not there: a dead line in the same wording is back, or a new line begins.
    fn comes(&mut self, passage: &Passage, dead: &mut DeadWordings) -> Placed {
        if let Some(wording) = dead.take(&passage.text) {
            let line = self.wordings[wording.0 as usize].line;
            self.takes(line, None, wording);
            return Placed { line, wording };
        }
        let placed = new_line(self.revision, passage, self.wordings);
        let strand = Strand { wording: placed.wording, tokens: 0..tokens(&passage.text).len() };
        self.events.push(Event {
            kind: EventKind::Added,
            grade: Grade::Passage,
            old: None,
            new: Some(strand),
            born: self.revision,
            gone: None,
        });
        placed
    }

    /// A line takes a wording that it had before: the slots that stood when that wording was new stand again.
    fn takes(&mut self, line: LineId, from: Option<WordingId>, to: WordingId) {
        let then = self.wordings[to.0 as usize].born;
        let mut slots = self.weave.slots(line, self.wordings);
        let before: Vec<bool> = slots.iter().map(Slot::is_alive).collect();
        for slot in &mut slots {
            match (slot.is_alive(), slot.stood_in(then)) {
                (true, false) => slot.dies(self.revision),
                (false, true) => slot.revives(self.revision),
                _ => {}
            }
        }
        self.emit(&slots, &before, from, Some(to));
        self.weave.keep(line, &slots);
    }

    /// A line is reworded, restyled, or both.
    fn edited(&mut self, placed: Placed, passage: &Passage, edits: &[Edit]) -> Placed {
        if edits.is_empty() {
            return placed;
        }
        let again = self
            .wordings
            .iter()
            .position(|wording| wording.line == placed.line && wording.text == passage.text);
        if let Some(index) = again {
            let wording = WordingId(u32::try_from(index).unwrap_or(u32::MAX));
            self.takes(placed.line, Some(placed.wording), wording);
            self.restyled(placed.wording, wording, edits);
            return Placed { line: placed.line, wording };
        }
        let wording = push_wording(
            Wording {
                line: placed.line,
                born: self.revision,
                kind: passage.kind,
                text: passage.text.clone(),
            },
            self.wordings,
        );
        let slots = self.weave.slots(placed.line, self.wordings);
        let (slots, before) = self.rewoven(slots, wording, edits);
        self.emit(&slots, &before, Some(placed.wording), Some(wording));
        self.restyled(placed.wording, wording, edits);
        self.weave.keep(placed.line, &slots);
        Placed { line: placed.line, wording }
    }

    /// Carries the edits into the slots of a line; gives them with, for each, whether it stood before.
    fn rewoven(
        &self,
        mut slots: Vec<Slot>,
        wording: WordingId,
        edits: &[Edit],
    ) -> (Vec<Slot>, Vec<bool>) {
        let standing: Vec<usize> =
            (0..slots.len()).filter(|index| slots[*index].is_alive()).collect();
        let mut before: Vec<bool> = slots.iter().map(Slot::is_alive).collect();
        let edits: Vec<&Edit> =
            edits.iter().filter(|edit| edit.kind != EditKind::Restyled).collect();
        for edit in &edits {
            standing[edit.old.clone()].iter().for_each(|index| slots[*index].dies(self.revision));
        }
        let keys = self.keys(&slots);
        let text = &self.wordings[wording.0 as usize].text;
        let new_tokens = tokens(text);
        // From right to left, so that what is put in does not shift the gaps still to come.
        for edit in edits.iter().rev() {
            let range = edit.old.start.checked_sub(1).map_or(0, |left| standing[left] + 1)
                ..standing.get(edit.old.end).copied().unwrap_or(keys.len());
            let came: Vec<&str> =
                new_tokens[edit.new.clone()].iter().map(|token| token.key.as_ref()).collect();
            let back = revived(&Gap {
                slots: &slots,
                range: range.clone(),
                keys: &keys,
                came: &came,
                revision: self.revision,
            });
            let came_how = if edit.old.is_empty() { Came::Between } else { Came::Replacing };
            let mut at = range.end;
            for (token, slot) in edit.new.clone().zip(back).rev() {
                if let Some(index) = slot {
                    slots[index].revives(self.revision);
                    at = index;
                } else {
                    let life = Life { from: self.revision, came: came_how, to: None };
                    slots.insert(at, Slot { wording, token, lives: vec![life] });
                    before.insert(at, false);
                }
            }
        }
        (slots, before)
    }

    fn keys(&self, slots: &[Slot]) -> Vec<String> {
        let mut known: BTreeMap<WordingId, Vec<String>> = BTreeMap::new();
        for slot in slots {
            known.entry(slot.wording).or_insert_with(|| {
                let text = &self.wordings[slot.wording.0 as usize].text;
                tokens(text).into_iter().map(|token| token.key.into_owned()).collect()
            });
        }
        slots.iter().map(|slot| known[&slot.wording][slot.token].clone()).collect()
    }

    fn restyled(&mut self, from: WordingId, to: WordingId, edits: &[Edit]) {
        let born = self.wordings[from.0 as usize].born;
        for edit in edits.iter().filter(|edit| edit.kind == EditKind::Restyled) {
            let (old, new) = (
                Strand { wording: from, tokens: edit.old.clone() },
                Strand { wording: to, tokens: edit.new.clone() },
            );
            self.events.push(Event {
                kind: EventKind::Restyled,
                grade: Grade::InPlace,
                old: Some(old),
                new: Some(new),
                born,
                gone: None,
            });
        }
    }

    fn moved(&mut self, from: WordingId, to: WordingId) {
        let whole = |id: WordingId| Strand {
            wording: id,
            tokens: 0..tokens(&self.wordings[id.0 as usize].text).len(),
        };
        let born = self.wordings[from.0 as usize].born;
        let (old, new) = (whole(from), whole(to));
        self.events.push(Event {
            kind: EventKind::Moved,
            grade: Grade::Passage,
            old: Some(old),
            new: Some(new),
            born,
            gone: None,
        });
    }

    fn emit(
        &mut self,
        slots: &[Slot],
        before: &[bool],
        from: Option<WordingId>,
        to: Option<WordingId>,
    ) {
        let placement = match (from, to) {
            (Some(_), Some(_)) => Placement::WithinPassage,
            _ => Placement::WholePassage,
        };
        let text = to.map(|wording| self.wordings[wording.0 as usize].text.as_str());
        let old_text = from.map(|wording| self.wordings[wording.0 as usize].text.as_str());
        let emitter =
            Emitter { revision: self.revision, placement, from, to, old_text, new_text: text };
        for hunk in Hunk::all(slots, before) {
            self.events.extend(emitter.events(&hunk));
        }
    }
}

fn new_line(revision: RevisionNumber, passage: &Passage, wordings: &mut Vec<Wording>) -> Placed {
    let line = LineId(u32::try_from(wordings.len()).unwrap_or(u32::MAX));
    let wording = push_wording(
        Wording { line, born: revision, kind: passage.kind, text: passage.text.clone() },
        wordings,
    );
    Placed { line, wording }
}

fn push_wording(wording: Wording, wordings: &mut Vec<Wording>) -> WordingId {
    let id = WordingId(u32::try_from(wordings.len()).unwrap_or(u32::MAX));
    wordings.push(wording);
    id
}

/// The wordings of lines that do not stand, by text; the newest of equals first.
struct DeadWordings(BTreeMap<String, Vec<(LineId, WordingId)>>);

impl DeadWordings {
    fn of(wordings: &[Wording], standing: &BTreeSet<LineId>) -> Self {
        let mut by_text: BTreeMap<String, Vec<(LineId, WordingId)>> = BTreeMap::new();
        for (index, wording) in
            wordings.iter().enumerate().filter(|(_, wording)| !standing.contains(&wording.line))
        {
            let id = WordingId(u32::try_from(index).unwrap_or(u32::MAX));
            by_text.entry(wording.text.clone()).or_default().push((wording.line, id));
        }
        Self(by_text)
    }

    /// Takes a line out of the dead, whole.
    fn take(&mut self, text: &str) -> Option<WordingId> {
        let (line, wording) = self.0.get_mut(text)?.pop()?;
        self.0.values_mut().for_each(|found| found.retain(|(other, _)| *other != line));
        Some(wording)
    }
}
