//! XML to a tree of elements, small and bounded, for the readers of feeds and of other XML.
//!
//! Entities that a document defines by itself are not expanded: they are how a few bytes become gigabytes, and no feed
//! needs them. A bare `&` and the names that HTML knows are taken as they are meant, since real feeds are full of them.

use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::fetch::Unreadable;

/// Elements that stand open at once.
const DEEPEST: usize = 200;
/// Elements and texts in all.
const MOST_NODES: usize = 1_000_000;

/// Attributes of one element; those that matter stand among the first.
const MOST_ATTRIBUTES: usize = 50;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name as written, with its prefix.
    pub(super) name: String,
    /// Its attributes as name and value.
    pub(super) attributes: Vec<(String, String)>,
    /// What stands in it.
    pub(super) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Node {
    /// Another one.
    Element(Element),
    /// Text; that of a CDATA section is no other.
    Text(String),
}

impl Element {
    /// The elements that stand right in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element of this name that stands right in it.
    pub(super) fn first(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name == name)
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// All the text in it, however deep.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        text
    }

    fn push_text(&self, text: &mut String) {
        for node in &self.children {
            match node {
                Node::Element(element) => element.push_text(text),
                Node::Text(piece) => text.push_str(piece),
            }
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(Node::Text(last)) = self.children.last_mut() {
            last.push_str(text);
        } else {
            self.children.push(Node::Text(text.to_owned()));
        }
    }
}

/// The root element of an XML text.
pub(super) fn tree(xml: &str) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().allow_dangling_amp = true;
    // The first stands for the document itself.
    let mut open = vec![Element::default()];
    let mut nodes = 0;
    loop {
        let event = reader.read_event().map_err(|_| Unreadable::Damaged)?;
        nodes += 1;
        if open.len() > DEEPEST || nodes > MOST_NODES {
            return Err(Unreadable::TooComplex);
        }
        let Some(inner) = open.last_mut() else { return Err(Unreadable::Damaged) };
        match event {
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => inner.children.push(Node::Element(element(&tag))),
            Event::End(_) => close(&mut open)?,
            Event::Text(text) => inner.add(&text),
            Event::CData(text) => inner.add(&text),
            Event::GeneralRef(name) => inner.add(&meant(&name)),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    let Some(document) = open.pop().filter(|_| open.is_empty()) else {
        return Err(Unreadable::Damaged);
    };
    let root = document.children.into_iter().find_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    });
    root.ok_or(Unreadable::Damaged)
}

fn close(open: &mut Vec<Element>) -> Result<(), Unreadable> {
    let element = open.pop().ok_or(Unreadable::Damaged)?;
    let outer = open.last_mut().ok_or(Unreadable::Damaged)?;
    outer.children.push(Node::Element(element));
    Ok(())
}

fn element(tag: &BytesStart<'_>) -> Element {
    let mut attributes = Vec::new();
    for attribute in tag.attributes().with_checks(false).flatten().take(MOST_ATTRIBUTES) {
        if let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) {
            attributes.push((attribute.key.0.to_owned(), value.into_owned()));
        }
    }
    Element { name: tag.name().0.to_owned(), attributes, children: Vec::new() }
}

/// What a reference stands for; one that nobody knows stays as it is written.
pub(super) fn meant(name: &BytesRef<'_>) -> String {
    match (name.resolve_char_ref(), resolve_html5_entity(name)) {
        (Ok(Some(character)), _) => character.to_string(),
        (_, Some(text)) => text.to_owned(),
        _ => format!("&{};", &**name),
    }
}
