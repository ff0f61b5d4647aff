//! Captures of others, wherever they are shown: whoever looks is told whose word it is.

use std::fs;

use crate::importing::{PAGE, import, rules, world};
use crate::warc::response;

#[test]
fn a_claim_is_a_claim_everywhere() {
    let world = world();
    let early = response("1", "2024-01-10T08:00:00Z", PAGE, &rules("We never share your data."));
    let late = response("2", "2024-03-05T12:30:15Z", PAGE, &rules("We rarely share your data."));
    import(&world, "all.warc", &[early, late]).fine();
    insta::assert_snapshot!(world.palinode(&["captures", "rules"]), @"
    rules
    c1  2024-01-10 08:00  r1
        told by the file all.warc, not seen by palinode itself
    c2  2024-03-05 12:30  r2
        told by the file all.warc, not seen by palinode itself
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "rules", "--context", "0"]), @"
    rules  r1 → r2
    r1 last seen 2024-01-10 08:00, r2 first seen 2024-03-05 12:30 (UTC)
    r1 told by the file all.warc, not seen by palinode itself
    r2 told by the file all.warc, not seen by palinode itself

    ⋯ 1 unchanged passage

    ~ We [-never-]{+rarely+} share your data.

    ⋯ 1 unchanged passage
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["trace", "rules", "never"]), @"
    “never” on rules

    present   r1      first seen 2024-01-10 08:00, last seen 2024-01-10 08:00
                      told by the file all.warc, not seen by palinode itself
                      We »never« share your data.
    absent    r2      first missing 2024-03-05 12:30, last missing 2024-03-05 12:30
                      told by the file all.warc, not seen by palinode itself
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["events", "rules"]), @"
    rules
      r2  changed between 2024-01-10 08:00 and 2024-03-05 12:30
        told by the file all.warc, not seen by palinode itself
        reworded  [-never-] {+rarely+} (in place)
    exit 0
    ");
    let claim = "told by the file all.warc";
    let exhibit = world.path("exhibit.html");
    world.palinode(&["exhibit", "rules", "-o", exhibit.to_str().unwrap()]).fine();
    assert_eq!(fs::read_to_string(exhibit).unwrap().matches(claim).count(), 2);
    assert!(world.palinode(&["feed"]).said().contains(claim));
    world.palinode(&["export", "--site", world.path("site").to_str().unwrap()]).fine();
    for (page, claims) in [("page/1", 2), ("page/1/r1..r2", 2), ("page/1/r2", 1), ("events", 1)] {
        let file = world.path("site").join(page).join("index.html");
        let html = fs::read_to_string(&file).unwrap();
        assert_eq!(html.matches(claim).count(), claims, "{page}");
    }
    for listing in ["captures", "diff", "events", "show", "log"] {
        let json = world.palinode(&[listing, "rules", "--json"]).said();
        assert!(json.contains("\"origin\": \"warc\""), "{listing}: {json}");
    }
    assert!(world.palinode(&["trace", "rules", "never", "--json"]).said().contains("\"warc\""));
}
