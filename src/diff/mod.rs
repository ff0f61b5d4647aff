//! Two documents to their changes: which passage became which, and inside each pair which words.
//!
//! Passages are aligned before words are compared, so that a word never matches one of another paragraph and a
//! paragraph that moved is told as moved. Everything is index ranges into the two texts, never copies of them; the
//! law that [`rebuild()`] states is what "nothing was missed" means.

mod align;
mod attributes;
mod bags;
mod cut;
#[cfg(test)]
mod reading_tests;
mod rebuild;
#[cfg(test)]
mod tests;
mod tidy;
mod wording;

use std::ops::Range;

use similar::Algorithm;

pub use attributes::{AttributeChange, attribute_changes};
pub(crate) use cut::in_order;
pub use rebuild::rebuild;
pub(crate) use wording::edits_beside;

/// Which of `similar`'s algorithms decides what counts as kept. Its edits are the fewest hunks a reader meets among
/// those measured, and it has no deadline; changing it changes which word "was removed", so it is part of the rules.
pub(crate) const ALGORITHM: Algorithm = Algorithm::Histogram;

/// Stands in for [`ALGORITHM`] on sequences longer than [`LONG`] where nothing rare is left to cut them at, for there a
/// histogram of ever-recurring words becomes quadratic. A length decides, not a clock, so every machine tells the same
/// diff.
pub(crate) const ALGORITHM_FOR_LONG: Algorithm = Algorithm::Patience;

/// From this many elements on a sequence is long.
pub(crate) const LONG: usize = 4000;

/// How one list of passages became another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// One row a passage, in the new reading order; removed passages stand where they stood.
    pub rows: Vec<Row>,
}

/// What became of one passage. Indices are into the two lists that were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Letter for letter the same, in order.
    Same {
        /// Index of the old passage.
        old: usize,
        /// Index of the new passage.
        new: usize,
    },
    /// The same passage with other words, or another style, in order.
    Edited {
        /// Index of the old passage.
        old: usize,
        /// Index of the new passage.
        new: usize,
        /// What differs, left to right; never empty.
        edits: Vec<Edit>,
    },
    /// The same passage at another place, with or without edits.
    Moved {
        /// Index of the old passage.
        old: usize,
        /// Index of the new passage.
        new: usize,
        /// What differs besides the place.
        edits: Vec<Edit>,
    },
    /// A passage that was not there.
    Added {
        /// Index of the new passage.
        new: usize,
    },
    /// A passage that is no longer there.
    Removed {
        /// Index of the old passage.
        old: usize,
    },
}

/// One difference inside a pair of passages, as ranges of their tokens. White space next to an edit belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What kind of difference.
    pub kind: EditKind,
    /// Tokens of the old passage; empty for an addition.
    pub old: Range<usize>,
    /// Tokens of the new passage; empty for a removal.
    pub new: Range<usize>,
}

/// The kinds of difference inside a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EditKind {
    /// Words that were not there.
    Added,
    /// Words that are no longer there.
    Removed,
    /// Words in place of others.
    Reworded,
    /// The same words in another case, with other quotes, spaces or invisible characters.
    Restyled,
}

/// How much changed, by kind: words for the first two, edits or passages for the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Words added, alone or in place of others.
    pub words_added: usize,
    /// Words removed, alone or replaced.
    pub words_removed: usize,
    /// Passages that stand elsewhere.
    pub moved: usize,
    /// Edits of style alone.
    pub restyled: usize,
}

/// Compares two lists of passages.
pub fn compare(old: &[&str], new: &[&str]) -> Comparison {
    Comparison { rows: align::rows(old, new) }
}

impl Comparison {
    /// Whether nothing at all differs.
    pub fn is_empty(&self) -> bool {
        self.rows.iter().all(|row| matches!(row, Row::Same { .. }))
    }

    /// How much changed.
    pub fn size(&self, old: &[&str], new: &[&str]) -> Size {
        let mut size = Size::default();
        for row in &self.rows {
            match row {
                Row::Same { .. } => {}
                Row::Added { new: index } => size.words_added += wording::words(new[*index]),
                Row::Removed { old: index } => size.words_removed += wording::words(old[*index]),
                Row::Edited { edits, old: from, new: to } => {
                    size.add_edits(edits, old[*from], new[*to]);
                }
                Row::Moved { edits, old: from, new: to } => {
                    size.moved += 1;
                    size.add_edits(edits, old[*from], new[*to]);
                }
            }
        }
        size
    }
}

impl Size {
    fn add_edits(&mut self, edits: &[Edit], old: &str, new: &str) {
        if edits.is_empty() {
            return;
        }
        let (old, new) = (wording::word_marks(old), wording::word_marks(new));
        let words = |marks: &[bool], range: &Range<usize>| {
            marks[range.clone()].iter().filter(|word| **word).count()
        };
        for edit in edits {
            if edit.kind == EditKind::Restyled {
                self.restyled += 1;
            } else {
                self.words_removed += words(&old, &edit.old);
                self.words_added += words(&new, &edit.new);
            }
        }
    }
}
