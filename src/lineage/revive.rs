//! Words that come into a gap, and the dead slots of that gap, to which of them are back.
//!
//! It is apart from the weave because it is the one place where palinode *judges* identity rather than records it;
//! the evidence that it asks for is written down here and nowhere else.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::RevisionNumber;
use super::reweave::Keys;
use super::slot::{Elsewhere, Slot};

/// A run of so many words that match in order is evidence enough by itself, marks between them not counted.
const LONG_ENOUGH: usize = 4;

/// A shorter run is accepted when it makes up at least one in so many of the gap's dead tokens,
const ONE_IN_DEAD: usize = 8;

/// and, like a run that is back beside its neighbour, at least one in so many of the words that came: an old "of" in a
/// sentence that is written anew is a coincidence.
const ONE_IN_CAME: usize = 4;

/// So many dead slots of a gap are looked at, those nearest to its end: blank-and-refill pages stack them without bound.
pub(super) const MOST_DEAD: usize = 4000;

/// A table of so many cells is filled for the longest common run; past it the histogram is near enough and linear.
const MOST_CELLS: usize = 250_000;

/// A gap between two kept slots, and the words that now stand in it.
pub(super) struct Gap<'a> {
    /// The slots of the whole line.
    pub(super) slots: &'a [Slot],
    /// Which of them lie in the gap.
    pub(super) range: Range<usize>,
    /// The keys of the words that came.
    pub(super) came: &'a [&'a str],
    /// The revision that is being woven; slots that die in it are no candidates.
    pub(super) revision: RevisionNumber,
}

/// Words that match, in order: the dead slots and the words that came, which are neighbours in both.
struct Run<'a> {
    slots: &'a [usize],
    words: Range<usize>,
}

/// For each word that came, the slot in which it stood before, if it is back.
pub(super) fn revived(gap: &Gap<'_>, keys: &mut Keys<'_>) -> Vec<Option<usize>> {
    let mut found = vec![None; gap.came.len()];
    let dead: Vec<usize> = gap.range.clone().filter(|index| is_candidate(gap, *index)).collect();
    let dead = &dead[dead.len().saturating_sub(MOST_DEAD)..];
    keys.learn(dead.iter().map(|index| &gap.slots[*index]));
    let (dead, dead_keys): (Vec<usize>, Vec<&str>) =
        dead.iter().filter_map(|index| Some((*index, keys.of(&gap.slots[*index])?))).unzip();
    if dead.is_empty() || gap.came.is_empty() {
        return found;
    }
    for op in capture_diff_slices(algorithm(dead.len(), gap.came.len()), &dead_keys, gap.came) {
        let DiffOp::Equal { old_index, new_index, len } = op else { continue };
        for run in unbroken(gap, &dead[old_index..old_index + len], new_index) {
            if is_evidence(gap, &run, &found, dead.len()) {
                let words = found[run.words.clone()].iter_mut();
                words.zip(run.slots).for_each(|(word, slot)| *word = Some(*slot));
            }
        }
    }
    found
}

fn algorithm(dead: usize, came: usize) -> Algorithm {
    if dead * came <= MOST_CELLS {
        Algorithm::Lcs
    } else if dead.max(came) > crate::diff::LONG {
        crate::diff::ALGORITHM_FOR_LONG
    } else {
        Algorithm::Histogram
    }
}

fn is_candidate(gap: &Gap<'_>, index: usize) -> bool {
    let slot = &gap.slots[index];
    let here = slot.left() != Some(gap.revision) && slot.next.is_none() && slot.elsewhere.is_none();
    slot.len == 1
        && !slot.is_alive()
        && (here || matches!(slot.elsewhere, Some(Elsewhere::Went(_))))
}

/// Cuts a match where its slots died in different revisions: those were never one strand.
fn unbroken<'a>(gap: &Gap<'_>, run: &'a [usize], new: usize) -> Vec<Run<'a>> {
    let parts = run.chunk_by(|left, right| gap.slots[*left].left() == gap.slots[*right].left());
    parts
        .scan(new, |start, slots| {
            let words = *start..*start + slots.len();
            *start = words.end;
            Some(Run { slots, words })
        })
        .collect()
}

