//! What others kept of a page, taken into its history: where it stands, whose word it is, and what is not believed of it.

use std::fs;

use crate::site::{Site, article, article_html};
use crate::warc::{gzipped, record, response};
use crate::world::{Output, World};

pub(crate) const PAGE: &str = "http://page.test/rules";

/// A world that watches the page, which it cannot reach.
pub(crate) fn world() -> World {
    let world = World::new();
    world.palinode(&["add", PAGE, "--name", "rules"]).fine();
    world
}

pub(crate) fn import(world: &World, name: &str, records: &[Vec<u8>]) -> Output {
    fs::write(world.path(name), records.concat()).unwrap();
    world.palinode(&["import", world.path(name).to_str().unwrap()])
}

pub(crate) fn rules(text: &str) -> String {
    article_html("Rules", &[text, "The rest of the rules stays as it is, for everybody."])
}

#[test]
fn captures_of_others_take_their_place_in_time_and_say_whose_they_are() {
    let world = world();
    let late = response("2", "2024-03-05T12:30:15Z", PAGE, &rules("We rarely share your data."));
    let early = response("1", "2024-01-10T08:00:00Z", PAGE, &rules("We never share your data."));
    let back = response("3", "2024-06-10T08:00:00.250Z", PAGE, &rules("We never share your data."));
    insta::assert_snapshot!(import(&world, "late.warc", &[late]), @"
    rules: 1 revision told anew from 1 capture, 0 before
    -- stderr --
    FOLDER/late.warc: 1 record read, 1 capture kept
    exit 0
    ");
    insta::assert_snapshot!(import(&world, "all.warc.gz", &[early, back].map(|it| gzipped(&it))), @"
    rules: 3 revisions told anew from 3 captures, 1 before
    -- stderr --
    FOLDER/all.warc.gz: 2 records read, 2 captures kept
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "rules"]), @"
    rules
    3 checks from 2024-01-10 08:00 to 2024-06-10 08:00 (UTC), 3 of them made by others

    r3  changed between 2024-03-05 12:30 and 2024-06-10 08:00, as in r1
        +1 −1 word; seen until 2024-06-10 08:00 in 1 check
        told by the file all.warc.gz, not seen by palinode itself
        restored  {*the whole page as in r1*} (gone since r2, for at most 152 d)
        put-back  [-rarely-] {*never*} (in place; gone since r2, for at most 152 d)

    r2  changed between 2024-01-10 08:00 and 2024-03-05 12:30
        +1 −1 word; seen until 2024-03-05 12:30 in 1 check
        told by the file late.warc, not seen by palinode itself
        reworded  [-never-] {+rarely+} (in place)

    r1  first seen 2024-01-10 08:00
        seen until 2024-01-10 08:00 in 1 check
        told by the file all.warc.gz, not seen by palinode itself
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["show", "rules", "r2"]), @"
    rules  r2
    seen from 2024-03-05 12:30 to 2024-03-05 12:30 (UTC)
    told by the file late.warc, not seen by palinode itself
    title: Rules

    # Rules

    We rarely share your data.

    The rest of the rules stays as it is, for everybody.
    exit 0
    ");
    let log = world.json(&["log", "rules", "--json"]);
    insta::assert_snapshot!(log["revisions"][0]["source"], @r#"{"origin":"warc","name":"all.warc.gz","record":"urn:uuid:3","received_at":"2026-03-01T08:00:00.000Z"}"#);
    assert_eq!(log["checks_by_others"], 3);
    // A second time adds nothing, and a rebuild tells the same.
    let before = world.palinode(&["log", "rules", "--json"]).said();
    let again = world.palinode(&["import", world.path("all.warc.gz").to_str().unwrap()]).fine();
    insta::assert_snapshot!(again, @"
    -- stderr --
    FOLDER/all.warc.gz: 2 records read, 0 captures kept, 2 known already
    exit 0
    ");
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.palinode(&["log", "rules", "--json"]).said(), before);
}

