//! Passages to how alike they are, and to the edits between those that are one: each is read once, when first asked for.
//!
//! It is apart from the alignment because it must be quick where that is only right: a page that was rewritten asks
//! for the likeness of thousands of pairs, and only passages in gaps pay for it.

use std::collections::BTreeMap;

use super::Edit;
use super::wording::{Numbers, Read, edits_of};
use crate::extract::Token;

/// A passage of so many words is short; two longer ones share that much by their articles alone.
const SHORT: usize = 12;

/// A word of more letters is no article and no preposition.
const LONG_WORD: usize = 3;

/// The passages of both lists that were read so far.
pub(super) struct Bags<'a> {
    old: Side<'a>,
    new: Side<'a>,
    numbers: Numbers<'a>,
    /// For each word which of the new passages that are weighed just now hold it, and how often.
    holders: Vec<Vec<(usize, usize)>>,
}

struct Side<'a> {
    texts: &'a [&'a str],
    bags: Vec<Option<Bag<'a>>>,
}

/// A passage, and how often each word stands in it, by the word's number; marks do not count.
struct Bag<'a> {
    read: Read<'a>,
    words: Vec<(usize, usize)>,
    size: usize,
}

impl<'a> Bags<'a> {
    pub(super) fn new(old: &'a [&'a str], new: &'a [&'a str]) -> Self {
        Self {
            old: Side::new(old),
            new: Side::new(new),
            numbers: Numbers::new(),
            holders: Vec::new(),
        }
    }

    /// The share of words that two passages have in common, twice the common ones over all (Dice, 1945): for each of
    /// the old ones a row with all of the new ones.
    pub(super) fn likeness(&mut self, old: &[usize], new: &[usize]) -> Vec<f64> {
        let mut likeness = Vec::with_capacity(old.len() * new.len());
        let sizes = self.hold(new);
        let mut common = vec![0; new.len()];
        for index in old {
            let bag = self.old.bag(*index, &mut self.numbers);
            common.fill(0);
            for (word, count) in &bag.words {
                for (column, there) in self.holders.get(*word).into_iter().flatten() {
                    common[*column] += count.min(there);
                }
            }
            let shares = common.iter().zip(&sizes).map(|(same, size)| dice(*same, bag.size + size));
            likeness.extend(shares);
        }
        self.let_go(new);
        likeness
    }

    /// The edits between two passages; none, and nothing to read, where they are letter for letter the same.
    pub(super) fn edits(&mut self, old: usize, new: usize) -> Vec<Edit> {
        if self.old.texts[old] == self.new.texts[new] {
            return Vec::new();
        }
        let old = self.old.bag(old, &mut self.numbers);
        edits_of(&old.read, &self.new.bag(new, &mut self.numbers).read)
    }

    /// Whether two passages that were weighed are both short.
    pub(super) fn are_short(&self, old: usize, new: usize) -> bool {
        self.old.len(old) <= SHORT && self.new.len(new) <= SHORT
    }

    /// The share of long words that two passages have in common: those that say what a passage is about. Articles and
    /// prepositions are shared by any two.
    pub(super) fn likeness_in_content(&mut self, old: usize, new: usize) -> f64 {
        let long = |bag: &Bag<'_>| -> BTreeMap<usize, usize> {
            let mut counts = BTreeMap::new();
            for (token, number) in bag.read.tokens.iter().zip(&bag.read.numbers) {
                if token.is_word() && token.key.chars().count() > LONG_WORD {
                    *counts.entry(*number).or_insert(0) += 1;
                }
            }
            counts
        };
        let old = long(self.old.bag(old, &mut self.numbers));
        let new = long(self.new.bag(new, &mut self.numbers));
        let common = old.iter().map(|(word, count)| *count.min(new.get(word).unwrap_or(&0))).sum();
        dice(common, old.values().sum::<usize>() + new.values().sum::<usize>())
    }

    /// Whether one of two passages is the beginning or the end of the other, its last mark aside, and says something.
    pub(super) fn begin_or_end_alike(&mut self, old: usize, new: usize) -> bool {
        self.old.bag(old, &mut self.numbers);
        self.new.bag(new, &mut self.numbers);
        let (Some(old), Some(new)) = (&self.old.bags[old], &self.new.bags[new]) else {
            return false;
        };
        let is_part = |part: &Bag<'_>, of: &Bag<'_>| {
            let (part_of, of) = (&part.read.numbers, &of.read.numbers);
            let words =
                part.read.tokens.iter().rposition(Token::is_word).map_or(0, |last| last + 1);
            words > 0 && (of.starts_with(&part_of[..words]) || of.ends_with(part_of))
        };
        is_part(old, new) || is_part(new, old)
    }

    /// How many words an old passage has that was weighed.
    pub(super) fn old_len(&self, old: usize) -> usize {
        self.old.len(old)
    }

    /// Enters new passages by their words, so that a pair costs only what it shares; gives back their sizes.
    fn hold(&mut self, new: &[usize]) -> Vec<usize> {
        let mut sizes = Vec::with_capacity(new.len());
        for (column, index) in new.iter().enumerate() {
            let bag = self.new.bag(*index, &mut self.numbers);
            self.holders.resize(self.numbers.len(), Vec::new());
            bag.words.iter().for_each(|(word, count)| self.holders[*word].push((column, *count)));
            sizes.push(bag.size);
        }
        sizes
    }

    /// Strikes out what was entered; the lists stay, for the next gap needs the same ones.
    fn let_go(&mut self, new: &[usize]) {
        for bag in new.iter().filter_map(|index| self.new.bags[*index].as_ref()) {
            bag.words.iter().for_each(|(word, _)| self.holders[*word].clear());
        }
    }
}

impl<'a> Side<'a> {
    fn new(texts: &'a [&'a str]) -> Self {
        Self { texts, bags: texts.iter().map(|_| None).collect() }
    }

    fn bag(&mut self, index: usize, numbers: &mut Numbers<'a>) -> &Bag<'a> {
        self.bags[index].get_or_insert_with(|| Bag::new(self.texts[index], numbers))
    }

    fn len(&self, index: usize) -> usize {
        self.bags[index].as_ref().map_or(0, |bag| bag.size)
    }
}

impl<'a> Bag<'a> {
    fn new(text: &'a str, numbers: &mut Numbers<'a>) -> Self {
        let read = Read::new(text, numbers);
        let words = read.tokens.iter().zip(&read.numbers).filter(|(token, _)| token.is_word());
        let mut words: Vec<usize> = words.map(|(_, number)| *number).collect();
        words.sort_unstable();
        let counted = words.chunk_by(|left, right| left == right).map(|same| (same[0], same.len()));
        Self { read, size: words.len(), words: counted.collect() }
    }
}

fn dice(common: usize, all: usize) -> f64 {
    if all == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "passages hold far fewer than 2^52 words")]
    let share = 2.0 * common as f64 / all as f64;
    share
}
