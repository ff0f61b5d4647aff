//! The program killed at any moment: what it had announced is in the history, and the history is whole.
//!
//! Its own file because it runs the real binary in a process of its own; a kill inside this process would end the test.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use crate::fault_server::{FaultServer, Step};
use crate::site::article_html;
use crate::world::World;

/// Pages on the site; each says something new at every request.
const PAGES: usize = 6;

/// Kills in an ordinary run; `PALINODE_KILLS` asks for more.
const KILLS: u64 = 12;

#[test]
fn what_was_announced_survives_a_kill_at_any_moment() {
    let world = World::new();
    let store = world.store();
    let site = restless_site();
    for page in 0..PAGES {
        world
            .palinode(&["add", &site.url(&format!("/{page}")), "--name", &format!("p{page}")])
            .fine();
    }
    let mut killed_midway = 0;
    for kill in 0..kills() {
        let announced = checked_and_killed(&store, Duration::from_micros(wait_of(kill)));
        killed_midway += usize::from(announced.lines().count() < PAGES);
        let history = Connection::open(&store).unwrap();
        let integrity: String =
            history.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(integrity, "ok", "after kill {kill}");
        for (page, revision) in revisions_in(&announced) {
            assert!(
                has_revision(&history, &page, revision),
                "kill {kill} lost r{revision} of {page}"
            );
        }
    }
    println!("{killed_midway} of {} runs were killed before they had told everything", kills());
    assert!(killed_midway > 0, "no run was killed before its end, so nothing was tried");
    world.palinode(&["check", "--all"]).fine();
}

/// A site whose pages never say the same twice.
pub(crate) fn restless_site() -> FaultServer {
    let requests = AtomicUsize::new(0);
    FaultServer::start(move |_| {
        let count = requests.fetch_add(1, Ordering::SeqCst);
        let told =
            format!("We are proud to support program number {count}, and the others with it.");
        let body = article_html("Our work", &[&told, "More follows below, in good time."]);
        let mut head =
            String::from("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n");
        write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
        vec![Step::Send((head + &body).into_bytes())]
    })
}

/// Runs a check in a process of its own, kills it after a while, and gives what it had said by then.
pub(crate) fn checked_and_killed(store: &Path, wait: Duration) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_palinode"))
        .arg("--db")
        .arg(store)
        .args(["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    #[expect(clippy::disallowed_methods, reason = "a kill comes in real time")]
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

/// Pages and revisions in lines like `p3  r7 changed between …`; a line that the kill cut short announces nothing.
pub(crate) fn revisions_in(said: &str) -> Vec<(String, u32)> {
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    let lines = whole.lines().filter(|line| line.starts_with('p'));
    let revisions = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('r')?.parse().ok()?))
    });
    revisions.collect()
}

pub(crate) fn has_revision(history: &Connection, page: &str, revision: u32) -> bool {
    let sql = "SELECT count(*) FROM revision JOIN page ON page.id = revision.page WHERE page.name = ?1 AND number = ?2";
    history.query_row(sql, (page, revision), |row| row.get::<_, u32>(0)).unwrap() == 1
}

fn kills() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a person may ask for more kills than CI has time for"
    )]
    let asked = std::env::var("PALINODE_KILLS");
    asked.ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS)
}

/// Up to a fortieth of a second in microseconds, about as long as a run takes, spread by a fixed rule.
fn wait_of(kill: u64) -> u64 {
    kill.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(20) % 24_000
}
