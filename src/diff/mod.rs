//! Two documents to their changes: which passage became which, and inside each pair which words.
//!
//! Passages are aligned before words are compared, so that a word never matches one of another paragraph and a
//! paragraph that moved is told as moved. Everything is index ranges into the two texts, never copies of them; the
//! law that [`rebuild()`] states is what "nothing was missed" means.

mod align;
mod rebuild;
mod tidy;
mod wording;

use std::ops::Range;

use similar::Algorithm;

pub use rebuild::rebuild;
pub use wording::edits_between;

/// Which of `similar`'s algorithms decides what counts as kept. Its edits are the fewest hunks a reader meets among
/// those measured, and it has no deadline; changing it changes which word "was removed", so it is part of the rules.
pub(crate) const ALGORITHM: Algorithm = Algorithm::Histogram;

/// Stands in for [`ALGORITHM`] on sequences longer than [`LONG`], where a histogram of ever-recurring words becomes
/// quadratic. A length decides, not a clock, so every machine tells the same diff.
pub(crate) const ALGORITHM_FOR_LONG: Algorithm = Algorithm::Patience;

/// From this many elements on either side a sequence is long.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Draws a comparison as a person would read it, one line a passage.
    fn drawn(old: &[&str], new: &[&str]) -> String {
        let comparison = compare(old, new);
        assert_eq!(rebuild(old, new, &comparison), new, "the changes must rebuild the new text");
        let lines = comparison.rows.iter().map(|row| match row {
            Row::Same { new: index, .. } => format!("  {}", new[*index]),
            Row::Added { new: index } => format!("+ {}", new[*index]),
            Row::Removed { old: index } => format!("- {}", old[*index]),
            Row::Edited { old: from, new: to, edits } => {
                format!("~ {}", marked(old[*from], new[*to], edits))
            }
            Row::Moved { old: from, new: to, edits } => {
                format!("> {}", marked(old[*from], new[*to], edits))
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn marked(old: &str, new: &str, edits: &[Edit]) -> String {
        let (old, new) = (crate::extract::tokens(old), crate::extract::tokens(new));
        let text = |tokens: &[crate::extract::Token<'_>]| {
            tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
        };
        let mut parts = Vec::new();
        let mut at = 0;
        for edit in edits {
            parts.push(text(&new[at..edit.new.start]));
            parts.push(match edit.kind {
                EditKind::Restyled => format!(
                    "[~{}~]{{~{}~}}",
                    text(&old[edit.old.clone()]),
                    text(&new[edit.new.clone()])
                ),
                EditKind::Added => format!("{{+{}+}}", text(&new[edit.new.clone()])),
                EditKind::Removed => format!("[-{}-]", text(&old[edit.old.clone()])),
                EditKind::Reworded => format!(
                    "[-{}-]{{+{}+}}",
                    text(&old[edit.old.clone()]),
                    text(&new[edit.new.clone()])
                ),
            });
            at = edit.new.end;
        }
        parts.push(text(&new[at..]));
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }

    #[test]
    fn a_dropped_word_is_the_only_thing_marked() {
        insta::assert_snapshot!(
            drawn(&["We are.", "We stay committed and proud to support it."], &["We are.", "We stay committed to support it."]),
            @r"
          We are.
        ~ We stay committed [-and proud-] to support it .
        "
        );
    }

    #[test]
    fn an_apostrophe_is_a_restyle_and_a_missing_one_a_new_word() {
        insta::assert_snapshot!(drawn(&["We don't know."], &["We don\u{2019}t know."]), @"~ We [~don't~]{~don\u{2019}t~} know .");
        insta::assert_snapshot!(drawn(&["We don't know."], &["We dont know."]), @"~ We [-don't-]{+dont+} know .");
    }

    #[test]
    fn spaces_and_invisible_characters_are_restyles() {
        insta::assert_snapshot!(drawn(&["ten % off now"], &["ten\u{a0}% off now"]), @"~ ten [~%~]{~%~} off now");
        insta::assert_snapshot!(drawn(&["ten off now"], &["ten off\u{200b} now"]).replace('\u{200b}', "<ZWSP>"), @"~ ten off [~now~]{~now~}");
    }

    #[test]
    fn a_moved_paragraph_is_moved_and_not_removed() {
        insta::assert_snapshot!(
            drawn(&["One is first here.", "Two is second.", "Three is third.", "Four ends it."], &["Two is second.", "Three is third.", "One is first here.", "Four ends it."]),
            @r"
          Two is second.
          Three is third.
        > One is first here .
          Four ends it.
        "
        );
    }

    #[test]
    fn a_moved_and_edited_paragraph_is_one_row() {
        insta::assert_snapshot!(
            drawn(&["The service is offered to every customer of ours.", "Two is second.", "Three is third."], &["Two is second.", "Three is third.", "The service is offered to each customer of ours."]),
            @r"
          Two is second.
          Three is third.
        > The service is offered to [-every-]{+each+} customer of ours .
        "
        );
    }

    #[test]
    fn an_added_sentence_is_marked_as_a_sentence() {
        insta::assert_snapshot!(drawn(&["We care. We act."], &["We care. We listen. We act."]), @"~ We care . {+We listen .+} We act .");
    }

    #[test]
    fn unlike_paragraphs_are_not_forced_together() {
        insta::assert_snapshot!(
            drawn(&["Alpha beta gamma delta."], &["Nothing of that sort remains."]),
            @r"
        - Alpha beta gamma delta.
        + Nothing of that sort remains.
        "
        );
    }

    #[test]
    fn text_without_spaces_is_compared_by_character() {
        insta::assert_snapshot!(drawn(&["私たちは誇りを持って支援します。"], &["私たちは支援します。"]), @"~ 私 た ち は [-誇 り を 持 っ て-] 支 援 し ま す 。");
    }

    fn words() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "the",
            "The",
            "proud",
            "to",
            "support,",
            "it.",
            "don't",
            "don\u{2019}t",
            "a\u{200b}b",
            "  ",
            "\u{a0}",
            "誇り",
            "\n",
            "!",
        ]);
        prop::collection::vec(word, 1..12).prop_map(|words| words.join(" "))
    }

    fn documents() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
        (
            prop::collection::vec(words(), 0..8),
            prop::collection::vec(words(), 0..4),
            any::<prop::sample::Index>(),
            0..9usize,
        )
            .prop_map(|(old, extra, at, how)| {
                let mut new = old.clone();
                if !new.is_empty() {
                    let index = at.index(new.len());
                    match how {
                        0..3 => drop(new.remove(index)),
                        3..6 => new.swap(index, 0),
                        _ => new[index].push_str(" more"),
                    }
                }
                new.extend(extra);
                (old, new)
            })
    }

    proptest! {
        #[test]
        fn changes_rebuild_the_new_document((old, new) in documents()) {
            let old: Vec<&str> = old.iter().map(String::as_str).collect();
            let new: Vec<&str> = new.iter().map(String::as_str).collect();
            let comparison = compare(&old, &new);
            prop_assert_eq!(rebuild(&old, &new, &comparison), new.clone());
            prop_assert_eq!(comparison.is_empty(), old == new);
        }

        #[test]
        fn any_two_texts_rebuild(old in "\\PC{0,40}", new in "\\PC{0,40}") {
            let (old, new) = ([old.as_str()], [new.as_str()]);
            prop_assert_eq!(rebuild(&old, &new, &compare(&old, &new)), new.to_vec());
        }

        #[test]
        fn nothing_changes_between_equals((old, _) in documents()) {
            let old: Vec<&str> = old.iter().map(String::as_str).collect();
            prop_assert!(compare(&old, &old).is_empty());
        }
    }
}
