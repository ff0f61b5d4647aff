//! What a page says of itself to lines beside its revisions; and that a text changed while its own date did not.

use std::io::{self, Write};

use serde::Serialize;

use super::Look;
use super::styled::{Mark, Piece, paragraph};
use crate::store::{Claims, Revision};

/// The page's own date of change, if the text changed and that stayed.
pub(super) fn stayed<'a>(revisions: &'a [Revision], revision: &'a Revision) -> Option<&'a str> {
    let before = before(revisions, revision)?;
    let now = revision.claims.modified.as_deref();
    let same = now.filter(|_| now == before.claims.modified.as_deref());
    same.filter(|_| is_first(revisions, revision) && is_first(revisions, before))
}

/// Whether its text stood for the first time: what the page said of itself is known of that time.
fn is_first(revisions: &[Revision], revision: &Revision) -> bool {
    let earlier = revisions.iter().take_while(|earlier| earlier.number < revision.number);
    !earlier.into_iter().any(|earlier| earlier.state == revision.state)
}

fn before<'a>(revisions: &'a [Revision], revision: &Revision) -> Option<&'a Revision> {
    Revision::numbered(revisions, revision.number.before()?)
}

/// Writes what the page says of itself, where that is new, and that its date stayed.
pub(super) fn claim_lines(
    out: &mut dyn Write,
    look: Look,
    revisions: &[Revision],
    revision: &Revision,
) -> io::Result<()> {
    if !is_first(revisions, revision) {
        return Ok(());
    }
    let old = before(revisions, revision).map(|before| &before.claims);
    let none = Claims::default();
    let (old, new) = (old.unwrap_or(&none), &revision.claims);
    let claims = [
        ("by", &old.byline, &new.byline),
        ("published", &old.published, &new.published),
        ("changed", &old.modified, &new.modified),
    ];
    let said: Vec<String> = claims
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(name, _, new)| match new {
            Some(new) => format!("{name} {new}"),
            None => format!("no more \u{201c}{name}\u{201d}"),
        })
        .collect();
    if !said.is_empty() {
        let line = format!("it says of itself: {}", said.join("; "));
        paragraph(out, look, "    ", &[Piece::new(line, Mark::Faint)])?;
    }
    silence_line(out, look, revisions, revision)
}

/// Writes that the page's own date stayed, if it did.
pub(super) fn silence_line(
    out: &mut dyn Write,
    look: Look,
    revisions: &[Revision],
    revision: &Revision,
) -> io::Result<()> {
    let Some(date) = stayed(revisions, revision) else { return Ok(()) };
    let line = format!("the text changed, and the page's own date did not: {date}");
    paragraph(out, look, "    ", &[Piece::new(line, Mark::Kept)])
}

#[derive(Serialize)]
pub(super) struct ClaimsJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    byline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<&'a str>,
    /// Only where the text changed and the page's own date did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_date_stayed: Option<&'a str>,
}

pub(super) fn claims_json<'a>(revisions: &'a [Revision], revision: &'a Revision) -> ClaimsJson<'a> {
    let Claims { byline, published, modified } = &revision.claims;
    ClaimsJson {
        byline: byline.as_deref(),
        published: published.as_deref(),
        modified: modified.as_deref(),
        own_date_stayed: stayed(revisions, revision),
    }
}
