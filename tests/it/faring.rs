//! How the watching goes, as `status` tells it.

use crate::site::{Reply, Site, article};
use crate::world::World;

#[test]
fn what_waits_and_what_cannot_be_seen_is_told() {
    let (world, site) = (World::new(), Site::new());
    insta::assert_snapshot!(world.palinode(&["status"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: there is no history here yet
    hint: `palinode add URL` begins one; --db names another file
    exit 2
    ");
    for name in ["good", "bad", "blocked"] {
        site.put(&format!("/{name}"), article(name, &["A text that stays as it is for a while."]));
        let (url, every) = (site.url(&format!("/{name}")), "0 3,9,15,21 * * *");
        world.palinode(&["add", &url, "--name", name, "--every", every]).fine();
    }
    insta::assert_snapshot!(world.palinode(&["status"]), @"
    3 pages watched: 3 due, 0 of them late; 0 failing, 0 held, 0 gone
    last 7 days: 0 checks, 0 failed, 0 blocked; longest gap 0 s (good)
    last 30 days: 0 checks, 0 failed, 0 blocked; longest gap 0 s (good)
    exit 0
    ");
    world.wait(60).palinode(&["check"]).fine();
    site.put("/bad", Reply::status(500));
    site.put(
        "/blocked",
        Reply::html("<title>Just a moment</title>").with("cf-mitigated", "challenge"),
    );
    for _ in 0..3 {
        world.wait(360).palinode(&["check"]);
    }
    site.put("/bad", Reply::status(502));
    world.wait(360).palinode(&["check"]);
    insta::assert_snapshot!(world.palinode(&["status"]), @"
    3 pages watched: 0 due, 0 of them late; 1 failing, 1 held, 0 gone
    failing  bad: http-502 since 2026-03-01 15:00, last tried 2026-03-02 09:00
    held     blocked: challenge(cloudflare) since 2026-03-01 15:00, last tried 2026-03-02 09:00
    last 7 days: 15 checks, 4 failed, 4 blocked; longest gap 6 h (good)
    last 30 days: 15 checks, 4 failed, 4 blocked; longest gap 6 h (good)
    next: bad at 2026-03-02 15:00
    exit 0
    ");
    insta::assert_snapshot!(world.wait(60 * 24 * 9).palinode(&["status"]), @"
    3 pages watched: 3 due, 3 of them late; 1 failing, 1 held, 0 gone
    late     bad: due since 2026-03-02 15:00
    late     blocked: due since 2026-03-02 15:00
    late     good: due since 2026-03-02 15:00
    failing  bad: http-502 since 2026-03-01 15:00, last tried 2026-03-02 09:00
    held     blocked: challenge(cloudflare) since 2026-03-01 15:00, last tried 2026-03-02 09:00
    last 7 days: 0 checks, 0 failed, 0 blocked; longest gap 7 d (good)
    last 30 days: 15 checks, 4 failed, 4 blocked; longest gap 9 d (good)
    exit 0
    ");
    site.put("/good", Reply::status(429).with("Retry-After", "7200"));
    world.palinode(&["check", "good"]);
    insta::assert_snapshot!(world.wait(1).palinode(&["status"]), @"
    3 pages watched: 2 due, 2 of them late; 2 failing, 1 held, 0 gone
    late     bad: due since 2026-03-02 15:00
    late     blocked: due since 2026-03-02 15:00
    failing  bad: http-502 since 2026-03-01 15:00, last tried 2026-03-02 09:00
    held     blocked: challenge(cloudflare) since 2026-03-01 15:00, last tried 2026-03-02 09:00
    failing  good: http-429 since 2026-03-11 09:00, last tried 2026-03-11 09:00
    put off  127.0.0.1:PORT: until 2026-03-11 11:00, 3 pages
    last 7 days: 1 check, 1 failed, 0 blocked; longest gap 7 d (blocked)
    last 30 days: 16 checks, 5 failed, 4 blocked; longest gap 9 d (blocked)
    next: good at 2026-03-11 15:00
    exit 0
    ");
    let json = world.json(&["status", "--json"]);
    insta::assert_snapshot!(format!("{:#}\n{:#}", json["pages"][0]["coverage"], json["coverage"]), @r#"
    [
      {
        "days": 7,
        "checks": 0,
        "failed": 0,
        "blocked": 0,
        "counted": true,
        "longest_gap_seconds": 604800
      },
      {
        "days": 30,
        "checks": 5,
        "failed": 4,
        "blocked": 0,
        "counted": true,
        "longest_gap_seconds": 777660
      }
    ]
    [
      {
        "days": 7,
        "checks": 1,
        "failed": 1,
        "blocked": 0,
        "counted": true,
        "longest_gap_seconds": 604800
      },
      {
        "days": 30,
        "checks": 16,
        "failed": 5,
        "blocked": 4,
        "counted": true,
        "longest_gap_seconds": 777660
      }
    ]
    "#);
    assert_eq!(json["pages"][0]["waiting"], "late");
    assert_eq!(json["put_off"][0]["pages"], 3);
}
