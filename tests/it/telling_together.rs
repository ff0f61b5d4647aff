//! What an alert hears of, and when: digests, chosen pages, and pages that cannot be seen.

use serde_json::Value;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::site::{Reply, Site, article};
use crate::telling::{heard, listens, queued, whats};
use crate::world::World;

/// Two pages that were seen once, in the morning of a Sunday.
fn two() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    for name in ["one", "two"] {
        site.put(&format!("/{name}"), article("Post", &[PROUD]));
        world.palinode(&["add", &site.url(&format!("/{name}")), "--name", name]).fine();
    }
    world.palinode(&["check"]).fine();
    (world, site)
}

fn put(site: &Site, name: &str, text: &str) {
    site.put(&format!("/{name}"), article("Post", &[text]));
}

fn pages(digest: &Value) -> Vec<&str> {
    let items = digest["items"].as_array().unwrap();
    items.iter().map(|item| item["page"]["name"].as_str().unwrap()).collect()
}

#[cfg(unix)]
#[test]
fn a_digest_tells_all_at_its_time() {
    let (world, site) = two();
    for cadence in ["hourly", "daily", "weekly"] {
        listens(&world, cadence, &["--digest", cadence]);
    }
    put(&site, "one", HUMBLE);
    world.at("2026-03-01T20:10:00Z").palinode(&["check"]).fine();
    put(&site, "two", HUMBLE);
    world.at("2026-03-01T20:20:00Z").palinode(&["check", "two"]).fine();
    assert_eq!((queued(&world), heard(&world, "hourly").len()), (6, 0));
    insta::assert_snapshot!(world.palinode(&["alert", "list"]).said().lines().filter_map(|line| line.split("  (").nth(1).or(line.strip_prefix("    "))).collect::<Vec<_>>().join("\n"), @"
    2 things still to be told, together at 2026-03-02 07:00)
    together, 0 7 * * *
    2 things still to be told, together at 2026-03-01 21:00)
    together, 0 * * * *
    2 things still to be told, together at 2026-03-02 07:00)
    together, 0 7 * * 1
    ");
    world.at("2026-03-01T20:59:00Z").palinode(&["check"]).fine();
    assert_eq!(heard(&world, "hourly").len(), 0);
    world.at("2026-03-01T21:00:00Z").palinode(&["check"]).fine();
    let hourly = heard(&world, "hourly");
    assert_eq!((hourly.len(), pages(&hourly[0]), queued(&world)), (1, vec!["one", "two"], 4));
    assert_eq!(
        (&hourly[0]["what"], &hourly[0]["at"]),
        (&"digest".into(), &"2026-03-01T21:00:00.000Z".into())
    );
    // What comes up later belongs to the next time, also of the others.
    put(&site, "one", PROUD);
    world.at("2026-03-02T06:59:00Z").palinode(&["check", "one"]).fine();
    world.at("2026-03-02T07:00:00Z").palinode(&["check"]).fine();
    assert_eq!(pages(&heard(&world, "daily")[0]), ["one", "two", "one"]);
    assert_eq!(pages(&heard(&world, "weekly")[0]), ["one", "two", "one"], "it is a Monday");
    assert_eq!((pages(&heard(&world, "hourly")[1]), queued(&world)), (vec!["one"], 0));
    // With nothing to tell, nothing is told.
    world.at("2026-03-03T07:00:00Z").palinode(&["check"]).fine();
    assert_eq!(["hourly", "daily", "weekly"].map(|name| heard(&world, name).len()), [2, 1, 1]);
}

#[cfg(unix)]
#[test]
fn a_digest_that_was_not_heard_is_the_same_again() {
    let (world, site) = two();
    let (ready, file) = (world.path("ready"), world.path("deaf"));
    let script = "cat >> \"$1\"; echo >> \"$1\"; test -e \"$0\"";
    let paths = [ready.to_str().unwrap(), file.to_str().unwrap()];
    let tells = ["--digest", "0 9 * * *", "--", "sh", "-c", script, paths[0], paths[1]];
    world.palinode(&[&["alert", "add", "deaf"][..], &tells].concat()).fine();
    put(&site, "one", HUMBLE);
    world.at("2026-03-01T20:00:00Z").palinode(&["check"]).fine();
    world.at("2026-03-02T09:00:00Z").palinode(&["check"]);
    // Something new in the meantime waits for its own time.
    put(&site, "two", HUMBLE);
    std::fs::write(&ready, "").unwrap();
    world.at("2026-03-02T09:01:00Z").palinode(&["check", "two"]).fine();
    let told = heard(&world, "deaf");
    assert_eq!((told.len(), &told[0], pages(&told[0])), (2, &told[1], vec!["one"]));
    world.at("2026-03-03T09:00:00Z").palinode(&["check"]).fine();
    let told = heard(&world, "deaf");
    assert_eq!((pages(&told[2]), queued(&world)), (vec!["two"], 0));
    assert_ne!(told[2]["id"], told[0]["id"]);
}

/// An alert that wants to hear of nothing that happened gets no empty digest.
#[cfg(unix)]
#[test]
fn a_digest_holds_only_what_is_wanted() {
    let (world, site) = two();
    listens(&world, "added", &["--digest", "daily", "--kind", "added"]);
    listens(&world, "removed", &["--digest", "daily", "--kind", "removed", "--page", "two"]);
    put(&site, "one", HUMBLE);
    put(&site, "two", HUMBLE);
    world.wait(720).palinode(&["check"]).fine();
    world.wait(1440).palinode(&["check"]).fine();
    assert_eq!((heard(&world, "added").len(), queued(&world)), (0, 0));
    assert_eq!(pages(&heard(&world, "removed")[0]), ["two"]);
}

#[cfg(unix)]
#[test]
fn an_alert_hears_of_chosen_pages() {
    let (world, site) = two();
    listens(&world, "chosen", &["--page", "two"]);
    listens(&world, "both", &["--page", "two", "--page", "one"]);
    put(&site, "one", HUMBLE);
    put(&site, "two", HUMBLE);
    world.wait(720).palinode(&["check"]).fine();
    let names = |alert| {
        heard(&world, alert).iter().map(|it| it["page"]["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("chosen"), ["two"]);
    assert_eq!(names("both").len(), 2);
    // A page that is not there is no page that nothing is ever heard of.
    let refused = world.palinode(&["alert", "add", "other", "--page", "three", "--", "tell"]);
    insta::assert_snapshot!(refused, @r#"
    -- stderr --
    palinode: no page is called "three"
    hint: `palinode pages` lists them
    exit 2
    "#);
}

#[cfg(unix)]
#[test]
fn failures_are_heard_beside_chosen_changes() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    listens(&world, "without", &["--kind", "restored"]);
    listens(&world, "with", &["--kind", "restored", "--failures"]);
    site.put("/post", Reply::status(500));
    for _ in 0..3 {
        world.wait(600).palinode(&["check"]);
    }
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    site.put("/post", article("Post", &[PROUD]));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(whats(&world, "without"), ["changed"]);
    assert_eq!(whats(&world, "with"), ["failed", "recovered", "changed"]);
    let both = world.palinode(&["alert", "add", "x", "--failures", "--changes-only", "--", "tell"]);
    assert_eq!(both.exit.code(), 2);
}
