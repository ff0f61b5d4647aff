//! Edits as they are told to edits as they are woven: words inside a reworded stretch that stayed keep their slots.
//!
//! A reader is told "*a clear word* for *the clear text*", since a stretch cut up around every word that happens to
//! stand in both is no pleasure to read. But who "clear" is does not depend on how it is told.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::diff::{Edit, EditKind};
use crate::extract::Token;

/// A table of so many cells is filled for the longest common run; past it nothing inside an edit is looked for.
const MOST_CELLS: usize = 250_000;

/// The edits of one line, to be woven.
#[derive(Debug, Default)]
pub(super) struct Finer {
    /// Words that go and come, left to right.
    pub(super) edits: Vec<Edit>,
    /// The words of the old wording that stay inside what is told as reworded.
    pub(super) stay: Vec<usize>,
}

impl Finer {
    /// The edits between two wordings, restyles left aside, with what stays inside them taken out.
    pub(super) fn of(edits: &[Edit], old: &[Token<'_>], new: &[Token<'_>]) -> Self {
        let mut finer = Self::default();
        for edit in edits.iter().filter(|edit| edit.kind != EditKind::Restyled) {
            let (mut old_at, mut new_at) = (edit.old.start, edit.new.start);
            for (before, after) in kept(edit, old, new) {
                finer.push(old_at..before.start, new_at..after.start);
                (old_at, new_at) = (before.end, after.end);
                finer.stay.extend(before);
            }
            finer.push(old_at..edit.old.end, new_at..edit.new.end);
        }
        finer
    }

    fn push(&mut self, old: Range<usize>, new: Range<usize>) {
        let kind = match (old.is_empty(), new.is_empty()) {
            (true, true) => return,
            (true, false) => EditKind::Added,
            (false, true) => EditKind::Removed,
            (false, false) => EditKind::Reworded,
        };
        self.edits.push(Edit { kind, old, new });
    }
}

/// The runs of an edit that are the same on both sides and say more than "of the".
fn kept(edit: &Edit, old: &[Token<'_>], new: &[Token<'_>]) -> Vec<(Range<usize>, Range<usize>)> {
    let keys = |words: &[Token<'_>], range: &Range<usize>| -> Vec<String> {
        words[range.clone()].iter().map(|word| word.key.to_string()).collect()
    };
    if edit.old.len() * edit.new.len() > MOST_CELLS {
        return Vec::new();
    }
    let (before, after) = (keys(old, &edit.old), keys(new, &edit.new));
    let ops = capture_diff_slices(Algorithm::Lcs, &before, &after).into_iter();
    let runs = ops.filter_map(|op| match op {
        DiffOp::Equal { old_index, new_index, len } => {
            let (old, new) = (edit.old.start + old_index, edit.new.start + new_index);
            Some((old..old + len, new..new + len))
        }
        _ => None,
    });
    runs.filter(|(run, _)| says_something(&old[run.clone()])).collect()
}

/// Whether a run is more than a chance: several words, or one that is not short.
pub(super) fn says_something(run: &[Token<'_>]) -> bool {
    let letters =
        |word: &&Token<'_>| word.key.chars().filter(|letter| letter.is_alphanumeric()).count();
    let words = || run.iter().filter(|word| word.is_word());
    words().count() > 1 || words().any(|word| letters(&word) > 3)
}