/// Whether a run is back, or matches by chance.
fn is_evidence(gap: &Gap<'_>, run: &Run<'_>, found: &[Option<usize>], dead: usize) -> bool {
    let words = &gap.came[run.words.clone()];
    let spoken = words.iter().filter(|word| is_spoken(word)).count();
    let everything = words.len() == gap.came.len();
    let says_something = says_something(words) || everything;
    if spoken == 0 || !(says_something || spoken >= LONG_ENOUGH) || is_a_label(gap, &run.words) {
        return false;
    }
    let share_of_new = words.len() * ONE_IN_CAME >= gap.came.len();
    let share_of_dead = words.len() > 1 && words.len() * ONE_IN_DEAD >= dead;
    spoken >= LONG_ENOUGH || share_of_new && (share_of_dead || has_a_neighbour(gap, run, found))
}

/// Whether a run is one of the things that change by themselves and meet their old values again: the letter of a list
/// ("M." for "N."), or the month of a date whose other numbers are new.
fn is_a_label(gap: &Gap<'_>, run: &Range<usize>) -> bool {
    let words = || gap.came[run.clone()].iter().filter(|word| is_spoken(word));
    let is_number = |word: &&&str| word.chars().all(char::is_numeric);
    let is_letter = |word: &str| word.len() == 1 && word.chars().all(char::is_alphabetic);
    let beside = || {
        let (before, after) = (&gap.came[..run.start], &gap.came[run.end..]);
        before.iter().chain(after).filter(|word| is_spoken(word))
    };
    let dates = beside().next().is_some() && beside().all(|word| is_number(&word));
    words().all(|word| is_letter(word)) || words().count() == 1 && dates
}

/// Whether a letter is of a script that is written without spaces, where a token is one letter and two make a word.
pub(super) fn is_unspaced(letter: char) -> bool {
    letter >= '\u{2e80}'
}

fn is_spoken(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// Whether a run holds more than the short words that stand in every sentence. Of scripts that stand singly, two
/// characters make a word.
fn says_something(words: &[&str]) -> bool {
    let letters = |word: &&str| match word.chars().next() {
        Some(first) if is_unspaced(first) => 2,
        Some(first) if first.is_numeric() => 4,
        _ => word.chars().filter(|letter| letter.is_alphanumeric()).count(),
    };
    let singles = words.iter().filter(|word| word.starts_with(is_unspaced)).count();
    singles > 1 || words.iter().map(letters).max().unwrap_or(0) > 3
}

/// Whether what stood beside the run when it went, on its left or on its right, stands beside it now.
fn has_a_neighbour(gap: &Gap<'_>, run: &Run<'_>, found: &[Option<usize>]) -> bool {
    let (Some(first), Some(last)) = (run.slots.first(), run.slots.last()) else { return false };
    let left = match run.words.start.checked_sub(1) {
        Some(before) => found[before].map(Some),
        None => Some((0..gap.range.start).rev().find(|index| gap.slots[*index].is_alive())),
    };
    let right = (run.words.end == gap.came.len())
        .then(|| (gap.range.end..gap.slots.len()).find(|index| gap.slots[*index].is_alive()));
    let at_an_end = |now: Option<usize>| now.is_none() && run.slots.len() * 2 < gap.came.len();
    left.is_some_and(|now| !at_an_end(now) && now == neighbour_at_death(gap, *first, Side::Left))
        || right.is_some_and(|now| {
            !at_an_end(now) && now == neighbour_at_death(gap, *last, Side::Right)
        })
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// The slot that stood beside this one when it went; `None` if it stood at the end of its passage.
fn neighbour_at_death(gap: &Gap<'_>, slot: usize, side: Side) -> Option<usize> {
    let before_death = gap.slots[slot].left().and_then(RevisionNumber::before)?;
    let stood = |index: &usize| gap.slots[*index].stood_in(before_death);
    match side {
        Side::Left => (0..slot).rev().find(stood),
        Side::Right => (slot + 1..gap.slots.len()).find(stood),
    }
}
