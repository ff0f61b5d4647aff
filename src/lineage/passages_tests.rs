//! The cases of whole passages and pages that the design names, each as the line that a person would read.

use super::histories::told;

#[test]
fn a_sentence_is_back_after_its_paragraph_was_reworded() {
    let history = told(&[
        "We welcome all guests. Dogs may stay free of charge. Breakfast is served at eight.",
        "We welcome all guests. Breakfast is served at eight.",
        "We greet all our guests. Breakfast is ready at nine.",
        "We greet all our guests. Dogs may stay free of charge. Breakfast is ready at nine.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed sentence "Dogs may stay free of charge." born r1
    r3 reworded in-place "greet" for "welcome" born r1
    r3 added in-place "our" born r3
    r3 reworded in-place "ready" for "served" born r1
    r3 reworded in-place "nine" for "eight" born r1
    r4 restored sentence "Dogs may stay free of charge." gone r2 born r1
    "#);
}

#[test]
fn a_whole_page_is_back() {
    let history = told(&[
        "We are proud. / It is free. / Third stays.",
        "We are here. / Third stays. / A new one came.",
        "We are proud. / It is free. / Third stays.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 reworded in-place "here" for "proud" born r1
    r2 removed passage "It is free." born r1
    r2 added passage "A new one came." born r2
    r3 restored state gone r2 born r1
    r3 withdrawn passage "A new one came." born r2
    r3 put-back in-place "proud" for "here" gone r2 born r1
    r3 restored passage "It is free." gone r2 born r1
    "#);
}

#[test]
fn a_page_is_back_in_its_old_order_and_style() {
    let history = told(&[
        "One is the first. / Two is the second. / Three is the third. / We are Proud.",
        "Two is the second. / Three is the third. / One is the first. / We are proud.",
        "One is the first. / Two is the second. / Three is the third. / We are Proud.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 moved passage "One is the first." born r1
    r2 restyled in-place "proud" for "Proud" born r1
    r3 restored state gone r2 born r1
    r3 restyled in-place "Proud" for "proud" born r2
    r3 moved passage "One is the first." born r1
    "#);
}

#[test]
fn a_passage_moves_and_is_edited_in_one_step() {
    let history = told(&[
        "The service is offered to every customer of ours. / Two is second. / Three is third.",
        "Two is second. / Three is third. / The service is offered to each customer of ours.",
        "Two is second. / The service is offered to every customer of ours. / Three is the third.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 reworded in-place "each" for "every" born r1
    r2 moved passage "The service is offered to each customer of ours." for "The service is offered to every customer of ours." born r1
    r3 removed passage "Three is third." born r1
    r3 put-back in-place "every" for "each" gone r2 born r1
    r3 added passage "Three is the third." born r3
    "#);
}

#[test]
fn a_paragraph_is_back_whole() {
    let history = told(&[
        "First stays. / Dogs may stay free of charge. / Last stays.",
        "First stays. / Last stays.",
        "First stays. / Last stays here. / Dogs may stay free of charge.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed passage "Dogs may stay free of charge." born r1
    r3 added in-place "here" born r3
    r3 restored passage "Dogs may stay free of charge." gone r2 born r1
    "#);
}

#[test]
fn a_paragraph_whose_words_went_one_by_one_is_back_as_one() {
    let history = told(&[
        "First stays. / Dogs may stay here free of charge.",
        "First stays. / Dogs may stay free of charge.",
        "First stays.",
        "First stays. / Dogs may stay here free of charge. / Other.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed in-place "here" born r1
    r3 removed passage "Dogs may stay free of charge." born r1
    r4 restored passage "Dogs may stay here free of charge." gone r3 born r1
    r4 added passage "Other." born r4
    "#);
}

#[test]
fn a_paragraph_is_back_in_another_style() {
    let history = told(&[
        "First stays. / Dogs' owners \"may\" stay. / Last stays.",
        "First stays. / Last stays.",
        "First stays. / DOGS\u{2019} owners \u{201c}may\u{201d} stay. / Last stays.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed passage "Dogs' owners \"may\" stay." born r1
    r3 restored passage "DOGS’ owners “may” stay." gone r2 born r1
    "#);
}

#[test]
fn a_paragraph_is_replaced_and_put_back() {
    let history = told(&[
        "First stays. / Dogs may stay free of charge. / Last stays.",
        "First stays. / No animals inside, please! / Last stays.",
        "First stays. / Dogs may stay free of charge. / Last still stays.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed passage "Dogs may stay free of charge." born r1
    r2 added passage "No animals inside, please!" born r2
    r3 put-back passage "Dogs may stay free of charge." for "No animals inside, please!" gone r2 born r1
    r3 added in-place "still" born r3
    "#);
}

#[test]
fn paragraphs_apart_are_not_put_back_for_one_another() {
    let history = told(&[
        "First stays. / Dogs may stay free of charge. / Last stays.",
        "First stays. / Last stays. / Tickets cost ten pounds.",
        "First stays. / Dogs may stay free of charge. / Last stays. / Call us.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed passage "Dogs may stay free of charge." born r1
    r2 added passage "Tickets cost ten pounds." born r2
    r3 restored passage "Dogs may stay free of charge." gone r2 born r1
    r3 withdrawn passage "Tickets cost ten pounds." born r2
    r3 added passage "Call us." born r3
    "#);
}

#[test]
fn an_earlier_wording_stands_on_as_another_line() {
    let history = told(&[
        "We offer bread and cheese all day. / Last stays.",
        "We offer bread and wine all day. / Last stays.",
        "We offer bread and wine all day. / We offer bread and cheese all day. / Last stays.",
        "We offer bread and cheese all day. / We offer bread and cheese all day. / Last stays.",
        "We offer bread and cheese all day. / Last stays.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 reworded in-place "wine" for "cheese" born r1
    r3 added passage "We offer bread and cheese all day." born r3
    r4 put-back in-place "cheese" for "wine" gone r2 born r1
    r4 moved passage "We offer bread and cheese all day." for "We offer bread and wine all day." born r2
    r5 restored state gone r2 born r1
    r5 withdrawn passage "We offer bread and cheese all day." born r3
    "#);
}

#[test]
fn a_line_that_would_be_removed_takes_an_earlier_passage() {
    let history = told(&[
        "We offer bread and cheese all day. / Second stays. / Third stays.",
        "We offer bread and wine and song and jazz. / Second stays. / Third stays.",
        "Second stays. / Third stays. / We offer bread and cheese all day.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 reworded in-place "wine and song and jazz" for "cheese all day" born r1
    r3 put-back in-place "cheese all day" for "wine and song and jazz" gone r2 born r1
    r3 moved passage "We offer bread and cheese all day." for "We offer bread and wine and song and jazz." born r2
    "#);
}

#[test]
fn equal_passages_come_back_in_their_order() {
    let history = told(&[
        "Read more here. / One stays. / Read more here. / Two stays.",
        "One stays. / Two stays.",
        "Read more here. / One stays. / Read more here. / Two stays now.",
    ]);
    insta::assert_snapshot!(history.all_drawn(), @r#"
    r2 removed passage "Read more here." born r1
    r2 removed passage "Read more here." born r1
    r3 restored passage "Read more here." gone r2 born r1
    r3 restored passage "Read more here." gone r2 born r1
    r3 added in-place "now" born r3
    "#);
    assert_eq!(history.layouts[2][0].line.0, 0);
}
