//! A tree and its document to the nodes that stand for passages: where the text is, and what may be edited.

use std::collections::BTreeMap;

use dom_query::{NodeId, NodeRef};
use palinode::extract::{Class, Document};

/// The element that holds the text.
pub(crate) enum Core<'a> {
    Element(NodeRef<'a>),
    Body(NodeRef<'a>),
}

impl<'a> Core<'a> {
    /// The innermost element with nearly all bytes of main text in it, outside of any table.
    pub(crate) fn of(tree: &'a dom_query::Document, document: &Document) -> Option<Self> {
        let main: Vec<&str> = document.main().map(|passage| passage.text.as_str()).collect();
        let main = main.join("\n");
        let mut bytes: BTreeMap<NodeId, (usize, NodeRef<'_>)> = BTreeMap::new();
        let mut all = 0;
        for (node, text) in texts(tree).into_iter().filter(|(_, text)| main.contains(text)) {
            all += text.len();
            for outer in node.ancestors_it(None).filter(NodeRef::is_element) {
                bytes.entry(outer.id).or_insert((0, outer)).0 += text.len();
            }
        }
        let enough = bytes.into_values().filter(|(bytes, _)| bytes * 10 >= all * 9);
        let depth = |node: &NodeRef<'_>| node.ancestors_it(None).count();
        let (_, inner) = enough.max_by_key(|(_, node)| depth(node))?;
        let parts = ["td", "th", "tr", "tbody", "thead", "tfoot", "ul", "ol", "dl"];
        let mut core = inner;
        while parts.iter().any(|part| core.has_name(part)) {
            core = core.parent()?;
        }
        Some(if core.has_name("body") || core.has_name("html") {
            Self::Body(tree.body()?)
        } else {
            Self::Element(core)
        })
    }
}

/// The elements of this kind whose text is one main passage's, with that passage's number among the main ones.
pub(crate) fn element_texts<'a>(
    tree: &'a dom_query::Document,
    document: &Document,
    selector: &str,
) -> Vec<(NodeRef<'a>, usize)> {
    let main: Vec<&str> = document.main().map(|passage| passage.text.as_str()).collect();
    let elements = tree.select(selector);
    let found = elements.nodes().iter().filter_map(|&node| {
        let text = text_of(&node);
        let at = main.iter().position(|one| *one == text)?;
        let is_one = standing(document, &text) == 1;
        (is_one && !node.ancestors_it(None).any(|outer| is_hidden(&outer)) && !is_hidden(&node))
            .then_some((node, at))
    });
    found.collect()
}

/// How often a passage's text is exactly this.
fn standing(document: &Document, text: &str) -> usize {
    document.passages.iter().filter(|passage| passage.text == text).count()
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    let hidden = ["script", "style", "noscript", "template", "svg"];
    hidden.iter().any(|name| node.has_name(name))
        || node.has_attr("hidden")
        || node.has_attr("style")
}

/// The text nodes of the body that are seen, with their text.
pub(crate) fn texts(tree: &dom_query::Document) -> Vec<(NodeRef<'_>, String)> {
    let Some(body) = tree.body() else { return Vec::new() };
    let texts = body.descendants_it().filter(NodeRef::is_text);
    let seen = texts.filter(|node| !node.ancestors_it(None).any(|outer| is_hidden(&outer)));
    seen.map(|node| (node, evened(&node.text()))).filter(|(_, text)| !text.is_empty()).collect()
}

/// The text nodes that stand in exactly one passage, a main one, once; with its number among the main ones.
pub(crate) fn main_texts<'a>(
    tree: &'a dom_query::Document,
    document: &Document,
) -> Vec<(NodeRef<'a>, String, usize)> {
    let mut found = Vec::new();
    for (node, text) in texts(tree).into_iter().filter(|(_, text)| text.len() >= 24) {
        let mut at = (0, None);
        let mut count = 0;
        for passage in &document.passages {
            let here = passage.text.matches(&text).count();
            count += here;
            if here > 0 && passage.class == Class::Main {
                at.1 = Some(at.0);
            }
            at.0 += usize::from(passage.class == Class::Main);
        }
        if let (1, Some(at)) = (count, at.1) {
            found.push((node, text, at));
        }
    }
    found
}

fn text_of(node: &NodeRef<'_>) -> String {
    evened(&node.text())
}

fn evened(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
