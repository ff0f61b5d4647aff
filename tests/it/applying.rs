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
