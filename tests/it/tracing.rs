//! What happened to the words: events of all kinds, and the life of a phrase with its bounds.
//!
//! The past that is looked at here is told in `history`.

use crate::checking::{HUMBLE, PROUD};
use crate::history::told;
use crate::site::{Reply, Site, article};
use crate::world::World;

#[test]
fn all_events_are_listed() {
    insta::assert_snapshot!(told().palinode(&["events"]), @"
    post
      r2  changed between 2026-03-01 08:00 and 2026-03-02 08:00
        removed   [-and proud-] (in place)
        reworded  [-The first review begins in May-] {+Nobody has set a date+} (in place)
        removed   [-誇りを持って-] (in place)
      r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
        restored  {*and proud*} (in place; gone since r2, for at most 2 d)
        added     {+, its pilots+} (in place)
        put-back  [-Nobody has set a date-] {*The first review begins in May*} (in place; gone
                  since r2, for at most 2 d)
        added     {+Who lights the lamps?+} (whole sentence)
      r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        restyled  [~It’s~] {~It's~} (in place)
        withdrawn [-Who lights the lamps?-] (whole sentence; came in r3)
        restored  {*誇りを持って*} (in place; gone since r2, for at least 1 d and at most 3 d)
      r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)
      r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00
        restored  {*the whole page as in r1*} (gone since r2, for at least 3 d and at most 5
                  d)
        withdrawn [-, its pilots-] (in place; came in r3)
        restyled  [~It's~] {~It’s~} (in place)
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)
    exit 0
    ");
}

#[test]
fn events_are_chosen_by_kind_and_time() {
    insta::assert_snapshot!(told().palinode(&["events", "post", "--kind", "restored"]), @"
    post
      r3  changed between 2026-03-02 08:00 and 2026-03-03 08:00
        restored  {*and proud*} (in place; gone since r2, for at most 2 d)
      r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        restored  {*誇りを持って*} (in place; gone since r2, for at least 1 d and at most 3 d)
      r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00
        restored  {*the whole page as in r1*} (gone since r2, for at least 3 d and at most 5
                  d)
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["events", "--kind", "moved", "--kind", "withdrawn", "--since", "2026-03-04"]), @"
    post
      r4  changed between 2026-03-03 08:00 and 2026-03-04 08:00
        withdrawn [-Who lights the lamps?-] (whole sentence; came in r3)
      r5  changed between 2026-03-04 08:00 and 2026-03-05 08:00
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)
      r6  changed between 2026-03-05 08:00 and 2026-03-06 08:00
        withdrawn [-, its pilots-] (in place; came in r3)
        moved     港は夜も開いています。私たちは誇りを持って支援します。 (whole passage)
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["events", "--since", "2026-03-07"]), @"exit 0");
    insta::assert_snapshot!(told().palinode(&["events", "--since", "2026-03-07", "--json"]), @"
    []
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["events", "--kind", "lost"]), @r#"
    -- stderr --
    error: invalid value 'lost' for '--kind <KIND>': "lost" is no kind of event; there are restored, put-back, withdrawn, removed, reworded, added, moved, restyled

    For more information, try '--help'.
    exit 2
    "#);
}

