//! Validators that do not fit what they came with: a body is compared whatever its tag says, and nothing is made up.

use crate::checking::{HUMBLE, PROUD, last, revisions, seen_once};
use crate::fault_server::{FaultServer, Step};
use crate::site::{Reply, article};
use crate::world::World;

/// A server that says these, one after the other, and never 304.
fn saying(replies: Vec<Reply>) -> FaultServer {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    FaultServer::start(move |head| {
        if head.starts_with("GET /robots.txt ") {
            return Reply::status(404).steps(head);
        }
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let steps: Vec<Step> = replies[turn.min(replies.len() - 1)].steps("");
        steps
    })
}

#[test]
fn a_new_body_under_the_same_tag_is_seen() {
    let page = |text: &str, tag: &str| {
        article("Post", &[text])
            .with("ETag", tag)
            .with("Last-Modified", "Sun, 01 Mar 2026 07:00:00 GMT")
    };
    let server = saying(vec![
        page(PROUD, "W/\"1\""),
        page(HUMBLE, "W/\"1\""),
        page(HUMBLE, "bare"),
        page(HUMBLE, "bare"),
    ]);
    let world = World::new();
    world.palinode(&["add", &server.url("/post"), "--name", "post"]).fine();
    for (outcome, count) in [("changed", 1), ("changed", 2), ("same", 2), ("same", 2)] {
        world.wait(600).palinode(&["check"]).fine();
        assert_eq!((last(&world).split(' ').next().unwrap(), revisions(&world)), (outcome, count));
    }
    let asked: Vec<String> =
        server.requests().iter().map(|head| String::from_utf8_lossy(head).into_owned()).collect();
    let tags = asked.iter().filter(|head| head.starts_with("GET /post")).map(|head| {
        let tag = head.lines().find_map(|line| line.strip_prefix("if-none-match: "));
        tag.unwrap_or("none").to_owned()
    });
    assert_eq!(tags.collect::<Vec<_>>(), ["none", "W/\"1\"", "W/\"1\"", "bare"]);
}

#[test]
fn what_was_not_given_is_not_sent() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(last(&world), "same \u{d7}1");
    let asked = site.requests();
    assert_eq!(asked.len(), 2);
    for head in asked {
        let head = head.to_lowercase();
        assert!(!head.contains("\r\nif-") && !head.contains("referer"), "{head}");
    }
}
