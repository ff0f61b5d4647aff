//! A page to what its document says after its frame moved, and after its text changed: one row of a table a kind.

use std::fmt::Write as _;

use palinode::extract::Document;

use crate::draw::Draw;
use crate::edits::{EDITS, Edit};
use crate::frames::{HAPPENINGS, Happening};
use crate::{first_sight, later};

/// How often a kind of trial was made on all pages, and what came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) tried: usize,
    pub(crate) first: usize,
    pub(crate) second: usize,
    pub(crate) named: Vec<String>,
}

/// A page as all trials begin with it.
pub(crate) struct Base {
    name: String,
    html: String,
    document: Document,
}

impl Base {
    /// Written once by the tree's hand, so that a changed page differs from it in what was changed alone.
    pub(crate) fn new(name: &str, html: &str) -> Option<Self> {
        let html =
            dom_query::Document::from(dom_query::Document::from(html).html()).html().to_string();
        let document = first_sight(&html);
        let has_text = document.main().next().is_some();
        has_text.then(|| Self { name: name.to_owned(), html, document })
    }

    pub(crate) fn html(&self) -> &str {
        &self.html
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// The page after all that can happen to its frame.
    pub(crate) fn moved(&self, draw: &mut Draw) -> String {
        HAPPENINGS.last().map_or_else(String::new, |(_, all)| self.changed(*all, draw))
    }

    fn tree(&self) -> dom_query::Document {
        dom_query::Document::from(self.html.as_str())
    }

    fn changed(&self, happening: Happening, draw: &mut Draw) -> String {
        let tree = self.tree();
        happening(&tree, &self.document, draw);
        tree.html().to_string()
    }

    /// For each happening: whether a later capture, or the next after that one, says something else; whether a first
    /// one would.
    pub(crate) fn frames(&self, seed: u64, rows: &mut [Row]) {
        for ((name, happening), row) in HAPPENINGS.iter().zip(rows) {
            let mut draw = Draw::new(seed);
            let html = self.changed(*happening, &mut draw);
            if html == self.html {
                continue;
            }
            let after = later(&html, Some(&self.document));
            let back = later(&self.html, Some(&after));
            let first = first_sight(&html);
            row.tried += 1;
            let is_steady = self.says(&after) && self.says(&back);
            row.first += usize::from(!is_steady);
            row.second += usize::from(!self.says(&first));
            if !self.says(&first) && is_steady {
                let difference = difference(&self.document, &first);
                row.named.push(format!("{}: {name} at first sight: {difference}", self.name));
            }
            if !is_steady {
                row.named.push(format!(
                    "{}: {name}: {}",
                    self.name,
                    difference(&self.document, &after)
                ));
            }
        }
    }

    fn says(&self, other: &Document) -> bool {
        self.document.state_digest() == other.state_digest()
    }

    /// For each edit: whether all passages show exactly that change, and whether the main ones do.
    pub(crate) fn edits(&self, seed: u64, rows: &mut [Row]) {
        for ((name, edit), row) in EDITS.iter().zip(rows) {
            for number in 0..3 {
                self.edit(name, *edit, &mut Draw::new(seed * 31 + number), row);
            }
        }
    }

    fn edit(&self, name: &str, edit: Edit, draw: &mut Draw, row: &mut Row) {
        let tree = self.tree();
        let Some(change) = edit(&tree, &self.document, draw) else { return };
        let expect = change.apply(main_texts(&self.document));
        if expect == main_texts(&self.document) {
            // A word was drawn that already stood there.
            return;
        }
        let after = later(&tree.html(), Some(&self.document));
        row.tried += 1;
        let is_seen = after.visible_digest() != self.document.visible_digest()
            && expect.iter().all(|text| after.passages.iter().any(|passage| passage.text == *text));
        let is_exact = main_texts(&after) == expect;
        row.first += usize::from(is_seen);
        row.second += usize::from(is_exact);
        if !is_exact {
            row.named.push(format!(
                "{}: {name}: {}",
                self.name,
                difference(&self.document, &after)
            ));
        }
    }
}

fn main_texts(document: &Document) -> Vec<String> {
    document.main().map(|passage| passage.text.clone()).collect()
}

/// The first passages that only one of two documents counts, for a person who looks for the cause.
fn difference(before: &Document, after: &Document) -> String {
    let only = |one: &Document, other: &Document, mark: &str| {
        let texts = main_texts(other);
        let lone = one.main().filter(|passage| !texts.contains(&passage.text)).take(3);
        let mut shown = String::new();
        for passage in lone {
            let _ = write!(shown, "\n    {mark} {} {:.60}", passage.place, passage.text);
        }
        shown
    };
    only(before, after, "-") + &only(after, before, "+")
}
