//! Just enough HTML to judge an answer before anyone parses it: tags, the title, and how much text there is to see.
//!
//! A parser is slower by far and gives up what is asked here: whether these bytes stand in a tag, a script or the text.
//! Wrong markup gives a wrong count, never a fault; nothing that is kept is read this way.

use std::iter;

/// One start tag.
pub(super) struct Tag<'a> {
    /// Its name in lower case.
    pub(super) name: String,
    attributes: Vec<(String, &'a [u8])>,
}

impl<'a> Tag<'a> {
    /// The value of the first attribute of this name, which is given in lower case.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a [u8]> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }
}

/// A piece of markup.
pub(super) enum Piece<'a> {
    /// A start tag.
    Tag(Tag<'a>),
    /// Bytes between tags that a reader sees.
    Text(&'a [u8]),
    /// What stands inside an element whose content is not markup, such as `script`, with the element's name.
    Raw(&'static str, &'a [u8]),
}

/// The start tags, in order.
pub(super) fn tags(html: &[u8]) -> impl Iterator<Item = Tag<'_>> {
    pieces(html).filter_map(|piece| match piece {
        Piece::Tag(tag) => Some(tag),
        Piece::Text(_) | Piece::Raw(..) => None,
    })
}

/// The pieces, in order; comments and end tags fall away.
pub(super) fn pieces(html: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    let mut raw = None;
    iter::from_fn(move || {
        loop {
            if let Some(name) = raw.take() {
                let end = end_of_raw(rest, name);
                return Some(Piece::Raw(name, take(&mut rest, end)));
            }
            match rest {
                [] => return None,
                [b'<', b'!', b'-', b'-', ..] => {
                    let end = position(&rest[4..], b"-->").map_or(rest.len(), |at| at + 7);
                    take(&mut rest, end);
                }
                [b'<', first, ..] if first.is_ascii_alphabetic() => {
                    let tag = read_tag(&mut rest);
                    raw = RAW.into_iter().find(|name| *name == tag.name);
                    return Some(Piece::Tag(tag));
                }
                [b'<', b'/' | b'!' | b'?', ..] => {
                    let end =
                        rest.iter().position(|byte| *byte == b'>').map_or(rest.len(), |at| at + 1);
                    take(&mut rest, end);
                }
                _ => {
                    let end = rest[1..]
                        .iter()
                        .position(|byte| *byte == b'<')
                        .map_or(rest.len(), |at| at + 1);
                    return Some(Piece::Text(take(&mut rest, end)));
                }
            }
        }
    })
}

const RAW: [&str; 6] = ["script", "style", "title", "textarea", "template", "svg"];

/// The title, without line breaks and in lower case.
pub(super) fn title(html: &[u8]) -> Option<String> {
    let title = pieces(html).find_map(|piece| match piece {
        Piece::Raw("title", inside) => Some(String::from_utf8_lossy(inside).to_lowercase()),
        _ => None,
    })?;
    Some(title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a reader sees fewer words than this. It stops counting there, so that a page of any length is quickly told.
pub(super) fn has_fewer_words(html: &[u8], than: usize) -> bool {
    visible_words(html).take(than).count() < than
}

fn visible_words(html: &[u8]) -> impl Iterator<Item = &[u8]> {
    visible(html)
        .flat_map(|text| text.split(u8::is_ascii_whitespace))
        .filter(|word| !word.is_empty())
}

/// How many characters other than spaces a reader sees.
pub(super) fn visible_characters(html: &[u8]) -> usize {
    // A byte that continues a UTF-8 character begins with the bits 10.
    let counts = |byte: &&u8| !byte.is_ascii_whitespace() && **byte & 0xC0 != 0x80;
    visible(html).map(|text| text.iter().filter(counts).count()).sum()
}

/// The stretches of text that a reader sees.
pub(super) fn visible(html: &[u8]) -> impl Iterator<Item = &[u8]> {
    pieces(html).filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Tag(_) | Piece::Raw(..) => None,
    })
}

/// How many bytes of a page are scripts, the bare tags included.
pub fn script_bytes(html: &[u8]) -> usize {
    const TAGS: usize = "<script></script>".len();
    let scripts = pieces(html).map(|piece| match piece {
        Piece::Raw("script", inside) => inside.len() + TAGS,
        Piece::Tag(_) | Piece::Text(_) | Piece::Raw(..) => 0,
    });
    scripts.sum()
}

