//! Comparisons drawn as a person would read them, and the law that the changes rebuild the new text.

use proptest::prelude::*;

use super::*;

/// Draws a comparison as a person would read it, one line a passage.
pub(super) fn drawn(old: &[&str], new: &[&str]) -> String {
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
fn a_passage_that_lost_all_but_its_beginning_or_end_is_the_same_one() {
    let long =
        "4. You must have had active listings in one of our stores through the whole of the year.";
    let among = |text| ["First.", text, "Last."];
    insta::assert_snapshot!(drawn(&among(long), &among("4.")), @"
      First.
    ~ 4 . [-You must have had active listings in one of our stores through the whole of the year .-]
      Last.
    ");
    insta::assert_snapshot!(drawn(&among("Guests!"), &among("Guests of members may bring their dogs and cats to dinner on every evening but one.")), @"
      First.
    ~ Guests [-!-]{+of members may bring their dogs and cats to dinner on every evening but one .+}
      Last.
    ");
    insta::assert_snapshot!(drawn(&among(long), &among("of the year.")), @"
      First.
    ~ [-4 . You must have had active listings in one of our stores through the whole-] of the year .
      Last.
    ");
    let beside = |first, text| [first, text, "We listen to our members, and we act on it."];
    insta::assert_snapshot!(drawn(&beside("We are proud to support it.", long), &beside("We are glad to support it.", "4.")), @"
    ~ We are [-proud-]{+glad+} to support it .
    ~ 4 . [-You must have had active listings in one of our stores through the whole of the year .-]
      We listen to our members, and we act on it.
    ");
    insta::assert_snapshot!(drawn(&among(long), &among("You.")), @"
      First.
    - 4. You must have had active listings in one of our stores through the whole of the year.
    + You.
      Last.
    ");
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