#[test]
fn events_are_told_to_programs() {
    insta::assert_snapshot!(told().palinode(&["events", "post", "--kind", "restored", "--json"]), @r#"
    [
      {
        "page": "post",
        "url": "http://127.0.0.1:PORT/post",
        "revision": 3,
        "kind": "restored",
        "grade": "in-place",
        "new": "and proud",
        "first_in_revision": 1,
        "missing_from_revision": 2,
        "times": 1,
        "after": "2026-03-02T08:00:00.000Z",
        "before": "2026-03-03T08:00:00.000Z",
        "missing_for": {
          "at_least": 0,
          "at_most": 172800
        }
      },
      {
        "page": "post",
        "url": "http://127.0.0.1:PORT/post",
        "revision": 4,
        "kind": "restored",
        "grade": "in-place",
        "new": "誇りを持って",
        "first_in_revision": 1,
        "missing_from_revision": 2,
        "times": 1,
        "after": "2026-03-03T08:00:00.000Z",
        "before": "2026-03-04T08:00:00.000Z",
        "missing_for": {
          "at_least": 86400,
          "at_most": 259200
        }
      },
      {
        "page": "post",
        "url": "http://127.0.0.1:PORT/post",
        "revision": 6,
        "kind": "restored",
        "grade": "state",
        "first_in_revision": 1,
        "missing_from_revision": 2,
        "times": 1,
        "after": "2026-03-05T08:00:00.000Z",
        "before": "2026-03-06T08:00:00.000Z",
        "missing_for": {
          "at_least": 259200,
          "at_most": 432000
        }
      }
    ]
    exit 0
    "#);
}

#[test]
fn a_phrase_is_traced() {
    insta::assert_snapshot!(told().palinode(&["trace", "post", "proud to support"]), @"
    “proud to support” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      Northlight stands ready and »proud to support« the harbour and its
                      clerks. It’s a long story.
    absent    r2      first missing 2026-03-02 08:00, last missing 2026-03-02 08:00
    restored  r3–r6   first seen 2026-03-03 08:00, last seen 2026-03-06 08:00
                      it had been gone for at most 2 d
                      Northlight stands ready and »proud to support« the harbour, its pilots
                      and its clerks. It’s a long story.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["trace", "post", "誇りを持って"]), @"
    “誇りを持って” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      港は夜も開いています。私たちは»誇りを持って«支援します。
    absent    r2–r3   first missing 2026-03-02 08:00, last missing 2026-03-03 08:00
    restored  r4–r6   first seen 2026-03-04 08:00, last seen 2026-03-06 08:00
                      it had been gone for at least 1 d and at most 3 d
                      港は夜も開いています。私たちは»誇りを持って«支援します。
    exit 0
    ");
}

#[test]
fn a_phrase_is_traced_for_programs() {
    insta::assert_snapshot!(told().palinode(&["trace", "post", "who lights the LAMPS", "--json"]), @r#"
    [
      {
        "page": "post",
        "phrase": "who lights the LAMPS",
        "ledger": [
          {
            "what": "absent",
            "from_revision": 1,
            "to_revision": 2,
            "count": 0,
            "first_seen": "2026-03-01T08:00:00.000Z",
            "last_seen": "2026-03-02T08:00:00.000Z"
          },
          {
            "what": "present",
            "from_revision": 3,
            "to_revision": 3,
            "count": 1,
            "first_seen": "2026-03-03T08:00:00.000Z",
            "last_seen": "2026-03-03T08:00:00.000Z",
            "passage": "Ships come and go at night. Who lights the lamps?"
          },
          {
            "what": "absent",
            "from_revision": 4,
            "to_revision": 6,
            "count": 0,
            "first_seen": "2026-03-04T08:00:00.000Z",
            "last_seen": "2026-03-06T08:00:00.000Z"
          }
        ],
        "unseen": []
      }
    ]
    exit 0
    "#);
}

/// Folded, an apostrophe is an apostrophe; exactly, each of the two had its time.
#[test]
fn a_phrase_may_be_traced_exactly() {
    insta::assert_snapshot!(told().palinode(&["trace", "post", "it's a long story"]), @"
    “it's a long story” on post

    present   r1–r6   first seen 2026-03-01 08:00, last seen 2026-03-06 08:00
                      …stands ready and proud to support the harbour and its clerks. »It’s a
                      long story«.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["trace", "post", "It's a long story", "--exact"]), @"
    “It's a long story” on post

    absent    r1–r3   first missing 2026-03-01 08:00, last missing 2026-03-03 08:00
    present   r4–r5   first seen 2026-03-04 08:00, last seen 2026-03-05 08:00
                      …ready and proud to support the harbour, its pilots and its clerks.
                      »It's a long story«.
    absent    r6      first missing 2026-03-06 08:00, last missing 2026-03-06 08:00
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["trace", "post", "it's a long story", "--exact"]), @"
    “it's a long story” on post

    never seen between 2026-03-01 08:00 and 2026-03-06 08:00 (UTC), in 6 revisions
    exit 0
    ");
}

#[test]
fn a_phrase_that_was_never_there_is_told() {
    insta::assert_snapshot!(told().palinode(&["trace", "post", "ashamed"]), @"
    “ashamed” on post

    never seen between 2026-03-01 08:00 and 2026-03-06 08:00 (UTC), in 6 revisions
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["trace", "--all-pages", "ashamed"]), @"
    -- stderr --
    no page ever said “ashamed”
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["trace", "post", " "]), @r#"
    -- stderr --
    palinode: " " holds no word to follow
    exit 2
    "#);
    insta::assert_snapshot!(told().palinode(&["trace", "post", "a phrase", "--all-pages"]), @"
    -- stderr --
    palinode: with --all-pages, only the phrase is named
    exit 2
    ");
    insta::assert_snapshot!(told().palinode(&["trace", "post"]), @"
    -- stderr --
    error: the following required arguments were not provided:
      <PHRASE>

    Usage: palinode trace <PAGE> <PHRASE>

    For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn a_phrase_is_traced_on_all_pages() {
    let (world, site) = (World::new(), Site::new());
    for (path, text) in [("/a", PROUD), ("/b", HUMBLE), ("/c", PROUD)] {
        site.put(path, article("Post", &[text]));
        world.palinode(&["add", &site.url(path), "--name", &path[1..]]).fine();
    }
    world.palinode(&["check"]).fine();
    site.put("/c", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    world.palinode(&["remove", "c"]).fine();
    insta::assert_snapshot!(world.palinode(&["trace", "--all-pages", "proud"]), @"
    “proud” on a

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 18:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.

    “proud” on c

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.
    absent    r2      first missing 2026-03-01 18:00, last missing 2026-03-01 18:00
    exit 0
    ");
}

/// Once a check fails, nothing is known until the next that sees the page; the trace says so.
#[test]
fn what_nobody_could_see_is_named() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for (hour, reply) in [
        ("08", article("Post", &[PROUD])),
        ("09", Reply::status(500)),
        ("10", Reply::status(500)),
        ("11", article("Post", &[HUMBLE])),
        ("12", Reply::status(500)),
        ("13", article("Post", &[PROUD])),
    ] {
        site.put("/post", reply);
        world.at(&format!("2026-03-01T{hour}:00:00Z")).palinode(&["check", "--all"]);
    }
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    “proud” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.
    absent    r2      first missing 2026-03-01 11:00, last missing 2026-03-01 11:00
    restored  r3      first seen 2026-03-01 13:00, last seen 2026-03-01 13:00
                      it had been gone for at most 5 h
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.

    the page could not be seen, so nothing is known of these times (UTC):
      2026-03-01 09:00 to 2026-03-01 10:00  failed (http-500), 2 checks
      2026-03-01 12:00  failed (http-500), 1 check
    exit 0
    ");
}

#[test]
fn a_phrase_that_is_there_twice_is_counted() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &["We are proud and proud again.", "Proud of everything."]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    site.put("/post", article("Post", &["We are proud and quiet again.", "Proud of everything."]));
    world.wait(600).palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    “proud” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00, 3 times
                      We are »proud« and proud again.
    present   r2      first seen 2026-03-01 18:00, last seen 2026-03-01 18:00, 2 times
                      We are »proud« and quiet again.
    exit 0
    ");
}
