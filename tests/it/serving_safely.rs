//! Who may ask for the history and what they can do with it: names, tokens, methods, headers, and hostile pages.

use dom_query::Document;

use crate::history::told;
use crate::reading_html::harmless;
use crate::site::{Reply, Site, article};
use crate::visitor::Visitor;
use crate::world::World;

const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[test]
fn every_answer_has_the_headers_that_keep_a_browser_quiet() {
    let visitor = Visitor::of(told());
    for path in [
        "/",
        "/page/1/",
        "/style.css",
        "/feed.atom",
        "/api/v1/pages",
        "/nothing",
        "/page/99/",
        "/page/1/compare/",
    ] {
        let got = visitor.get(path);
        for (name, value) in [
            ("content-security-policy", POLICY),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(got.header(name), Some(value), "{path}");
        }
        assert!(
            got.header("content-type").is_some_and(|kind| kind.contains("charset=utf-8")),
            "{path}"
        );
    }
}

/// The bytes of a captured page are a file to keep: a browser that shows them all the same gives them no rights.
#[test]
fn a_captured_page_is_never_a_page_of_this_server() {
    let got = Visitor::of(told()).get("/page/1/r1/capture");
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), Some("application/octet-stream"));
    assert_eq!(got.header("content-disposition"), Some("attachment; filename=\"capture.bin\""));
    assert_eq!(
        got.header("content-security-policy"),
        Some("default-src 'none'; sandbox; frame-ancestors 'none'")
    );
    assert!(got.body.starts_with("<!doctype html>"));
}

#[test]
fn only_reading_is_answered() {
    let visitor = Visitor::of(told());
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
        let got = visitor.ask(method, "/", "");
        assert_eq!((got.status, got.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    let (head, get) = (visitor.ask("HEAD", "/", ""), visitor.get("/"));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(visitor.send("nonsense\r\n\r\n").status, 400);
}

#[test]
fn what_was_had_already_is_not_sent_again() {
    let visitor = Visitor::of(told());
    let etag = visitor.get("/").header("etag").unwrap().to_owned();
    let again = visitor.ask("GET", "/", &format!("If-None-Match: {etag}\r\n"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(again.header("content-security-policy"), Some(POLICY));
}

/// A name that a stranger made to point here is not answered, whatever it asks.
#[test]
fn a_rebound_name_is_turned_away() {
    let visitor = Visitor::of(told());
    for host in ["evil.example", "evil.example:8018", "localhost.evil.example", ""] {
        let got = visitor.ask("GET", "/api/v1/pages", &format!("Host: {host}\r\n"));
        assert_eq!(got.status, 421, "{host}");
        assert!(!got.body.contains("post"), "{}", got.body);
    }
    assert_eq!(visitor.ask("GET", "/", "Host: localhost:8018\r\n").status, 200);
    assert!(visitor.send("GET / HTTP/1.1\r\n\r\n").status >= 400);
}

#[test]
fn a_token_keeps_everybody_else_out() {
    let secret = "0123456789-abcdef";
    let visitor = Visitor::with_token(told(), secret);
    let closed = visitor.get("/");
    assert_eq!((closed.status, closed.header("www-authenticate")), (401, Some("Bearer")));
    assert!(!closed.body.contains("post"));
    assert_eq!(visitor.ask("GET", "/", &format!("Authorization: Bearer {secret}\r\n")).status, 200);
    let open = visitor.get(&format!("/?token={secret}"));
    let cookie = "palinode-token=0123456789-abcdef; HttpOnly; SameSite=Strict; Path=/";
    assert_eq!((open.status, open.header("set-cookie")), (200, Some(cookie)));
    assert!(!open.body.contains(secret));
    let stays = visitor.ask("GET", "/", &format!("Cookie: palinode-token={secret}\r\n"));
    assert_eq!((stays.status, stays.header("set-cookie")), (200, None));
}

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    let world = told();
    insta::assert_snapshot!(world.palinode(&["serve", "--listen", "0.0.0.0:0"]), @"
    -- stderr --
    palinode: 0.0.0.0:0 can be reached from other machines, and nothing would keep them out
    hint: give --token SECRET, or listen on 127.0.0.1
    PORT⏎missing
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["serve", "--listen", "0.0.0.0:0", "--token", "short"]), @"
    -- stderr --
    palinode: the token is too short or holds other signs
    hint: 16 characters or more, of a-z, A-Z, 0-9, - and _
    exit 2
    ");
    let none = World::new();
    assert_eq!(none.palinode(&["serve"]).exit.code(), 2);
}

/// Markup, marks of direction, invisible and control characters, and a word without end, in text, title and name.
#[test]
fn a_hostile_page_stays_text_in_every_view() {
    let bad = "</p><script>alert(1)</script>&lt;img src=x onerror=alert(1)&gt; \u{202e}gnp ze\u{200b}ro &#7;";
    let (world, site) = (World::new(), Site::new());
    world
        .palinode(&[
            "add",
            &site.url("/post"),
            "--name",
            "\"><script>\u{202e}",
            "--phrase",
            "<b>x\u{200b}",
            "--tag",
            "<i>",
        ])
        .fine();
    for word in ["so proud", "glad", "glad", "so proud"] {
        let huge = "x".repeat(5000);
        site.put("/post", Reply::html(format!(
            "<title>{bad}</title><meta name=author content='&lt;s&gt;'><main><article><h1>&lt;u&gt; {bad}</h1>\
             <p>We are {word} to show &lt;plaintext&gt; \u{202e}gnp\u{200b} {huge}.</p><p>And more of it.</p></article></main>"
        )));
        world.wait(600).palinode(&["check"]).fine();
    }
    let visitor = Visitor::of(&world);
    for path in [
        "/",
        "/page/1/",
        "/page/1/r1..r2/",
        "/page/1/r1..r2/columns/",
        "/page/1/r3/",
        "/page/1/r3/ages/",
        "/page/1/checks/",
        "/page/1/r3.1/",
        "/events/",
        "/search/?q=proud",
        "/page/1/phrase/?q=proud",
        "/page/1/phrase/?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE",
        "/search/?q=%22%3E%3Cscript%3E%E2%80%AE",
        "/page/%3Cscript%3E/",
        "/events/?kind=%3Cscript%3E",
        "/page/1/r99/",
    ] {
        let got = visitor.get(path);
        harmless(&got.body);
        assert_eq!(
            Document::from(got.body.as_str()).select("script, img, plaintext, u, s, i, b").length(),
            0,
            "{path}"
        );
        assert!(got.head.is_ascii(), "{path}");
    }
}

/// A check writes while the pages are read; nothing of it is seen before it is whole.
#[test]
fn a_check_may_run_at_the_same_time() {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    site.put("/post", article("Post", &["The harbour is open."]));
    world.palinode(&["check"]).fine();
    let visitor = Visitor::of(&world);
    for number in 2..6 {
        site.put("/post", article("Post", &[&format!("The harbour is open. Day {number}.")]));
        let reader = std::thread::scope(|scope| {
            let reads =
                scope.spawn(|| (0..8).map(|_| visitor.get("/page/1/").status).collect::<Vec<_>>());
            world.wait(600).palinode(&["check"]).fine();
            reads.join().unwrap()
        });
        assert_eq!(reader, [200; 8]);
        assert!(visitor.body("/page/1/").contains(&format!("id=\"r{number}\"")));
    }
}
