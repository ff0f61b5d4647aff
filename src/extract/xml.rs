//! XML that is no feed to a document: an element that holds words of its own is a passage, with all that stands in it.
//!
//! Nothing is known of what the names mean, so nothing is made of them.

use super::run::Run;
use super::xml_tree::{Element, Node, tree};
use super::{Class, Document, Passage, PassageKind};
use crate::fetch::Unreadable;

/// The document that an XML text is.
pub fn document_of_xml(xml: &str) -> Result<Document, Unreadable> {
    let mut passages = Vec::new();
    walk(&tree(xml)?, &mut passages);
    Ok(Document { passages, ..Document::default() })
}

fn walk(element: &Element, passages: &mut Vec<Passage>) {
    if element.children.iter().any(|node| matches!(node, Node::Text(text) if !is_space(text))) {
        passages.extend(passage(PassageKind::Paragraph, Class::Main, &element.text()));
    } else {
        element.elements().for_each(|inner| walk(inner, passages));
    }
}

fn is_space(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// A passage of this text, its white space made single; none if nothing of it can be seen.
pub(super) fn passage(kind: PassageKind, class: Class, text: &str) -> Option<Passage> {
    let mut run = Run::default();
    run.push(text);
    let text = run.take()?.text;
    Some(Passage { kind, class, place: String::new(), text, attributes: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Vec<String> {
        let document = document_of_xml(xml).unwrap();
        document.passages.into_iter().map(|passage| passage.text).collect()
    }

    #[test]
    fn an_element_with_words_of_its_own_is_a_passage() {
        assert_eq!(
            texts(
                "<?xml version='1.0'?>\n<a>\n <b>one <i>two</i>\n three</b> <b/><c><d>four</d></c></a>"
            ),
            ["one two three", "four"]
        );
        assert_eq!(
            texts("<a>b &amp; c & d&nbsp;&#233;<![CDATA[<e>]]></a>"),
            ["b & c & d\u{a0}é<e>"]
        );
    }

    #[test]
    fn what_a_document_defines_is_not_expanded() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>x &c;</a>";
        assert_eq!(texts(bomb), ["x &c;"]);
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_not_read() {
        for xml in ["", "text", "<a>", "<a><b></a>", "<a", "<a>b</a", "</a>"] {
            assert_eq!(document_of_xml(xml), Err(Unreadable::Damaged), "{xml}");
        }
        assert_eq!(document_of_xml(&"<a>".repeat(100_000)), Err(Unreadable::TooComplex));
    }
}
