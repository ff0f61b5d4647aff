//! What is shown of a page's past: its revisions and their text.
//!
//! One page with six revisions, each of them a small case of its own, is told once and looked at by all tests here, in
//! `comparing` and in `tracing`.

use std::sync::OnceLock;

use crate::site::{Site, article};
use crate::world::World;

const READY: &str = "Northlight stands ready and proud to support the harbour and its clerks. It\u{2019}s a long story.";
const REVIEW: &str = "The first review begins in May. It ends before the summer.";
const SHIPS: &str = "Ships come and go at night.";
const JAPANESE: &str = "港は夜も開いています。私たちは誇りを持って支援します。";

/// r1, then: words dropped and a sentence replaced; the words restored in a touched sentence, the sentence put back,
/// another one added; that one withdrawn and an apostrophe made straight; a paragraph moved; the page as in r1.
pub(crate) fn past() -> [Vec<String>; 6] {
    let r1 = [READY, REVIEW, SHIPS, JAPANESE].map(str::to_owned).to_vec();
    let with = |page: &[String], index: usize, from: &str, to: &str| {
        assert!(page[index].contains(from), "{from}");
        let mut page = page.to_vec();
        page[index] = page[index].replace(from, to);
        page
    };
    let r2 = with(&r1, 0, "ready and proud to", "ready to");
    let r2 = with(&r2, 1, "The first review begins in May.", "Nobody has set a date.");
    let r2 = with(&r2, 3, "誇りを持って", "");
    let r3 = with(
        &r2,
        0,
        "ready to support the harbour and",
        "ready and proud to support the harbour, its pilots and",
    );
    let r3 = with(&r3, 1, "Nobody has set a date.", "The first review begins in May.");
    let r3 = with(&r3, 2, "night.", "night. Who lights the lamps?");
    let r4 = with(&r3, 2, " Who lights the lamps?", "");
    let r4 = with(&r4, 0, "\u{2019}", "'");
    let r4 = with(&r4, 3, "私たちは", "私たちは誇りを持って");
    let mut r5 = r4.clone();
    r5.rotate_right(1);
    [r1.clone(), r2, r3, r4, r5, r1]
}

/// The world in which it happened, one revision a day from the first of March.
pub(crate) fn told() -> &'static World {
    static TOLD: OnceLock<World> = OnceLock::new();
    TOLD.get_or_init(|| {
        let (world, site) = (World::new(), Site::new());
        world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
        for (day, page) in past().iter().enumerate() {
            let page: Vec<&str> = page.iter().map(String::as_str).collect();
            site.put("/post", article("The harbour", &page));
            world.at(&format!("2026-03-0{}T08:00:00Z", day + 1)).palinode(&["check"]).fine();
        }
        world
    })
}

