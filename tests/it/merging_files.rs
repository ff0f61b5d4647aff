//! Which files can be joined to a history, and what is said of those that cannot.

use std::fs;

use palinode::cli::Exit;
use palinode::store::Store;

use crate::importing::PAGE;
use crate::merging::{Two, joined, looks, merged, two};
use crate::world::World;

#[test]
fn pages_that_only_the_other_one_has_are_asked_for() {
    let two = two();
    let (away, here) = (&two.away, World::new());
    here.at("2026-03-10T00:00:00Z");
    insta::assert_snapshot!(joined(&here, away, &["--as", "laptop"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: there is no history here yet
    hint: `palinode add URL` begins one; --db names another file
    exit 2
    ");
    let nowhere = here.path("nowhere.db");
    assert_eq!(here.palinode(&["merge", nowhere.to_str().unwrap(), "--add"]).exit, Exit::Usage);
    assert!(!here.store().exists(), "a history was begun for nothing");
    here.palinode(&["add", PAGE]).fine();
    insta::assert_snapshot!(joined(&here, away, &["--as", "laptop"]), @"
    -- stderr --
    OTHER/palinode.db: 0 pages in both, 0 captures kept, 0 runs of checks, 1 page not watched here
    exit 0
    ");
    insta::assert_snapshot!(joined(&here, away, &["--as", "laptop", "--page", "post"]), @r#"
    -- stderr --
    palinode: no page is called "post"
    hint: `palinode pages` lists them
    exit 2
    "#);
    insta::assert_snapshot!(joined(&here, away, &["--add", "--page", "post"]), @"
    post: 3 revisions told anew from 3 captures, 0 before
    -- stderr --
    OTHER/palinode.db: 1 page in both, 3 captures kept, 5 runs of checks
    exit 0
    ");
    insta::assert_snapshot!(here.palinode(&["pages"]), @"
    post                    every 6h  r3    never checked
        http://127.0.0.1:PORT/post
    http://page.test/rules  every 6h  –     never checked
    exit 0
    ");
    insta::assert_snapshot!(here.palinode(&["show", "post"]), @"
    post  r3
    seen from 2026-03-01 22:00 to 2026-03-01 22:00 (UTC)
    taken by the palinode laptop, not seen by palinode itself
    title: The harbour

    # The harbour

    We support no harbour.

    The rest of the page stays as it is, for everybody who reads it, today and tomorrow.
    exit 0
    ");
}

#[test]
fn a_file_that_cannot_be_joined_is_named() {
    let Two { home, away, .. } = &two();
    let merge = |file: &str| home.palinode(&["merge", file, "--as", "laptop"]);
    let path = |name: &str| home.path(name).into_os_string().into_string().unwrap();
    insta::assert_snapshot!(merge(&path("nowhere.db")), @"
    -- stderr --
    palinode: FOLDER/nowhere.db: there is no such file
    hint: name the file in which another palinode keeps its history
    exit 2
    ");
    insta::assert_snapshot!(merge(home.store().to_str().unwrap()), @"
    -- stderr --
    palinode: FOLDER/palinode.db: this is the history itself
    hint: name the file of another palinode
    exit 2
    ");
    insta::assert_snapshot!(merge(&home.file("empty.db", "")), @"
    -- stderr --
    palinode: FOLDER/empty.db: the file is empty
    hint: name the file in which another palinode keeps its history
    exit 2
    ");
    insta::assert_snapshot!(merge(&home.file("text.db", &"no database\n".repeat(99))), @"
    -- stderr --
    palinode: FOLDER/text.db: this is not an SQLite file
    hint: nothing was changed; name the file of another palinode, or a backup of it
    exit 2
    ");
    let sql = |name: &str, sql: &str| {
        let connection = rusqlite::Connection::open(home.path(name)).unwrap();
        connection.execute_batch(sql).unwrap();
        path(name)
    };
    insta::assert_snapshot!(merge(&sql("foreign.db", "CREATE TABLE t (a)")), @"
    -- stderr --
    palinode: FOLDER/foreign.db: this is an SQLite file of another program
    hint: name the file in which another palinode keeps its history
    exit 2
    ");
    insta::assert_snapshot!(merge(&sql("blank.db", "PRAGMA user_version = 0; VACUUM")), @"
    -- stderr --
    palinode: FOLDER/blank.db: this is an SQLite file of another program
    hint: name the file in which another palinode keeps its history
    exit 2
    ");
    for (name, version) in [("newer.db", 99), ("older.db", 0)] {
        fs::copy(away.store(), home.path(name)).unwrap();
        sql(name, &format!("PRAGMA user_version = {version}"));
    }
    insta::assert_snapshot!(merge(&path("newer.db")), @"
    -- stderr --
    palinode: FOLDER/newer.db: written by a newer palinode (schema 99, this one knows 1)
    hint: use the newer program; nothing was changed
    exit 2
    ");
    insta::assert_snapshot!(merge(&path("older.db")), @"
    -- stderr --
    palinode: FOLDER/older.db: written by an older palinode (schema 0, this one reads 1)
    hint: nothing is written to it here; any command with --db brings it, or a copy of it, up to date
    exit 2
    ");
    let bare = World::new();
    bare.palinode(&["add", PAGE]).fine();
    insta::assert_snapshot!(joined(home, &bare, &["--as", "laptop"]), @"
    -- stderr --
    palinode: OTHER/palinode.db: no capture is in it yet
    hint: nothing was changed
    exit 2
    ");
    let cut = fs::read(away.store()).unwrap();
    fs::write(home.path("cut.db"), &cut[..cut.len() / 2]).unwrap();
    insta::assert_snapshot!(merge(&path("cut.db")), @"
    -- stderr --
    palinode: FOLDER/cut.db: the file is damaged
    hint: nothing was changed; name the file of another palinode, or a backup of it
    exit 2
    ");
    // The names of observers stay, and are of one each.
    home.at("2026-03-10T00:00:00Z");
    insta::assert_snapshot!(joined(home, away, &[]), @"
    -- stderr --
    palinode: OTHER/palinode.db: what is this palinode to be called here?
    hint: --as NAME is what its captures are labelled with, and it stays
    exit 2
    ");
    insta::assert_snapshot!(joined(home, away, &["--as", " "]), @"
    -- stderr --
    palinode: --as asks for a name in plain letters
    exit 2
    ");
    joined(home, away, &["--as", "laptop"]).fine();
    insta::assert_snapshot!(joined(home, away, &["--as", "desk"]), @r#"
    -- stderr --
    palinode: OTHER/palinode.db: this history was merged as "laptop" before, and the name stays
    hint: leave --as out, or write --as laptop
    exit 2
    "#);
    let third = Two::new();
    third.says("Somebody else's page.");
    looks(&third.home, 8);
    insta::assert_snapshot!(joined(home, &third.home, &["--as", "laptop"]), @r#"
    -- stderr --
    palinode: OTHER/palinode.db: another history was merged as "laptop" before
    hint: --as NAME calls this one otherwise
    exit 2
    "#);
    // A copy of one's own history is no other witness.
    fs::copy(home.store(), home.path("copy.db")).unwrap();
    insta::assert_snapshot!(home.palinode(&["merge", &path("copy.db")]), @"
    -- stderr --
    FOLDER/copy.db: 1 page in both, 0 captures kept, 0 runs of checks, 5 known already
    exit 0
    ");
    home.palinode(&["verify"]).fine();
}

/// What is damaged over there is left, and what its chain does not bear out.
#[test]
fn what_is_altered_there_is_not_taken() {
    let Two { home, away, .. } = &two();
    fs::copy(away.store(), home.path("altered.db")).unwrap();
    let altered = rusqlite::Connection::open(home.path("altered.db")).unwrap();
    altered.execute("UPDATE capture SET status = 201 WHERE id = 2", []).unwrap();
    drop(altered);
    home.at("2026-03-10T00:00:00Z");
    let file = home.path("altered.db");
    insta::assert_snapshot!(home.palinode(&["merge", file.to_str().unwrap()]), @"
    post: 3 revisions told anew from 4 captures, 2 before
    -- stderr --
    FOLDER/altered.db: 1 page in both, 2 captures kept, 3 runs of checks, 1 left: damaged, or not what its chain says
    exit 3
    ");
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c3  2026-03-01 09:00  r1
        taken by the palinode altered, not seen by palinode itself
    c2  2026-03-01 16:00  r2
    c4  2026-03-01 22:00  r3
        taken by the palinode altered, not seen by palinode itself
    exit 0
    ");
}

/// Its owner goes on writing meanwhile, and is seen as far as they have come.
#[test]
fn a_history_that_is_in_use_can_be_merged() {
    let Two { home, away, .. } = &two();
    let mut used = Store::open(&away.store()).unwrap();
    let writing = used.write().unwrap();
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    post: 3 revisions told anew from 5 captures, 2 before
    -- stderr --
    OTHER/palinode.db: 1 page in both, 3 captures kept, 5 runs of checks
    exit 0
    ");
    writing.commit().unwrap();
    away.palinode(&["verify"]).fine();
    // A clock that is ahead: what has not come here yet is left for another time.
    home.at("2026-03-01T13:00:00Z");
    insta::assert_snapshot!(joined(home, away, &[]), @"
    -- stderr --
    OTHER/palinode.db: 1 page in both, 0 captures kept, 0 runs of checks, 1 known already, 5 left: of a time that has not come here yet
    exit 0
    ");
}
