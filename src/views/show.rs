//! One revision to its text, laid out as plainly as it can be read.

use std::io::{self, Write};

use serde::Serialize;

use super::hyperlink::linked;
use super::sources::{SourceJson, claim};
use super::styled::{Mark, Piece, paragraph};
use super::{Look, moment};
use crate::extract::PassageKind;
use crate::fetch::Digest;
use crate::lineage::Wording;
use crate::store::{Revision, State};

/// What `show` shows.
pub struct Shown<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// The revision.
    pub revision: &'a Revision,
    /// What it says of itself.
    pub state: &'a State,
    /// Its passages.
    pub passages: Vec<&'a Wording>,
}

/// Writes the text of a revision.
pub fn show(out: &mut dyn Write, look: Look, shown: &Shown<'_>) -> io::Result<()> {
    let heading = format!("{}  {}", shown.title, shown.revision.number);
    writeln!(out, "{}", linked(look, shown.url, &Piece::new(heading, Mark::Strong)))?;
    let seen = format!(
        "seen from {} to {} (UTC)",
        moment(shown.revision.first_seen),
        moment(shown.revision.last_seen)
    );
    paragraph(out, look, "", &[Piece::new(seen, Mark::Faint)])?;
    if let Some(source) = &shown.revision.source {
        paragraph(out, look, "", &[Piece::new(claim(source), Mark::Faint)])?;
    }
    for (name, value) in said(shown.state) {
        paragraph(out, look, "", &[Piece::new(format!("{name}: {value}"), Mark::Faint)])?;
    }
    for passage in &shown.passages {
        writeln!(out)?;
        let mark =
            if matches!(passage.kind, PassageKind::Heading(_)) { Mark::Strong } else { Mark::Kept };
        paragraph(out, look, lead(passage.kind), &[Piece::new(passage.text.as_str(), mark)])?;
    }
    Ok(())
}

fn said(state: &State) -> Vec<(&'static str, &str)> {
    let fields = [
        ("title", &state.title),
        ("by", &state.byline),
        ("published", &state.published),
        ("changed, it says", &state.modified),
    ];
    fields
        .into_iter()
        .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)))
        .collect()
}

pub(super) fn lead(kind: PassageKind) -> &'static str {
    match kind {
        PassageKind::Heading(1) => "# ",
        PassageKind::Heading(2) => "## ",
        PassageKind::Heading(_) => "### ",
        PassageKind::ListItem => "- ",
        PassageKind::Quote => "> ",
        PassageKind::TableRow => "| ",
        PassageKind::Preformatted => "    ",
        PassageKind::Paragraph => "",
        PassageKind::Opaque => "not shown as text: ",
    }
}

#[derive(Serialize)]
struct ShownJson<'a> {
    page: &'a str,
    revision: u32,
    first_seen: String,
    last_seen: String,
    title: Option<&'a str>,
    byline: Option<&'a str>,
    published: Option<&'a str>,
    modified: Option<&'a str>,
    entity_sha256: String,
    /// Who says that the page said so then, if palinode did not see it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
    passages: Vec<PassageJson<'a>>,
}

#[derive(Serialize)]
struct PassageJson<'a> {
    kind: PassageKind,
    line: u32,
    text: &'a str,
}

/// Writes a revision as JSON, with the digest of the entity that showed it first.
pub fn show_json(out: &mut dyn Write, shown: &Shown<'_>, entity: Digest) -> io::Result<()> {
    let passages = shown.passages.iter().map(|wording| PassageJson {
        kind: wording.kind,
        line: wording.line.0,
        text: &wording.text,
    });
    let json = ShownJson {
        page: shown.title,
        revision: shown.revision.number.0,
        first_seen: shown.revision.first_seen.to_string(),
        last_seen: shown.revision.last_seen.to_string(),
        title: shown.state.title.as_deref(),
        byline: shown.state.byline.as_deref(),
        published: shown.state.published.as_deref(),
        modified: shown.state.modified.as_deref(),
        entity_sha256: entity.to_string(),
        source: shown.revision.source.as_ref().map(SourceJson::of),
        passages: passages.collect(),
    };
    super::json(out, &json)
}
