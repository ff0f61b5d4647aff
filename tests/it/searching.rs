//! What any page ever said, found by its words: in whatever script, on which pages, and in which revisions.
//!
//! The past that is looked at here is told in `history`.

use palinode::cli::Exit;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::history::told;
use crate::site::{Site, article};
use crate::world::World;

#[test]
fn a_phrase_is_searched() {
    insta::assert_snapshot!(told().palinode(&["search", "PROUD to support"]), @"
    “PROUD to support” in 3 wordings on 1 page

    post
      stands  r1–r6   first seen 2026-03-01 08:00, last seen 2026-03-06 08:00
                      this wording stood in 2 of these 6 revisions
                      Northlight stands ready and »proud to support« the harbour and its
                      clerks. It’s a long story.
      stood   r4–r5   first seen 2026-03-04 08:00, last seen 2026-03-05 08:00
                      this wording was first missing 2026-03-06 08:00
                      Northlight stands ready and »proud to support« the harbour, its pilots
                      and its clerks. It's a long story.
      stood   r3      first seen 2026-03-03 08:00, last seen 2026-03-03 08:00
                      this wording was first missing 2026-03-04 08:00
                      Northlight stands ready and »proud to support« the harbour, its pilots
                      and its clerks. It’s a long story.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["search", "誇りを持って", "post"]), @"
    “誇りを持って” in 1 wording on 1 page

    post
      stands  r1–r6   first seen 2026-03-01 08:00, last seen 2026-03-06 08:00
                      this wording stood in 4 of these 6 revisions
                      港は夜も開いています。私たちは»誇りを持って«支援します。
    exit 0
    ");
}

#[test]
fn a_phrase_is_searched_for_programs() {
    insta::assert_snapshot!(told().palinode(&["search", "proud", "--json", "-n", "2"]), @r#"
    [
      {
        "page": "post",
        "url": "http://127.0.0.1:PORT/post",
        "found": [
          {
            "stands": true,
            "from_revision": 1,
            "to_revision": 6,
            "revisions": 2,
            "first_seen": "2026-03-01T08:00:00.000Z",
            "last_seen": "2026-03-06T08:00:00.000Z",
            "words": [
              "proud"
            ],
            "passage": "Northlight stands ready and proud to support the harbour and its clerks. It’s a long story."
          },
          {
            "stands": false,
            "from_revision": 4,
            "to_revision": 5,
            "revisions": 2,
            "first_seen": "2026-03-04T08:00:00.000Z",
            "last_seen": "2026-03-05T08:00:00.000Z",
            "first_missing": "2026-03-06T08:00:00.000Z",
            "words": [
              "proud"
            ],
            "passage": "Northlight stands ready and proud to support the harbour, its pilots and its clerks. It's a long story."
          }
        ],
        "more": 1
      }
    ]
    exit 0
    "#);
    insta::assert_snapshot!(told().palinode(&["search", "ashamed", "--json"]), @"
    []
    exit 0
    ");
}

/// Three pages, of which one is no longer watched and another says nothing of it.
pub(crate) fn three_pages() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    for (path, text) in [("/a", PROUD), ("/b", "Nothing of that stands here."), ("/c", PROUD)] {
        site.put(path, article("Post", &[text]));
        world.palinode(&["add", &site.url(path), "--name", &path[1..]]).fine();
    }
    world.palinode(&["check"]).fine();
    site.put("/c", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    world.palinode(&["remove", "c"]).fine();
    (world, site)
}

#[test]
fn a_phrase_is_searched_on_all_pages() {
    let (world, site) = three_pages();
    insta::assert_snapshot!(world.palinode(&["search", "support the harbour"]), @"
    “support the harbour” in 3 wordings on 2 pages

    a
      stands  r1      first seen 2026-03-01 08:00, last seen 2026-03-01 18:00
                      We are proud to »support the harbour«, its clerks and all who wait
                      there.

    c
      stands  r2      first seen 2026-03-01 18:00, last seen 2026-03-01 18:00
                      We »support the harbour«, its clerks and all who wait there.
      stood   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      this wording was first missing 2026-03-01 18:00
                      We are proud to »support the harbour«, its clerks and all who wait
                      there.
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["search", "support the harbour", "-n", "1"]), @"
    “support the harbour” in 3 wordings on 2 pages

    a
      stands  r1      first seen 2026-03-01 08:00, last seen 2026-03-01 18:00
                      We are proud to »support the harbour«, its clerks and all who wait
                      there.

    c
      stands  r2      first seen 2026-03-01 18:00, last seen 2026-03-01 18:00
                      We »support the harbour«, its clerks and all who wait there.
    ⋯ 1 more; --all shows them
    exit 0
    ");
    let named = ["search", "support the harbour", "a", "b", &site.url("/a")];
    insta::assert_snapshot!(world.palinode(&named), @"
    “support the harbour” in 1 wording on 1 page

    a
      stands  r1      first seen 2026-03-01 08:00, last seen 2026-03-01 18:00
                      We are proud to »support the harbour«, its clerks and all who wait
                      there.
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["search", "harbour", "b"]), @"
    -- stderr --
    no passage ever held “harbour”
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["search", "harbour", "d"]), @r#"
    -- stderr --
    palinode: no page is called "d"
    hint: `palinode pages` lists them
    exit 2
    "#);
}

#[test]
fn words_may_stand_in_any_order() {
    insta::assert_snapshot!(told().palinode(&["search", "harbour proud its", "--any-order"]), @"
    “harbour proud its” in 3 wordings on 1 page

    post
      stands  r1–r6   first seen 2026-03-01 08:00, last seen 2026-03-06 08:00
                      this wording stood in 2 of these 6 revisions
                      Northlight stands ready and »proud« to support the »harbour« and »its«
                      clerks. It’s a long story.
      stood   r4–r5   first seen 2026-03-04 08:00, last seen 2026-03-05 08:00
                      this wording was first missing 2026-03-06 08:00
                      Northlight stands ready and »proud« to support the »harbour«, »its«
                      pilots and its clerks. It's a long story.
      stood   r3      first seen 2026-03-03 08:00, last seen 2026-03-03 08:00
                      this wording was first missing 2026-03-04 08:00
                      Northlight stands ready and »proud« to support the »harbour«, »its«
                      pilots and its clerks. It’s a long story.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["search", "harbour proud its"]), @"
    -- stderr --
    no passage ever held “harbour proud its”
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["search", "clerks lamps", "--all-words"]), @"
    -- stderr --
    no passage ever held “clerks lamps”
    exit 0
    ");
}

