//! What one check comes to when a page is seen: first, same, changed; when it is due; who else may be asked meanwhile.
//!
//! Answers that are not believed, and those that never come, stand in `doubting`.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use palinode::cli::Exit;
use palinode::watch::RunLock;

use crate::fault_server::FaultServer;
use crate::site::{Reply, Site, article, article_html};
use crate::world::World;

pub(crate) const PROUD: &str =
    "We are proud to support the harbour, its clerks and all who wait there.";
pub(crate) const HUMBLE: &str = "We support the harbour, its clerks and all who wait there.";

/// A world that watches `/post` of a site, and has seen it once.
pub(crate) fn seen_once(page: Reply) -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", page);
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    (world, site)
}

/// How the last check of the page came out, and in how many checks in a row.
pub(crate) fn last(world: &World) -> String {
    let pages = world.json(&["pages", "--json"]);
    let last = &pages[0]["last"];
    let reason = last["reason"].as_str().map_or_else(String::new, |why| format!(" ({why})"));
    format!("{}{reason} \u{d7}{}", last["outcome"].as_str().unwrap(), last["checks"])
}

/// How many revisions the first page has.
pub(crate) fn revisions(world: &World) -> u64 {
    world.json(&["pages", "--json"])[0]["revision"].as_u64().unwrap_or(0)
}

#[test]
fn a_first_sight_is_told_and_kept() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check", "--exit-code"]), @"
    post  r1 first seen, 15 words
    exit 1
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    post  every 6h  r1    seen 2026-03-01 08:00
        http://127.0.0.1:PORT/post
    exit 0
    ");
}

