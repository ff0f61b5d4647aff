//! The captures of a page to a listing: what each shows, or why it is not believed, and who says so.

use std::io::{self, Write};

use serde::Serialize;

use super::hyperlink::linked;
use super::sources::{SourceJson, claim};
use super::styled::{Mark, Piece, inline};
use super::{Look, moment};
use crate::store::{Page, Sifted, Verdict};

/// Writes the listing, oldest first.
pub fn captures(
    out: &mut dyn Write,
    look: Look,
    page: &Page,
    captures: &[Sifted],
) -> io::Result<()> {
    writeln!(out, "{}", linked(look, page.url.as_str(), &Piece::new(page.title(), Mark::Strong)))?;
    let width = captures.iter().map(|capture| capture.id.to_string().len()).max().unwrap_or(0);
    for capture in captures {
        let rendered = if capture.rendered.is_some() { ", scripts run" } else { "" };
        let line = format!("  {}{rendered}", fate(capture));
        writeln!(
            out,
            "{:<width$}  {}{}",
            capture.id.to_string(),
            moment(capture.at),
            inline(look, &Piece::new(line, Mark::Kept))
        )?;
        if let Some(source) = &capture.source {
            let line = format!("{:<width$}  {}", "", claim(source));
            writeln!(out, "{}", inline(look, &Piece::new(line, Mark::Faint)))?;
        }
    }
    Ok(())
}

fn fate(capture: &Sifted) -> String {
    let reason = capture.reason.as_deref();
    let held = reason.map_or_else(|| "held".to_owned(), |reason| format!("held ({reason})"));
    match (capture.verdict, capture.revision) {
        (Some((Verdict::Believed, at)), Some(revision)) if reason.is_some() => {
            format!("{revision}, believed by hand {}; else {held}", moment(at))
        }
        (Some((Verdict::Believed, at)), Some(revision)) => {
            format!("{revision}, believed by hand {}", moment(at))
        }
        (Some((Verdict::Disbelieved, at)), _) => format!("not believed by hand {}", moment(at)),
        (_, Some(revision)) => revision.to_string(),
        (_, None) => held,
    }
}

/// A capture for programs.
#[derive(Serialize)]
pub(super) struct CaptureJson<'a> {
    capture: String,
    at: String,
    status: u16,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    rendered_bytes: Option<usize>,
    revision: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_for: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
}

#[derive(Serialize)]
struct CapturesJson<'a> {
    page: &'a str,
    url: &'a str,
    captures: Vec<CaptureJson<'a>>,
}

/// Writes the listing as JSON.
pub fn captures_json(out: &mut dyn Write, page: &Page, captures: &[Sifted]) -> io::Result<()> {
    let rows = captures.iter().map(capture_json);
    let json =
        CapturesJson { page: page.title(), url: page.url.as_str(), captures: rows.collect() };
    super::json(out, &json)
}

pub(super) fn capture_json(capture: &Sifted) -> CaptureJson<'_> {
    CaptureJson {
        capture: capture.id.to_string(),
        at: capture.at.to_string(),
        status: capture.status,
        bytes: capture.size,
        rendered_bytes: capture.rendered,
        revision: capture.revision.map(|number| number.0),
        held_for: capture.reason.as_deref(),
        verdict: capture.verdict.map(|(verdict, _)| verdict.name()),
        verdict_at: capture.verdict.map(|(_, at)| at.to_string()),
        source: capture.source.as_ref().map(SourceJson::of),
    }
}
