//! Archives that are asked to save pages when they change: what is ordered, how far it is, and that nobody waits for it.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use regex::Regex;

use crate::save_server::SaveServer;
use crate::site::{Site, article};
use crate::world::{Output, World};

const KEYS: &str = "an-access-key:a-very-secret-key";

/// A page that was never looked at, and an archive that is asked to save it.
pub(crate) fn deposited() -> (World, Site, SaveServer) {
    let (world, site, server) = (World::new(), Site::new(), SaveServer::new());
    site.put("/rules", article("Rules", &["We never share your data."]));
    world.palinode(&["add", &site.url("/rules"), "--name", "rules", "--every", "1d"]).fine();
    add(&world, &server, &[]).fine();
    (world, site, server)
}

fn keys(world: &World) -> String {
    let file = world.file("keys", &format!("{KEYS}\n"));
    Command::new("chmod").args(["600", &file]).status().unwrap();
    file
}

fn add(world: &World, server: &SaveServer, more: &[&str]) -> Output {
    let (file, archive) = (keys(world), server.archive());
    let words = ["deposit", "add", "wayback", "--at", &archive, "--secret-file", &file];
    world.palinode(&[&words, more].concat())
}

/// What `check` says after so many minutes, and what `witnesses` says of the archive then.
pub(crate) fn later(world: &World, minutes: i64) -> String {
    let checked = world.wait(minutes).palinode(&["check"]);
    let shown = world.palinode(&["witnesses", "rules"]).to_string();
    let of_archive = shown.split_once("\n\n").map_or("", |(_, rest)| rest);
    let of_archive = of_archive.split_once("looked\n").map_or(of_archive, |(_, rest)| rest);
    format!("check: {checked}{of_archive}\n")
}

pub(crate) fn plain(text: &str) -> String {
    Regex::new(r"127\.0\.0\.1:\d+").unwrap().replace_all(text, "HOST").into_owned()
}