/// Folded, an apostrophe is an apostrophe; exactly, each of the two had its time.
#[test]
fn a_phrase_may_be_searched_exactly() {
    insta::assert_snapshot!(told().palinode(&["search", "it's a LONG story"]), @"
    “it's a LONG story” in 4 wordings on 1 page

    post
      stands  r1–r6   first seen 2026-03-01 08:00, last seen 2026-03-06 08:00
                      this wording stood in 2 of these 6 revisions
                      …stands ready and proud to support the harbour and its clerks. »It’s a
                      long story«.
      stood   r4–r5   first seen 2026-03-04 08:00, last seen 2026-03-05 08:00
                      this wording was first missing 2026-03-06 08:00
                      …ready and proud to support the harbour, its pilots and its clerks.
                      »It's a long story«.
      stood   r3      first seen 2026-03-03 08:00, last seen 2026-03-03 08:00
                      this wording was first missing 2026-03-04 08:00
                      …ready and proud to support the harbour, its pilots and its clerks.
                      »It’s a long story«.
      stood   r2      first seen 2026-03-02 08:00, last seen 2026-03-02 08:00
                      this wording was first missing 2026-03-03 08:00
                      Northlight stands ready to support the harbour and its clerks. »It’s a
                      long story«.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["search", "It's a long story", "--exact"]), @"
    “It's a long story” in 1 wording on 1 page

    post
      stood   r4–r5   first seen 2026-03-04 08:00, last seen 2026-03-05 08:00
                      this wording was first missing 2026-03-06 08:00
                      …ready and proud to support the harbour, its pilots and its clerks.
                      »It's a long story«.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["search", "it's a long story", "--exact"]), @"
    -- stderr --
    no passage ever held “it's a long story”
    exit 0
    ");
}

