//! A phrase and a text to where the phrase stands in it, and which half of it the text's two ends have.
//!
//! Apart from the ledger, which asks it of thousands of texts: to cut a text into words costs far more than to look for
//! letters in it. White space parts words whatever stands around it; so only those runs between white space are cut
//! that can hold the phrase's first word, and the few that follow.

use std::ops::Range;

use super::ledger::Exactness;
use crate::extract::{Token, tokens};

/// The words of a phrase, one at least, and how exactly they must stand there.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    pub(super) words: Vec<String>,
    pub(super) exactness: Exactness,
}

impl Needle {
    /// Where the phrase stands in a text, from left to right; occurrences do not overlap.
    pub(super) fn places(&self, text: &str) -> Vec<Range<usize>> {
        let (mut places, mut free) = (Vec::new(), 0);
        for run in self.hopeful_runs(text) {
            let mut ahead = Ahead::new(text, run.start);
            for index in 0.. {
                let Some(start) = ahead.start(index).filter(|start| *start < run.end) else {
                    break;
                };
                if start >= free
                    && let Some(end) = self.end_at(&mut ahead, index)
                {
                    places.push(start..end);
                    free = end;
                }
            }
        }
        places
    }

    /// For each number of words below those of the phrase: whether the text ends in the phrase's first so many words, and
    /// from which byte on.
    pub(super) fn heads(&self, text: &str) -> Vec<Option<usize>> {
        let last = last_words(text, self.words.len() - 1);
        let head = |taken: usize| {
            let words = &last[last.len().checked_sub(taken)?..];
            let same = words.iter().zip(&self.words).all(|((_, word), key)| self.is(word, key));
            words.first().filter(|_| same).map(|(run, word)| run + word.start)
        };
        (0..self.words.len()).map(head).collect()
    }

    /// For each number of words below those of the phrase: whether the text begins with the phrase's last so many words.
    pub(super) fn tails(&self, text: &str) -> Vec<bool> {
        let mut ahead = Ahead::new(text, 0);
        let mut tail = |taken: usize| {
            let mut keys = self.words[self.words.len() - taken..].iter().enumerate();
            taken > 0
                && keys.all(|(index, key)| ahead.get(index).is_some_and(|word| self.is(word, key)))
        };
        (0..self.words.len()).map(&mut tail).collect()
    }

    /// The runs between white space that may hold the phrase's first word: it is spelled there, or, where spellings are
    /// as one, other letters stand there that may mean the same.
    fn hopeful_runs(&self, text: &str) -> Vec<Range<usize>> {
        let Some(first) = self.words.first() else { return Vec::new() };
        let lower = (self.exactness == Exactness::Folded).then(|| text.to_ascii_lowercase());
        let spelled = lower.as_deref().unwrap_or(text).match_indices(first.as_str());
        let mut places: Vec<usize> = spelled.map(|(at, _)| at).collect();
        if lower.is_some() && !text.is_ascii() {
            let others = text.bytes().enumerate().filter(|(_, byte)| !byte.is_ascii());
            places.extend(others.map(|(at, _)| at));
            places.sort_unstable();
        }
        let mut runs: Vec<Range<usize>> = Vec::new();
        for at in places {
            if runs.last().is_none_or(|run| run.end <= at) {
                runs.push(run_around(text, at));
            }
        }
        runs
    }

    /// Where the phrase ends, if it begins at this word.
    fn end_at(&self, ahead: &mut Ahead<'_>, index: usize) -> Option<usize> {
        for (step, key) in self.words.iter().enumerate() {
            ahead.get(index + step).filter(|word| self.is(word, key))?;
        }
        ahead.end(index + self.words.len() - 1)
    }

    fn is(&self, word: &Token<'_>, key: &str) -> bool {
        match self.exactness {
            Exactness::Folded => word.key == key,
            Exactness::Exact => word.text == key,
        }
    }
}

/// The words of a text from a place on, cut run by run as they are asked for.
struct Ahead<'a> {
    text: &'a str,
    at: usize,
    /// Where in the text the run begins that a word was cut from, and the word.
    words: Vec<(usize, Token<'a>)>,
}