#[test]
fn a_changed_page_is_ordered_and_confirmed_by_the_archives_own_list() {
    let (world, site, server) = deposited();
    let url = site.url("/rules");
    let mut told = later(&world, 0);
    let ordered = server.came();
    assert_eq!(ordered.len(), 1, "{ordered:?}");
    assert_eq!(ordered[0].line, "POST /save");
    assert_eq!(ordered[0].keys.as_deref(), Some(format!("LOW {KEYS}").as_str()));
    let escaped = url.replace(':', "%3A").replace('/', "%2F");
    assert_eq!(ordered[0].body, format!("url={escaped}&capture_all=0"));
    told += &later(&world, 0);
    assert_eq!(server.lines(), [""; 0], "it is not asked again at once");
    told += &later(&world, 1);
    assert_eq!(server.lines(), ["GET /save/status/spn2-7"]);
    server.says("job", 200, "", r#"{"status":"success","timestamp":"20260301080140"}"#);
    told += &later(&world, 5);
    assert_eq!(server.lines(), ["GET /save/status/spn2-7", "GET /cdx/search/cdx"]);
    server.lists("20260301080100", &url);
    told += &later(&world, 5);
    server.lists("20260301080140", &url);
    told += &later(&world, 10);
    server.came();
    told += &later(&world, 600);
    assert_eq!(server.lines(), [""; 0], "it is done");
    insta::assert_snapshot!(plain(&told), @"
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: success
        it says that it captured the page 2026-03-01T08:01:40.000Z; the archive's list does not show it
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: success
        it says that it captured the page 2026-03-01T08:01:40.000Z; the archive's list does not show it
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: confirmed
        captured 2026-03-01T08:01:40.000Z, http://127.0.0.1:PORT/web/20260301080140/http://127.0.0.1:PORT/rules
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: confirmed
        captured 2026-03-01T08:01:40.000Z, http://127.0.0.1:PORT/web/20260301080140/http://127.0.0.1:PORT/rules
    exit 0
    ");
    insta::assert_snapshot!(plain(&world.json(&["witnesses", "rules", "--json"])["deposits"].to_string()), @r#"[{"archive":"wayback","state":"confirmed","revision":1,"capture":"c1","checked_at":"2026-03-01T08:00:00.000Z","ordered_at":"2026-03-01T08:00:00.000Z","job":"spn2-7","said":null,"memento_at":"2026-03-01T08:01:40.000Z","memento":"http://HOST/web/20260301080140/http://HOST/rules"}]"#);
    let folder = world.path("proof");
    world.palinode(&["evidence", "rules", "-o", folder.to_str().unwrap()]).fine();
    insta::assert_snapshot!(plain(&fs::read_to_string(folder.join("archived.txt")).unwrap()), @"1 2026-03-01T08:01:40.000Z http://HOST/web/20260301080140/http://HOST/rules");
    assert_eq!(crate::evidence::verified(&folder), "");
}

#[test]
fn whoever_is_told_is_told_first_and_a_dead_archive_holds_up_nobody() {
    let (world, site, server) = deposited();
    let file = world.path("told");
    let script = format!("cat >> {}", file.display());
    world.palinode(&["alert", "add", "desk", "--", "sh", "-c", &script]).fine();
    server.looks_for(file);
    world.palinode(&["check"]).fine();
    assert_eq!(server.came().iter().map(|came| came.after_file).collect::<Vec<_>>(), [true]);
    let dead = "http://127.0.0.1:1/web/";
    let file = keys(&world);
    world.palinode(&["deposit", "remove", "wayback"]).fine();
    world.palinode(&["deposit", "add", "dead", "--at", dead, "--secret-file", &file]).fine();
    site.put("/rules", article("Rules", &["We may share your data."]));
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    rules  r2 changed between 2026-03-01 08:00 and 2026-03-01 09:00 (+1 −1 word), UTC
        reworded  [-never-] {+may+} (in place)

      ~ We [-never-]{+may+} share your data.

    -- stderr --
    deposit dead: rules is not saved: connection refused; it is tried again
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["deposit", "list"]), @"
    dead  http://127.0.0.1:PORT/web/, 1 order open
        rules  unreachable: connection refused; next 2026-03-01 09:01
    exit 0
    ");
    let told = fs::read_to_string(world.path("told")).unwrap();
    assert!(told.contains("\"revision\":2"), "{told}");
}

/// Which pages: by tag, by page, and none that is private or has headers of its own. And never more than six a minute.
#[test]
fn only_what_is_wanted_and_public_is_ordered_and_not_too_much_at_once() {
    let (world, site, server) = (World::new(), Site::new(), SaveServer::new());
    for number in 0..9 {
        let path = format!("/{number}");
        site.put(&path, article("Rules", &[&format!("We share nothing of the kind {number}.")]));
        world.palinode(&["add", &site.url(&path), "--tag", "rules"]).fine();
    }
    for (name, flag) in [("private", "--allow-private"), ("header", "--header=X-Own: 1")] {
        let path = format!("/{name}");
        site.put(&path, article("Rules", &["This is for nobody else."]));
        world.palinode(&["add", &site.url(&path), "--tag", "rules", flag]).fine();
    }
    site.put("/other", article("Other", &["This is about something else."]));
    world.palinode(&["add", &site.url("/other")]).fine();
    add(&world, &server, &["--tag", "rules"]).fine();
    let first = orders_after(&world, 0, &server);
    let (at_once, second) = (orders_after(&world, 0, &server), orders_after(&world, 2, &server));
    assert_eq!((first.len(), at_once.len()), (6, 0));
    assert_eq!(second.len(), 3);
    let all = [first, second].concat().join(" ");
    assert!(!all.contains("private") && !all.contains("header") && !all.contains("other"), "{all}");
}

fn orders_after(world: &World, minutes: i64, server: &SaveServer) -> Vec<String> {
    world.wait(minutes).palinode(&["check"]).fine();
    let came = server.came().into_iter().filter(|came| came.line == "POST /save");
    came.map(|came| came.body).collect()
}

#[test]
fn an_archive_is_called_where_pages_may_be_called_and_its_keys_are_shown_nowhere() {
    let (mut world, _site, server) = deposited();
    server.says("order", 503, "", "");
    world.palinode(&["check"]).fine();
    server.came();
    world.with_checks = vec!["--pause=0s", "--no-confirm"];
    insta::assert_snapshot!(plain(&later(&world, 60)), @"
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: unreachable
        the address is not public: it is this machine itself hint: if that is meant, allow it with --allow-private
    exit 0
    ");
    assert_eq!(server.lines(), [""; 0]);
    let shown = world.palinode(&["deposit", "list"]).to_string()
        + &world.palinode(&["deposit", "list", "--json"]).to_string();
    insta::assert_snapshot!(plain(&shown), @r#"
    wayback  http://127.0.0.1:PORT/web/, 1 order open
        rules  unreachable: the address is not public: it is this machine itself
    hint: if that is meant, allow it with --allow-private; next 2026-03-01 09:02
    exit 0[
      {
        "name": "wayback",
        "archive": "http://127.0.0.1:PORT/web/",
        "secret_file": "FOLDER/keys",
        "open": [
          {
            "page": "rules",
            "capture": "c1",
            "checked_at": "2026-03-01T08:00:00.000Z",
            "state": "unreachable",
            "said": "the address is not public: it is this machine itself\nhint: if that is meant, allow it with --allow-private",
            "next_at": "2026-03-01T09:02:00.000Z"
          }
        ]
      }
    ]
    exit 0
    "#);
    let mut kept = fs::read(world.store()).unwrap();
    kept.extend(fs::read(world.path("palinode.db-wal")).unwrap_or_default());
    assert!(!String::from_utf8_lossy(&kept).contains("a-very-secret-key"));
    let open = world.file("open", KEYS);
    Command::new("chmod").args(["644", &open]).status().unwrap();
    let none = world.file("none", "no keys\n");
    Command::new("chmod").args(["600", &none]).status().unwrap();
    let mut told = String::new();
    for (name, at, file) in [
        ("a", "http://127.0.0.1/web/", &open),
        ("b", "http://127.0.0.1/web/", &none),
        ("c", "the archive", &none),
        ("wayback", "http://127.0.0.1/web/", &keys(&world)),
    ] {
        let words = ["deposit", "add", name, "--at", at, "--secret-file", file];
        writeln!(told, "{}\n", world.palinode(&words)).unwrap();
    }
    writeln!(told, "{}", world.palinode(&["deposit", "remove", "nobody"])).unwrap();
    insta::assert_snapshot!(plain(&told), @r#"
    -- stderr --
    palinode: FOLDER/open: anybody on this machine may read the secret; `chmod o= FILE` stops that
    exit 2

    -- stderr --
    palinode: FOLDER/none: it holds no keys, written ACCESS:SECRET
    exit 2

    -- stderr --
    palinode: "the archive" is no archive
    hint: write the address that its captures begin with, as in https://web.archive.org/web/
    exit 2

    -- stderr --
    palinode: "wayback" is the name of another archive
    exit 2

    -- stderr --
    palinode: there is no archive "nobody"
    hint: `palinode deposit list` names them
    exit 2
    "#);
}
