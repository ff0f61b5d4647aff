//! The history in a browser, as files and as JSON: what each page says, and that all of it can be reached.

use std::collections::BTreeSet;

use dom_query::Document;

use crate::history::told;
use crate::reading_html::{harmless, read};
use crate::visitor::Visitor;
use crate::world::masked;

fn seen(visitor: &Visitor, path: &str) -> String {
    masked(&read(&visitor.body(path)), "FOLDER")
}

#[test]
fn the_first_page_lists_what_is_watched() {
    insta::assert_snapshot!(seen(&Visitor::of(told()), "/"), @"
    Pages – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Watched pages
    | page | revisions | over time | last checked | health
    | posthttp://127.0.0.1:PORT/post | r6 |
    (6 revisions over time)
    | 2026-03-06 08:00 | seen
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
}

#[test]
fn a_page_tells_its_revisions() {
    insta::assert_snapshot!(seen(&Visitor::of(told()), "/page/post/"), @"
    post – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages ›
    post
    http://127.0.0.1:PORT/post
    6 checks from 2026-03-01 08:00 to 2026-03-06 08:00 (UTC). How the checks came out
    (Time line of 6 revisions in 5 states; 1 return to a text that had been there before.)
    2026-03-01 08:00 2026-03-06 08:00
    Each bar is a revision, each letter a text; a text that came back has its letter again, and another colour. Not to scale.
    Follow a phrase
    Follow
    Compare
    with
    Compare
    Revisions
    r6 again as in r1
    changed between 2026-03-05 08:00 and 2026-03-06 08:00; −2 words, 1 moved, 1 restyled; seen until 2026-03-06 08:00 in 1 check
    restored [restored] the whole page as in r1 [end] · it had been gone for at least 3 d and at most 5 d
    withdrawn [removed] , its pilots [end]
    restyled [written until then] It's [end] [written from then on] It’s [end]
    moved 港は夜も開いています。私たちは誇りを持って支援します。
    difference to r5since when each word stands
    r5
    changed between 2026-03-04 08:00 and 2026-03-05 08:00; 1 moved; seen until 2026-03-05 08:00 in 1 check
    moved 港は夜も開いています。私たちは誇りを持って支援します。
    difference to r4since when each word stands
    r4
    changed between 2026-03-03 08:00 and 2026-03-04 08:00; +6 −4 words, 1 restyled; seen until 2026-03-04 08:00 in 1 check
    restyled [written until then] It’s [end] [written from then on] It's [end]
    withdrawn [removed] Who lights the lamps? [end]
    restored [restored] 誇りを持って [end] · it had been gone for at least 1 d and at most 3 d
    difference to r3since when each word stands
    r3
    changed between 2026-03-02 08:00 and 2026-03-03 08:00; +14 −5 words; seen until 2026-03-03 08:00 in 1 check
    restored [restored] and proud [end] · it had been gone for at most 2 d
    added [added] , its pilots [end]
    put-back [removed] Nobody has set a date [end] [restored] The first review begins in May [end] · it had been gone for at most 2 d
    added [added] Who lights the lamps? [end]
    difference to r2since when each word stands
    r2
    changed between 2026-03-01 08:00 and 2026-03-02 08:00; +5 −14 words; seen until 2026-03-02 08:00 in 1 check
    removed [removed] and proud [end]
    reworded [removed] The first review begins in May [end] [added] Nobody has set a date [end]
    removed [removed] 誇りを持って [end]
    difference to r1since when each word stands
    r1
    first seen 2026-03-01 08:00; seen until 2026-03-01 08:00 in 1 check
    since when each word stands
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
}

#[test]
fn two_revisions_are_compared_in_one_text_or_two_columns() {
    let visitor = Visitor::of(told());
    insta::assert_snapshot!(seen(&visitor, "/page/1/r1..r3/"), @"
    post: r1 → r3 – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages › post ›
    r1 → r3
    r1 was last seen 2026-03-01 08:00, r3 first seen 2026-03-03 08:00.
    side by sidetext of r1text of r3
    The harbour
    Northlight stands ready and proud to support the harbour[added] , its pilots [end] and its clerks. It’s a long story.
    The first review begins in May. It ends before the summer.
    Ships come and go at night. [added] Who lights the lamps? [end]
    港は夜も開いています。私たちは[removed] 誇りを持って [end]支援します。
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
    insta::assert_snapshot!(seen(&visitor, "/page/1/r1..r3/columns/"), @"
    post: r1 → r3 – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages › post ›
    r1 → r3
    r1 was last seen 2026-03-01 08:00, r3 first seen 2026-03-03 08:00.
    in one texttext of r1text of r3
    | r1 | r3
    | The harbour | The harbour
    | Northlight stands ready and proud to support the harbour and its clerks. It’s a long story. | Northlight stands ready and proud to support the harbour[added] , its pilots [end] and its clerks. It’s a long story.
    | The first review begins in May. It ends before the summer. | The first review begins in May. It ends before the summer.
    | Ships come and go at night. | Ships come and go at night. [added] Who lights the lamps? [end]
    | 港は夜も開いています。私たちは[removed] 誇りを持って [end]支援します。 | 港は夜も開いています。私たちは支援します。
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
    let led = visitor.get("/page/1/compare/?from=1&to=latest");
    assert_eq!((led.status, led.header("location")), (303, Some("../../../page/1/r1..r6/")));
}

#[test]
fn a_phrase_is_followed() {
    insta::assert_snapshot!(seen(&Visitor::of(told()), "/page/1/phrase/?q=and+proud"), @"
    “and proud” on post – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages › post ›
    “and proud”
    Follow a phrase
    Follow
    (Time line: present 2026-03-01 08:00 to 2026-03-01 08:00; absent 2026-03-02 08:00 to 2026-03-02 08:00; restored 2026-03-03 08:00 to 2026-03-06 08:00.)
    2026-03-01 08:00 2026-03-04 12:48
    Green: it was there. Red: the page was seen without it. Dashes: nobody looked, or the page could not be seen. What lies long before the first change and after the last is cut.
    present r1
    first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
    Northlight stands ready [found] and proud [end] to support the harbour and its clerks. It’s a long story.
    absent r2
    first missing 2026-03-02 08:00, last missing 2026-03-02 08:00
    restored r3–r6
    first seen 2026-03-03 08:00, last seen 2026-03-06 08:00; it had been gone for at most 2 d
    Northlight stands ready [found] and proud [end] to support the harbour, its pilots and its clerks. It’s a long…
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
}

#[test]
fn events_of_all_pages_can_be_narrowed_by_kind() {
    insta::assert_snapshot!(seen(&Visitor::of(told()), "/events/?kind=restored"), @"
    Events – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    What happened
    allrestoredput-backwithdrawnremovedrewordedaddedmovedrestyled
    post r6
    between 2026-03-05 08:00 and 2026-03-06 08:00
    restored [restored] the whole page as in r1 [end] · it had been gone for at least 3 d and at most 5 d
    post r4
    between 2026-03-03 08:00 and 2026-03-04 08:00
    restored [restored] 誇りを持って [end] · it had been gone for at least 1 d and at most 3 d
    post r3
    between 2026-03-02 08:00 and 2026-03-03 08:00
    restored [restored] and proud [end] · it had been gone for at most 2 d
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
}

#[test]
fn everything_that_was_said_can_be_searched() {
    let visitor = Visitor::of(told());
    insta::assert_snapshot!(seen(&visitor, "/search/?q=%E8%AA%87%E3%82%8A"), @"
    Search – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Search
    “誇り” in 1 wording on 1 page.
    post
    stands r1–r6, first seen 2026-03-01 08:00, last seen 2026-03-06 08:00
    港は夜も開いています。私たちは[found] 誇り [end]を持って支援します。
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
    assert!(seen(&visitor, "/search/").contains("What is sought?"));
    assert_eq!(visitor.get("/search/?q=%20!%20").status, 200);
}

#[test]
fn ages_checks_and_text_have_their_pages() {
    let visitor = Visitor::of(told());
    insta::assert_snapshot!(seen(&visitor, "/page/1/r4/ages/"), @"
    post r4: ages – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages › post ›
    Since when each word stands: r4
    At the side of a passage is the revision in which its oldest words came. Later words are marked with theirs; the deeper the colour, the younger. Words that had been away are marked as restored.
    r12026-03-01
    The harbour
    r12026-03-01
    Northlight stands ready r1, back r3and proud to support the harbourr3, its pilots and its clerks. It's a long story.
    r12026-03-01
    r1, back r3The first review begins in May. It ends before the summer.
    r12026-03-01
    Ships come and go at night.
    r12026-03-01
    港は夜も開いています。私たちはr1, back r4誇りを持って支援します。
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
    insta::assert_snapshot!(seen(&visitor, "/page/1/checks/"), @"
    Checks of post – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages › post ›
    How the checks came out
    6 checks from 2026-03-01 08:00 to 2026-03-06 08:00 (UTC).
    made
    | 6
    saw the page
    | 6
    failed
    | 0
    held
    | 0
    gone
    | 0
    Runs of checks that came to the same, newest first
    | from | to | came to | checks | longest gap
    | 2026-03-06 08:00 | 2026-03-06 08:00 | changed r6 | 1 |
    | 2026-03-05 08:00 | 2026-03-05 08:00 | changed r5 | 1 |
    | 2026-03-04 08:00 | 2026-03-04 08:00 | changed r4 | 1 |
    | 2026-03-03 08:00 | 2026-03-03 08:00 | changed r3 | 1 |
    | 2026-03-02 08:00 | 2026-03-02 08:00 | changed r2 | 1 |
    | 2026-03-01 08:00 | 2026-03-01 08:00 | changed r1 | 1 |
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
    insta::assert_snapshot!(seen(&visitor, "/page/1/r2/"), @"
    post r2 – palinode
    Skip to the content
    PagesEvents
    Search all that any page ever said
    Search
    Pages › post ›
    r2
    seen from 2026-03-02 08:00 to 2026-03-02 08:00
    title
    | The harbour
    difference to r1since when each word standsthe bytes as they were sent
    The harbour
    Northlight stands ready to support the harbour and its clerks. It’s a long story.
    Nobody has set a date. It ends before the summer.
    Ships come and go at night.
    港は夜も開いています。私たちは支援します。
    palinode 0.1.0. All times are UTC. Feeds: Atom, JSON.
    ");
}

/// Every link that a page has leads somewhere, and no page has anything in it that could act.
#[test]
fn all_of_it_can_be_reached_by_links() {
    let visitor = Visitor::of(told());
    let (mut known, mut next) = (BTreeSet::new(), vec!["/".to_owned()]);
    while let Some(path) = next.pop() {
        if !known.insert(path.clone()) {
            continue;
        }
        let got = visitor.get(&path);
        assert_eq!(got.status, 200, "{path}");
        if got.header("content-type") != Some("text/html; charset=utf-8") {
            continue;
        }
        harmless(&got.body);
        let base = url::Url::parse(&format!("http://site{path}")).unwrap();
        for link in &Document::from(got.body.as_str()).select("a[href], link[href]") {
            let link = base.join(&link.attr("href").unwrap()).unwrap();
            if link.host_str() == Some("site") {
                let query = link.query().map_or_else(String::new, |query| format!("?{query}"));
                next.push(format!("{}{query}", link.path()));
            }
        }
    }
    assert!(known.len() > 40, "{known:#?}");
    for path in [
        "/page/1/r3.1/",
        "/page/1/r3/ages/",
        "/page/1/checks/",
        "/feed.atom",
        "/page/1/feed.json",
        "/style.css",
    ] {
        assert!(known.contains(path), "{path} in {known:#?}");
    }
}

#[test]
fn listings_are_those_of_the_command_line() {
    let (world, visitor) = (told(), Visitor::of(told()));
    for (path, words) in [
        ("/api/v1/pages", &["pages"] as &[&str]),
        ("/api/v1/events?kind=restored", &["events", "--kind", "restored"]),
        ("/api/v1/events?since=2026-03-04&all=1", &["events", "--since", "2026-03-04", "--all"]),
        ("/api/v1/search?q=proud&limit=5", &["search", "proud"]),
        ("/api/v1/page/post/log", &["log", "post"]),
        ("/api/v1/page/1/log?limit=2", &["log", "post", "-n", "2"]),
        ("/api/v1/page/1/graph", &["log", "post", "--graph", "--all"]),
        ("/api/v1/page/1/show?rev=r2", &["show", "post", "r2"]),
        ("/api/v1/page/1/diff", &["diff", "post"]),
        ("/api/v1/page/1/diff?from=r1&to=3", &["diff", "post", "r1", "r3"]),
        ("/api/v1/page/1/trace?q=and+proud", &["trace", "post", "and proud"]),
        ("/api/v1/page/1/blame?rev=r4", &["blame", "post", "r4"]),
        ("/api/v1/page/1/events", &["events", "post"]),
    ] {
        let got = visitor.get(path);
        assert_eq!(got.header("content-type"), Some("application/json; charset=utf-8"), "{path}");
        let listed = world.palinode(&[words, &["--json"]].concat()).fine().stdout;
        assert_eq!(got.body, String::from_utf8(listed).unwrap(), "{path}");
    }
    for (path, status) in [
        ("/api/v1/", 404),
        ("/api/v1/page/none/log", 404),
        ("/api/v1/page/1/nothing", 404),
        ("/api/v1/page/1/show?rev=r77", 404),
        ("/api/v1/search", 400),
        ("/api/v1/events?kind=lost", 400),
        ("/api/v1/events?since=never", 400),
    ] {
        let got = visitor.get(path);
        assert_eq!(got.status, status, "{path}");
        assert!(got.body.starts_with("{\n  \"error\": "), "{}", got.body);
    }
}

/// The same pages as files: every link leads to a file, and nothing asks for a server.
#[test]
fn a_site_of_files_is_whole() {
    let world = told();
    let folder = world.path("site");
    let output = world.palinode(&["export", "--site", folder.to_str().unwrap()]);
    assert_eq!(output.exit.code(), 0, "{output}");
    let (mut known, mut next) = (BTreeSet::new(), vec![folder.join("index.html")]);
    while let Some(path) = next.pop() {
        if !known.insert(path.clone()) || path.extension().is_none_or(|kind| kind != "html") {
            continue;
        }
        let html = std::fs::read_to_string(&path).unwrap();
        harmless(&html);
        let tree = Document::from(html.as_str());
        assert_eq!(tree.select("form, input").length(), 0, "{}", path.display());
        for link in &tree.select("a[href], link[href]") {
            let link = link.attr("href").unwrap().to_string();
            if !link.starts_with("http") && !link.starts_with('#') {
                let target = path.parent().unwrap().join(&link);
                next.push(
                    target
                        .canonicalize()
                        .unwrap_or_else(|_| panic!("{link} in {}", path.display())),
                );
            }
        }
    }
    let written = output.to_string();
    assert!(
        written.contains(&format!("{} files written", known.len())),
        "{} and {written}",
        known.len()
    );
    let file = world.file("taken", "x");
    assert_eq!(world.palinode(&["export", "--site", &file]).exit.code(), 2);
}
