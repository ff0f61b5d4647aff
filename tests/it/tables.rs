//! The history as tables of JSON Lines: that they say what the listings say, and what their schema says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use palinode::cli::Exit;
use serde_json::{Value, json};

use crate::describing::{fields, fits, histories, tighten};
use crate::importing::{PAGE, import, rules, world};
use crate::warc::{response, watched};
use crate::world::World;

const TABLES: [&str; 5] = ["pages", "captures", "observations", "revisions", "events"];

/// The rows of every table.
fn exported(world: &World, name: &str) -> BTreeMap<&'static str, Vec<Value>> {
    let folder = world.path(name);
    world.palinode(&["export", "--jsonl", folder.to_str().unwrap()]).fine();
    let rows = |table: &&'static str| {
        let text = fs::read_to_string(folder.join(format!("{table}.jsonl"))).unwrap();
        (*table, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    };
    TABLES.iter().map(rows).collect()
}

/// Histories with everything that a row can hold.
fn all() -> Vec<World> {
    let mut all = histories();
    let (removed, _site) = watched();
    removed.palinode(&["disbelieve", "rules", "r2"]).fine();
    removed.palinode(&["remove", "rules"]).fine();
    let connection = rusqlite::Connection::open(removed.store()).unwrap();
    connection.execute("INSERT INTO rendered VALUES (1, 1, 'a browser', 0)", []).unwrap();
    all.push(removed);
    all
}

#[test]
fn every_row_is_as_the_schema_says() {
    let (mut named, mut schema) = (BTreeMap::new(), Value::Null);
    for world in all() {
        let tables = exported(&world, "tables");
        let text = fs::read_to_string(world.path("tables/schema.json")).unwrap();
        schema = serde_json::from_str(&text).unwrap();
        let mut tight = schema.clone();
        tighten(&mut tight);
        for (table, rows) in tables {
            let reference = schema["properties"][format!("{table}.jsonl")].clone();
            let of = json!({ "$defs": tight["$defs"], "$ref": reference["$ref"] });
            let of = jsonschema::validator_for(&of).unwrap();
            for row in rows {
                let mut row = fits(&of, &row.to_string(), table);
                row.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                let kind = reference["$ref"].as_str().unwrap().trim_start_matches("#/$defs/");
                let seen: &mut BTreeSet<String> = named.entry(kind.to_owned()).or_default();
                fields(&row, seen);
            }
        }
    }
    assert_eq!(named.len(), TABLES.len());
    let mut never = BTreeSet::new();
    for (kind, seen) in &named {
        let fields = schema["$defs"][kind]["properties"].as_object().unwrap();
        let unseen = fields.keys().filter(|field| !seen.contains(*field));
        never.extend(unseen.map(|field| format!("{kind}.{field}")));
    }
    assert_eq!(never, BTreeSet::new(), "no row has these, so nothing is known of them");
}

