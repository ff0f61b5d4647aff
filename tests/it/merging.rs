//! The history of another palinode, joined to this one: what it brings, whose word it is, and how often it is taken.

use std::fs;

use palinode::store::Store;
use palinode::watch::{Strangers, Wanted, merge};

use crate::importing::{import, rules};
use crate::rendering::{app, watching};
use crate::site::{Site, article};
use crate::warc::response;
use crate::world::{Output, World};

const REST: &str =
    "The rest of the page stays as it is, for everybody who reads it, today and tomorrow.";

/// Two palinodes that watch one page of one site.
pub(crate) struct Two {
    pub(crate) home: World,
    pub(crate) away: World,
    pub(crate) site: Site,
}

impl Two {
    pub(crate) fn new() -> Self {
        let two = Self { home: World::new(), away: World::new(), site: Site::new() };
        for world in [&two.home, &two.away] {
            world.palinode(&["add", &two.site.url("/post"), "--name", "post"]).fine();
        }
        two
    }

    /// The page says this from now on.
    pub(crate) fn says(&self, text: &str) -> &Self {
        self.site.put("/post", article("The harbour", &[text, REST]));
        self
    }
}

/// One of them looks at this hour after the first of March began.
pub(crate) fn looks(world: &World, hour: u32) {
    world.at(&format!("2026-03-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24));
    world.palinode(&["check", "--all"]).fine();
}

/// Joins the history of one to that of another, at the end of the ninth of March.
pub(crate) fn merged(into: &World, from: &World, name: &str) -> Output {
    into.at("2026-03-10T00:00:00Z");
    joined(into, from, &["--as", name])
}

/// The same with these words and now; the folder of the other one is masked.
pub(crate) fn joined(into: &World, from: &World, words: &[&str]) -> Output {
    let file = from.store();
    let mut output = into.palinode(&[&["merge", file.to_str().unwrap()], words].concat());
    let folder = file.parent().unwrap().display().to_string();
    output.stderr = output.stderr.replace(&folder, "OTHER");
    output
}

/// Home sees the first two texts; away sees the second one sooner, and a third one.
pub(crate) fn two() -> Two {
    let two = Two::new();
    two.says("We are proud to support the harbour.");
    looks(&two.home, 8);
    looks(&two.away, 9);
    looks(&two.home, 10);
    looks(&two.away, 11);
    looks(&two.away, 12);
    two.says("We support the harbour.");
    looks(&two.away, 14);
    looks(&two.home, 16);
    looks(&two.away, 18);
    looks(&two.home, 20);
    two.says("We support no harbour.");
    looks(&two.away, 22);
    two
}

#[test]
fn what_another_palinode_saw_bounds_what_happened_and_is_labelled() {
    let Two { home, away, .. } = &two();
    let before = fs::read(away.store()).unwrap();
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    post: 3 revisions told anew from 5 captures, 2 before
    -- stderr --
    OTHER/palinode.db: 1 page in both, 3 captures kept, 5 runs of checks
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["log", "post"]), @"
    post
    10 checks from 2026-03-01 08:00 to 2026-03-01 22:00 (UTC), 6 of them made by others

    r3  changed between 2026-03-01 20:00 and 2026-03-01 22:00
        +1 −1 word; seen until 2026-03-01 22:00 in 1 check
        taken by the palinode laptop, not seen by palinode itself
        reworded  [-the-] {+no+} (in place)

    r2  changed between 2026-03-01 12:00 and 2026-03-01 14:00
        −3 words; seen until 2026-03-01 20:00 in 4 checks
        taken by the palinode laptop, not seen by palinode itself
        removed   [-are proud to-] (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 12:00 in 5 checks
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c3  2026-03-01 09:00  r1
        taken by the palinode laptop, not seen by palinode itself
    c4  2026-03-01 14:00  r2
        taken by the palinode laptop, not seen by palinode itself
    c2  2026-03-01 16:00  r2
    c5  2026-03-01 22:00  r3
        taken by the palinode laptop, not seen by palinode itself
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["witnesses", "post"]), @"
    post
    this palinode (4 checks), the palinode laptop (6 checks); times are of each one's own clock, in UTC

    2026-03-01 08:00 to 2026-03-01 10:00  r1  this palinode, 2 checks
        the palinode laptop agrees

    2026-03-01 09:00 to 2026-03-01 12:00  r1  the palinode laptop, 3 checks
        this palinode agrees

    2026-03-01 14:00 to 2026-03-01 18:00  r2  the palinode laptop, 2 checks
        this palinode agrees

    2026-03-01 16:00 to 2026-03-01 20:00  r2  this palinode, 2 checks
        the palinode laptop agrees

    2026-03-01 22:00 to 2026-03-01 22:00  r3  the palinode laptop, 1 check
        nobody else looked
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["verify"]), @"
    whole: 1 page, 5 captures, 3 revisions, 9 observations, 3 bodies
    exit 0
    ");
    // A second time adds nothing, and a rebuild tells the same.
    let told = home.palinode(&["log", "post", "--json"]).said();
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    -- stderr --
    OTHER/palinode.db: 1 page in both, 0 captures kept, 0 runs of checks, 3 known already
    exit 0
    ");
    home.palinode(&["rebuild"]).fine();
    assert_eq!(home.palinode(&["log", "post", "--json"]).said(), told);
    assert_eq!(fs::read(away.store()).unwrap(), before, "the other file was written");
    let beside = fs::read_dir(away.store().parent().unwrap()).unwrap();
    let mut beside: Vec<_> = beside.map(|it| it.unwrap().file_name()).collect();
    beside.sort();
    assert_eq!(beside, ["palinode.db", "palinode.db-lock"]);
}

