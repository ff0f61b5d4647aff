//! The cases of words and sentences that the design names, each as the line that a person would read.

use super::histories::told;

#[test]
fn a_word_is_back_in_a_touched_sentence() {
    let history = told(&[
        "Acme is proud to support the program.",
        "Acme is to support the program.",
        "Acme is proud to support the new program.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "proud" born r1
    r3 restored in-place "proud" gone r2 born r1
    r3 added in-place "new" born r3
    "#);
    insta::assert_snapshot!(history.drawn_lives(0), @r#"
    "acme is" r1-
    "proud" r1-r2 r3-
    "to support the" r1-
    "new" r3-
    "program ." r1-
    "#);
}

#[test]
fn half_a_sentence_is_back() {
    let history = told(&[
        "We keep your data safe, and we never sell it to third parties.",
        "We keep your data safe.",
        "We keep your personal data very safe, and we never sell it to anyone.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place ", and we never sell it to third parties" born r1
    r3 added in-place "personal" born r3
    r3 added in-place "very" born r3
    r3 restored in-place ", and we never sell it to" gone r2 born r1
    r3 added in-place "anyone" born r3
    "#);
}

#[test]
fn words_are_replaced_and_put_back() {
    let history = told(&[
        "The service is offered free of charge to all.",
        "The service is offered at low cost to all.",
        "The service is now offered free of charge to all.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 reworded in-place "at low cost" for "free of charge" born r1
    r3 added in-place "now" born r3
    r3 put-back in-place "free of charge" for "at low cost" gone r2 born r1
    "#);
}

#[test]
fn words_are_added_and_withdrawn() {
    let history = told(&[
        "We support the program today.",
        "We support and praise the program today.",
        "We support the program gladly today.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 added in-place "and praise" born r2
    r3 withdrawn in-place "and praise" born r2
    r3 added in-place "gladly" born r3
    "#);
}

#[test]
fn a_common_word_elsewhere_is_new() {
    let history = told(&[
        "The house of the mayor is old. It stands by a river.",
        "The house is old. It stands by a river.",
        "The house is old. It stands by the bank of a river.",
    ]);
    insta::assert_snapshot!(history.drawn(3), @r#"r3 added in-place "the bank of" born r3"#);
}

#[test]
fn a_common_word_in_a_rewritten_passage_is_new() {
    let history = told(&[
        "We support the cause of every child in the region with our gifts and time.",
        "We support nothing in the region with our gifts and time.",
        "We support a good many works of art in the region with our gifts and time.",
    ]);
    insta::assert_snapshot!(history.drawn(3), @r#"r3 reworded in-place "a good many works of art" for "nothing" born r2"#);
}

#[test]
fn marks_alone_are_not_restored() {
    let history = told(&[
        "We sing, and dance, in the old town hall.",
        "We sing and dance in the old town hall.",
        "We sing, and dance in the new town hall.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "," born r1
    r2 removed in-place "," born r1
    r3 added in-place "," born r3
    r3 reworded in-place "new" for "old" born r1
    "#);
}

#[test]
fn text_without_spaces_has_words_restored() {
    let history = told(&[
        "私たちは誇りを持って計画を支援します。",
        "私たちは計画を支援します。",
        "私たちは誇りを持って新しい計画を支援します。",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "誇りを持って" born r1
    r3 restored in-place "誇りを持って" gone r2 born r1
    r3 added in-place "新しい" born r3
    "#);
}

#[test]
fn another_case_is_a_restyle() {
    let history = told(&[
        "We are Proud to support it. / Read more",
        "We are proud to support it. / READ MORE",
        "We are Proud to support it. / Read more now",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 restyled in-place "proud" for "Proud" born r1
    r2 restyled in-place "READ MORE" for "Read more" born r1
    r3 restyled in-place "Proud" for "proud" born r2
    r3 added in-place "now" born r3
    r3 restyled in-place "Read more" for "READ MORE" born r2
    "#);
}

#[test]
fn a_word_is_back_beside_the_one_that_replaced_it() {
    for last in ["We are happy and proud to help.", "We are proud and happy to help."] {
        let history = told(&["We are proud to help.", "We are happy to help.", last]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(history.drawn(3).replace("\"proud and\"", "\"and proud\""), @r#"
            r3 restored in-place "proud" gone r2 born r1
            r3 added in-place "and" born r3
            "#);
        }
    }
}

#[test]
fn a_word_is_back_after_its_sentence_moved() {
    let history = told(&[
        "Dogs may stay free of charge. We are proud to help. Breakfast is served at eight.",
        "Dogs may stay free of charge. We are to help. Breakfast is served at eight.",
        "Dogs may stay free of charge. Breakfast is served at eight. We are to help.",
        "Dogs may stay free of charge. Breakfast is served at eight. We are proud to help.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "proud" born r1
    r3 moved sentence "We are to help." born r1
    r4 added in-place "proud" born r4
    "#);
}

#[test]
fn a_word_is_back_after_another_sentence_moved_over_its_own() {
    let history = told(&[
        "It is free. We are proud to help all our guests. Breakfast is at eight.",
        "It is free. We are to help all our guests. Breakfast is at eight.",
        "We are to help all our guests. Breakfast is at eight. It is free.",
        "We are proud to help all our guests. Breakfast is at eight. It is free.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "proud" born r1
    r3 moved sentence "It is free." born r1
    r4 restored in-place "proud" gone r2 born r1
    "#);
}

#[test]
fn what_went_in_different_steps_comes_back_as_two_strands() {
    let history = told(&[
        "We are a small, old and proud club of friends.",
        "We are a small, old club of friends.",
        "We are a club of friends.",
        "We are a small, old and proud club of good friends.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "and proud" born r1
    r3 removed in-place "small, old" born r1
    r4 restored in-place "small, old" gone r3 born r1
    r4 restored in-place "and proud" gone r2 born r1
    r4 added in-place "good" born r4
    "#);
}

#[test]
fn a_word_that_went_twice_is_back_twice() {
    let history = told(&[
        "We are proud to help.",
        "We are to help.",
        "We are proud to help you.",
        "We are to help you.",
        "We are proud to help all of you.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "proud" born r1
    r3 restored in-place "proud" gone r2 born r1
    r3 added in-place "you" born r3
    r4 removed in-place "proud" born r1
    r5 restored in-place "proud" gone r4 times 2 gate repeat born r1
    r5 added in-place "all of" born r5
    "#);
    insta::assert_snapshot!(history.drawn_lives(0), @r#"
    "we are" r1-
    "proud" r1-r2 r3-r4 r5-
    "to help" r1-
    "all of" r5-
    "you" r3-
    "." r1-
    "#);
}
