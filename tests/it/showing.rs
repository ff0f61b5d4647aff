//! What a terminal gets, whatever a page says: nothing that could steer it, nothing unseen, no line too wide.
//!
//! Apart from `history`, since here the page is the enemy, or the reader has left.

use std::io::{self, Write};

use palinode::cli::Exit;
use unicode_width::UnicodeWidthStr as _;

use crate::history::told;
use crate::site::{Reply, Site, article};
use crate::world::World;

/// Escape sequences, marks that turn the reading order, and characters that cannot be seen.
const HOSTILE: &str = "Proud\u{200b} to &#27;[31msupport\u{202e} the &#x9b;2J harbour\u{7}\u{2066} and\u{ad} its clerks";

/// A page whose title, heading, byline and text are hostile, and were less so before.
fn hostile() -> World {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "po\u{202e}st"]).fine();
    for text in ["Proud to support the harbour and its clerks", HOSTILE] {
        site.put("/post", Reply::html(format!(
            "<title>{text}</title><meta name=author content='{HOSTILE}'><meta property='article:published_time' content='{HOSTILE}'>\
             <main><article><h1>{text}</h1><p>{text}.</p><p>{text}, and again.</p></article></main>"
        )));
        world.wait(600).palinode(&["check"]).fine();
    }
    world
}

#[test]
fn a_hostile_page_steers_no_terminal() {
    let world = hostile();
    for words in [
        &["pages"] as &[&str],
        &["log", "/post"],
        &["show", "/post"],
        &["show", "/post", "first"],
        &["diff", "/post"],
        &["diff", "/post", "--unified"],
        &["diff", "/post", "--side-by-side"],
        &["events"],
        &["trace", "/post", "support"],
        &["trace", "/post", "su\u{1b}[31mpport"],
        &["show", "/post", "r\u{1b}[31m"],
        &["rebuild"],
        &["remove", "/post"],
    ] {
        let said = world.palinode(words).to_string();
        let bad = said.chars().filter(|letter| is_dangerous(*letter));
        assert_eq!(bad.collect::<Vec<_>>(), [' '; 0], "{words:?} said {said:?}");
    }
}

#[test]
fn news_of_a_hostile_page_steers_no_terminal() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "po\u{202e}st"]).fine();
    site.put("/post", article("Post", &["The harbour and its clerks are ready."]));
    let first = world.palinode(&["check"]).to_string();
    site.put(
        "/post",
        article("Post", &[&format!("The harbour {HOSTILE} and its clerks are ready.")]),
    );
    let changed = world.wait(600).palinode(&["check"]).to_string();
    site.put("/post", Reply::of("te\u{1b}xt/pdf", "x"));
    let failed = world.wait(600).palinode(&["check"]).to_string();
    for said in [first, changed, failed] {
        assert!(!said.chars().any(is_dangerous), "{said:?}");
    }
}

/// The unified form has a tab before its time, by its own rules.
fn is_dangerous(letter: char) -> bool {
    let unseen = matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !matches!(letter, '\n' | '\t') && (letter.is_control() || unseen)
}

