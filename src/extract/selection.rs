//! The selectors of a page's settings to wishes about the nodes of one tree: this counts, this does not.
//!
//! A selector that is wrong and one that matches nothing are told apart: the first is a mistake in the settings, the
//! second usually means that the page was rebuilt or that something else was sent.

use dom_query::{Matcher, NodeId};

/// What a person wishes to count as a page's text, and what not.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    select: Vec<Selector>,
    exclude: Vec<Selector>,
}

#[derive(Clone, Debug)]
struct Selector {
    written: String,
    matcher: Matcher,
}

/// Why a selection cannot be used, or was not met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// Not a CSS selector.
    #[error(
        "\"{selector}\" is not a CSS selector: {why}\nhint: write it as in a style sheet: main, #content, .post > p"
    )]
    Invalid {
        /// The selector as it was written.
        selector: String,
        /// What is wrong with it, in lower case.
        why: String,
    },
    /// The page has no text there.
    #[error(
        "\"{selector}\" selects no text on the page\nhint: the page may have been rebuilt; look at it and set a new selector"
    )]
    Missed {
        /// The selector as it was written.
        selector: String,
    },
}

/// What the settings wish about one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wish {
    /// It counts: the selector of this number says so.
    Select(usize),
    /// It does not count.
    Exclude,
}

/// The wishes about the elements of one tree, in the order of the nodes.
#[derive(Debug, Default)]
pub(super) struct Wishes(Vec<(NodeId, Wish)>);

impl Selection {
    /// Reads the selectors of a page's settings.
    pub fn new(select: &[String], exclude: &[String]) -> Result<Self, SelectionError> {
        let read = |written: &[String]| -> Result<Vec<Selector>, SelectionError> {
            written.iter().map(|one| Selector::new(one)).collect()
        };
        Ok(Self { select: read(select)?, exclude: read(exclude)? })
    }

    /// Whether it wishes nothing at all.
    pub fn is_empty(&self) -> bool {
        self.select.is_empty() && self.exclude.is_empty()
    }

    /// Whether it says what counts, rather than leaving that open.
    pub(super) fn decides(&self) -> bool {
        !self.select.is_empty()
    }

    /// How many selectors say what counts.
    pub(super) fn selectors(&self) -> usize {
        self.select.len()
    }

    /// The error that the selector of this number was not met.
    pub(super) fn missed(&self, number: usize) -> SelectionError {
        let selector = self.select.get(number).map(|one| one.written.clone()).unwrap_or_default();
        SelectionError::Missed { selector }
    }

    /// The wishes about the elements of this tree.
    pub(super) fn wishes(&self, document: &dom_query::Document) -> Wishes {
        let mut found = Vec::new();
        for (number, selector) in self.select.iter().enumerate() {
            let nodes = document.select_matcher(&selector.matcher);
            found.extend(nodes.nodes().iter().map(|node| (node.id, Wish::Select(number))));
        }
        for selector in &self.exclude {
            let nodes = document.select_matcher(&selector.matcher);
            found.extend(nodes.nodes().iter().map(|node| (node.id, Wish::Exclude)));
        }
        found.sort_unstable();
        Wishes(found)
    }
}

impl Selector {
    fn new(written: &str) -> Result<Self, SelectionError> {
        match Matcher::new(written) {
            Ok(matcher) => Ok(Self { written: written.to_owned(), matcher }),
            Err(error) => Err(SelectionError::Invalid {
                selector: written.to_owned(),
                why: words_of(&format!("{:?}", error.kind)),
            }),
        }
    }
}

impl Wishes {
    /// The wishes about this element.
    pub(super) fn about(&self, id: NodeId) -> &[(NodeId, Wish)] {
        if self.0.is_empty() {
            return &[];
        }
        let start = self.0.partition_point(|(node, _)| *node < id);
        let length = self.0[start..].partition_point(|(node, _)| *node == id);
        &self.0[start..start + length]
    }
}

/// The parser names its errors in camel case and no other way: `Custom(EmptySelector)` to "empty selector".
fn words_of(name: &str) -> String {
    let name = name.rsplit('(').next().unwrap_or(name).trim_end_matches(')');
    let mut words = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(selector: &str) -> String {
        Selection::new(&[selector.to_owned()], &[]).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_selector_is_named_with_the_reason() {
        let hint = "\nhint: write it as in a style sheet: main, #content, .post > p";
        let empty = "\"\" is not a CSS selector: empty selector";
        assert_eq!(refused(""), format!("{empty}{hint}"));
        let dangling = "\"div >\" is not a CSS selector: dangling combinator";
        assert_eq!(refused("div >"), format!("{dangling}{hint}"));
        assert!(refused("..x").contains("is not a CSS selector: "));
        assert!(Selection::new(&[], &["[".to_owned()]).is_err());
    }

    #[test]
    fn no_selectors_wish_nothing() {
        assert!(Selection::default().is_empty());
        assert!(Selection::new(&[], &[]).unwrap().is_empty());
        let excluding = Selection::new(&[], &["nav".to_owned()]).unwrap();
        assert!(!excluding.is_empty() && !excluding.decides());
    }
}
