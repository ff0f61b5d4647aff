//! What is not believed, or cannot be seen: told once, never taken for the page, and told once more when it is over.
//!
//! The worst that palinode could do is to say that words are gone while a wall stood before them.

use palinode::cli::Exit;

use crate::checking::{HUMBLE, PROUD, last, revisions, seen_once};
use crate::site::{Reply, article, article_html};
use crate::world::World;

/// Five paragraphs, so that losing most of them is a collapse.
fn whole() -> Reply {
    let more = "The harbour keeps its hours, its lights and its long list of ships that come and go at night.";
    article("The harbour", &[PROUD, more, more, more, more])
}

/// What is left after a collapse: another text under the same title.
fn collapsed(title: &str) -> Reply {
    article(title, &["Nothing to see, please come back another day, when all is well."])
}

#[test]
fn a_failure_is_told_once_and_its_end_once() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", Reply::status(503));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: failed (http-503): the server did not give the page; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"exit 3");
    site.put("/post", article("Post", &[PROUD]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"exit 0");
    assert_eq!(revisions(&world), 1);
}

#[test]
fn a_page_that_was_never_seen_fails_likewise() {
    let (world, site) = (World::new(), crate::site::Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (http-404): the server did not give the page; nothing is known of it yet
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    post  every 6h  –     failed (http-404) since 2026-03-01 08:00, last tried 2026-03-01 08:00
        http://127.0.0.1:PORT/post
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    1 check from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC), 1 of them saw no page
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    -- stderr --
    palinode: post: it has no revision yet
    hint: `palinode check` looks at it
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post"]), @"
    -- stderr --
    palinode: post: it has no revision yet
    hint: `palinode check` looks at it
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    “proud” on post

    never seen, in 0 revisions
    exit 0
    ");
    site.put("/post", article("Post", &[PROUD]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r1 first seen, 15 words
    -- stderr --
    post: seen again
    exit 0
    ");
}

/// The change that happened behind a failure is told with both bounds, and so is the end of the failure.
#[test]
fn a_page_may_come_back_changed() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", Reply::status(500));
    assert_eq!(world.wait(600).palinode(&["check"]).exit, Exit::Unseen);
    site.put("/post", article("Post", &[HUMBLE]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-02 04:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    -- stderr --
    post: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
}

#[test]
fn a_challenge_is_told_once_and_never_believed() {
    let (world, site) = seen_once(whole().with("ETag", "\"1\""));
    let challenge = article("Just a moment...", &["Checking your browser before you go on."]);
    site.put(
        "/post",
        challenge.with("cf-mitigated", "challenge").under_status(403).with("ETag", "\"wall\""),
    );
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: held (challenge(cloudflare)): the site answered with a check against bots (cloudflare) instead of the page; check less often, or ask the site to allow palinode; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    for _ in 0..5 {
        assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 3");
    }
    assert_eq!(last(&world), "held (challenge(cloudflare)) ×6");
    assert!(
        site.requests().last().unwrap().contains("if-none-match: \"1\""),
        "the wall's validators were taken"
    );
    site.put("/post", whole().with("ETag", "\"1\""));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
    assert_eq!(revisions(&world), 1);
}

#[test]
fn a_missing_page_is_gone_after_three_checks_over_a_day() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", Reply::status(404));
    insta::assert_snapshot!(world.at("2026-03-02T08:00:00Z").palinode(&["check"]), @"
    -- stderr --
    post: failed (http-404): the server did not give the page; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    insta::assert_snapshot!(world.at("2026-03-02T20:00:00Z").palinode(&["check"]), @"exit 3");
    assert_eq!(
        world.at("2026-03-03T07:00:00Z").palinode(&["check"]).to_string(),
        "exit 3",
        "no day yet"
    );
    insta::assert_snapshot!(world.at("2026-03-03T20:00:00Z").palinode(&["check"]), @"
    -- stderr --
    post: gone: it has been missing for a day and more; its history stays; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    insta::assert_snapshot!(world.at("2026-03-04T08:00:00Z").palinode(&["check"]), @"exit 0");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    post  every 6h  r1    gone (http-404) since 2026-03-03 20:00, last tried 2026-03-04 08:00
        http://127.0.0.1:PORT/post
    exit 0
    ");
    site.put("/post", article("Post", &[PROUD]));
    insta::assert_snapshot!(world.at("2026-03-05T08:00:00Z").palinode(&["check"]), @"
    -- stderr --
    post: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
    assert_eq!(revisions(&world), 1);
}

/// An error of another kind in between is no confirmation.
#[test]
fn another_failure_in_between_starts_the_count_anew() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    for (time, status) in
        [("02T08", 404), ("02T20", 404), ("03T08", 500), ("03T20", 404), ("04T08", 404)]
    {
        site.put("/post", Reply::status(status));
        world.at(&format!("2026-03-{time}:00:00Z")).palinode(&["check"]);
        assert!(last(&world).starts_with("failed (http-"), "{time}: {}", last(&world));
    }
    world.at("2026-03-04T20:00:00Z").palinode(&["check"]);
    assert!(last(&world).starts_with("gone"), "{}", last(&world));
}

#[test]
fn a_collapse_is_believed_after_three_checks_over_six_hours() {
    let (world, site) = seen_once(whole());
    site.put("/post", collapsed("The harbour"));
    insta::assert_snapshot!(world.at("2026-03-02T08:00:00Z").palinode(&["check"]), @"
    -- stderr --
    post: held (collapse): most of the words are gone at once; it is believed once three checks over six hours agree; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    for time in ["09", "10", "11", "12", "13"] {
        let told = world.at(&format!("2026-03-02T{time}:00:00Z")).palinode(&["check", "--all"]);
        assert_eq!((told.to_string().as_str(), revisions(&world)), ("exit 3", 1), "at {time}");
    }
    insta::assert_snapshot!(world.at("2026-03-02T14:00:00Z").palinode(&["check", "--all"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-02 08:00 (+12 −90 words), UTC
        removed   [-We are proud to support the harbour, its clerks and all who wait there.-]
                  (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        added     {+Nothing to see, please come back another day, when all is well.+} (whole
                  passage)

    exit 0
    ");
    let log = world.json(&["log", "post", "--json"]);
    assert_eq!(
        log["revisions"][0]["first_seen"], "2026-03-02T08:00:00.000Z",
        "when it was first seen"
    );
    assert_eq!(log["revisions"][0]["after"], "2026-03-01T08:00:00.000Z");
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 0");
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    “proud” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.
    absent    r2      first missing 2026-03-02 08:00, last missing 2026-03-03 00:00
    exit 0
    ");
}

#[test]
fn two_checks_are_too_few_however_long_they_lie_apart() {
    let (world, site) = seen_once(whole());
    site.put("/post", collapsed("The harbour"));
    world.at("2026-03-02T08:00:00Z").palinode(&["check"]);
    world.at("2026-03-09T08:00:00Z").palinode(&["check"]);
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (collapse) ×2", 1));
}

#[test]
fn a_collapse_that_reads_otherwise_each_time_is_never_believed() {
    let (world, site) = seen_once(whole());
    for hour in 10..20 {
        let left = format!(
            "Attempt {} of many to say something, come back another day.",
            "x".repeat(hour)
        );
        site.put("/post", article("The harbour", &[&left]));
        world.at(&format!("2026-03-02T{hour}:00:00Z")).palinode(&["check", "--all"]);
    }
    assert_eq!(revisions(&world), 1);
    assert!(last(&world).starts_with("held (collapse)"), "{}", last(&world));
}

/// A page that blocks for days is as steady as a true collapse; its title gives it away.
#[test]
fn a_collapse_under_another_title_is_never_believed() {
    let (world, site) = seen_once(whole());
    site.put("/post", collapsed("One moment, please"));
    for day in 10..20 {
        let told = world.at(&format!("2026-03-{day}T08:00:00Z")).palinode(&["check"]);
        assert_eq!(told.exit, Exit::Unseen);
    }
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (collapse) ×10", 1));
}

/// While a collapse is in doubt, the page that comes back whole has never been away.
#[test]
fn a_collapse_that_passes_leaves_no_revision() {
    let (world, site) = seen_once(whole());
    site.put("/post", collapsed("The harbour"));
    world.wait(600).palinode(&["check"]);
    site.put("/post", whole());
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
    assert_eq!(revisions(&world), 1);
}

#[test]
fn a_selection_that_matches_nothing_fails() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    world.palinode(&["edit", "post", "--select", "article"]).fine();
    site.put("/post", Reply::html(article_html("Post", &[PROUD]).replace("article", "section")));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @r#"
    -- stderr --
    post: failed (selector): "article" selects no text on the page; kept r1 of 2026-03-01 08:00 UTC
    hint: the page may have been rebuilt; look at it and set a new selector
    exit 3
    "#);
    assert_eq!((last(&world).as_str(), revisions(&world)), ("failed (selector) ×1", 1));
}

#[test]
fn what_cannot_be_read_fails_by_its_kind() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    for (reply, class) in [
        (Reply::html(""), "empty"),
        (Reply::html(" \n\t"), "empty"),
        (Reply::of("text/html", "x").with("Content-Encoding", "gzip"), "encoding"),
        (Reply::of("text/html", "x").with("Content-Encoding", "secret"), "encoding"),
        (Reply::status(301), "redirect"),
        (Reply::status(410), "http-410"),
    ] {
        site.put("/post", reply);
        assert_eq!(world.wait(600).palinode(&["check"]).exit, Exit::Unseen);
        assert_eq!(
            (last(&world).as_str(), revisions(&world)),
            (&*format!("failed ({class}) ×1"), 1)
        );
        site.put("/post", article("Post", &[PROUD]));
        world.wait(600).palinode(&["check"]).fine();
    }
}

#[test]
fn a_peer_that_is_not_there_fails() {
    let world = World::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.palinode(&["add", &format!("http://{free}/"), "--name", "nobody"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    nobody: failed (connect): connection refused (asked for robots.txt first); nothing is known of it yet
    exit 3
    ");
}
