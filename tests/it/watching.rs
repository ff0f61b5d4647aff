//! What is watched: added, listed, removed; and what is refused, with the reason.
//!
//! Apart from `checking`, since here nothing is asked of a site except where there must be a history that stays.

use palinode::cli::Exit;

use crate::site::{Site, article};
use crate::world::World;

pub(crate) const POST: &str = "https://example.org/post";

/// What is watched, as the file that `apply` reads.
pub(crate) fn toml(world: &World) -> String {
    world.palinode(&["pages", "--toml"]).fine().said()
}

/// A world that watches one page called "post".
pub(crate) fn watching() -> World {
    let world = World::new();
    world.palinode(&["add", POST, "--name", "post"]).fine();
    world
}

/// The command is refused with this output, and what is watched stays as it is.
macro_rules! assert_refused {
    ($world:expr, $words:expr, $($expected:tt)*) => {
        let before = toml(&$world);
        insta::assert_snapshot!($world.palinode($words), $($expected)*);
        assert_eq!(toml(&$world), before);
    };
}

pub(crate) use assert_refused;

#[test]
fn a_page_is_added_and_listed() {
    let world = World::new();
    insta::assert_snapshot!(world.palinode(&["add", "HTTPS://Example.ORG:443/a/../post#top", "--name", "post", "--every", "1d"]), @"
    -- stderr --
    watching post every 1d
    exit 0
    ");
    world.palinode(&["add", "https://example.org/other", "--tag", "news"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    https://example.org/other  every 6h  –     never checked
    post                       every 1d  –     never checked
        https://example.org/post
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages", "--tag", "news"]), @"
    https://example.org/other  every 6h  –     never checked
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages", "--json", "--tag", "news"]), @r#"
    [
      {
        "url": "https://example.org/other",
        "name": null,
        "cadence": "6h",
        "select": [],
        "exclude": [],
        "phrases": [],
        "tags": [
          "news"
        ],
        "headers": [],
        "allow_private": false,
        "ignore_robots": false,
        "render": false,
        "confirm": true,
        "added_at": "2026-03-01T08:00:00.000Z",
        "revision": null,
        "last": null
      }
    ]
    exit 0
    "#);
}

#[test]
fn several_addresses_come_from_a_file() {
    let world = World::new();
    let list = world.file(
        "list.txt",
        "# two more\nhttps://example.org/b # the second\n\nhttps://example.org/c\n",
    );
    insta::assert_snapshot!(world.palinode(&["add", "https://example.org/a", "--from", &list]), @"
    -- stderr --
    watching https://example.org/a every 6h
    watching https://example.org/b every 6h
    watching https://example.org/c every 6h
    exit 0
    ");
}

#[test]
fn addresses_may_come_from_a_file_alone() {
    let world = World::new();
    let list = world.file("list.txt", "https://example.org/b\n");
    insta::assert_snapshot!(world.palinode(&["add", "--from", &list]), @"
    -- stderr --
    watching https://example.org/b every 6h
    exit 0
    ");
}

#[test]
fn a_wrong_line_of_a_list_is_refused_with_the_others() {
    let world = watching();
    let list = world.file("list.txt", "https://example.org/b\nexample.org/c\n");
    assert_refused!(world, &["add", "https://example.org/a", "--from", &list], @r#"
    -- stderr --
    palinode: "example.org/c" is not an address: relative URL without a base
    hint: write it in full, as in https://example.org/post
    exit 2
    "#);
}

#[test]
fn no_page_at_all_is_silent() {
    let world = watching();
    world.palinode(&["remove", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"exit 0");
    insta::assert_snapshot!(world.palinode(&["check"]), @"exit 0");
}

#[test]
fn what_is_no_address_is_refused() {
    let world = watching();
    assert_refused!(world, &["add", "example.org/post"], @r#"
    -- stderr --
    palinode: "example.org/post" is not an address: relative URL without a base
    hint: write it in full, as in https://example.org/post
    exit 2
    "#);
    assert_refused!(world, &["add", "ftp://example.org/post"], @"
    -- stderr --
    palinode: ftp://example.org/post: only http and https pages can be watched, not ftp
    exit 2
    ");
    assert_refused!(world, &["add", "https://me:secret@example.org/"], @"
    -- stderr --
    palinode: example.org: an address must not hold a user name or a password
    hint: use a request header instead
    exit 2
    ");
}

#[test]
fn what_is_no_setting_is_refused() {
    let world = watching();
    let other = "https://example.org/other";
    assert_refused!(world, &["add", other, "--select", "p["], @r#"
    -- stderr --
    palinode: "p[" is not a CSS selector: end of input
    hint: write it as in a style sheet: main, #content, .post > p
    exit 2
    "#);
    assert_refused!(world, &["add", other, "--every", "soon"], @r#"
    -- stderr --
    error: invalid value 'soon' for '--every <CADENCE>': "soon" is not a cadence: its unit is not one of s, m, h, d, w
    hint: write an interval like 15m, 6h or 1d, "decay", or a cron expression like "5 */6 * * *"

    For more information, try '--help'.
    exit 2
    "#);
    assert_refused!(world, &["add", other, "--every", "61 * * * *"], @r#"
    -- stderr --
    error: invalid value '61 * * * *' for '--every <CADENCE>': "61 * * * *" is not a cadence: component error: number out of bounds.
    hint: write an interval like 15m, 6h or 1d, "decay", or a cron expression like "5 */6 * * *"

    For more information, try '--help'.
    exit 2
    "#);
    assert_refused!(world, &["add", other, "--phrase", " "], @r#"
    -- stderr --
    palinode: the phrase " " holds no word
    exit 2
    "#);
    assert_refused!(world, &["add", other, "--header", "no colon"], @r#"
    -- stderr --
    palinode: a header must be written "Name: value"
    exit 2
    "#);
    assert_refused!(world, &["add", other, "--header", "a b: c"], @r#"
    -- stderr --
    palinode: "a b" is no name of a header
    exit 2
    "#);
    assert_refused!(world, &["add", other, "--name", "two\nlines"], @r#"
    -- stderr --
    palinode: "two
    lines" cannot be a name: it must hold letters, and no line breaks
    exit 2
    "#);
}

#[test]
fn what_is_there_already_is_refused() {
    let world = watching();
    assert_refused!(world, &["add", "https://example.org/new", POST], @"
    -- stderr --
    palinode: https://example.org/post is watched already
    hint: `palinode edit` changes its settings
    exit 2
    ");
    assert_refused!(world, &["add", "https://example.org/new", "--name", "post"], @r#"
    -- stderr --
    palinode: https://example.org/post is called "post" already
    exit 2
    "#);
    assert_refused!(world, &["add", "https://example.org/a", "https://example.org/b", "--name", "two"], @"
    -- stderr --
    palinode: one name cannot stand for several pages
    hint: add them one by one
    exit 2
    ");
}

#[test]
fn what_is_refused_leaves_no_empty_history() {
    let world = World::new();
    for words in [["--select", "p["], ["--phrase", ""], ["--name", POST]] {
        assert_eq!(world.palinode(&[&["add", POST], &words[..]].concat()).exit, Exit::Usage);
    }
    assert!(!world.store().exists());
}

#[test]
fn an_address_that_is_named_twice_is_one_page() {
    let world = World::new();
    let new = "https://example.org/new";
    insta::assert_snapshot!(world.palinode(&["add", new, new]), @"
    -- stderr --
    watching https://example.org/new every 6h
    exit 0
    ");
}

/// A name is free again once its page is no longer watched.
#[test]
fn the_name_of_a_removed_page_may_be_given_again() {
    let world = watching();
    world.palinode(&["remove", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["add", "https://example.org/new", "--name", "post"]), @"
    -- stderr --
    watching post every 6h
    exit 0
    ");
}

#[test]
fn a_removed_page_keeps_its_history_and_can_come_back() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &["Nothing is ever lost here."]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["remove", "post"]), @"
    -- stderr --
    post: no longer watched; its history stays under http://127.0.0.1:PORT/post
    exit 0
    ");
    assert_eq!(world.palinode(&["check", "--all"]).fine().said(), "");
    insta::assert_snapshot!(world.palinode(&["check", &site.url("/post")]), @"
    -- stderr --
    palinode: http://127.0.0.1:PORT/post is no longer watched
    hint: `palinode add` takes it up again
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["show", &site.url("/post")]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC)
    title: Post

    # Post

    Nothing is ever lost here.
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["add", &site.url("/post"), "--name", "again"]), @"
    -- stderr --
    watching again every 6h
    exit 0
    ");
    site.put("/post", article("Post", &["Nothing is ever quite lost here."]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    again  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (+1 word), UTC
        added     {+quite+} (in place)

      ~ Nothing is ever {+quite+} lost here.

    exit 0
    ");
    assert_eq!(world.palinode(&["remove", "again"]).exit, Exit::Fine);
}

#[test]
fn a_cron_cadence_is_kept_to() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &["On the hour."]));
    world.palinode(&["add", &site.url("/post"), "--every", "30 6 * * *"]).fine();
    for (time, asked) in [
        ("2026-03-01T08:00:00Z", 1),
        ("2026-03-01T20:00:00Z", 1),
        ("2026-03-02T06:29:00Z", 1),
        ("2026-03-02T06:30:00Z", 2),
        ("2026-03-02T06:31:00Z", 2),
        ("2026-03-04T00:00:00Z", 3),
    ] {
        world.at(time).palinode(&["check"]).fine();
        assert_eq!(site.requests().len(), asked, "at {time}");
    }
}
