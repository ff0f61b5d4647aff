//! What is kept: every byte as it was sent, every revision of a long past, and a file that says what is wrong with it.
//!
//! A history that cannot be read is told by name and never made anew; what can still be read is shown.

use std::io::{Read as _, Write as _};
use std::path::Path;

use palinode::cli::Exit;
use rusqlite::Connection;
use serde_json::Value;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::history::told;
use crate::site::{Reply, Site, article, article_html};
use crate::world::World;

/// A text that compresses as pages do.
fn long_page(number: usize) -> String {
    let paragraphs: Vec<String> = (0..30)
        .map(|line| {
            format!(
                "Paragraph {line} of revision {}, which says that {PROUD}",
                (line + number) % 40
            )
        })
        .collect();
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    article_html("The harbour", &paragraphs)
}

fn gzip(text: &[u8], level: u32) -> Vec<u8> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    coder.write_all(text).unwrap();
    coder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut coder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    coder.write_all(text).unwrap();
    coder.finish().unwrap()
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    brotli::CompressorReader::new(text, 4096, 5, 22).read_to_end(&mut coded).unwrap();
    coded
}

#[test]
fn every_entity_comes_back_bit_for_bit() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    let page = |number: usize| long_page(number).into_bytes();
    let sent = [
        ("identity", page(1)),
        ("gzip", gzip(&page(2), 6)),
        ("gzip", gzip(&page(3), 9)),
        ("gzip", gzip(&page(4), 0)),
        ("gzip", [gzip(&page(5)[..900], 6), gzip(&page(5)[900..], 6)].concat()),
        ("deflate", zlib(&page(6))),
        ("br", brotli(&page(7))),
        ("zstd", zstd::encode_all(page(8).as_slice(), 3).unwrap()),
        ("identity", page(9)),
    ];
    for (coding, entity) in &sent {
        site.put("/post", Reply::html(entity.clone()).with("Content-Encoding", coding));
        world.wait(600).palinode(&["check"]).fine();
    }
    for (index, (coding, entity)) in sent.iter().enumerate() {
        let raw = world.palinode(&["show", "post", &format!("r{}", index + 1), "--raw"]).fine();
        assert!(raw.stdout == *entity, "r{} ({coding}) is not what was sent", index + 1);
    }
}

/// Bodies are differences to their neighbours; forty of them span several of the chains that those make.
#[test]
fn forty_revisions_are_read_back_right() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for number in 0..40 {
        site.put("/post", Reply::html(long_page(number)));
        world.wait(600).palinode(&["check"]).fine();
    }
    for number in (0..40).rev() {
        let name = format!("r{}", number + 1);
        let raw = world.palinode(&["show", "post", &name, "--raw"]).fine();
        assert!(raw.stdout == long_page(number).into_bytes(), "{name} is not what was sent");
        let text = world.palinode(&["show", "post", &name]).fine().said().replace('\n', " ");
        assert!(text.contains(&format!("Paragraph 0 of revision {number},")), "{name}: {text}");
    }
    let deepest: u32 = query(&world.store(), "SELECT max(depth) FROM body");
    assert!((8..=16).contains(&deepest), "{deepest} bases to read one body");
}

