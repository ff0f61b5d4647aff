//! Characters that a reader cannot see: which they are, and whether a text shows anything at all.
//!
//! Passages keep them, because a hidden mark is evidence. Words are compared without them, and a passage of nothing
//! else is none; both must mean the same characters.

/// Whether a character leaves no mark and no room: zero width, direction controls, soft hyphen, variation selectors.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e01ef}'
    )
}

/// Whether a text shows anything: some character that is neither space nor invisible.
pub(super) fn is_visible(text: &str) -> bool {
    text.chars().any(|character| !character.is_whitespace() && !is_invisible(character))
}
