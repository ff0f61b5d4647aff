//! Where two palinodes saw different texts of a page: told as that, and never as edits back and forth; and that a page
//! which showed both the same has one history, whichever of the two tells it.

use palinode::cli::Exit;
use proptest::prelude::*;
use serde_json::Value;

use crate::merging::{Two, joined, looks, merged};
use crate::world::World;

const HERE: &str = "Welcome, dear readers of the northern edition.";
const THERE: &str = "Welcome, dear readers of the southern edition.";

/// The page says one thing to home and another thing to away, for so many hours.
fn variants(hours: u32) -> Two {
    let two = Two::new();
    for hour in 0..hours {
        two.says(HERE);
        looks(&two.home, 8 + 2 * hour);
        two.says(THERE);
        looks(&two.away, 9 + 2 * hour);
    }
    two
}

#[test]
fn variants_are_told_as_a_disagreement_and_as_no_edits() {
    let two = variants(4);
    let Two { home, away, .. } = &two;
    let told = home.path("told");
    let script = format!("cat >> {}", told.display());
    home.palinode(&["alert", "add", "desk", "--", "sh", "-c", &script]).fine();
    insta::assert_snapshot!(merged(home, away, "south"), @"
    post: 1 revision told anew from 2 captures
    -- stderr --
    OTHER/palinode.db: 1 page in both, 1 capture kept, 2 runs of checks
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["log", "post"]), @"
    post
    5 checks from 2026-03-01 08:00 to 2026-03-01 14:00 (UTC), 1 of them saw no page, 1 of them
    made by others

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 14:00 in 4 checks
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 09:00  held (contradicted)
        taken by the palinode south, not seen by palinode itself
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["witnesses", "post"]), @"
    post
    this palinode (4 checks), the palinode south (4 checks); times are of each one's own clock, in UTC

    2026-03-01 08:00 to 2026-03-01 14:00  r1  this palinode, 4 checks
        the palinode south saw another text meanwhile

    2026-03-01 09:00 to 2026-03-01 15:00  c2 (held)  the palinode south, 4 checks
        this palinode saw another text meanwhile
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["witnesses", "post", "--differing", "--json"]), @r#"
    {
      "page": "post",
      "url": "http://127.0.0.1:PORT/post",
      "witnesses": [
        {
          "checks": 4
        },
        {
          "origin": "palinode",
          "name": "south",
          "checks": 4
        }
      ],
      "stretches": [
        {
          "checks": 4,
          "first_at": "2026-03-01T08:00:00.000Z",
          "last_at": "2026-03-01T14:00:00.000Z",
          "longest_gap_ms": 7200000,
          "revision": 1,
          "capture": "c1",
          "text_sha256": "1dadfdc5ca078fa9e55176cbaefe19ababd0fb065084696ac42068163f7199ad",
          "others": [
            {
              "origin": "palinode",
              "name": "south",
              "accord": "differs"
            }
          ]
        },
        {
          "origin": "palinode",
          "name": "south",
          "checks": 4,
          "first_at": "2026-03-01T09:00:00.000Z",
          "last_at": "2026-03-01T15:00:00.000Z",
          "longest_gap_ms": 7200000,
          "revision": null,
          "capture": "c2",
          "text_sha256": "3ce4855494ac3a42ad8d173dd964ba6c0dcee6b991ca97559f802c6b681d765d",
          "others": [
            {
              "accord": "differs"
            }
          ]
        }
      ],
      "deposits": []
    }
    exit 0
    "#);
    insta::assert_snapshot!(merged(away, home, "north"), @"
    post: 1 revision told anew from 2 captures
    -- stderr --
    OTHER/palinode.db: 1 page in both, 1 capture kept, 2 runs of checks, 1 known already
    exit 0
    ");
    insta::assert_snapshot!(away.palinode(&["log", "post"]), @"
    post
    5 checks from 2026-03-01 08:00 to 2026-03-01 15:00 (UTC), 1 of them saw no page, 1 of them
    made by others

    r1  first seen 2026-03-01 09:00
        seen until 2026-03-01 15:00 in 4 checks
    exit 0
    ");
    for world in [home, away] {
        assert_eq!(world.palinode(&["events", "--all"]).to_string(), "exit 0");
        world.palinode(&["verify"]).fine();
    }
    // Nor does the next check find anything, whichever of them looks; nobody is told of anything.
    two.says(HERE);
    assert_eq!(home.palinode(&["check", "--all"]).to_string(), "exit 0");
    two.says(THERE);
    assert_eq!(away.palinode(&["check", "--all"]).to_string(), "exit 0");
    assert!(!told.exists());
}

/// Whoever sees another edition goes on seeing it: what is edited there is no edit here.
#[test]
fn an_edit_of_another_variant_is_none_of_this_one() {
    let two = variants(4);
    let Two { home, away, .. } = &two;
    two.says("Welcome, dear readers of the southern edition, and of the sea.");
    looks(away, 40);
    merged(home, away, "south").fine();
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 09:00  held (contradicted)
        taken by the palinode south, not seen by palinode itself
    c3  2026-03-02 16:00  held (contradicted)
        taken by the palinode south, not seen by palinode itself
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["events", "--all"]), @"exit 0");
    // Once both see the same, it is believed again.
    let both = "Welcome, dear readers of the only edition.";
    two.says(both);
    looks(home, 300);
    looks(away, 302);
    two.says("Farewell, dear readers of the only edition.");
    looks(away, 304);
    home.at("2026-03-20T00:00:00Z");
    joined(home, away, &[]).fine();
    insta::assert_snapshot!(home.palinode(&["log", "post", "--limit", "2"]), @"
    post
    9 checks from 2026-03-01 08:00 to 2026-03-13 16:00 (UTC), 2 of them saw no page, 4 of them
    made by others

    r3  changed between 2026-03-13 14:00 and 2026-03-13 16:00
        +1 −1 word; seen until 2026-03-13 16:00 in 1 check
        taken by the palinode south, not seen by palinode itself
        reworded  [-Welcome-] {+Farewell+} (in place)

    r2  changed between 2026-03-01 14:00 and 2026-03-13 12:00
        +1 −1 word; seen until 2026-03-13 14:00 in 2 checks
        reworded  [-northern-] {+only+} (in place)

    ⋯ 1 older; --all shows them
    exit 0
    ");
}

