//! A text to its tokens and sentences: the units that are compared, by the bounds of UAX #29.
//!
//! Segmentation is the dearest step of telling changes. So ASCII, which is most text, takes a path of its own that a
//! law below holds to the same bounds. White space always parts tokens, also where UAX #29 would join (U+202F): a
//! French space before a question mark must not make another word.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript as _};
use unicode_segmentation::UnicodeSegmentation as _;

use super::fold::fold;
use super::invisible::{is_invisible, is_visible};

/// A word, a number, a mark of punctuation, or one Han or kana character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The token as it stands in the text.
    pub text: &'a str,
    /// The byte at which it begins.
    pub start: usize,
    /// What two tokens must share to be the same word.
    pub key: Cow<'a, str>,
}

impl Token<'_> {
    /// The byte after its last.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is a word or a number, and not a mark.
    pub fn is_word(&self) -> bool {
        self.key.chars().any(char::is_alphanumeric)
    }
}

/// The stretch of a text that a range of its tokens takes; empty for an empty range.
pub fn stretch<'a>(text: &'a str, tokens: &[Token<'_>], range: &Range<usize>) -> &'a str {
    let first = tokens.get(range.start).filter(|_| !range.is_empty());
    let last = range.end.checked_sub(1).and_then(|end| tokens.get(end));
    first.zip(last).map_or("", |(first, last)| &text[first.start..last.end()])
}

/// The tokens of a text, in order; white space and invisible characters lie in the gaps between them.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::with_capacity(text.len() / 5 + 1);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = ascii_end(bytes, at);
        // A run that meets other characters is theirs too: a mark can join its last letter.
        if end == bytes.len() || bytes[end].is_ascii() {
            ascii_tokens(text, at..end, &mut found);
            at = (end + 1).min(bytes.len());
        } else {
            let length = text[at..].find(char::is_whitespace).unwrap_or(text.len() - at);
            any_tokens(text, at..at + length, &mut found);
            at += length + text[at + length..].chars().next().map_or(0, char::len_utf8);
        }
    }
    found
}

/// The byte ranges of a text's sentences, without the white space around them.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let trimmed = text.split_sentence_bound_indices().map(|(start, sentence)| {
        let start = start + sentence.len() - sentence.trim_start().len();
        start..start + sentence.trim().len()
    });
    trimmed.filter(|range| !range.is_empty()).collect()
}

/// Where the run of ASCII without white space that begins here ends.
fn ascii_end(bytes: &[u8], start: usize) -> usize {
    let run = &bytes[start..];
    start + run.iter().position(|&byte| is_space(byte) || !byte.is_ascii()).unwrap_or(run.len())
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || (b'\t'..=b'\r').contains(&byte)
}

fn ascii_tokens<'a>(text: &'a str, range: Range<usize>, found: &mut Vec<Token<'a>>) {
    let bytes = &text.as_bytes()[..range.end];
    let mut start = range.start;
    while start < range.end {
        let (end, capitals) = ascii_word(bytes, start);
        let token = &text[start..end];
        let key = if capitals { Cow::Owned(token.to_ascii_lowercase()) } else { token.into() };
        found.push(Token { text: token, start, key });
        start = end;
    }
}

/// Where the token that begins here ends, and whether it has capitals.
fn ascii_word(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut capitals = bytes[start].is_ascii_uppercase();
    if !is_word(bytes[start]) {
        return (start + 1, false);
    }
    let mut end = start + 1;
    while let Some(&byte) = bytes.get(end) {
        if !is_word(byte) && !joins(bytes[end - 1], byte, bytes.get(end + 1)) {
            break;
        }
        capitals |= byte.is_ascii_uppercase();
        end += 1;
    }
    (end, capitals)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// UAX #29, WB6, WB7, WB11 and WB12: some marks join two letters, some two digits, some both.
fn joins(before: u8, mark: u8, after: Option<&u8>) -> bool {
    let Some(after) = after else { return false };
    match mark {
        b'.' | b'\'' => {
            before.is_ascii_alphabetic() && after.is_ascii_alphabetic()
                || before.is_ascii_digit() && after.is_ascii_digit()
        }
        b':' => before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
        b',' | b';' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

fn any_tokens<'a>(text: &'a str, range: Range<usize>, found: &mut Vec<Token<'a>>) {
    for (offset, segment) in text[range.clone()].split_word_bound_indices() {
        let start = range.start + offset;
        if segment.chars().any(|character| stands_singly(character) || is_prolonged(character)) {
            single_tokens(text, start..start + segment.len(), found);
        } else if is_visible(segment) {
            found.push(token(text, start..start + segment.len()));
        }
    }
}

/// Cuts a segment at every Han or kana character; marks stay with the character that they stand on.
fn single_tokens<'a>(text: &'a str, range: Range<usize>, found: &mut Vec<Token<'a>>) {
    let mut after_single = found.last().is_some_and(|last| {
        last.end() == range.start && last.text.chars().next().is_some_and(stands_singly)
    });
    let mut open = range.start;
    for (offset, character) in text[range.clone()].char_indices() {
        let at = range.start + offset;
        let stays =
            is_prolonged(character) || is_combining_mark(character) || is_invisible(character);
        if after_single && stays {
            // Taken back and grown by this mark.
            let start = found.pop().map_or(at, |last| last.start);
            open = at + character.len_utf8();
            found.push(token(text, start..open));
            continue;
        }
        if stands_singly(character) {
            push_visible(text, open..at, found);
            open = at + character.len_utf8();
            found.push(token(text, at..open));
        }
        after_single = stands_singly(character);
    }
    push_visible(text, open..range.end, found);
}

fn push_visible<'a>(text: &'a str, range: Range<usize>, found: &mut Vec<Token<'a>>) {
    if is_visible(&text[range.clone()]) {
        found.push(token(text, range));
    }
}

