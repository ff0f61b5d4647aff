//! JSON to a document: each value that holds no others is a passage, after the path that leads to it.
//!
//! Keys are put in order, because theirs means nothing. A path does not number the items of an array: a new first item
//! would else change every passage after it.

use serde_json::Value;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::invisible::is_visible;
use super::{Class, Document, Passage, PassageKind};
use crate::fetch::Unreadable;

/// More values than this are data for a program.
const MOST_VALUES: usize = 500_000;

/// The document that a JSON text is. One that nests deeper than 127 levels is too complex.
pub fn document_of_json(text: &str) -> Result<Document, Unreadable> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        // The parser has no other name for it.
        let deep = error.to_string().starts_with("recursion limit exceeded");
        if deep { Unreadable::TooComplex } else { Unreadable::Damaged }
    })?;
    let mut passages = Vec::new();
    walk(&value, &mut String::new(), &mut passages)?;
    Ok(Document { passages, ..Document::default() })
}

fn walk(value: &Value, path: &mut String, passages: &mut Vec<Passage>) -> Result<(), Unreadable> {
    let length = path.len();
    match value {
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in members {
                path.push_str(if length > 0 { "." } else { "" });
                path.push_str(key);
                walk(value, path, passages)?;
                path.truncate(length);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            path.push_str("[]");
            for item in items {
                walk(item, path, passages)?;
            }
            path.truncate(length);
        }
        leaf => {
            let text = shown(leaf);
            text.split("\n\n").try_for_each(|paragraph| push(paragraph, path, passages))?;
        }
    }
    Ok(())
}

/// A string without its quotes, unless it would then read as another value.
fn shown(leaf: &Value) -> String {
    match leaf {
        Value::String(text) if is_visible(text) && !is_another(text) => text.replace('\r', ""),
        leaf => leaf.to_string(),
    }
}

fn is_another(text: &str) -> bool {
    matches!(text, "true" | "false" | "null" | "{}" | "[]") || text.parse::<f64>().is_ok()
}

fn push(text: &str, path: &str, passages: &mut Vec<Passage>) -> Result<(), Unreadable> {
    if !is_visible(text) {
        return Ok(());
    }
    if passages.len() == MOST_VALUES {
        return Err(Unreadable::TooComplex);
    }
    let text = text.trim_matches('\n');
    let text = if path.is_empty() { text.to_owned() } else { format!("{path}: {text}") };
    let text = if is_nfc(&text) { text } else { text.nfc().collect() };
    let (kind, class, place) = (PassageKind::Paragraph, Class::Main, String::new());
    passages.push(Passage { kind, class, place, text, attributes: Vec::new() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(json: &str) -> Vec<String> {
        let document = document_of_json(json).unwrap();
        document.passages.into_iter().map(|passage| passage.text).collect()
    }

    #[test]
    fn each_value_stands_after_its_path() {
        assert_eq!(
            texts(r#"{"b": {"c": [1, {"d": true}, []]}, "a": "x y", "e": {}}"#),
            ["a: x y", "b.c[]: 1", "b.c[].d: true", "b.c[]: []", "e: {}"]
        );
        assert_eq!(texts("\"alone\""), ["alone"]);
        assert_eq!(texts("[null, 1.50, 1e3]"), ["[]: null", "[]: 1.5", "[]: 1000.0"]);
        assert_eq!(texts(r#"{"a": "one\n\ntwo\nthree\n"}"#), ["a: one", "a: two\nthree"]);
    }

    #[test]
    fn a_string_is_told_from_what_it_spells() {
        assert_eq!(
            texts(r#"["1", 1, "null", null]"#),
            ["[]: \"1\"", "[]: 1", "[]: \"null\"", "[]: null"]
        );
        assert_eq!(texts(r#"["", "{}"]"#), ["[]: \"\"", "[]: \"{}\""]);
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_not_read() {
        for json in ["", "{", "{\"a\": 1", "[1, 2", "{} {}", "nul"] {
            assert_eq!(document_of_json(json), Err(Unreadable::Damaged), "{json}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(document_of_json(&deep), Err(Unreadable::TooComplex));
    }

    fn leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-9..9).prop_map(Value::from),
            "-?[0-9]|true|null|[a-z{}\"\\\\]{0,12}".prop_map(Value::from),
        ]
    }

    fn json() -> impl Strategy<Value = Value> {
        let text = "[a-z {}\"\\\\\n]{0,12}".prop_map(Value::from);
        prop_oneof![leaf(), text].prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn turned(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(turned).collect(),
            Value::Object(members) => {
                members.iter().rev().map(|(key, value)| (key.clone(), turned(value))).collect()
            }
            leaf => leaf.clone(),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_keys_and_white_space_mean_nothing(value in json()) {
            let document = document_of_json(&value.to_string()).unwrap();
            let turned = serde_json::to_string_pretty(&turned(&value)).unwrap();
            prop_assert_eq!(document_of_json(&turned).unwrap(), document);
        }

        #[test]
        fn values_that_differ_are_told_apart(one in leaf(), other in leaf()) {
            prop_assume!(one != other);
            prop_assert_ne!(
                document_of_json(&one.to_string()).unwrap(),
                document_of_json(&other.to_string()).unwrap()
            );
        }
    }
}
