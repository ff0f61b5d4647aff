//! Two revisions and their comparison to a word diff, or to the unified form that other tools read.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;
use similar::udiff::unified_diff;

use super::escape::by_number;
use super::hyperlink::linked;
use super::sources::{SourceJson, claim};
use super::styled::{Mark, Piece, inline, paragraph};
use super::{Look, counted, escape, moment};
use crate::diff::{ALGORITHM, Comparison, Edit, EditKind, Row};
use crate::extract::{Token, stretch, tokens};
use crate::store::Revision;

/// Two revisions of a page, compared.
pub struct Compared<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// The older revision, or the one that is named first.
    pub from: &'a Revision,
    /// The other.
    pub to: &'a Revision,
    /// The passages of the first.
    pub old: &'a [&'a str],
    /// The passages of the other.
    pub new: &'a [&'a str],
    /// How the first became the other.
    pub comparison: &'a Comparison,
}

/// Writes a word diff: every changed passage in full, with so many unchanged ones around it.
pub fn words(
    out: &mut dyn Write,
    look: Look,
    compared: &Compared<'_>,
    context: usize,
) -> io::Result<()> {
    heading(out, look, compared)?;
    let rows = &compared.comparison.rows;
    if compared.comparison.is_empty() {
        return writeln!(out, "\nThe two say the same.");
    }
    let mut told = 0;
    for range in hunks(rows, context) {
        left_out(out, look, range.start - told)?;
        for row in &rows[range.clone()] {
            writeln!(out)?;
            row_of_words(out, look, compared, row)?;
        }
        told = range.end;
    }
    left_out(out, look, rows.len() - told)
}

/// Writes the unified form, a passage a line.
pub fn unified(out: &mut dyn Write, compared: &Compared<'_>, context: usize) -> io::Result<()> {
    let line = |text: &&str| escape(text).replace('\n', "\u{23ce}") + "\n";
    let lines = |texts: &[&str]| texts.iter().map(line).collect::<String>();
    let header = |revision: &Revision| {
        format!("{}\t{} {}", escape(compared.title), revision.number, revision.first_seen)
    };
    let (from, to) = (header(compared.from), header(compared.to));
    let text = unified_diff(
        ALGORITHM,
        &lines(compared.old),
        &lines(compared.new),
        context,
        Some((&from, &to)),
    );
    write!(out, "{text}")
}

/// Which revisions are compared, and when the one became the other.
pub(super) fn heading(out: &mut dyn Write, look: Look, compared: &Compared<'_>) -> io::Result<()> {
    let Compared { title, url, from, to, .. } = compared;
    let what = format!("{}  {} \u{2192} {}", escape(title), from.number, to.number);
    writeln!(out, "{}", linked(look, url, &Piece::new(what, Mark::Strong)))?;
    let stood = |revision: &Revision| {
        format!(
            "{} stood from {} to {}",
            revision.number,
            moment(revision.first_seen),
            moment(revision.last_seen)
        )
    };
    let line = if from.number < to.number {
        format!(
            "{} last seen {}, {} first seen {} (UTC)",
            from.number,
            moment(from.last_seen),
            to.number,
            moment(to.first_seen)
        )
    } else {
        format!("{}, {} (UTC)", stood(from), stood(to))
    };
    writeln!(out, "{}", inline(look, &Piece::new(line, Mark::Faint)))?;
    for revision in [from, to] {
        let Some(source) = &revision.source else { continue };
        let line = format!("{} {}", revision.number, claim(source));
        writeln!(out, "{}", inline(look, &Piece::new(line, Mark::Faint)))?;
    }
    Ok(())
}

/// The rows to show: those that differ, and so many around each.
pub(super) fn hunks(rows: &[Row], context: usize) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for (index, _) in rows.iter().enumerate().filter(|(_, row)| !matches!(row, Row::Same { .. })) {
        let range = index.saturating_sub(context)..(index + context + 1).min(rows.len());
        match hunks.last_mut() {
            Some(last) if range.start <= last.end => last.end = range.end,
            _ => hunks.push(range),
        }
    }
    hunks
}

/// Says how many unchanged passages are left out, if any are.
pub(super) fn left_out(out: &mut dyn Write, look: Look, count: usize) -> io::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let text = format!("\u{22ef} {}", counted(count, "unchanged passage"));
    writeln!(out, "\n{}", inline(look, &Piece::new(text, Mark::Faint)))
}

fn row_of_words(
    out: &mut dyn Write,
    look: Look,
    compared: &Compared<'_>,
    row: &Row,
) -> io::Result<()> {
    let (sign, pieces) = match row {
        Row::Same { new, .. } => (' ', vec![Piece::new(compared.new[*new], Mark::Kept)]),
        Row::Added { new } => ('+', vec![Piece::new(compared.new[*new], Mark::Added)]),
        Row::Removed { old } => ('-', vec![Piece::new(compared.old[*old], Mark::Removed)]),
        Row::Edited { old, new, edits } => {
            ('~', edited(compared.old[*old], compared.new[*new], edits, Mark::Kept))
        }
        Row::Moved { old, new, edits } => {
            ('>', edited(compared.old[*old], compared.new[*new], edits, Mark::Moved))
        }
    };
    paragraph(out, look, &format!("{sign} "), &pieces)
}

