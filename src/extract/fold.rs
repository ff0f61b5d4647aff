//! A text to what it has in common with its restyled forms: case, quote shapes, spaces and invisible marks evened out.
//!
//! It stands apart from the cutting into tokens because phrases and whole sentences are compared by it too.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::invisible::is_invisible;

/// What two texts share if only their style differs: lower case, plain quotes, single spaces, nothing invisible, NFC.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { fold_ascii(text) } else { fold_any(text) }
}

fn fold_ascii(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_control())
        && !text.contains("  ")
    {
        return Cow::Borrowed(text);
    }
    if !text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == 0x0b) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    keep_if_equal(text, evened(text.chars()))
}

fn fold_any(text: &str) -> Cow<'_, str> {
    if text.chars().all(has_one_form) {
        return Cow::Borrowed(text);
    }
    let folded = if is_nfc(text) { evened(text.chars()) } else { evened(text.nfc()) };
    // Taking out what stood between a letter and its accent can bring the two together.
    let folded = if is_nfc(&folded) { folded } else { folded.nfc().collect() };
    keep_if_equal(text, folded)
}

/// Kana, Han and Hangul have no case, and these are composed: most tokens of their texts need no second look.
fn has_one_form(character: char) -> bool {
    matches!(
        character,
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
    )
}

fn keep_if_equal(text: &str, folded: String) -> Cow<'_, str> {
    if folded == text { Cow::Borrowed(text) } else { Cow::Owned(folded) }
}

fn evened(characters: impl Iterator<Item = char>) -> String {
    let mut folded = String::new();
    for character in characters.filter(|&character| !is_invisible(character)) {
        if character.is_whitespace() {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else {
            push_folded(character, &mut folded);
        }
    }
    folded
}

fn push_folded(character: char, folded: &mut String) {
    match character {
        '’' | '‘' | 'ʼ' | '′' | '＇' => folded.push('\''),
        '“' | '”' | '„' | '«' | '»' | '″' => folded.push('"'),
        // Which of the two a capital sigma becomes depends on where it stands, so they must be one.
        'ς' => folded.push('σ'),
        _ => folded.extend(character.to_lowercase()),
    }
}

/// A text with every number in it as one zero: what is left of a counter when it counts.
pub fn without_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = if letter.is_numeric() { '0' } else { letter };
        if letter != '0' || !plain.ends_with('0') {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn style_is_evened_out() {
        for (text, expect) in [
            ("plain", "plain"),
            ("Proud", "proud"),
            ("don’t", "don't"),
            ("“So”", "\"so\""),
            ("co\u{ad}operate", "cooperate"),
            ("a\u{a0}\u{a0} b", "a b"),
            ("a \u{200b} b", "a b"),
            ("Cafe\u{301}", "café"),
            ("e\u{200d}\u{301}", "é"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδος", "οδοσ"),
            ("A\tB\n", "a b "),
        ] {
            assert_eq!(fold(text), expect, "{text:?}");
        }
    }

    #[test]
    fn nothing_to_fold_is_borrowed() {
        for text in ["", "plain", "it's", "a b", "café", "漢字"] {
            assert!(matches!(fold(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn characters_of_one_form_fold_to_themselves() {
        for character in ('\u{3000}'..='\u{d7ff}').filter(|&character| has_one_form(character)) {
            let text = character.to_string();
            let folded: String = evened(text.chars()).nfc().collect();
            assert_eq!(folded, text);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once), once.as_str());
        }

        #[test]
        fn ascii_folds_as_any_text_does(text in "[ -~\t\n\u{b}]{0,40}") {
            prop_assert_eq!(fold_ascii(&text), fold_any(&text));
        }
    }
}