#[test]
fn the_log_tells_all_revisions() {
    insta::assert_snapshot!(told().palinode(&["log", "post"]), @"
    post
    6 checks from 2026-03-01 08:00 to 2026-03-06 08:00 (UTC)

    r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00, as in r1
        −2 words, 1 moved, 1 restyled; seen until 2026-03-06 08:00 in 1 check
        restored  {*the whole page as in r1*} (gone since r2, for at least 3 d and at most 5
                  d)
        withdrawn [-, its pilots-] (in place; came in r3)
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)
        restyled  [~It's~] {~It’s~} (in place)

    r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00
        1 moved; seen until 2026-03-05 08:00 in 1 check
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)

    r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        +6 −4 words, 1 restyled; seen until 2026-03-04 08:00 in 1 check
        restored  {*誇りを持って*} (in place; gone since r2, for at least 1 d and at most 3 d)
        withdrawn [-Who lights the lamps?-] (whole sentence; came in r3)
        restyled  [~It’s~] {~It's~} (in place)

    r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
        +14 −5 words; seen until 2026-03-03 08:00 in 1 check
        restored  {*and proud*} (in place; gone since r2, for at most 2 d)
        put-back  [-Nobody has set a date-] {*The first review begins in May*} (in place; gone
                  since r2, for at most 2 d)
        added     {+, its pilots+} (in place)
        added     {+Who lights the lamps?+} (whole sentence)

    r2  changed between 2026-03-01 08:00 and 2026-03-02 08:00
        +5 −14 words; seen until 2026-03-02 08:00 in 1 check
        removed   [-and proud-] (in place)
        removed   [-誇りを持って-] (in place)
        reworded  [-The first review begins in May-] {+Nobody has set a date+} (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

#[test]
fn the_log_may_be_short() {
    insta::assert_snapshot!(told().palinode(&["log", "post", "-n", "1"]), @"
    post
    6 checks from 2026-03-01 08:00 to 2026-03-06 08:00 (UTC)

    r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00, as in r1
        −2 words, 1 moved, 1 restyled; seen until 2026-03-06 08:00 in 1 check
        restored  {*the whole page as in r1*} (gone since r2, for at least 3 d and at most 5
                  d)
        withdrawn [-, its pilots-] (in place; came in r3)
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)
        restyled  [~It's~] {~It’s~} (in place)

    ⋯ 5 older; --all shows them
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["log", "post", "-n", "0"]), @"
    post
    6 checks from 2026-03-01 08:00 to 2026-03-06 08:00 (UTC)

    ⋯ 6 older; --all shows them
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["log", "post", "-n", "1", "--all"]), @"
    -- stderr --
    error: the argument '--limit <COUNT>' cannot be used with '--all'

    Usage: palinode log --limit <COUNT> <PAGE>

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn a_revision_is_shown() {
    insta::assert_snapshot!(told().palinode(&["show", "post", "r4"]), @"
    post  r4
    seen from 2026-03-04 08:00 to 2026-03-04 08:00 (UTC)
    title: The harbour

    # The harbour

    Northlight stands ready and proud to support the harbour, its pilots and its clerks. It's
    a long story.

    The first review begins in May. It ends before the summer.

    Ships come and go at night.

    港は夜も開いています。私たちは誇りを持って支援します。
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["show", "post", "r2", "--json"]), @r#"
    {
      "page": "post",
      "revision": 2,
      "first_seen": "2026-03-02T08:00:00.000Z",
      "last_seen": "2026-03-02T08:00:00.000Z",
      "title": "The harbour",
      "byline": null,
      "published": null,
      "modified": null,
      "entity_sha256": "f97eabcb71fe758bc376f3119a5851489c84084b85f55e9112ee2b67d42a078e",
      "passages": [
        {
          "kind": {
            "heading": 1
          },
          "line": 0,
          "text": "The harbour"
        },
        {
          "kind": "paragraph",
          "line": 1,
          "text": "Northlight stands ready to support the harbour and its clerks. It’s a long story."
        },
        {
          "kind": "paragraph",
          "line": 2,
          "text": "Nobody has set a date. It ends before the summer."
        },
        {
          "kind": "paragraph",
          "line": 3,
          "text": "Ships come and go at night."
        },
        {
          "kind": "paragraph",
          "line": 4,
          "text": "港は夜も開いています。私たちは支援します。"
        }
      ]
    }
    exit 0
    "#);
}

#[test]
fn a_revision_has_many_names() {
    for (name, number) in [
        ("r2", 2),
        ("2", 2),
        ("first", 1),
        ("latest", 6),
        ("latest~0", 6),
        ("latest~1", 5),
        ("latest~5", 1),
        ("2026-03-02T08:00:00Z", 2),
        ("2026-03-03", 3),
        ("2026-03-03T09:30:00+01:00", 3),
        ("2030-01-01", 6),
    ] {
        let shown = told().json(&["show", "post", name, "--json"]);
        assert_eq!(shown["revision"], number, "{name}");
    }
}

#[test]
fn a_revision_that_is_not_there_is_refused() {
    for (name, message) in [
        ("r7", "there is no revision r7; the latest is r6"),
        ("0", "there is no revision 0; the latest is r6"),
        ("latest~6", "there is no revision latest~6; the latest is r6"),
        ("2026-02-28", "nothing is known of it before 2026-03-01"),
        ("yesterday", "\"yesterday\" is no revision"),
        ("r", "\"r\" is no revision"),
    ] {
        let shown = told().palinode(&["show", "post", name]);
        assert!(shown.stderr.contains(message), "{shown}");
        assert_eq!(shown.exit.code(), 2);
    }
}
