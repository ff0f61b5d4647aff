//! What changed around the text of a page, newest first: what went, and what came.

use std::io::{self, Write};

use serde::Serialize;

use super::hyperlink::linked;
use super::styled::{Mark, Piece, inline, paragraph};
use super::{Look, moment};
use crate::store::Page;
use crate::watch::FrameChange;

/// Writes the changes, given oldest first.
pub fn frame(
    out: &mut dyn Write,
    look: Look,
    page: &Page,
    changes: &[FrameChange],
) -> io::Result<()> {
    let heading = format!("{}  furniture", page.title());
    writeln!(out, "{}", linked(look, page.url.as_str(), &Piece::new(heading, Mark::Strong)))?;
    for change in changes.iter().rev() {
        let when = format!(
            "{}  changed between {} and {}",
            change.capture,
            moment(change.after),
            moment(change.at)
        );
        writeln!(out, "\n{}", inline(look, &Piece::new(when, Mark::Strong)))?;
        for text in &change.removed {
            paragraph(out, look, "    ", &[Piece::new(text.as_str(), Mark::Removed)])?;
        }
        for text in &change.added {
            paragraph(out, look, "    ", &[Piece::new(text.as_str(), Mark::Added)])?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct FrameJson<'a> {
    page: &'a str,
    url: &'a str,
    changes: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    capture: String,
    after: String,
    before: String,
    removed: &'a [String],
    added: &'a [String],
}

/// Writes the changes as JSON, newest first.
pub fn frame_json(out: &mut dyn Write, page: &Page, changes: &[FrameChange]) -> io::Result<()> {
    let changes = changes.iter().rev().map(|change| ChangeJson {
        capture: change.capture.to_string(),
        after: change.after.to_string(),
        before: change.at.to_string(),
        removed: &change.removed,
        added: &change.added,
    });
    let json = FrameJson { page: page.title(), url: page.url.as_str(), changes: changes.collect() };
    super::json(out, &json)
}
