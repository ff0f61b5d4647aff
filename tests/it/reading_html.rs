//! HTML as a browser understands it, for tests: its text by blocks, and whether anything in it could act.

use dom_query::{Document, NodeRef};

/// Elements that palinode writes. Anything else came from a page.
const KNOWN: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "link",
    "body",
    "main",
    "header",
    "footer",
    "nav",
    "section",
    "article",
    "figure",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "p",
    "div",
    "span",
    "a",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "time",
    "bdi",
    "del",
    "ins",
    "mark",
    "strong",
    "em",
    "code",
    "pre",
    "blockquote",
    "form",
    "label",
    "input",
    "button",
    "select",
    "option",
    "datalist",
    "svg",
    "g",
    "rect",
    "circle",
    "line",
    "path",
    "text",
    "details",
    "summary",
    "hr",
    "br",
];

/// Elements that begin a line of their own.
const BLOCKS: [&str; 22] = [
    "title",
    "header",
    "footer",
    "nav",
    "section",
    "article",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "p",
    "li",
    "dt",
    "caption",
    "tr",
    "svg",
    "blockquote",
    "label",
    "form",
    "pre",
    "summary",
    "div",
];

/// What a reader without eyes gets: a line a block, drawings by what is said of them.
pub(crate) fn read(html: &str) -> String {
    let tree = Document::from(html);
    let mut text = String::new();
    walk(&tree.root(), &mut text);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn walk(node: &NodeRef<'_>, text: &mut String) {
    if node.is_text() {
        text.push_str(&node.text().replace('\n', " "));
        return;
    }
    let name = node.node_name().unwrap_or_default();
    match &*name {
        "style" => return,
        "svg" => {
            text.extend(["\n(", &*node.attr("aria-label").unwrap_or_default(), ")\n"]);
            return;
        }
        _ => {}
    }
    if BLOCKS.contains(&&*name) {
        text.push('\n');
    }
    if matches!(&*name, "td" | "th" | "dd") {
        text.push_str(" | ");
    }
    for child in node.children() {
        walk(&child, text);
    }
    if BLOCKS.contains(&&*name) {
        text.push('\n');
    }
}

/// Fails if anything in it could act, was not written by palinode, or cannot be seen.
#[track_caller]
pub(crate) fn harmless(html: &str) {
    let tree = Document::from(html);
    for node in tree.select("*").nodes() {
        let name = node.node_name().unwrap_or_default();
        assert!(KNOWN.contains(&&*name), "<{name}> in {html}");
        for attr in node.attrs() {
            let (key, value) = (attr.name.local.to_string(), attr.value.to_string());
            assert!(!key.starts_with("on") && key != "style", "{key}={value} in <{name}>");
            if matches!(key.as_str(), "href" | "src" | "action") {
                let scheme = value.split(':').next().unwrap_or_default().to_lowercase();
                assert!(!["javascript", "data", "vbscript"].contains(&&*scheme), "{value}");
            }
        }
    }
    assert!(html.chars().all(|letter| letter == '\n' || !is_unseen(letter)), "{html:?}");
}

fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