#[test]
fn the_other_one_goes_on_and_is_merged_again() {
    let two = two();
    let Two { home, away, .. } = &two;
    merged(home, away, "laptop").fine();
    looks(away, 24);
    looks(away, 26);
    two.says("We support every harbour.");
    looks(away, 28);
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    post: 4 revisions told anew from 6 captures, 3 before
    -- stderr --
    OTHER/palinode.db: 1 page in both, 1 capture kept, 2 runs of checks, 3 known already
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["log", "post", "--limit", "2"]), @"
    post
    13 checks from 2026-03-01 08:00 to 2026-03-02 04:00 (UTC), 9 of them made by others

    r4  changed between 2026-03-02 02:00 and 2026-03-02 04:00
        +1 −1 word; seen until 2026-03-02 04:00 in 1 check
        taken by the palinode laptop, not seen by palinode itself
        reworded  [-no-] {+every+} (in place)

    r3  changed between 2026-03-01 20:00 and 2026-03-01 22:00
        +1 −1 word; seen until 2026-03-02 02:00 in 3 checks
        taken by the palinode laptop, not seen by palinode itself
        reworded  [-the-] {+no+} (in place)

    ⋯ 2 older; --all shows them
    exit 0
    ");
    // The page is checked as ever; what the other one saw first is no news any more.
    home.at("2026-03-11T00:00:00Z");
    insta::assert_snapshot!(home.palinode(&["check", "--all"]), @"exit 0");
    two.says("We support one harbour.");
    home.at("2026-03-12T00:00:00Z");
    insta::assert_snapshot!(home.palinode(&["check", "--all"]), @"
    post  r5 changed between 2026-03-11 00:00 and 2026-03-12 00:00 (+1 −1 word), UTC
        reworded  [-every-] {+one+} (in place)

      ~ We support [-every-]{+one+} harbour.

    exit 0
    ");
    home.palinode(&["verify"]).fine();
}

/// Whatever was kept before a merge was killed is told by the next one, once.
#[test]
fn a_merge_that_was_killed_is_finished_by_the_next() {
    let Two { home, away, .. } = &two();
    let whole = World::new();
    fs::copy(home.store(), whole.store()).unwrap();
    merged(&whole, away, "laptop").fine();
    let wanted = Wanted {
        name: "laptop".to_owned(),
        only: std::collections::BTreeSet::new(),
        strangers: Strangers::Left,
    };
    let other = Store::open_other(&away.store()).unwrap();
    let mut store = Store::open(&home.store()).unwrap();
    let now = "2026-03-10T00:00:00Z".parse().unwrap();
    assert_eq!(merge(&mut store, &other, &wanted, now).unwrap().kept, 3);
    drop((store, other));
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    post: 3 revisions told anew from 5 captures, 2 before
    -- stderr --
    OTHER/palinode.db: 1 page in both, 0 captures kept, 0 runs of checks, 3 known already
    exit 0
    ");
    for listing in ["log", "captures", "witnesses"] {
        let [home, whole] = [home, &whole].map(|it| it.palinode(&[listing, "post", "--json"]));
        assert_eq!(home.said(), whole.said(), "{listing}");
    }
}

