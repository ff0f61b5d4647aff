//! RSS, Atom and sitemaps to a document: each entry's title is a heading, and its text stands below it.
//!
//! Apart from other XML because here the names mean something. Read from the tree and not by a crate for feeds: those
//! refuse feeds that every reader shows, and drop what has no place in their own model.

use super::fragment::passages_of_fragment;
use super::xml::passage;
use super::xml_tree::{Element, Node, tree};
use super::{Class, Document, Passage, PassageKind};
use crate::fetch::Unreadable;

/// The document that a feed or a sitemap is.
///
/// Dates, links and categories are furniture: they change without a word being said. In a sitemap they are all there is.
pub fn document_of_feed(xml: &str) -> Result<Document, Unreadable> {
    let root = tree(xml)?;
    let mut document = Document::default();
    if matches!(local(&root.name), "urlset" | "sitemapindex") {
        document.passages = root.elements().filter_map(address).collect();
        return Ok(document);
    }
    // The channel of RSS 1.0 stands beside its items, that of RSS 2.0 around them.
    let channel = root.elements().find(|element| local(&element.name) == "channel");
    document.title = title(channel.unwrap_or(&root));
    document.passages.extend(document.title.as_deref().and_then(|title| heading(1, title)));
    for element in channel.into_iter().flat_map(Element::elements).chain(root.elements()) {
        match local(&element.name) {
            "item" | "entry" => entry(element, &mut document.passages)?,
            "channel" | "title" | "items" => {}
            "description" | "subtitle" => field(element, Class::Main, &mut document.passages)?,
            _ => field(element, Class::Furniture, &mut document.passages)?,
        }
    }
    Ok(document)
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn title(element: &Element) -> Option<String> {
    let title = element.first("title")?;
    Some(words(title).ok()?.into_iter().next()?.text)
}

fn heading(level: u8, text: &str) -> Option<Passage> {
    passage(PassageKind::Heading(level), Class::Main, text)
}

/// One row of a sitemap: the address, and what is said of it.
fn address(element: &Element) -> Option<Passage> {
    let fields: Vec<String> =
        element.elements().map(|field| field.text().trim().to_owned()).collect();
    passage(PassageKind::TableRow, Class::Main, &fields.join(" | "))
}

fn entry(entry: &Element, passages: &mut Vec<Passage>) -> Result<(), Unreadable> {
    passages.extend(title(entry).and_then(|title| heading(2, &title)));
    let has_text = entry.elements().any(|element| is_text(&element.name));
    for element in entry.elements().filter(|element| element.name != "title") {
        let is_summary = matches!(element.name.as_str(), "description" | "summary");
        // A summary is mostly the beginning of the text once more.
        let counts = is_text(&element.name) || (is_summary && !has_text);
        let class = if counts { Class::Main } else { Class::Furniture };
        field(element, class, passages)?;
    }
    Ok(())
}

fn is_text(name: &str) -> bool {
    matches!(name, "content:encoded" | "content" | "xhtml:body" | "body")
}

fn field(element: &Element, class: Class, passages: &mut Vec<Passage>) -> Result<(), Unreadable> {
    if class == Class::Main || matches!(element.name.as_str(), "description" | "summary") {
        let words = words(element)?;
        passages.extend(words.into_iter().map(|passage| Passage { class, ..passage }));
    } else {
        let text = element.text();
        let text = element.attribute("href").filter(|_| text.is_empty()).unwrap_or(&text);
        passages.extend(passage(PassageKind::Paragraph, class, text));
    }
    Ok(())
}

/// The passages of an element whose text is HTML, or is not, by its own word; RSS never says.
fn words(element: &Element) -> Result<Vec<Passage>, Unreadable> {
    match element.attribute("type") {
        Some("text" | "text/plain") => {
            Ok(passage(PassageKind::Paragraph, Class::Main, &element.text()).into_iter().collect())
        }
        Some("xhtml" | "application/xhtml+xml") => passages_of_fragment(&html(element)),
        _ => passages_of_fragment(&element.text()),
    }
}

/// An element's content written as HTML again.
fn html(element: &Element) -> String {
    let mut html = String::new();
    push_html(element, &mut html);
    html
}

fn push_html(element: &Element, html: &mut String) {
    for node in &element.children {
        match node {
            Node::Text(text) => html.push_str(&text.replace('&', "&amp;").replace('<', "&lt;")),
            Node::Element(inner) => {
                let name = local(&inner.name);
                html.extend(["<", name, ">"]);
                push_html(inner, html);
                // These have no end in HTML.
                if !matches!(name, "br" | "hr" | "img" | "wbr" | "input" | "col") {
                    html.extend(["</", name, ">"]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xml: &str, expect: &[&str]) {
        let document = document_of_feed(xml).unwrap();
        let main: Vec<&str> = document.main().map(|passage| passage.text.as_str()).collect();
        assert_eq!(main, expect, "{xml}");
    }

    #[test]
    fn the_entries_of_each_kind_of_feed_are_read() {
        check(
            "<rss version='2.0'><channel><title>News &amp; more</title><link>http://x/</link>\
             <description>about</description><lastBuildDate>today</lastBuildDate>\
             <item><title>One</title><description>&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;&lt;p&gt;c</description>\
             <pubDate>then</pubDate><guid>1</guid></item>\
             <item><title>Two</title><description>short</description>\
             <content:encoded><![CDATA[<h3>d</h3><ul><li>e</ul>]]></content:encoded></item></channel></rss>",
            &["News & more", "about", "One", "a b", "c", "Two", "d", "e"],
        );
        check(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title><updated>now</updated>\
             <entry><title type='html'>&lt;i>One&lt;/i></title><link href='http://x/1'/><summary>s</summary></entry>\
             <entry><title>Two</title><content type='xhtml'><div><p>a &lt; b<br/>c</p></div></content></entry>\
             <entry><title>Three</title><content type='text'>a &lt;b&gt; c</content></entry></feed>",
            &["News", "One", "s", "Two", "a < b\nc", "Three", "a <b> c"],
        );
        check(
            "<rdf:RDF><channel><title>News</title><items/></channel><item><title>One</title></item></rdf:RDF>",
            &["News", "One"],
        );
    }

    #[test]
    fn a_row_of_a_sitemap_is_an_address_and_what_is_said_of_it() {
        check(
            "<urlset>\n<url>\n<loc>http://x/</loc>\n<lastmod>2026-01-01</lastmod></url><url><loc>http://y/</loc></url></urlset>",
            &["http://x/ | 2026-01-01", "http://y/"],
        );
    }

    #[test]
    fn the_title_of_a_feed_is_its_own() {
        let title = |xml| document_of_feed(xml).unwrap().title;
        assert_eq!(title("<rss><channel><item><title>One</title></item></channel></rss>"), None);
        assert_eq!(title("<feed><title> a\nb </title></feed>").as_deref(), Some("a b"));
    }
}
