//! What `openapi.json` says of the JSON of `serve`, held against the JSON: every path, every parameter, every error.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::history::told;
use crate::site::{Reply, Site, article_html};
use crate::visitor::Visitor;
use crate::world::World;

/// A description that is taken at its word: a field that it does not name is an error.
struct Description(Value);

/// A way to ask a path.
struct Question {
    path: String,
    query: String,
}

impl Description {
    fn of(visitor: &Visitor) -> Self {
        let mut all: Value = serde_json::from_str(&visitor.body("/api/v1/openapi.json")).unwrap();
        tighten(&mut all["components"]["schemas"]);
        Self(all)
    }

    fn paths(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["paths"].as_object().unwrap().iter().map(|(path, item)| (path, &item["get"]))
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let link = value.get("$ref").and_then(Value::as_str);
        link.map_or(value, |link| self.0.pointer(&link[1..]).unwrap())
    }

    /// The schema of the answer with this status.
    fn schema(&self, operation: &Value, status: &str) -> Validator {
        let response = self.resolved(&operation["responses"][status]);
        let mut schema = response["content"]["application/json"]["schema"].clone();
        assert!(schema.is_object(), "{status} of {operation}");
        schema["components"] = self.0["components"].clone();
        jsonschema::draft202012::new(&schema).unwrap()
    }

    /// A path asked with what must be given, and once more with each thing that may be.
    fn questions(&self, path: &str, operation: &Value) -> Vec<Question> {
        let none = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&none);
        let parameters: Vec<&Value> = parameters.iter().map(|it| self.resolved(it)).collect();
        let mut path = format!("/api/v1{path}");
        for it in parameters.iter().filter(|it| it["in"] == "path") {
            path = path.replace(&format!("{{{}}}", text(&it["name"])), &text(&it["example"]));
        }
        let queries = parameters.into_iter().filter(|it| it["in"] == "query");
        let (needed, free): (Vec<&Value>, Vec<&Value>) =
            queries.partition(|it| it["required"] == true);
        let with = free.iter().map(|it| [needed.as_slice(), &[*it]].concat());
        let all = std::iter::once(needed.clone()).chain(with);
        all.map(|asked| Question { path: path.clone(), query: query(&asked) }).collect()
    }
}