/// Heritrix, wget, wpull and browsers write differently; all of it is the same page.
#[test]
fn what_different_writers_write_is_read() {
    let world = world();
    let of = |id: &str, date: &str, more: &[(&str, &str)], block: &[u8]| {
        let headers = [[("WARC-Record-ID", id), ("WARC-Date", date)].as_slice(), more].concat();
        (
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<Vec<_>>(),
            block.to_vec(),
        )
    };
    let build = |kind: &str, (headers, block): (Vec<(String, String)>, Vec<u8>)| {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        record(kind, &headers, &block)
    };
    let one = rules("One.");
    let chunked = format!(
        "HTTP/1.1 200\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n0\r\n\r\n",
        one.len()
    );
    let undone = format!(
        "HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked\n\n{}",
        rules("Two.")
    );
    let http2 = format!("HTTP/2 200 \r\nContent-Type: text/html\r\n\r\n{}", rules("Four."));
    let target = ("WARC-Target-URI", PAGE);
    let records = [
        record("warcinfo", &[("WARC-Record-ID", "<urn:uuid:0>")], b"software: x\r\n"),
        // wget sets the address in brackets, and adds its own notes.
        build(
            "response",
            of(
                "<urn:uuid:1>",
                "2024-01-01T00:00:00Z",
                &[
                    ("WARC-Target-URI", "<http://page.test/rules>"),
                    ("WARC-Payload-Digest", "sha1:ONE"),
                ],
                chunked.as_bytes(),
            ),
        ),
        build(
            "resource",
            of(
                "<urn:uuid:w>",
                "2024-01-01T00:00:00Z",
                &[("WARC-Target-URI", "metadata://gnu.org/software/wget/warc/wget.log")],
                b"log",
            ),
        ),
        build("response", of("<urn:uuid:2>", "2024-02-01T00:00:00Z", &[target], undone.as_bytes())),
        build(
            "resource",
            of(
                "<urn:uuid:3>",
                "2024-03-01T00:00:00Z",
                &[target, ("Content-Type", "text/html")],
                rules("Three.").as_bytes(),
            ),
        ),
        build("response", of("<urn:uuid:4>", "2024-04-01T00:00:00Z", &[target], http2.as_bytes())),
        build(
            "revisit",
            of(
                "<urn:uuid:5>",
                "2024-05-01T00:00:00Z",
                &[target, ("WARC-Payload-Digest", "sha1:ONE"), ("WARC-Truncated", "length")],
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
            ),
        ),
        build(
            "revisit",
            of(
                "<urn:uuid:6>",
                "2024-05-02T00:00:00Z",
                &[target, ("WARC-Payload-Digest", "sha1:NONE")],
                b"HTTP/1.1 200 OK\r\n\r\n",
            ),
        ),
        build(
            "response",
            of(
                "<urn:uuid:7>",
                "2024-05-03T00:00:00Z",
                &[target, ("WARC-Truncated", "time")],
                b"HTTP/1.1 200 OK\r\n\r\n<p>cut",
            ),
        ),
        build("response", of("<urn:uuid:8>", "2024-05-04T00:00:00Z", &[target], b"no http")),
        build(
            "response",
            of(
                "<urn:uuid:9>",
                "2024-06-01T00:00:00Z",
                &[("WARC-Target-URI", "http://page.test/else")],
                undone.as_bytes(),
            ),
        ),
    ];
    insta::assert_snapshot!(import(&world, "mixed.warc", &records), @"
    rules: 5 revisions told anew from 5 captures, 0 before
    -- stderr --
    FOLDER/mixed.warc: 11 records read, 5 captures kept, 1 of pages that are not watched, 1 left: the record that they repeat is not here, 1 left: broken off when they were captured, 1 left: no address, date or answer can be read in them
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "rules", "--graph"]), @"
    rules
    5 checks from 2024-01-01 00:00 to 2024-05-01 00:00 (UTC)
    5 revisions, 4 states: the same letter is the same text

    A    r5  changed between 2024-04-01 00:00 and 2024-05-01 00:00, as in r1
    │        +1 −1 word; seen until 2024-05-01 00:00 in 1 check
    │ D  r4  changed between 2024-03-01 00:00 and 2024-04-01 00:00
    │ │      +1 −1 word; seen until 2024-04-01 00:00 in 1 check
    │ C  r3  changed between 2024-02-01 00:00 and 2024-03-01 00:00
    │ │      +1 −1 word; seen until 2024-03-01 00:00 in 1 check
    │ B  r2  changed between 2024-01-01 00:00 and 2024-02-01 00:00
    │        +1 −1 word; seen until 2024-02-01 00:00 in 1 check
    A    r1  first seen 2024-01-01 00:00
             seen until 2024-01-01 00:00 in 1 check
    exit 0
    ");
}

#[test]
fn a_redirect_leads_to_the_answer_of_the_page() {
    let world = world();
    let moved = b"HTTP/1.1 301 Moved\r\nLocation: /new\r\n\r\n";
    let headers = [
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Date", "2024-01-10T08:00:00Z"),
        ("WARC-Target-URI", PAGE),
    ];
    let target = "http://page.test/new";
    let records = [
        record("response", &headers, moved),
        response("2", "2024-01-10T08:00:01Z", target, &rules("Moved.")),
        // Days later nobody came here by way of the page.
        response("3", "2024-01-15T08:00:01Z", target, &rules("Other.")),
    ];
    insta::assert_snapshot!(import(&world, "moved.warc", &records), @"
    rules: 1 revision told anew from 1 capture, 0 before
    -- stderr --
    FOLDER/moved.warc: 3 records read, 1 capture kept, 1 of pages that are not watched
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["show", "rules", "--json"]), @r#"
    {
      "page": "rules",
      "revision": 1,
      "first_seen": "2024-01-10T08:00:01.000Z",
      "last_seen": "2024-01-10T08:00:01.000Z",
      "title": "Rules",
      "byline": null,
      "published": null,
      "modified": null,
      "entity_sha256": "91352518b354358dfa30e73b8ace49d31b311b7dfa00350fb2bb82ddb7a313c3",
      "source": {
        "origin": "warc",
        "name": "moved.warc",
        "record": "urn:uuid:2",
        "received_at": "2026-03-01T08:00:00.000Z"
      },
      "passages": [
        {
          "kind": {
            "heading": 1
          },
          "line": 0,
          "text": "Rules"
        },
        {
          "kind": "paragraph",
          "line": 1,
          "text": "Moved."
        },
        {
          "kind": "paragraph",
          "line": 2,
          "text": "The rest of the rules stays as it is, for everybody."
        }
      ]
    }
    exit 0
    "#);
}

