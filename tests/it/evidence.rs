//! What a stranger can check of a page's captures, and what palinode itself notices of its chain.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::site::{Site, article};
use crate::warc::response;
use crate::world::World;

/// Two pages, one of them with three captures of which the last is somebody else's claim.
pub(crate) fn watched() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    site.put("/rules", article("Rules", &["We never share your data."]));
    site.put("/other", article("Other", &["Nothing to see here, or not much."]));
    world.palinode(&["add", &site.url("/rules"), "--name", "rules"]).fine();
    world.palinode(&["add", &site.url("/other"), "--name", "other"]).fine();
    world.palinode(&["check"]).fine();
    site.put("/rules", article("Rules", &["We rarely share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    let claim = response(
        "1",
        "2024-01-10T08:00:00Z",
        &site.url("/rules"),
        "<title>Rules</title><p>We do not share.",
    );
    fs::write(world.path("old.warc"), claim).unwrap();
    world.palinode(&["import", world.path("old.warc").to_str().unwrap()]).fine();
    (world, site)
}

/// What the lines of VERIFY.txt say in this folder, run as they stand there.
pub(crate) fn verified(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("VERIFY.txt")).unwrap();
    let (said, complaints) = verified_by(&text, folder);
    assert_eq!(complaints, "");
    said
}

