//! Hostile text to text that is safe to print and hides nothing.
//!
//! A page may hold escape sequences, marks that turn the reading order, or characters that cannot be seen; each is shown
//! by its number, so that a change of such a character can be seen too.

use std::borrow::Cow;

/// Shows control characters, marks of direction and invisible characters by their numbers: `⟨U+200B⟩`. Line breaks
/// become `⏎` only where the caller asks for one line; here they stay.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.push_str(&format!("\u{27e8}U+{:04X}\u{27e9}", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character would be unseen, or change how others are seen. The plain no-break space is left alone here:
/// it is ordinary typography; a change of it is marked by the diff.
fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}' => true,
        '\u{fe00}'..='\u{fe0f}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => letter.is_control(),
    }
}

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
        fn no_control_character_and_no_mark_of_direction_is_left(text in any::<String>()) {
            let shown = escape(&text);
            prop_assert!(shown.chars().all(|letter| letter == '\n' || !letter.is_control()));
            prop_assert!(!shown.chars().any(|letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
        }
    }
}