fn token(text: &str, range: Range<usize>) -> Token<'_> {
    let word = &text[range.clone()];
    Token { text: word, start: range.start, key: fold(word) }
}

fn stands_singly(character: char) -> bool {
    character >= '\u{2e80}'
        && matches!(character.script(), Script::Han | Script::Hiragana | Script::Katakana)
}

fn is_prolonged(character: char) -> bool {
    matches!(character, 'ー' | 'ｰ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<_> = tokens(text).iter().map(|token| token.text).collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn words_marks_and_numbers() {
        check("", &[]);
        check("  \n ", &[]);
        check("I don't know.", &["I", "don't", "know", "."]);
        check("3.14 a.b snake_case 1,000", &["3.14", "a.b", "snake_case", "1,000"]);
        check("e.g., x: y", &["e.g", ".", ",", "x", ":", "y"]);
        check("don’t “so”—yes", &["don’t", "“", "so", "”", "—", "yes"]);
        check("a\u{a0}b\u{202f}?", &["a", "b", "?"]);
        check("naïve cafe\u{301}", &["naïve", "cafe\u{301}"]);
        check("👩‍👩‍👧🇨🇭!", &["👩‍👩‍👧", "🇨🇭", "!"]);
    }

    #[test]
    fn han_and_kana_stand_singly() {
        check("漢字です", &["漢", "字", "で", "す"]);
        check("ラーメン", &["ラー", "メ", "ン"]);
        check("らーめん", &["らー", "め", "ん"]);
        check("か\u{3099}き", &["か\u{3099}", "き"]);
        check("abc漢1", &["abc", "漢", "1"]);
        check("한국어 말", &["한국어", "말"]);
        check("ア_b", &["ア", "_b"]);
    }

    #[test]
    fn what_cannot_be_seen_is_no_token() {
        check("\u{feff}a\u{200b}b \u{200e}\u{ad} c", &["a", "b", "c"]);
        let found = tokens("Co\u{ad}op Coop");
        assert_eq!(found[0].key, found[1].key);
    }

    #[test]
    fn sentences_are_trimmed_ranges() {
        let text = " One is here.  Two?\nThree ";
        let found: Vec<_> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["One is here.", "Two?", "Three"]);
    }

    proptest! {
        #[test]
        fn ascii_agrees_with_uax_29(text in "[a-cA-C0-2_.,:;'\"\\-/ \t\n\u{1}]{0,30}") {
            let found: Vec<_> = tokens(&text).iter().map(|token| token.text).collect();
            let expect: Vec<_> = text.split_word_bounds().filter(|word| !word.trim().is_empty()).collect();
            prop_assert_eq!(found, expect);
        }

        #[test]
        fn any_text_agrees_with_uax_29(text in "[a-cа-вé\u{301}0-2_.,:;'’\u{5d0}\"ก🇨\u{ad}-]{0,30}") {
            let found: Vec<_> = tokens(&text).iter().map(|token| token.text).collect();
            let expect: Vec<_> = text.split_word_bounds().filter(|word| is_visible(word)).collect();
            prop_assert_eq!(found, expect);
        }

        #[test]
        fn tokens_are_in_order_and_gaps_hold_nothing_visible(text in any::<String>()) {
            let mut at = 0;
            for token in tokens(&text) {
                prop_assert!(token.start >= at);
                prop_assert!(!is_visible(&text[at..token.start]));
                prop_assert_eq!(&text[token.start..token.end()], token.text);
                prop_assert_eq!(fold(token.text), token.key.as_ref());
                at = token.end();
            }
            prop_assert!(!is_visible(&text[at..]));
        }

        #[test]
        fn tokens_of_kana_never_overlap(text in "[アーｰか漢\u{3099}a_\u{200d}\u{fe0f} ]{0,20}") {
            let found = tokens(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].end() <= pair[1].start));
        }

        #[test]
        fn sentences_are_in_order(text in any::<String>()) {
            let found = sentences(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
