//! What a check found to what cron mails: one block a page, nothing when there is nothing.

use std::io::{self, Write};

use super::compared::{Compared, edited};
use super::events::between;
use super::log::size;
use super::styled::{Mark, Piece, inline, paragraph};
use super::{Look, event_lines};
use crate::diff::Row;
use crate::lineage::{Event, Wording};
use crate::store::Revision;

/// Writes one changed page: when, what happened, and the changed passages with their marks.
pub fn news(
    out: &mut dyn Write,
    look: Look,
    compared: &Compared<'_>,
    events: &[Event],
    revisions: &[Revision],
    wordings: &[Wording],
) -> io::Result<()> {
    let title = inline(look, &Piece::new(compared.title, Mark::Strong));
    let size = size(compared.to.size).map_or_else(String::new, |size| format!(" ({size})"));
    writeln!(out, "{title}  {} {}{size}, UTC", compared.to.number, between(compared.to))?;
    event_lines(out, look, compared.to.number, events, revisions, wordings)?;
    for row in &compared.comparison.rows {
        let Row::Edited { old, new, edits } = row else { continue };
        writeln!(out)?;
        paragraph(
            out,
            look,
            "  ~ ",
            &edited(compared.old[*old], compared.new[*new], edits, Mark::Kept),
        )?;
    }
    writeln!(out)
}
