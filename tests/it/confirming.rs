//! A change is asked for a second time before it is told: what two answers do not agree in is kept, and no news.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::checking::{HUMBLE, PROUD, last, revisions};
use crate::fault_server::FaultServer;
use crate::site::{Reply, article};
use crate::world::World;

/// A page that gives these answers one after the other, then the last one for ever.
struct Script {
    answers: Arc<Mutex<VecDeque<Reply>>>,
    server: FaultServer,
}

impl Script {
    fn new() -> Self {
        let answers: Arc<Mutex<VecDeque<Reply>>> = Arc::default();
        let given = Arc::clone(&answers);
        let server = FaultServer::start(move |head| {
            if head.starts_with("GET /robots.txt ") {
                return Reply::status(404).steps(head);
            }
            let mut answers = given.lock().unwrap();
            let next =
                if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
            next.unwrap_or_else(|| Reply::status(404)).steps(head)
        });
        Self { answers, server }
    }

    /// The next answers are these.
    fn will_say(&self, answers: &[Reply]) {
        *self.answers.lock().unwrap() = answers.iter().cloned().collect();
    }

    /// How often the page was asked for since the last time.
    fn asked(&self) -> usize {
        let requests = self.server.requests();
        requests.iter().filter(|head| head.starts_with(b"GET /post ")).count()
    }
}

fn says(text: &str) -> Reply {
    article("Post", &[text, "The harbour keeps its hours, and its lights are on at night."])
}

/// A world that confirms, and has seen the page once.
fn seen_once(first: Reply) -> (World, Script) {
    let (mut world, script) = (World::new(), Script::new());
    world.with_checks = vec!["--allow-private", "--pause=0s", "--confirm-after=0s"];
    script.will_say(&[first]);
    world.palinode(&["add", &script.server.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    assert_eq!(script.asked(), 2, "what is seen for the first time is asked for again");
    (world, script)
}

#[test]
fn a_change_that_a_second_answer_bears_out_is_told() {
    let (world, script) = seen_once(says(PROUD));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(script.asked(), 3, "what has not changed is asked for once");
    script.will_say(&[says(HUMBLE)]);
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 18:00 and 2026-03-02 04:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    assert_eq!(script.asked(), 5);
    assert_eq!(
        script.server.connections(),
        6,
        "each over a connection of its own, and one for robots.txt"
    );
    let conditional =
        script.server.requests().last().unwrap().windows(14).any(|part| part == b"if-none-match:");
    assert!(!conditional);
}

#[test]
fn a_change_that_is_gone_again_at_once_is_kept_and_not_told() {
    let (world, script) = seen_once(says(PROUD));
    script.will_say(&[says(HUMBLE), says(PROUD)]);
    assert_eq!(world.wait(600).palinode(&["check", "--exit-code"]).to_string(), "exit 0");
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (unsteady) ×1", 1));
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 18:00  held (unsteady)
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    2 checks from 2026-03-01 08:00 to 2026-03-01 18:00 (UTC)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 18:00 in 2 checks
    exit 0
    ");
    // The page stood all the while: nobody needs to hear that it is seen again.
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 0");
    let before = world.palinode(&["log", "post", "--json"]).said();
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.palinode(&["log", "post", "--json"]).said(), before);
}

/// Half of an edit, then all of it.
#[test]
fn a_page_that_is_being_edited_is_told_once_it_holds_still() {
    let (world, script) = seen_once(says(PROUD));
    script.will_say(&[
        says("We are to support the harbour, its clerks and all who wait there."),
        says(HUMBLE),
    ]);
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 0");
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (unsteady) ×1", 1));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 18:00  held (unsteady)
    c3  2026-03-01 18:00  r2
    exit 0
    ");
}

/// The second answer never came: what the first said is told at the next check, and dated from when it was seen.
#[test]
fn a_change_that_could_not_be_confirmed_is_dated_from_its_first_sight() {
    let (world, script) = seen_once(says(PROUD));
    script.will_say(&[says(HUMBLE), Reply::status(500), says(HUMBLE)]);
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 0");
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (unsteady) ×1", 1));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    let before = world.palinode(&["log", "post", "--json"]).said();
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.palinode(&["log", "post", "--json"]).said(), before);
}

