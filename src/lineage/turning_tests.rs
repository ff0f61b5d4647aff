//! Pages that show several texts by turns: a state that is told against an earlier one than the last. The histories
//! were found by chance, and made as short as they could be.

use super::histories::told_against;

const OURS: &str = "We are proud to support the program.";
const FREE: &str = "It is free of charge, and of cost.";

#[test]
fn a_token_that_stands_for_a_step_only_does_not_come_back_elsewhere() {
    let twice = format!("{FREE} {OURS} {OURS}");
    let read = "Read us.";
    let no_start = "are proud to support the program.";
    let mixed = "It is proud of charge, and of cost. are free to support the program";
    let loud = OURS.replace("We", "WE");
    let states = [
        (format!("{OURS} / {OURS} / {twice} / {read} / {FREE}"), 1),
        (format!("{OURS} / are We proud to support the program. / {twice} / {read} / {FREE}"), 1),
        (format!("{OURS} / {OURS} / {twice} / {read} / {FREE}"), 1),
        (format!("{OURS} / {twice} / {read} / {FREE}"), 1),
        (format!("{OURS} / {twice} / {read} / {OURS} / {FREE}"), 1),
        (format!("{loud} / {twice} / {read} / {OURS} / {FREE}"), 1),
        (format!("{loud} / {FREE} {no_start} {OURS} / {read} / {OURS}"), 1),
        (format!("{loud} / {mixed}. {OURS} / {OURS}"), 1),
        (format!("{no_start} / {mixed}. {OURS} / {OURS}"), 1),
        (format!("{no_start} / {mixed} / the {OURS}"), 1),
        (format!("{twice} / {mixed} / the {OURS}"), 5),
        (format!("{twice} / {mixed} / {mixed} / the {OURS}"), 8),
    ];
    told_against(&states.each_ref().map(|(state, base)| (state.as_str(), *base)));
}

#[test]
fn a_token_that_is_back_in_its_first_place_is_known_to_the_place_that_it_left() {
    let read = format!("{OURS} {OURS} Read more");
    let torn = format!("We are proud to support program. the {OURS} Read more");
    let free = format!("{FREE} {OURS} {OURS}");
    let states = [
        (format!("{read} / {OURS} / {free}"), 1),
        (format!("{OURS} / {free}"), 1),
        (format!("{OURS} / {FREE} {OURS}"), 1),
        (format!("{OURS} / {read}"), 3),
        (format!("{OURS} / {torn} / {OURS} / {read}"), 3),
        (format!("{free} / {OURS} / {torn} / {OURS} / {read}"), 3),
        (format!("the {free} / {OURS} / {torn} / {OURS} / {read}"), 1),
        (format!("{read} / the {free} / {OURS} / {torn} / {OURS} / {read}"), 3),
        (format!("the {read} / the {free} / {OURS} / {torn} / {OURS} / {read}"), 7),
    ];
    told_against(&states.each_ref().map(|(state, base)| (state.as_str(), *base)));
}

#[test]
fn a_token_whose_stay_was_only_lent_is_known_where_it_stood_last() {
    let sold = "10 % off \u{2014} 1,000 items.";
    let loud = "we are Proud to support the program.";
    let panic = "(Don\u{2019}t) panic; read on: now";
    let japanese = "私たちは誇りを持って支援します。";
    let shuffled = "of off is free of charge, and of cost.. 10";
    let told =
        format!("{panic} are Proud to support the 1,000 {shuffled} It \u{2014} program. items");
    let items = format!("{loud} 10 % off \u{2014} を items. {FREE} the");
    let states = [
        (format!("Read more / {loud} {loud} {FREE} {japanese} / {panic} {loud} of {FREE}"), 1),
        (
            format!(
                "Read more / {loud} we are Proud to support {japanese} program. {FREE} the / {panic} {loud} of {FREE}. {sold}"
            ),
            1,
        ),
        (
            format!(
                "{panic} {loud} {shuffled} % It \u{2014} 1,000 items / Read more / {loud} {sold} we are Proud to support {japanese} program. {FREE} the"
            ),
            2,
        ),
        (format!("{told} / Read more / {loud} {sold} {FREE} the"), 1),
        (format!("{told} / more Read / {loud} {sold} {FREE} the"), 1),
        (format!("{items} / we panic; read on: now {told} / {items}"), 3),
    ];
    told_against(&states.each_ref().map(|(state, base)| (state.as_str(), *base)));
}
