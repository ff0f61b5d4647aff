//! What a site's `robots.txt` asks for, what is done about it, and what its owner may decide otherwise.

use palinode::cli::Exit;

use crate::checking::{PROUD, last, revisions, seen_once};
use crate::site::{Reply, Site, article};
use crate::world::World;

fn rules(text: &str) -> Reply {
    Reply::of("text/plain", text)
}

/// A world that watches two pages of a site that asks robots to leave one of them.
fn forbidden() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    site.put("/robots.txt", rules("User-agent: *\nDisallow: /private\n"));
    for path in ["/private", "/public"] {
        site.put(path, article(path, &[PROUD]));
        world.palinode(&["add", &site.url(path), "--name", &path[1..], "--every", "1h"]).fine();
    }
    (world, site)
}

/// How often the file was asked for.
fn asked(site: &Site) -> usize {
    site.all_requests().len() - site.requests().len()
}

#[test]
fn a_page_that_robots_should_leave_is_not_asked_for() {
    let (world, site) = forbidden();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    public  r1 first seen, 15 words
    -- stderr --
    private: failed (robots): the robots.txt of 127.0.0.1:PORT asks not to fetch this; nothing is known of it yet
    hint: `palinode edit PAGE --ignore-robots` watches it all the same
    exit 3
    ");
    insta::assert_snapshot!(world.wait(60).palinode(&["check"]), @"exit 3");
    assert!(site.requests().iter().all(|head| head.starts_with("GET /public ")));
    let request = &site.all_requests()[0];
    assert!(
        request.starts_with("GET /robots.txt ") && request.contains("\r\nuser-agent: palinode/")
    );
    // Days later, and told with the words for a page that is missing: it is not.
    for _ in 0..5 {
        world.wait(24 * 60).palinode(&["check"]);
    }
    assert_eq!(last(&world), "failed (robots) ×7");
}

#[test]
fn the_owner_of_a_page_may_decide_otherwise() {
    let (world, site) = forbidden();
    world.palinode(&["edit", "private", "--ignore-robots"]).fine();
    world.palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    private  every 1h  r1    seen 2026-03-01 08:00, robots.txt ignored
        http://127.0.0.1:PORT/private
    public   every 1h  r1    seen 2026-03-01 08:00
        http://127.0.0.1:PORT/public
    exit 0
    ");
    world.palinode(&["edit", "private", "--clear", "ignore-robots"]).fine();
    assert_eq!(world.palinode(&["check", "private"]).exit, Exit::Unseen);
    assert_eq!(site.requests().len(), 2);
}

/// The file of another host counts for what is there, and a page's own headers are not shown to it.
#[test]
fn a_redirect_is_judged_by_the_rules_of_its_target() {
    let (world, [one, other]) = (World::new(), ["127.0.0.1", "127.0.0.2"].map(Site::at));
    one.put("/post", Reply::status(302).with("Location", &other.url("/post")));
    other.put("/robots.txt", rules("User-agent: palinode\nDisallow: /post\n"));
    other.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &one.url("/post"), "--name", "post", "--header", "X-Key: k"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (robots): the robots.txt of 127.0.0.2:PORT asks not to fetch this; nothing is known of it yet
    hint: `palinode edit PAGE --ignore-robots` watches it all the same
    exit 3
    ");
    assert_eq!((one.requests().len(), other.requests().len()), (1, 0));
    for head in one.all_requests() {
        assert_eq!(head.contains("x-key"), head.starts_with("GET /post "), "{head}");
    }
}

#[test]
fn the_file_is_asked_for_once_a_day() {
    let (world, site) = forbidden();
    for (minutes, times) in [(0, 1), (60, 1), (23 * 60 - 1, 1), (1, 2), (60, 2)] {
        world.wait(minutes).palinode(&["check", "--all"]);
        assert_eq!(asked(&site), times, "after {minutes} more minutes");
    }
    // A copy is kept as it was, whatever the site says in the meantime.
    site.put("/robots.txt", Reply::status(404));
    assert_eq!(world.wait(60).palinode(&["check", "private"]).exit, Exit::Unseen);
    world.wait(23 * 60).palinode(&["check", "private"]).fine();
}

#[test]
fn a_file_that_cannot_be_had_forbids_all_if_it_never_was() {
    let (world, site) = (World::new(), Site::new());
    site.put("/robots.txt", Reply::status(500)).put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (http-500): the server did not give it (asked for robots.txt first); nothing is known of it yet
    exit 3
    ");
    world.wait(29 * 24 * 60).palinode(&["check"]);
    assert_eq!((site.requests().len(), last(&world)), (0, "failed (http-500) ×2".to_owned()));
    // After a month it is taken for a site without one.
    world.wait(24 * 60).palinode(&["check"]).fine();
    assert_eq!(revisions(&world), 1);
}

#[test]
fn the_last_known_file_holds_while_no_other_can_be_had() {
    let (world, site) = forbidden();
    world.palinode(&["check"]);
    site.put("/robots.txt", Reply::status(500));
    for _ in 0..40 {
        world.wait(24 * 60).palinode(&["check"]);
    }
    assert_eq!(last(&world), "failed (robots) ×41");
    assert_eq!(site.requests().len(), 41);
}

/// No file, a page in its place, redirects without end: nothing is forbidden.
#[test]
fn what_are_no_rules_forbid_nothing() {
    for reply in [
        Reply::status(404),
        Reply::status(403),
        Reply::status(301).with("Location", "/robots.txt"),
        article("Not found", &["User-agent: * may not read this."]),
        rules(&"x".repeat(600_000)),
        rules("User-agent: *\nDisallow: /other"),
    ] {
        let (world, site) = (World::new(), Site::new());
        site.put("/robots.txt", reply).put("/post", article("Post", &[PROUD]));
        world.palinode(&["add", &site.url("/post")]).fine();
        world.palinode(&["check"]).fine();
        assert_eq!(revisions(&world), 1);
    }
}

/// A host that refuses even this is left alone like any other.
#[test]
fn a_refused_file_puts_the_host_off() {
    let (world, site) = forbidden();
    site.put("/robots.txt", Reply::status(429).with("Retry-After", "3600"));
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    private: failed (http-429): the server did not give it (asked for robots.txt first); nothing is known of it yet
    127.0.0.1:PORT: 1 page put off until 2026-03-01 09:00 UTC: it asks for fewer visits
    exit 3
    ");
    assert_eq!(site.all_requests().len(), 1);
    site.put("/robots.txt", Reply::status(404));
    world.wait(60).palinode(&["check"]).fine();
    assert_eq!(site.requests().len(), 2);
}

/// An unchanged page is silent, and so is an unchanged file; a page seen before is not gone because it may not be seen.
#[test]
fn a_page_that_is_forbidden_later_keeps_its_history() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/robots.txt", rules("User-agent: *\nDisallow: /\n"));
    insta::assert_snapshot!(world.wait(24 * 60).palinode(&["check"]), @"
    -- stderr --
    post: failed (robots): the robots.txt of 127.0.0.1:PORT asks not to fetch this; kept r1 of 2026-03-01 08:00 UTC
    hint: `palinode edit PAGE --ignore-robots` watches it all the same
    exit 3
    ");
    assert_eq!(revisions(&world), 1);
}
