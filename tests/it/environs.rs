//! What stands around the program: an environment with hardly anything in it, a proxy, few open files, a busy port, and a
//! stranger who holds the file.
//!
//! All of that belongs to a process, so the real binary runs in one of its own.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use palinode::cli::Exit;
use rusqlite::Connection;

use crate::checking::{HUMBLE, PROUD, revisions, seen_once};
use crate::fault_server::FaultServer;
use crate::site::{Site, article};
use crate::storing::query;
use crate::world::World;

const CHECK: [&str; 5] = ["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"];

/// What a shell does before it becomes the real binary, which finds nothing in its environment.
fn bare(before: &str, words: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let script = format!("{before}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_palinode")]).args(words);
    command.env_clear().stdin(Stdio::null());
    command
}

fn on(store: &Path, before: &str, words: &[&str]) -> Output {
    let db = ["--db", store.to_str().unwrap()];
    bare(before, &[&db[..], words].concat()).output().unwrap()
}

fn told(output: &Output) -> String {
    let text = String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap();
    format!("{text}exit {}", output.status.code().unwrap())
}

/// As cron starts programs, with a mask that would let everybody read.
#[cfg(unix)]
#[test]
fn hardly_any_environment_is_enough() {
    use std::os::unix::fs::PermissionsExt as _;
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &[PROUD]));
    let store = world.store();
    let added = on(&store, "umask 000; exec 0<&-", &["add", &site.url("/post"), "--name", "post"]);
    assert_eq!(added.status.code(), Some(0), "{added:?}");
    let checked = on(&store, "umask 000; exec 0<&-", &CHECK);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    assert_eq!(revisions(&world), 1);
    for name in ["palinode.db", "palinode.db-lock"] {
        let mode = std::fs::metadata(world.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let nowhere = bare("cd /", &["pages"]).output().unwrap();
    insta::assert_snapshot!(told(&nowhere), @"
    palinode: no place for the history is known
    hint: name a file with --db or PALINODE_DB, or set HOME
    exit 2
    ");
}

/// A process that may open hardly any file cannot do its work, and says so; it does no harm.
#[cfg(unix)]
#[test]
fn too_few_open_files_are_an_error_and_no_loss() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", article("Post", &[HUMBLE]));
    let mut worked = 0;
    for files in 4..24 {
        let output = on(&world.store(), &format!("ulimit -n {files}"), &CHECK);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 2 | 3 | 4)), "with {files}: {output:?}");
        assert!(
            !String::from_utf8_lossy(&output.stderr).contains("panicked"),
            "with {files}: {output:?}"
        );
        worked += usize::from(code == Some(0));
        world.palinode(&["verify"]).fine();
    }
    assert!(worked > 0, "no limit was high enough");
    assert_eq!(revisions(&world), 2);
}

/// A proxy that is not there, one that wants a password, and one that says something of its own.
#[test]
fn what_a_proxy_does_wrong_is_no_news_of_the_page() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refusing =
        FaultServer::saying("HTTP/1.1 407 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    let failing =
        FaultServer::saying("HTTP/1.1 502 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    for (proxy, reason) in [
        (format!("http://{free}"), "connect"),
        (refusing.url(""), "http-407"),
        (failing.url(""), "http-502"),
    ] {
        let world = World::new();
        let add = ["add", "http://palinode.example/post", "--name", "post", "--ignore-robots"];
        world.palinode(&add).fine();
        let output = on(&world.store(), &format!("export http_proxy={proxy}"), &CHECK);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(told(&output).starts_with(&format!("post: failed ({reason})")), "{output:?}");
        assert_eq!(query::<u32>(&world.store(), "SELECT count(*) FROM capture"), 0);
    }
}

/// A name that nobody knows is no page that is gone.
#[test]
fn a_name_that_cannot_be_resolved_fails() {
    let world = World::new();
    world
        .palinode(&["add", "http://name.invalid/post", "--name", "post", "--ignore-robots"])
        .fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (dns): the name could not be resolved; nothing is known of it yet
    exit 3
    ");
}

#[test]
fn a_port_that_is_taken_is_said_to_be() {
    let world = seen_once(article("Post", &[PROUD])).0;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let output = on(&world.store(), "true", &["serve", "--listen", &port]);
    insta::assert_snapshot!(told(&output).replace(&port, "ADDRESS"), @"
    palinode: ADDRESS: Address already in use (os error 98)
    hint: --listen names another address or port
    exit 2
    ");
}

/// Whoever holds the file for longer than anybody waits keeps a check from being recorded, and breaks nothing.
#[test]
fn a_file_that_somebody_holds_is_waited_for_and_then_told() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", article("Post", &[HUMBLE]));
    let holder = Connection::open(world.store()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let output = world.palinode(&["check", "--all"]);
    assert_eq!(output.exit, Exit::Store);
    insta::assert_snapshot!(output, @"
    -- stderr --
    palinode: FOLDER/palinode.db: another program has held it for too long
    exit 4
    ");
    world.palinode(&["log", "post"]).fine();
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(revisions(&world), 1);
    world.palinode(&["check", "--all"]).fine();
    assert_eq!(revisions(&world), 2);
}

/// What was committed lies in the log beside the file until somebody tidies up.
#[test]
fn a_log_that_was_lost_or_is_anothers_leaves_an_older_moment() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let (strange, _) = seen_once(article("Other", &[HUMBLE]));
    let reader = |world: &World| {
        let reader = Connection::open(world.store()).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM page").unwrap();
        reader
    };
    let (_first, _second) = (reader(&world), reader(&strange));
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    strange.wait(600).palinode(&["check"]);
    assert_eq!(revisions(&world), 2);
    for log in [None, Some(strange.path("palinode.db-wal"))] {
        let copy = World::new();
        std::fs::copy(world.store(), copy.store()).unwrap();
        if let Some(log) = log {
            assert!(std::fs::metadata(&log).unwrap().len() > 0);
            std::fs::copy(log, copy.path("palinode.db-wal")).unwrap();
        }
        copy.palinode(&["verify"]).fine();
        assert_eq!(revisions(&copy), 1);
        copy.palinode(&["show", "post", "r1"]).fine();
    }
    assert_eq!(revisions(&world), 2, "nothing happened to the file itself");
}
