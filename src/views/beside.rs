//! What changed beside the words of a page, newest first: links that lead elsewhere, pictures that are described
//! otherwise.
//!
//! A target is text here, whatever it is: nothing that a page names is made a link.

use std::io::{self, Write};

use serde::Serialize;

use super::styled::{Mark, Piece, inline, paragraph};
use super::{Look, moment};
use crate::diff::AttributeChange;
use crate::extract::AttributeKind;
use crate::store::Page;
use crate::watch::Beside;

/// Writes the changes, given oldest first.
pub fn beside(out: &mut dyn Write, look: Look, page: &Page, changes: &[Beside]) -> io::Result<()> {
    let heading = format!("{}  links and pictures", page.title());
    writeln!(out, "{}", inline(look, &Piece::new(heading, Mark::Strong)))?;
    for Beside { capture, after, at, changes } in changes.iter().rev() {
        let when = format!("{capture}  changed between {} and {}", moment(*after), moment(*at));
        writeln!(out, "\n{}", inline(look, &Piece::new(when, Mark::Strong)))?;
        attribute_lines(out, look, changes)?;
    }
    Ok(())
}

/// Writes changes, each under the passage that it is of.
pub fn attribute_lines(
    out: &mut dyn Write,
    look: Look,
    changes: &[AttributeChange],
) -> io::Result<()> {
    let mut passage = None;
    for change in changes {
        if passage != Some(&change.passage) {
            paragraph(out, look, "    ", &[Piece::new(change.passage.as_str(), Mark::Faint)])?;
            passage = Some(&change.passage);
        }
        let what = match change.kind {
            AttributeKind::Link => format!("\"{}\" ", change.about),
            AttributeKind::Alt => format!("picture {} ", change.about),
        };
        let mut pieces = vec![Piece::new(what, Mark::Kept)];
        let values = [(&change.old, Mark::Removed), (&change.new, Mark::Added)];
        for (value, mark) in values {
            let value = value.as_deref().filter(|value| !value.is_empty());
            pieces.extend(value.map(|value| Piece::new(value, mark)));
            pieces.push(Piece::new(" ", Mark::Kept));
        }
        pieces.pop();
        paragraph(out, look, "      ", &pieces)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct BesideJson<'a> {
    page: &'a str,
    url: &'a str,
    changes: Vec<ChangesJson<'a>>,
}

#[derive(Serialize)]
struct ChangesJson<'a> {
    capture: String,
    after: String,
    before: String,
    links: Vec<ChangeJson<'a>>,
}

/// One change for a program.
#[derive(Serialize)]
struct ChangeJson<'a> {
    kind: AttributeKind,
    passage: &'a str,
    about: &'a str,
    old: &'a Option<String>,
    new: &'a Option<String>,
}

impl<'a> ChangeJson<'a> {
    fn of(change: &'a AttributeChange) -> Self {
        let AttributeChange { kind, passage, about, old, new } = change;
        Self { kind: *kind, passage, about, old, new }
    }
}

/// Writes the changes as JSON, newest first.
pub fn beside_json(out: &mut dyn Write, page: &Page, changes: &[Beside]) -> io::Result<()> {
    let changes = changes.iter().rev().map(|one| ChangesJson {
        capture: one.capture.to_string(),
        after: one.after.to_string(),
        before: one.at.to_string(),
        links: one.changes.iter().map(ChangeJson::of).collect(),
    });
    let json =
        BesideJson { page: page.title(), url: page.url.as_str(), changes: changes.collect() };
    super::json(out, &json)
}

/// Changes as the JSON list that an alert has.
pub fn attributes_value(changes: &[AttributeChange]) -> serde_json::Result<serde_json::Value> {
    serde_json::to_value(changes.iter().map(ChangeJson::of).collect::<Vec<_>>())
}
