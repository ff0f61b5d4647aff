//! A page to the same page with one small change in its text, and the texts that its document should then have.

use dom_query::NodeRef;
use palinode::extract::Document;

use crate::draw::Draw;
use crate::tree::{element_texts, main_texts};

/// What should become of the main passages: this one says that, or one more or less stands there.
#[derive(Debug)]
pub(crate) enum Change {
    Reworded(usize, String),
    Removed(usize),
    AddedAfter(usize, String),
}

/// One kind of edit; none where the page has no place for it.
pub(crate) type Edit = fn(&dom_query::Document, &Document, &mut Draw) -> Option<Change>;

/// All of them, by what they are called.
pub(crate) const EDITS: [(&str, Edit); 13] = [
    ("one word", |tree, document, draw| reworded(tree, document, draw, one_word)),
    ("one apostrophe", |tree, document, draw| reworded(tree, document, draw, one_apostrophe)),
    ("one number", |tree, document, draw| reworded(tree, document, draw, one_number)),
    ("paragraph removed", |tree, document, draw| removed(tree, document, draw, "p")),
    ("paragraph added", |tree, document, draw| added(tree, document, draw, "p")),
    ("list item changed", |tree, document, draw| changed(tree, document, draw, "li")),
    ("list item removed", |tree, document, draw| removed(tree, document, draw, "li")),
    ("list item added", |tree, document, draw| added(tree, document, draw, "li")),
    ("table cell", cell),
    ("heading changed", |tree, document, draw| changed(tree, document, draw, "h1, h2, h3, h4")),
    ("heading added", |tree, document, draw| added(tree, document, draw, "h2, h3")),
    ("footnote changed", |tree, document, draw| changed(tree, document, draw, NOTES)),
    ("footnote added", |tree, document, draw| added(tree, document, draw, NOTES)),
];

/// Where footnotes stand.
const NOTES: &str = "[class*=footnote] li, [id^=fn], li[id^=cite_note]";

impl Change {
    /// The main texts after the change.
    pub(crate) fn apply(self, mut texts: Vec<String>) -> Vec<String> {
        match self {
            Self::Reworded(at, text) => texts[at] = text,
            Self::Removed(at) => drop(texts.remove(at)),
            Self::AddedAfter(at, text) => texts.insert(at + 1, text),
        }
        texts
    }
}

fn main_at(document: &Document, at: usize) -> String {
    document.main().nth(at).map(|passage| passage.text.clone()).unwrap_or_default()
}

fn reworded(
    tree: &dom_query::Document,
    document: &Document,
    draw: &mut Draw,
    edit: fn(&str, &mut Draw) -> Option<(String, String)>,
) -> Option<Change> {
    let mut texts = main_texts(tree, document);
    while !texts.is_empty() {
        let (node, text, at) = texts.swap_remove(draw.below(texts.len()));
        let Some((old, new)) = edit(&text, draw) else { continue };
        let raw = node.text();
        if raw.matches(&old).count() != 1 || text.matches(&old).count() != 1 {
            continue;
        }
        node.set_text(raw.replace(&old, &new));
        let whole = main_at(document, at).replacen(&text, &text.replace(&old, &new), 1);
        return Some(Change::Reworded(at, whole));
    }
    None
}

fn one_word(text: &str, draw: &mut Draw) -> Option<(String, String)> {
    let words: Vec<&str> = text.split(' ').filter(|word| word.len() > 3).collect();
    let word = words.get(draw.below(words.len()))?;
    let plain = word.trim_matches(|one: char| !one.is_alphanumeric());
    (!plain.is_empty()).then(|| (plain.to_owned(), draw.word()))
}

fn one_apostrophe(text: &str, _: &mut Draw) -> Option<(String, String)> {
    let word = text.split(' ').find(|word| word.contains('’'))?;
    Some((word.to_owned(), word.replace('’', "'")))
}

fn one_number(text: &str, draw: &mut Draw) -> Option<(String, String)> {
    let is_number = |word: &&str| word.len() > 1 && word.bytes().all(|one| one.is_ascii_digit());
    let word = text.split(|one: char| !one.is_alphanumeric()).find(is_number)?;
    Some((word.to_owned(), draw.between(10_000, 99_999).to_string()))
}

fn chosen<'a>(
    tree: &'a dom_query::Document,
    document: &Document,
    draw: &mut Draw,
    selector: &str,
) -> Option<(NodeRef<'a>, usize)> {
    let found = element_texts(tree, document, selector);
    found.get(draw.below(found.len())).copied()
}

fn removed(
    tree: &dom_query::Document,
    document: &Document,
    draw: &mut Draw,
    selector: &str,
) -> Option<Change> {
    let (node, at) = chosen(tree, document, draw, selector)?;
    // Emptied, so that bare text before and after it does not run together.
    node.remove_children();
    Some(Change::Removed(at))
}

fn added(
    tree: &dom_query::Document,
    document: &Document,
    draw: &mut Draw,
    selector: &str,
) -> Option<Change> {
    let (node, at) = chosen(tree, document, draw, selector)?;
    let (name, text) = (node.node_name()?, draw.sentence(9));
    node.after_html(format!("<{name}>{text}</{name}>"));
    Some(Change::AddedAfter(at, text))
}

fn changed(
    tree: &dom_query::Document,
    document: &Document,
    draw: &mut Draw,
    selector: &str,
) -> Option<Change> {
    let (node, at) = chosen(tree, document, draw, selector)?;
    let text = draw.line(7);
    node.set_text(text.as_str());
    Some(Change::Reworded(at, text))
}

fn cell(tree: &dom_query::Document, document: &Document, draw: &mut Draw) -> Option<Change> {
    let rows: Vec<String> = document.main().map(|passage| passage.text.clone()).collect();
    let mut cells = Vec::new();
    for node in tree.select("td").nodes() {
        let text = node.text().split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let stands = |row: &String| row.split(" | ").filter(|cell| *cell == text).count();
        let all: usize = document.passages.iter().map(|passage| stands(&passage.text)).sum();
        if let (1, Some(at)) =
            (all, rows.iter().position(|row| row.contains(" | ") && stands(row) == 1))
        {
            cells.push((*node, text, at));
        }
    }
    let (node, text, at) = cells.get(draw.below(cells.len()))?;
    let new = draw.word();
    node.set_text(new.as_str());
    let cells: Vec<&str> = rows[*at].split(" | ").collect();
    let cells: Vec<&str> =
        cells.into_iter().map(|one| if one == text { new.as_str() } else { one }).collect();
    Some(Change::Reworded(*at, cells.join(" | ")))
}
