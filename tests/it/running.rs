//! Checks by a process that sleeps in between: `run`, and how it ends.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::checking::{HUMBLE, PROUD, revisions, seen_once};
use crate::site::{Site, article};
use crate::storing::query;
use crate::world::World;

#[test]
fn pages_are_checked_as_they_fall_due() {
    let (mut world, site) = (World::new(), Arc::new(Site::new()));
    site.put("/post", article("Post", &[PROUD]));
    site.put("/rare", article("Rare", &["A text that stays as it is for a while."]));
    let post = site.url("/post");
    world.palinode(&["add", &post, "--name", "post", "--every", "*/30 * * * *"]).fine();
    world.palinode(&["add", &site.url("/rare"), "--name", "rare", "--every", "1d"]).fine();
    let changing = Arc::clone(&site);
    world.sleeps(240, move |time| {
        if time == 100 {
            changing.put("/post", article("Post", &[HUMBLE]));
        }
    });
    insta::assert_snapshot!(world.palinode(&["run"]), @"
    post  r1 first seen, 15 words
    rare  r1 first seen, 11 words
    post  r2 changed between 2026-03-01 09:30 and 2026-03-01 10:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    let asked = |path: &str| site.requests().iter().filter(|head| head.contains(path)).count();
    assert_eq!((asked(" /rare "), revisions(&world)), (1, 2));
    assert_eq!(asked(" /post "), 8, "at eight and every half hour until half past eleven");
}

/// What is added meanwhile is seen too, and another run that goes on is left in peace.
#[test]
fn what_is_added_meanwhile_is_checked() {
    let (mut world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/other", article("Other", &["A text that stays as it is for a while."]));
    let (store, url) = (world.store(), site.url("/other"));
    world.sleeps(3, move |time| {
        if time == 1 {
            let lock = palinode::watch::RunLock::take(&store).unwrap();
            let mut opened = palinode::store::Store::open(&store).unwrap();
            let writing = opened.write().unwrap();
            let at = "2026-03-01T08:00:00Z".parse().unwrap();
            writing
                .put_page(&url.parse().unwrap(), &palinode::page::PageSettings::default(), at)
                .unwrap();
            writing.commit().unwrap();
            drop(lock);
        }
    });
    insta::assert_snapshot!(world.palinode(&["run"]), @"
    http://127.0.0.1:PORT/other  r1 first seen, 11 words
    exit 0
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_supervisor_hears_how_it_goes() {
    let (mut world, _site) = seen_once(article("Post", &[PROUD]));
    let socket = world.path("notify");
    let supervisor = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    world.surroundings.service.notify = Some(socket);
    world.surroundings.service.watchdog = Some(Duration::from_mins(1));
    world.sleeps(4, |_| {});
    world.palinode(&["run"]).fine();
    supervisor.set_nonblocking(true).unwrap();
    let mut heard = Vec::new();
    let mut buffer = [0; 64];
    while let Ok(length) = supervisor.recv(&mut buffer) {
        heard.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
    }
    let alive = "WATCHDOG=1";
    assert_eq!(heard, ["READY=1", alive, alive, alive, alive, "STOPPING=1"]);
}

/// SIGTERM while one host is silent: what has arrived is recorded, and nobody waits for the silent one.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_after_the_batch() {
    for (words, code) in [(&["run"] as &[&str], 0), (&["check", "--all"], 130)] {
        let (world, site, silent) = (World::new(), Site::new(), Site::at("127.0.0.2"));
        site.put("/post", article("Post", &[PROUD]));
        silent.put("/silent", article("Silent", &[PROUD]).after(Duration::from_hours(1)));
        world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
        world.palinode(&["add", &silent.url("/silent"), "--name", "silent"]).fine();
        let mut child = Command::new(env!("CARGO_BIN_EXE_palinode"))
            .arg("--db")
            .arg(world.store())
            .args(words)
            .args(["--allow-private", "--pause=0s"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut told).unwrap();
        assert!(told.starts_with("post  r1 first seen"), "{told}");
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("1 pages are left for the next run: it was stopped"), "{said}");
        assert_eq!(query::<u32>(&world.store(), "SELECT sum(checks) FROM observation"), 1);
        world.palinode(&["verify"]).fine();
    }
}
