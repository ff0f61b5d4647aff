//! What is asked of a page that was seen before: whether it changed, when, and when to ask for all of it all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::checking::{HUMBLE, PROUD, last, revisions, seen_once};
use crate::fault_server::{FaultServer, Step};
use crate::site::{Reply, Site, article};
use crate::world::World;

/// For each request, whether the server could answer that nothing changed.
fn conditional(site: &Site) -> Vec<bool> {
    site.requests().iter().map(|head| head.contains("\r\nif-none-match: ")).collect()
}

/// A server whose tag never changes would hide every change for ever.
#[test]
fn a_server_that_says_for_ever_that_nothing_changed_is_asked_for_all_now_and_then() {
    let (world, site) = seen_once(article("Post", &[PROUD]).with("ETag", "\"for ever\""));
    site.put("/post", article("Post", &[HUMBLE]).with("ETag", "\"for ever\""));
    for _ in 0..19 {
        world.wait(60).palinode(&["check", "--all"]).fine();
    }
    assert_eq!((last(&world), revisions(&world)), ("same-304 ×19".to_owned(), 1));
    world.wait(60).palinode(&["check", "--all"]).fine();
    assert_eq!(revisions(&world), 2);
    let asked = conditional(&site);
    assert_eq!(asked.iter().filter(|may_be_304| !**may_be_304).count(), 2, "{asked:?}");
    assert!(!asked[0] && !asked[20]);
}

#[test]
fn a_page_that_is_seldom_asked_is_asked_for_all_after_a_week() {
    let (world, site) = seen_once(article("Post", &[PROUD]).with("ETag", "\"1\""));
    for _ in 0..9 {
        world.wait(24 * 60).palinode(&["check"]).fine();
    }
    let seven = [true; 7].into_iter();
    let expected: Vec<bool> = [false].into_iter().chain(seven).chain([false, true]).collect();
    assert_eq!(conditional(&site), expected);
}

/// What comes in between does not start the count anew.
#[test]
fn a_flaky_server_is_believed_no_longer() {
    let page = article("Post", &[PROUD]).with("ETag", "\"1\"");
    let (world, site) = seen_once(page.clone());
    for _ in 0..10 {
        for page in [page.clone(), page.clone(), Reply::status(500)] {
            site.put("/post", page);
            world.wait(60).palinode(&["check", "--all"]);
        }
    }
    let asked = conditional(&site);
    let all: Vec<usize> = (0..asked.len()).filter(|check| !asked[*check]).collect();
    assert_eq!(all, [0, 29], "the twentieth answer after the first");
}

/// The server has a newer page, and says that it is the old one: only its tag gives it away.
#[test]
fn a_304_that_names_another_tag_is_looked_into() {
    let changed = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&changed);
    let site = FaultServer::start(move |head| {
        let (text, tag) =
            if now.load(Ordering::SeqCst) { (HUMBLE, "\"2\"") } else { (PROUD, "\"1\"") };
        if head.contains("if-none-match") {
            let answer = format!("HTTP/1.1 304 X\r\nConnection: close\r\nETag: {tag}\r\n\r\n");
            return vec![Step::Send(answer.into_bytes())];
        }
        article("Post", &[text]).with("ETag", tag).steps(head)
    });
    let world = World::new();
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    changed.store(true, Ordering::SeqCst);
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!((last(&world), revisions(&world)), ("same-304 ×1".to_owned(), 1));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(revisions(&world), 2);
}

/// The tag agrees, so the date is of the bytes that we have.
#[test]
fn a_304_brings_a_new_date() {
    let site = FaultServer::start(move |head| {
        if head.contains("if-none-match: W/\"1\"\r\n") {
            let date = "Last-Modified: Mon, 02 Feb 2026 00:00:00 GMT";
            let answer =
                format!("HTTP/1.1 304 X\r\nConnection: close\r\nETag: \"1\"\r\n{date}\r\n\r\n");
            return vec![Step::Send(answer.into_bytes())];
        }
        let page = article("Post", &[PROUD]).with("ETag", "W/\"1\"");
        page.with("Last-Modified", "Sun, 01 Feb 2026 00:00:00 GMT").steps(head)
    });
    let world = World::new();
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for _ in 0..3 {
        world.wait(600).palinode(&["check"]).fine();
    }
    let heads = site.requests();
    let sent: Vec<Option<&str>> = heads
        .iter()
        .filter_map(|head| std::str::from_utf8(head).ok().filter(|head| head.contains("/post")))
        .map(|head| head.lines().find_map(|line| line.strip_prefix("if-modified-since: ")))
        .collect();
    let dates = ["Sun, 01 Feb 2026 00:00:00 GMT", "Mon, 02 Feb 2026 00:00:00 GMT"].map(Some);
    assert_eq!(sent, [&[None], &dates[..]].concat());
}

/// Twenty pages that were added and seen at one time come back one after the other, within a tenth of their day.
#[test]
fn pages_do_not_come_back_all_at_once() {
    let (world, site) = (World::new(), Site::new());
    for page in 0..20 {
        site.put(&format!("/{page}"), article("Post", &[PROUD]));
        world.palinode(&["add", &site.url(&format!("/{page}")), "--every", "1d"]).fine();
    }
    world.palinode(&["check"]).fine();
    let mut asked = Vec::new();
    world.wait(1440 * 9 / 10 - 10);
    for _ in 0..10 {
        let before = site.requests().len();
        world.palinode(&["check"]).fine();
        asked.push(site.requests().len() - before);
        world.wait(10);
    }
    assert_eq!((asked[0], asked.iter().sum::<usize>()), (0, 20), "{asked:?}");
    assert!(asked.iter().all(|pages| *pages <= 8), "{asked:?}");
}
