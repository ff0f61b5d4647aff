//! What is tracked of a page, and why: before it is watched, and after.

use crate::checking::{PROUD, seen_once};
use crate::site::{Reply, Site};
use crate::world::World;

fn page(more: &str, frame: &str) -> Reply {
    let text =
        "The harbour keeps its hours, its lights and its long list of ships that come and go.";
    Reply::html(format!(
        "<!doctype html><title>Post</title><body><nav><a href=/>Home</a></nav><main><article><h1>Post</h1>\
         <p>{PROUD}<p>{text}{more}</article></main>{frame}<footer><p>Imprint and contact</footer>"
    ))
}

#[test]
fn a_preview_shows_what_would_be_tracked_and_stores_nothing() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", page("", "<div class=cookie-banner><p>This site uses cookies.</div>"));
    let url = site.url("/post");
    insta::assert_snapshot!(world.palinode(&["preview", &url]), @"
    Post  http://127.0.0.1:PORT/post
    3 of 6 passages are main text, and tracked

    furniture  beside the text      [nav] Home
    main       midst or headline    Post
    main       reader mode          We are proud to support the harbour, its clerks and all w…
    main       reader mode          The harbour keeps its hours, its lights and its long list…
    furniture  beside the text      [div.cookie-banner] This site uses cookies.
    furniture  beside the text      [footer] Imprint and contact

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["preview", &url, "--select", "article", "--exclude", "h1"]), @"
    Post  http://127.0.0.1:PORT/post
    2 of 6 passages are main text, and tracked

    left out   settings             Home
    left out   settings             Post
    main       settings             We are proud to support the harbour, its clerks and all w…
    main       settings             The harbour keeps its hours, its lights and its long list…
    left out   settings             This site uses cookies.
    left out   settings             Imprint and contact

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
    let json = world.json(&["preview", &url, "--json"]);
    assert_eq!(json["passages"][0]["class"], "furniture");
    assert_eq!(json["passages"][0]["frame"], "nav");
    assert_eq!(json["passages"][2]["reason"], "reader");
    assert!(!world.store().exists());
    assert_eq!(site.requests().len(), 3);
}

#[test]
fn a_preview_of_what_would_not_be_believed_says_so() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", page("", "").with("cf-mitigated", "challenge").under_status(403));
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/post")]), @"
    -- stderr --
    http://127.0.0.1:PORT/post: it would be held (challenge(cloudflare)): the site answered with a check against bots (cloudflare) instead of the page; check less often, or ask the site to allow palinode
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/nothing")]), @"
    -- stderr --
    http://127.0.0.1:PORT/nothing: failed (http-404): the server did not give the page
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/post"), "--select", "]"]), @r#"
    -- stderr --
    palinode: "]" is not a CSS selector: empty selector
    hint: write it as in a style sheet: main, #content, .post > p
    exit 2
    "#);
    site.put("/post", page("", ""));
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/post"), "--select", "table"]), @r#"
    -- stderr --
    http://127.0.0.1:PORT/post: failed (selector): "table" selects no text on the page
    hint: the page may have been rebuilt; look at it and set a new selector
    exit 3
    "#);
}

/// The class of a passage has the rule that first gave it, and since when.
#[test]
fn a_page_is_explained_by_the_rules_that_decided() {
    let (world, site) = seen_once(page("", ""));
    site.put(
        "/post",
        page("<p>A new paragraph at the end of it.", "<div><p>A box beside it.</div>"),
    );
    world.wait(600).palinode(&["check"]).fine();
    site.put(
        "/post",
        page("<p>A new paragraph at the end of it, and more.", "<div><p>A box beside it.</div>"),
    );
    world.wait(600).palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages", "--explain", "post"]), @"
    post
    4 of 7 passages are main text, and tracked

    furniture  beside the text      2026-03-01 08:00  [nav] Home
    main       midst or headline    2026-03-01 08:00  Post
    main       reader mode          2026-03-01 08:00  We are proud to support the harbour, it…
    main       reader mode          2026-03-01 08:00  The harbour keeps its hours, its lights…
    main       in another's stead   2026-03-02 04:00  A new paragraph at the end of it, and m…
    furniture  surroundings         2026-03-01 18:00  A box beside it.
    furniture  beside the text      2026-03-01 08:00  [footer] Imprint and contact

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
    let json = world.json(&["pages", "--explain", "post", "--json"]);
    assert_eq!(json["passages"][1]["since"], "2026-03-01T08:00:00.000Z");
    world.palinode(&["edit", "post", "--select", "article"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages", "--explain", "post"]), @"
    post
    4 of 7 passages are main text, and tracked

    left out   settings             2026-03-01 08:00  Home
    main       settings             2026-03-01 08:00  Post
    main       settings             2026-03-01 08:00  We are proud to support the harbour, it…
    main       settings             2026-03-01 08:00  The harbour keeps its hours, its lights…
    main       settings             2026-03-02 04:00  A new paragraph at the end of it, and m…
    left out   settings             2026-03-01 18:00  A box beside it.
    left out   settings             2026-03-01 08:00  Imprint and contact

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
}

#[test]
fn a_passage_that_changes_with_every_look_is_explained() {
    let (world, site) = seen_once(page("<p>Reader number 0 of this page.", ""));
    for look in 1..16 {
        site.put("/post", page(&format!("<p>Reader number {look} of this page."), ""));
        world.wait(600).palinode(&["check"]);
    }
    let told = world.palinode(&["pages", "--explain", "post"]).fine().said();
    let volatile: Vec<&str> = told.lines().filter(|line| line.starts_with("volatile")).collect();
    assert_eq!(volatile.len(), 1, "{told}");
    assert!(volatile[0].contains("Reader number 15"), "{told}");
}

/// What is not tracked is no news, and still not lost.
#[test]
fn what_changes_around_the_text_can_be_listed() {
    let (world, site) = seen_once(page("", "<div>12 shares</div>"));
    site.put("/post", page("", "<div>13 shares</div>"));
    world.wait(600).palinode(&["check"]).fine();
    site.put("/post", page("", "<div>13 shares</div><div class=promo><p>Buy a boat today.</div>"));
    assert_eq!(world.wait(600).palinode(&["check", "--exit-code"]).to_string(), "exit 0");
    world.wait(600).palinode(&["check"]).fine();
    site.put(
        "/post",
        page("<p>A new paragraph.", "<div class=promo><p>Buy two boats today.</div>"),
    );
    world.wait(600).palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["log", "post", "--furniture"]), @"
    post  furniture

    c3  changed between 2026-03-02 14:00 and 2026-03-03 00:00
        [-13 shares-]
        [-Buy a boat today.-]
        {+Buy two boats today.+}

    c2  changed between 2026-03-01 08:00 and 2026-03-02 04:00
        {+Buy a boat today.+}
    exit 0
    ");
    let json = world.json(&["log", "post", "--furniture", "--json", "-n", "1"]);
    assert_eq!(json["changes"][0]["added"][0], "Buy two boats today.");
    assert_eq!(json["changes"].as_array().unwrap().len(), 1);
}
