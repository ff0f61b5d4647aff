//! What the passages of a page ever said, to where it was said first: whole passages, and every run of a few words.
//!
//! It is what tells a sentence that is back in another place from one that is new. It holds digests alone; whoever
//! finds something here reads the wording to be sure.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::past::Past;
use super::{Wording, WordingId};
use crate::extract::{Token, tokens};

/// The shortest run of tokens that is called back on its text alone. Measured on calm pages: of runs of five, the
/// share that matches by chance is 0.7 %; of three, 4.3 %.
pub(super) const RUN: usize = 5;

/// Most runs of words are so short that no memory is asked for to digest them.
const SHORT: usize = 128;

/// Where each passage and each run of words was said first: what is kept, and what is new.
pub(super) struct Said<'p> {
    past: &'p dyn Past,
    found: HashMap<u64, Vec<WordingId>>,
}

impl<'p> Said<'p> {
    /// What was said in this past.
    pub(super) fn of(past: &'p dyn Past) -> Self {
        Self { past, found: HashMap::new() }
    }

    /// Learns what a wording says that its line did not say just before.
    pub(super) fn learn(&mut self, id: WordingId, wording: &Wording, before: Option<&str>) {
        let known = before.map(|text| runs(&tokens(text))).unwrap_or_default();
        let words = tokens(&wording.text);
        let mut new = runs(&words);
        new.retain(|run| known.binary_search(run).is_err());
        for digest in new.into_iter().chain([whole(&words)]) {
            self.found.entry(digest).or_default().push(id);
        }
    }

    /// The digests that are not kept yet, and whose they are.
    pub(super) fn learned(&self) -> impl Iterator<Item = (u64, WordingId)> {
        self.found.iter().flat_map(|(digest, ids)| ids.iter().map(|id| (*digest, *id)))
    }

    /// The wordings that say exactly these words, oldest first.
    pub(super) fn passages(&self, words: &[Token<'_>]) -> Vec<WordingId> {
        self.under(whole(words))
    }

    /// The wordings that said this run of [`RUN`] words first in their line, oldest first.
    pub(super) fn runs(&self, words: &[Token<'_>]) -> Vec<WordingId> {
        self.under(run_digest(words))
    }

    fn under(&self, digest: u64) -> Vec<WordingId> {
        let mut found = self.past.said(digest);
        found.extend(self.found.get(&digest).into_iter().flatten());
        found
    }
}

/// The digests of a text's runs, each once.
fn runs(words: &[Token<'_>]) -> Vec<u64> {
    let mut digests: Vec<u64> = words.windows(RUN).map(run_digest).collect();
    digests.sort_unstable();
    digests.dedup();
    digests
}

/// So many bits of a digest are left away: two of the bytes that a row would take, and few others agree with it still.
const SPARED: u32 = 17;

/// The digest of a run of words. Of two that agree, the words must be looked at.
pub(super) fn run_digest(words: &[Token<'_>]) -> u64 {
    digest(words, 1)
}

fn whole(words: &[Token<'_>]) -> u64 {
    digest(words, 0)
}

fn digest(words: &[Token<'_>], salt: u8) -> u64 {
    let size = words.iter().map(|word| word.key.len() + 1).sum::<usize>() + 1;
    if size <= SHORT {
        let mut text = [0; SHORT];
        let end =
            spelled(words, salt, |at, bytes| text[at..at + bytes.len()].copy_from_slice(bytes));
        return xxh3_64(&text[..end]) >> SPARED;
    }
    let mut text = Vec::with_capacity(size);
    spelled(words, salt, |_, bytes| text.extend_from_slice(bytes));
    xxh3_64(&text) >> SPARED
}

/// Writes what a digest is of, piece by piece; gives its size.
fn spelled(words: &[Token<'_>], salt: u8, mut write: impl FnMut(usize, &[u8])) -> usize {
    write(0, &[salt]);
    let mut at = 1;
    for word in words {
        write(at, word.key.as_bytes());
        at += word.key.len();
        write(at, b" ");
        at += 1;
    }
    at
}
