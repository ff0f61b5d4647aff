//! The seed case, told from end to end: one test a recording of `snapshots/proud`, named in `snapshots/README.md`.
//!
//! The demonstration is played once and its history kept; each test looks at what one recording left in it. Checks that
//! came to the same as the one before lengthen one observation, so a test names the run that its recording is part of.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::world::World;

/// The demonstration's history, and what it said while it was played.
fn kept() -> &'static (World, String) {
    static KEPT: OnceLock<(World, String)> = OnceLock::new();
    KEPT.get_or_init(|| {
        let world = World::new();
        let store = world.store().display().to_string();
        let said = world.palinode(&["demo", "--keep", &store]).fine().said();
        (world, said)
    })
}

/// What the check at this time came to.
fn check_at(time: &str) -> &'static str {
    let start = format!("check  {time}  ");
    kept().1.lines().find_map(|line| line.strip_prefix(&start)).unwrap()
}

/// A revision as `log` tells it: since when, until when, in how many checks.
fn seen(number: u64) -> Value {
    let log = kept().0.json(&["log", "northlight", "--json"]);
    let revisions = log["revisions"].as_array().unwrap();
    let of = revisions.iter().find(|revision| revision["revision"] == number).unwrap();
    json!([of["first_seen"], of["last_seen"], of["checks"]])
}

/// The events of a revision: kind, old words, new words.
fn events(number: u64) -> Vec<[String; 3]> {
    let events = kept().0.json(&["events", "northlight", "--json"]);
    let of = |event: &Value| {
        ["kind", "old", "new"].map(|key| event[key].as_str().unwrap_or_default().to_owned())
    };
    let all = events.as_array().unwrap().iter();
    all.filter(|event| event["revision"] == number).map(of).collect()
}

/// The checks at which the page could not be seen.
fn unseen(number: usize) -> Value {
    let trace = kept().0.json(&["trace", "northlight", "proud to support", "--json"]);
    let unseen = &trace[0]["unseen"];
    assert_eq!(unseen.as_array().unwrap().len(), 3);
    json!([unseen[number]["from"], unseen[number]["outcome"], unseen[number]["reason"]])
}

#[test]
fn the_first_capture_is_r1() {
    assert_eq!(check_at("2018-01-24 09:00"), "changed: this is r1");
    assert_eq!(seen(1), json!(["2018-01-24T09:00:00.000Z", "2018-06-17T23:00:00.000Z", 5]));
    let text = kept().0.palinode(&["show", "northlight", "r1"]).said();
    assert!(text.contains("stands ready and proud to\nsupport the"), "{text}");
    assert!(events(1).is_empty());
}

#[test]
fn identical_bytes_are_no_revision() {
    assert_eq!(check_at("2018-02-14 09:00"), "same");
}

#[test]
fn a_304_lengthens_the_observation() {
    assert_eq!(check_at("2018-03-21 09:00"), "same-304");
    assert_eq!(seen(1)[2], 5, "the five checks of r1 count it");
}

#[test]
fn a_change_of_furniture_is_silent() {
    assert_eq!(check_at("2018-05-02 09:00"), "same");
    let text = kept().0.palinode(&["show", "northlight", "r1"]).said();
    for furniture in ["Read next", "shares", "cookies", "Privacy", "Pricing"] {
        assert!(!text.contains(furniture), "{furniture} in {text}");
    }
}

#[test]
fn a_503_says_nothing_about_the_page() {
    assert_eq!(check_at("2018-06-17 21:30"), "failed (http-503)");
    assert_eq!(unseen(0), json!(["2018-06-17T21:30:00.000Z", "failed", "http-503"]));
}

#[test]
fn a_gzip_coded_answer_says_what_it_decodes_to() {
    assert_eq!(check_at("2018-06-17 23:00"), "same");
    assert_eq!(seen(1)[1], "2018-06-17T23:00:00.000Z");
}

#[test]
fn proud_is_removed_in_r2() {
    assert_eq!(check_at("2018-06-18 15:00"), "changed: this is r2");
    assert_eq!(events(2), [["removed", "and proud", ""]]);
}

#[test]
fn a_challenge_marked_in_its_head_is_held() {
    assert_eq!(check_at("2018-06-18 17:00"), "held (challenge(cloudflare))");
    assert_eq!(unseen(1), json!(["2018-06-18T17:00:00.000Z", "held", "challenge(cloudflare)"]));
}

#[test]
fn a_challenge_marked_in_its_body_is_held() {
    assert_eq!(check_at("2018-06-18 19:30"), "held (challenge(anubis))");
    assert_eq!(unseen(2), json!(["2018-06-18T19:30:00.000Z", "held", "challenge(anubis)"]));
}

#[test]
fn a_304_after_held_pages_confirms_r2() {
    assert_eq!(check_at("2018-06-18 22:00"), "same-304");
    assert_eq!(seen(2), json!(["2018-06-18T15:00:00.000Z", "2018-06-18T22:00:00.000Z", 2]));
}

