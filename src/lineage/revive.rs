//! Words that come into a gap, and the dead slots of that gap, to which of them are back.
//!
//! It is apart from the weave because it is the one place where palinode *judges* identity rather than records it;
//! the evidence that it asks for is written down here and nowhere else.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::RevisionNumber;
use super::weave::Slot;

/// A run of so many words that match in order is evidence enough by itself.
const LONG_ENOUGH: usize = 4;

/// A shorter run is accepted when it makes up at least one in so many of the gap's dead tokens.
const ONE_IN: usize = 8;

/// So many dead slots of a gap are looked at, those nearest to its end: blank-and-refill pages stack them without bound.
const MOST_DEAD: usize = 4000;

/// A gap between two kept slots, and the words that now stand in it.
pub(super) struct Gap<'a> {
    /// The slots of the whole line.
    pub(super) slots: &'a [Slot],
    /// Which of them lie in the gap.
    pub(super) range: Range<usize>,
    /// The key of every slot of the line.
    pub(super) keys: &'a [String],
    /// The keys of the words that came.
    pub(super) came: &'a [&'a str],
    /// The revision that is being woven; slots that die in it are no candidates.
    pub(super) revision: RevisionNumber,
}

/// For each word that came, the slot in which it stood before, if it is back.
pub(super) fn revived(gap: &Gap<'_>) -> Vec<Option<usize>> {
    let mut found = vec![None; gap.came.len()];
    let dead: Vec<usize> = gap.range.clone().filter(|index| is_candidate(gap, *index)).collect();
    let dead = &dead[dead.len().saturating_sub(MOST_DEAD)..];
    if dead.is_empty() || gap.came.is_empty() {
        return found;
    }
    let dead_keys: Vec<&str> = dead.iter().map(|index| gap.keys[*index].as_str()).collect();
    // The table of a longest common subsequence is exact; past this size the histogram is near enough and linear.
    let algorithm =
        if dead.len() * gap.came.len() <= 250_000 { Algorithm::Lcs } else { Algorithm::Histogram };
    for op in capture_diff_slices(algorithm, &dead_keys, gap.came) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            for (old, new) in unbroken(gap, &dead[old_index..old_index + len], new_index) {
                if is_evidence(gap, old, dead.len()) {
                    for (step, slot) in old.iter().enumerate() {
                        found[new + step] = Some(*slot);
                    }
                }
            }
        }
    }
    found
}

fn is_candidate(gap: &Gap<'_>, index: usize) -> bool {
    let slot = &gap.slots[index];
    !slot.is_alive() && slot.gone() != Some(gap.revision)
}

/// Cuts a match where its slots died in different revisions: those were never one strand.
fn unbroken<'a>(gap: &Gap<'_>, run: &'a [usize], new: usize) -> Vec<(&'a [usize], usize)> {
    let mut parts = Vec::new();
    let mut start = 0;
    for end in 1..=run.len() {
        if end == run.len() || gap.slots[run[end]].gone() != gap.slots[run[start]].gone() {
            parts.push((&run[start..end], new + start));
            start = end;
        }
    }
    parts
}

fn is_evidence(gap: &Gap<'_>, run: &[usize], dead: usize) -> bool {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
    let says_something = run.iter().any(|slot| gap.keys[*slot].chars().any(char::is_alphanumeric));
    let share = run.len() > 1 && run.len() * ONE_IN >= dead;
    says_something
        && (run.len() >= LONG_ENOUGH
            || share
            || has_its_neighbour(gap, *first, Side::Left)
            || has_its_neighbour(gap, *last, Side::Right))
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Whether the slot that stood beside this one when it went is the one that stands beside the gap now.
fn has_its_neighbour(gap: &Gap<'_>, slot: usize, side: Side) -> bool {
    let Some(before_death) = gap.slots[slot].gone().and_then(RevisionNumber::before) else {
        return false;
    };
    let beside = |stands: &dyn Fn(&Slot) -> bool| match side {
        Side::Left => (0..slot).rev().find(|index| stands(&gap.slots[*index])),
        Side::Right => (slot + 1..gap.slots.len()).find(|index| stands(&gap.slots[*index])),
    };
    beside(&|other| other.stood_in(before_death)) == beside(&|other| other.is_alive())
}
