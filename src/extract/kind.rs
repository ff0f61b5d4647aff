//! What a server calls its answer, and how the answer begins, to the kind of document that it is.
//!
//! It stands before all readers because they trust it: a reader is only given what is of its kind. What the server says
//! counts; the first bytes are asked where it says nothing, or too little.

/// A kind of document, by who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// HTML, in either of its syntaxes.
    Html,
    /// Text without markup.
    PlainText,
    /// Markdown.
    Markdown,
    /// PDF.
    Pdf,
    /// JSON.
    Json,
    /// A feed or a sitemap: a list whose entries come and go.
    Feed,
    /// Any other XML.
    Xml,
    /// What cannot be shown as text, by its media type.
    Opaque(String),
}

/// Types that a server gives to what it does not know.
const GENERIC: [&str; 6] = [
    "",
    "application/octet-stream",
    "application/unknown",
    "application/x-download",
    "binary/octet-stream",
    "unknown/unknown",
];

impl DocumentKind {
    /// The kind of an answer with this `Content-Type` and this content, its coding undone.
    pub fn of(content_type: Option<&str>, content: &[u8]) -> Self {
        let named = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let named = named.trim().to_ascii_lowercase();
        // No text begins so, whatever a server calls it.
        let is_pdf = content.starts_with(b"%PDF-");
        match named.as_str() {
            name if GENERIC.contains(&name) => Self::of_bytes(content, name),
            "application/pdf" | "application/x-pdf" => Self::Pdf,
            name if is_pdf && name.starts_with("text/") => Self::Pdf,
            "text/html" | "application/xhtml+xml" => Self::Html,
            "text/markdown" | "text/x-markdown" => Self::Markdown,
            "application/json" | "text/json" => Self::Json,
            "application/xml" | "text/xml" => Self::of_xml(content),
            name if name.ends_with("+json") => Self::Json,
            name if name.ends_with("+xml") && !name.starts_with("image/") => Self::of_xml(content),
            name if name.starts_with("text/") => Self::PlainText,
            name => Self::Opaque(name.to_owned()),
        }
    }

    fn of_bytes(content: &[u8], named: &str) -> Self {
        let start = without_mark(content);
        match start.first() {
            Some(b'%') if start.starts_with(b"%PDF-") => Self::Pdf,
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') if start.starts_with(b"<?xml") => Self::of_xml(content),
            Some(b'<') => match Self::of_xml(content) {
                Self::Xml => Self::Html,
                kind => kind,
            },
            _ if named.is_empty() => Self::Opaque(GENERIC[1].to_owned()),
            _ => Self::Opaque(named.to_owned()),
        }
    }

    /// By the name of the root element, its prefix left out.
    fn of_xml(content: &[u8]) -> Self {
        match root(content).rsplit(|byte| *byte == b':').next().unwrap_or_default() {
            b"html" => Self::Html,
            b"rss" | b"feed" | b"RDF" | b"urlset" | b"sitemapindex" => Self::Feed,
            _ => Self::Xml,
        }
    }
}

fn without_mark(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start()
}

/// The name of the first element, after declarations and comments.
fn root(content: &[u8]) -> &[u8] {
    let mut rest = without_mark(content);
    loop {
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            // What a document declares by itself stands in brackets; the `>` after them is left over.
            [b'<', b'!', ..] if declares(rest) => b"]",
            [b'<', b'!', ..] | [b'>', ..] => b">",
            [b'<', name @ ..] => {
                let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
                return &name[..name.iter().position(is_end).unwrap_or(name.len())];
            }
            _ => return b"",
        };
        let Some(at) = rest.windows(end.len()).position(|window| window == end) else {
            return b"";
        };
        rest = rest[at + end.len()..].trim_ascii_start();
    }
}

/// Whether a declaration holds others.
fn declares(rest: &[u8]) -> bool {
    rest.iter().find(|byte| matches!(byte, b'[' | b'>')) == Some(&b'[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_counts_and_then_the_first_bytes() {
        use DocumentKind::{Feed, Html, Json, Markdown, Pdf, PlainText, Xml};
        for (named, content, kind) in [
            ("text/html; charset=utf-8", "{}", Html),
            ("TEXT/HTML", "", Html),
            ("text/html", "%PDF-1.7", Pdf),
            ("application/xhtml+xml", "<html/>", Html),
            ("application/xml", "<?xml version='1.0'?><!-- x --><html xmlns='y'>", Html),
            ("text/plain", "{\"a\": 1}", PlainText),
            ("text/plain", "<p>", PlainText),
            ("text/csv", "a,b", PlainText),
            ("text/markdown", "# a", Markdown),
            ("application/pdf", "<html>", Pdf),
            ("application/json", "[", Json),
            ("application/ld+json", "{", Json),
            ("application/rss+xml", "<rss version='2.0'>", Feed),
            ("text/xml", "\u{feff}<?xml version='1.0'?>\n<feed>", Feed),
            ("text/xml", "<!DOCTYPE x>\n<rdf:RDF a='b'>", Feed),
            ("text/xml", "<urlset/>", Feed),
            ("text/xml", "<!DOCTYPE rss [<!ENTITY a \"b\"><!ENTITY c 'd'>] >\n<rss>", Feed),
            ("text/xml", "<!DOCTYPE rss [<!ENTITY a \"b\">", Xml),
            ("text/xml", "<catalogue>", Xml),
            ("text/xml", "no element", Xml),
            ("", "%PDF-1.4", Pdf),
            ("", " <p>", Html),
            ("", "<!doctype html><html>", Html),
            ("", "<rss>", Feed),
            ("application/octet-stream", "\n[1]", Json),
            ("application/octet-stream", "<?xml version='1.0'?><a>", Xml),
        ] {
            assert_eq!(
                DocumentKind::of(Some(named), content.as_bytes()),
                kind,
                "{named} {content}"
            );
        }
        assert_eq!(DocumentKind::of(None, b"<p>"), Html);
    }

    #[test]
    fn what_is_no_text_keeps_its_name() {
        for (named, content, name) in [
            (Some("image/png"), "\u{89}PNG", "image/png"),
            (Some("image/svg+xml"), "<svg>", "image/svg+xml"),
            (Some("application/zip; x=y"), "PK", "application/zip"),
            (Some("application/octet-stream"), "plain", "application/octet-stream"),
            (None, "plain", "application/octet-stream"),
        ] {
            let kind = DocumentKind::of(named, content.as_bytes());
            assert_eq!(kind, DocumentKind::Opaque(name.to_owned()));
        }
    }
}
