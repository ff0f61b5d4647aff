//! WARC files: what is exported, that it comes back as it was, and what is read of files that others wrote or that broke.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use palinode::archive::{Records, WarcError};
use palinode::cli::Exit;
use proptest::prelude::*;

use crate::checking::{HUMBLE, PROUD};
use crate::rendering::{app, says, watching};
use crate::site::{Reply, Site, article, article_html};
use crate::world::World;

/// A record in plain bytes, as the writers set them.
pub(crate) fn record(kind: &str, headers: &[(&str, &str)], block: &[u8]) -> Vec<u8> {
    let mut head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "Content-Length: {}\r\n\r\n", block.len()).unwrap();
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A response of an HTML page.
pub(crate) fn response(id: &str, date: &str, url: &str, html: &str) -> Vec<u8> {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{html}");
    let id = format!("<urn:uuid:{id}>");
    let headers = [("WARC-Record-ID", id.as_str()), ("WARC-Date", date), ("WARC-Target-URI", url)];
    record("response", &headers, block.as_bytes())
}

pub(crate) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), Compression::default());
    member.write_all(bytes).unwrap();
    member.finish().unwrap()
}

/// A page that was looked at four times: it changed, came back, and was hidden by a challenge. Its entities are coded, and
/// one of them has bytes that are no UTF-8.
pub(crate) fn watched() -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    let coded = gzipped(article_html("Rules", &["We never share your data."]).as_bytes());
    let first = Reply::html(coded).with("Content-Encoding", "gzip").with("X-Odd", "caf\u{e9}");
    site.put("/rules", first.clone()).put("/", Reply::status(302).with("Location", "/rules"));
    world.palinode(&["add", &site.url("/rules"), &site.url("/")]).fine();
    world.palinode(&["check"]).fine();
    site.put("/rules", article("Rules", &["We rarely share your data."]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    site.put("/rules", first);
    world.wait(60).palinode(&["check", "--all"]).fine();
    site.put(
        "/rules",
        article("Just a moment...", &["Checking your browser"])
            .under_status(503)
            .with("Cf-Mitigated", "challenge"),
    );
    world.wait(60).palinode(&["check", "--all"]);
    (world, site)
}

#[test]
fn what_was_exported_comes_back_as_it_was() {
    let (world, _site) = watched();
    let [file, again, index] = ["a.warc.gz", "b/a.warc.gz", "a.cdxj"].map(|name| world.path(name));
    let export = world.palinode(&["export", "--warc", file.to_str().unwrap(), "--cdxj"]).fine();
    insta::assert_snapshot!(export, @"
    -- stderr --
    FOLDER/a.warc.gz: 7 captures of 2 pages
    exit 0
    ");
    let other = World::new();
    let copy = other.path("a.warc.gz");
    fs::copy(&file, &copy).unwrap();
    insta::assert_snapshot!(other.palinode(&["import", "--add", copy.to_str().unwrap()]), @"
    http://127.0.0.1:PORT/: 3 revisions told anew from 4 captures, 0 before
    http://127.0.0.1:PORT/rules: 3 revisions told anew from 3 captures, 0 before
    -- stderr --
    FOLDER/a.warc.gz: 22 records read, 7 captures kept
    exit 0
    ");
    fs::create_dir(world.path("b")).unwrap();
    other.palinode(&["export", "--warc", again.to_str().unwrap(), "--cdxj"]).fine();
    assert_eq!(fs::read(&file).unwrap(), fs::read(&again).unwrap());
    assert_eq!(fs::read(index).unwrap(), fs::read(world.path("b/a.cdxj")).unwrap());
    // Nothing that is there is written over, and what palinode took itself is not taken a second time.
    assert_eq!(world.palinode(&["export", "--warc", file.to_str().unwrap()]).exit, Exit::Usage);
    let back = world.palinode(&["import", file.to_str().unwrap()]).fine();
    assert!(back.stderr.contains(" 0 captures kept"), "{back}");
}

/// The entities, the redirects and the held capture are in the file; the same entity is there once.
#[test]
fn an_export_holds_every_capture() {
    let (world, site) = watched();
    let file = world.path("a.warc");
    world.palinode(&["export", "--warc", file.to_str().unwrap()]).fine();
    let bytes = fs::read(&file).unwrap();
    let records: Vec<_> =
        Records::new(bytes.as_slice(), 1 << 20).unwrap().map(Result::unwrap).collect();
    let kinds = |kind: &str| {
        records.iter().filter(|record| record.header("warc-type") == Some(kind)).count()
    };
    let captures = kinds("response") + kinds("revisit");
    assert_eq!((kinds("warcinfo"), kinds("request"), kinds("metadata")), (1, captures, captures));
    // Two pages of the same answers; after the 503 the other one was put off.
    assert_eq!((kinds("response"), kinds("revisit")), (3, 4));
    let text =
        records.iter().map(|record| String::from_utf8_lossy(&record.block)).collect::<String>();
    assert!(text.contains(&format!("palinode-redirect: 302 {}", site.url("/"))));
    assert!(text.contains("HTTP/1.1 503 Service Unavailable\r\n"));
    assert!(bytes.starts_with(&[0x1f, 0x8b]), "each record is a gzip member, whatever the name");
}

#[test]
fn damage_is_named_with_its_place() {
    let world = World::new();
    let url = "http://page.test/rules";
    let one = response("1", "2024-01-10T08:00:00Z", url, &article_html("Rules", &["One."]));
    let two = response("2", "2024-02-10T08:00:00Z", url, &article_html("Rules", &["Two."]));
    let (one, two) = (gzipped(&one), gzipped(&two));
    let cut = [one.as_slice(), &two[..two.len() - 20]].concat();
    fs::write(world.path("cut.warc.gz"), &cut).unwrap();
    let said = world.palinode(&["import", "--add", world.path("cut.warc.gz").to_str().unwrap()]);
    assert!(said.stderr.contains(&format!("damaged at byte {}: ", one.len())), "{said}");
    insta::assert_snapshot!(said.to_string().replace(&one.len().to_string(), "PLACE"), @"
    http://page.test/rules: 1 revision told anew from 1 capture, 0 before
    -- stderr --
    FOLDER/cut.warc.gz: 1 record read, 1 capture kept
    FOLDER/cut.warc.gz: damaged at byte PLACE: the file ends within a record; all before it was read
    exit 3
    ");
    for (name, bytes) in [
        ("none.warc", b"<html>\n".as_slice()),
        ("empty.warc", b""),
        ("old.arc", b"filedesc://old.arc 0.0.0.0 20050101000000 text/plain 76\n"),
    ] {
        fs::write(world.path(name), bytes).unwrap();
    }
    let all = ["none.warc", "empty.warc", "old.arc"].map(|name| world.path(name));
    let all = all.each_ref().map(|path| path.to_str().unwrap());
    insta::assert_snapshot!(world.palinode(&["import", all[0], all[1], all[2]]), @"
    -- stderr --
    FOLDER/none.warc: 0 records read, 0 captures kept
    FOLDER/none.warc: this is not a WARC file
    FOLDER/empty.warc: 0 records read, 0 captures kept
    FOLDER/empty.warc: this is not a WARC file
    FOLDER/old.arc: 0 records read, 0 captures kept
    FOLDER/old.arc: this is an ARC file, the format before WARC
    hint: warcio makes a WARC file of it: `warcio recompress FILE.arc.gz FILE.warc.gz`
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["import", "nowhere.warc"]), @"
    -- stderr --
    palinode: nowhere.warc: No such file or directory (os error 2)
    exit 2
    ");
}

/// What was read of a page goes with what was sent, so that whoever imports it reads the same.
#[test]
fn an_export_takes_both_along() {
    let site = app(&[PROUD, HUMBLE]);
    let world = watching(&site);
    world.palinode(&["check"]).fine();
    says(&site, &[&PROUD.replace("proud ", ""), HUMBLE]);
    world.wait(60).palinode(&["check", "--all"]).fine();
    let [file, copy] = ["a.warc.gz", "b/a.warc.gz"].map(|name| world.path(name));
    world.palinode(&["export", "--warc", file.to_str().unwrap()]).fine();
    let bytes = fs::read(&file).unwrap();
    let records = Records::new(bytes.as_slice(), 1 << 20).unwrap();
    let converted: Vec<_> = records
        .map(Result::unwrap)
        .filter(|record| record.header("warc-type") == Some("conversion"))
        .collect();
    assert_eq!(converted.len(), 2);
    assert!(converted[0].header("palinode-browser").unwrap().contains("Chrome/"));
    assert_eq!(converted[0].block, world.palinode(&["show", "post", "r1", "--rendered"]).stdout);
    let other = World::new();
    other.palinode(&["import", "--add", file.to_str().unwrap()]).fine();
    for shown in ["--raw", "--rendered"] {
        for revision in ["r1", "r2"] {
            let [ours, theirs] = [(&world, "post"), (&other, "/post")].map(|(world, page)| {
                world.palinode(&["show", page, revision, shown]).fine().stdout
            });
            assert!(ours == theirs, "{shown} {revision}");
        }
    }
    other.palinode(&["verify"]).fine();
    fs::create_dir(world.path("b")).unwrap();
    other.palinode(&["export", "--warc", copy.to_str().unwrap()]).fine();
    assert!(bytes == fs::read(copy).unwrap());
}

/// Three records, a gzip member each or plain, hit in one place or cut.
fn damaged() -> impl Strategy<Value = (Vec<usize>, Vec<u8>, usize)> {
    let hit = (any::<bool>(), any::<prop::sample::Index>(), 1u8.., any::<bool>());
    hit.prop_map(|(packed, at, flip, cut)| {
        let whole: Vec<Vec<u8>> = (1..4)
            .map(|id| response(&id.to_string(), "2024-01-10T08:00:00Z", "http://a.test/", "<p>One"))
            .map(|record| if packed { gzipped(&record) } else { record })
            .collect();
        let ends = whole.iter().scan(0, |end, record| {
            *end += record.len();
            Some(*end)
        });
        let (ends, mut bytes) = (ends.collect(), whole.concat());
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= flip;
        }
        (ends, bytes, at)
    })
}

proptest! {
    #[test]
    fn what_stands_before_the_damage_is_read((ends, bytes, at) in damaged()) {
        let records = Records::new(bytes.as_slice(), 1 << 20).unwrap();
        let (mut read, mut failed) = (Vec::new(), 0);
        for record in records {
            match record {
                Ok(record) => read.push(record),
                Err(WarcError::Damaged { offset, .. }) => {
                    failed += 1;
                    prop_assert!(offset <= bytes.len() as u64);
                }
                Err(_) => failed += 1,
            }
        }
        let whole = ends.iter().filter(|end| **end <= at).count();
        prop_assert!(read.len() >= whole, "{} of {} records", read.len(), whole);
        prop_assert!(failed <= 1);
        for (place, record) in read.iter().take(whole).enumerate() {
            let id = format!("urn:uuid:{}", place + 1);
            prop_assert_eq!(record.id(), Some(id.as_str()));
            prop_assert!(record.block.ends_with(b"<p>One"));
        }
    }

    #[test]
    fn any_bytes_can_be_tried(bytes in prop::collection::vec(any::<u8>(), 0..300), packed in any::<bool>()) {
        let bytes = [b"WARC/1.0\r\n".as_slice(), &bytes].concat();
        let bytes = if packed { gzipped(&bytes) } else { bytes };
        prop_assert!(Records::new(bytes.as_slice(), 1 << 10).unwrap().count() < 300);
    }
}
