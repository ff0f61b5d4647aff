//! How a page's states are drawn: forward, back, and by turns.
//!
//! Apart from `history`, since what is looked at here is not what a page said but which of its texts stood when.

use crate::site::{Site, article};
use crate::world::World;

/// A world in which a page says one text after the other, a letter each, one a day from the first of March.
fn told(states: &str) -> World {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for (day, letter) in states.chars().enumerate() {
        let text = format!("The harbour master is called {letter}. Ships come and go at night.");
        site.put("/post", article("The harbour", &[&text]));
        world.at(&format!("2026-03-{:02}T08:00:00Z", day + 1)).palinode(&["check"]).fine();
    }
    world
}

#[test]
fn a_page_that_goes_forward_has_one_track() {
    insta::assert_snapshot!(told("ABC").palinode(&["log", "post", "--graph"]), @"
    post
    3 checks from 2026-03-01 08:00 to 2026-03-03 08:00 (UTC)
    3 revisions, no two of which say the same

    C  r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
    │      +1 −1 word; seen until 2026-03-03 08:00 in 1 check
    B  r2  changed between 2026-03-01 08:00 and 2026-03-02 08:00
    │      +1 −1 word; seen until 2026-03-02 08:00 in 1 check
    A  r1  first seen 2026-03-01 08:00
           seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

#[test]
fn a_return_is_drawn_on_its_track() {
    insta::assert_snapshot!(told("ABCAD").palinode(&["log", "post", "--graph"]), @"
    post
    5 checks from 2026-03-01 08:00 to 2026-03-05 08:00 (UTC)
    5 revisions, 4 states: the same letter is the same text

    D    r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00
    │        +1 −1 word; seen until 2026-03-05 08:00 in 1 check
    A    r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00, as in r1
    │        +1 −1 word; seen until 2026-03-04 08:00 in 1 check
    │ C  r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
    │ │      +1 −1 word; seen until 2026-03-03 08:00 in 1 check
    │ B  r2  changed between 2026-03-01 08:00 and 2026-03-02 08:00
    │        +1 −1 word; seen until 2026-03-02 08:00 in 1 check
    A    r1  first seen 2026-03-01 08:00
             seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

#[test]
fn turns_are_told_in_one_row() {
    let world = told("ABABABACACACDBACAC");
    insta::assert_snapshot!(world.palinode(&["log", "post", "--graph"]), @"
    post
    18 checks from 2026-03-01 08:00 to 2026-03-18 08:00 (UTC)
    18 revisions, 4 states: the same letter is the same text

    A B C    r14–r18  A (r1) twice, B (r2) once in r14 and C (r8) twice, by turns
    ┊ ┊ ┊         between 2026-03-13 08:00 and 2026-03-18 08:00, in 5 checks
    │ │ │ D  r13  changed between 2026-03-12 08:00 and 2026-03-13 08:00
    │ │ │         +1 −1 word; seen until 2026-03-13 08:00 in 1 check
    A │ C    r9–r12  A (r1) and C (r8) by turns, twice each
    ┊ │ ┊         between 2026-03-08 08:00 and 2026-03-12 08:00, in 4 checks; A→C +1 −1 word
    │ │ C    r8   changed between 2026-03-07 08:00 and 2026-03-08 08:00
    │ │           +1 −1 word; seen until 2026-03-08 08:00 in 1 check
    A B      r3–r7  A (r1) 3 times and B (r2) twice, by turns
    ┊ ┊           between 2026-03-02 08:00 and 2026-03-07 08:00, in 5 checks; B→A +1 −1 word
    │ B      r2   changed between 2026-03-01 08:00 and 2026-03-02 08:00
    │             +1 −1 word; seen until 2026-03-02 08:00 in 1 check
    A        r1   first seen 2026-03-01 08:00
                  seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post", "--graph", "-n", "2"]), @"
    post
    18 checks from 2026-03-01 08:00 to 2026-03-18 08:00 (UTC)
    18 revisions, 4 states: the same letter is the same text

    A B C    r14–r18  A (r1) twice, B (r2) once in r14 and C (r8) twice, by turns
    ┊ ┊ ┊         between 2026-03-13 08:00 and 2026-03-18 08:00, in 5 checks
    │ │ │ D  r13  changed between 2026-03-12 08:00 and 2026-03-13 08:00
    │ │ │         +1 −1 word; seen until 2026-03-13 08:00 in 1 check

    ⋯ 12 older; -n 7 shows them
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post", "--graph", "-n", "0"]), @"
    post
    18 checks from 2026-03-01 08:00 to 2026-03-18 08:00 (UTC)
    18 revisions, 4 states: the same letter is the same text

    ⋯ 18 older; -n 7 shows them
    exit 0
    ");
    let all = world.palinode(&["log", "post", "--graph", "--all"]).fine().said();
    assert_eq!(all.lines().filter(|line| line.contains("changed between")).count(), 17, "{all}");
    assert!(!all.contains("by turns"), "{all}");
}

#[test]
fn the_readme_shows_what_is_drawn() {
    let drawn = told("ABABABC").palinode(&["log", "post", "--graph"]).fine().said();
    let (_, rows) = drawn.split_once("\n\n").unwrap();
    assert!(include_str!("../../README.md").contains(rows), "{rows}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut world = told("ABCDEFGHABCDEFGHIJ");
    for width in [40, 60, 80, 120] {
        world.surroundings.width = width;
        for words in [&["log", "post", "--graph"] as &[&str], &["log", "post", "--graph", "--all"]]
        {
            let drawn = world.palinode(words).fine().said();
            // The coverage stands above the drawing, as it does in `log`.
            let wide = drawn.lines().skip(3).find(|line| line.chars().count() > width);
            assert_eq!(wide, None, "{drawn}");
        }
    }
}

#[test]
fn many_variants_share_the_last_column() {
    let mut world = told("ABCDEFGHABCDEFGHI");
    world.surroundings.width = 40;
    insta::assert_snapshot!(world.palinode(&["log", "post", "--graph", "-n", "3"]), @"
    post
    17 checks from 2026-03-01 08:00 to 2026-03-17 08:00 (UTC)
    17 revisions, 9 states: the same letter is the same text

    I            r17  changed between
                 2026-03-16 08:00 and
                 2026-03-17 08:00
                      +1 −1 word; seen until
                      2026-03-17 08:00 in 1
                      check
    A B C D E +  r9–r16  A (r1), B (r2), C
    ┊ ┊ ┊ ┊ ┊ ┊  (r3), D (r4), E (r5), F
    ┊ ┊ ┊ ┊ ┊ ┊  (r6), G (r7) and H (r8) by
    ┊ ┊ ┊ ┊ ┊ ┊  turns, once each
    ┊ ┊ ┊ ┊ ┊ ┊       between 2026-03-08
    ┊ ┊ ┊ ┊ ┊ ┊       08:00 and 2026-03-16
    ┊ ┊ ┊ ┊ ┊ ┊       08:00, in 8 checks
    │ │ │ │ │ H  r8   changed between
    │ │ │ │ │ │  2026-03-07 08:00 and
    │ │ │ │ │ │  2026-03-08 08:00
    │ │ │ │ │ │       +1 −1 word; seen until
    │ │ │ │ │ │       2026-03-08 08:00 in 1
    │ │ │ │ │ │       check

    ⋯ 7 older; -n 10 shows them
    exit 0
    ");
}

#[test]
fn colours_say_nothing_that_letters_do_not() {
    let mut world = told("ABABABC");
    let plain = world.palinode(&["log", "post", "--graph"]).fine().said();
    world.surroundings.ink = palinode::views::Ink::Colour;
    let coloured = world.palinode(&["log", "post", "--graph"]).fine().said();
    insta::assert_snapshot!(coloured.lines().nth(5).unwrap().escape_debug(), @r"\u{1b}[2m│\u{1b}[0m        \u{1b}[2m+1 −1 word; seen until 2026-03-07 08:00 in 1 check\u{1b}[0m");
    let mut stripped = String::new();
    for (index, piece) in coloured.split('\u{1b}').enumerate() {
        stripped += if index == 0 { piece } else { piece.split_once('m').unwrap().1 };
    }
    assert_eq!(stripped, plain);
}

#[test]
fn programs_get_states_and_revisions() {
    insta::assert_snapshot!(told("ABA").palinode(&["log", "post", "--graph", "--json"]), @r#"
    {
      "page": "post",
      "url": "http://127.0.0.1:PORT/post",
      "checks": 3,
      "checks_without_sight": 0,
      "states": [
        {
          "state": "A",
          "track": 0,
          "first_revision": 1,
          "last_revision": 3,
          "revisions": 2,
          "checks": 2,
          "first_seen": "2026-03-01T08:00:00.000Z",
          "last_seen": "2026-03-03T08:00:00.000Z"
        },
        {
          "state": "B",
          "track": 1,
          "first_revision": 2,
          "last_revision": 2,
          "revisions": 1,
          "checks": 1,
          "first_seen": "2026-03-02T08:00:00.000Z",
          "last_seen": "2026-03-02T08:00:00.000Z"
        }
      ],
      "revisions": [
        {
          "revision": 3,
          "state": "A",
          "same_as": 1,
          "after": "2026-03-02T08:00:00.000Z",
          "first_seen": "2026-03-03T08:00:00.000Z",
          "last_seen": "2026-03-03T08:00:00.000Z",
          "checks": 1
        },
        {
          "revision": 2,
          "state": "B",
          "after": "2026-03-01T08:00:00.000Z",
          "first_seen": "2026-03-02T08:00:00.000Z",
          "last_seen": "2026-03-02T08:00:00.000Z",
          "checks": 1
        },
        {
          "revision": 1,
          "state": "A",
          "after": null,
          "first_seen": "2026-03-01T08:00:00.000Z",
          "last_seen": "2026-03-01T08:00:00.000Z",
          "checks": 1
        }
      ]
    }
    exit 0
    "#);
    let all = told("ABABABABAB").json(&["log", "post", "--graph", "--json"]);
    assert_eq!(all["revisions"].as_array().unwrap().len(), 10, "nothing is folded");
    let some = told("ABABABABAB").json(&["log", "post", "--graph", "--json", "-n", "2"]);
    assert_eq!(some["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(some["states"].as_array().unwrap().len(), 2);
}

#[test]
fn a_page_never_seen_has_no_drawing() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["log", "post", "--graph"]), @"
    post
    0 checks
    0 revisions
    exit 0
    ");
}
