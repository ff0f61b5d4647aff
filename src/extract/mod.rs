//! A capture's decoded text to a document: an ordered list of passages, each classed as main text or furniture.
//!
//! All visible text is kept; only the class says what counts. A wrong guess can then be seen and overruled, where
//! text that was thrown away could not.

mod attributes;
mod blocks;
mod classes;
mod contents;
#[cfg(test)]
mod contents_tests;
mod estate;
mod feed;
mod fold;
mod fragment;
mod ground;
mod heading_data;
mod html;
mod invisible;
mod json;
mod language;
mod limits;
mod judge;
mod kind;
mod markdown;
mod opaque;
mod opinion;
mod pdf;
mod place;
mod plain;
mod reason;
mod roles;
mod run;
mod selection;
mod shown;
mod tokens;
mod unsteady;
mod xml;
mod xml_tree;

use serde::{Deserialize, Serialize};

use crate::fetch::Digest;

pub use attributes::{Attribute, AttributeKind};
pub use contents::{Contents, ContentsKind, Entry, MOST_ENTRIES, NoContents, contents};
pub use feed::document_of_feed;
pub use fold::{fold, without_numbers};
pub use html::{document_of_html, explained_html};
pub use json::document_of_json;
pub use kind::DocumentKind;
pub use language::{is_language_tag, language_of_html};
pub use limits::too_complex;
pub use markdown::document_of_markdown;
pub use opaque::document_of_opaque;
pub use pdf::{PDF_THREAD, document_of_pdf};
pub use plain::document_of_plain_text;
pub use reason::Reason;
pub use selection::{Selection, SelectionError};
pub use tokens::{Token, sentences, stretch, tokens};
pub use unsteady::{Unsteady, unsteady};
pub use xml::document_of_xml;

/// What a capture says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The page's title, from its heading data.
    pub title: Option<String>,
    /// Who signs it.
    pub byline: Option<String>,
    /// When the page says that it was published, in its own words.
    pub published: Option<String>,
    /// When the page says that it was last changed, in its own words.
    pub modified: Option<String>,
    /// The visible text in reading order.
    pub passages: Vec<Passage>,
    /// What of the page's text is of the moment, as its first two answers showed.
    pub unsteady: Vec<Unsteady>,
}

/// One block of text: a heading, a paragraph, a list item, a table row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// What block it is.
    pub kind: PassageKind,
    /// Whether it counts as the page's text.
    pub class: Class,
    /// Where it stands: the elements around it, as a short path. Used to class its neighbours, never shown as text.
    pub place: String,
    /// The text: NFC, runs of white space made one space (line breaks kept in preformatted text), never empty.
    pub text: String,
    /// What it leads to or shows without saying it; kept for main text only.
    pub attributes: Vec<Attribute>,
}

/// The kinds of block that a reader tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassageKind {
    /// A heading of level 1 to 6.
    Heading(u8),
    /// A paragraph, or text that stands in no better block.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A row of a table, its cells apart by ` | `.
    TableRow,
    /// Quoted text.
    Quote,
    /// Text whose line breaks count.
    Preformatted,
    /// No text of the page: what stands for bytes that cannot be shown as text.
    Opaque,
}

/// Whether a passage counts as the page's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It is what the page says: changes to it are revisions.
    Main,
    /// It is the frame: navigation, related links, banners, footer.
    Furniture,
    /// The page's settings exclude it, or select something else.
    Unselected,
}

impl Document {
    /// The passages that count, in reading order.
    pub fn main(&self) -> impl Iterator<Item = &Passage> {
        self.passages.iter().filter(|passage| passage.class == Class::Main)
    }

    /// The digest of the main text: equal for two documents that say the same, whatever frame they stand in.
    pub fn state_digest(&self) -> Digest {
        Digest::of_texts(self.main().map(|passage| passage.text.as_str()))
    }

    /// The digest of all visible text, main or not.
    pub fn visible_digest(&self) -> Digest {
        Digest::of_texts(self.passages.iter().map(|passage| passage.text.as_str()))
    }
}