/// A box whose name says nothing, in blocks whose names say nothing; and one between two paragraphs that says it.
#[test]
fn a_box_that_comes_into_the_frame_is_silent_and_a_word_beside_it_is_told() {
    let page = |word: &str, first: &str, midst: &str| {
        let clerks =
            format!("The clerks are {word} of it, and they say so to whoever asks them at noon.");
        let text = format!("<h1>Post</h1><p>{PROUD}</p>{midst}<p>{clerks}</p><p>{HUMBLE}</p>");
        let links = "<div><a href=/w>Our work</a><a href=/us>We</a></div>";
        Reply::html(format!("<title>Post</title><body>{first}{links}<div>{text}</div>"))
    };
    let (world, site) = seen_once(page("fond", "", ""));
    let cookies = "<div><h2>We value your privacy</h2><p>This site uses cookies.</p></div>";
    site.put("/post", page("fond", cookies, "<div class=ad-slot>Buy a boat today</div>"));
    insta::assert_snapshot!(world.wait(600).palinode(&["check", "--exit-code"]), @"exit 0");
    assert_eq!(last(&world), "same ×1");
    site.put("/post", page("weary", cookies, "<div class=ad-slot>Buy two boats</div>"));
    insta::assert_snapshot!(world.wait(600).palinode(&["check", "--exit-code"]), @"
    post  r2 changed between 2026-03-01 18:00 and 2026-03-02 04:00 (+1 −1 word), UTC
        reworded  [-fond-] {+weary+} (in place)

      ~ The clerks are [-fond-]{+weary+} of it, and they say so to whoever asks them at noon.

    exit 1
    ");
}

#[test]
fn an_unchanged_page_is_silent() {
    let (world, _site) = seen_once(article("Post", &[PROUD]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check", "--exit-code"]), @"exit 0");
    assert_eq!(last(&world), "same ×1");
}

#[test]
fn a_change_is_told_once() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", article("Post", &[HUMBLE]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"exit 0");
}

#[test]
fn a_change_is_told_to_programs() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    site.put("/post", article("Post", &[HUMBLE]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check", "--json", "--exit-code"]), @r#"
    [
      {
        "page": "post",
        "url": "http://127.0.0.1:PORT/post",
        "revision": 2,
        "kind": "removed",
        "grade": "in-place",
        "old": "are proud to",
        "first_in_revision": 1,
        "after": "2026-03-01T08:00:00.000Z",
        "before": "2026-03-01T18:00:00.000Z"
      }
    ]
    exit 1
    "#);
}

/// A mail with several blocks stays readable for a program only if all of it is one JSON text, or one a line.
#[test]
fn changes_of_two_pages_are_told_to_programs() {
    let (world, site) = (World::new(), Site::new());
    for path in ["/a", "/b"] {
        site.put(path, article("Post", &[PROUD]));
        world.palinode(&["add", &site.url(path)]).fine();
    }
    world.palinode(&["check"]).fine();
    site.put("/a", article("Post", &[HUMBLE])).put("/b", article("Post", &[HUMBLE]));
    let told = world.wait(600).palinode(&["check", "--json"]).fine();
    let lists = serde_json::Deserializer::from_slice(&told.stdout).into_iter::<serde_json::Value>();
    assert_eq!(
        lists.map(|list| list.unwrap().as_array().unwrap().len()).collect::<Vec<_>>(),
        [1, 1]
    );
}

#[test]
fn validators_are_sent_byte_for_byte() {
    let modified = "Thu, 01 Jan  1970 garbage";
    let page = article("Post", &[PROUD]).with("ETag", "W/\"a b\"").with("Last-Modified", modified);
    let (world, site) = seen_once(page);
    assert_eq!(world.wait(600).palinode(&["check"]).fine().said(), "");
    assert_eq!(last(&world), "same-304 ×1");
    let requests = site.requests();
    assert!(!requests[0].contains("if-none-match"), "{}", requests[0]);
    assert!(requests[1].contains("\r\nif-none-match: W/\"a b\"\r\n"), "{}", requests[1]);
    assert!(
        requests[1].contains(&format!("\r\nif-modified-since: {modified}\r\n")),
        "{}",
        requests[1]
    );
}

/// The same text under other bytes: the server will know the newest bytes by their own validators.
#[test]
fn the_validators_follow_the_bytes() {
    let (world, site) = seen_once(article("Post", &[PROUD]).with("ETag", "\"1\""));
    let other = article_html("Post", &[PROUD]).replace("<p>", "<p class=\"new\">");
    site.put("/post", Reply::html(other).with("ETag", "\"2\""));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(last(&world), "same ×1");
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(last(&world), "same-304 ×1");
    assert!(site.requests()[2].contains("if-none-match: \"2\""));
    assert_eq!(revisions(&world), 1);
}

#[test]
fn the_spelling_of_a_charset_is_no_change() {
    let html = |meta: &str| {
        let page = article_html(
            "Café",
            &["Déjà vu: “proud” – ça alors, où ? Nous voilà, été comme hiver."],
        );
        page.replace("<meta charset=\"utf-8\">", meta)
    };
    let windows = |text: &str| encoding(text);
    let (world, site) = seen_once(Reply::of("text/html; charset=utf-8", html("")));
    for (name, kind, bytes) in [
        ("meta", "text/html", html("<meta charset=\"utf-8\">").into_bytes()),
        ("mark", "text/html", [b"\xef\xbb\xbf", html("").as_bytes()].concat()),
        ("detection", "text/html", html("").into_bytes()),
        ("another header", "text/html; charset=windows-1252", windows(&html(""))),
        ("another meta", "text/html", windows(&html("<meta charset=\"windows-1252\">"))),
    ] {
        site.put("/post", Reply::of(kind, bytes));
        let told = world.wait(600).palinode(&["check"]);
        assert_eq!((told.to_string().as_str(), revisions(&world)), ("exit 0", 1), "{name}");
    }
}

/// The text in windows-1252.
fn encoding(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        other => u8::try_from(u32::from(other)).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn a_redirect_is_followed_and_the_page_keeps_its_address() {
    let moved = Reply::status(301).with("Location", "/new");
    let (world, site) = (World::new(), Site::new());
    site.put("/post", moved).put("/new", article("Post", &[PROUD]).with("ETag", "\"1\""));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]).fine();
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(last(&world), "same-304 ×1");
    let requests = site.requests();
    assert!(requests[2].starts_with("GET /post ") && !requests[2].contains("if-none-match"));
    assert!(requests[3].starts_with("GET /new ") && requests[3].contains("if-none-match: \"1\""));
}

#[test]
fn a_page_is_asked_when_it_is_due() {
    let (world, site) = (World::new(), Site::new());
    site.put("/often", article("Often", &[PROUD])).put("/seldom", article("Seldom", &[PROUD]));
    world.palinode(&["add", &site.url("/often"), "--every", "1h", "--tag", "news"]).fine();
    world.palinode(&["add", &site.url("/seldom"), "--every", "1d"]).fine();
    let asked = |words: &[&str]| {
        let before = site.requests().len();
        world.palinode(words).fine();
        let paths = site.requests().split_off(before);
        let mut paths: Vec<_> =
            paths.iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect();
        paths.sort();
        paths.join(" ")
    };
    assert_eq!(asked(&["check"]), "/often /seldom", "what was never seen is due");
    world.wait(50);
    assert_eq!(asked(&["check"]), "");
    assert_eq!(asked(&["check", "seldom"]), "/seldom", "who is named is due");
    world.wait(9);
    assert_eq!(asked(&["check"]), "/often", "an hourly job may start a little early");
    assert_eq!(asked(&["check", "--all"]), "/often /seldom");
    assert_eq!(asked(&["check", "--all", "--tag", "news"]), "/often");
    assert_eq!(asked(&["check", "--tag", "news"]), "");
    assert_eq!(asked(&["check", "--all", "--tag", "other"]), "");
}

#[test]
fn own_headers_and_the_contact_are_sent() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--header", "Cookie: consent=yes"]).fine();
    world.palinode(&["check", "--contact", "mailto:me@example.org"]).fine();
    let request = site.requests().remove(0);
    assert!(request.contains("\r\ncookie: consent=yes\r\n"), "{request}");
    assert!(request.contains(" (+mailto:me@example.org)\r\n"), "{request}");
    insta::assert_snapshot!(world.palinode(&["check", "--all", "--contact", "mé"]), @r#"
    -- stderr --
    palinode: the contact "mé" cannot be sent: it may hold plain ASCII letters and signs only
    exit 2
    "#);
}

#[test]
fn the_exit_code_says_what_happened() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let check = || world.wait(600).palinode(&["check", "--exit-code"]).exit;
    assert_eq!(check(), Exit::Fine);
    site.put("/post", article("Post", &[HUMBLE]));
    assert_eq!(check(), Exit::Changed);
    assert_eq!(check(), Exit::Fine);
    site.put("/post", Reply::status(500));
    assert_eq!(check(), Exit::Unseen);
    assert_eq!(world.palinode(&["check", "--exit"]).exit, Exit::Usage);
    assert_eq!(world.palinode(&["check", "nobody"]).exit, Exit::Usage);
}

/// A page that could not be seen weighs more than one that changed: the change is on the page, the trouble is not.
#[test]
fn trouble_goes_before_change() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/there-is-none")]).fine();
    site.put("/post", article("Post", &[HUMBLE]));
    assert_eq!(world.wait(600).palinode(&["check", "--exit-code"]).exit, Exit::Unseen);
    assert_eq!(revisions(&world), 2);
}

