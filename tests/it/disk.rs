//! What goes wrong around the program: no room, a file cut short, a clock that goes back, others at the same time.
//!
//! Limits are those of a process, so the real binary runs in one of its own.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use palinode::cli::Exit;
use rusqlite::Connection;

use crate::checking::{HUMBLE, PROUD, last, revisions, seen_once};
use crate::crash::{has_revision, restless_site, revisions_in};
use crate::history::told;
use crate::site::{Reply, article, article_html};
use crate::storing::{copied, query};
use crate::world::World;

/// The real binary on this history; files may not grow beyond so many half kibibytes.
fn limited(store: &Path, blocks: u32, words: &[&str]) -> Output {
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_palinode"), "--db"])
        .arg(store)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Bytes that hardly compress, and that are no text of the page.
fn noise(seed: u64) -> String {
    let mut text = String::from("<!-- ");
    let mut state = seed;
    for _ in 0..4000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(text, "{:016x} ", state ^ (state >> 29)).unwrap();
    }
    text + "-->"
}

/// As a disk that fills up, in the midst of a write: what was told stays, what was not is not half there, and with room
/// again all goes on.
#[cfg(unix)]
#[test]
fn without_room_nothing_is_lost() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let store = world.store();
    let check = ["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"];
    let mut told = 1;
    let refused = loop {
        let more = (0..=told).map(|count| format!("{PROUD} Ship {count} came in on day {count}."));
        let more: Vec<String> = more.collect();
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        let page = article_html("Post", &more) + &noise(told);
        site.put("/post", Reply::html(page));
        let output = limited(&store, 800, &check);
        if output.status.code() != Some(0) {
            break output;
        }
        told += 1;
        let news = String::from_utf8(output.stdout).unwrap();
        assert!(news.starts_with(&format!("post  r{told} changed")), "{news}");
        assert!(told < 60, "the limit was never reached");
    };
    assert!(told > 3, "nothing was told before the limit was reached: {refused:?}");
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("nothing that was recorded is lost"), "{said}");
    for words in [&["log", "post"] as &[&str], &["show", "post"], &["verify"]] {
        assert_eq!(limited(&store, 800, words).status.code(), Some(0), "{words:?}");
    }
    assert_eq!(revisions(&world), told);
    world.palinode(&["verify"]).fine();
    world.wait(600).palinode(&["check", "--all"]).fine();
    assert_eq!(revisions(&world), told + 1);
}

#[cfg(unix)]
#[test]
fn a_backup_without_room_leaves_nothing_behind() {
    let world = copied(told());
    let target = world.path("copy.db");
    let refused = limited(&world.store(), 40, &["backup", target.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(!target.exists() && !world.path("copy.db.partial").exists());
    world.palinode(&["verify"]).fine();
}

/// Cut to nothing, it must not look like a history in which nothing is watched.
#[test]
fn a_file_that_was_cut_is_told_and_left_alone() {
    let world = copied(told());
    std::fs::write(world.store(), "").unwrap();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: the file is empty
    hint: if there was a history in it, restore a backup; else `palinode add URL` begins one
    exit 4
    ");
    assert_eq!(std::fs::metadata(world.store()).unwrap().len(), 0);
    let world = copied(told());
    let bytes = std::fs::read(world.store()).unwrap();
    std::fs::write(world.store(), &bytes[..bytes.len() / 2]).unwrap();
    for words in [&["check", "--all"] as &[&str], &["verify"], &["log", "post"], &["show", "post"]]
    {
        let output = world.palinode(words);
        assert_eq!(output.exit, Exit::Store, "{words:?}: {output}");
    }
    assert_eq!(std::fs::read(world.store()).unwrap().len(), bytes.len() / 2);
    insta::assert_snapshot!(world.palinode(&["check", "--all"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: the file is damaged
    hint: palinode never makes a damaged history anew; copy the file away, then try `sqlite3 FILE .recover` or a backup
    exit 4
    ");
}

/// The clock stood in 2038 for a while: the page is looked at as soon as it is right again, and then on time.
#[test]
fn a_clock_that_goes_back_leaves_no_page_behind() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    world.at("2038-01-19T03:14:08Z").palinode(&["check"]).fine();
    assert_eq!(last(&world), "same \u{d7}1");
    world.at("2026-03-01T20:00:00Z");
    site.put("/post", article("Post", &[HUMBLE]));
    world.palinode(&["check"]).fine();
    assert_eq!(revisions(&world), 2);
    let asked = site.requests().len();
    world.wait(60).palinode(&["check"]).fine();
    assert_eq!(site.requests().len(), asked, "it is not due again so soon");
    world.wait(360).palinode(&["check"]).fine();
    assert_eq!(site.requests().len(), asked + 1);
    assert_eq!(last(&world), "same \u{d7}1");
    world.palinode(&["verify"]).fine();
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    4 checks from 2026-03-01 08:00 to 2026-03-02 03:00 (UTC)

    r2  changed between 2038-01-19 03:14 and 2026-03-01 20:00
        −3 words; seen until 2026-03-02 03:00 in 2 checks
        removed   [-are proud to-] (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2038-01-19 03:14 in 2 checks
    exit 0
    ");
}

/// Four processes at once: one checks at a time, everybody else reads and adds, and nothing is lost.
#[test]
fn many_processes_at_once_do_no_harm() {
    let world = World::new();
    let store = world.store();
    let site = restless_site();
    for page in 0..3 {
        let (url, name) = (site.url(&format!("/{page}")), format!("p{page}"));
        world.palinode(&["add", &url, "--name", &name]).fine();
    }
    let spawn = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palinode"));
        command.arg("--db").arg(&store).args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let check = ["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"];
    let (mut told, mut done) = (Vec::new(), 0);
    for round in 0..4 {
        let (url, copy) = (site.url(&format!("/more{round}")), world.path(&format!("{round}.db")));
        let copy = copy.display().to_string();
        let lines: [&[&str]; 6] =
            [&check, &check, &["add", &url], &["log", "p0"], &["backup", &copy], &["pages"]];
        let running = lines.map(spawn);
        for (words, child) in lines.iter().zip(running) {
            let output = child.wait_with_output().unwrap();
            let code = output.status.code();
            let locked = words[0] == "check" && code == Some(5);
            assert!(code == Some(0) || locked, "{words:?}: {output:?}");
            done += usize::from(words[0] == "check" && !locked);
            if words[0] == "check" {
                told.extend(revisions_in(&String::from_utf8(output.stdout).unwrap()));
            }
        }
    }
    assert!(done >= 4 && told.len() >= 12, "{done} checks told {told:?}");
    let history = Connection::open(&store).unwrap();
    for (page, revision) in told {
        assert!(has_revision(&history, &page, revision), "r{revision} of {page} is lost");
    }
    assert_eq!(query::<u32>(&store, "SELECT count(*) FROM page"), 7);
    world.palinode(&["verify"]).fine();
}

/// Nothing is asked of a site whose answers could not be recorded.
#[test]
fn a_history_that_cannot_be_written_to_asks_nothing() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let asked = site.connections();
    let store = Connection::open(world.store()).unwrap();
    store.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    std::fs::create_dir(world.path("palinode.db-shm")).unwrap();
    insta::assert_snapshot!(world.palinode(&["check", "--all"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: it cannot be written to
    exit 4
    ");
    assert_eq!(site.connections(), asked);
    world.palinode(&["log", "post"]).fine();
    world.palinode(&["verify"]).fine();
}
