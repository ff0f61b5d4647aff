//! The index of the search keeps step with what is told, and with histories that were written before there was one.
//!
//! What a search finds by it is told in `searching`.

use rusqlite::Connection;

use crate::checking::{PROUD, seen_once};
use crate::history::told;
use crate::searching::three_pages;
use crate::site::article;
use crate::storing::{copied, flip, query};
use crate::world::World;

/// A copy of a history as the first palinode kept it, which knew no search.
fn without_index(from: &World) -> World {
    const FIRST: &str =
        include_str!("../../src/store/migrations/0001-pages-captures-and-lives.sql");
    let world = World::new();
    let store = Connection::open(world.store()).unwrap();
    store.execute_batch("PRAGMA foreign_keys=OFF; PRAGMA journal_mode=WAL").unwrap();
    store.execute_batch(FIRST).unwrap();
    store.execute("ATTACH ?1 AS whole", [from.store().to_str().unwrap()]).unwrap();
    let tables = "SELECT group_concat('INSERT INTO main.' || name || ' SELECT * FROM whole.' || name, ';') FROM main.sqlite_schema WHERE type = 'table'";
    let copy: String = store.query_row(tables, [], |row| row.get(0)).unwrap();
    store.execute_batch(&copy).unwrap();
    let kind: i32 = query(&from.store(), "PRAGMA application_id");
    store.pragma_update(None, "application_id", kind).unwrap();
    store.pragma_update(None, "user_version", 1).unwrap();
    world
}

#[test]
fn a_history_from_before_there_was_a_search_is_searched() {
    let world = without_index(told());
    let sought = ["search", "proud to support"];
    assert_eq!(world.palinode(&sought).said(), told().palinode(&sought).said());
    let schema = |world: &World| query::<u32>(&world.store(), "PRAGMA user_version");
    assert_eq!(schema(&world), schema(told()));
    assert_eq!(query::<u32>(&world.store(), "SELECT count(*) FROM unindexed"), 0);
}

/// What a check tells of a page that is not indexed yet, the search finds together with the rest.
#[test]
fn a_page_that_changes_before_it_is_indexed_is_searched() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let world = without_index(&world);
    site.put("/post", article("Post", &[PROUD, "And proud of the lamps."]));
    world.wait(600).palinode(&["check", "--all"]).fine();
    assert_eq!(query::<u32>(&world.store(), "SELECT count(*) FROM unindexed"), 1);
    insta::assert_snapshot!(world.palinode(&["search", "proud"]), @"
    “proud” in 2 wordings on 1 page

    post
      stands  r2      first seen 2026-03-01 18:00, last seen 2026-03-01 18:00
                      And »proud« of the lamps.
      stands  r1–r2   first seen 2026-03-01 08:00, last seen 2026-03-01 18:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.
    exit 0
    ");
    site.put("/post", article("Post", &[PROUD, "And proud of the lights."]));
    world.wait(600).palinode(&["check", "--all"]).fine();
    insta::assert_snapshot!(world.palinode(&["search", "proud of the lights"]), @"
    “proud of the lights” in 1 wording on 1 page

    post
      stands  r3      first seen 2026-03-02 04:00, last seen 2026-03-02 04:00
                      And »proud of the lights«.
    exit 0
    ");
}

#[test]
fn a_rebuilt_history_is_searched() {
    let world = copied(told());
    let sought = ["search", "harbour", "--json"];
    let before = world.json(&sought);
    let wordings = "SELECT count(*) FROM wording_index_docsize";
    let count: u32 = query(&world.store(), wordings);
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.json(&sought), before);
    assert_eq!(query::<u32>(&world.store(), wordings), count);
    let old = without_index(told());
    old.palinode(&["rebuild"]).fine();
    assert_eq!(query::<u32>(&old.store(), "SELECT count(*) FROM unindexed"), 0);
    assert_eq!(old.json(&sought), before);
    let whole: String = query(&old.store(), "PRAGMA integrity_check");
    assert_eq!(whole, "ok");
}

/// A place in which `SQLite` cannot keep its own books beside the file, whoever runs this test.
fn hold_still(world: &World) {
    let store = Connection::open(world.store()).unwrap();
    store.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    std::fs::create_dir(world.path("palinode.db-shm")).unwrap();
}

#[test]
fn a_history_that_cannot_be_written_to_is_searched_if_it_was_indexed() {
    let world = copied(told());
    hold_still(&world);
    let sought = ["search", "proud to support"];
    assert_eq!(world.palinode(&sought).fine().said(), told().palinode(&sought).said());
    let old = without_index(told());
    hold_still(&old);
    old.palinode(&["log", "post"]).fine();
    insta::assert_snapshot!(old.palinode(&sought), @"
    -- stderr --
    palinode: FOLDER/palinode.db: it was written before there was a search, and it cannot be written to
    hint: search a copy of it, or use `palinode trace --all-pages PHRASE`, which needs no index
    exit 4
    ");
    let marked = without_index(told());
    marked.palinode(&["pages"]).fine();
    hold_still(&marked);
    insta::assert_snapshot!(marked.palinode(&sought), @"
    -- stderr --
    palinode: FOLDER/palinode.db: it was written before there was a search, and it cannot be written to
    hint: search a copy of it, or use `palinode trace --all-pages PHRASE`, which needs no index
    exit 4
    ");
}

#[test]
fn a_damaged_page_does_not_stand_in_the_way_of_a_search() {
    let (world, _site) = three_pages();
    let old = without_index(&world);
    for world in [&world, &old] {
        flip(world, "wording", "data", "id = 1 << 32");
    }
    insta::assert_snapshot!(world.palinode(&["search", "proud"]), @"
    “proud” in 1 wording on 1 page

    c
      stood   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      this wording was first missing 2026-03-01 18:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.
    -- stderr --
    palinode: the text of http://127.0.0.1:PORT/a is damaged: its digest does not match
    hint: `palinode rebuild http://127.0.0.1:PORT/a` tells it anew from what was captured
    exit 4
    ");
    let said = old.palinode(&["search", "proud"]).to_string();
    assert_eq!(said, world.palinode(&["search", "proud"]).to_string());
    for world in [world, old] {
        world.palinode(&["rebuild", "a"]).fine();
        let found = world.json(&["search", "proud", "--json"]);
        assert_eq!(found.as_array().unwrap().len(), 2);
    }
}
