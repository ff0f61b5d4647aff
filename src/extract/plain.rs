//! Text without markup to a document: blank lines part its paragraphs.
//!
//! It stands apart from HTML because nothing has to be guessed: plain text has no frame, so all of it counts.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::invisible::is_visible;
use super::{Class, Document, Passage, PassageKind};

/// The document that a plain text is: a paragraph up to each blank line, all of it main text.
pub fn document_of_plain_text(text: &str) -> Document {
    let mut passages = Vec::new();
    let mut paragraph = String::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            close(&mut paragraph, &mut passages);
        } else {
            append(line, &mut paragraph);
        }
    }
    close(&mut paragraph, &mut passages);
    Document { passages, ..Document::default() }
}

fn append(line: &str, paragraph: &mut String) {
    if !paragraph.is_empty() {
        paragraph.push('\n');
    }
    for (index, word) in line.split_ascii_whitespace().enumerate() {
        if index > 0 {
            paragraph.push(' ');
        }
        paragraph.push_str(word);
    }
}

fn close(paragraph: &mut String, passages: &mut Vec<Passage>) {
    let text = std::mem::take(paragraph);
    if !is_visible(&text) {
        return;
    }
    let text = if is_nfc(&text) { text } else { text.nfc().collect() };
    passages.push(Passage {
        kind: PassageKind::Paragraph,
        class: Class::Main,
        place: String::new(),
        text,
        attributes: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let document = document_of_plain_text(text);
        let texts: Vec<_> = document.passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts, expect);
        assert_eq!(document.main().count(), expect.len());
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        check("", &[]);
        check(" \n\t\n", &[]);
        check("one", &["one"]);
        check("one\ntwo\r\nthree\n", &["one\ntwo\nthree"]);
        check("one\n\n\n  \ntwo", &["one", "two"]);
        check("\u{feff}one", &["\u{feff}one"]);
        check("a  b\t c", &["a b c"]);
        check("cafe\u{301}", &["café"]);
        check("a\n\n\u{200b}\n\nb", &["a", "b"]);
    }
}