pub(crate) fn query<T: rusqlite::types::FromSql>(store: &Path, sql: &str) -> T {
    Connection::open(store).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Everything that is told of a page, for programs.
fn all_told(world: &World, page: &str) -> Vec<Value> {
    [
        &["log", page, "--json", "--all"] as &[&str],
        &["events", page, "--json"],
        &["trace", page, "and proud", "--json"],
        &["show", page, "r2", "--json"],
        &["diff", page, "r1", "r2", "--json"],
    ]
    .map(|words| world.json(words))
    .to_vec()
}

/// A copy of a world's history, so that what a test does to it is nobody else's trouble.
pub(crate) fn copied(from: &World) -> World {
    let world = World::new();
    let sql = format!("VACUUM INTO '{}'", world.store().display());
    Connection::open(from.store()).unwrap().execute_batch(&sql).unwrap();
    world
}

#[test]
fn a_history_that_is_told_anew_is_the_same() {
    let world = copied(told());
    let before = all_told(&world, "post");
    insta::assert_snapshot!(world.palinode(&["rebuild"]), @"
    post: 6 revisions told anew from 6 captures
    exit 0
    ");
    assert_eq!(all_told(&world, "post"), before);
}

#[test]
fn the_seed_case_told_anew_is_the_same() {
    let world = World::new();
    let store = world.store().display().to_string();
    world.palinode(&["demo", "--keep", &store]).fine();
    let before = all_told(&world, "northlight");
    insta::assert_snapshot!(world.palinode(&["rebuild", "northlight"]), @"
    northlight: 6 revisions told anew from 10 captures
    exit 0
    ");
    assert_eq!(all_told(&world, "northlight"), before);
}

/// The checks that confirmed a collapse are not repeated: what was believed then is believed still.
#[test]
fn a_collapse_that_was_believed_is_believed_anew() {
    let (world, site) = seen_once(article("The harbour", &[PROUD, HUMBLE, PROUD, HUMBLE]));
    site.put("/post", article("The harbour", &["Nothing to see here, come back another day."]));
    for hour in ["08", "12", "16"] {
        world.at(&format!("2026-03-02T{hour}:00:00Z")).palinode(&["check", "--all"]);
    }
    let log = world.json(&["log", "post", "--json"]);
    assert_eq!(log["revisions"][0]["revision"], 2);
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.json(&["log", "post", "--json"]), log);
}

/// Flips the last bit of a blob. The row is the one that the condition names.
pub(crate) fn flip(world: &World, table: &str, column: &str, condition: &str) {
    let store = Connection::open(world.store()).unwrap();
    let row = format!("FROM {table} WHERE {condition}");
    let mut bytes: Vec<u8> =
        store.query_row(&format!("SELECT {column} {row}"), [], |row| row.get(0)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {condition}");
    assert_eq!(store.execute(&sql, [bytes]).unwrap(), 1);
}

#[test]
fn a_damaged_body_is_named_and_the_others_still_show() {
    let world = copied(told());
    flip(&world, "body", "data", "id = (SELECT max(id) FROM body)");
    let newest = world.json(&["log", "post", "--json"])["revisions"].as_array().unwrap().len() - 1;
    insta::assert_snapshot!(world.palinode(&["show", "post", &format!("r{newest}"), "--raw"]), @"
    -- stderr --
    palinode: what http://127.0.0.1:PORT/post sent at 2026-03-05T08:00:00.000Z (capture 5) is damaged: its digest does not match
    hint: the rest of the history can still be read; restore the file from a backup
    exit 4
    ");
    world.palinode(&["show", "post", "r1", "--raw"]).fine();
    world.palinode(&["show", "post", &format!("r{newest}")]).fine();
    world.palinode(&["log", "post"]).fine();
    let before = all_told(&world, "post");
    insta::assert_snapshot!(world.palinode(&["rebuild"]), @"
    -- stderr --
    palinode: what http://127.0.0.1:PORT/post sent at 2026-03-05T08:00:00.000Z (capture 5) is damaged: its digest does not match
    hint: the rest of the history can still be read; restore the file from a backup
    exit 4
    ");
    assert_eq!(all_told(&world, "post"), before, "a rebuild that fails changes nothing");
}

#[test]
fn a_damaged_capture_is_named() {
    let world = copied(told());
    flip(&world, "capture", "head", "id = (SELECT min(id) FROM capture)");
    insta::assert_snapshot!(world.palinode(&["show", "post", "r1", "--raw"]), @"
    -- stderr --
    palinode: what http://127.0.0.1:PORT/post sent at 2026-03-01T08:00:00.000Z (capture 1) is damaged: its digest does not match
    hint: the rest of the history can still be read; restore the file from a backup
    exit 4
    ");
    world.palinode(&["show", "post", "r2", "--raw"]).fine();
}

#[test]
fn a_damaged_wording_is_named_and_the_bodies_still_show() {
    let world = copied(told());
    flip(&world, "wording", "data", "id = (SELECT max(id) FROM wording)");
    insta::assert_snapshot!(world.palinode(&["show", "post", "r1"]), @"
    -- stderr --
    palinode: the text of http://127.0.0.1:PORT/post is damaged: its digest does not match
    hint: `palinode rebuild http://127.0.0.1:PORT/post` tells it anew from what was captured
    exit 4
    ");
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    -- stderr --
    palinode: the text of http://127.0.0.1:PORT/post is damaged: its digest does not match
    hint: `palinode rebuild http://127.0.0.1:PORT/post` tells it anew from what was captured
    exit 4
    ");
    world.palinode(&["show", "post", "r1", "--raw"]).fine();
    world.palinode(&["rebuild"]).fine();
    assert_eq!(
        all_told(&world, "post"),
        all_told(told(), "post"),
        "wordings are told from captures"
    );
}

#[test]
fn a_newer_history_is_left_alone() {
    let world = copied(told());
    Connection::open(world.store()).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: written by a newer palinode (schema 99, this one knows 8)
    hint: use the newer program; nothing was changed
    exit 4
    ");
    insta::assert_snapshot!(world.palinode(&["add", "https://example.org/"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: written by a newer palinode (schema 99, this one knows 8)
    hint: use the newer program; nothing was changed
    exit 4
    ");
    assert_eq!(query::<u32>(&world.store(), "PRAGMA user_version"), 99);
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let world = World::new();
    Connection::open(world.store()).unwrap().execute_batch("CREATE TABLE theirs (id)").unwrap();
    let before = std::fs::read(world.store()).unwrap();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: this is an SQLite file of another program
    hint: --db names another file
    exit 4
    ");
    assert_eq!(world.palinode(&["add", "https://example.org/"]).exit, Exit::Store);
    assert_eq!(std::fs::read(world.store()).unwrap(), before);
}

#[test]
fn a_text_is_no_history() {
    let world = World::new();
    world.file("palinode.db", &"This is a letter, and it is longer than a page. ".repeat(100));
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: this is not an SQLite file
    hint: --db names another file
    exit 4
    ");
    assert_eq!(world.palinode(&["add", "https://example.org/"]).exit, Exit::Store);
    assert!(std::fs::read_to_string(world.store()).unwrap().starts_with("This is a letter"));
}

#[test]
fn no_history_is_told_and_not_made() {
    let mut world = World::new();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: there is no history here yet
    hint: `palinode add URL` begins one; --db names another file
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: there is no history here yet
    hint: `palinode add URL` begins one; --db names another file
    exit 2
    ");
    let elsewhere = world.path("elsewhere.db").display().to_string();
    insta::assert_snapshot!(world.palinode(&["--db", &elsewhere, "log", "post"]), @"
    -- stderr --
    palinode: FOLDER/elsewhere.db: there is no history here yet
    hint: `palinode add URL` begins one; --db names another file
    exit 2
    ");
    assert!(!world.store().exists() && !world.path("elsewhere.db").exists());
    world.surroundings.store = None;
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    -- stderr --
    palinode: no place for the history is known
    hint: name a file with --db or PALINODE_DB, or set HOME
    exit 2
    ");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_history() {
    use std::os::unix::fs::PermissionsExt as _;
    let (world, _site) = seen_once(article("Post", &[PROUD]));
    for entry in std::fs::read_dir(world.path("")).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert!(mode == 0o600 || name.ends_with("-lock"), "{name} has mode {mode:o}");
    }
}

/// For people with any `SQLite` tool: the finding stands in a view.
#[test]
fn the_finding_can_be_read_without_palinode() {
    let sql = "SELECT words || ' | ' || first_missing || ' | ' || back_at FROM restoration WHERE kind = 'restored'";
    let found: String = query(&told().store(), sql);
    assert_eq!(found, "and proud | 2026-03-02T08:00:00.000Z | 2026-03-03T08:00:00.000Z");
}

#[test]
fn a_damaged_page_does_not_stand_in_the_way_of_the_others() {
    let (world, site) = seen_once(article("Harbour", &[PROUD, "More of it follows here."]));
    site.put("/other", article("Other", &["Another page, which is whole and stays so for now."]));
    world.palinode(&["add", &site.url("/other"), "--name", "other"]).fine();
    world.palinode(&["check", "--all"]).fine();
    flip(&world, "wording", "data", "id = 1 << 32");
    site.put("/post", article("Harbour", &[HUMBLE, "More of it follows here."]));
    site.put(
        "/other",
        article("Other", &["Another page, which is whole and changes all the same."]),
    );
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    other  r2 changed between 2026-03-01 08:00 and 2026-03-01 09:00 (+4 −4 words), UTC
        reworded  [-stays so for now-] {+changes all the same+} (in place)

      ~ Another page, which is whole and [-stays so for now-]{+changes all the same+}.

    -- stderr --
    post: the text of http://127.0.0.1:PORT/post is damaged: its digest does not match
    hint: `palinode rebuild http://127.0.0.1:PORT/post` tells it anew from what was captured
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["rebuild", "post"]), @"
    post: 1 revision told anew from 1 capture
    exit 0
    ");
    world.wait(60).palinode(&["check", "--all"]).fine();
}
