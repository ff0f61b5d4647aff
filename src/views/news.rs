//! What a check found to what cron mails: one block a page, nothing when there is nothing.

use std::io::{self, Write};

use super::claims::silence_line;
use super::compared::{Compared, edited};
use super::events::between;
use super::log::size;
use super::styled::{Mark, Piece, inline, paragraph};
use super::{Look, event_lines};
use crate::diff::Row;
use crate::lineage::{ByNumber, Event, PhraseRun};
use crate::store::Revision;

/// What there is to tell of a page that changed.
pub struct News<'a> {
    /// The revision before and the new one.
    pub compared: &'a Compared<'a>,
    /// What happened.
    pub events: &'a [Event],
    /// The watched phrases that came, went or are back: each with its count until now, and since.
    pub phrases: Vec<(&'a str, PhraseRun, PhraseRun)>,
    /// All revisions.
    pub revisions: &'a [Revision],
    /// All wordings.
    pub wordings: &'a dyn ByNumber,
}

/// Writes one changed page: when, what happened, and the changed passages with their marks.
pub fn news(out: &mut dyn Write, look: Look, news: &News<'_>) -> io::Result<()> {
    let News { compared, events, phrases, revisions, wordings } = news;
    let title = inline(look, &Piece::new(compared.title, Mark::Strong));
    let size = size(compared.to.size).map_or_else(String::new, |size| format!(" ({size})"));
    writeln!(out, "{title}  {} {}{size}, UTC", compared.to.number, between(compared.to))?;
    for (phrase, before, now) in phrases {
        let line = format!("    \u{201c}{phrase}\u{201d} {}", phrase_news(before, now));
        writeln!(out, "{}", inline(look, &Piece::new(line, Mark::Strong)))?;
    }
    silence_line(out, look, revisions, compared.to)?;
    event_lines(out, look, compared.to.number, events, revisions, *wordings)?;
    for row in &compared.comparison.rows {
        let Row::Edited { old, new, edits } = row else { continue };
        writeln!(out)?;
        let pieces = edited(compared.old[*old], compared.new[*new], edits, Mark::Kept);
        paragraph(out, look, "  ~ ", &pieces)?;
    }
    writeln!(out)
}

fn phrase_news(before: &PhraseRun, now: &PhraseRun) -> String {
    match (before.found.count, now.found.count, now.gone) {
        (_, 0, _) => "is no longer there".to_owned(),
        (0, _, Some(gone)) => format!("is back; it was gone since {gone}"),
        (0, _, None) => "is there, for the first time".to_owned(),
        (before, count, _) => format!("is there {count} times, {before} before"),
    }
}
