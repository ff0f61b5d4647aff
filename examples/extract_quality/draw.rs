//! A seed to choices, and to invented names and sentences: the same on every machine.

use std::fmt::Write as _;

/// Draws from a seed.
pub(crate) struct Draw(u64);

const COMMON: [&str; 24] = [
    "the", "of", "and", "to", "a", "in", "for", "is", "on", "that", "by", "this", "with", "you",
    "it", "not", "or", "be", "are", "from", "at", "as", "your", "we",
];

const SYLLABLES: [&str; 20] = [
    "ba", "den", "kor", "li", "mon", "ne", "pra", "ri", "sol", "ta", "ver", "wi", "zu", "gal",
    "hem", "jo", "fur", "ces", "dro", "tin",
];

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default() % end.max(1)
    }

    /// A number from this to that, both included.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last + 1 - first)
    }

    /// One of these.
    pub(crate) fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Whether one of so many throws hits.
    pub(crate) fn once_in(&mut self, throws: usize) -> bool {
        self.below(throws) == 0
    }

    /// An invented word that is no common one.
    pub(crate) fn word(&mut self) -> String {
        (0..self.between(2, 3)).map(|_| self.of(&SYLLABLES)).collect()
    }

    /// An invented sentence of so many words.
    pub(crate) fn sentence(&mut self, words: usize) -> String {
        let mut text = String::new();
        for number in 0..words {
            let word = if self.below(5) < 2 { self.of(&COMMON).to_owned() } else { self.word() };
            if number == 0 {
                text.push_str(&word[..1].to_uppercase());
                text.push_str(&word[1..]);
            } else {
                text.push_str(if self.once_in(12) { ", " } else { " " });
                text.push_str(&word);
            }
        }
        text + "."
    }

    /// A paragraph: a few sentences, some with a number or an apostrophe.
    pub(crate) fn paragraph(&mut self) -> String {
        let mut sentences = Vec::new();
        for _ in 0..self.between(1, 4) {
            let words = self.between(6, 20);
            let mut sentence = self.sentence(words);
            if self.once_in(4) {
                sentence.pop();
                let _ = write!(sentence, " {}.", self.between(2, 2000));
            }
            if self.once_in(4) {
                sentence.insert_str(0, &format!("It’s {}: ", self.word()));
            }
            sentences.push(sentence);
        }
        sentences.join(" ")
    }

    /// A line without a full stop, as headlines and links are.
    pub(crate) fn line(&mut self, words: usize) -> String {
        self.sentence(words).trim_end_matches('.').to_owned()
    }

    /// The name of a container, as careful, careless and machine-made sites write it; empty for one without.
    pub(crate) fn name(&mut self, speaking: &str) -> String {
        match self.below(4) {
            0 | 1 => format!(" class=\"{speaking}\""),
            2 => {
                format!(" class=\"{}\"", self.of(&["block", "row", "inner", "col", "box", "css-x"]))
            }
            _ => String::new(),
        }
    }
}
