//! What happened, for feed readers: both forms, their filters, and names that stay.

use dom_query::Document;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::history::told;
use crate::reading_html::{harmless, read};
use crate::site::{Site, article};
use crate::visitor::Visitor;
use crate::world::{World, masked};

/// The texts of the elements of this name, of XML that must be sound.
fn texts(xml: &str, wanted: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut depth, mut open) = (Vec::new(), 0, false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                open = start.name().as_ref() == wanted;
                if open {
                    found.push(String::new());
                }
            }
            Event::End(_) => {
                depth -= 1;
                open = false;
            }
            Event::Text(text) if open => found.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(name) if open => {
                let sign = match &*name {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    other => panic!("&{other};"),
                };
                found.last_mut().unwrap().push(sign);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    found
}

#[test]
fn atom_tells_each_revision_with_its_bounds_and_its_difference() {
    let atom = told().palinode(&["feed", "post"]).fine().said();
    assert!(atom.starts_with(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">"
    ));
    insta::assert_snapshot!(texts(&atom, "title").join("\n"), @"
    palinode: post
    post: The whole page went back to what it said in r1 (and 3 more)
    post: “港は夜も開いています。私たちは誇りを持って支援します。” was moved to another place
    post: “誇りを持って” was removed, and came back after 1 d to 3 d (and 2 more)
    post: “and proud” was removed, and came back within 2 d (and 3 more)
    post: “and proud” was removed (and 2 more)
    ");
    insta::assert_snapshot!(texts(&atom, "updated").join("\n"), @"
    2026-03-06T08:00:00.000Z
    2026-03-06T08:00:00.000Z
    2026-03-05T08:00:00.000Z
    2026-03-04T08:00:00.000Z
    2026-03-03T08:00:00.000Z
    2026-03-02T08:00:00.000Z
    ");
    let contents = texts(&atom, "content");
    for html in &contents {
        harmless(html);
    }
    insta::assert_snapshot!(masked(&read(contents.last().unwrap()), "FOLDER"), @"
    Changed between 2026-03-01 08:00 and 2026-03-02 08:00 UTC.
    “and proud” was removed
    “誇りを持って” was removed
    “The first review begins in May” became “Nobody has set a date”
    ⋯ 1 unchanged passage
    Northlight stands ready [removed] and proud [end] to support the harbour and its clerks. It’s a long story.
    [removed] The first review begins in May [end][added] Nobody has set a date [end]. It ends before the summer.
    ⋯ 1 unchanged passage
    港は夜も開いています。私たちは[removed] 誇りを持って [end]支援します。
    ");
    for needed in ["id", "updated", "title", "author", "content"] {
        let entries = atom.matches("<entry>").count();
        let all = atom.matches(&format!("<{needed}")).count();
        assert!(all >= entries, "{needed}: {all} in {entries}");
    }
}

#[test]
fn json_feed_holds_the_same() {
    let atom = told().palinode(&["feed", "post"]).fine().said();
    let json = told().json(&["feed", "post", "--json-feed"]);
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    let items = json["items"].as_array().unwrap();
    let of = |key: &str| {
        items.iter().map(|item| item[key].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("id"), texts(&atom, "id")[1..]);
    assert_eq!(of("title"), texts(&atom, "title")[1..]);
    assert_eq!(of("date_published"), texts(&atom, "updated")[1..]);
    assert_eq!(of("content_html"), texts(&atom, "content"));
}

#[test]
fn names_stay_when_the_history_is_told_anew_and_the_page_is_called_otherwise() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    for text in ["The harbour is open.", "The harbour is shut.", "The harbour is open again."] {
        site.put("/post", article("Post", &[text, "And more of it."]));
        world.wait(600).palinode(&["check"]).fine();
    }
    let ids = |page: &str| texts(&world.palinode(&["feed", page]).fine().said(), "id");
    let before = ids("post");
    assert_eq!(before.len(), 3);
    assert!(before.iter().all(|id| id.starts_with("tag:palinode.invalid,2026:") && id.len() == 58));
    world.palinode(&["edit", "post", "--name", "other"]).fine();
    world.palinode(&["rebuild"]).fine();
    assert_eq!(ids("other"), before);
}

#[test]
fn a_feed_can_be_narrowed_by_kind_phrase_and_tag() {
    let (world, site) = (World::new(), Site::new());
    for (path, tag) in [("/a", "promises"), ("/b", "other")] {
        site.put(path, article("Post", &["We are proud of it.", "And more."]));
        world.palinode(&["add", &site.url(path), "--name", &path[1..], "--tag", tag]).fine();
    }
    world.palinode(&["check"]).fine();
    for [a, b] in [
        ["We are fond of it.", "We are proud of it."],
        ["We are fond of it. Yes.", "We are proud of it. No."],
    ] {
        site.put("/a", article("Post", &[a, "And more."]));
        site.put("/b", article("Post", &[b, "And more."]));
        world.wait(600).palinode(&["check"]).fine();
    }
    let titles = |words: &[&str]| {
        let said = world.palinode(&[&["feed"], words].concat()).fine().said();
        texts(&said, "title").join("\n")
    };
    insta::assert_snapshot!(titles(&[]), @"
    palinode: all pages
    a: “Yes.” was added
    b: “No.” was added
    a: “proud” became “fond”
    ");
    insta::assert_snapshot!(titles(&["--tag", "promises"]), @"
    palinode: pages with the tag promises
    a: “Yes.” was added
    a: “proud” became “fond”
    ");
    insta::assert_snapshot!(titles(&["--phrase", "Proud of"]), @"
    palinode: all pages, “Proud of”
    a: “proud” became “fond”
    ");
    insta::assert_snapshot!(titles(&["--kind", "added", "--kind", "removed"]), @"
    palinode: all pages, added, removed
    a: “Yes.” was added
    b: “No.” was added
    ");
    let visitor = Visitor::of(&world);
    let got = visitor.get("/feed.atom?tag=promises");
    assert_eq!(got.header("content-type"), Some("application/atom+xml; charset=utf-8"));
    assert_eq!(texts(&got.body, "title").join("\n"), titles(&["--tag", "promises"]));
    assert_eq!(texts(&visitor.body("/page/1/feed.atom"), "title").join("\n"), titles(&["a"]));
    assert_eq!(
        visitor.get("/feed.json").header("content-type"),
        Some("application/feed+json; charset=utf-8")
    );
}

#[test]
fn a_hostile_page_breaks_no_feed() {
    let bad = "]]&gt;&lt;/content&gt;&lt;script&gt;x&lt;/script&gt; &amp;amp; \u{202e}gnp \u{fffe}\u{7f} end";
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "<b>\u{202e}&"]).fine();
    for text in ["The harbour is open and its clerks ready.", bad] {
        site.put(
            "/post",
            article("Post", &[&format!("{text} The harbour is open."), "And more of it."]),
        );
        world.wait(600).palinode(&["check"]).fine();
    }
    let atom = world.palinode(&["feed"]).fine().said();
    let contents = texts(&atom, "content");
    assert_eq!(contents.len(), 1);
    harmless(&contents[0]);
    assert_eq!(Document::from(contents[0].as_str()).select("script").length(), 0);
    assert!(!atom.chars().any(|letter| matches!(letter, '\u{202e}' | '\u{fffe}' | '\u{7f}')));
}

#[test]
fn a_history_without_events_has_an_empty_feed() {
    let world = World::new();
    world.palinode(&["add", "https://example.org/"]).fine();
    let atom = world.palinode(&["feed"]).fine().said();
    assert_eq!(texts(&atom, "updated"), ["2026-03-01T08:00:00.000Z"]);
    assert_eq!(texts(&atom, "title"), ["palinode: all pages"]);
}
