//! Markdown to a document: the blocks that a reader of the rendered page sees, with the kinds that HTML's have.
//!
//! Its own reader and not a way through HTML: nothing here has a frame, so nothing has to be guessed.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use url::Url;

use super::attributes::{Gathering, append, settle};
use super::fragment::passages_of_fragment;
use super::run::Run;
use super::{Class, Document, Passage, PassageKind};
use crate::fetch::Unreadable;

/// The document that a Markdown text is: `CommonMark` with tables, footnotes, task lists and a heading of metadata.
/// Targets are read from the address that gave it.
pub fn document_of_markdown(text: &str, at: Option<&Url>) -> Result<Document, Unreadable> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut walk = Walk::default();
    for event in Parser::new_ext(text, options) {
        walk.take(event)?;
    }
    walk.end_passage();
    let rest = walk.beside.take();
    if let Some(last) = walk.passages.last_mut() {
        append(last, rest);
    }
    settle(&mut walk.passages, at);
    let is_title = |passage: &&Passage| passage.kind == PassageKind::Heading(1);
    let title = walk.passages.iter().find(is_title).map(|passage| passage.text.clone());
    Ok(Document { title, passages: walk.passages, ..Document::default() })
}

#[derive(Default)]
struct Walk {
    passages: Vec<Passage>,
    run: Run,
    /// The kinds of the blocks that are open.
    open: Vec<PassageKind>,
    /// How many images are open: what stands for them is not shown.
    images: usize,
    /// What the outermost of them is said to show.
    alt: String,
    beside: Gathering,
    /// The block of HTML that is being gathered.
    html: String,
    class: Option<Class>,
}

impl Walk {
    fn take(&mut self, event: Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag)?,
            Event::Text(text) | Event::Code(text) if self.images > 0 => self.alt.push_str(&text),
            Event::Text(text) if self.kind() == PassageKind::Preformatted => {
                self.run.push_preformatted(&text);
            }
            Event::Text(text) | Event::Code(text) => self.run.push(&text),
            Event::Html(html) => self.html.push_str(&html),
            Event::InlineHtml(html) if html.to_ascii_lowercase().starts_with("<br") => {
                self.run.line();
            }
            Event::SoftBreak => self.run.space(),
            Event::HardBreak => self.run.line(),
            Event::FootnoteReference(label) => self.run.push(&format!("[{label}]")),
            Event::TaskListMarker(true) => self.run.push("[x] "),
            Event::TaskListMarker(false) => self.run.push("[ ] "),
            Event::Rule => self.end_passage(),
            Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) {
        let kind = match tag {
            Tag::Heading { level, .. } => PassageKind::Heading(number(level)),
            Tag::Item => PassageKind::ListItem,
            Tag::BlockQuote(_) => PassageKind::Quote,
            Tag::CodeBlock(_) => PassageKind::Preformatted,
            Tag::MetadataBlock(_) => {
                self.class = Some(Class::Furniture);
                PassageKind::Preformatted
            }
            Tag::TableHead | Tag::TableRow => PassageKind::TableRow,
            Tag::TableCell => return self.run.cell(),
            Tag::Image { .. } => {
                self.images += 1;
                return;
            }
            Tag::Link { dest_url, .. } => return self.beside.open(Some(&dest_url), &self.run),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => return,
            Tag::FootnoteDefinition(label) => {
                self.end_passage();
                self.run.push(&format!("[{label}] "));
                return self.open.push(PassageKind::Paragraph);
            }
            // The label of a footnote stands before its first paragraph.
            _ if self.run.len() > 0 && self.kind() == PassageKind::Paragraph => {
                return self.open.push(PassageKind::Paragraph);
            }
            _ => self.kind(),
        };
        self.end_passage();
        self.open.push(kind);
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Unreadable> {
        match tag {
            TagEnd::TableCell | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                return Ok(());
            }
            TagEnd::Link => {
                self.beside.close(&self.run);
                return Ok(());
            }
            TagEnd::Image => {
                self.images = self.images.saturating_sub(1);
                if self.images == 0 {
                    self.beside.picture(&std::mem::take(&mut self.alt));
                }
                return Ok(());
            }
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                self.passages.extend(passages_of_fragment(&html)?);
            }
            _ => {}
        }
        self.end_passage();
        self.open.pop();
        self.class = None;
        Ok(())
    }

    fn kind(&self) -> PassageKind {
        self.open.last().copied().unwrap_or(PassageKind::Paragraph)
    }

    fn end_passage(&mut self) {
        self.beside.part(&self.run);
        let Some(gathered) = self.run.take() else { return };
        self.passages.push(Passage {
            kind: self.kind(),
            class: self.class.unwrap_or(Class::Main),
            place: String::new(),
            text: gathered.text,
            attributes: self.beside.take(),
        });
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let document = document_of_markdown(text, None).unwrap();
        let show = |passage: &Passage| {
            let mut kind = format!("{:?}", passage.kind).to_lowercase();
            kind.truncate(if kind.starts_with("heading") { 10 } else { 5 });
            let out = if passage.class == Class::Main { "" } else { " (frame)" };
            format!("{kind}{out}: {}", passage.text)
        };
        assert_eq!(document.passages.iter().map(show).collect::<Vec<_>>(), expect, "{text}");
    }

    #[test]
    fn blocks_are_passages() {
        check("", &[]);
        check(
            "# A *b*\n\none\ntwo  \nthree\n\n## C\n---\nfour",
            &["heading(1): A b", "parag: one two\nthree", "heading(2): C", "parag: four"],
        );
        check(
            "- a\n- b\n  - c\n\n  d\n1. e",
            &["listi: a", "listi: b", "listi: c", "listi: d", "listi: e"],
        );
        check("- [x] a\n- [ ] b", &["listi: [x] a", "listi: [ ] b"]);
        check("> a\n> b\n>\n> - c", &["quote: a b", "listi: c"]);
        check("```rust\nlet a;\n\n  b\n```\n", &["prefo: let a;\n\n  b"]);
        check("|a|b|\n|-|-|\n|c|`d`|\n||e|", &["table: a | b", "table: c | d", "table: | e"]);
    }

    #[test]
    fn what_is_not_shown_is_left_out() {
        check("a ![no](x.png) [b](http://x) <i>c</i><br>d<!-- no -->", &["parag: a b c\nd"]);
        check("<div><h2>a</h2><p>b</div>\n\nc", &["heading(2): a", "parag: b", "parag: c"]);
        check("---\ntitle: a\n---\nb", &["prefo (frame): title: a", "parag: b"]);
        check("a[^1]\n\n[^1]: note", &["parag: a[1]", "parag: [1] note"]);
    }

    #[test]
    fn the_first_heading_of_the_first_level_is_the_title() {
        let title = |text| document_of_markdown(text, None).unwrap().title;
        assert_eq!(title("## a\n# b\n# c").as_deref(), Some("b"));
        assert_eq!(title("a"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "([#>*_`|<a-z \n\\[\\]()!-]{0,9}\n?){0,12}", other in any::<String>()) {
            for text in [text, other] {
                if let Ok(document) = document_of_markdown(&text, None) {
                    prop_assert!(document.passages.iter().all(|passage| !passage.text.is_empty()));
                }
            }
        }
    }
}
