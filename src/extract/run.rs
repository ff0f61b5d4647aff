//! Pieces of text between two block borders to one passage's text, with white space as a browser shows it.
//!
//! It stands apart from the walk because what white space does depends on the text before it alone, not on the tree.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::invisible::is_visible;

/// The text of the passage that is being gathered.
#[derive(Debug, Default)]
pub(super) struct Run {
    text: String,
    gap: Gap,
    /// Whether the next word, if it would touch the one before, is another.
    seam: Seam,
    cells: usize,
    linked: usize,
    seen: Seen,
}

/// What stands between the text so far and the next word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seam {
    #[default]
    None,
    Open,
}

/// Whether anything but the bars between cells has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Nothing,
    Text,
}

/// A passage's text, and how many of its bytes were links.
pub(super) struct Gathered {
    pub(super) text: String,
    pub(super) linked: usize,
}

impl Run {
    /// Adds text in which white space only parts words.
    pub(super) fn push(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let word_at = rest.bytes().position(|byte| !byte.is_ascii_whitespace());
            if word_at != Some(0) {
                self.space();
            }
            let Some(word_at) = word_at else { return };
            rest = &rest[word_at..];
            let stretch = stretch(rest.as_bytes());
            self.close_seam(rest);
            self.close_gap();
            self.text.push_str(&rest[..stretch]);
            self.seen = Seen::Text;
            rest = &rest[stretch..];
        }
    }

    /// Adds text in which every space and line counts.
    pub(super) fn push_preformatted(&mut self, text: &str) {
        if !text.is_empty() {
            self.close_gap();
            self.text.push_str(text);
            self.seen = Seen::Text;
        }
    }

    /// Counts the bytes since a link began as linked.
    pub(super) fn link_since(&mut self, start: usize) {
        self.linked += self.text.len().saturating_sub(start);
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// What was gathered from so many bytes on.
    pub(super) fn since(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default()
    }

    /// White space, or a border inside a table row.
    pub(super) fn space(&mut self) {
        if self.gap == Gap::None {
            self.gap = Gap::Space;
        }
    }

    /// The end of a word even where no white space is: two links that touch, a picture, the mark of a note.
    pub(super) fn seam(&mut self) {
        self.seam = Seam::Open;
    }

    /// A line of preformatted text ends, unless it just did.
    pub(super) fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// A line break.
    pub(super) fn line(&mut self) {
        self.gap = Gap::Line;
    }

    /// Whether the last thing in it is a line break.
    pub(super) fn ends_in_line(&self) -> bool {
        self.gap == Gap::Line
    }

    /// The next cell of a table row begins.
    pub(super) fn cell(&mut self) {
        if self.cells > 0 {
            self.gap = if self.text.is_empty() { Gap::None } else { Gap::Space };
            self.close_gap();
            self.text.push('|');
            self.gap = Gap::Space;
        }
        self.cells += 1;
    }

    /// The text gathered so far, if any of it can be seen; the next begins afresh.
    pub(super) fn take(&mut self) -> Option<Gathered> {
        let linked = std::mem::take(&mut self.linked);
        let seen = std::mem::take(&mut self.seen);
        self.gap = Gap::None;
        self.seam = Seam::None;
        self.cells = 0;
        if seen == Seen::Text && is_visible(&self.text) {
            let text = nfc_of(self.text.as_str());
            self.text.clear();
            return Some(Gathered { text, linked });
        }
        self.text.clear();
        None
    }

    fn close_seam(&mut self, next: &str) {
        let is_word = |one: char| one.is_alphanumeric();
        if std::mem::take(&mut self.seam) == Seam::Open
            && self.text.ends_with(is_word)
            && next.starts_with(is_word)
        {
            self.space();
        }
    }

    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if !self.text.is_empty() {
            match gap {
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Line => self.text.push('\n'),
            }
        }
    }
}

/// The length of the longest beginning that can be copied as it is: no white space but single spaces between words.
fn stretch(bytes: &[u8]) -> usize {
    let mut end = 0;
    while end < bytes.len() {
        if bytes[end].is_ascii_whitespace() {
            let single = bytes[end] == b' '
                && bytes.get(end + 1).is_some_and(|next| !next.is_ascii_whitespace());
            if !single {
                break;
            }
        }
        end += 1;
    }
    end
}

/// Preformatted text may begin or end in empty lines; the indentation of its first line is kept.
fn nfc_of(text: &str) -> String {
    let text =
        text.trim_start_matches('\n').trim_end_matches(|end: char| end.is_ascii_whitespace());
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&str], expect: &str) {
        let mut run = Run::default();
        for piece in pieces {
            run.push(piece);
        }
        assert_eq!(run.take().map(|gathered| gathered.text).unwrap_or_default(), expect);
    }

    #[test]
    fn white_space_parts_words_once() {
        check(&[" a  b ", "c"], "a b c");
        check(&["a", "b"], "ab");
        check(&["a ", " b\n"], "a b");
        check(&["a\t\n", "", " "], "a");
        check(&["\u{a0}a\u{a0}", " \u{200b}"], "\u{a0}a\u{a0} \u{200b}");
        check(&[" \u{a0} "], "");
    }
}