/// Where these bytes first occur.
pub(super) fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let (first, others) = wanted.split_first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| byte == first) {
        from += at + 1;
        if bytes[from..].starts_with(others) {
            return Some(from - 1);
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], end: usize) -> &'a [u8] {
    let (taken, left) = rest.split_at(end.min(rest.len()));
    *rest = left;
    taken
}

fn end_of_raw(bytes: &[u8], name: &str) -> usize {
    let ends = |at: &usize| {
        let after = bytes[*at..].strip_prefix(b"</").and_then(|after| after.get(..name.len()));
        after.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    };
    let brackets = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<').map(|(at, _)| at);
    brackets.into_iter().find(ends).unwrap_or(bytes.len())
}

/// Reads the tag that `rest` begins with, quoted `>` included.
fn read_tag<'a>(rest: &mut &'a [u8]) -> Tag<'a> {
    take(rest, 1);
    let name = read_name(rest, b"");
    let mut attributes = Vec::new();
    loop {
        skip(rest, |byte| byte.is_ascii_whitespace() || byte == b'/');
        match rest.first() {
            None => break,
            Some(b'>') => {
                take(rest, 1);
                break;
            }
            Some(_) => attributes.push(read_attribute(rest)),
        }
    }
    Tag { name, attributes }
}

fn read_attribute<'a>(rest: &mut &'a [u8]) -> (String, &'a [u8]) {
    // An equals sign at the start belongs to the name, as the HTML standard has it; so each call moves on.
    let leading = if rest.first() == Some(&b'=') { take(rest, 1) } else { b"" };
    let name = String::from_utf8_lossy(leading).into_owned() + &read_name(rest, b"=");
    skip(rest, |byte| byte.is_ascii_whitespace());
    if rest.first() != Some(&b'=') {
        return (name, b"");
    }
    take(rest, 1);
    skip(rest, |byte| byte.is_ascii_whitespace());
    (name, read_value(rest))
}

fn read_value<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    if let Some(quote @ (b'"' | b'\'')) = rest.first() {
        take(rest, 1);
        let end = rest.iter().position(|byte| byte == quote).unwrap_or(rest.len());
        let value = take(rest, end);
        take(rest, 1);
        return value;
    }
    let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    take(rest, end)
}

fn read_name(rest: &mut &[u8], also_ends: &[u8]) -> String {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>') || also_ends.contains(byte)
    };
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    String::from_utf8_lossy(take(rest, end)).to_ascii_lowercase()
}

fn skip(rest: &mut &[u8], skipped: impl Fn(u8) -> bool) {
    let end = rest.iter().position(|byte| !skipped(*byte)).unwrap_or(rest.len());
    take(rest, end);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_a_reader_sees_is_counted() {
        for (html, words) in [
            ("<p>Two words</p>", 2),
            ("<!-- not these --><p title='> nor this'>one</p>", 1),
            ("<script>if (a < b) { not this }</script>one<STYLE>nor this</STYLE> two", 2),
            ("a < b", 3),
            ("<script>open", 0),
            ("<p", 0),
            ("", 0),
        ] {
            assert_eq!(visible_words(html.as_bytes()).count(), words, "{html}");
        }
        assert_eq!(visible_characters("<b>h é</b>".as_bytes()), 2);
    }

    #[test]
    fn the_title_is_one_line() {
        assert_eq!(title(b"<Title>\n Just a\n moment </title>").as_deref(), Some("just a moment"));
        assert_eq!(title(b"<p>no title</p>"), None);
    }

    #[test]
    fn attributes_are_read_in_every_form() {
        let tag = tags(b"<a href=\"x>y\" B = 'c'd e=f/ g =h>").next().unwrap();
        let names = ["href", "b", "d", "e", "g", "z"].map(|name| tag.attribute(name));
        let values: [Option<&[u8]>; 6] =
            [Some(b"x>y"), Some(b"c"), Some(b""), Some(b"f/"), Some(b"h"), None];
        assert_eq!(names, values);
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(html in "[<>/=!'\" a-c-]{0,80}") {
            prop_assert!(visible_characters(html.as_bytes()) <= html.len());
            prop_assert!(tags(html.as_bytes()).count() <= html.len());
        }
    }
}