#[test]
fn what_cannot_be_seen_is_shown_by_its_number() {
    let world = hostile();
    insta::assert_snapshot!(world.palinode(&["diff", "/post"]), @"
    po⟨U+202E⟩st  r1 → r2
    r1 last seen 2026-03-01 18:00, r2 first seen 2026-03-02 04:00 (UTC)

    ~ Proud[~ to~]{~⟨U+200B⟩ to~} [-support the-]{+⟨U+001B⟩[31msupport⟨U+202E⟩ the ›2J+}
      harbour{+⟨U+0007⟩⟨U+2066⟩+} [~and~]{~and⟨U+00AD⟩~} its clerks

    ~ Proud[~ to~]{~⟨U+200B⟩ to~} [-support the-]{+⟨U+001B⟩[31msupport⟨U+202E⟩ the ›2J+}
      harbour{+⟨U+0007⟩⟨U+2066⟩+} [~and~]{~and⟨U+00AD⟩~} its clerks.

    ~ Proud[~ to~]{~⟨U+200B⟩ to~} [-support the-]{+⟨U+001B⟩[31msupport⟨U+202E⟩ the ›2J+}
      harbour{+⟨U+0007⟩⟨U+2066⟩+} [~and~]{~and⟨U+00AD⟩~} its clerks, and again.
    exit 0
    ");
}

/// What a page says is broken into lines; a line of times is as long as it is.
#[test]
fn no_word_of_a_page_stands_beyond_the_screen() {
    let mut world = World::new();
    let site = Site::new();
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    let japanese = "港は夜も開いています。私たちは誇りを持って支援します。".repeat(3);
    for middle in ["and proud to", "to"] {
        let english = format!("Northlight stands ready {middle} support the harbour, its clerks and all who wait there at night. ").repeat(2);
        site.put("/post", article("The harbour", &[&english, &japanese.replace("夜", middle)]));
        world.wait(600).palinode(&["check"]).fine();
    }
    world.surroundings.width = 60;
    for words in [
        &["show", "post"] as &[&str],
        &["log", "post"],
        &["events"],
        &["diff", "post"],
        &["diff", "post", "--side-by-side"],
        &["trace", "post", "proud"],
    ] {
        let said = world.palinode(words).fine().said();
        let wide: Vec<&str> =
            said.lines().filter(|line| line.width() > 60 && !line.contains("2026-")).collect();
        assert!(wide.is_empty(), "{words:?} said {wide:#?}");
    }
    insta::assert_snapshot!(world.palinode(&["diff", "post", "--side-by-side"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 18:00, r2 first seen 2026-03-02 04:00 (UTC)

      The harbour                 │ The harbour

    ~ Northlight stands ready     │ Northlight stands ready to
      [-and proud-] to support    │ support the harbour, its
      the harbour, its clerks and │ clerks and all who wait
      all who wait there at       │ there at night. Northlight
      night. Northlight stands    │ stands ready to support the
      ready [-and proud-] to      │ harbour, its clerks and all
      support the harbour, its    │ who wait there at night.
      clerks and all who wait     │
      there at night.             │

    ~ 港は[-and proud-]toも開いて │ 港はtoも開いています。私た
      います。私たちは誇りを持っ  │ ちは誇りを持って支援しま
      て支援します。港は[-and     │ す。港はtoも開いています。
      proud-]toも開いています。私 │ 私たちは誇りを持って支援し
      たちは誇りを持って支援しま  │ ます。港はtoも開いていま
      す。港は[-and proud-]toも開 │ す。私たちは誇りを持って支
      いています。私たちは誇りを  │ 援します。
      持って支援します。          │
    exit 0
    ");
}

/// A pipe whose reader has left after so many bytes.
struct Closing(usize);

impl Write for Closing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_may_leave_early() {
    for words in [
        &["log", "post"] as &[&str],
        &["log", "post", "--json"],
        &["show", "post"],
        &["show", "post", "--raw"],
        &["diff", "post", "r1", "r2"],
        &["diff", "post", "r1", "r2", "--unified"],
        &["events"],
        &["trace", "post", "proud"],
        &["pages"],
        &["pages", "--toml"],
        &["--help"],
    ] {
        for bytes in [0, 30] {
            let left = told().palinode_into(&mut Closing(bytes), words);
            assert_eq!(left, (Exit::Fine, String::new()), "{words:?} after {bytes} bytes");
        }
    }
}

/// The news cannot be told, and yet what was seen is on disk.
#[test]
fn a_reader_who_leaves_loses_no_revision() {
    let (world, site) = (World::new(), Site::new());
    for path in ["/a", "/b"] {
        site.put(path, article("Post", &["The harbour and its clerks are ready."]));
        world.palinode(&["add", &site.url(path)]).fine();
    }
    assert_eq!(world.palinode_into(&mut Closing(0), &["check"]).0, Exit::Fine);
    let pages = world.json(&["pages", "--json"]);
    assert_eq!(pages[0]["revision"], 1);
}
