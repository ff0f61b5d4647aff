//! How one revision of a page became another, in every form that `diff` has.
//!
//! Apart from `history`, whose page it looks at, because a diff is read word by word.

use palinode::views::Ink;

use crate::history::{past, told};
use crate::site::{Site, article};
use crate::world::World;

#[test]
fn words_are_compared() {
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r1", "r2"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 08:00, r2 first seen 2026-03-02 08:00 (UTC)

      The harbour

    ~ Northlight stands ready [-and proud-] to support the harbour and its clerks. It’s a long
      story.

    ~ [-The first review begins in May-]{+Nobody has set a date+}. It ends before the summer.

      Ships come and go at night.

    ~ 港は夜も開いています。私たちは[-誇りを持って-]支援します。
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r3", "r4", "--context", "0"]), @"
    post  r3 → r4
    r3 last seen 2026-03-03 08:00, r4 first seen 2026-03-04 08:00 (UTC)

    ⋯ 1 unchanged passage

    ~ Northlight stands ready and proud to support the harbour, its pilots and its clerks.
      [~It’s~]{~It's~} a long story.

    ⋯ 1 unchanged passage

    ~ Ships come and go at night. [-Who lights the lamps?-]

    ~ 港は夜も開いています。私たちは{+誇りを持って+}支援します。
    exit 0
    ");
}

#[test]
fn what_moved_is_not_told_as_lost() {
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r4", "r5"]), @"
    post  r4 → r5
    r4 last seen 2026-03-04 08:00, r5 first seen 2026-03-05 08:00 (UTC)

      The harbour

    > 港は夜も開いています。私たちは誇りを持って支援します。

      Northlight stands ready and proud to support the harbour, its pilots and its clerks.
      It's a long story.

    ⋯ 2 unchanged passages
    exit 0
    ");
}

#[test]
fn the_latest_two_are_compared_by_themselves() {
    let named = told().palinode(&["diff", "post", "r5", "r6"]).to_string();
    insta::assert_snapshot!(named, @"
    post  r5 → r6
    r5 last seen 2026-03-05 08:00, r6 first seen 2026-03-06 08:00 (UTC)

      The harbour

    ~ Northlight stands ready and proud to support the harbour[-, its pilots-] and its clerks.
      [~It's~]{~It’s~} a long story.

      The first review begins in May. It ends before the summer.

      Ships come and go at night.

    > 港は夜も開いています。私たちは誇りを持って支援します。
    exit 0
    ");
    assert_eq!(told().palinode(&["diff", "post"]).to_string(), named);
    assert_eq!(told().palinode(&["diff", "post", "latest~1"]).to_string(), named);
}

#[test]
fn the_same_revision_twice_says_the_same() {
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r1", "r6"]), @"
    post  r1 → r6
    r1 last seen 2026-03-01 08:00, r6 first seen 2026-03-06 08:00 (UTC)

    The two say the same.
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r1", "r6", "--json"]), @r#"
    {
      "page": "post",
      "from": {
        "revision": 1,
        "first_seen": "2026-03-01T08:00:00.000Z",
        "last_seen": "2026-03-01T08:00:00.000Z"
      },
      "to": {
        "revision": 6,
        "first_seen": "2026-03-06T08:00:00.000Z",
        "last_seen": "2026-03-06T08:00:00.000Z"
      },
      "changes": []
    }
    exit 0
    "#);
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r1", "r6", "--unified"]), @"exit 0");
}

#[test]
fn a_diff_has_other_forms() {
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r1", "r2", "--unified"]), @"
    --- post	r1 2026-03-01T08:00:00.000Z
    +++ post	r2 2026-03-02T08:00:00.000Z
    @@ -1,5 +1,5 @@
     The harbour
    -Northlight stands ready and proud to support the harbour and its clerks. It’s a long story.
    -The first review begins in May. It ends before the summer.
    +Northlight stands ready to support the harbour and its clerks. It’s a long story.
    +Nobody has set a date. It ends before the summer.
     Ships come and go at night.
    -港は夜も開いています。私たちは誇りを持って支援します。
    +港は夜も開いています。私たちは支援します。
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r1", "r2", "--side-by-side"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 08:00, r2 first seen 2026-03-02 08:00 (UTC)

      The harbour                                │ The harbour

    ~ Northlight stands ready [-and proud-] to   │ Northlight stands ready to support the
      support the harbour and its clerks. It’s a │ harbour and its clerks. It’s a long story.
      long story.                                │

    ~ [-The first review begins in May-]. It     │ {+Nobody has set a date+}. It ends before
      ends before the summer.                    │ the summer.

      Ships come and go at night.                │ Ships come and go at night.

    ~ 港は夜も開いています。私たちは[-誇りを持っ │ 港は夜も開いています。私たちは支援します。
      て-]支援します。                           │
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["diff", "post", "r3", "r4", "--json"]), @r#"
    {
      "page": "post",
      "from": {
        "revision": 3,
        "first_seen": "2026-03-03T08:00:00.000Z",
        "last_seen": "2026-03-03T08:00:00.000Z"
      },
      "to": {
        "revision": 4,
        "first_seen": "2026-03-04T08:00:00.000Z",
        "last_seen": "2026-03-04T08:00:00.000Z"
      },
      "changes": [
        {
          "kind": "restyled",
          "old_passage": 1,
          "new_passage": 1,
          "old": "Northlight stands ready and proud to support the harbour, its pilots and its clerks. It’s a long story.",
          "new": "Northlight stands ready and proud to support the harbour, its pilots and its clerks. It's a long story.",
          "edits": [
            {
              "kind": "restyled",
              "old": "It’s",
              "new": "It's"
            }
          ]
        },
        {
          "kind": "reworded",
          "old_passage": 3,
          "new_passage": 3,
          "old": "Ships come and go at night. Who lights the lamps?",
          "new": "Ships come and go at night.",
          "edits": [
            {
              "kind": "removed",
              "old": "Who lights the lamps?",
              "new": ""
            }
          ]
        },
        {
          "kind": "reworded",
          "old_passage": 4,
          "new_passage": 4,
          "old": "港は夜も開いています。私たちは支援します。",
          "new": "港は夜も開いています。私たちは誇りを持って支援します。",
          "edits": [
            {
              "kind": "added",
              "old": "",
              "new": "誇りを持って"
            }
          ]
        }
      ]
    }
    exit 0
    "#);
}

#[test]
fn two_forms_at_once_are_refused() {
    assert_eq!(told().palinode(&["diff", "post", "--unified", "--side-by-side"]).exit.code(), 2);
}

/// Colour is a second signal beside the line through or under the words, and every line closes what it opened.
#[test]
fn a_diff_may_be_coloured() {
    let mut world = World::new();
    let site = Site::new();
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for page in &past()[..2] {
        let page: Vec<&str> = page.iter().map(String::as_str).collect();
        site.put("/post", article("The harbour", &page));
        world.wait(600).palinode(&["check"]).fine();
    }
    world.surroundings.ink = Ink::Colour;
    let told = world.palinode(&["diff", "post"]).to_string();
    insta::assert_snapshot!(told.replace('\u{1b}', "ESC"), @"
    ESC[1mpost  r1 → r2ESC[0m
    ESC[2mr1 last seen 2026-03-01 18:00, r2 first seen 2026-03-02 04:00 (UTC)ESC[0m

      The harbour

    ~ Northlight stands ready ESC[31;9mand proudESC[0m to support the harbour and its clerks. It’s a long
      story.

    ~ ESC[31;9mThe first review begins in MayESC[0mESC[32;4mNobody has set a dateESC[0m. It ends before the summer.

      Ships come and go at night.

    ~ 港は夜も開いています。私たちはESC[31;9m誇りを持ってESC[0m支援します。
    exit 0
    ");
}

#[test]
fn a_space_of_another_kind_is_told_as_one() {
    let (world, site) = (World::new(), Site::new());
    let text = |space: &str| {
        format!("The fare is 10{space}euros for all who cross the harbour by boat at night.")
    };
    site.put("/post", article("Fares", &[&text(" ")]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check", "--all"]).fine();
    site.put("/post", article("Fares", &[&text("\u{a0}")]));
    insta::assert_snapshot!(world.at("2026-03-03T08:00:00Z").palinode(&["check", "--all"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-03 08:00 (1 restyled), UTC
        restyled  {~euros~} (the space before it) (in place)

      ~ The fare is 10[~ euros~]{~⟨U+00A0⟩euros~} for all who cross the harbour by boat at
        night.

    exit 0
    ");
}