/// What the other one has from others keeps its origin, by whatever way it comes.
#[test]
fn what_the_other_one_has_from_others_keeps_its_origin() {
    let two = two();
    let Two { home, away, .. } = &two;
    let url = two.site.url("/post");
    let html = rules("We never share your data.");
    import(away, "old.warc", &[response("1", "2024-01-10T08:00:00Z", &url, &html)]).fine();
    let third = World::new();
    third.palinode(&["add", &url, "--name", "post"]).fine();
    merged(&third, away, "laptop").fine();
    insta::assert_snapshot!(merged(home, &third, "tower"), @"
    post: 4 revisions told anew from 6 captures, 2 before
    -- stderr --
    OTHER/palinode.db: 1 page in both, 4 captures kept, 5 runs of checks
    exit 0
    ");
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c3  2024-01-10 08:00  r1
        told by the file old.warc, handed on by tower, not seen by palinode itself
    c1  2026-03-01 08:00  r2
    c4  2026-03-01 09:00  r2
        taken by the palinode laptop, handed on by tower, not seen by palinode itself
    c5  2026-03-01 14:00  r3
        taken by the palinode laptop, handed on by tower, not seen by palinode itself
    c2  2026-03-01 16:00  r3
    c6  2026-03-01 22:00  r4
        taken by the palinode laptop, handed on by tower, not seen by palinode itself
    exit 0
    ");
    // From the one who took them, the same are known.
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    -- stderr --
    OTHER/palinode.db: 1 page in both, 0 captures kept, 0 runs of checks, 4 known already
    exit 0
    ");
    insta::assert_snapshot!(merged(away, home, "home"), @"
    post: 4 revisions told anew from 6 captures
    -- stderr --
    OTHER/palinode.db: 1 page in both, 2 captures kept, 4 runs of checks, 4 known already
    exit 0
    ");
    // And what comes back from there is one's own.
    insta::assert_snapshot!(merged(home, away, "laptop"), @"
    -- stderr --
    OTHER/palinode.db: 1 page in both, 0 captures kept, 0 runs of checks, 6 known already
    exit 0
    ");
    for world in [home, away, &third] {
        world.palinode(&["verify"]).fine();
    }
    let log = home.json(&["captures", "post", "--json"]);
    insta::assert_snapshot!(log["captures"][0]["source"]["via"], @r#""tower""#);
}

/// What scripts made of a page is brought along, and read.
#[test]
fn what_scripts_made_of_a_page_comes_along() {
    let site = app(&["We are proud to support the harbour, its clerks and all who wait there."]);
    let (home, away) = (&watching(&site), &watching(&site));
    away.palinode(&["check"]).fine();
    merged(home, away, "laptop").fine();
    let rendered =
        [home, away].map(|it| it.palinode(&["show", "post", "--rendered"]).fine().stdout);
    assert!(rendered[0] == rendered[1] && rendered[0].len() > 200);
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1, scripts run
        taken by the palinode laptop, not seen by palinode itself
    exit 0
    ");
    home.palinode(&["verify"]).fine();
}

#[test]
fn what_was_said_of_a_capture_there_and_who_took_it_is_told() {
    let Two { home, away, .. } = &two();
    away.palinode(&["disbelieve", "post", "r3"]).fine();
    merged(home, away, "laptop").fine();
    insta::assert_snapshot!(home.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c3  2026-03-01 09:00  r1
        taken by the palinode laptop, not seen by palinode itself
    c4  2026-03-01 14:00  r2
        taken by the palinode laptop, not seen by palinode itself
    c2  2026-03-01 16:00  r2
    c5  2026-03-01 22:00  r3
        taken by the palinode laptop, not believed by hand there, not seen by palinode itself
    exit 0
    ");
    away.palinode(&["believe", "post", "c3"]).fine();
    merged(home, away, "laptop").fine();
    let captures = home.json(&["captures", "post", "--json"]);
    insta::assert_snapshot!(captures["captures"][4]["source"]["verdict"], @r#""believed""#);
    let folder = home.path("evidence");
    home.palinode(&["evidence", "post", "-o", folder.to_str().unwrap()]).fine();
    let record = fs::read_to_string(folder.join("records/00000004.txt")).unwrap();
    let theirs = Store::open(&away.store()).unwrap().chain().unwrap();
    let line = theirs[1].line();
    assert!(record.contains(&format!("\nsource palinode laptop {line}")), "{record}");
    let claim = "taken by the palinode laptop";
    assert!(home.palinode(&["feed"]).said().contains(claim));
    let served = home.palinode(&["show", "post", "r2"]).said();
    assert!(served.contains(claim), "{served}");
}