/// One text came and went while the other one did not look: neither a contradiction nor known to both.
#[test]
fn what_has_room_between_two_looks_is_no_disagreement() {
    let two = Two::new();
    let Two { home, away, .. } = &two;
    two.says(HERE);
    looks(home, 8);
    looks(away, 9);
    two.says(THERE);
    looks(away, 12);
    two.says(HERE);
    looks(away, 15);
    looks(home, 20);
    merged(home, away, "laptop").fine();
    insta::assert_snapshot!(home.palinode(&["witnesses", "post"]), @"
    post
    this palinode (2 checks), the palinode laptop (3 checks); times are of each one's own clock, in UTC

    2026-03-01 08:00 to 2026-03-01 20:00  r1  this palinode, 2 checks
        the palinode laptop saw another text, which has room between two looks

    2026-03-01 09:00 to 2026-03-01 09:00  r1  the palinode laptop, 1 check
        this palinode agrees

    2026-03-01 12:00 to 2026-03-01 12:00  c3 (held)  the palinode laptop, 1 check
        this palinode saw another text, which has room between two looks

    2026-03-01 15:00 to 2026-03-01 15:00  r1  the palinode laptop, 1 check
        this palinode agrees
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 09:00  r1
        taken by the palinode laptop, not seen by palinode itself
    c3  2026-03-01 12:00  held (contradicted)
        taken by the palinode laptop, not seen by palinode itself
    c4  2026-03-01 15:00  r1
        taken by the palinode laptop, not seen by palinode itself
    exit 0
    ");
    merged(away, home, "desk").fine();
    insta::assert_snapshot!(away.palinode(&["log", "post"]), @"
    post
    5 checks from 2026-03-01 08:00 to 2026-03-01 20:00 (UTC), 2 of them made by others

    r3  changed between 2026-03-01 12:00 and 2026-03-01 15:00, as in r1
        +1 −1 word; seen until 2026-03-01 20:00 in 2 checks
        flicker   {*the whole page as in r1*} (gone since r2, for at most 6 h; one check alone
                  missed it)
        flicker   [-southern-] {*northern*} (in place; gone since r2, for at most 6 h; one
                  check alone missed it)

    r2  changed between 2026-03-01 09:00 and 2026-03-01 12:00
        +1 −1 word; seen until 2026-03-01 12:00 in 1 check
        reworded  [-northern-] {+southern+} (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 09:00 in 2 checks
        taken by the palinode desk, not seen by palinode itself
    exit 0
    ");
}

#[test]
fn a_page_that_was_never_seen_has_no_witness() {
    let world = World::new();
    world.palinode(&["add", crate::importing::PAGE, "--name", "rules"]).fine();
    insta::assert_snapshot!(world.palinode(&["witnesses", "rules"]), @"
    rules
    nothing is listed
    exit 0
    ");
    assert_eq!(world.palinode(&["witnesses", "nothing"]).exit, Exit::Usage);
}

/// The history as it does not depend on who tells it: texts, bounds and words, and when a phrase stood.
fn told(world: &World) -> [Value; 2] {
    let log = world.json(&["log", "post", "--json", "--all"]);
    [log, world.json(&["trace", "post", "proud", "--json"])].map(nobodys)
}

/// Without the names of those who say so.
fn nobodys(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let is_name = |key: &String| matches!(key.as_str(), "source" | "checks_by_others");
            let rest = map.into_iter().filter(|(key, _)| !is_name(key));
            rest.map(|(key, value)| (key, nobodys(value))).collect()
        }
        Value::Array(list) => list.into_iter().map(nobodys).collect(),
        other => other,
    }
}

/// What happens in an hour: the page says something else, or one of them looks.
#[derive(Clone, Copy, Debug)]
enum Hour {
    Edit(bool),
    Home,
    Away,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of a page that shows the same to all, and shows no text twice.
    #[test]
    fn one_page_has_one_history(
        hours in proptest::collection::vec(
            prop_oneof![
                1 => any::<bool>().prop_map(Hour::Edit),
                2 => Just(Hour::Home),
                2 => Just(Hour::Away),
            ],
            4..24,
        )
    ) {
        let two = Two::new();
        let text = |number: usize, proud: bool| {
            let pride = if proud { "We are proud of it." } else { "We stand by it." };
            format!("The harbour has its order number {number}. {pride}")
        };
        two.says(&text(0, true));
        looks(&two.home, 0);
        looks(&two.away, 1);
        for (number, hour) in hours.iter().enumerate() {
            let now = u32::try_from(number).unwrap() + 2;
            match hour {
                Hour::Edit(proud) => _ = two.says(&text(number + 1, *proud)),
                Hour::Home => looks(&two.home, now),
                Hour::Away => looks(&two.away, now),
            }
        }
        merged(&two.home, &two.away, "away").fine();
        merged(&two.away, &two.home, "home").fine();
        prop_assert_eq!(told(&two.home), told(&two.away));
        merged(&two.home, &two.away, "away").fine();
        prop_assert_eq!(told(&two.home), told(&two.away));
        two.home.palinode(&["verify"]).fine();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of a page that first shows the same to all and then an edition to each, which are edited now and then.
    #[test]
    fn editions_add_nothing_to_each_other(edits in proptest::collection::vec((0..4_u8, any::<bool>()), 2..5)) {
        let two = Two::new();
        let mut editions = ["of all editions".to_owned(), "of all editions".to_owned()];
        let mut now = 0;
        for (number, (edited, home_first)) in edits.iter().enumerate() {
            for _ in 0..4 {
                let order = if *home_first { [0, 1] } else { [1, 0] };
                for who in order {
                    two.says(&format!("Welcome, dear readers {}.", editions[who]));
                    looks([&two.home, &two.away][who], now);
                    now += 1;
                }
            }
            for (who, edition) in editions.iter_mut().enumerate() {
                if number == 0 || edited & (1 << who) > 0 {
                    *edition = format!("of edition {who}, order {number}");
                }
            }
        }
        let revisions = |world: &World| {
            world.json(&["log", "post", "--json", "--all"])["revisions"].as_array().unwrap().len()
        };
        let before = [revisions(&two.home), revisions(&two.away)];
        merged(&two.home, &two.away, "away").fine();
        merged(&two.away, &two.home, "home").fine();
        prop_assert_eq!(before, [revisions(&two.home), revisions(&two.away)]);
    }
}
