//! The index of the search keeps step with what is told.
//!
//! What a search finds by it is told in `searching`.

use rusqlite::Connection;

use crate::checking::{PROUD, seen_once};
use crate::history::told;
use crate::searching::three_pages;
use crate::site::article;
use crate::storing::{copied, flip, query};
use crate::world::World;

#[test]
fn a_page_that_changes_is_searched() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", article("Post", &[PROUD, "And proud of the lamps."]));
    world.wait(600).palinode(&["check", "--all"]).fine();
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
    let whole: String = query(&world.store(), "PRAGMA integrity_check");
    assert_eq!(whole, "ok");
}

/// A place in which `SQLite` cannot keep its own books beside the file, whoever runs this test.
pub(crate) fn hold_still(world: &World) {
    let store = Connection::open(world.store()).unwrap();
    store.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    std::fs::create_dir(world.path("palinode.db-shm")).unwrap();
}

#[test]
fn a_history_that_cannot_be_written_to_is_searched() {
    let world = copied(told());
    hold_still(&world);
    let sought = ["search", "proud to support"];
    assert_eq!(world.palinode(&sought).fine().said(), told().palinode(&sought).said());
}

#[test]
fn a_damaged_page_does_not_stand_in_the_way_of_a_search() {
    let (world, _site) = three_pages();
    flip(&world, "wording", "data", "id = 1 << 32");
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
    world.palinode(&["rebuild", "a"]).fine();
    let found = world.json(&["search", "proud", "--json"]);
    assert_eq!(found.as_array().unwrap().len(), 2);
}
