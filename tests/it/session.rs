//! One session from the first capture to a restoration, as a person types it: the shortest proof that all stages meet.

use crate::world::Place;

const BEFORE: &str =
    "<h1>Our work</h1><p>We are proud to support the program.</p><p>More follows.</p>";
const WITHOUT: &str = "<h1>Our work</h1><p>We are to support the program.</p><p>More follows.</p>";
const BACK: &str =
    "<h1>Our work</h1><p>We are proud to support the new program.</p><p>More follows.</p>";

#[test]
fn a_word_goes_and_comes_back_inside_a_touched_sentence() {
    let place = Place::watching(BEFORE);
    place.run(&["check"]).succeeds();
    place.then(WITHOUT).succeeds();
    insta::assert_snapshot!(place.then(BACK), @"
    post  r3 changed between 2024-03-01 13:00 and 2024-03-01 14:00 (+2 words), UTC
        restored  {*proud*} (in place; gone since r2, for at most 2 h)
        added     {+new+} (in place)

      ~ We are {+proud+} to support the {+new+} program.

    -- exit 0 --
    ");
    insta::assert_snapshot!(place.run(&["trace", "post", "proud"]), @"
    “proud” on post

    present   r1      first seen 2024-03-01 12:00, last seen 2024-03-01 12:00
                      We are »proud« to support the program.
    absent    r2      first missing 2024-03-01 13:00, last missing 2024-03-01 13:00
    restored  r3      first seen 2024-03-01 14:00, last seen 2024-03-01 14:00
                      it had been gone for at most 2 h
                      We are »proud« to support the new program.
    -- exit 0 --
    ");
}

#[test]
fn an_unchanged_page_is_silent() {
    let place = Place::watching(BEFORE);
    place.run(&["check"]).succeeds();
    insta::assert_snapshot!(place.then(BEFORE), @"-- exit 0 --");
}
