//! What a search found to a list: each wording with the first and the last time that it was seen, the newest first.

use std::io::{self, Write};

use serde::Serialize;

use super::events::shortened;
use super::excerpt::in_context;
use super::hyperlink::linked;
use super::log::counted;
use super::styled::{Line, Mark, Piece, inline, led};
use super::{Ink, Look, escape, moment};
use crate::clock::Timestamp;
use crate::lineage::{Sighting, Wording};
use crate::store::Revision;

/// What a search found on one page.
pub struct Findings<'a> {
    pub(super) title: &'a str,
    url: &'a str,
    pub(super) found: Vec<Finding<'a>>,
}

/// A wording that was found, with its times.
pub(super) struct Finding<'a> {
    pub(super) sighting: Sighting,
    pub(super) text: &'a str,
    pub(super) first_seen: Timestamp,
    pub(super) last_seen: Timestamp,
    /// When the page was first seen without it, after that; `None` while it stands.
    pub(super) first_missing: Option<Timestamp>,
}

impl<'a> Findings<'a> {
    /// What was found on the page of this name and address, with the times of its revisions.
    pub fn new(
        title: &'a str,
        url: &'a str,
        sightings: Vec<Sighting>,
        revisions: &[Revision],
        wordings: &'a [Wording],
    ) -> Self {
        let at = |number| Revision::numbered(revisions, number);
        let findings = sightings.into_iter().filter_map(|sighting| {
            Some(Finding {
                text: &wordings.get(sighting.wording.0 as usize)?.text,
                first_seen: at(sighting.from)?.first_seen,
                last_seen: at(sighting.to)?.last_seen,
                first_missing: at(sighting.to.next()).map(|next| next.first_seen),
                sighting,
            })
        });
        Self { title, url, found: findings.collect() }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// What was sought, in quotes; of a very long text, the beginning.
pub fn quoted(phrase: &str) -> String {
    format!("\u{201c}{}\u{201d}", escape(&shortened(phrase)))
}

/// Writes what was found, at most `limit` wordings a page.
pub fn search(
    out: &mut dyn Write,
    look: Look,
    phrase: &str,
    pages: &[Findings<'_>],
    limit: usize,
) -> io::Result<()> {
    let count = pages.iter().map(|page| page.found.len()).sum();
    let (wordings, on) = (counted(count, "wording"), counted(pages.len(), "page"));
    writeln!(out, "{} in {wordings} on {on}", quoted(phrase))?;
    pages.iter().try_for_each(|page| write_page(out, look, page, limit))
}

fn write_page(
    out: &mut dyn Write,
    look: Look,
    page: &Findings<'_>,
    limit: usize,
) -> io::Result<()> {
    writeln!(out, "\n{}", linked(look, page.url, &Piece::new(page.title, Mark::Strong)))?;
    for finding in page.found.iter().take(limit) {
        write_finding(out, look, finding)?;
    }
    let more = page.found.len().saturating_sub(limit);
    if more == 0 {
        return Ok(());
    }
    let more = format!("\u{22ef} {more} more; --all shows them");
    writeln!(out, "{}", inline(look, &Piece::new(more, Mark::Faint)))
}

fn write_finding(out: &mut dyn Write, look: Look, finding: &Finding<'_>) -> io::Result<()> {
    let Finding { sighting, text, first_seen, last_seen, first_missing } = finding;
    let word = finding.word();
    let mark =
        if first_missing.is_none() && look.ink == Ink::Colour { Mark::Strong } else { Mark::Kept };
    let name = format!("  {:<7} ", finding.revisions());
    let lead = [("  ", Mark::Kept), (word, mark), (&name, Mark::Kept)];
    let lead = Line::of(look, &lead.map(|(text, mark)| Piece::new(text, mark)));
    let seen = format!("first seen {}, last seen {}", moment(*first_seen), moment(*last_seen));
    led(out, look, &lead, INDENT, &[Piece::new(seen, Mark::Kept)])?;
    let below =
        |out: &mut dyn Write, pieces: &[Piece]| led(out, look, &Line::default(), INDENT, pieces);
    if !sighting.is_whole() {
        let (stood, span) = (sighting.revisions, counted(sighting.span(), "revision"));
        let stood = format!("this wording stood in {stood} of these {span}");
        below(out, &[Piece::new(stood, Mark::Kept)])?;
    }
    if let Some(missing) = first_missing {
        let missing = format!("this wording was first missing {}", moment(*missing));
        below(out, &[Piece::new(missing, Mark::Kept)])?;
    }
    below(out, &in_context(text, &sighting.places))
}

/// Where the text of a finding begins.
const INDENT: usize = 18;

impl Finding<'_> {
    pub(super) fn word(&self) -> &'static str {
        if self.first_missing.is_none() { "stands" } else { "stood " }
    }

    pub(super) fn revisions(&self) -> String {
        let Sighting { from, to, .. } = &self.sighting;
        if from == to { from.to_string() } else { format!("{from}\u{2013}{to}") }
    }
}

#[derive(Serialize)]
struct FindingsJson<'a> {
    page: &'a str,
    url: &'a str,
    found: Vec<FindingJson<'a>>,
    /// How many more there are.
    more: usize,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    stands: bool,
    from_revision: u32,
    to_revision: u32,
    /// In how many of these it stood.
    revisions: usize,
    first_seen: String,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_missing: Option<String>,
    /// What was sought, as it stands there.
    words: Vec<&'a str>,
    passage: &'a str,
}

/// Writes what was found as one JSON list, at most `limit` wordings a page.
pub fn search_json(out: &mut dyn Write, pages: &[Findings<'_>], limit: usize) -> io::Result<()> {
    let all: Vec<FindingsJson<'_>> = pages
        .iter()
        .map(|page| FindingsJson {
            page: page.title,
            url: page.url,
            found: page.found.iter().take(limit).map(finding_json).collect(),
            more: page.found.len().saturating_sub(limit),
        })
        .collect();
    super::json(out, &all)
}

fn finding_json<'a>(finding: &Finding<'a>) -> FindingJson<'a> {
    let Finding { sighting, text, first_seen, last_seen, first_missing } = finding;
    FindingJson {
        stands: first_missing.is_none(),
        from_revision: sighting.from.0,
        to_revision: sighting.to.0,
        revisions: sighting.revisions,
        first_seen: first_seen.to_string(),
        last_seen: last_seen.to_string(),
        first_missing: first_missing.map(|time| time.to_string()),
        words: sighting.places.iter().map(|place| &text[place.clone()]).collect(),
        passage: text,
    }
}