#[test]
fn awkward_words_are_found() {
    let (world, _site) = seen_once(article(
        "Notes",
        &[
            "We write C++ and C#, see \u{a7} 4 of the well-known \u{201c}rules\u{201d}.",
            "It costs 3.14 or 1,000; ask a@example.org (or not) \u{1f426}\u{200d}\u{2b1b}!",
            "東京タワーは333メートルです。",
        ],
    ));
    for (phrase, count) in [
        ("c++", 1),
        ("C+", 1),
        ("c--", 0),
        ("§ 4", 1),
        ("§4 of", 1),
        ("\"RULES\"", 1),
        ("well-known", 1),
        ("well known", 0),
        ("3.14", 1),
        ("3 14", 0),
        ("a@example.org", 1),
        ("\u{1f426}\u{200d}\u{2b1b}", 1),
        ("タワー", 1),
        ("タワ", 0),
        ("333メー", 1),
        ("333メ", 0),
        ("...", 0),
        (".", 1),
        ("(or not)", 1),
    ] {
        let found = world.json(&["search", phrase, "--json"]);
        let found = found[0]["found"].as_array().map_or(0, Vec::len);
        assert_eq!(found, count, "{phrase}");
    }
}

/// What has a meaning to the index is text to a person.
#[test]
fn no_phrase_is_an_operator() {
    for phrase in [
        "proud OR ashamed",
        "proud NOT ashamed",
        "words : proud",
        "proud*",
        "^Northlight",
        "NEAR(proud support)",
        "proud\" OR \"ashamed",
        "{words} : proud",
        "'; DROP TABLE wording; --",
        "proud\0to",
        "\0",
        "?!",
        "\u{ffff}",
        "_",
    ] {
        for order in [&["--json"] as &[&str], &["--json", "--any-order"]] {
            let found = told().json(&[&["search", phrase], order].concat());
            assert_eq!(found.as_array().unwrap().len(), 0, "{phrase:?} {order:?}");
        }
    }
    insta::assert_snapshot!(told().palinode(&["search", "ash\u{1b}[31mamed\0"]), @"
    -- stderr --
    no passage ever held “ash⟨U+001B⟩[31mamed⟨U+0000⟩”
    exit 0
    ");
}

#[test]
fn a_phrase_without_words_is_refused() {
    insta::assert_snapshot!(told().palinode(&["search", ""]), @r#"
    -- stderr --
    palinode: "" holds no word to search for
    exit 2
    "#);
    insta::assert_snapshot!(told().palinode(&["search", " \u{200b}\n"]), @r#"
    -- stderr --
    palinode: " ⟨U+200B⟩
    " holds no word to search for
    exit 2
    "#);
    insta::assert_snapshot!(told().palinode(&["search"]), @"
    -- stderr --
    error: the following required arguments were not provided:
      <PHRASE>

    Usage: palinode search <PHRASE> [PAGE]...

    For more information, try '--help'.
    exit 2
    ");
    insta::assert_snapshot!(told().palinode(&["search", "proud", "--all", "-n", "3"]), @"
    -- stderr --
    error: the argument '--all' cannot be used with '--limit <COUNT>'

    Usage: palinode search --all <PHRASE> [PAGE]...

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn a_very_long_phrase_is_searched() {
    let long = "proud to support the harbour ".repeat(4_000);
    insta::assert_snapshot!(told().palinode(&["search", &long]), @"
    -- stderr --
    no passage ever held “proud to support the harbour proud to support the harbour proud to support the harbour proud to support the harbour proud to support the harbour proud to suppor…”
    exit 0
    ");
    let any = told().json(&["search", &long, "--any-order", "--json"]);
    assert_eq!(any[0]["found"].as_array().unwrap().len(), 3);
    assert_eq!(told().palinode(&["search", &"w".repeat(100_000)]).exit, Exit::Fine);
}

#[test]
fn a_page_cannot_speak_to_the_terminal() {
    let (world, _site) = seen_once(article(
        "Post",
        &["We are proud\u{1b}[2J to support \u{202e}everything\u{202c} that is said here."],
    ));
    insta::assert_snapshot!(world.palinode(&["search", "to support"]), @"
    “to support” in 1 wording on 1 page

    post
      stands  r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      We are proud⟨U+001B⟩[2J »to support« ⟨U+202E⟩everything⟨U+202C⟩ that is
                      said here.
    exit 0
    ");
}