#[test]
fn a_second_run_ends_at_once() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let first = RunLock::take(&world.store()).unwrap();
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    palinode: FOLDER/palinode.db: another run is still checking these pages
    hint: nothing was done; the other run will finish the work
    exit 5
    ");
    assert_eq!(world.palinode(&["rebuild"]).exit, Exit::Locked);
    assert_eq!(site.requests().len(), 1);
    drop(first);
    assert_eq!(world.palinode(&["check"]).exit, Exit::Fine);
}

/// The first page of each host is given out only once all three were asked for: one host after the other would wait for
/// ever. The pauses give a second request to the same host the time to be seen.
#[test]
fn hosts_are_asked_at_once_and_one_host_never_twice_at_once() {
    let world = World::new();
    let together = Arc::new(Barrier::new(3));
    let sites = ["127.0.0.1", "127.0.0.2", "127.0.0.3"].map(|address| {
        let together = Arc::clone(&together);
        FaultServer::start_at(address, move |head| {
            if head.starts_with("GET /a ") {
                together.wait();
            }
            article("Post", &[PROUD]).after(Duration::from_millis(20)).steps(head)
        })
    });
    for (site, path) in sites.iter().flat_map(|site| ["/a", "/b", "/c"].map(|path| (site, path))) {
        world.palinode(&["add", &site.url(path)]).fine();
    }
    world.palinode(&["check"]).fine();
    for site in &sites {
        // The pages, and what the site says to robots.
        assert_eq!((site.requests().len(), site.most_at_once()), (4, 1));
    }
}

/// The slow page is the first of the list, the others are recorded and told before it.
#[test]
fn a_slow_host_keeps_nobody_waiting() {
    let world = World::new();
    let [slow, quick] = ["127.0.0.1", "127.0.0.2"].map(Site::at);
    let pause = Duration::from_millis(300);
    for (site, path) in [(&slow, "/slow"), (&quick, "/quick-1"), (&quick, "/quick-2")] {
        site.put(path, article(path, &[PROUD]));
        world.palinode(&["add", &site.url(path), "--name", &path[1..]]).fine();
    }
    world.palinode(&["check"]).fine();
    slow.put("/slow", article("/slow", &[HUMBLE]).after(pause));
    quick
        .put("/quick-1", article("/quick-1", &[HUMBLE]))
        .put("/quick-2", article("/quick-2", &[HUMBLE]));
    let told = world.wait(600).palinode(&["check"]).said();
    let order = told.lines().filter(|line| line.contains("  r2 changed"));
    let order: Vec<_> = order.map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(order, ["quick-1", "quick-2", "slow"]);
}