/// What a field means there it means here; a field that may be left out there may be null here.
#[test]
fn the_schema_says_what_the_api_says() {
    let ours: Value =
        serde_json::from_str(include_str!("../../src/views/lines.schema.json")).unwrap();
    let text = include_str!("../../src/serve/openapi/schemas.json");
    let theirs: Value = serde_json::from_str(&text.replace("components/schemas", "$defs")).unwrap();
    for kind in ["Time", "Span", "Kind", "Source", "Run"] {
        assert_eq!(ours["$defs"][kind], theirs[kind], "{kind}");
    }
    for (kind, more, fewer) in [
        ("Page", &[][..], &["put_off_until"][..]),
        ("Revision", &["page", "url"], &["events"]),
        ("Event", &[], &[]),
    ] {
        let required: BTreeSet<&str> =
            theirs[kind]["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let mut wanted = theirs[kind]["properties"].as_object().unwrap().clone();
        wanted.retain(|field, _| !fewer.contains(&field.as_str()));
        for (field, meaning) in &mut wanted {
            if !required.contains(field.as_str()) {
                *meaning = or_null(meaning.take());
            }
        }
        wanted.extend(more.iter().map(|field| ((*field).to_owned(), json!({ "type": "string" }))));
        assert_eq!(&ours["$defs"][kind]["properties"], &Value::Object(wanted), "{kind}");
    }
}

/// The same meaning, or nothing.
fn or_null(mut meaning: Value) -> Value {
    let fields = meaning.as_object_mut().unwrap();
    let description = fields.remove("description");
    let plain = fields.get("type").cloned().filter(|_| !fields.contains_key("enum"));
    let mut meaning = match plain {
        Some(plain) => {
            fields["type"] = json!([plain, "null"]);
            meaning
        }
        None => json!({ "anyOf": [meaning, { "type": "null" }] }),
    };
    if let Some(description) = description {
        meaning["description"] = description;
    }
    meaning
}

#[test]
fn the_tables_say_what_the_listings_say() {
    for world in all() {
        let tables = exported(&world, "tables");
        let events = world.json(&["events", "--all", "--json"]);
        assert_eq!(without(tables["events"].clone().into(), &[]), without(events, &[]));
        let watched = tables["pages"].iter().filter(|page| page["removed_at"].is_null());
        let watched: Vec<Value> = watched.cloned().collect();
        assert_eq!(
            without(watched.into(), &[]),
            without(world.json(&["pages", "--json"]), &["put_off_until"])
        );
        for page in &tables["pages"] {
            let url = page["url"].as_str().unwrap();
            let of = |table: &str, fewer: &[&str]| {
                let rows = tables[table].iter().filter(|row| row["url"] == url).cloned();
                without(rows.collect(), fewer)
            };
            let captures = world.json(&["captures", url, "--json"]);
            let own = ["page", "url", "answered_by", "media_type", "entity_sha256"];
            assert_eq!(of("captures", &own), without(captures["captures"].clone(), &[]));
            let mut log = world.json(&["log", url, "--all", "--json"]);
            let runs = of("observations", &[]);
            let runs = runs.as_array().unwrap().iter();
            let checks: u64 = runs.map(|run| run["checks"].as_u64().unwrap()).sum();
            assert_eq!(log["checks"], checks);
            log["revisions"].as_array_mut().unwrap().reverse();
            let revisions = without(log["revisions"].take(), &["events"]);
            assert_eq!(of("revisions", &["page", "url"]), revisions);
        }
    }
}

/// The rows without these fields, and without those that have nothing to say.
fn without(mut rows: Value, fields: &[&str]) -> Value {
    for row in rows.as_array_mut().unwrap() {
        let row = row.as_object_mut().unwrap();
        row.retain(|field, value| !value.is_null() && !fields.contains(&field.as_str()));
    }
    rows
}

#[test]
fn whose_word_it_is_stands_in_every_row() {
    let world = world();
    let early = response("1", "2024-01-10T08:00:00Z", PAGE, &rules("We never share your data."));
    let late = response("2", "2024-03-05T12:30:15Z", PAGE, &rules("We rarely share your data."));
    import(&world, "all.warc", &[early, late]).fine();
    let tables = exported(&world, "tables");
    for (table, rows) in [("captures", 2), ("observations", 2), ("revisions", 2), ("events", 1)] {
        assert_eq!(tables[table].len(), rows);
        assert!(tables[table].iter().all(|row| row["source"]["name"] == "all.warc"), "{table}");
    }
    let text = fs::read_to_string(world.path("tables/observations.jsonl")).unwrap();
    insta::assert_snapshot!(text, @r#"
    {"page":"rules","url":"http://page.test/rules","outcome":"changed","reason":null,"revision":1,"capture":"c1","first_at":"2024-01-10T08:00:00.000Z","last_at":"2024-01-10T08:00:00.000Z","checks":1,"longest_gap_seconds":0,"source":{"origin":"warc","name":"all.warc","record":"urn:uuid:1","received_at":"2026-03-01T08:00:00.000Z"}}
    {"page":"rules","url":"http://page.test/rules","outcome":"changed","reason":null,"revision":2,"capture":"c2","first_at":"2024-03-05T12:30:15.000Z","last_at":"2024-03-05T12:30:15.000Z","checks":1,"longest_gap_seconds":0,"source":{"origin":"warc","name":"all.warc","record":"urn:uuid:2","received_at":"2026-03-01T08:00:00.000Z"}}
    "#);
    let text = fs::read_to_string(world.path("tables/captures.jsonl")).unwrap();
    insta::assert_snapshot!(text, @r#"
    {"page":"rules","url":"http://page.test/rules","capture":"c1","at":"2024-01-10T08:00:00.000Z","status":200,"bytes":249,"revision":1,"answered_by":"http://page.test/rules","media_type":"text/html","entity_sha256":"d88cbbc8dcd2c35fd59e5ceeadd37c75ef1e6c2cd70a2ef700b11da338ac65c3","rendered_bytes":null,"held_for":null,"verdict":null,"verdict_at":null,"source":{"origin":"warc","name":"all.warc","record":"urn:uuid:1","received_at":"2026-03-01T08:00:00.000Z"}}
    {"page":"rules","url":"http://page.test/rules","capture":"c2","at":"2024-03-05T12:30:15.000Z","status":200,"bytes":250,"revision":2,"answered_by":"http://page.test/rules","media_type":"text/html","entity_sha256":"dbf41cbaf5b48354b8ae77556986e636394e5f07ceb7c22484b8fa6c9f98c690","rendered_bytes":null,"held_for":null,"verdict":null,"verdict_at":null,"source":{"origin":"warc","name":"all.warc","record":"urn:uuid:2","received_at":"2026-03-01T08:00:00.000Z"}}
    "#);
}

#[test]
fn the_same_history_is_the_same_tables_and_none_is_replaced() {
    let (world, _site) = watched();
    exported(&world, "a");
    world.wait(600);
    exported(&world, "b");
    for table in TABLES.map(|table| format!("{table}.jsonl")) {
        let read = |folder: &str| fs::read(world.path(folder).join(&table)).unwrap();
        assert!(read("a") == read("b"), "{table}");
    }
    fs::remove_file(world.path("a/pages.jsonl")).unwrap();
    let folder = world.path("a");
    insta::assert_snapshot!(world.palinode(&["export", "--jsonl", folder.to_str().unwrap()]), @"
    -- stderr --
    palinode: FOLDER/a/captures.jsonl: this is there already
    hint: an export never replaces a file; name another one
    exit 2
    ");
    let one = world.path("one");
    insta::assert_snapshot!(world.palinode(&["export", "rules", "--jsonl", one.to_str().unwrap()]), @"
    -- stderr --
    FOLDER/one: 1 page
    exit 0
    ");
    assert_eq!(fs::read_to_string(one.join("pages.jsonl")).unwrap().lines().count(), 1);
    let left = fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
    assert_eq!(
        left.count(),
        TABLES.len(),
        "the schema, and all tables but the one that was removed"
    );
    let both = world.palinode(&["export", "--jsonl", "x", "--wacz", "y"]);
    assert_eq!(both.exit, Exit::Usage);
}