#[test]
fn proud_is_restored_in_r3_though_the_page_is_new() {
    assert_eq!(check_at("2018-06-19 08:00"), "changed: this is r3");
    let added = "We have read the many letters about this post, and each of them will be answered.";
    assert_eq!(events(3), [["restored", "", "and proud"], ["added", "", added]]);
}

#[test]
fn a_change_of_furniture_after_r3_is_silent() {
    assert_eq!(check_at("2018-06-19 10:00"), "same");
    assert_eq!(seen(3), json!(["2018-06-19T08:00:00.000Z", "2018-06-19T10:00:00.000Z", 2]));
}

#[test]
fn a_moved_paragraph_is_moved_and_not_rewritten() {
    assert_eq!(check_at("2018-06-19 13:00"), "changed: this is r4");
    let [[kind, old, new]] = &events(4)[..] else { panic!("{:?}", events(4)) };
    assert_eq!((kind.as_str(), old), ("moved", new));
    assert!(new.starts_with("Training began in the autumn."), "{new}");
}

#[test]
fn a_replaced_word_is_reworded_and_not_removed() {
    assert_eq!(check_at("2018-06-19 16:00"), "changed: this is r5");
    assert_eq!(events(5), [["reworded", "seamless", "dependable"]]);
}

#[test]
fn another_charset_is_no_revision() {
    assert_eq!(check_at("2018-06-19 19:00"), "same");
    assert_eq!(seen(5), json!(["2018-06-19T16:00:00.000Z", "2018-06-19T19:00:00.000Z", 2]));
}

#[test]
fn straight_apostrophes_are_restyled_and_no_event() {
    assert_eq!(check_at("2018-06-20 09:00"), "changed: this is r6");
    assert!(events(6).iter().all(|[kind, ..]| kind == "restyled"), "{:?}", events(6));
    let unified = kept().0.palinode(&["diff", "northlight", "r5", "r6", "--json"]).said();
    assert!(unified.contains("restyled") && !unified.contains("reworded"), "{unified}");
}

/// The finding itself, with every bound that the recordings allow.
#[test]
fn the_trace_bounds_the_absence() {
    let trace = kept().0.json(&["trace", "northlight", "proud to support", "--json"]);
    let ledger = trace[0]["ledger"].as_array().unwrap().iter();
    let told = ledger.map(|run| json!([run["what"], run["first_seen"], run["last_seen"]]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!(["present", "2018-01-24T09:00:00.000Z", "2018-06-17T23:00:00.000Z"]),
            json!(["absent", "2018-06-18T15:00:00.000Z", "2018-06-18T22:00:00.000Z"]),
            json!(["restored", "2018-06-19T08:00:00.000Z", "2018-06-20T09:00:00.000Z"]),
        ]
    );
    let hour = 3600;
    let missing_for = json!({ "at_least": 7 * hour, "at_most": 33 * hour });
    assert_eq!(trace[0]["ledger"][2]["missing_for"], missing_for);
}

#[test]
fn the_demonstration_says_the_same_each_time() {
    let world = World::new();
    assert_eq!(world.palinode(&["demo"]).said(), kept().1);
}

#[test]
fn the_demonstration_overwrites_nothing() {
    let world = World::new();
    let taken = world.file("taken.db", "a person's file");
    insta::assert_snapshot!(world.palinode(&["demo", "--keep", &taken]), @"
    -- stderr --
    palinode: FOLDER/taken.db: there is a file already
    hint: name one that does not exist yet
    exit 2
    ");
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "a person's file");
}

#[test]
fn every_row_of_the_recordings_names_a_test_that_exists() {
    let readme = include_str!("../../snapshots/README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `2018-"));
    let tests: Vec<&str> = rows.filter_map(|row| row.split('`').rev().nth(1)).collect();
    assert_eq!(tests.len(), 16);
    for test in tests {
        let head = format!("#[test]\nfn {test}() {{");
        assert!(include_str!("proud.rs").contains(&head), "no test is called {test}");
    }
}

