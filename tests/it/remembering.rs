//! The history as a web archive: what programs get that read the Wayback Machine or speak Memento, to the byte; and another
//! palinode among them.

use std::fmt::Write as _;
use std::fs;

use crate::site::{Reply, Site, article, article_html};
use crate::visitor::{Got, Visitor};
use crate::warc::{gzipped, response};
use crate::world::{World, masked};

/// An address with everything in it that a careless server would tidy away.
pub(crate) const PATH: &str = "/a//b;c,d%2Fe/?of=http://x.test//y%3Fz&v=1,2;3";

fn rules(text: &str) -> String {
    article_html("Rules", &[text, "The rest of the rules stays as it is, for everybody."])
}

/// Six captures, of which one is held, one somebody else's, and one within the second of another; and a check that only
/// found the same.
pub(crate) fn kept() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url(PATH), "--name", "rules"]).fine();
    let days = [
        ("2026-03-01T08:00:00.000Z", Reply::html(rules("We never share.")).with("ETag", "\"1\"")),
        ("2026-03-01T20:00:00.000Z", Reply::html(rules("We never share.")).with("ETag", "\"1\"")),
        (
            "2026-03-02T08:00:00.100Z",
            Reply::html(gzipped(rules("We rarely share.").as_bytes()))
                .with("Content-Encoding", "gzip")
                .with("Set-Cookie", "a=1")
                .with("Set-Cookie", "b=2"),
        ),
        ("2026-03-02T08:00:00.900Z", Reply::html(rules("We may share."))),
        (
            "2026-03-03T08:00:00.000Z",
            Reply::html("<title>Just a moment...</title><p>Checking your browser.")
                .with("cf-mitigated", "challenge")
                .under_status(403),
        ),
        ("2026-03-04T08:00:00.000Z", Reply::html(rules("We share."))),
    ];
    for (at, reply) in days {
        site.put(PATH, reply);
        world.at(at).palinode(&["check", "--all"]);
    }
    let claim =
        response("1", "2024-01-10T08:00:00Z", &site.url(PATH), &rules("We do not share at all."));
    fs::write(world.path("old.warc"), claim).unwrap();
    world.palinode(&["import", world.path("old.warc").to_str().unwrap()]).fine();
    (world, site)
}

/// Status, headers and text of an answer, without what every answer of the server has. `PAGE` is the address of the page,
/// `PAGE%` the same with its commas and semicolons written out.
pub(crate) fn shown(got: &Got) -> String {
    const ALWAYS: [&str; 8] = [
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "connection",
        "date",
        "etag",
    ];
    let mut lines: Vec<&str> = got.head.lines().skip(1).collect();
    lines.retain(|line| {
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        let is_own_policy = name == "content-security-policy" && line.contains("style-src");
        !(is_own_policy || name == "content-length" || ALWAYS.contains(&name.as_str()))
    });
    lines.sort_unstable();
    let mut shown = format!("{}\n", got.status);
    for line in lines {
        writeln!(shown, "{}", line.replace(", <", ",\n  <")).unwrap();
    }
    if got.bytes.is_ascii() && !got.bytes.starts_with(b"<!") {
        write!(shown, "\n{}", got.body).unwrap();
    }
    let shown = masked(&shown, "FOLDER");
    let page = format!("http://127.0.0.1:PORT{PATH}");
    shown.replace(&page, "PAGE").replace(&page.replace(';', "%3B").replace(',', "%2C"), "PAGE%")
}

