//! Two wordings of one passage to the edits between them, in tokens.
//!
//! Words are compared by their key, so that a change of case, quotes or spacing is never told as a word removed and
//! another added; what the key hides is then looked for among the words that were kept, and told as a restyle.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cut::hunks;
use super::tidy::{Hunk, tidied};
use super::{Edit, EditKind};
use crate::extract::{Token, tokens};

/// The numbers of words: equal where two tokens are the same word, so that integers are compared.
pub(super) type Numbers<'a> = HashMap<Cow<'a, str>, usize>;

/// A wording that was read: its tokens, and the number of each.
pub(super) struct Read<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) numbers: Vec<usize>,
}

impl<'a> Read<'a> {
    pub(super) fn new(text: &'a str, known: &mut Numbers<'a>) -> Self {
        let tokens = tokens(text);
        let numbers = tokens.iter().map(|token| number(token, known)).collect();
        Self { text, tokens, numbers }
    }
}

/// The edits that turn the old wording into the new one, left to right, not overlapping; both must have been read with
/// the same numbers.
pub(super) fn edits_of(old: &Read<'_>, new: &Read<'_>) -> Vec<Edit> {
    let hunks = tidied(hunks(&old.numbers, &new.numbers), old, new);
    with_restyles((old.text, &old.tokens), (new.text, &new.tokens), hunks)
}

/// The edits between two wordings of which something better than a comparison knows what was kept: everything beside
/// these hunks.
pub(crate) fn edits_beside(old: &str, new: &str, hunks: Vec<Hunk>) -> Vec<Edit> {
    with_restyles((old, &tokens(old)), (new, &tokens(new)), hunks)
}

fn with_restyles(
    (old, old_tokens): (&str, &[Token<'_>]),
    (new, new_tokens): (&str, &[Token<'_>]),
    hunks: Vec<Hunk>,
) -> Vec<Edit> {
    let mut edits = Vec::with_capacity(hunks.len());
    let (mut old_at, mut new_at) = (0, 0);
    let end = (old_tokens.len()..old_tokens.len(), new_tokens.len()..new_tokens.len());
    for (old_hunk, new_hunk) in hunks.into_iter().chain([end]) {
        restyles(
            old,
            new,
            &old_tokens[old_at..old_hunk.start],
            &new_tokens[new_at..new_hunk.start],
            (old_at, new_at),
            &mut edits,
        );
        (old_at, new_at) = (old_hunk.end, new_hunk.end);
        if !old_hunk.is_empty() || !new_hunk.is_empty() {
            let kind = kind(old_hunk.len(), new_hunk.len());
            edits.push(Edit { kind, old: old_hunk, new: new_hunk });
        }
    }
    if edits.is_empty() && old != new {
        edits.push(whole(old_tokens.len(), new_tokens.len()));
    }
    edits
}

/// How many words a text has; punctuation does not count.
pub(super) fn words(text: &str) -> usize {
    word_marks(text).into_iter().filter(|word| *word).count()
}

/// For each token whether it is a word.
pub(super) fn word_marks(text: &str) -> Vec<bool> {
    tokens(text).iter().map(Token::is_word).collect()
}

fn kind(old: usize, new: usize) -> EditKind {
    match (old, new) {
        (0, _) => EditKind::Added,
        (_, 0) => EditKind::Removed,
        _ => EditKind::Reworded,
    }
}

/// Two wordings whose tokens agree and whose ends do not: leading, trailing or only white space differs.
fn whole(old: usize, new: usize) -> Edit {
    Edit { kind: EditKind::Restyled, old: 0..old, new: 0..new }
}

/// Looks among kept tokens for those that are written otherwise, or stand after another space than before.
fn restyles(
    old: &str,
    new: &str,
    old_run: &[Token<'_>],
    new_run: &[Token<'_>],
    at: (usize, usize),
    edits: &mut Vec<Edit>,
) {
    for step in 0..old_run.len() {
        let (before, after) = (&old_run[step], &new_run[step]);
        let spaced = step > 0
            && old[old_run[step - 1].end()..before.start]
                != new[new_run[step - 1].end()..after.start];
        if before.text == after.text && !spaced {
            continue;
        }
        let (old_index, new_index) = (at.0 + step, at.1 + step);
        match edits.last_mut() {
            Some(last)
                if last.kind == EditKind::Restyled
                    && last.old.end == old_index
                    && last.new.end == new_index =>
            {
                last.old.end += 1;
                last.new.end += 1;
            }
            _ => edits.push(Edit {
                kind: EditKind::Restyled,
                old: old_index..old_index + 1,
                new: new_index..new_index + 1,
            }),
        }
    }
}

fn number<'a>(token: &Token<'a>, known: &mut Numbers<'a>) -> usize {
    let next = known.len();
    match known.get(&token.key) {
        Some(number) => *number,
        None => *known.entry(token.key.clone()).or_insert(next),
    }
}
