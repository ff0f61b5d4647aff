//! The file that replay tools open: whether each of its parts leads to the next, down to the record that is shown.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};

use flate2::read::GzDecoder;
use palinode::archive::Records;
use palinode::cli::Exit;
use palinode::fetch::Digest;
use serde_json::Value;
use zip::{CompressionMethod, ZipArchive};

use crate::importing::{PAGE, import, rules, world};
use crate::warc::{response, watched};
use crate::world::World;

/// The entries of the file, which must all be stored as they are.
fn entries(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut entries = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert_eq!(entry.compression(), CompressionMethod::Stored, "{name}");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        entries.insert(name, bytes);
    }
    entries
}

fn exported(world: &World, name: &str) -> Vec<u8> {
    let file = world.path(name);
    world.palinode(&["export", "--wacz", file.to_str().unwrap()]).fine();
    fs::read(file).unwrap()
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn hash(bytes: &[u8]) -> String {
    format!("sha256:{}", Digest::of(bytes))
}

#[test]
fn every_entry_is_listed_with_its_digest() {
    let (world, _site) = watched();
    let entries = entries(&exported(&world, "a.wacz"));
    let names: Vec<&str> = entries.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "archive/data.warc.gz",
            "datapackage-digest.json",
            "datapackage.json",
            "indexes/index.cdx.gz",
            "indexes/index.idx",
            "pages/pages.jsonl"
        ]
    );
    let mut package: Value = serde_json::from_slice(&entries["datapackage.json"]).unwrap();
    let digest: Value = serde_json::from_slice(&entries["datapackage-digest.json"]).unwrap();
    assert_eq!(digest["hash"], hash(&entries["datapackage.json"]));
    let resources = package.as_object_mut().unwrap().remove("resources").unwrap();
    let resources = resources.as_array().unwrap();
    assert_eq!(resources.len(), 4);
    for resource in resources {
        let bytes = &entries[resource["path"].as_str().unwrap()];
        assert_eq!(resource["hash"], hash(bytes), "{resource}");
        assert_eq!(resource["bytes"], bytes.len(), "{resource}");
    }
    let package = serde_json::to_string_pretty(&package).unwrap();
    insta::assert_snapshot!(crate::world::masked(&package, "?"), @r#"
    {
      "profile": "data-package",
      "wacz_version": "1.1.1",
      "title": "2 pages",
      "description": "7 captures of 2 pages; all taken by palinode itself",
      "software": "palinode/0.1.0",
      "mainPageUrl": "http://127.0.0.1:PORT/rules",
      "mainPageDate": "2026-03-01T10:00:00.000000Z"
    }
    "#);
}

/// From a revision to its record, as a replay tool goes: the list of pages, the list of members, a member, a record.
#[test]
fn every_revision_leads_to_its_record() {
    let (world, _site) = watched();
    let entries = entries(&exported(&world, "a.wacz"));
    let archive = &entries["archive/data.warc.gz"];
    let list = String::from_utf8(entries["indexes/index.idx"].clone()).unwrap();
    let mut members = list.lines();
    assert_eq!(
        members.next().unwrap(),
        r#"!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}"#
    );
    let mut index = String::new();
    for member in members {
        let (key, json) = member.split_once(" {").unwrap();
        let place: Value = serde_json::from_str(&format!("{{{json}")).unwrap();
        let bytes = part(&entries["indexes/index.cdx.gz"], &place);
        assert_eq!(place["digest"], hash(bytes));
        let begin = index.len();
        GzDecoder::new(bytes).read_to_string(&mut index).unwrap();
        assert!(index[begin..].starts_with(key), "{key}");
    }
    let pages = lines(&entries["pages/pages.jsonl"]);
    assert_eq!(pages[0]["format"], "json-pages-1.0");
    assert_eq!(pages.len(), 1 + 6, "three revisions of each of two pages");
    for page in &pages[1..] {
        let (url, ts) = (page["url"].as_str().unwrap(), page["ts"].as_str().unwrap());
        let second: String = ts[..19].chars().filter(char::is_ascii_digit).collect();
        let row = index.lines().find_map(|line| {
            let (key, json) = line.split_once(" {")?;
            let row: Value = serde_json::from_str(&format!("{{{json}")).unwrap();
            (key.ends_with(&second) && row["url"] == url).then_some(row)
        });
        let row = row.unwrap_or_else(|| panic!("{page} is not in the index\n{index}"));
        assert_eq!(row["filename"], "data.warc.gz");
        let mut records = Records::new(part(archive, &row), 1 << 20).unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!(record.target(), Some(url));
        assert_eq!(record.date(), Some(ts.parse().unwrap()));
    }
}

