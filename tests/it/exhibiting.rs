//! One event as a file for a stranger: what it says, that it is whole, and that no page can do anything in it.

use dom_query::Document;

use crate::history::told;
use crate::reading_html::{harmless, read};
use crate::site::{Reply, Site, article};
use crate::world::World;

/// A world with the demonstration's history.
fn demo() -> World {
    let world = World::new();
    let store = world.store().display().to_string();
    world.palinode(&["demo", "--keep", &store]).fine();
    world
}

/// What a page said by turns, each ten hours after the one before, and an exhibit of it.
fn exhibit_of(pages: &[Reply], words: &[&str]) -> String {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "po\u{202e}<b>st"]).fine();
    for page in pages {
        site.put("/post", page.clone());
        world.wait(600).palinode(&["check"]).fine();
    }
    world.palinode(&[&["exhibit", "/post"], words].concat()).fine().said()
}

#[test]
fn the_restoration_is_told_with_bounds_and_captures() {
    let html = demo().palinode(&["exhibit", "northlight"]).fine().said();
    harmless(&html);
    insta::assert_snapshot!(read(&html), @"
    “and proud” was removed, and came back after 7 h to 1 d 9 h – northlight
    Exhibit r3.1 · northlight
    “and proud” was removed, and came back after 7 h to 1 d 9 h
    On http://127.0.0.1:PORT/blog/directorate-moves-its-records: inside a sentence. It was missing for at least 7 h and at most 1 d 9 h.
    What the page said
    Before: r1
    seen from 2018-01-24 09:00 to 2018-06-17 23:00
    Work of this kind asks for more than machines. Northlight stands ready [removed] and proud [end] to support the Directorate’s civilian staff with tools that are modern, accountable and safe. We don’t write our customers’ rules, but we do choose how carefully we build.
    Meanwhile: r2
    seen from 2018-06-18 15:00 to 2018-06-18 22:00
    Work of this kind asks for more than machines. Northlight stands ready [words are missing here] to support the Directorate’s civilian staff with tools that are modern, accountable and safe. We don’t write our customers’ rules, but we do choose how carefully we build.
    Afterwards: r3
    seen from 2018-06-19 08:00 to 2018-06-19 10:00
    Work of this kind asks for more than machines. Northlight stands ready [restored] and proud [end] to support the Directorate’s civilian staff with tools that are modern, accountable and safe. We don’t write our customers’ rules, but we do choose how carefully we build.
    When
    (Time line: 1 last seen 2018-06-17 23:00; 2 first missing 2018-06-18 15:00; 3 last missing 2018-06-18 22:00; 4 seen again 2018-06-19 08:00.)
    2018-06-17 03:12 2018-06-19 10:00
    Bars: it was seen so. Dashes: nobody looked, the page could not be seen, or it showed another text by turns. Ticks: checks that saw the page; crosses: checks that did not.
    last seen 2018-06-17 23:00
    first missing 2018-06-18 15:00
    last missing 2018-06-18 22:00
    seen again 2018-06-19 08:00
    The page could not be seen at these times, so nothing is known of them
    | from | to | came to | checks
    | 2018-06-17 21:30 | 2018-06-17 21:30 | failed: http-503 | 1
    | 2018-06-18 17:00 | 2018-06-18 17:00 | held: challenge(cloudflare) | 1
    | 2018-06-18 19:30 | 2018-06-18 19:30 | held: challenge(anubis) | 1
    The captures
    Each is the first answer that showed its revision, kept bit for bit. Its SHA-256 was compared when this was made. Whoever has the history can compare it again:
    r1, Before
    asked
    | 2018-01-24T09:00:00.000Z
    received
    | 2018-01-24T09:00:00.000Z
    address
    | http://127.0.0.1:PORT/blog/directorate-moves-its-records
    answered by
    | 127.0.0.1:PORT
    status
    | 200
    as sent
    | 6482 bytes
    SHA-256
    | 7a67aaf871fe9f7e9f1a17cd9591cae94d8797e0f1178062ec9ae35db6560248
    palinode show northlight r1 --raw | sha256sum
    r2, Meanwhile
    asked
    | 2018-06-18T15:00:00.000Z
    received
    | 2018-06-18T15:00:00.000Z
    address
    | http://127.0.0.1:PORT/blog/directorate-moves-its-records
    answered by
    | 127.0.0.1:PORT
    status
    | 200
    as sent
    | 6533 bytes
    SHA-256
    | eed612db190a2ec45e1a2148dc1a8092d98a7bc50e46867b63dd114e69e20239
    palinode show northlight r2 --raw | sha256sum
    r3, Afterwards
    asked
    | 2018-06-19T08:00:00.000Z
    received
    | 2018-06-19T08:00:00.000Z
    address
    | http://127.0.0.1:PORT/blog/directorate-moves-its-records
    answered by
    | 127.0.0.1:PORT
    status
    | 200
    as sent
    | 6625 bytes
    SHA-256
    | 48bb1bac41a1527811861ca307d435278c2eed360ca7bd43c05b862321f3f564
    palinode show northlight r3 --raw | sha256sum
    What this shows, and what it does not
    It shows what the server sent to the one who watched, at the times of the checks. Others may have been sent something else.
    What stood between two checks is not known. The times above are bounds, and the change lies between them.
    The page was checked 16 times; 3 checks did not see it. A check that did not see the page is not counted as one that missed a text.
    Who changed the page, and why, is not known.
    The digests show that the captures are what was kept. That they were not made up, they cannot show to somebody who does not trust the one who kept them: compare them with what others have kept of the same address.
    The text was told from the captures by rules: menus and other furniture are left out, and case, quotes and spaces are told apart from words. The captures hold everything.
    Made by palinode 0.1.0 at 2026-03-01 08:00 UTC. All times are UTC.
    ");
}

#[test]
fn a_file_can_be_named() {
    let world = demo();
    let path = world.path("e.html").display().to_string();
    insta::assert_snapshot!(world.palinode(&["exhibit", "northlight", "-o", &path]), @"exit 0");
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.starts_with("<!DOCTYPE html>") && written.ends_with("</html>\n"));
    let nowhere = world.path("no/e.html").display().to_string();
    let output = world.palinode(&["exhibit", "northlight", "-o", &nowhere]);
    assert_eq!(output.exit.code(), 2, "{output}");
}

