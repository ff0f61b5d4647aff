//! One event as a card of 1200 by 675: what stands on it, and that all of it fits, in a real browser.
//!
//! Apart from `exhibiting`, because what is asked here is how it looks.

use crate::browser::Browser;
use crate::reading_html::{harmless, read};
use crate::site::{Reply, Site};
use crate::world::World;

/// The demonstration's card.
fn demo() -> (World, String) {
    let world = World::new();
    let store = world.store().display().to_string();
    world.palinode(&["demo", "--keep", &store]).fine();
    let html = world.palinode(&["exhibit", "northlight", "--card"]).fine().said();
    (world, html)
}

/// The card of a page that said one thing, then another, then the first again, each ten hours after the one before.
fn card_of(language: &str, title: &str, texts: [&str; 2]) -> (World, String) {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", title]).fine();
    for text in [texts[0], texts[1], texts[1], texts[0]] {
        let html = format!(
            "<html lang='{language}'><meta charset=utf-8><title>{title}</title><main><article><h1>{title}</h1>\
             <p>{text}</p><p>And more of the same is said here below it.</p></article></main>"
        );
        site.put("/post", Reply::html(html));
        world.wait(600).palinode(&["check"]).fine();
    }
    let html = world.palinode(&["exhibit", "/post", "--card"]).fine().said();
    (world, html)
}

/// What sticks out of the card or of its box, and which marked words are not to be seen.
const AMISS: &str = "(() => {
  const seen = (one, box) => one.left >= box.left - 1 && one.top >= box.top - 1 && one.right <= box.right + 1 && one.bottom <= box.bottom + 1;
  const rect = of => of.getBoundingClientRect();
  const card = { left: 0, top: 0, right: 1200, bottom: 675 };
  const out = [...document.querySelectorAll('.card > *, .panel, .panel > *, .bounds, footer p, figure')];
  const amiss = out.filter(of => !seen(rect(of), card)).map(of => of.className || of.localName);
  for (const panel of document.querySelectorAll('.panel')) {
    const first = panel.querySelector('.quote ins, .quote del, .quote .gap');
    if (first && !seen([...first.getClientRects()].at(0), rect(panel.querySelector('.quote')))) amiss.push('mark of ' + panel.className);
    if (!seen(rect(panel.querySelector('.digest')), rect(panel))) amiss.push('digest of ' + panel.className);
  }
  const root = document.documentElement;
  if (root.scrollWidth > 1200 || root.scrollHeight > 675) amiss.push('scrolls');
  return amiss.join(', ');
})()";

#[track_caller]
fn fits(world: &World, html: &str) {
    harmless(html);
    let file = world.file("card.html", html);
    let mut browser = Browser::of_size(1200, 675);
    browser.open(&format!("file://{file}"));
    assert_eq!(browser.told(AMISS), "");
    assert_eq!(browser.told("getComputedStyle(document.body).width"), "1200px");
}

#[test]
fn the_restoration_stands_on_a_card() {
    let (world, html) = demo();
    fits(&world, &html);
    insta::assert_snapshot!(read(&html), @"
    “and proud” was removed, and came back after 7 h to 1 d 9 h – northlight
    http://127.0.0.1:PORT/blog/directorate-moves-its-records
    “and proud” was removed, and came back after 7 h to 1 d 9 h
    Before: r1
    2018-01-24 09:00 – 2018-06-17 23:00
    Work of this kind asks for more than machines. Northlight stands ready [removed] and proud [end] to support the Directorate’s civilian staff with tools that …
    SHA-256 7a67aaf871fe9f7e9f1a17cd9591cae94d8797e0f1178062ec9ae35db6560248
    Meanwhile: r2
    2018-06-18 15:00 – 2018-06-18 22:00
    Work of this kind asks for more than machines. Northlight stands ready [words are missing here] to support the Directorate’s civilian staff with tools that …
    SHA-256 eed612db190a2ec45e1a2148dc1a8092d98a7bc50e46867b63dd114e69e20239
    Afterwards: r3
    2018-06-19 08:00 – 2018-06-19 10:00
    Work of this kind asks for more than machines. Northlight stands ready [restored] and proud [end] to support the Directorate’s civilian staff with tools that …
    SHA-256 48bb1bac41a1527811861ca307d435278c2eed360ca7bd43c05b862321f3f564
    (Time line: 1 last seen 2018-06-17 23:00; 2 first missing 2018-06-18 15:00; 3 last missing 2018-06-18 22:00; 4 seen again 2018-06-19 08:00.)
    2018-06-17 03:12 2018-06-19 10:00
    last seen 2018-06-17 23:00
    first missing 2018-06-18 15:00
    last missing 2018-06-18 22:00
    seen again 2018-06-19 08:00
    dashes: unknown; crosses: not seen
    Missing for at least 7 h and at most 1 d 9 h. All times are UTC.
    r3.1, by palinode 0.1.0 at 2026-03-01 08:00
    ");
}

#[test]
fn it_goes_to_a_file_and_the_same_history_makes_the_same_card() {
    let (world, html) = demo();
    let path = world.path("proud.html").display().to_string();
    let output = world.palinode(&["exhibit", "northlight", "--card", "-o", &path]).fine();
    assert_eq!(output.said(), "");
    let written = std::fs::read_to_string(path).unwrap();
    let again = world.palinode(&["exhibit", "northlight", "--card"]).fine();
    assert_eq!(written.as_bytes(), again.stdout);
    assert!(html.len() < 30_000, "{}", html.len());
}

#[test]
fn every_script_fits() {
    let long = "港は夜も開いています。水先案内人は毎晩船を迎え、事務員はその名前を帳簿に書きます。"
        .repeat(8);
    let [with, without] =
        ["誇りを持って", ""].map(|word| format!("{long}私たちは{word}支援します。{long}"));
    let (world, html) = card_of("ja", "港", [&with, &without]);
    fits(&world, &html);
    let long = "\u{5d4}\u{5e0}\u{5de}\u{5dc} \u{5e4}\u{5ea}\u{5d5}\u{5d7} \u{5d1}\u{5dc}\u{5d9}\u{5dc}\u{5d4} ".repeat(40);
    let [with, without] = ["\u{5d2}\u{5d0}\u{5d9}\u{5dd} ", ""]
        .map(|word| format!("{long}{word}\u{5dc}\u{5ea}\u{5de}\u{5d5}\u{5da} {long}"));
    let (world, html) = card_of("he", "\u{5e0}\u{5de}\u{5dc}", [&with, &without]);
    fits(&world, &html);
}

/// Words without end, before and in the marks; markup, marks of direction and control characters.
#[test]
fn a_hostile_page_fits_and_stays_text() {
    let bad =
        "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; \u{202e}gnp\u{2066} ze\u{200b}ro \u{9b}";
    let (huge, name) = ("x".repeat(9000), "w".repeat(300));
    let with = format!("{huge} We are proud{huge} to show {bad} here. {huge}");
    let without = format!("{huge} We are to show {bad} here. {huge}");
    let (world, html) = card_of("\"><script>", &name, [&with, &without]);
    fits(&world, &html);
    let tree = dom_query::Document::from(html.as_str());
    assert_eq!(tree.select("script, img, [lang*=script]").length(), 0);
}
