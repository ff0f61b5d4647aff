//! Two revisions of a page, compared, to one text with marks or to two columns.

use maud::{Markup, html};

use super::address::{Address, Columns, Links};
use super::frame::{Framed, framed};
use super::text::{Side, column, name, pieces, time};
use crate::diff::Row;
use crate::views::Compared;
use crate::views::compared::{edited, hunks};
use crate::views::counted;
use crate::views::sources::claim;
use crate::views::styled::{Mark, Piece};

/// So many unchanged passages are shown around each change.
const CONTEXT: usize = 1;

/// The page.
pub fn comparison(links: Links, key: &str, compared: &Compared<'_>, columns: Columns) -> String {
    let Compared { title, from, to, .. } = compared;
    let heading = format!("{title}: {} \u{2192} {}", from.number, to.number);
    let frame = Framed {
        links,
        title: &heading,
        above: vec![
            ("Pages".to_owned(), Address::Pages),
            ((*title).to_owned(), Address::Page(key.to_owned())),
        ],
        feed_of: Some(key.to_owned()),
    };
    let address = |columns| Address::Diff(key.to_owned(), from.number, to.number, columns);
    framed(
        &frame,
        &html! {
            h1 { (from.number) " \u{2192} " (to.number) }
            p { (from.number) " was last seen " (time(from.last_seen)) ", " (to.number) " first seen " (time(to.first_seen)) "." }
            @for revision in [from, to] {
                @if let Some(source) = &revision.source { p.faint { (revision.number) " " (name(&claim(source))) } }
            }
            p.links {
                @match columns {
                    Columns::One => { a href=(links.to(&address(Columns::Two))) { "side by side" } }
                    Columns::Two => { a href=(links.to(&address(Columns::One))) { "in one text" } }
                }
                a href=(links.to(&Address::Revision(key.to_owned(), from.number))) { "text of " (from.number) }
                a href=(links.to(&Address::Revision(key.to_owned(), to.number))) { "text of " (to.number) }
            }
            @if compared.comparison.is_empty() { p { "The two say the same." } } @else {
                @match columns { Columns::One => { (one_text(compared, CONTEXT)) }, Columns::Two => { (two_columns(compared)) } }
            }
        },
    )
}

/// The changed passages in one text, with so many unchanged ones around each.
pub(super) fn one_text(compared: &Compared<'_>, context: usize) -> Markup {
    let rows = &compared.comparison.rows;
    let mut told = 0;
    html! {
        div.rows lang="" {
            @for range in hunks(rows, context) {
                (left_out(range.start - std::mem::replace(&mut told, range.end)))
                @for row in &rows[range] {
                    @let changed = !matches!(row, Row::Same { .. });
                    div class=[changed.then_some("changed")] dir="auto" { (pieces(&one_row(compared, row))) }
                }
            }
            (left_out(rows.len() - told))
        }
    }
}

fn left_out(count: usize) -> Markup {
    html! { @if count > 0 { div.left-out lang="en" { "\u{22ef} " (counted(count, "unchanged passage")) } } }
}

fn one_row(compared: &Compared<'_>, row: &Row) -> Vec<Piece> {
    let (old, new) = (compared.old, compared.new);
    match row {
        Row::Same { new: index, .. } => vec![Piece::new(new[*index], Mark::Kept)],
        Row::Added { new: index } => vec![Piece::new(new[*index], Mark::Added)],
        Row::Removed { old: index } => vec![Piece::new(old[*index], Mark::Removed)],
        Row::Edited { old: from, new: to, edits } => {
            edited(old[*from], new[*to], edits, Mark::Kept)
        }
        Row::Moved { old: from, new: to, edits } => {
            let mut moved = vec![Piece::new("\u{2192} moved: ", Mark::Faint)];
            moved.extend(edited(old[*from], new[*to], edits, Mark::Moved));
            moved
        }
    }
}

fn two_columns(compared: &Compared<'_>) -> Markup {
    let rows = &compared.comparison.rows;
    let mut told = 0;
    html! {
        table.sides {
            thead { tr { th scope="col" { (compared.from.number) } th scope="col" { (compared.to.number) } } }
            tbody lang="" {
                @for range in hunks(rows, CONTEXT) {
                    @let skipped = range.start - std::mem::replace(&mut told, range.end);
                    @if skipped > 0 { tr { td.faint colspan="2" lang="en" { "\u{22ef} " (counted(skipped, "unchanged passage")) } } }
                    @for row in &rows[range] { (two_cells(compared, row)) }
                }
            }
        }
        p.faint { @if rows.len() > told { "\u{22ef} " (counted(rows.len() - told, "unchanged passage")) } }
    }
}

fn two_cells(compared: &Compared<'_>, row: &Row) -> Markup {
    let all = one_row(compared, row);
    let (left, right) = match row {
        Row::Added { .. } => (Vec::new(), all),
        Row::Removed { .. } => (all, Vec::new()),
        Row::Same { .. } => (all.clone(), all),
        Row::Edited { .. } | Row::Moved { .. } => {
            (column(&all, Side::Old), column(&all, Side::New))
        }
    };
    html! { tr { td dir="auto" { (pieces(&left)) } td dir="auto" { (pieces(&right)) } } }
}
