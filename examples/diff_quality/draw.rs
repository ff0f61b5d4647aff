//! A pair of revisions to the changes between them as a person would read them, with what stayed cut short.

use std::fmt::{self, Write as _};

use palinode::diff::{Edit, EditKind, Row, compare};
use palinode::extract::{stretch, tokens};

use crate::histories::Pair;

/// So many letters of what stayed are drawn on either side of an edit.
const CONTEXT: usize = 60;

/// A pair as a person would read it, one line a passage.
pub(crate) fn drawn(pair: &Pair) -> Result<String, fmt::Error> {
    let (old, new) = pair.sides();
    let mut lines = String::new();
    for row in compare(&old, &new).rows {
        match row {
            Row::Same { .. } => {}
            Row::Added { new: to } => writeln!(lines, "+ {}", shortened(new[to]))?,
            Row::Removed { old: from } => writeln!(lines, "- {}", shortened(old[from]))?,
            Row::Edited { old: from, new: to, edits } => {
                writeln!(lines, "~ {}", marked(old[from], new[to], &edits)?)?;
            }
            Row::Moved { old: from, new: to, edits } => {
                writeln!(lines, "> {}", marked(old[from], new[to], &edits)?)?;
            }
        }
    }
    Ok(lines)
}

fn marked(old: &str, new: &str, edits: &[Edit]) -> Result<String, fmt::Error> {
    let (old_tokens, new_tokens) = (tokens(old), tokens(new));
    let (mut line, mut at) = (String::new(), 0);
    for edit in edits {
        let start = new_tokens.get(edit.new.start).map_or(new.len(), |token| token.start);
        line.push_str(&shortened(&new[at..start.max(at)]));
        let gone = stretch(old, &old_tokens, &edit.old);
        let came = stretch(new, &new_tokens, &edit.new);
        let [gone, came] = [gone, came].map(|text| text.replace('\n', "⏎"));
        match edit.kind {
            EditKind::Added => write!(line, "{{+{came}+}}"),
            EditKind::Removed => write!(line, "[-{gone}-] "),
            EditKind::Reworded => write!(line, "[-{gone}-]{{+{came}+}}"),
            EditKind::Restyled => write!(line, "[~{gone}~]{{~{came}~}}"),
        }?;
        let end = edit.new.end.checked_sub(1).filter(|_| !edit.new.is_empty());
        at = end.map_or(start, |last| new_tokens[last].end());
    }
    Ok(line + &shortened(&new[at.min(new.len())..]))
}

/// What stayed between two edits, without its middle.
fn shortened(kept: &str) -> String {
    let letters: Vec<char> =
        kept.chars().map(|letter| if letter == '\n' { '⏎' } else { letter }).collect();
    if letters.len() <= 2 * CONTEXT {
        return letters.into_iter().collect();
    }
    let (first, last) = (&letters[..CONTEXT], &letters[letters.len() - CONTEXT..]);
    first.iter().chain(&[' ', '…', ' ']).chain(last).collect()
}
