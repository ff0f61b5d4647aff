//! One step of a page's history: the weave, the old state and the new document to the next weave and its events.
//!
//! The rules are tried from the surest to the least sure: the whole state stood before; a passage stands or stood
//! letter for letter; words are back between their neighbours. What no rule explains is new.

use std::collections::{BTreeMap, BTreeSet};

use super::earlier::Homecomings;
use super::lines::Lines;
use super::pairs::{Places, paired};
use super::weave::Weave;
use super::{Event, Grade, LineId, Placed, RevisionNumber, Wording, WordingId};
use crate::diff::{Comparison, Row};
use crate::extract::Passage;

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
    passages.iter().map(|passage| super::lines::new_line(revision, passage, wordings)).collect()
}

/// Weaves one revision. Appends the wordings that are new.
pub fn advance(weave: &mut Weave, wordings: &mut Vec<Wording>, step: &Step<'_>) -> Advance {
    let mut lines = Lines { weave, wordings, revision: step.revision, tellings: Vec::new() };
    let layout = match step.returning {
        Some((layout, _)) => {
            return_to(&mut lines, step.old, layout);
            layout.to_vec()
        }
        None => follow(&mut lines, step),
    };
    let places = Places::of(&step.comparison.rows);
    let mut events = paired(lines.tellings, &places.by_wording(step.old, &layout));
    if step.returning.is_some() {
        for event in &mut events {
            event.grade = Grade::State;
        }
    }
    Advance { layout, events }
}

/// The state stood before: every line takes the wording that it had then.
fn return_to(lines: &mut Lines<'_>, old: &[Placed], new: &[Placed]) {
    let wording_of = |layout: &[Placed]| -> BTreeMap<LineId, WordingId> {
        layout.iter().map(|placed| (placed.line, placed.wording)).collect()
    };
    let (before, after) = (wording_of(old), wording_of(new));
    for placed in old.iter().filter(|placed| !after.contains_key(&placed.line)) {
        lines.goes(placed.line, placed.wording);
    }
    let stays_put = in_order(old, new);
    for placed in new {
        let from = before.get(&placed.line).copied();
        if from != Some(placed.wording) {
            lines.takes(placed.line, from, placed.wording, lines.born(placed.wording));
        }
        if let Some(from) = from.filter(|_| !stays_put.contains(&placed.line)) {
            lines.moved(from, placed.wording);
        }
    }
}

/// The most lines that stand in both layouts in the same order; the others moved.
fn in_order(old: &[Placed], new: &[Placed]) -> BTreeSet<LineId> {
    let rank: BTreeMap<LineId, usize> =
        old.iter().enumerate().map(|(rank, placed)| (placed.line, rank)).collect();
    let both: Vec<(LineId, usize)> =
        new.iter().filter_map(|placed| Some((placed.line, *rank.get(&placed.line)?))).collect();
    // Patience: for each length, where the chain of that length with the smallest end ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; both.len()];
    for (index, (_, rank)) in both.iter().enumerate() {
        let length = ends.partition_point(|end| both[*end].1 < *rank);
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        ends.truncate(ends.len().max(length));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let chain = std::iter::successors(ends.last().copied(), |index| before[*index]);
    chain.map(|index| both[index].0).collect()
}

/// The state is new: row by row.
fn follow(lines: &mut Lines<'_>, step: &Step<'_>) -> Vec<Placed> {
    let rows = &step.comparison.rows;
    let home = Homecomings::of(step, lines.wordings, lines.weave);
    let mut layout = Vec::with_capacity(step.new.len());
    for row in rows {
        match row {
            Row::Same { old, .. } => layout.push(step.old[*old]),
            Row::Removed { old } if home.needs(step.old[*old].line) => {}
            Row::Removed { old } => lines.goes(step.old[*old].line, step.old[*old].wording),
            Row::Added { new } => layout.push(match home.of_passage(*new) {
                Some(earlier) => lines.comes_home(step.new[*new], earlier),
                None => lines.begins(step.new[*new]),
            }),
            Row::Edited { old, new, edits } => {
                layout.push(lines.edited(step.old[*old], step.new[*new], edits));
            }
            Row::Moved { old, new, edits } => {
                let placed = lines.edited(step.old[*old], step.new[*new], edits);
                lines.moved(step.old[*old].wording, placed.wording);
                layout.push(placed);
            }
        }
    }
    layout
}
