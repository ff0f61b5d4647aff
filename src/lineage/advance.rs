//! One step of a page's history: the weave, the old state and the new document to the next weave and its events.
//!
//! The rules are tried from the surest to the least sure: the whole state stood before; a passage stands or stood
//! letter for letter; words are back between their neighbours. What no rule explains is new.

use std::collections::{BTreeMap, BTreeSet};

use super::earlier::{Earlier, Homecomings, wording_of_line};
use super::emit::tellings;
use super::gates::{of_change, of_return};
use super::lines::{Lines, Place, new_line};
use super::pairs::{Places, paired};
use super::past::Wordings;
use super::strangers::adopt;
use super::weave::Weave;
use super::whereabouts::Lent;
use super::{Event, LineId, Placed, RevisionNumber, WordingId};
use crate::diff::{Comparison, Edit, EditKind, Row};
use crate::extract::Passage;

/// What one step starts from.
pub struct Step<'a> {
    /// The number of the revision that is being woven.
    pub revision: RevisionNumber,
    /// The layout of the state that the new one is told against.
    pub old: &'a [Placed],
    /// The layout that stands, where that is another: a page that shows several texts by turns is told text by text.
    pub standing: Option<&'a [Placed]>,
    /// The main passages of the new document.
    pub new: &'a [&'a Passage],
    /// How the old passages became the new ones.
    pub comparison: &'a Comparison,
    /// The return that it is, if this very state stood before.
    pub returning: Option<Returning<'a>>,
}

/// A state that stands again.
#[derive(Clone, Copy)]
pub struct Returning<'a> {
    /// Its layout.
    pub layout: &'a [Placed],
    /// The first revision that had it.
    pub first: RevisionNumber,
    /// The revision in which it had gone last.
    pub gone: RevisionNumber,
    /// How often it has been back by now, this time included.
    pub times: u32,
}

/// What one step gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The layout of the new revision.
    pub layout: Vec<Placed>,
    /// What happened.
    pub events: Vec<Event>,
}

/// The layout of a page's first revision: every passage is a line of its own. Appends the wordings. What they say is
/// learned by the next step: most pages never change.
pub fn begin(
    revision: RevisionNumber,
    passages: &[&Passage],
    wordings: &mut Wordings<'_>,
) -> Vec<Placed> {
    passages.iter().map(|passage| new_line(revision, passage, wordings)).collect()
}

/// Weaves one revision. Appends the wordings that are new.
pub fn advance<'p>(weave: &mut Weave<'p>, wordings: &mut Wordings<'p>, step: &Step<'_>) -> Advance {
    if step.revision == RevisionNumber::FIRST.next() {
        let first = u32::try_from(wordings.len()).unwrap_or(u32::MAX);
        (0..first).for_each(|number| weave.learn(WordingId(number), wordings));
    }
    let lent = step.standing.map(|standing| lend(weave, wordings, step, standing));
    let lent = lent.unwrap_or_default();
    let mut lines = Lines::with(weave, wordings, step.revision, lent.clone());
    let layout = if let Some(returning) = step.returning {
        return_to(&mut lines, step.old, returning.layout);
        lines.claim_all();
        returning.layout.to_vec()
    } else {
        let layout = follow(&mut lines, step);
        adopt(&mut lines);
        layout
    };
    let places = Places::of(&step.comparison.rows);
    let events = paired(tellings(&lines), &places.by_wording(step.old, &layout));
    lines.keep();
    settle(weave, wordings, step.revision, lent);
    let events = match step.returning {
        Some(returning) => of_return(&returning, events),
        None => of_change(step.revision, events, weave, wordings),
    };
    Advance { layout, events }
}

/// Lets the state that is told against stand, in place of the one that does. Where a token of it had gone on to is not
/// forgotten yet: it may stand for no longer than this step is told.
fn lend<'p>(
    weave: &mut Weave<'p>,
    wordings: &mut Wordings<'p>,
    step: &Step<'_>,
    standing: &[Placed],
) -> Lent {
    let mut lines = Lines::new(weave, wordings, step.revision);
    return_to(&mut lines, standing, step.old);
    let lent = lines.unclaimed();
    lines.keep();
    lent
}

