//! Copies of a history, and whether it is whole: `backup` and `verify`.

use palinode::cli::Exit;
use rusqlite::Connection;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::history::told;
use crate::site::article;
use crate::storing::{copied, flip, query};
use crate::world::{Output, World};

fn backup(world: &World, name: &str) -> Output {
    world.palinode(&["backup", &world.path(name).display().to_string()])
}

#[test]
fn a_whole_history_is_said_to_be_whole() {
    insta::assert_snapshot!(told().palinode(&["verify"]), @"
    whole: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["verify", "--quick"]), @"
    whole: 1 page, 6 captures, 6 revisions, 6 observations; bodies and texts were left out
    exit 0
    ");
    insta::assert_snapshot!(told().palinode(&["verify", "--json"]), @r#"
    {
      "whole": true,
      "depth": "whole",
      "pages": 1,
      "captures": 6,
      "revisions": 6,
      "observations": 6,
      "bodies": 5,
      "faults": []
    }
    exit 0
    "#);
    let world = World::new();
    world.palinode(&["demo", "--keep", &world.store().display().to_string()]).fine();
    insta::assert_snapshot!(world.palinode(&["verify"]), @"
    whole: 1 page, 10 captures, 6 revisions, 16 observations, 10 bodies
    exit 0
    ");
}

/// Every kind of damage that a single flipped bit or a lost row can be, and what is said of it.
#[test]
fn each_fault_is_named() {
    let damaged = |sql: &str| {
        let world = copied(told());
        let store = Connection::open(world.store()).unwrap();
        store.execute_batch(&format!("PRAGMA foreign_keys=OFF; {sql}")).unwrap();
        let json = world.palinode(&["verify", "--json"]);
        let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(json["whole"], false, "{sql}");
        world.palinode(&["verify"])
    };
    insta::assert_snapshot!(damaged("UPDATE capture SET at = '2026-03-01T08:00:00.001Z' WHERE id = 1"), @"
    link 1 of the chain: the capture is altered
    http://127.0.0.1:PORT/post: capture 1: its headers, times or addresses are not those that were sealed
    2 faults found: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: the rest can still be read; restore the file from a backup, and keep this one until you have
    exit 4
    ");
    insta::assert_snapshot!(damaged("DELETE FROM capture WHERE id = 1"), @"
    row 1 of observation names a row of capture that is not there
    a row of revision names a row of capture that is not there
    link 1 of the chain: the capture is absent
    3 faults found: 1 page, 5 captures, 6 revisions, 6 observations, 5 bodies
    hint: the rest can still be read; restore the file from a backup, and keep this one until you have
    exit 4
    ");
    insta::assert_snapshot!(damaged("UPDATE body SET size = 1 << 60 WHERE id = 2"), @"
    http://127.0.0.1:PORT/post: capture 2: its body does not match its digest
    http://127.0.0.1:PORT/post: capture 3: its body does not match its digest
    http://127.0.0.1:PORT/post: capture 4: its body does not match its digest
    http://127.0.0.1:PORT/post: capture 5: its body does not match its digest
    4 faults found: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: the rest can still be read; restore the file from a backup, and keep this one until you have
    exit 4
    ");
    insta::assert_snapshot!(damaged("UPDATE revision SET number = 77 WHERE number = 3"), @"
    http://127.0.0.1:PORT/post: 6 revisions are numbered up to 77
    http://127.0.0.1:PORT/post: r6 stands, and the last is r77
    http://127.0.0.1:PORT/post: a check saw r3, which is not there
    3 faults found: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: what is wrong with texts and numbers alone, `palinode rebuild PAGE` tells anew
    exit 4
    ");
    insta::assert_snapshot!(damaged("UPDATE state SET digest = zeroblob(32) WHERE id = 2"), @"
    http://127.0.0.1:PORT/post: the text of r2 does not match its digest
    1 fault found: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: what is wrong with texts and numbers alone, `palinode rebuild PAGE` tells anew
    exit 4
    ");
    insta::assert_snapshot!(damaged("UPDATE observation SET last_at = '2001-01-01T00:00:00.000Z' WHERE id = 1"), @"
    http://127.0.0.1:PORT/post: a run of 1 checks goes from 2026-03-01T08:00:00.000Z to 2001-01-01T00:00:00.000Z
    1 fault found: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: the rest can still be read; restore the file from a backup, and keep this one until you have
    exit 4
    ");
    insta::assert_snapshot!(damaged("UPDATE page SET settings = '{'"), @"
    the history: conversion error from type text at index: 2, eof while parsing an object at line 1 column 1
    1 fault found: 0 pages, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: the rest can still be read; restore the file from a backup, and keep this one until you have
    exit 4
    ");
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    for (table, column, kind) in [
        ("body", "data", "body"),
        ("capture", "head", "capture"),
        ("wording", "data", "text"),
        ("layout", "data", "text"),
        ("baseline", "document", "text"),
    ] {
        let world = copied(told());
        flip(&world, table, column, &format!("rowid = (SELECT min(rowid) FROM {table})"));
        let found = world.palinode(&["verify", "--json"]);
        assert_eq!(found.exit, Exit::Store, "{table}: {found}");
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
        let kinds = found["faults"].as_array().unwrap();
        assert!(kinds.iter().any(|fault| fault["kind"] == kind), "{table}: {found:#}");
        assert!(backup(&world, "copy.db").exit == Exit::Store && !world.path("copy.db").exists());
    }
}

/// Bytes anywhere in the file, as a failing disk changes them: nothing panics, and what is shown is what was kept.
#[test]
fn a_file_with_wrong_bytes_is_never_shown_as_whole() {
    let whole = copied(told());
    let bytes = std::fs::read(whole.store()).unwrap();
    let right = told().palinode(&["show", "post", "r2"]).fine().said();
    // Most of a small file is room that nothing stands in yet.
    let used: Vec<usize> = (0..bytes.len()).filter(|place| bytes[*place] != 0).collect();
    let mut seen = 0;
    for round in 0..60_usize {
        let mut wrong = bytes.clone();
        let place = used[round.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23) % used.len()];
        wrong[place..(place + 40).min(bytes.len())].fill(0xA5);
        let world = World::new();
        std::fs::write(world.store(), wrong).unwrap();
        let verified = world.palinode(&["verify"]).exit;
        seen += usize::from(verified == Exit::Store);
        let shown = world.palinode(&["show", "post", "r2"]);
        assert!(shown.exit != Exit::Fine || shown.said() == right, "byte {place}: {shown}");
    }
    assert!(seen > 5, "only {seen} of 60 damaged files were seen to be");
}

#[test]
fn a_backup_is_a_history() {
    let mut world = World::new();
    world.surroundings.store = Some(told().store());
    insta::assert_snapshot!(backup(&world, "copy.db"), @"
    -- stderr --
    FOLDER/copy.db: 1 page, 6 revisions, read through and whole
    exit 0
    ");
    let copy = world.path("copy.db").display().to_string();
    let log = |store: &str| world.json(&["--db", store, "log", "post", "--json"]);
    assert_eq!(log(&copy), log(&told().store().display().to_string()));
    assert_eq!(query::<String>(&world.path("copy.db"), "PRAGMA journal_mode"), "wal");
    insta::assert_snapshot!(backup(&world, "copy.db"), @"
    -- stderr --
    palinode: FOLDER/copy.db: this is there already
    hint: a backup never replaces a file; name another one
    exit 2
    ");
    insta::assert_snapshot!(backup(&world, "no/such/folder/copy.db"), @"
    -- stderr --
    palinode: FOLDER/no/such/folder/copy.db.partial: No such file or directory (os error 2)
    exit 4
    ");
    std::fs::write(world.path("cut.db.partial"), "").unwrap();
    insta::assert_snapshot!(backup(&world, "cut.db"), @"
    -- stderr --
    palinode: FOLDER/cut.db.partial: a backup to this place is going on, or was cut short
    hint: if none is going on, remove this file
    exit 2
    ");
}

#[cfg(unix)]
#[test]
fn a_backup_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = copied(told());
    backup(&world, "copy.db").fine();
    let names = std::fs::read_dir(world.path("")).unwrap().flatten();
    let copies: Vec<_> =
        names.filter(|entry| entry.file_name().to_string_lossy().starts_with("copy")).collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert_eq!(copies[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_damaged_history_makes_no_backup() {
    let world = copied(told());
    flip(&world, "body", "data", "id = 2");
    insta::assert_snapshot!(backup(&world, "copy.db"), @"
    -- stderr --
    palinode: the copy would be damaged, so it was not kept: http://127.0.0.1:PORT/post: capture 2: its body does not match its digest
    hint: `palinode verify` names everything that is damaged
    exit 4
    ");
    assert!(!world.path("copy.db").exists() && !world.path("copy.db.partial").exists());
}

/// A writer that is in the midst of its work: the copy has what was committed, and the writer goes on.
#[test]
fn a_backup_is_of_one_moment() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let writer = Connection::open(world.store()).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE page SET name = 'half'").unwrap();
    backup(&world, "during.db").fine();
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(query::<String>(&world.path("during.db"), "SELECT name FROM page"), "post");
    site.put("/post", article("Post", &[HUMBLE]));
    world.palinode(&["check", "--all"]).fine();
    backup(&world, "after.db").fine();
    assert_eq!(query::<u32>(&world.path("after.db"), "SELECT max(number) FROM revision"), 2);
}

/// Each row is sound by itself, and together they say what the page never said.
#[test]
fn rows_of_different_moments_are_no_text() {
    let world = copied(told());
    let store = Connection::open(world.store()).unwrap();
    let mix = "UPDATE layout SET base = NULL, depth = 0, data = (SELECT data FROM layout WHERE base IS NULL)
        WHERE state = (SELECT state FROM revision WHERE number = 2)";
    assert_eq!(store.execute(mix, []).unwrap(), 1);
    drop(store);
    insta::assert_snapshot!(world.palinode(&["verify"]), @"
    http://127.0.0.1:PORT/post: the text of r2 does not match its digest
    http://127.0.0.1:PORT/post: the text of r3 does not match its digest
    2 faults found: 1 page, 6 captures, 6 revisions, 6 observations, 5 bodies
    hint: what is wrong with texts and numbers alone, `palinode rebuild PAGE` tells anew
    exit 4
    ");
    let refused = world.palinode(&["show", "post", "r2"]);
    insta::assert_snapshot!(refused, @"
    -- stderr --
    palinode: the text of http://127.0.0.1:PORT/post is damaged: its digest does not match
    hint: `palinode rebuild http://127.0.0.1:PORT/post` tells it anew from what was captured
    exit 4
    ");
    for words in [&["show", "post", "r2", "--json"] as &[&str], &["diff", "post", "r1", "r2"]] {
        assert_eq!(world.palinode(words).to_string(), refused.to_string());
    }
    world.palinode(&["show", "post", "r1"]).fine();
    world.palinode(&["rebuild"]).fine();
    world.palinode(&["show", "post", "r2"]).fine();
    world.palinode(&["verify"]).fine();
}