/// What the lines of this text say in this folder, and what the shell says of them.
pub(crate) fn verified_by(text: &str, folder: &Path) -> (String, String) {
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    assert!(commands.len() > 20, "{commands:?}");
    let ran =
        Command::new("sh").args(["-c", &commands.join("\n")]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(said.matches("end of part").count(), 6, "{said}");
    let found = said.lines().filter(|line| !line.starts_with("end of part"));
    let found = found.collect::<Vec<_>>().join("\n");
    (found, String::from_utf8_lossy(&ran.stderr).into_owned())
}

pub(crate) fn copied(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn replaced(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(path, text.replacen(old, new, 1)).unwrap();
}

type Tamper<'a> = &'a dyn Fn(&Path);

#[test]
fn a_stranger_notices_every_change_with_standard_tools() {
    let (world, _site) = watched();
    let whole = world.path("proof");
    insta::assert_snapshot!(world.palinode(&["evidence", "rules", "-o", whole.to_str().unwrap()]), @"
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    exit 0
    ");
    assert_eq!(verified(&whole), "");
    let record = fs::read_to_string(whole.join("records/00000004.txt")).unwrap();
    assert!(record.contains("\nsource warc old.warc urn:uuid:1\n"), "{record}");
    let line = |name: &str| {
        let found = record.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        found.trim().to_owned()
    };
    let entity = line("entity-sha256");
    let second =
        fs::read_to_string(whole.join("chain.txt")).unwrap().lines().nth(1).unwrap().to_owned();
    let chain = |folder: &Path| folder.join("chain.txt");
    let tampers: [(&str, Tamper<'_>); 8] = [
        ("an entity is changed", &|at| {
            replaced(&at.join("objects").join(&entity), "We do not", "We do");
        }),
        ("an entity is taken down", &|at| {
            fs::remove_file(at.join("objects").join(&entity)).unwrap();
        }),
        ("a record is changed", &|at| {
            replaced(&at.join("records/00000004.txt"), "status 200", "status 404");
        }),
        ("a line is changed", &|at| replaced(&chain(at), &second, &second.replace(' ', " 0"))),
        ("a line is dropped", &|at| replaced(&chain(at), &(second.clone() + "\n"), "")),
        ("the end is cut", &|at| {
            let text = fs::read_to_string(chain(at)).unwrap();
            fs::write(
                chain(at),
                text.lines().take(3).map(|line| line.to_owned() + "\n").collect::<String>(),
            )
            .unwrap();
        }),
        ("the checkpoint is changed", &|at| replaced(&at.join("checkpoint.txt"), "\n4\n", "\n3\n")),
        ("a file is added", &|at| fs::write(at.join("objects/added"), "x").unwrap()),
    ];
    let mut noticed = String::new();
    for (number, (what, tamper)) in tampers.into_iter().enumerate() {
        let folder = world.path(&format!("tampered-{number}"));
        copied(&whole, &folder);
        tamper(&folder);
        let said = verified(&folder);
        assert_ne!(said, "", "not noticed: {what}");
        writeln!(noticed, "{what}:\n{}", said.replace(&entity, "ENTITY")).unwrap();
    }
    insta::assert_snapshot!(noticed, @"
    an entity is changed:
    altered: objects/ENTITY
    altered: objects/ENTITY
    an entity is taken down:
    absent: objects/ENTITY
    absent: objects/ENTITY
    a record is changed:
    altered: records/00000004.txt
    altered: records/00000004.txt
    a line is changed:
    altered: records/00000002.txt
    altered: line 2 of chain.txt, or the one before it
    altered: line 3 of chain.txt, or the one before it
    altered: chain.txt
    a line is dropped:
    altered: records/00000002.txt
    absent: a line before 3 in chain.txt
    altered: line 3 of chain.txt, or the one before it
    absent: a line before 4 in chain.txt
    altered: chain.txt does not end where checkpoint.txt says
    altered: chain.txt
    the end is cut:
    altered: records/00000004.txt
    altered: chain.txt does not end where checkpoint.txt says
    altered: chain.txt
    the checkpoint is changed:
    altered: chain.txt does not end where checkpoint.txt says
    altered: checkpoint.txt
    a file is added:
    altered: objects/added
    added: objects/added
    ");
}

/// The last line of what a bundle says after this was done to the store.
fn after(sql: &str) -> String {
    let (world, _site) = watched();
    let store = Connection::open(world.store()).unwrap();
    store.execute_batch(&format!("PRAGMA foreign_keys=OFF; {sql}")).unwrap();
    drop(store);
    world.palinode(&["evidence", "rules", "-o", world.path("proof").to_str().unwrap()]).to_string()
}

#[test]
fn what_was_altered_in_the_store_is_told_from_what_is_absent() {
    let mut told = String::new();
    for sql in [
        "UPDATE capture SET status = 404 WHERE id = 2",
        "UPDATE capture SET at = '2020-01-01T00:00:00.000Z' WHERE id = 3",
        "UPDATE source SET name = 'other.warc'",
        "UPDATE body SET data = x'00' WHERE id = 4",
        "UPDATE body SET data = x'' WHERE id = 4",
        "DELETE FROM chain WHERE seq = 2",
        "UPDATE chain SET record = (SELECT record FROM chain WHERE seq = 1) WHERE seq = 3",
        "UPDATE chain SET link = x'0000000000000000000000000000000000000000000000000000000000000000' WHERE seq = 4",
        // The end was cut: what is kept is chained anew, and only an older checkpoint shows it.
        "DELETE FROM chain WHERE seq = 4",
    ] {
        writeln!(told, "{sql}\n{}\n", after(sql)).unwrap();
    }
    insta::assert_snapshot!(told, @"
    UPDATE capture SET status = 404 WHERE id = 2
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    altered: link 2: the capture
    left out: 1 damaged or absent capture, and captures.warc.gz
    exit 3

    UPDATE capture SET at = '2020-01-01T00:00:00.000Z' WHERE id = 3
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    altered: link 3: the capture
    left out: 1 damaged or absent capture, and captures.warc.gz
    exit 3

    UPDATE source SET name = 'other.warc'
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    altered: link 4: the capture
    exit 3

    UPDATE body SET data = x'00' WHERE id = 4
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    altered: link 4: the entity, or a body that it leans on
    left out: 1 damaged or absent capture, and captures.warc.gz
    exit 3

    UPDATE body SET data = x'' WHERE id = 4
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    absent: link 4: the entity
    left out: 1 damaged or absent capture, and captures.warc.gz
    exit 3

    DELETE FROM chain WHERE seq = 2
    -- stderr --
    FOLDER/proof: 2 captures, in a chain of 3 links; read VERIFY.txt first
    absent: link 2: the line itself
    altered: link 3: the record, or the link before it
    exit 3

    UPDATE chain SET record = (SELECT record FROM chain WHERE seq = 1) WHERE seq = 3
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    altered: link 3: the record, or the link before it
    altered: link 3: the capture
    exit 3

    UPDATE chain SET link = x'0000000000000000000000000000000000000000000000000000000000000000' WHERE seq = 4
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    altered: link 4: the record, or the link before it
    exit 3

    DELETE FROM chain WHERE seq = 4
    -- stderr --
    FOLDER/proof: 3 captures, in a chain of 4 links; read VERIFY.txt first
    exit 0
    ");
}

#[test]
fn every_capture_is_a_link_from_the_moment_it_is_kept() {
    let (world, site) = watched();
    let counts = || {
        let store = Connection::open(world.store()).unwrap();
        let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
        (count("SELECT count(*) FROM capture"), count("SELECT count(*) FROM chain"))
    };
    assert_eq!(counts(), (4, 4));
    // A history from before there was a chain comes into it with the next capture.
    Connection::open(world.store()).unwrap().execute("DELETE FROM chain", []).unwrap();
    site.put("/rules", article("Rules", &["We may share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    assert_eq!(counts(), (5, 5));
    let folder = world.path("proof");
    world.palinode(&["evidence", "other", "-o", folder.to_str().unwrap()]).fine();
    assert_eq!(verified(&folder), "");
    let chain = fs::read_to_string(folder.join("chain.txt")).unwrap();
    assert!(chain.lines().count() == 5 && !chain.contains("http"), "{chain}");
    let again = world.palinode(&["evidence", "other", "-o", folder.to_str().unwrap()]);
    insta::assert_snapshot!(again, @"
    -- stderr --
    palinode: FOLDER/proof: File exists (os error 17)
    exit 2
    ");
}