/// The bytes that `offset` and `length` name, be they numbers or text.
fn part<'a>(bytes: &'a [u8], place: &Value) -> &'a [u8] {
    let number =
        |name: &str| -> usize { place[name].to_string().trim_matches('"').parse().unwrap() };
    &bytes[number("offset")..][..number("length")]
}

#[test]
fn the_same_history_is_the_same_file_and_holds_the_same_records() {
    let (world, _site) = watched();
    let first = exported(&world, "a.wacz");
    world.wait(600);
    assert!(first == exported(&world, "b.wacz"));
    let warc = world.path("data.warc.gz");
    world.palinode(&["export", "--warc", warc.to_str().unwrap()]).fine();
    assert!(fs::read(warc).unwrap() == entries(&first)["archive/data.warc.gz"]);
    let file = world.path("a.wacz");
    insta::assert_snapshot!(world.palinode(&["export", "--wacz", file.to_str().unwrap()]), @"
    -- stderr --
    palinode: FOLDER/a.wacz: this is there already
    hint: an export never replaces a file; name another one
    exit 2
    ");
    assert!(first == fs::read(file).unwrap());
    fs::write(world.path("c.wacz.partial"), "").unwrap();
    let file = world.path("c.wacz");
    insta::assert_snapshot!(world.palinode(&["export", "--wacz", file.to_str().unwrap()]), @"
    -- stderr --
    palinode: FOLDER/c.wacz.partial: an export to this place is going on, or was cut short
    hint: if none is going on, remove this file
    exit 2
    ");
    let nowhere = world.path("nowhere/c.wacz");
    let nowhere = world.palinode(&["export", "--wacz", nowhere.to_str().unwrap()]);
    assert_eq!(nowhere.exit, Exit::Usage);
}

/// What cannot be read makes no file, rather than half of one.
#[test]
fn of_a_damaged_history_there_is_no_file() {
    let (world, _site) = watched();
    let connection = rusqlite::Connection::open(world.store()).unwrap();
    connection.execute("UPDATE capture SET status = 404 WHERE id = 4", []).unwrap();
    let file = world.path("a.wacz");
    insta::assert_snapshot!(world.palinode(&["export", "--wacz", file.to_str().unwrap()]), @"
    -- stderr --
    palinode: what http://127.0.0.1:PORT/rules sent at 2026-03-01T09:00:00.000Z (capture 4) is damaged: its digest does not match
    hint: the rest of the history can still be read; restore the file from a backup
    exit 4
    ");
    let left: Vec<_> =
        fs::read_dir(world.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("wacz")), "{left:?}");
}

#[test]
fn whose_word_it_is_stands_in_it() {
    let world = world();
    let early = response("1", "2024-01-10T08:00:00Z", PAGE, &rules("We never share your data."));
    let late = response("2", "2024-03-05T12:30:15Z", PAGE, &rules("We rarely share your data."));
    import(&world, "all.warc", &[early, late]).fine();
    let entries = entries(&exported(&world, "a.wacz"));
    let package: Value = serde_json::from_slice(&entries["datapackage.json"]).unwrap();
    insta::assert_snapshot!(package["description"].as_str().unwrap(), @"2 captures of 1 page; 2 of them told by others, not seen by palinode itself");
    insta::assert_snapshot!(String::from_utf8_lossy(&entries["pages/pages.jsonl"]), @r#"
    {"format": "json-pages-1.0", "id": "pages", "title": "Revisions"}
    {"id":"c1","url":"http://page.test/rules","ts":"2024-01-10T08:00:00.000Z","title":"Rules","page":"rules","revision":1,"after":null,"first_seen":"2024-01-10T08:00:00.000Z","last_seen":"2024-01-10T08:00:00.000Z","source":{"origin":"warc","name":"all.warc","record":"urn:uuid:1","received_at":"2026-03-01T08:00:00.000Z"}}
    {"id":"c2","url":"http://page.test/rules","ts":"2024-03-05T12:30:15.000Z","title":"Rules","page":"rules","revision":2,"after":"2024-01-10T08:00:00.000Z","first_seen":"2024-03-05T12:30:15.000Z","last_seen":"2024-03-05T12:30:15.000Z","source":{"origin":"warc","name":"all.warc","record":"urn:uuid:2","received_at":"2026-03-01T08:00:00.000Z"}}
    "#);
}