/// The examples of these parameters; an array is given value by value.
fn query(asked: &[&Value]) -> String {
    let pairs = asked.iter().flat_map(|it| {
        let values = it["example"].as_array().cloned();
        let values = values.unwrap_or_else(|| vec![it["example"].clone()]);
        values.into_iter().map(|value| (text(&it["name"]), text(&value)))
    });
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Every object has the fields that are named, and no others.
pub(crate) fn tighten(schema: &mut Value) {
    match schema {
        Value::Object(of) => {
            of.values_mut().for_each(tighten);
            if of.get("properties").is_some_and(Value::is_object) {
                of.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(of) => of.iter_mut().for_each(tighten),
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[track_caller]
pub(crate) fn fits(schema: &Validator, body: &str, asked: &str) -> Value {
    let answer = serde_json::from_str(body).unwrap();
    let wrong: Vec<String> = schema
        .iter_errors(&answer)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{asked}: {wrong:#?}\n{body}");
    answer
}

/// Histories with what an answer can hold: checks that saw nothing; a claim of somebody else; a page by turns that says
/// it has not changed, and leads elsewhere.
pub(crate) fn histories() -> Vec<World> {
    let demo = World::new();
    let store = demo.store().display().to_string();
    demo.palinode(&["demo", "--keep", &store]).fine();
    let imported = World::new();
    let (warc, page) = (imported.path("old.warc").display().to_string(), "northlight");
    demo.palinode(&["export", page, "--warc", &warc]).fine();
    imported.palinode(&["import", "--add", &warc]).fine();
    vec![demo, imported, by_turns()]
}

fn by_turns() -> World {
    let (world, site) = (World::new(), Site::new());
    world.palinode(&["add", &site.url("/post")]).fine();
    let date = "<meta property=\"article:modified_time\" content=\"2026-01-01T00:00:00Z\">";
    for turn in 0..6 {
        let fee = if turn % 2 == 0 { "twelve crowns and proud" } else { "fourteen crowns" };
        let page =
            article_html("A fee", &[&format!("The fee of this club is {fee} for a whole year.")]);
        let page = page.replace("club", &format!("<a href='/{turn}'>club</a>"));
        site.put("/post", Reply::html(page.replace("</head>", &format!("{date}</head>"))));
        world.wait(600).palinode(&["check"]).fine();
    }
    world
}

#[test]
fn every_answer_is_as_it_is_described() {
    let mut asked = 0;
    let worlds = histories();
    let visitors: Vec<Visitor> = std::iter::once(told()).chain(&worlds).map(Visitor::of).collect();
    let mut named = BTreeSet::new();
    for visitor in &visitors {
        let description = Description::of(visitor);
        for (path, operation) in description.paths() {
            let schema = description.schema(operation, "200");
            for Question { path, query } in description.questions(path, operation) {
                let url = format!("{path}?{query}");
                let got = visitor.get(&url);
                assert_eq!(got.status, 200, "{url}: {}", got.body);
                let answer = fits(&schema, &got.body, &url);
                if !url.contains("openapi") {
                    fields(&answer, &mut named);
                }
                asked += 1;
            }
        }
    }
    assert_eq!(asked, visitors.len() * 25, "a path, or a parameter, was not asked");
    let described = &Description::of(&visitors[0]).0["components"]["schemas"];
    let mut never = BTreeSet::new();
    for (name, schema) in described.as_object().unwrap() {
        let of = schema["properties"].as_object().into_iter().flatten();
        never.extend(
            of.filter(|(key, _)| !named.contains(*key)).map(|(key, _)| format!("{name}.{key}")),
        );
    }
    let never: Vec<String> = never.into_iter().collect();
    insta::assert_snapshot!(never.join(" "), @"Error.error Page.put_off_until Page.removed_at Source.uri Source.verdict Source.via");
}

pub(crate) fn fields(answer: &Value, named: &mut BTreeSet<String>) {
    match answer {
        Value::Object(of) => of.iter().for_each(|(key, value)| {
            named.insert(key.clone());
            fields(value, named);
        }),
        Value::Array(of) => of.iter().for_each(|value| fields(value, named)),
        _ => {}
    }
}

#[test]
fn every_listing_is_described_and_no_other() {
    let visitor = Visitor::of(told());
    let description = Description::of(&visitor);
    let described: BTreeSet<&str> = description.paths().map(|(path, _)| path.as_str()).collect();
    let refusal: Value = serde_json::from_str(&visitor.get("/api/v1/").body).unwrap();
    let (_, known) = refusal["error"].as_str().unwrap().split_once("hint: there are ").unwrap();
    assert_eq!(known.split(", ").collect::<BTreeSet<_>>(), described);
}

#[test]
fn a_refusal_is_as_it_is_described() {
    let visitor = Visitor::of(told());
    let description = Description::of(&visitor);
    for (path, operation) in description.paths() {
        if path.contains("{page}") {
            let url = format!("/api/v1{}?q=x", path.replace("{page}", "none"));
            let got = visitor.get(&url);
            assert_eq!(got.status, 404, "{url}");
            fits(&description.schema(operation, "404"), &got.body, &url);
        }
        let needed = operation.to_string().contains("parameters/phrase");
        for (key, value) in [("q", ""), ("limit", "x"), ("since", "x"), ("kind", "x")] {
            let takes = match key {
                "q" => needed,
                key => operation.to_string().contains(&format!("parameters/{key}\"")),
            };
            if takes {
                let needed = if needed && key != "q" { "q=x&" } else { "" };
                let url = format!("/api/v1{}?{needed}{key}={value}", path.replace("{page}", "1"));
                let got = visitor.get(&url);
                assert_eq!(got.status, 400, "{url}: {}", got.body);
                fits(&description.schema(operation, "400"), &got.body, &url);
            }
        }
    }
    let guarded = Visitor::with_token(told(), "a-secret-of-more-letters");
    let got = guarded.get("/api/v1/pages");
    assert_eq!((got.status, got.header("content-type")), (401, Some("text/plain; charset=utf-8")));
}
