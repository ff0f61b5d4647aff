//! What a page says of itself: shown beside its history, and that a text changed while its own date did not.

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::site::{Reply, article_html};

fn dated(text: &str, modified: &str) -> Reply {
    let claims = format!(
        "<meta name=author content='Ada Harbour'><meta property='article:published_time' content='2026-01-02'>\
         <meta property='article:modified_time' content='{modified}'></head>"
    );
    Reply::html(article_html("Post", &[text]).replace("</head>", &claims))
}

#[test]
fn a_text_that_changed_while_its_own_date_did_not_is_told() {
    let (world, site) = seen_once(dated(PROUD, "2026-02-01"));
    site.put("/post", dated(HUMBLE, "2026-02-01"));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        the text changed, and the page's own date did not: 2026-02-01
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    site.put("/post", dated("We support the harbour, and its clerks.", "2026-03-02"));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r3 changed between 2026-03-01 18:00 and 2026-03-02 04:00 (+1 −5 words), UTC
        removed   [-and all who wait there-] (in place)
        added     {+and+} (in place)

      ~ We support the harbour, {+and+} its clerks [-and all who wait there-].

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    3 checks from 2026-03-01 08:00 to 2026-03-02 04:00 (UTC)

    r3  changed between 2026-03-01 18:00 and 2026-03-02 04:00
        +1 −5 words; seen until 2026-03-02 04:00 in 1 check
        it says of itself: changed 2026-03-02
        removed   [-and all who wait there-] (in place)
        added     {+and+} (in place)

    r2  changed between 2026-03-01 08:00 and 2026-03-01 18:00
        −3 words; seen until 2026-03-01 18:00 in 1 check
        the text changed, and the page's own date did not: 2026-02-01
        removed   [-are proud to-] (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
        it says of itself: by Ada Harbour; published 2026-01-02; changed 2026-02-01
    exit 0
    ");
    let log = world.json(&["log", "post", "--json"]);
    assert_eq!(log["revisions"][1]["own_date_stayed"], "2026-02-01");
    assert_eq!(log["revisions"][1]["byline"], "Ada Harbour");
    assert!(log["revisions"][0]["own_date_stayed"].is_null());
    let events = world.json(&["events", "post", "--json"]);
    let stayed: Vec<_> =
        events.as_array().unwrap().iter().map(|event| &event["own_date_stayed"]).collect();
    assert_eq!(stayed[0], "2026-02-01");
    assert!(stayed.last().unwrap().is_null());
}

/// A page without a date of its own hides nothing.
#[test]
fn a_page_without_a_date_is_told_as_it_is() {
    let (world, site) = seen_once(Reply::html(article_html("Post", &[PROUD])));
    site.put("/post", Reply::html(article_html("Post", &[HUMBLE])));
    assert!(!world.wait(600).palinode(&["check"]).said().contains("own date"));
}
