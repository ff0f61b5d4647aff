//! Hostile text to text that is safe to print and hides nothing.
//!
//! A page may hold escape sequences, marks that turn the reading order, or characters that cannot be seen; each is shown
//! by its number, so that a change of such a character can be seen too.

use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Shows control characters, marks of direction and invisible characters by their numbers: `⟨U+200B⟩`. Line breaks
/// become `⏎` only where the caller asks for one line; here they stay.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.push_str(&by_number(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// The same for JSON, in which a number stands for the very character.
pub(super) fn in_json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.extend(
                letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")),
            );
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// A character by its number.
pub(super) fn by_number(letter: char) -> String {
    format!("\u{27e8}U+{:04X}\u{27e9}", u32::from(letter))
}

/// Whether a character would be unseen, or change how others are seen. The plain no-break space is left alone here:
/// it is ordinary typography; a change of it is marked by the diff.
pub(super) fn is_hidden(letter: char) -> bool {
    letter != '\n' && (letter.is_control() || INVISIBLE.iter().any(|range| range.contains(&letter)))
}

/// Unicode's default-ignorable characters, and the marks that part lines or turn the direction.
const INVISIBLE: [RangeInclusive<char>; 19] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
    '\u{fdd0}'..='\u{fdef}',
    '\u{fffe}'..='\u{ffff}',
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_by_its_number() {
        for (given, shown) in [
            ("plain text", "plain text"),
            ("a\u{1b}]0;title\u{7}b", "a\u{27e8}U+001B\u{27e9}]0;title\u{27e8}U+0007\u{27e9}b"),
            ("\u{202e}gnp.exe", "\u{27e8}U+202E\u{27e9}gnp.exe"),
            ("zero\u{200b}width", "zero\u{27e8}U+200B\u{27e9}width"),
            ("a\rb\u{9b}c", "a\u{27e8}U+000D\u{27e9}b\u{27e8}U+009B\u{27e9}c"),
        ] {
            assert_eq!(escape(given), shown);
        }
    }

    proptest! {
        #[test]
        fn json_says_the_same_and_shows_no_hidden_character(text in any::<String>()) {
            let plain = serde_json::to_string(&text).unwrap();
            let shown = in_json(&plain);
            prop_assert!(!shown.chars().any(is_hidden), "{shown:?}");
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
        }

        #[test]
        fn no_control_character_and_no_mark_of_direction_is_left(text in any::<String>()) {
            let shown = escape(&text);
            prop_assert!(shown.chars().all(|letter| letter == '\n' || !letter.is_control()));
            let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!shown.chars().any(turns), "a mark of direction is left");
        }
    }
}
