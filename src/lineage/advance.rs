//! One step of a page's history: the weave, the old state and the new document to the next weave and its events.
//!
//! The rules are tried from the surest to the least sure: the whole state stood before; a passage stands or stood
//! letter for letter; words are back between their neighbours. What no rule explains is new.

use std::collections::{BTreeMap, BTreeSet};

use super::earlier::{Earlier, Homecomings, wording_of_line};
use super::emit::tellings;
use super::lines::{Lines, Place, new_line};
use super::pairs::{Places, paired};
use super::past::Wordings;
use super::strangers::adopt;
use super::weave::Weave;
use super::{Event, Grade, LineId, Placed, RevisionNumber};
use crate::diff::{Comparison, Edit, EditKind, Row};
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
    weave: &mut Weave<'_>,
    revision: RevisionNumber,
    passages: &[&Passage],
    wordings: &mut Wordings<'_>,
) -> Vec<Placed> {
    let line = |passage: &&Passage| new_line(revision, passage, wordings);
    let layout: Vec<Placed> = passages.iter().map(line).collect();
    for placed in &layout {
        weave.learn(placed.wording, wordings);
    }
    layout
}

/// Weaves one revision. Appends the wordings that are new.
pub fn advance<'p>(weave: &mut Weave<'p>, wordings: &mut Wordings<'p>, step: &Step<'_>) -> Advance {
    let mut lines = Lines::new(weave, wordings, step.revision);
    let layout = if let Some((layout, _)) = step.returning {
        return_to(&mut lines, step.old, layout);
        layout.to_vec()
    } else {
        let layout = follow(&mut lines, step);
        adopt(&mut lines);
        layout
    };
    let places = Places::of(&step.comparison.rows);
    let mut events = paired(tellings(&lines), &places.by_wording(step.old, &layout));
    lines.keep();
    if step.returning.is_some() {
        for event in &mut events {
            event.grade = Grade::State;
        }
    }
    Advance { layout, events }
}

/// The state stood before: every line takes the wording that it had then.
fn return_to(lines: &mut Lines<'_, '_>, old: &[Placed], new: &[Placed]) {
    let by_line = |layout: &[Placed]| -> BTreeMap<LineId, Placed> {
        layout.iter().map(|placed| (placed.line, *placed)).collect()
    };
    let (before, after) = (by_line(old), by_line(new));
    let changed: Vec<&Placed> =
        new.iter().filter(|placed| before.get(&placed.line) != Some(placed)).collect();
    old.iter()
        .filter(|placed| !after.contains_key(&placed.line))
        .for_each(|gone| lines.goes(*gone));
    // Words go from all lines before they come to any: some only change places.
    for placed in &changed {
        let from = before.get(&placed.line).map(|before| before.wording);
        lines.clears(placed.line, from, lines.born(placed.wording));
    }
    for placed in &changed {
        let from = before.get(&placed.line).map(|before| before.wording);
        let _ = lines.takes(placed.line, from, placed.wording, lines.born(placed.wording));
    }
    let stays_put = in_order(old, new);
    for placed in new.iter().filter(|placed| !stays_put.contains(&placed.line)) {
        if let Some(before) = before.get(&placed.line) {
            lines.moves(*before, placed.wording);
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

/// What is decided of a passage before any word is woven in.
enum Plan<'a> {
    /// Nothing is left to do.
    Done(Placed),
    /// A line stands in another wording.
    Reword(Placed, &'a Passage, &'a [Edit], Place),
    /// The same, when the words that go have left.
    Lost(Placed, &'a Passage, Vec<Edit>, Place),
    /// A line has its words, and stands where a passage was added.
    Home(&'a Passage, Earlier),
    /// A passage that was never there.
    Begin(&'a Passage),
}

/// The state is new: row by row. First the words that go leave their slots, then those that come look for theirs.
fn follow(lines: &mut Lines<'_, '_>, step: &Step<'_>) -> Vec<Placed> {
    let home = Homecomings::of(step, lines.wordings, lines.weave);
    let plans: Vec<Plan<'_>> =
        step.comparison.rows.iter().filter_map(|row| plan(lines, step, &home, row)).collect();
    let plans: Vec<Plan<'_>> = plans.into_iter().map(|plan| taken(lines, plan)).collect();
    let layout: Vec<Placed> = plans.into_iter().map(|plan| woven(lines, plan)).collect();
    let mut placed = layout.iter();
    let in_order = step.comparison.rows.iter().filter_map(|row| match row {
        Row::Removed { old } => Some(step.old[*old].line),
        _ => placed.next().map(|placed| placed.line),
    });
    lines.sort(in_order.collect());
    layout
}

fn plan<'a>(
    lines: &mut Lines<'_, '_>,
    step: &Step<'a>,
    home: &Homecomings,
    row: &'a Row,
) -> Option<Plan<'a>> {
    match row {
        Row::Same { old, .. } => Some(Plan::Done(step.old[*old])),
        Row::Removed { old } => {
            if !home.needs(step.old[*old].line) {
                lines.goes(step.old[*old]);
            }
            None
        }
        Row::Added { new } => Some(match home.of_passage(*new) {
            Some(earlier) => Plan::Home(step.new[*new], earlier),
            None => Plan::Begin(step.new[*new]),
        }),
        Row::Moved { old, edits, .. } if edits.is_empty() => {
            lines.moves(step.old[*old], step.old[*old].wording);
            Some(Plan::Done(step.old[*old]))
        }
        Row::Edited { old, new, edits } => {
            Some(Plan::Reword(step.old[*old], step.new[*new], edits, Place::Same))
        }
        Row::Moved { old, new, edits } => {
            Some(Plan::Reword(step.old[*old], step.new[*new], edits, Place::Other))
        }
    }
}

/// Lines whose words stood before as they stand now take them again.
fn taken<'a>(lines: &mut Lines<'_, '_>, plan: Plan<'a>) -> Plan<'a> {
    match plan {
        Plan::Reword(placed, passage, edits, place) => {
            let Placed { line, wording: from } = placed;
            let in_style = edits.iter().all(|edit| edit.kind == EditKind::Restyled);
            let earlier = in_style.then_some(from).or_else(|| {
                wording_of_line(line, &passage.text, &lines.weave.said, lines.wordings)
            });
            let takes = |earlier| lines.takes_words(line, Some(from), earlier, passage);
            match earlier.and_then(takes) {
                Some(to) => Plan::Done(lines.placed(placed, to, place)),
                None => Plan::Lost(placed, passage, lines.loses(placed, passage, edits), place),
            }
        }
        Plan::Home(passage, Earlier { line, wording, until_now }) => {
            let from = until_now.map(|until| until.wording);
            if let Some(to) = lines.takes_words(line, from, wording, passage) {
                let place = until_now.map_or(Place::Same, |until| until.place);
                let before = Placed { line, wording: from.unwrap_or(to) };
                return Plan::Done(lines.placed(before, to, place));
            }
            if let Some(from) = from {
                lines.goes(Placed { line, wording: from });
            }
            Plan::Begin(passage)
        }
        other => other,
    }
}

/// Words that come are woven in.
fn woven(lines: &mut Lines<'_, '_>, plan: Plan<'_>) -> Placed {
    match plan {
        Plan::Done(placed) => placed,
        Plan::Lost(placed, passage, edits, place) => lines.reworded(placed, passage, &edits, place),
        Plan::Reword(_, passage, ..) | Plan::Begin(passage) | Plan::Home(passage, _) => {
            lines.begins(passage)
        }
    }
}