impl<'a> Ahead<'a> {
    fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, words: Vec::new() }
    }

    fn get(&mut self, index: usize) -> Option<&Token<'a>> {
        while self.words.len() <= index {
            let rest = &self.text.as_bytes()[self.at..];
            let start = self.at + rest.iter().position(|byte| !is_space(*byte))?;
            let run = run_around(self.text, start);
            self.at = run.end;
            let cut = tokens(&self.text[run.clone()]).into_iter();
            self.words.extend(cut.map(|word| (run.start, word)));
        }
        self.words.get(index).map(|(_, word)| word)
    }

    fn start(&mut self, index: usize) -> Option<usize> {
        self.get(index)?;
        self.words.get(index).map(|(run, word)| run + word.start)
    }

    fn end(&mut self, index: usize) -> Option<usize> {
        self.get(index)?;
        self.words.get(index).map(|(run, word)| run + word.end())
    }
}

/// So many words at the end of a text, or all, and where the stretch begins that they were cut from.
fn last_words(text: &str, count: usize) -> Vec<(usize, Token<'_>)> {
    let bytes = text.as_bytes();
    let mut from = bytes.len();
    let mut words = Vec::new();
    while from > 0 && words.len() < count {
        let end =
            bytes[..from].iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
        from = bytes[..end].iter().rposition(|byte| is_space(*byte)).map_or(0, |space| space + 1);
        words = tokens(&text[from..]);
    }
    let words = words.split_off(words.len().saturating_sub(count));
    words.into_iter().map(|word| (from, word)).collect()
}

/// The run without white space around a byte.
fn run_around(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let start = bytes[..at].iter().rposition(|byte| is_space(*byte)).map_or(0, |space| space + 1);
    let end =
        bytes[at..].iter().position(|byte| is_space(*byte)).map_or(bytes.len(), |end| at + end);
    start..end
}

/// White space of one byte. Wider ones part words as well, and need not be known here.
fn is_space(byte: u8) -> bool {
    byte == b' ' || (b'\t'..=b'\r').contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by cutting the whole text.
    fn cut(needle: &Needle, text: &str) -> (Vec<Range<usize>>, Vec<Option<usize>>, Vec<bool>) {
        let (words, size) = (tokens(text), needle.words.len());
        let same = |words: &[Token<'_>], keys: &[String]| {
            words.len() == keys.len()
                && words.iter().zip(keys).all(|(word, key)| needle.is(word, key))
        };
        let (mut at, mut places) = (0, Vec::new());
        while at + size <= words.len() {
            if same(&words[at..at + size], &needle.words) {
                places.push(words[at].start..words[at + size - 1].end());
                at += size;
            } else {
                at += 1;
            }
        }
        let (mut heads, mut tails) = (vec![None; size], vec![false; size]);
        for taken in 1..size.min(words.len() + 1) {
            let from = words.len() - taken;
            heads[taken] = same(&words[from..], &needle.words[..taken]).then(|| words[from].start);
            tails[taken] = same(&words[..taken], &needle.words[size - taken..]);
        }
        (places, heads, tails)
    }

    fn text() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "a",
            "A",
            "aa",
            "b",
            "don't",
            "Don\u{2019}t",
            ".",
            "..",
            "a.a",
            "\u{e9}",
            "e\u{301}",
            "\u{c9}",
            "\u{200b}",
            "\u{a0}",
            "誇り",
            "を",
            " ",
            " ",
            " ",
            "\n",
            "\t",
            "-",
            "\u{212a}",
            "k",
        ]);
        prop::collection::vec(parts, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_cut_in_part_is_found_as_in_the_whole(
            phrase in text(), text in text(), exact in any::<bool>(),
        ) {
            let exactness = if exact { Exactness::Exact } else { Exactness::Folded };
            let word = |token: Token<'_>| {
                if exact { token.text.to_owned() } else { token.key.into_owned() }
            };
            let words: Vec<String> = tokens(&phrase).into_iter().map(word).take(4).collect();
            prop_assume!(!words.is_empty());
            let needle = Needle { words, exactness };
            let found = (needle.places(&text), needle.heads(&text), needle.tails(&text));
            prop_assert_eq!(found, cut(&needle, &text));
        }
    }
}