/// The same history, the same event, the same time: the same bytes.
#[test]
fn it_says_the_same_each_time() {
    let world = demo();
    let html = || world.palinode(&["exhibit", "northlight", "r3"]).said();
    assert_eq!(html(), html());
}

#[test]
fn every_event_of_a_history_can_be_exhibited() {
    let world = told();
    let mut headlines = Vec::new();
    for revision in 2..=6 {
        for place in 1.. {
            let event = format!("r{revision}.{place}");
            let output = world.palinode(&["exhibit", "post", &event]);
            if output.exit.code() != 0 {
                break;
            }
            let html = output.said();
            harmless(&html);
            let tree = Document::from(html.as_str());
            headlines.push(format!("{event}  {}", tree.select("h1").text()));
            assert!(tree.select(".panel").length() >= 2, "{event}");
            assert_eq!(tree.select("svg[role=img][aria-label]").length(), 1, "{event}");
        }
    }
    insta::assert_snapshot!(headlines.join("\n"), @"
    r2.1  “and proud” was removed
    r2.2  “The first review begins in May” became “Nobody has set a date”
    r2.3  “誇りを持って” was removed
    r3.1  “and proud” was removed, and came back within 2 d
    r3.2  “, its pilots” was added
    r3.3  “The first review begins in May” was replaced, and put back within 2 d
    r3.4  “Who lights the lamps?” was added
    r4.1  “It’s” is now written “It's”
    r4.2  “Who lights the lamps?” was added, and taken back out
    r4.3  “誇りを持って” was removed, and came back after 1 d to 3 d
    r5.1  “港は夜も開いています。私たちは誇りを持って支援します。” was moved to another place
    r6.1  The whole page went back to what it said in r1
    r6.2  “, its pilots” was added, and taken back out
    r6.3  “It's” is now written “It’s”
    r6.4  “港は夜も開いています。私たちは誇りを持って支援します。” was moved to another place
    ");
}

#[test]
fn what_is_no_event_is_said_to_be_none() {
    let world = told();
    insta::assert_snapshot!(world.palinode(&["exhibit", "post", "r1"]), @"
    -- stderr --
    palinode: post: no such event: r1
    hint: `palinode events post --all` lists what happened
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["exhibit", "post", "r3.99"]), @"
    -- stderr --
    palinode: post: no such event: r3.99
    hint: `palinode events post --all` lists what happened
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["exhibit", "post", "yesterday"]), @r#"
    -- stderr --
    palinode: "yesterday" is no event
    hint: write r3 for the foremost event of that revision, or r3.2 for its second
    exit 2
    "#);
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &["The harbour and its clerks are ready."]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["exhibit", "post"]), @"
    -- stderr --
    palinode: post: nothing has happened to its words yet
    exit 2
    ");
}

