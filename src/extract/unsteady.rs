//! Two documents that came a moment apart to what in their text is of the moment: a clock, a counter, a token.
//!
//! Such a passage is afterwards read as it stood, while only that differs: what changes by itself is no change of the
//! page. It is careful, for what it takes for the moment is told to nobody: only words with digits in them, or such as
//! no language has, in a passage whose other words stay.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Class, Document, Passage};

/// A passage that said two things a moment apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsteady {
    /// What it said first.
    pub one: String,
    /// What it said then.
    pub other: String,
}

/// So many passages that differ are looked at; where more do, the page is another one at every look.
const MOST: usize = 100;

/// What differs between two documents of one moment, as far as it is of the moment; empty if they differ otherwise too
/// much to say.
pub fn unsteady(first: &Document, second: &Document) -> Vec<Unsteady> {
    let (one, mut other) = (missing(first, second), missing(second, first));
    if one.len() > MOST || other.len() > MOST {
        return Vec::new();
    }
    let mut found = Vec::new();
    for passage in one {
        let is_it = |next: &&Passage| {
            next.place == passage.place && !moments(&passage.text, &next.text).is_empty()
        };
        if let Some(at) = other.iter().position(is_it) {
            let next = other.remove(at);
            found.push(Unsteady { one: passage.text.clone(), other: next.text.clone() });
        }
    }
    found
}

/// The main passages of one document that another does not have, as often.
fn missing<'a>(of: &'a Document, from: &Document) -> Vec<&'a Passage> {
    let mut there: HashMap<&str, usize> = HashMap::new();
    from.main().for_each(|passage| *there.entry(&passage.text).or_default() += 1);
    let is_missing = |passage: &&Passage| match there.get_mut(passage.text.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    of.main().filter(is_missing).collect()
}

impl Document {
    /// Reads passages as they stood before where only what is of the moment differs.
    pub fn steady(&mut self, before: &Self) {
        let known: Vec<&Unsteady> = before.unsteady.iter().collect();
        let standing = |passage: &Passage| -> Option<String> {
            let slots = known.iter().find(|slots| slots.covers(&passage.text))?;
            let same = |old: &&Passage| old.place == passage.place && slots.covers(&old.text);
            let mut stood = before.main().filter(same);
            // Of two that are alike nobody knows which is which.
            stood.next().filter(|_| stood.next().is_none()).map(|old| old.text.clone())
        };
        for passage in self.passages.iter_mut().filter(|passage| passage.class == Class::Main) {
            if let Some(text) = standing(passage) {
                passage.text = text;
            }
        }
    }
}

impl Unsteady {
    /// Whether a text is this passage at some moment.
    pub fn covers(&self, text: &str) -> bool {
        let slots = moments(&self.one, &self.other);
        let mut words = text.split_whitespace();
        let is_alike = |(at, one): (usize, &str)| {
            let word = words.next();
            word == Some(one) || slots.contains(&at) && word.is_some_and(|word| alike(one, word))
        };
        self.one.split_whitespace().enumerate().all(is_alike) && words.next().is_none()
    }
}

/// The words of a passage that are of the moment, by their number; none if the two are not one passage.
fn moments(one: &str, other: &str) -> Vec<usize> {
    let words = |text| str::split_whitespace(text).collect::<Vec<&str>>();
    let (one, other) = (words(one), words(other));
    let mut pairs = one.iter().zip(&other);
    let is_one =
        one.len() == other.len() && pairs.all(|(one, other)| one == other || alike(one, other));
    if !is_one {
        return Vec::new();
    }
    let mut found: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
    // The day that stands beside a clock is another one tomorrow.
    let beside =
        |at: &usize| [at.checked_sub(1), Some(at + 1)].into_iter().flatten().collect::<Vec<_>>();
    let days: Vec<usize> = found.iter().flat_map(beside).collect();
    found.extend(days.into_iter().filter(|at| one.get(*at).is_some_and(|word| is_day(word))));
    found
}

/// Whether two words may be what one slot said at two moments.
fn alike(one: &str, other: &str) -> bool {
    let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let is_plain = |word: &str| word.is_ascii();
    is_plain(one)
        && is_plain(other)
        && (has_digit(one) && has_digit(other) || is_token(one) && is_token(other))
}

/// A word of eight characters or more that no language has: digits or capitals within it.
fn is_token(word: &str) -> bool {
    let odd = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    word.len() >= 8
        && word.bytes().skip(1).any(odd)
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// A date in one word: `2026-11-27`, `27.11.2026`.
fn is_day(word: &str) -> bool {
    let word = word.trim_matches(|end: char| end.is_ascii_punctuation());
    let parts: Vec<&str> = word.split(['-', '.', '/']).collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_the_moment_is_told_from_an_edit() {
        for (one, other, later, covers) in [
            ("It is 12:01:05 now.", "It is 12:01:08 now.", "It is 9:59:00 now.", true),
            ("It is 12:01:05 now.", "It is 12:01:08 now.", "It was 9:59:00 now.", false),
            ("It is 12:01:05 now.", "It is 12:01:08 now.", "It is late now.", false),
            ("It is 12:01:05 now.", "It is 12:01:08 now.", "It is 9:59:00 right now.", false),
            (
                "As of 2026-11-27 12:01:05",
                "As of 2026-11-27 12:01:08",
                "As of 2026-11-28 0:00:01",
                true,
            ),
            (
                "We ask 10 crowns at 12:01",
                "We ask 10 crowns at 12:02",
                "We ask 11 crowns at 12:03",
                false,
            ),
            ("Seen 999 times", "Seen 1,000 times", "Seen 12,345 times", true),
            ("Your token: f81dQz7pAA", "Your token: 09KKcc1eXy", "Your token: abCDefGHij", true),
            ("Hello Alice", "Hello Bobby", "Hello Carol", false),
            ("one two", "one two", "one two", true),
            ("a 1", "a 1 2", "a 3", false),
        ] {
            let slots = Unsteady { one: one.to_owned(), other: other.to_owned() };
            assert_eq!(slots.covers(later), covers, "{one} / {other} / {later}");
        }
    }
}