/// Two machines behind one address, in strict turn: the other text comes into the history all the same.
#[test]
fn a_page_that_is_never_steady_is_believed_after_three_checks() {
    let (world, script) = seen_once(says(PROUD));
    for check in 1..=3 {
        script.will_say(&[says(HUMBLE), says(PROUD)]);
        let told = world.wait(600).palinode(&["check"]);
        assert_eq!(revisions(&world), if check < 3 { 1 } else { 2 }, "{check}: {told}");
    }
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    4 checks from 2026-03-01 08:00 to 2026-03-02 14:00 (UTC)

    r2  changed between 2026-03-02 04:00 and 2026-03-02 14:00
        −3 words; seen until 2026-03-02 14:00 in 1 check
        removed   [-are proud to-] (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-02 04:00 in 3 checks
    exit 0
    ");
}

/// A text that differs at every look is believed at every third check, so that real edits are never lost behind it.
#[test]
fn a_page_that_never_says_the_same_twice_has_a_history() {
    let (world, script) = seen_once(says("Reader number 0 of the harbour, welcome to you."));
    for check in 1..10 {
        let text = |count| says(&format!("Reader number {count} of the harbour, welcome to you."));
        script.will_say(&[text(2 * check), text(2 * check + 1)]);
        world.wait(600).palinode(&["check"]);
    }
    assert_eq!(revisions(&world), 4);
}

#[test]
fn confirmation_can_be_switched_off() {
    let (mut world, script) = seen_once(says(PROUD));
    world.palinode(&["edit", "post", "--no-confirm"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    post  every 6h  r1    seen 2026-03-01 08:00, changes believed at once
        http://127.0.0.1:PORT/post
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages", "--toml"]), @r#"
    [[page]]
    url = "http://127.0.0.1:PORT/post"
    name = "post"
    cadence = "6h"
    confirm = false
    exit 0
    "#);
    script.will_say(&[says(HUMBLE), says(PROUD)]);
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!((revisions(&world), script.asked()), (2, 3));
    world.palinode(&["edit", "post", "--clear", "no-confirm"]).fine();
    world.with_checks = vec!["--allow-private", "--pause=0s", "--no-confirm"];
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!((revisions(&world), script.asked()), (3, 4));
}

/// An obstacle is no change that could be borne out.
#[test]
fn what_is_held_anyway_is_asked_for_once() {
    let (world, script) = seen_once(says(PROUD));
    script.will_say(&[says(PROUD).with("cf-mitigated", "challenge").under_status(403)]);
    world.wait(600).palinode(&["check"]);
    assert_eq!(script.asked(), 3);
}

/// A clock, a counter and a token that no two answers share.
fn of_the_moment(count: usize, text: &str) -> Reply {
    article(
        "Post",
        &[
            text,
            &format!(
                "It is 2026-03-{:02} {}:{:02}:07 at the harbour.",
                1 + count / 9,
                count % 24,
                count % 60
            ),
            &format!("You are visitor number {} of this page.", 998 + count),
            &format!("Form token: qX{}f{:04}Kd", count * 37 % 90 + 10, count * 7919 % 10_000),
        ],
    )
}

/// What is of the moment is found at the first check, and only what is written is a change.
#[test]
fn what_is_of_the_moment_is_found_at_the_first_check() {
    let (mut world, script) = (World::new(), Script::new());
    world.with_checks = vec!["--allow-private", "--pause=0s", "--confirm-after=0s"];
    script.will_say(&[of_the_moment(0, PROUD), of_the_moment(1, PROUD)]);
    world.palinode(&["add", &script.server.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    post  r1 first seen, 37 words
    exit 0
    ");
    assert_eq!(script.asked(), 2);
    for count in 2..20 {
        script.will_say(&[of_the_moment(count, PROUD)]);
        assert_eq!(world.wait(600).palinode(&["check", "--exit-code"]).to_string(), "exit 0");
    }
    assert_eq!((last(&world).as_str(), revisions(&world), script.asked()), ("same ×18", 1, 20));
    insta::assert_snapshot!(world.palinode(&["pages", "--explain", "post"]), @"
    post
    5 of 5 passages are main text, and tracked

    main       midst or headline    2026-03-01 08:00  Post
    main       reader mode          2026-03-01 08:00  We are proud to support the harbour, it…
    volatile   reader mode          2026-03-01 08:00  It is 2026-03-01 0:00:07 at the harbour.
    volatile   reader mode          2026-03-01 08:00  You are visitor number 998 of this page.
    volatile   reader mode          2026-03-01 08:00  Form token: qX10f0000Kd

    The first two answers, a moment apart, did not agree in this; it is no change while only
    that differs. To have it told all the same: palinode edit PAGE --no-confirm
        [-It is 2026-03-01 0:00:07 at the harbour.-] {+It is 2026-03-01 1:01:07 at the
        harbour.+}
        [-You are visitor number 998 of this page.-] {+You are visitor number 999 of this
        page.+}
        [-Form token: qX10f0000Kd-] {+Form token: qX47f7919Kd+}

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 08:00  held
    exit 0
    ");
    let json = world.json(&["pages", "--explain", "post", "--json"]);
    assert_eq!(json["unsteady"].as_array().unwrap().len(), 3);
    // An edit is told, and nothing but the edit; it is borne out by an answer of another moment.
    script.will_say(&[of_the_moment(20, HUMBLE), of_the_moment(21, HUMBLE)]);
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-08 20:00 and 2026-03-09 06:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    let before = world.palinode(&["log", "post", "--json"]).said();
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.palinode(&["log", "post", "--json"]).said(), before);
    // Whoever wants to hear of the clock does.
    world.palinode(&["edit", "post", "--no-confirm"]).fine();
    script.will_say(&[of_the_moment(22, HUMBLE)]);
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(revisions(&world), 3);
    assert_eq!(
        world.json(&["pages", "--explain", "post", "--json"])["unsteady"],
        serde_json::Value::Null
    );
}

/// Without a second answer nothing is known to be of the moment.
#[test]
fn a_first_check_that_believes_at_once_asks_once() {
    let (world, script) = (World::new(), Script::new());
    script.will_say(&[of_the_moment(0, PROUD), of_the_moment(1, PROUD)]);
    world.palinode(&["add", &script.server.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!((revisions(&world), script.asked()), (2, 2));
}