/// The tokens that were lent and are still there when the step is told stand there in earnest.
fn settle<'p>(
    weave: &mut Weave<'p>,
    wordings: &mut Wordings<'p>,
    revision: RevisionNumber,
    lent: Lent,
) {
    let mut lines = Lines::new(weave, wordings, revision);
    for line in lent.into_values().collect::<BTreeSet<LineId>>() {
        lines.opens(line, None);
    }
    lines.claim_all();
    lines.keep();
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
        let taken = lines.takes(placed.line, from, placed.wording, lines.born(placed.wording));
        debug_assert!(taken.is_some(), "a state's tokens stood once each when it stood");
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
    let both = new.iter().enumerate();
    let both: Vec<(usize, usize)> =
        both.filter_map(|(index, placed)| Some((*rank.get(&placed.line)?, index))).collect();
    crate::diff::in_order(&both).into_iter().map(|(_, index)| new[index].line).collect()
}

/// What a row of the comparison means for its passage.
#[derive(Clone, Copy)]
enum Plan<'a> {
    /// It stands as it did.
    Done(Placed),
    /// A line stands in another wording.
    Reword(Placed, &'a Passage, &'a [Edit], Place),
    /// A line has its words, and stands where a passage was added.
    Home(&'a Passage, Earlier),
    /// A passage that was never there.
    Begin(&'a Passage),
}

/// What is left to weave when all words that go have left, and whole lines have taken the words that they had before.
enum Left<'a> {
    /// Nothing.
    Nothing(Placed),
    /// The words that come to a line.
    Words(Placed, &'a Passage, Vec<Edit>, Place),
    /// A whole passage.
    Passage(&'a Passage),
}

/// The state is new: row by row. First the words that go leave their slots, then those that come look for theirs.
fn follow(lines: &mut Lines<'_, '_>, step: &Step<'_>) -> Vec<Placed> {
    let home = Homecomings::of(step, lines.wordings, lines.weave);
    let plans: Vec<Plan<'_>> =
        step.comparison.rows.iter().filter_map(|row| plan(lines, step, &home, row)).collect();
    let left: Vec<Left<'_>> = plans.into_iter().map(|plan| taken(lines, plan)).collect();
    let layout: Vec<Placed> = left.into_iter().map(|left| woven(lines, left)).collect();
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
fn taken<'a>(lines: &mut Lines<'_, '_>, plan: Plan<'a>) -> Left<'a> {
    match plan {
        Plan::Done(placed) => Left::Nothing(placed),
        Plan::Begin(passage) => Left::Passage(passage),
        Plan::Reword(placed, passage, edits, place) => {
            let Placed { line, wording: from } = placed;
            let in_style = edits.iter().all(|edit| edit.kind == EditKind::Restyled);
            let earlier = in_style.then_some(from).or_else(|| {
                wording_of_line(line, &passage.text, &lines.weave.said, lines.wordings)
            });
            let takes = |earlier| lines.takes_words(line, Some(from), earlier, passage);
            match earlier.and_then(takes) {
                Some(to) => Left::Nothing(lines.placed(placed, to, place)),
                None => Left::Words(placed, passage, lines.loses(placed, passage, edits), place),
            }
        }
        Plan::Home(passage, Earlier { line, wording, until_now }) => {
            let from = until_now.map(|until| until.wording);
            if let Some(to) = lines.takes_words(line, from, wording, passage) {
                let place = until_now.map_or(Place::Same, |until| until.place);
                let before = Placed { line, wording: from.unwrap_or(to) };
                return Left::Nothing(lines.placed(before, to, place));
            }
            if let Some(from) = from {
                lines.goes(Placed { line, wording: from });
            }
            Left::Passage(passage)
        }
    }
}

/// Words that come are woven in.
fn woven(lines: &mut Lines<'_, '_>, left: Left<'_>) -> Placed {
    match left {
        Left::Nothing(placed) => placed,
        Left::Words(placed, passage, edits, place) => {
            lines.reworded(placed, passage, &edits, place)
        }
        Left::Passage(passage) => lines.begins(passage),
    }
}