/// A passage with its edits marked; `kept` is how the rest is marked.
pub(super) fn edited(old: &str, new: &str, edits: &[Edit], kept: Mark) -> Vec<Piece> {
    let (old_tokens, new_tokens) = (tokens(old), tokens(new));
    let mut pieces = Vec::new();
    let (mut at, mut old_at) = (0, 0);
    for edit in edits {
        let (was, is) =
            (stretch(old, &old_tokens, &edit.old), stretch(new, &new_tokens, &edit.new));
        let gaps = (
            space_before(old, &old_tokens, edit.old.start),
            space_before(new, &new_tokens, edit.new.start),
        );
        let place = edit_start(new, &new_tokens, edit).max(at);
        let (from, to) = match edit.kind {
            EditKind::Restyled => (Mark::RestyledFrom, Mark::RestyledTo),
            EditKind::Added | EditKind::Removed | EditKind::Reworded => {
                (Mark::Removed, Mark::Added)
            }
        };
        // White space next to another edit belongs to that one.
        let own_space = edit.old.start > old_at && edit.new.start > 0;
        if edit.kind == EditKind::Restyled && own_space && gaps.0 != gaps.1 {
            // The restyle lies in the space before the words, or there too: then the space is shown with them.
            pieces.push(Piece::new(&new[at..place - gaps.1.len()], kept));
            pieces.push(Piece::new(shown_space(gaps.0) + was, from));
            pieces.push(Piece::new(shown_space(gaps.1) + is, to));
        } else {
            pieces.push(Piece::new(&new[at..place], kept));
            // A removal leaves no space of its own in the new text; without one the marks would stick to a word.
            let alone = edit.new.is_empty() && !was.is_empty();
            let before = alone
                && place > 0
                && !new[..place].ends_with(char::is_whitespace)
                && !gaps.0.is_empty();
            pieces.push(Piece::new(if before { " " } else { "" }, kept));
            pieces.push(Piece::new(was, from));
            pieces.push(Piece::new(is, to));
            let after =
                alone && place == 0 && !space_before(old, &old_tokens, edit.old.end).is_empty();
            pieces.push(Piece::new(if after { " " } else { "" }, kept));
        }
        old_at = edit.old.end;
        at = if edit.new.is_empty() { place } else { new_tokens[edit.new.end - 1].end() };
    }
    pieces.push(Piece::new(&new[at..], kept));
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// The white space, and whatever else is no token, between a token and the one before it.
fn space_before<'a>(text: &'a str, tokens: &[Token<'_>], token: usize) -> &'a str {
    let before = token.checked_sub(1).and_then(|before| tokens.get(before));
    before.zip(tokens.get(token)).map_or("", |(before, token)| &text[before.end()..token.start])
}

/// A space that looks like another is shown by its number.
fn shown_space(space: &str) -> String {
    space.replace('\u{a0}', &by_number('\u{a0}'))
}

fn edit_start(text: &str, tokens: &[Token<'_>], edit: &Edit) -> usize {
    match (edit.new.is_empty(), edit.new.start.checked_sub(1)) {
        (false, _) => tokens[edit.new.start].start,
        (true, Some(before)) => tokens[before].end(),
        (true, None) => tokens.first().map_or(text.len(), |_| 0),
    }
}

/// A comparison for programs: one entry a changed passage.
#[derive(Serialize)]
struct Json<'a> {
    page: &'a str,
    from: RevisionJson<'a>,
    to: RevisionJson<'a>,
    changes: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
struct RevisionJson<'a> {
    revision: u32,
    first_seen: String,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_passage: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_passage: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    edits: Vec<EditJson<'a>>,
}

#[derive(Serialize)]
struct EditJson<'a> {
    kind: &'static str,
    old: &'a str,
    new: &'a str,
}

fn revision_json(revision: &Revision) -> RevisionJson<'_> {
    RevisionJson {
        revision: revision.number.0,
        first_seen: revision.first_seen.to_string(),
        last_seen: revision.last_seen.to_string(),
        source: revision.source.as_ref().map(SourceJson::of),
    }
}

/// Writes a comparison as JSON.
pub fn json(out: &mut dyn Write, compared: &Compared<'_>) -> io::Result<()> {
    let changes = compared.comparison.rows.iter().filter_map(|row| change(compared, row)).collect();
    super::json(
        out,
        &Json {
            page: compared.title,
            from: revision_json(compared.from),
            to: revision_json(compared.to),
            changes,
        },
    )
}

fn change<'a>(compared: &Compared<'a>, row: &Row) -> Option<ChangeJson<'a>> {
    let (kind, old, new, edits): (_, _, _, &[Edit]) = match row {
        Row::Same { .. } => return None,
        Row::Added { new } => ("added", None, Some(*new), &[]),
        Row::Removed { old } => ("removed", Some(*old), None, &[]),
        Row::Edited { old, new, edits }
            if edits.iter().all(|edit| edit.kind == EditKind::Restyled) =>
        {
            ("restyled", Some(*old), Some(*new), edits)
        }
        Row::Edited { old, new, edits } => ("reworded", Some(*old), Some(*new), edits),
        Row::Moved { old, new, edits } => ("moved", Some(*old), Some(*new), edits),
    };
    let was = old.map(|index| compared.old[index]);
    let is = new.map(|index| compared.new[index]);
    let edits = was.zip(is).map_or_else(Vec::new, |(was, is)| edits_json(was, is, edits));
    Some(ChangeJson { kind, old_passage: old, new_passage: new, old: was, new: is, edits })
}

fn edits_json<'a>(old: &'a str, new: &'a str, edits: &[Edit]) -> Vec<EditJson<'a>> {
    let (old_tokens, new_tokens) = (tokens(old), tokens(new));
    let of = |edit: &Edit| EditJson {
        kind: match edit.kind {
            EditKind::Added => "added",
            EditKind::Removed => "removed",
            EditKind::Reworded => "reworded",
            EditKind::Restyled => "restyled",
        },
        old: stretch(old, &old_tokens, &edit.old),
        new: stretch(new, &new_tokens, &edit.new),
    };
    edits.iter().map(of).collect()
}
