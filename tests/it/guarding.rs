//! Which addresses are not called: by name, by number or by redirect, and what the owner of a page can allow.
//!
//! Every site of the tests is at a private address, so the tests here leave out the flag that the others check with.

use std::process::Command;

use palinode::cli::Exit;

use crate::checking::{PROUD, last};
use crate::fault_server::FaultServer;
use crate::site::{Reply, Site, article};
use crate::world::World;

/// A world whose checks are those of a person who allowed nothing.
fn guarded() -> World {
    let mut world = World::new();
    world.with_checks.retain(|flag| *flag != "--allow-private");
    world
}

#[test]
fn a_private_address_is_not_called() {
    let (world, site) = (guarded(), Site::new());
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (blocked-address): the address is not public: it is this machine itself; nothing is known of it yet
    hint: if that is meant, allow it with --allow-private
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["check", "--all"]), @"exit 3");
    assert_eq!(last(&world), "failed (blocked-address) ×2");
    assert_eq!(site.connections(), 0);
}

#[test]
fn no_spelling_gets_through() {
    let (world, site) = (guarded(), Site::new());
    let hosts = ["127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "a.localhost"];
    for (number, host) in hosts.iter().enumerate() {
        let url = site.url(&format!("/{number}"));
        world.palinode(&["add", &url.replace("127.0.0.1", host)]).fine();
    }
    assert_eq!(world.palinode(&["check"]).exit, Exit::Unseen);
    let pages = world.json(&["pages", "--json"]);
    assert_eq!(pages.as_array().unwrap().len(), hosts.len());
    for page in pages.as_array().unwrap() {
        assert_eq!(page["last"]["reason"], "blocked-address", "{page}");
    }
    assert_eq!(site.connections(), 0);
}

#[test]
fn the_setting_of_a_page_is_for_that_page() {
    let (world, [one, other]) = (guarded(), ["127.0.0.1", "127.0.0.2"].map(Site::at));
    one.put("/post", article("Post", &[PROUD]));
    other.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &one.url("/post"), "--name", "one", "--allow-private"]).fine();
    world.palinode(&["add", &other.url("/post"), "--name", "other"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    one  r1 first seen, 15 words
    -- stderr --
    other: failed (blocked-address): the address is not public: it is this machine itself; nothing is known of it yet
    hint: if that is meant, allow it with --allow-private
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    one    every 6h  r1    seen 2026-03-01 08:00, private addresses allowed
        http://127.0.0.1:PORT/post
    other  every 6h  –     failed (blocked-address) since 2026-03-01 08:00, last tried 2026-03-01 08:00
        http://127.0.0.2:PORT/post
    exit 0
    ");
    assert_eq!(other.connections(), 0);
    insta::assert_snapshot!(world.palinode(&["pages", "--toml"]), @r#"
    [[page]]
    url = "http://127.0.0.1:PORT/post"
    name = "one"
    cadence = "6h"
    allow_private = true

    [[page]]
    url = "http://127.0.0.2:PORT/post"
    name = "other"
    cadence = "6h"
    exit 0
    "#);
}

#[test]
fn the_setting_can_be_given_and_taken() {
    let (world, site) = (guarded(), Site::new());
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--allow-private"]), @"
    -- stderr --
    post: changed allow_private
    exit 0
    ");
    world.palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--clear", "allow-private"]), @"
    -- stderr --
    post: changed allow_private
    exit 0
    ");
    assert_eq!(world.palinode(&["check", "--all"]).exit, Exit::Unseen);
    world.palinode(&["check", "--all", "--allow-private"]).fine();
    assert_eq!(site.requests().len(), 2);
}

/// The first hop must be public, and the tests have no public site. But a proxy answers for one: it is asked for the page
/// by name, and would be asked for every hop that follows.
#[test]
fn a_redirect_is_judged_like_an_address() {
    let (world, secret) = (World::new(), Site::new());
    secret.put("/secret", article("Secret", &[PROUD]));
    let port = secret.url("").split(':').next_back().unwrap().to_owned();
    let targets = [
        format!("http://127.0.0.1:{port}/secret"),
        format!("http://localhost:{port}/secret"),
        format!("http://2130706433:{port}/secret"),
        format!("http://[::ffff:127.0.0.1]:{port}/secret"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "//10.0.0.1/".to_owned(),
    ];
    let pages = targets.clone();
    let proxy = FaultServer::start(move |head| {
        let target = head.split(' ').nth(1).unwrap_or_default();
        let page = target.strip_prefix("http://example.org/").and_then(|page| page.parse().ok());
        let target = page.and_then(|page: usize| pages.get(page));
        let redirect = |target: &String| Reply::status(302).with("Location", target);
        target.map_or_else(|| article("Secret", &[PROUD]), redirect).steps(head)
    });
    for page in 0..targets.len() {
        world.palinode(&["add", &format!("http://example.org/{page}")]).fine();
    }
    let run = Command::new(env!("CARGO_BIN_EXE_palinode"))
        .arg("--db")
        .arg(world.store())
        .args(["check"])
        .env("http_proxy", proxy.url(""))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(3), "{}", String::from_utf8_lossy(&run.stderr));
    let pages = world.json(&["pages", "--json"]);
    for (page, target) in pages.as_array().unwrap().iter().zip(&targets) {
        assert_eq!(page["last"]["reason"], "blocked-address", "{target}");
    }
    for head in proxy.requests() {
        assert!(head.starts_with(b"GET http://example.org/"), "{}", String::from_utf8_lossy(&head));
    }
    assert_eq!(secret.connections(), 0);
}
