//! What is told of feeds and sitemaps to programs, and to those who have themselves told.

use crate::following::{followed, rss, then};

#[test]
fn programs_hear_the_same() {
    let (world, site) = followed(
        rss(&[("/2", Some(2)), ("/1", Some(1))]),
        &["--limit", "1", "--look", "0 * * * *"],
    );
    insta::assert_snapshot!(world.palinode(&["check", "--json"]), @r#"
    {
      "follow": {
        "url": "http://127.0.0.1:PORT/feed",
        "name": "blog"
      },
      "what": "added",
      "pages": [
        "http://127.0.0.1:PORT/2"
      ],
      "waiting": 1
    }
    exit 0
    "#);
    let late = || rss(&[("/2", Some(2))]);
    then(&world, &site, late()).fine();
    let gone = || rss(&[("/1", Some(1))]);
    then(&world, &site, gone()).fine();
    site.put("/feed", gone());
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "blog", "--json"]), @r#"
    {
      "follow": {
        "url": "http://127.0.0.1:PORT/feed",
        "name": "blog"
      },
      "what": "unlisted",
      "pages": [
        "http://127.0.0.1:PORT/2"
      ]
    }
    exit 0
    "#);
    insta::assert_snapshot!(world.palinode(&["following", "blog", "--json"]), @r#"
    [
      {
        "url": "http://127.0.0.1:PORT/feed",
        "name": "blog",
        "cadence": "0 * * * *",
        "only": [],
        "skip": [],
        "limit": 1,
        "most": 1000,
        "other_hosts": false,
        "added_at": "2026-03-01T08:00:00.000Z",
        "due": "2026-03-01T12:00:00.000Z",
        "last": {
          "outcome": "read",
          "since": "2026-03-01T08:00:00.000Z",
          "at": "2026-03-01T11:00:00.000Z",
          "looks": 4
        },
        "listed": 1,
        "watched": 1,
        "waiting": 0,
        "filtered": 0,
        "removed": 0,
        "unlisted": 1,
        "addresses": [
          {
            "url": "http://127.0.0.1:PORT/2",
            "became": "watched",
            "dated": "2026-03-02T00:00:00.000Z",
            "first_listed": "2026-03-01T08:00:00.000Z",
            "absent": {
              "how": "unlisted",
              "last_listed": "2026-03-01T09:00:00.000Z",
              "first_missing": "2026-03-01T10:00:00.000Z"
            },
            "added_at": "2026-03-01T08:00:00.000Z"
          },
          {
            "url": "http://127.0.0.1:PORT/1",
            "became": "watched",
            "dated": "2026-03-01T00:00:00.000Z",
            "first_listed": "2026-03-01T08:00:00.000Z",
            "absent": null,
            "added_at": "2026-03-01T10:00:00.000Z"
          }
        ]
      }
    ]
    exit 0
    "#);
}

#[test]
fn who_is_told_of_changes_is_told_of_that() {
    let (world, site) = followed(rss(&[("/2", Some(2)), ("/1", Some(1))]), &["--tag", "posts"]);
    let heard = world.path("heard").display().to_string();
    let tell = format!("cat >> {heard}; echo >> {heard}");
    world.palinode(&["check"]).fine();
    world.palinode(&["alert", "add", "desk", "--tag", "posts", "--", "sh", "-c", &tell]).fine();
    for feed in [&[("/1", Some(1))][..], &[("/1", Some(1))], &[("/2", Some(2)), ("/1", Some(1))]] {
        then(&world, &site, rss(feed)).fine();
    }
    let heard = std::fs::read_to_string(heard).unwrap();
    let told = heard.lines().filter(|line| !line.is_empty()).map(|line| {
        let told: serde_json::Value = serde_json::from_str(line).unwrap();
        format!("{} {} {}", told["what"], told["page"]["url"], told["reason"])
    });
    let told: Vec<String> = told.map(|line| line.replace(&site.url(""), "")).collect();
    assert_eq!(told, [r#""unlisted" "/2" "blog""#, r#""listed" "/2" "blog""#]);
}