#[test]
fn a_time_gate_leads_to_the_nearest_capture() {
    let (world, site) = kept();
    let visitor = Visitor::of(&world);
    let gate = format!("/web/{}", site.url(PATH));
    let want = "Accept-Datetime: Mon, 02 Mar 2026 19:00:00 GMT\r\n";
    insta::assert_snapshot!(shown(&visitor.ask("GET", &gate, want)), @r#"
    302
    cache-control: no-store
    content-type: text/plain; charset=utf-8
    link: <PAGE>; rel="original",
      <http://127.0.0.1:PORT/web/PAGE%>; rel="timegate",
      <http://127.0.0.1:PORT/web/timemap/link/PAGE%>; rel="timemap"; type="application/link-format",
      <http://127.0.0.1:PORT/web/20240110080000/PAGE%>; rel="first memento"; datetime="Wed, 10 Jan 2024 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260301080000/PAGE%>; rel="prev memento"; datetime="Sun, 01 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260302080000/PAGE%>; rel="memento"; datetime="Mon, 02 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260303080000/PAGE%>; rel="next memento"; datetime="Tue, 03 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260304080000/PAGE%>; rel="last memento"; datetime="Wed, 04 Mar 2026 08:00:00 GMT"
    location: http://127.0.0.1:PORT/web/20260302080000/PAGE%
    vary: accept-datetime
    "#);
    let led = |want: &str| {
        let got = visitor.ask("HEAD", &gate, want);
        assert_eq!((got.status, got.header("memento-datetime")), (302, None));
        let location = got.header("location").unwrap();
        location.split("/web/").nth(1).unwrap()[..14].to_owned()
    };
    assert_eq!(led(""), "20260304080000", "the newest");
    assert_eq!(led("Accept-Datetime: Fri, 01 Jan 1999 00:00:00 GMT\r\n"), "20240110080000");
    assert_eq!(led("Accept-Datetime: Fri, 01 Jan 2100 00:00:00 GMT\r\n"), "20260304080000");
    insta::assert_snapshot!(shown(&visitor.ask("GET", &gate, "Accept-Datetime: last week\r\n")), @"
    400
    cache-control: private, no-cache
    content-type: text/plain; charset=utf-8

    Accept-Datetime is no date: write it as in Tue, 05 Mar 2024 12:30:15 GMT
    ");
    insta::assert_snapshot!(shown(&visitor.get("/web/http://never.test/")), @"
    404
    cache-control: private, no-cache
    content-type: text/plain; charset=utf-8

    no capture of that address is kept here
    ");
}

#[test]
fn a_memento_is_what_was_sent_and_no_page_of_this_server() {
    let (world, site) = kept();
    let visitor = Visitor::of(&world);
    let url = site.url(PATH);
    let first = visitor.get(&format!("/web/20260301080000id_/{url}"));
    insta::assert_snapshot!(shown(&first), @r#"
    200
    cache-control: no-store
    content-disposition: attachment; filename="capture.bin"
    content-security-policy: default-src 'none'; sandbox; frame-ancestors 'none'
    content-type: text/html; charset=utf-8
    link: <PAGE>; rel="original",
      <http://127.0.0.1:PORT/web/PAGE%>; rel="timegate",
      <http://127.0.0.1:PORT/web/timemap/link/PAGE%>; rel="timemap"; type="application/link-format",
      <http://127.0.0.1:PORT/web/20240110080000/PAGE%>; rel="first prev memento"; datetime="Wed, 10 Jan 2024 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260301080000/PAGE%>; rel="memento"; datetime="Sun, 01 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260302080000/PAGE%>; rel="next memento"; datetime="Mon, 02 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260304080000/PAGE%>; rel="last memento"; datetime="Wed, 04 Mar 2026 08:00:00 GMT"
    memento-datetime: Sun, 01 Mar 2026 08:00:00 GMT
    vary: accept-encoding
    x-archive-orig-connection: close
    x-archive-orig-content-length: 239
    x-archive-orig-content-type: text/html; charset=utf-8
    x-archive-orig-etag: "1"
    x-palinode-capture: c1
    x-palinode-entity: sha256:4348b340c7376c0899d0429e5f97386630fbc9547bf0f909d20d6793eb4d7d14
    x-palinode-source: live
    "#);
    assert_eq!(first.bytes, rules("We never share.").into_bytes());
    let bare = visitor.ask("HEAD", &format!("/web/20260301080000/{url}"), "");
    let heads = [&bare, &first].map(|got| {
        got.head.lines().filter(|line| !line.starts_with("date: ")).collect::<Vec<_>>().join("\n")
    });
    assert_eq!(heads[0], heads[1], "both forms, and HEAD, say the same");
    // A coding stays as it was sent, unless the client cannot undo it.
    let second = format!("/web/20260302080000id_/{url}");
    let coded = visitor.ask("GET", &second, "Accept-Encoding: br, gzip\r\n");
    insta::assert_snapshot!(shown(&coded), @r#"
    200
    cache-control: no-store
    content-disposition: attachment; filename="capture.bin"
    content-encoding: gzip
    content-security-policy: default-src 'none'; sandbox; frame-ancestors 'none'
    content-type: text/html; charset=utf-8
    link: <PAGE>; rel="original",
      <http://127.0.0.1:PORT/web/PAGE%>; rel="timegate",
      <http://127.0.0.1:PORT/web/timemap/link/PAGE%>; rel="timemap"; type="application/link-format",
      <http://127.0.0.1:PORT/web/20240110080000/PAGE%>; rel="first memento"; datetime="Wed, 10 Jan 2024 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260301080000/PAGE%>; rel="prev memento"; datetime="Sun, 01 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260302080000/PAGE%>; rel="memento"; datetime="Mon, 02 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260303080000/PAGE%>; rel="next memento"; datetime="Tue, 03 Mar 2026 08:00:00 GMT",
      <http://127.0.0.1:PORT/web/20260304080000/PAGE%>; rel="last memento"; datetime="Wed, 04 Mar 2026 08:00:00 GMT"
    memento-datetime: Mon, 02 Mar 2026 08:00:00 GMT
    vary: accept-encoding
    x-archive-orig-connection: close
    x-archive-orig-content-encoding: gzip
    x-archive-orig-content-length: 178
    x-archive-orig-content-type: text/html; charset=utf-8
    x-archive-orig-set-cookie: a=1
    x-archive-orig-set-cookie: b=2
    x-palinode-capture: c2
    x-palinode-entity: sha256:a2a1c64caf6286f1f3b90b9e1141acf21dd5e7bc829450180ba9694d14dc62a1
    x-palinode-source: live
    "#);
    assert_eq!(coded.bytes, gzipped(rules("We rarely share.").as_bytes()));
    assert_eq!(visitor.get(&second).bytes, coded.bytes);
    let plain = visitor.ask("GET", &second, "Accept-Encoding: br, gzip;q=0\r\n");
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.bytes, rules("We rarely share.").into_bytes());
    // What was held is a memento like any other, and says that it is not believed; so does whose claim another is.
    let held = visitor.get(&format!("/web/20260303080000id_/{url}"));
    assert_eq!(
        (held.status, held.header("x-palinode-held"), held.header("x-palinode-source")),
        (403, Some("challenge(cloudflare)"), Some("live"))
    );
    let claim = visitor.get(&format!("/web/20240110080000id_/{url}"));
    assert_eq!(
        (claim.header("x-palinode-held"), claim.header("x-palinode-source")),
        (None, Some("warc old.warc"))
    );
}

#[test]
fn a_time_without_a_capture_leads_to_the_nearest() {
    let (world, site) = kept();
    let visitor = Visitor::of(&world);
    let url = site.url(PATH);
    // The check that found the same, and the second capture within a second, have no address of their own.
    for (asked, led) in [
        ("20260301200000id_", "20260301080000id_"),
        ("20260301200001id_", "20260302080000id_"),
        ("20260302080001", "20260302080000"),
        ("2026", "20260304080000"),
        ("2024", "20240110080000"),
        ("2", "20260304080000"),
        ("0", "20240110080000"),
    ] {
        let got = visitor.get(&format!("/web/{asked}/{url}"));
        let location = got.header("location").unwrap().split("/web/").nth(1).unwrap();
        assert_eq!((got.status, got.header("memento-datetime")), (302, None), "{asked}");
        assert_eq!(location.split('/').next(), Some(led), "{asked}");
        let there = visitor.get(&format!("/web/{location}"));
        assert!(there.header("memento-datetime").is_some(), "{location}");
    }
}

/// `http`, `https`, `www`, case and a lost slash are as one; a page that redirects is found by both of its addresses.
#[test]
fn an_address_is_found_as_archives_find_it() {
    let (world, site) = (World::new(), Site::new());
    site.put("/rules", article("Rules", &["We never share."]));
    site.put("/short", Reply::status(301).with("Location", &site.url("/rules")));
    world.palinode(&["add", &site.url("/short"), "--name", "short"]).fine();
    world.palinode(&["check"]).fine();
    let visitor = Visitor::of(&world);
    let there = site.url("/").replace("http://", "");
    for url in [
        site.url("/short"),
        site.url("/rules"),
        site.url("/Rules/"),
        format!("https://{there}rules"),
        format!("{there}rules"),
        format!("http:/{there}short"),
        format!("http%3A%2F%2F{there}short"),
    ] {
        let got = visitor.get(&format!("/web/20260301080000id_/{url}"));
        let link = got.header("link").unwrap_or_default();
        assert!(
            link.starts_with(&format!("<{}>; rel=\"original\"", site.url("/rules"))),
            "{url}: {}",
            got.head
        );
    }
    assert_eq!(visitor.get(&format!("/web/{}", site.url("/other"))).status, 404);
}

/// A gate is a gate at these addresses too.
#[test]
fn only_who_may_ask_is_answered() {
    let (world, site) = kept();
    let gate = format!("/web/{}", site.url(PATH));
    let visitor = Visitor::of(&world);
    assert_eq!(visitor.ask("GET", &gate, "Host: evil.example\r\n").status, 421);
    assert_eq!(visitor.ask("POST", &gate, "").status, 405);
    let tls = visitor.ask("GET", &gate, "Host: localhost:1\r\nX-Forwarded-Proto: https\r\n");
    assert!(tls.header("location").unwrap().starts_with("https://localhost:1/web/2026"));
    let visitor = Visitor::with_token(&world, "0123456789-abcdef");
    for path in [&gate, "/web/timemap/link/http://a.test/", "/cdx/search/cdx?url=a.test"] {
        assert_eq!(visitor.get(path).status, 401, "{path}");
    }
    assert_eq!(
        visitor.ask("GET", &gate, "Authorization: Bearer 0123456789-abcdef\r\n").status,
        302
    );
}
