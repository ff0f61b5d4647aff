//! What is watched, kept in a file that a person edits: printed, applied, and refused as a whole when any of it is wrong.
//!
//! Apart from `watching`, since a file is applied entirely or not at all, and says in which entry the fault lies.

use super::watching::{POST, assert_refused, toml, watching};
use crate::world::World;

#[test]
fn a_file_of_pages_is_applied() {
    let world = watching();
    world.palinode(&["add", "https://example.org/old"]).fine();
    let file = world.file(
        "pages.toml",
        "[[page]]\nurl = 'https://example.org/post'\nname = 'blog'\n\n\
         [[page]]\nurl = 'https://example.org/new'\ncadence = '1d'\nphrases = ['proud to support']\n",
    );
    insta::assert_snapshot!(world.palinode(&["apply", &file, "--prune", "--dry-run"]), @"
    + https://example.org/new
    ~ https://example.org/post (name)
    - https://example.org/old
    exit 0
    ");
    assert!(toml(&world).contains("name = \"post\""), "a dry run changes nothing");
    insta::assert_snapshot!(world.palinode(&["apply", &file]), @"
    + https://example.org/new
    ~ https://example.org/post (name)
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["apply", &file, "--prune"]), @"
    - https://example.org/old
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["apply", &file, "--prune"]), @"
    -- stderr --
    nothing to change
    exit 0
    ");
}

