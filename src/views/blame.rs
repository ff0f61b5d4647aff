//! A revision with the origin of its words: each passage under the revision that it came in, later words marked with theirs.

use std::io::{self, Write};

use serde::Serialize;

use super::hyperlink::linked;
use super::styled::{Line, Mark, Piece, led};
use super::{Look, moment};
use crate::extract::{Token, tokens};
use crate::lineage::{Origin, Wording};
use crate::store::Revision;

/// What `blame` shows.
pub struct Blame<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// The revision whose text it is.
    pub revision: &'a Revision,
    /// All revisions, for their times.
    pub revisions: &'a [Revision],
    /// The passages in reading order, each with where its words came from.
    pub passages: Vec<(&'a Wording, Vec<Origin>)>,
}

/// Writes the passages, the age of each at the left.
pub fn blame(out: &mut dyn Write, look: Look, blame: &Blame<'_>) -> io::Result<()> {
    let heading = format!("{}  {}", blame.title, blame.revision.number);
    writeln!(out, "{}", linked(look, blame.url, &Piece::new(heading, Mark::Strong)))?;
    for (wording, origins) in &blame.passages {
        writeln!(out)?;
        let oldest = origins.iter().min_by_key(|origin| origin.born);
        let since = oldest.and_then(|oldest| Revision::numbered(blame.revisions, oldest.born));
        let lead = since.map_or_else(String::new, |since| {
            format!("{:<5} {}  ", since.number.to_string(), &moment(since.first_seen)[..10])
        });
        let lead = Line::of(look, &[Piece::new(lead, Mark::Kept)]);
        led(out, look, &lead, lead.width, &pieces(&wording.text, origins, oldest))?;
    }
    Ok(())
}

/// The words, and before those that came later than the passage, or are back, since when they stand.
fn pieces(text: &str, origins: &[Origin], oldest: Option<&Origin>) -> Vec<Piece> {
    let words = tokens(text);
    let mut pieces = Vec::new();
    let mut at = 0;
    for origin in origins {
        let (start, end) = ends(&words, origin);
        pieces.push(Piece::new(&text[at..start], Mark::Kept));
        let words = &text[start..end];
        match origin.back {
            Some(back) => {
                pieces.push(Piece::new(format!("{} back {back}: ", origin.born), Mark::Faint));
                pieces.push(Piece::new(words, Mark::Restored));
            }
            None if oldest.is_some_and(|oldest| oldest.born == origin.born) => {
                pieces.push(Piece::new(words, Mark::Kept));
            }
            None => {
                pieces.push(Piece::new(format!("{}: ", origin.born), Mark::Faint));
                pieces.push(Piece::new(words, Mark::Added));
            }
        }
        at = end;
    }
    pieces.push(Piece::new(&text[at..], Mark::Kept));
    pieces
}

pub(super) fn ends(words: &[Token<'_>], origin: &Origin) -> (usize, usize) {
    let start = words.get(origin.tokens.start).map_or(0, |word| word.start);
    let end =
        origin.tokens.end.checked_sub(1).and_then(|last| words.get(last)).map_or(start, Token::end);
    (start, end)
}

#[derive(Serialize)]
struct BlameJson<'a> {
    page: &'a str,
    revision: u32,
    passages: Vec<PassageJson<'a>>,
}

#[derive(Serialize)]
struct PassageJson<'a> {
    line: u32,
    strands: Vec<StrandJson<'a>>,
}

#[derive(Serialize)]
struct StrandJson<'a> {
    text: &'a str,
    first_in_revision: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    back_in_revision: Option<u32>,
}

/// Writes the origins as JSON.
pub fn blame_json(out: &mut dyn Write, blame: &Blame<'_>) -> io::Result<()> {
    let passages = blame.passages.iter().map(|(wording, origins)| {
        let words = tokens(&wording.text);
        let strands = origins.iter().map(|origin| {
            let (start, end) = ends(&words, origin);
            StrandJson {
                text: &wording.text[start..end],
                first_in_revision: origin.born.0,
                back_in_revision: origin.back.map(|back| back.0),
            }
        });
        PassageJson { line: wording.line.0, strands: strands.collect() }
    });
    super::json(
        out,
        &BlameJson {
            page: blame.title,
            revision: blame.revision.number.0,
            passages: passages.collect(),
        },
    )
}
