//! Words to words that a terminal opens an address from, where the reader's terminal knows how (OSC 8).
//!
//! It is apart from `styled` because it writes what no page may write: an address ends the sequence that it stands in
//! wherever it holds a control character, so only such as are plain ASCII are written at all.

use url::Url;

use super::styled::{Piece, inline};
use super::{Hyperlinks, Look};

/// One piece as text that leads to an address, for a line that is not wrapped.
pub(super) fn linked(look: Look, url: &str, piece: &Piece) -> String {
    let shown = inline(look, piece);
    match (look.hyperlinks, target(url)) {
        (Hyperlinks::Written, Some(target)) => {
            format!("\x1b]8;;{target}\x1b\\{shown}\x1b]8;;\x1b\\")
        }
        _ => shown,
    }
}

/// The address as the sequence may hold it: of the web, and nothing but visible ASCII.
fn target(url: &str) -> Option<String> {
    // Terminals drop what is longer, and some drop the words with it.
    const LONGEST: usize = 2083;
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let text = String::from(url);
    (text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::views::styled::Mark;

    fn written(url: &str, text: &str) -> String {
        let look = Look { hyperlinks: Hyperlinks::Written, ..Look::plain(80) };
        linked(look, url, &Piece::new(text, Mark::Strong))
    }

    #[test]
    fn only_addresses_of_the_web_are_led_to() {
        assert_eq!(
            written("https://example.org/\u{f6}", "post"),
            "\x1b]8;;https://example.org/%C3%B6\x1b\\post\x1b]8;;\x1b\\"
        );
        for url in ["javascript:alert(1)", "file:///etc/passwd", "post", ""] {
            assert_eq!(written(url, "post"), "post", "{url}");
        }
    }

    proptest! {
        #[test]
        fn no_address_and_no_text_ends_the_sequence_early(rest in any::<String>(), text in any::<String>()) {
            let line = written(&format!("https://example.org/{rest}"), &text);
            let controls = line.chars().filter(|letter| letter.is_control()).count();
            prop_assert!(controls == 0 || (controls == 4 && line.starts_with("\x1b]8;;https://example.org/")));
        }
    }
}
