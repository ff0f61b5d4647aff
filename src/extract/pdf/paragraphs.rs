//! Lines to paragraphs: which line goes on in the next, which begins anew, and which is a heading.
//!
//! Only what stands near a line decides, so that an edit on one page does not cut the paragraphs of another anew. The
//! size of the text, by which headings are known, is the one measure taken of the whole.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Line;
use crate::extract::xml::passage;
use crate::extract::{Class, Passage, PassageKind};

/// A heading has no more letters than this.
const LONGEST_HEADING: usize = 200;

/// Letters this much larger than the text's are a heading's.
const LARGER: f64 = 1.12;

/// The passages of these pages.
pub(super) fn paragraphs(pages: &[Vec<Line>]) -> Vec<Passage> {
    let body = body_size(pages);
    let hyphenated = hyphenated(pages);
    let mut passages = Vec::new();
    let mut open: Vec<&Line> = Vec::new();
    for page in pages {
        let right = page.iter().map(|line| line.end).fold(f64::MIN, f64::max);
        for line in page {
            if !goes_on(&open, line, right) {
                passages.extend(closed(&open, body, &hyphenated));
                open.clear();
            }
            open.push(line);
        }
    }
    passages.extend(closed(&open, body, &hyphenated));
    passages
}

/// The size that most letters have, in tenths of a point.
fn body_size(pages: &[Vec<Line>]) -> f64 {
    let mut letters: BTreeMap<u32, usize> = BTreeMap::new();
    for line in pages.iter().flatten() {
        *letters.entry(tenths(line.size)).or_default() += line.text.len();
    }
    let most = letters.into_iter().max_by_key(|(size, letters)| (*letters, *size));
    most.map_or(0.0, |(size, _)| f64::from(size) / 10.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
fn tenths(size: f64) -> u32 {
    (size * 10.0).round().clamp(0.0, 1e6) as u32
}

/// Whether a line goes on with a paragraph; `right` is where the page's longest line ends.
fn goes_on(open: &[&Line], line: &Line, right: f64) -> bool {
    let Some(last) = open.last() else { return false };
    if line.direction != last.direction || !line.is_as_large_as(last) || begins_item(&line.text) {
        return false;
    }
    if is_row(line) || is_row(last) {
        return false;
    }
    let down = last.height - line.height;
    // Back at the top of a column, or on the next page.
    if down <= 0.0 {
        return !last.ends_sentence() && line.text.starts_with(char::is_lowercase);
    }
    let usual = match open {
        [.., before, last] if before.height > last.height => before.height - last.height,
        _ => 1.55 * line.size,
    };
    if down > 1.3 * usual {
        return false;
    }
    let indent = (line.start - last.start) / line.size;
    let begins = indent > 0.8 && (open.len() > 1 || last.ends_sentence());
    let hangs = indent < -0.8 && open.len() > 1 && last.ends_sentence();
    let ends = last.ends_sentence() && last.end < last.start + 0.75 * (right - last.start);
    !(begins || hangs || ends)
}

fn begins_item(text: &str) -> bool {
    item(text).is_some()
}

/// The text of a list item behind its mark.
fn item(text: &str) -> Option<&str> {
    const BULLETS: [char; 10] = [
        '\u{2022}', '\u{2023}', '\u{25aa}', '\u{25cf}', '\u{25e6}', '\u{25a0}', '\u{25cb}',
        '\u{2043}', '\u{f0b7}', '\u{2219}',
    ];
    let rest = text.strip_prefix(BULLETS).or_else(|| text.strip_prefix("- "))?;
    Some(rest.trim_start())
}

/// Whether a line's words stand far apart, as the cells of a row do. A number before a heading is no cell.
fn is_row(line: &Line) -> bool {
    let Some((first, _)) = line.text.split_once('\t') else { return false };
    let is_label = first.chars().count() <= 8
        && first.chars().all(|sign| !sign.is_alphabetic())
        && !line.text.trim_start_matches(first).trim_start().contains('\t');
    !is_label && !begins_item(&line.text)
}

fn closed(lines: &[&Line], body: f64, hyphenated: &BTreeSet<&str>) -> Option<Passage> {
    let first = lines.first()?;
    if is_row(first) {
        return passage(PassageKind::TableRow, Class::Main, &first.text.replace('\t', " | "));
    }
    let text = joined(lines, hyphenated);
    if let Some(item) = item(&text) {
        return passage(PassageKind::ListItem, Class::Main, item);
    }
    let ratio = if body > 0.0 { first.size / body } else { 1.0 };
    let level = match ratio {
        _ if text.len() > LONGEST_HEADING => None,
        1.7.. => Some(1),
        1.35.. => Some(2),
        LARGER.. => Some(3),
        _ => None,
    };
    let kind = level.map_or(PassageKind::Paragraph, PassageKind::Heading);
    passage(kind, Class::Main, &text)
}

/// One text of several lines.
fn joined(lines: &[&Line], hyphenated: &BTreeSet<&str>) -> String {
    let mut text = String::new();
    for line in lines {
        let next = line.text.trim();
        match before_hyphen(&text, next, hyphenated) {
            Some(Join::Whole(length)) => text.truncate(length),
            Some(Join::Kept) => {}
            None if text.is_empty() => {}
            None => text.push(' '),
        }
        text.push_str(next);
    }
    text
}

/// How two halves of a word are put together.
enum Join {
    /// The hyphen was the typesetter's: the text up to it goes on.
    Whole(usize),
    /// The hyphen is part of the word.
    Kept,
}

/// What the end of a text and the next line say of the hyphen between them.
///
/// A hyphen is the typesetter's if letters stand before it and small ones after it, unless the same word stands with a
/// hyphen inside some line, or has another hyphen in it already.
fn before_hyphen(text: &str, next: &str, hyphenated: &BTreeSet<&str>) -> Option<Join> {
    if let Some(head) = text.strip_suffix('\u{ad}') {
        return Some(Join::Whole(head.len()));
    }
    let head = text.strip_suffix(['-', '\u{2010}'])?;
    let start = head.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let half = head[start..].trim_start_matches(|sign: char| !sign.is_alphanumeric());
    if !half.ends_with(char::is_alphanumeric) {
        return None;
    }
    let rest = next.split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default();
    let is_split = half.chars().count() > 1
        && half.chars().all(char::is_alphabetic)
        && rest.starts_with(char::is_lowercase)
        && !hyphenated.contains(format!("{half}-{rest}").as_str());
    Some(if is_split { Join::Whole(head.len()) } else { Join::Kept })
}

/// The words with a hyphen inside that stand within some line.
fn hyphenated(pages: &[Vec<Line>]) -> BTreeSet<&str> {
    let words = pages.iter().flatten().flat_map(|line| line.text.split_whitespace());
    words
        .map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric()))
        .filter(|word| word.contains('-'))
        .collect()
}