/// What palinode saw itself all the while is not undone by anybody's claim; before and after it, there is room.
#[test]
fn own_checks_are_believed_before_the_claims_of_others() {
    let (world, site) = (World::new(), Site::new());
    site.put(
        "/rules",
        article(
            "Rules",
            &["We never share your data.", "The rest of the rules stays as it is, for everybody."],
        ),
    );
    let url = site.url("/rules");
    world.palinode(&["add", &url, "--name", "rules"]).fine();
    world.at("2026-03-01T08:00:00Z").palinode(&["check"]).fine();
    world.at("2026-03-05T08:00:00Z").palinode(&["check"]).fine();
    let claim = |id: &str, date: &str, text: &str| response(id, date, &url, &rules(text));
    let records = [
        claim("1", "2026-02-20T08:00:00Z", "We rarely share your data."),
        claim("2", "2026-03-03T08:00:00Z", "We always share your data."),
        claim("3", "2026-03-04T08:00:00Z", "We never share your data."),
    ];
    import(&world, "claims.warc", &records).fine();
    insta::assert_snapshot!(world.palinode(&["log", "rules"]), @"
    rules
    5 checks from 2026-02-20 08:00 to 2026-03-05 08:00 (UTC), 1 of them saw no page, 3 of them
    made by others

    r2  changed between 2026-02-20 08:00 and 2026-03-01 08:00
        +1 −1 word; seen until 2026-03-05 08:00 in 3 checks
        reworded  [-rarely-] {+never+} (in place)

    r1  first seen 2026-02-20 08:00
        seen until 2026-02-20 08:00 in 1 check
        told by the file claims.warc, not seen by palinode itself
    exit 0
    ");
    // The next check goes on from what palinode saw: nothing is news.
    insta::assert_snapshot!(world.at("2026-03-09T08:00:00Z").palinode(&["check"]), @"exit 0");
    let pages = world.palinode(&["pages"]).said();
    assert!(pages.contains("2026-03-09"), "{pages}");
}

/// A page that seems to have lost its text is not believed on one capture, and is on two hours apart.
#[test]
fn a_collapse_needs_a_second_capture() {
    let rule = "<p>Whoever comes in must close the door behind them, and whoever leaves must do so too.</p>";
    let long = rule.repeat(60);
    let page = |text: &str| format!("<title>Rules</title><main><h1>Rules</h1>{text}</main>");
    let claim = |id: &str, date: &str, text: &str| response(id, date, PAGE, &page(text));
    let first = claim("1", "2024-01-01T00:00:00Z", &long);
    let lost = claim("2", "2024-02-01T00:00:00Z", "<p>There is one rule left here.</p>");
    let again = claim("3", "2024-03-01T00:00:00Z", "<p>There is one rule left here.</p>");
    let back = claim("4", "2024-04-01T00:00:00Z", &long);
    let once = world();
    import(&once, "once.warc", &[first.clone(), lost.clone(), back.clone()]).fine();
    insta::assert_snapshot!(once.palinode(&["log", "rules", "--graph"]), @"
    rules
    3 checks from 2024-01-01 00:00 to 2024-04-01 00:00 (UTC), 1 of them saw no page
    1 revision

    A  r1  first seen 2024-01-01 00:00
           seen until 2024-04-01 00:00 in 2 checks
    exit 0
    ");
    let twice = world();
    import(&twice, "twice.warc", &[first, lost, again, back]).fine();
    insta::assert_snapshot!(twice.palinode(&["log", "rules", "--graph"]), @"
    rules
    4 checks from 2024-01-01 00:00 to 2024-04-01 00:00 (UTC)
    3 revisions, 2 states: the same letter is the same text

    A    r3  changed between 2024-03-01 00:00 and 2024-04-01 00:00, as in r1
    │        +960 −6 words; seen until 2024-04-01 00:00 in 1 check
    │ B  r2  changed between 2024-01-01 00:00 and 2024-02-01 00:00
    │        +6 −960 words; seen until 2024-03-01 00:00 in 2 checks
    A    r1  first seen 2024-01-01 00:00
             seen until 2024-01-01 00:00 in 1 check
    exit 0
    ");
}
