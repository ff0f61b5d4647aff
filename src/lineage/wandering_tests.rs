//! Sentences that change their passage: moved, parted, joined, and back in another section.

use super::histories::told;

#[test]
fn a_sentence_is_back_in_another_section() {
    let history = told(&[
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine. / Call us.",
        "We welcome all our guests. / Breakfast is at nine. / Call us.",
        "We welcome all our guests. / Breakfast is at nine. Dogs may stay free of charge here. / Call us.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed sentence "Dogs may stay free of charge here." born r1
    r3 restored elsewhere "Dogs may stay free of charge here." gone r2 gate phrase born r1
    "#);
}

#[test]
fn half_a_sentence_is_back_in_another_section() {
    let history = told(&[
        "We keep your data safe, and we never sell it to third parties. / Breakfast is at nine.",
        "We keep your data safe. / Breakfast is at nine.",
        "We keep your data safe. / Breakfast is at nine. Be sure that we never sell it to third persons.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place ", and we never sell it to third parties" born r1
    r3 restored elsewhere "we never sell it to third" gone r2 gate phrase born r1
    r3 added in-place "Be sure that" born r3
    r3 added in-place "persons." born r3
    "#);
}

#[test]
fn a_few_words_elsewhere_are_new() {
    let history = told(&[
        "We are proud to support the program. / Breakfast is at nine.",
        "We support the program. / Breakfast is at nine.",
        "We support the program. / Breakfast is at nine, and we are proud to make it.",
    ]);
    insta::assert_snapshot!(history.drawn(3), @r#"r3 added in-place ", and we are proud to make it" born r3"#);
}

#[test]
fn a_sentence_moves_to_another_passage() {
    let history = told(&[
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. / Dogs may stay free of charge here. Breakfast is at nine.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"r2 moved sentence "Dogs may stay free of charge here." born r1"#);
}

#[test]
fn a_sentence_moves_to_another_passage_and_is_edited_in_one_step() {
    let history = told(&[
        "We welcome all our guests. Dogs of our guests may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. / Breakfast is at nine. Dogs of our guests may not stay free of charge here.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 added in-place "not" born r2
    r2 moved in-place "Dogs of our guests may" born r1
    r2 moved in-place "stay free of charge here." born r1
    "#);
}

#[test]
fn a_passage_is_parted_and_joined_again() {
    let history = told(&[
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. / Dogs may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at ten.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 moved passage "We welcome all our guests." born r1
    r3 moved sentence "We welcome all our guests." born r1
    r3 reworded in-place "ten" for "nine" born r1
    "#);
}

#[test]
fn a_sentence_that_moved_goes_and_is_back_in_its_first_place() {
    let history = told(&[
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. / Breakfast is at nine. Dogs may stay free of charge here.",
        "We welcome all our guests. / Breakfast is at nine.",
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at ten.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 moved sentence "Dogs may stay free of charge here." born r1
    r3 removed sentence "Dogs may stay free of charge here." born r1
    r4 restored sentence "Dogs may stay free of charge here." gone r3 born r1
    r4 reworded in-place "ten" for "nine" born r1
    "#);
}

#[test]
fn a_sentence_of_a_text_without_spaces_is_back_in_another_section() {
    let history = told(&[
        "私たちはお客様を歓迎します。犬は無料で泊まれます。 / 朝食は九時です。",
        "私たちはお客様を歓迎します。 / 朝食は九時です。",
        "私たちはお客様を歓迎します。 / 朝食は九時です。犬は無料で泊まれます。",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed sentence "犬は無料で泊まれます。" born r1
    r3 restored elsewhere "犬は無料で泊まれます。" gone r2 gate phrase born r1
    "#);
}

#[test]
fn a_copy_of_what_stands_is_new() {
    let history = told(&[
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine. Dogs may stay free of charge here.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"r2 added sentence "Dogs may stay free of charge here." born r2"#);
}

#[test]
fn a_word_stays_inside_a_stretch_that_is_told_as_reworded() {
    let history = told(&[
        "The old plain answer is kept for all.",
        "The new clear answer was kept by them.",
        "The old plain answer is kept for all of us.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 reworded in-place "new clear" for "old plain" born r1
    r2 reworded in-place "was" for "is" born r1
    r2 reworded in-place "by them" for "for all" born r1
    r3 put-back in-place "old plain" for "new clear" gone r2 born r1
    r3 put-back in-place "is" for "was" gone r2 born r1
    r3 reworded in-place "for all of us" for "by them" born r2
    "#);
    insta::assert_snapshot!(history.drawn_lives(0), @r#"
    "the" r1-
    "old plain" r1-r2 r3-
    "new clear" r2-r3
    "answer" r1-
    "is" r1-r2 r3-
    "was" r2-r3
    "kept" r1-
    "for all" r1-r2
    "by them" r2-r3
    "for all of us" r3-
    "." r1-
    "#);
}

/// The same text twice, of other tokens each time: the law that a wording stands for the tokens it had at first.
#[test]
fn a_text_is_back_as_the_one_of_two_that_went_last() {
    let history = told(&[
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine.",
        "We welcome all our guests. / Breakfast is at nine. Dogs may stay free of charge here.",
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine. Dogs may stay free of charge here.",
        "We welcome all our guests. / Breakfast is at ten. Dogs may stay free of charge here.",
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at eleven. Dogs may stay free of charge here.",
        "We welcome all our guests. Dogs may stay free of charge here. / Breakfast is at nine.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 moved sentence "Dogs may stay free of charge here." born r1
    r3 added sentence "Dogs may stay free of charge here." born r3
    r4 withdrawn sentence "Dogs may stay free of charge here." born r3
    r4 reworded in-place "ten" for "nine" born r1
    r5 restored sentence "Dogs may stay free of charge here." gone r4 born r3
    r5 reworded in-place "eleven" for "ten" born r4
    r6 restored state gone r2 born r1
    r6 withdrawn sentence "Dogs may stay free of charge here." born r3
    r6 moved sentence "Dogs may stay free of charge here." born r1
    r6 restored in-place "nine" gone r4 born r1
    r6 removed in-place "eleven" born r5
    "#);
}