#[test]
fn what_is_printed_can_be_applied() {
    let world = World::new();
    world
        .palinode(&[
            "add",
            POST,
            "--name",
            "a \"quoted\" name",
            "--select",
            "article > p",
            "--exclude",
            ".ads",
            "--every",
            "5 */6 * * *",
            "--phrase",
            "l'été",
            "--header",
            "Cookie: a=1; b=\"2\"",
            "--tag",
            "news",
        ])
        .fine();
    let printed = toml(&world);
    let file = world.file("pages.toml", &printed);
    insta::assert_snapshot!(world.palinode(&["apply", &file, "--prune"]), @"
    -- stderr --
    nothing to change
    exit 0
    ");
    let elsewhere = World::new();
    elsewhere.palinode(&["apply", &file]).fine();
    assert_eq!(toml(&elsewhere), printed);
    insta::assert_snapshot!(printed, @r#"
    [[page]]
    url = "https://example.org/post"
    name = 'a "quoted" name'
    select = ["article > p"]
    exclude = [".ads"]
    cadence = "5 */6 * * *"
    phrases = ["l'été"]
    tags = ["news"]

    [page.headers]
    Cookie = 'a=1; b="2"'
    "#);
}

#[test]
fn two_pages_may_swap_their_names() {
    let world = World::new();
    world.palinode(&["add", "https://example.org/a", "--name", "a"]).fine();
    world.palinode(&["add", "https://example.org/b", "--name", "b"]).fine();
    let swapped = toml(&world)
        .replace("name = \"a\"", "name = \"c\"")
        .replace("name = \"b\"", "name = \"a\"");
    let file = world.file("pages.toml", &swapped.replace("name = \"c\"", "name = \"b\""));
    insta::assert_snapshot!(world.palinode(&["apply", &file]), @"
    ~ https://example.org/a (name)
    ~ https://example.org/b (name)
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    b     every 6h  –     never checked
        https://example.org/a
    a     every 6h  –     never checked
        https://example.org/b
    exit 0
    ");
}

#[test]
fn a_wrong_file_is_refused_and_nothing_of_it_is_applied() {
    let world = watching();
    let good = "[[page]]\nurl = 'https://example.org/good'\n";
    let page = |rest: &str| world.file("pages.toml", &format!("{good}{rest}"));
    assert_refused!(world, &["apply", &page("[[page]]\nurl = 'post'\n")], @r#"
    -- stderr --
    palinode: FOLDER/pages.toml: page 2: "post" is not an address: relative URL without a base
    hint: write it in full, as in https://example.org/post
    hint: nothing was changed
    exit 2
    "#);
    assert_refused!(world, &["apply", &page("[[page]]\nurl = 'https://b.example/'\nselect = ['p[']\n")], @r#"
    -- stderr --
    palinode: FOLDER/pages.toml: page 2 (https://b.example/): "p[" is not a CSS selector: end of input
    hint: write it as in a style sheet: main, #content, .post > p
    hint: nothing was changed
    exit 2
    "#);
    assert_refused!(world, &["apply", &page("[[page]]\nurl = 'https://b.example/'\ncadence = '6 hours'\n")], @r#"
    -- stderr --
    palinode: FOLDER/pages.toml: page 2 (https://b.example/): "6 hours" is not a cadence: invalid pattern: pattern must have between 5 and 7 fields.
    hint: write an interval like 15m, 6h or 1d, "decay", or a cron expression like "5 */6 * * *"
    hint: nothing was changed
    exit 2
    "#);
    assert_refused!(world, &["apply", &page("[[page]]\nurl = 'https://b.example/'\nselct = ['p']\n")], @"
    -- stderr --
    palinode: FOLDER/pages.toml: page 2 (https://b.example/): unknown field `selct`, expected one of `name`, `select`, `exclude`, `cadence`, `phrases`, `headers`, `tags`, `allow_private`, `ignore_robots`, `render`, `confirm`
    hint: nothing was changed
    exit 2
    ");
    assert_refused!(world, &["apply", &page(good)], @"
    -- stderr --
    palinode: FOLDER/pages.toml: page 2 (https://example.org/good): page 1 has the same address
    hint: nothing was changed
    exit 2
    ");
    assert_refused!(world, &["apply", &page("[[page]\n")], @"
    -- stderr --
    palinode: FOLDER/pages.toml: TOML parse error at line 3, column 8
      |
    3 | [[page]
      |        ^
    unclosed array table, expected `]`
    hint: nothing was changed
    exit 2
    ");
    assert_refused!(world, &["apply", "nowhere.toml"], @"
    -- stderr --
    palinode: nowhere.toml: No such file or directory (os error 2)
    exit 2
    ");
}

/// The name belongs to a page that the file does not name.
#[test]
fn a_name_that_is_taken_is_refused_in_a_file() {
    let world = watching();
    let file =
        world.file("pages.toml", "[[page]]\nurl = 'https://example.org/new'\nname = 'post'\n");
    assert_refused!(world, &["apply", &file], @r#"
    -- stderr --
    palinode: FOLDER/pages.toml: page 1 (https://example.org/new): https://example.org/post is called "post" already
    hint: nothing was changed
    exit 2
    "#);
}

#[test]
fn what_is_followed_stands_in_the_file_too() {
    let world = World::new();
    world.palinode(&["follow", "https://example.org/old.xml", "--name", "old"]).fine();
    let file = world.file(
        "pages.toml",
        "[[page]]\nurl = 'https://example.org/post'\n\n\
         [[follow]]\nurl = 'https://example.org/feed'\nname = 'blog'\nonly = ['/posts/']\npages = { tags = ['posts'] }\n",
    );
    insta::assert_snapshot!(world.palinode(&["apply", &file, "--prune", "--dry-run"]), @"
    + follow https://example.org/feed
    - follow https://example.org/old.xml
    + https://example.org/post
    exit 0
    ");
    world.palinode(&["apply", &file]).fine();
    insta::assert_snapshot!(world.palinode(&["following"]), @"
    blog  every 1h  never looked at
        https://example.org/feed
    old  every 1h  never looked at
        https://example.org/old.xml
    exit 0
    ");
    let printed = toml(&world);
    insta::assert_snapshot!(printed, @r#"
    [[follow]]
    url = "https://example.org/feed"
    name = "blog"
    cadence = "1h"
    only = ["/posts/"]
    limit = 100
    most = 1000

    [follow.pages]
    cadence = "6h"
    tags = ["posts"]

    [[follow]]
    url = "https://example.org/old.xml"
    name = "old"
    cadence = "1h"
    limit = 100
    most = 1000

    [follow.pages]
    cadence = "6h"

    [[page]]
    url = "https://example.org/post"
    cadence = "6h"
    "#);
    let elsewhere = World::new();
    let copy = elsewhere.file("pages.toml", &printed);
    elsewhere.palinode(&["apply", &copy]).fine();
    assert_eq!(toml(&elsewhere), printed);
    insta::assert_snapshot!(elsewhere.palinode(&["apply", &copy, "--prune"]), @"
    -- stderr --
    nothing to change
    exit 0
    ");
    // Two may swap their names, and one may be set anew.
    let swapped = printed
        .replace("\"old\"", "\"x\"")
        .replace("\"blog\"", "\"old\"")
        .replace("\"x\"", "\"blog\"");
    let swapped = elsewhere.file("swapped.toml", &swapped);
    insta::assert_snapshot!(elsewhere.palinode(&["apply", &swapped, "--prune"]), @"
    ~ follow https://example.org/feed
    ~ follow https://example.org/old.xml
    exit 0
    ");
    let empty = elsewhere.file("empty.toml", "");
    insta::assert_snapshot!(elsewhere.palinode(&["apply", &empty, "--prune"]), @"
    - follow https://example.org/feed
    - follow https://example.org/old.xml
    - https://example.org/post
    exit 0
    ");
    for (wrong, why) in [
        ("[[follow]]\nname = 'x'", "follow 1: it has no url"),
        ("[follow]\nurl = 'http://a.example/'", "must stand under [[follow]]"),
        ("[[follow]]\nurl = 'http://a.example/'\nonly = ['[']", "is no regular expression"),
        ("[[follow]]\nurl = 'http://a.example/'\npages = { name = 'x' }", "one name cannot"),
        ("[[follow]]\nurl = 'http://a.example/'\nselect = ['p']", "unknown field `select`"),
        (
            "[[follow]]\nurl = 'http://a.example/'\nname = 'x'\n[[page]]\nurl = 'http://a.example/'\nname = 'x'",
            "page 1 has the same name",
        ),
    ] {
        let file = elsewhere.file("wrong.toml", wrong);
        let output = elsewhere.palinode(&["apply", &file]);
        assert_eq!(output.exit, palinode::cli::Exit::Usage, "{output}");
        assert!(output.stderr.contains(why), "{output}");
    }
}
