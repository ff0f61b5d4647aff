//! Bytes that cannot be shown as text to a document all the same: what they are, how many, and their digest.
//!
//! It is a document like any other, so that a change is a revision with two digests and two sizes, and all that reads
//! histories works. Its one passage has a kind of its own: these words are palinode's and not the page's.

use super::{Class, Document, Passage, PassageKind};
use crate::fetch::Digest;

/// The document that content of this media type is, its coding undone.
pub fn document_of_opaque(media_type: &str, content: &[u8]) -> Document {
    let text = format!("{media_type}, {} bytes, sha256 {}", content.len(), Digest::of(content));
    let passage = Passage {
        kind: PassageKind::Opaque,
        class: Class::Main,
        place: String::new(),
        text,
        attributes: Vec::new(),
    };
    Document { passages: vec![passage], ..Document::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_how_many_and_which() {
        let document = document_of_opaque("image/gif", b"GIF");
        assert_eq!(
            document.passages[0].text,
            "image/gif, 3 bytes, sha256 76c664ef152e065922fed4727315d065b8fb1aed61015cdaef7bcfea3c58d5ab"
        );
    }
}
