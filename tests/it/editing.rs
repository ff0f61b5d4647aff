//! What is set of a page and changed later, and what becomes of the history that was read by the old settings.
//!
//! Apart from `watching`, since an edit must never look like a change of the page.

use super::watching::{assert_refused, toml, watching};
use crate::site::{Reply, Site};
use crate::world::World;

#[test]
fn settings_are_edited_and_cleared() {
    let world = watching();
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--every", "15m", "--phrase", "proud to support"]), @"
    -- stderr --
    post: changed cadence, phrases
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--every", "15m"]), @"
    -- stderr --
    post: nothing to change
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--clear", "phrases", "--name", "blog"]), @"
    -- stderr --
    post: changed name, phrases
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages", "--toml"]), @r#"
    [[page]]
    url = "https://example.org/post"
    name = "blog"
    cadence = "15m"
    exit 0
    "#);
}

#[test]
fn a_wrong_edit_is_refused() {
    let world = watching();
    world.palinode(&["add", "https://example.org/other", "--name", "other"]).fine();
    assert_refused!(world, &["edit", "post", "--name", "other"], @r#"
    -- stderr --
    palinode: https://example.org/other is called "other" already
    exit 2
    "#);
    assert_refused!(world, &["edit", "post", "--every", "1d", "--select", ">"], @r#"
    -- stderr --
    palinode: ">" is not a CSS selector: empty selector
    hint: write it as in a style sheet: main, #content, .post > p
    exit 2
    "#);
    assert_refused!(world, &["edit", "nobody", "--every", "1d"], @r#"
    -- stderr --
    palinode: no page is called "nobody"
    hint: `palinode pages` lists them
    exit 2
    "#);
    assert_refused!(world, &["edit", "example", "--every", "1d"], @r#"
    -- stderr --
    palinode: "example" could be any of 2 pages: other, post
    exit 2
    "#);
}

/// Another selection is our change and not the page's: the history reads as if it had always been selected.
#[test]
fn an_edited_selection_retells_the_history() {
    let (world, site) = (World::new(), Site::new());
    let page = |text: &str, aside: &str| {
        Reply::html(format!(
            "<title>Post</title><main><article><h1>Post</h1><p id=text>{text} Long enough to be the text of a page.</p>\
             <p class=note>{aside} And this is the note below it, as long as the text.</p></article></main>"
        ))
    };
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for (text, aside) in
        [("We are proud.", "One."), ("We are proud.", "Two."), ("We are here.", "Three.")]
    {
        site.put("/post", page(text, aside));
        world.wait(600).palinode(&["check"]).fine();
    }
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--select", "#text"]), @"
    -- stderr --
    post: 2 revisions told anew from 3 captures, 3 before
    post: changed select
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    3 checks from 2026-03-01 18:00 to 2026-03-02 14:00 (UTC)

    r2  changed between 2026-03-02 04:00 and 2026-03-02 14:00
        +1 −1 word; seen until 2026-03-02 14:00 in 1 check
        reworded  [-proud-] {+here+} (in place)

    r1  first seen 2026-03-01 18:00
        seen until 2026-03-02 04:00 in 2 checks
    exit 0
    ");
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"exit 0");
    assert_eq!(world.json(&["log", "post", "--json"])["revisions"].as_array().unwrap().len(), 2);
}
