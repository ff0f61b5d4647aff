//! A comparison as two columns, for a wide terminal: what stood on the left, what stands on the right.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::Look;
use super::compared::{Compared, edited, heading, hunks, left_out};
use super::styled::{Mark, Piece, lines};
use crate::diff::Row;

/// Between the columns.
const RULE: &str = " \u{2502} ";

/// Writes the two columns, with so many unchanged passages around each change.
pub fn side_by_side(
    out: &mut dyn Write,
    look: Look,
    compared: &Compared<'_>,
    context: usize,
) -> io::Result<()> {
    heading(out, look, compared)?;
    let width = (look.width.saturating_sub(RULE.width() + 2) / 2).max(8);
    let column = Look { width, ..look };
    let rows = &compared.comparison.rows;
    let mut told = 0;
    for range in hunks(rows, context) {
        left_out(out, look, range.start - told)?;
        for row in &rows[range.clone()] {
            writeln!(out)?;
            write_row(out, column, compared, row)?;
        }
        told = range.end;
    }
    left_out(out, look, rows.len() - told)
}

fn write_row(
    out: &mut dyn Write,
    look: Look,
    compared: &Compared<'_>,
    row: &Row,
) -> io::Result<()> {
    let whole = |text: &str, mark| vec![Piece::new(text, mark)];
    let (sign, left, right) = match row {
        Row::Same { old, new } => {
            (' ', whole(compared.old[*old], Mark::Kept), whole(compared.new[*new], Mark::Kept))
        }
        Row::Added { new } => ('+', Vec::new(), whole(compared.new[*new], Mark::Added)),
        Row::Removed { old } => ('-', whole(compared.old[*old], Mark::Removed), Vec::new()),
        Row::Edited { old, new, edits } => {
            let pieces = edited(compared.old[*old], compared.new[*new], edits, Mark::Kept);
            ('~', only(&pieces, LEFT), only(&pieces, RIGHT))
        }
        Row::Moved { old, new, edits } => {
            let pieces = edited(compared.old[*old], compared.new[*new], edits, Mark::Moved);
            ('>', only(&pieces, LEFT), only(&pieces, RIGHT))
        }
    };
    let (left, right) = (lines(look, &left), lines(look, &right));
    for index in 0..left.len().max(right.len()) {
        let (text, used) = left.get(index).map_or(("", 0), |line| (line.text.as_str(), line.width));
        let other = right.get(index).map_or("", |line| line.text.as_str());
        let sign = if index == 0 { sign } else { ' ' };
        writeln!(
            out,
            "{}",
            format!("{sign} {text}{}{RULE}{other}", " ".repeat(look.width.saturating_sub(used)))
                .trim_end()
        )?;
    }
    Ok(())
}

/// The marks that do not belong to a column.
const LEFT: [Mark; 2] = [Mark::Added, Mark::RestyledTo];
const RIGHT: [Mark; 2] = [Mark::Removed, Mark::RestyledFrom];

/// The pieces of one column; where a piece of the other stood between two spaces, one is enough.
fn only(pieces: &[Piece], others: [Mark; 2]) -> Vec<Piece> {
    let mut column: Vec<Piece> = Vec::new();
    for piece in pieces.iter().filter(|piece| !others.contains(&piece.mark)) {
        let doubled = column.last().is_some_and(|last| last.text.ends_with(' '));
        let text = if doubled { piece.text.trim_start_matches(' ') } else { piece.text.as_str() };
        column.push(Piece::new(text, piece.mark));
    }
    column
}
