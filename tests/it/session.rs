//! One session from the first capture to a restoration, as a person types it: the shortest proof that all stages meet.

use crate::site::{Site, article};
use crate::world::{Output, World};

const WITH: [&str; 2] =
    ["We are proud to support the program.", "More follows below, in good time."];
const WITHOUT: [&str; 2] = ["We are to support the program.", "More follows below, in good time."];
const BACK: [&str; 2] =
    ["We are proud to support the new program.", "More follows below, in good time."];

/// A post that is watched, and was seen once.
fn watched() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Our work", &WITH));
    let phrase = ["--phrase", "proud to support"];
    world.palinode(&[&["add", &site.url("/post"), "--name", "post"], &phrase[..]].concat()).fine();
    world.palinode(&["check"]).fine();
    (world, site)
}

/// The post says something else an hour later, and is checked.
fn then(world: &World, site: &Site, paragraphs: &[&str]) -> Output {
    site.put("/post", article("Our work", paragraphs));
    world.wait(60).palinode(&["check", "--all"])
}

#[test]
fn a_word_goes_and_comes_back_inside_a_touched_sentence() {
    let (world, site) = watched();
    insta::assert_snapshot!(then(&world, &site, &WITHOUT), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 09:00 (−1 word), UTC
        “proud to support” is no longer there
        removed   [-proud-] (in place)

      ~ We are [-proud-] to support the program.

    exit 0
    ");
    insta::assert_snapshot!(then(&world, &site, &BACK), @"
    post  r3 changed between 2026-03-01 09:00 and 2026-03-01 10:00 (+2 words), UTC
        “proud to support” is back; it was gone since r2
        flicker   {*proud*} (in place; gone since r2, for at most 2 h; one check alone missed
                  it)
        added     {+new+} (in place)

      ~ We are {+proud+} to support the {+new+} program.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    “proud” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      We are »proud« to support the program.
    absent    r2      first missing 2026-03-01 09:00, last missing 2026-03-01 09:00
    restored  r3      first seen 2026-03-01 10:00, last seen 2026-03-01 10:00
                      it had been gone for at most 2 h
                      We are »proud« to support the new program.
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["blame", "post"]), @"
    post  r3

    r1    2026-03-01  Our work

    r1    2026-03-01  We are r1 back r3: {*proud*} to support the r3: {+new+} program.

    r1    2026-03-01  More follows below, in good time.
    exit 0
    ");
}

#[test]
fn an_unchanged_page_is_silent() {
    let (world, site) = watched();
    insta::assert_snapshot!(then(&world, &site, &WITH), @"exit 0");
}
