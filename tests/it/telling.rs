//! Who is told of what is found: `alert`, its queue, and programs that do not hear.

use std::process::{Command, Stdio};

use palinode::cli::Exit;
use serde_json::Value;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::site::{Reply, Site, article};
use crate::storing::query;
use crate::world::World;

/// An alert that writes down what it hears.
pub(crate) fn listens(world: &World, name: &str, flags: &[&str]) {
    let file = world.path(name).display().to_string();
    let hears = ["--", "sh", "-c", "cat >> \"$0\"; echo >> \"$0\"", &file];
    world.palinode(&[&["alert", "add", name], flags, &hears].concat()).fine();
}

/// What it heard so far.
pub(crate) fn heard(world: &World, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(world.path(name)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn whats(world: &World, name: &str) -> Vec<String> {
    heard(world, name).iter().map(|it| it["what"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn queued(world: &World) -> u32 {
    query(&world.store(), "SELECT count(*) FROM alert_queue")
}

#[cfg(unix)]
#[test]
fn a_program_hears_what_is_found() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    world.palinode(&["edit", "post", "--header", "Authorization: canary-secret"]).fine();
    listens(&world, "all", &[]);
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    world.wait(600).palinode(&["check"]).fine();
    let mut told = heard(&world, "all");
    assert_eq!((told.len(), queued(&world)), (1, 0));
    // The rest of it tells the page's address, with its port.
    let id = told[0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("palinode-1-") && id.len() == "palinode-1-00000000".len(), "{id}");
    told[0]["id"] = "palinode-1-DIGEST".into();
    assert!(!told[0].to_string().contains("canary"), "{}", told[0]);
    let shown = crate::world::masked(&format!("{:#}", told[0]), "no folder");
    insta::assert_snapshot!(shown, @r#"
    {
      "id": "palinode-1-DIGEST",
      "alert": "all",
      "what": "changed",
      "page": {
        "url": "http://127.0.0.1:PORT/post",
        "name": "post",
        "tags": []
      },
      "at": "2026-03-01T18:00:00.000Z",
      "revision": 2,
      "words_added": 0,
      "words_removed": 3,
      "changes": [
        {
          "page": "post",
          "url": "http://127.0.0.1:PORT/post",
          "revision": 2,
          "kind": "removed",
          "grade": "in-place",
          "old": "are proud to",
          "first_in_revision": 1,
          "after": "2026-03-01T08:00:00.000Z",
          "before": "2026-03-01T18:00:00.000Z"
        }
      ]
    }
    "#);
}

#[cfg(unix)]
#[test]
fn a_trouble_is_told_once_and_so_is_its_end() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    listens(&world, "all", &[]);
    listens(&world, "changes", &["--changes-only"]);
    site.put("/post", Reply::status(500));
    for _ in 0..3 {
        assert_eq!(world.wait(600).palinode(&["check"]).exit, Exit::Unseen);
    }
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(whats(&world, "all"), ["failed", "recovered", "changed"]);
    assert_eq!(heard(&world, "all")[0]["reason"], "http-500");
    assert_eq!(whats(&world, "changes"), ["changed"]);
}

#[cfg(unix)]
#[test]
fn an_alert_hears_only_what_it_wants() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", "post", "--tag", "promises"]).fine();
    world.palinode(&["check"]).fine();
    for (name, flags) in [
        ("removed", ["--kind", "removed"]),
        ("added", ["--kind", "added"]),
        ("restored", ["--kind", "restored"]),
        ("phrase", ["--phrase", "PROUD to support"]),
        ("other", ["--phrase", "lighthouse"]),
        ("tagged", ["--tag", "promises"]),
        ("elsewhere", ["--tag", "elsewhere"]),
        ("large", ["--words", "4"]),
        ("small", ["--words", "3"]),
    ] {
        listens(&world, name, &flags);
    }
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    let of = |name: &str| whats(&world, name).len();
    let found = ["removed", "phrase", "tagged", "small"].map(of);
    assert_eq!(found, [1, 1, 1, 1]);
    let silent = ["added", "restored", "other", "elsewhere", "large"].map(of);
    assert_eq!(silent, [0; 5]);
    assert_eq!(queued(&world), 0);
}

#[cfg(unix)]
#[test]
fn what_was_not_heard_is_told_again() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let (ready, file) = (world.path("ready"), world.path("deaf"));
    let script = "test -e \"$0\" && cat >> \"$1\" && echo >> \"$1\"";
    let paths = [ready.to_str().unwrap(), file.to_str().unwrap()];
    world.palinode(&["alert", "add", "deaf", "--", "sh", "-c", script, paths[0], paths[1]]).fine();
    listens(&world, "good", &[]);
    site.put("/post", article("Post", &[HUMBLE]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    -- stderr --
    alert deaf: not heard: it ended with exit status: 1; it is tried again
    exit 6
    ");
    site.put("/post", article("Post", &[PROUD]));
    assert_eq!(world.wait(600).palinode(&["check"]).exit, Exit::Untold);
    assert_eq!((whats(&world, "good").len(), queued(&world)), (2, 2));
    let list = world.json(&["alert", "list", "--json"]);
    assert_eq!((&list[0]["name"], &list[0]["queued"]), (&"deaf".into(), &2.into()));
    assert_eq!(list[0]["error"], "it ended with exit status: 1");
    std::fs::write(&ready, "").unwrap();
    world.wait(180).palinode(&["check"]).fine();
    let told = heard(&world, "deaf");
    let revisions: Vec<&Value> = told.iter().map(|it| &it["revision"]).collect();
    assert_eq!(revisions, [&Value::from(2), &Value::from(3)]);
    assert_ne!(told[0]["id"], told[1]["id"]);
    assert_eq!(queued(&world), 0);
}

/// The program kills palinode before it answers: the change is recorded and still queued, and is told again.
#[cfg(unix)]
#[test]
fn a_kill_during_delivery_loses_nothing() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let file = world.path("heard").display().to_string();
    let script = "cat >> \"$0\"; echo >> \"$0\"; test $(wc -l < \"$0\") -gt 1 || kill -9 $PPID";
    world.palinode(&["alert", "add", "killer", "--", "sh", "-c", script, &file]).fine();
    site.put("/post", article("Post", &[HUMBLE]));
    let check = || {
        Command::new(env!("CARGO_BIN_EXE_palinode"))
            .arg("--db")
            .arg(world.store())
            .args(["check", "post", "--allow-private", "--pause=0s", "--no-confirm"])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    assert_eq!(check().status.code(), None, "it was killed");
    assert_eq!(
        (queued(&world), query::<u32>(&world.store(), "SELECT max(number) FROM revision")),
        (1, 2)
    );
    assert_eq!(check().status.code(), Some(0));
    let told = heard(&world, "heard");
    assert_eq!((told.len(), queued(&world)), (2, 0));
    assert_eq!(told[0], told[1], "a repeat is the very same");
    world.palinode(&["verify"]).fine();
}

/// What a page says and is called reaches a program as data.
#[cfg(unix)]
#[test]
fn no_shell_reads_what_a_page_says() {
    let (world, site) = (World::new(), Site::new());
    let harm = "$(touch harm) `touch harm`; touch harm & -rf \"quoted\" 'quoted'";
    site.put("/post", article(harm, &["We are proud of it all, and of the rest."]));
    world.palinode(&["add", &site.url("/post"), "--name", harm]).fine();
    listens(&world, "all", &[]);
    world.palinode(&["check"]).fine();
    assert_eq!(heard(&world, "all")[0]["page"]["name"], harm);
    assert!(!world.path("harm").exists() && !std::path::Path::new("harm").exists());
}

#[test]
fn an_alert_is_added_listed_and_removed() {
    let (world, _site) = seen_once(article("Post", &[PROUD]));
    insta::assert_snapshot!(world.palinode(&["alert", "add", "desk", "--kind", "removed", "--", "tell", "the desk"]), @"
    -- stderr --
    desk is told from the next check on
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "add", "desk", "--", "tell"]), @r#"
    -- stderr --
    palinode: there is an alert "desk" already
    hint: `palinode alert remove` frees the name
    exit 2
    "#);
    insta::assert_snapshot!(world.palinode(&["alert", "list"]), @"
    desk  tell the desk
        only removed
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "list", "--json"]), @r#"
    [
      {
        "name": "desk",
        "command": [
          "tell",
          "the desk"
        ],
        "kinds": [
          "removed"
        ],
        "queued": 0,
        "next_at": null,
        "error": null
      }
    ]
    exit 0
    "#);
    world.palinode(&["alert", "remove", "desk"]).fine();
    insta::assert_snapshot!(world.palinode(&["alert", "remove", "desk"]), @r#"
    -- stderr --
    palinode: there is no alert "desk"
    hint: `palinode alert list` names them
    exit 2
    "#);
    insta::assert_snapshot!(world.palinode(&["alert", "list"]), @"exit 0");
}
