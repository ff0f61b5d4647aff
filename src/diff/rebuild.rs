//! An old text and the changes to the new text: the law that a comparison misses nothing, as a function.
//!
//! It takes from the new text only what the changes name, and everything else from the old one; that it gives the new
//! text is checked by the property tests, by `verify`, and whenever a revision is recorded.

use super::{Comparison, Edit, Row};
use crate::extract::tokens;

/// Rebuilds the new passages from the old ones and the changes.
pub fn rebuild(old: &[&str], new: &[&str], comparison: &Comparison) -> Vec<String> {
    let rows = comparison.rows.iter().filter_map(|row| match row {
        Row::Same { old: from, .. } => Some(old[*from].to_owned()),
        Row::Added { new: to } => Some(new[*to].to_owned()),
        Row::Removed { .. } => None,
        Row::Edited { old: from, new: to, edits } | Row::Moved { old: from, new: to, edits } => {
            Some(rebuilt(old[*from], new[*to], edits))
        }
    });
    rows.collect()
}

/// White space between two kept tokens is the old one's; next to an edit, and at the ends, it belongs to the edit.
fn rebuilt(old: &str, new: &str, edits: &[Edit]) -> String {
    if edits.is_empty() {
        return old.to_owned();
    }
    let (old_tokens, new_tokens) = (tokens(old), tokens(new));
    let mut text = String::with_capacity(new.len());
    let (mut old_at, mut new_at, mut written) = (0, 0, 0);
    let end = Edit {
        kind: super::EditKind::Removed,
        old: old_tokens.len()..old_tokens.len(),
        new: new_tokens.len()..new_tokens.len(),
    };
    for edit in edits.iter().chain([&end]) {
        for step in 0..edit.old.start - old_at {
            let token = &old_tokens[old_at + step];
            let there = &new_tokens[new_at + step];
            if step == 0 {
                text.push_str(&new[written..there.start]);
            } else {
                text.push_str(&old[old_tokens[old_at + step - 1].end()..token.start]);
            }
            text.push_str(token.text);
            written = there.end();
        }
        for token in &new_tokens[edit.new.clone()] {
            text.push_str(&new[written..token.end()]);
            written = token.end();
        }
        (old_at, new_at) = (edit.old.end, edit.new.end);
    }
    text.push_str(&new[written..]);
    text
}
