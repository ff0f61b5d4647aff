//! A pair of revisions to the changes that a differ tells, in one form for all: what was kept, then what is marked.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use palinode::diff::{Comparison, Edit, EditKind, Row, compare};
use palinode::extract::tokens;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// One change: what was kept since the one before, and how many tokens are marked, old and new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// How many tokens were kept.
    pub(crate) kept: usize,
    /// How many passages ended.
    pub(crate) ended: usize,
    pub(crate) removed: usize,
    pub(crate) added: usize,
}

/// What a differ tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) changes: Vec<Change>,
    pub(crate) moved: usize,
    kept: usize,
    ended: usize,
}

/// Tells the changes of two lists of passages, and how long the comparison took.
pub(crate) type Engine = fn(&[&str], &[&str]) -> (Duration, Told);

/// palinode: passages first, words inside them after. A passage that moved keeps its words; a restyle marks none.
pub(crate) fn palinode(old: &[&str], new: &[&str]) -> (Duration, Told) {
    let (time, comparison) = timed(|| compare(old, new));
    (time, told(old, new, &comparison))
}

/// One list of words a side, and a histogram over it.
pub(crate) fn plain(old: &[&str], new: &[&str]) -> (Duration, Told) {
    let (time, ops) = timed(|| {
        let mut numbers = HashMap::new();
        let (old, new) = (numbered(old, &mut numbers), numbered(new, &mut numbers));
        capture_diff_slices(Algorithm::Histogram, &old, &new)
    });
    let mut told = Told::default();
    for op in ops {
        match op {
            DiffOp::Equal { len, .. } => told.keep(len),
            _ => told.mark(op.old_range().len(), op.new_range().len()),
        }
    }
    (time, told)
}

fn timed<T>(ask: impl FnOnce() -> T) -> (Duration, T) {
    #[expect(clippy::disallowed_methods, reason = "a measurement; the table says that it is one")]
    let began = Instant::now();
    let answer = ask();
    (began.elapsed(), answer)
}

impl Told {
    /// The changes as hunks: those without a kept token between them are one, also over the end of a passage.
    pub(crate) fn hunks(&self) -> Vec<Change> {
        let mut hunks: Vec<Change> = Vec::new();
        for change in &self.changes {
            match hunks.last_mut() {
                Some(last) if change.kept == 0 => {
                    last.removed += change.removed;
                    last.added += change.added;
                }
                _ => hunks.push(*change),
            }
        }
        hunks
    }

    fn keep(&mut self, count: usize) {
        self.kept += count;
    }

    fn mark(&mut self, removed: usize, added: usize) {
        let (kept, ended) = (std::mem::take(&mut self.kept), std::mem::take(&mut self.ended));
        self.changes.push(Change { kept, ended, removed, added });
    }

    fn keep_and_mark(&mut self, edits: &[Edit], length: usize) {
        let mut at = 0;
        for edit in edits.iter().filter(|edit| edit.kind != EditKind::Restyled) {
            self.keep(edit.new.start - at);
            self.mark(edit.old.len(), edit.new.len());
            at = edit.new.end;
        }
        self.keep(length - at);
    }
}

fn told(old: &[&str], new: &[&str], comparison: &Comparison) -> Told {
    let mut told = Told::default();
    for row in &comparison.rows {
        match row {
            Row::Same { new: to, .. } => told.keep(tokens(new[*to]).len()),
            Row::Added { new: to } => told.mark(0, tokens(new[*to]).len()),
            Row::Removed { old: from } => told.mark(tokens(old[*from]).len(), 0),
            Row::Edited { new: to, edits, .. } => told.keep_and_mark(edits, tokens(new[*to]).len()),
            Row::Moved { new: to, edits, .. } => {
                told.moved += 1;
                told.keep_and_mark(edits, tokens(new[*to]).len());
            }
        }
        told.ended += 1;
    }
    told
}

fn numbered(texts: &[&str], numbers: &mut HashMap<String, usize>) -> Vec<usize> {
    let all = texts.iter().flat_map(|text| tokens(text));
    all.map(|token| {
        let next = numbers.len();
        *numbers.entry(token.key.into_owned()).or_insert(next)
    })
    .collect()
}