#[test]
fn a_passage_that_was_away_is_said_to_have_been() {
    let first =
        ["The harbour is open.", "We are proud of the pilots and of all they do.", "Ships come."];
    let gone = [first[0], first[2]];
    let [there, away] = [article("Post", &first), article("Post", &gone)];
    let html = exhibit_of(&[there.clone(), away.clone(), away, there], &[]);
    harmless(&html);
    let tree = Document::from(html.as_str());
    let panels: Vec<String> =
        tree.select(".panel blockquote").iter().map(|panel| panel.text().to_string()).collect();
    insta::assert_snapshot!(panels.join("\n"), @"
    [removed] We are proud of the pilots and of all they do. [end]
    This passage was not on the page.
    [restored] We are proud of the pilots and of all they do. [end]
    ");
}

/// Markup, marks of direction, invisible and control characters, and a word without end.
#[test]
fn a_hostile_page_stays_text() {
    let bad = "</p><script>alert(1)</script><img src=x onerror=alert(1)> \u{202e}gnp\u{2066} ze\u{200b}ro \u{7}\u{9b}";
    let bad = bad.replace('<', "&lt;").replace('>', "&gt;");
    let huge = "x".repeat(20_000);
    let page = |word: &str| {
        Reply::html(format!(
            "<html lang='\"><script>'><title>{bad}</title><main><article><h1>{bad}</h1>\
             <p>We are {word} to show {bad} and {huge} here.</p><p>And more of the same.</p></article></main>"
        ))
    };
    let html = exhibit_of(&[page("so proud"), page("glad"), page("glad"), page("so proud")], &[]);
    harmless(&html);
    let tree = Document::from(html.as_str());
    assert_eq!(tree.select("script, img, [lang*=script]").length(), 0);
    assert!(tree.select(".unseen").length() >= 9, "{}", tree.select(".unseen").length());
    let said = tree.select("h1").text().to_string();
    assert!(said.contains("so proud"), "{said}");
}

#[test]
fn a_text_from_right_to_left_keeps_its_direction_and_language() {
    let page = |word: &str| {
        Reply::html(format!(
            "<html lang=he><title>\u{5e0}\u{5de}\u{5dc}</title><main><article><h1>\u{5e0}\u{5de}\u{5dc}</h1><p>{word} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5dc}\u{5db}\u{5dd}</p></article></main>"
        ))
    };
    let word = "\u{5d2}\u{5d0}\u{5d9}\u{5dd}";
    let html = exhibit_of(&[page(word), page("\u{5e2}\u{5dd}")], &[]);
    harmless(&html);
    let tree = Document::from(html.as_str());
    assert_eq!(tree.select("blockquote[lang=he] > p[dir=auto]").length(), 2);
    assert!(tree.select("h1 bdi").length() >= 1);
}

#[test]
fn it_may_load_nothing_and_its_style_is_the_one_that_is_allowed() {
    let html = demo().palinode(&["exhibit", "northlight"]).fine().said();
    let tree = Document::from(html.as_str());
    let policy = tree.select("meta[http-equiv=Content-Security-Policy]").attr("content").unwrap();
    let style = tree.select("style").text().to_string();
    let digest = palinode::fetch::Digest::of(style.as_bytes());
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest.bytes());
    let allowed = format!(
        "default-src 'none'; style-src 'sha256-{base64}'; base-uri 'none'; form-action 'none'"
    );
    assert_eq!(policy.to_string(), allowed);
    assert_eq!(tree.select("link, script, img, iframe, object, [src]").length(), 0);
    assert!(style.contains("prefers-color-scheme: dark") && style.contains("@media print"));
    assert!(!style.contains("url("));
}

/// A page that shows two texts by turns: an edit of the one is told against that one, and bounded by its own times.
#[test]
fn an_edit_of_a_text_by_turns_is_bounded_by_the_sights_of_that_text() {
    let more = "The harbour is open, and ships come and go at night.";
    let one = article("Post", &["We are proud of the pilots and their work.", more]);
    let two =
        article("Post", &["Please sign in to read on, it is free.", "Nothing else is here.", more]);
    let edited = article("Post", &["Please sign in to read on.", "Nothing else is here.", more]);
    let pages = [one.clone(), two.clone(), one.clone(), two, one, edited];
    let html = exhibit_of(&pages, &["r6"]);
    let tree = Document::from(html.as_str());
    let panels: Vec<String> =
        tree.select(".panel header").iter().map(|header| header.text().to_string()).collect();
    insta::assert_snapshot!(panels.join("\n"), @"
    Before: r1seen from 2026-03-01 18:00 to 2026-03-01 18:00
    Meanwhile: r2seen from 2026-03-02 04:00 to 2026-03-02 04:00
    Afterwards: r6seen from 2026-03-03 20:00 to 2026-03-03 20:00
    ");
    insta::assert_snapshot!(tree.select(".bounds").text(), @"last seen without it 2026-03-01 18:00first seen 2026-03-02 04:00last seen 2026-03-02 04:00seen again 2026-03-03 00:00last seen 2026-03-03 00:00first missing 2026-03-03 20:00");
}