#[test]
fn the_demonstration_tells_the_case() {
    let world = World::new();
    insta::assert_snapshot!(world.palinode(&["demo"]), @"
    A company's post, as it was recorded in 2018 (an invented re-enactment; all times are UTC).

    check  2018-01-24 09:00  changed: this is r1
    check  2018-02-14 09:00  same
    check  2018-03-21 09:00  same-304
    check  2018-05-02 09:00  same
    check  2018-06-17 21:30  failed (http-503)
    check  2018-06-17 23:00  same
    check  2018-06-18 15:00  changed: this is r2
    check  2018-06-18 17:00  held (challenge(cloudflare))
    check  2018-06-18 19:30  held (challenge(anubis))
    check  2018-06-18 22:00  same-304
    check  2018-06-19 08:00  changed: this is r3
    check  2018-06-19 10:00  same
    check  2018-06-19 13:00  changed: this is r4
    check  2018-06-19 16:00  changed: this is r5
    check  2018-06-19 19:00  same
    check  2018-06-20 09:00  changed: this is r6

    $ palinode log northlight

    northlight
    16 checks from 2018-01-24 09:00 to 2018-06-20 09:00 (UTC), 3 of them saw no page

    r6  changed between 2018-06-19 19:00 and 2018-06-20 09:00
        4 restyled; seen until 2018-06-20 09:00 in 1 check
        restyled  [~Directorate’s~] {~Directorate's~} (in place)
        restyled  [~don’t~] {~don't~} (in place)
        restyled  [~’~] {~'~} (in place)
        restyled  [~Directorate’s~] {~Directorate's~} (in place)

    r5  changed between 2018-06-19 13:00 and 2018-06-19 16:00
        +1 −1 word; seen until 2018-06-19 19:00 in 2 checks
        reworded  [-seamless-] {+dependable+} (in place)

    r4  changed between 2018-06-19 10:00 and 2018-06-19 13:00
        1 moved; seen until 2018-06-19 13:00 in 1 check
        moved     Training began in the autumn. More than nine hundred clerks have spent two
                  days each with our instructors, and the questions that they asked have
                  already change… (whole passage)

    r3  changed between 2018-06-18 22:00 and 2018-06-19 08:00
        +18 words; seen until 2018-06-19 10:00 in 2 checks
        restored  {*and proud*} (in place; gone since r2, for at least 7 h and at most 1 d 9
                  h)
        added     {+We have read the many letters about this post, and each of them will be
                  answered.+} (whole sentence)

    r2  changed between 2018-06-17 23:00 and 2018-06-18 15:00
        −2 words; seen until 2018-06-18 22:00 in 2 checks
        removed   [-and proud-] (in place)

    r1  first seen 2018-01-24 09:00
        seen until 2018-06-17 23:00 in 5 checks
        it says of itself: by Northlight public sector team; published 2018-01-24T08:00:00Z

    $ palinode diff northlight r1 r2

    northlight  r1 → r2
    r1 last seen 2018-06-17 23:00, r2 first seen 2018-06-18 15:00 (UTC)

    ⋯ 4 unchanged passages

      The new system gives every office one seamless view of a file, from the first
      application to the final stamp. A search that took a morning now ends before the kettle
      boils, and each look at a record is itself recorded.

    ~ Work of this kind asks for more than machines. Northlight stands ready [-and proud-] to
      support the Directorate’s civilian staff with tools that are modern, accountable and
      safe. We don’t write our customers’ rules, but we do choose how carefully we build.

      What the Directorate gets

    ⋯ 9 unchanged passages

    $ palinode diff northlight r2 r3

    northlight  r2 → r3
    r2 last seen 2018-06-18 22:00, r3 first seen 2018-06-19 08:00 (UTC)

    ⋯ 4 unchanged passages

      The new system gives every office one seamless view of a file, from the first
      application to the final stamp. A search that took a morning now ends before the kettle
      boils, and each look at a record is itself recorded.

    ~ Work of this kind asks for more than machines. Northlight stands ready {+and proud+} to
      support the Directorate’s civilian staff with tools that are modern, accountable and
      safe. We don’t write our customers’ rules, but we do choose how carefully we build.

      What the Directorate gets

    ⋯ 7 unchanged passages

      Over the summer the remaining paper will be scanned, at a rate of sixty thousand pages a
      day. The old archives stay open until the last box has been counted and its label
      checked against the new register.

    ~ If your office faces a move like this one, our team will gladly show you what we
      learned, mistakes included. {+We have read the many letters about this post, and each of
      them will be answered.+} Write to the address at the foot of this page.

    $ palinode trace northlight proud

    “proud” on northlight

    present   r1      first seen 2018-01-24 09:00, last seen 2018-06-17 23:00
                      …this kind asks for more than machines. Northlight stands ready and
                      »proud« to support the Directorate’s civilian staff with tools that are…
    absent    r2      first missing 2018-06-18 15:00, last missing 2018-06-18 22:00
    restored  r3–r6   first seen 2018-06-19 08:00, last seen 2018-06-20 09:00
                      it had been gone for at least 7 h and at most 1 d 9 h
                      …this kind asks for more than machines. Northlight stands ready and
                      »proud« to support the Directorate’s civilian staff with tools that are…

    the page could not be seen, so nothing is known of these times (UTC):
      2018-06-17 21:30  failed (http-503), 1 check
      2018-06-18 17:00  held (challenge(cloudflare)), 1 check
      2018-06-18 19:30  held (challenge(anubis)), 1 check
    exit 0
    ");
    assert!(!world.path("scratch").exists(), "the demonstration leaves nothing behind");
}
