//! A page to whether it can be parsed in time that is in proportion to its length.
//!
//! The tree builder of HTML is quadratic in how deep elements stand and in how many attributes one of them has: a
//! megabyte of nested `div` takes a minute. A look at the bytes tells such a page from any that a person would read,
//! by counting and not by a clock, so that every machine refuses the same pages.

/// Elements that stand open at once. Real pages stay below a hundred.
const DEEPEST: usize = 2000;

/// Attributes of one element.
const ATTRIBUTES: usize = 1000;

/// Elements that cannot be nested by leaving them open: void ones, and those that the next of their kind closes.
const FLAT: [&[u8]; 27] = [
    b"area",
    b"base",
    b"br",
    b"col",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"link",
    b"meta",
    b"param",
    b"source",
    b"track",
    b"wbr",
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"tfoot",
    b"option",
    b"optgroup",
    b"colgroup",
];

/// Elements whose content is no markup; in a script, `i<n` begins no element.
const RAW: [&[u8]; 4] = [b"script", b"style", b"textarea", b"title"];

/// Why a page is too complex to be parsed, if it is.
pub fn too_complex(html: &str) -> Option<&'static str> {
    let bytes = html.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(open) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'<'))
    {
        at += open + 1;
        match bytes.get(at) {
            Some(b'/') => {
                depth = depth.saturating_sub(usize::from(!is_flat(name(&bytes[at + 1..]))));
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                let name = name(&bytes[at..]);
                depth += usize::from(!is_flat(name));
                let (length, attributes) = tag(&bytes[at + name.len()..]);
                if attributes > ATTRIBUTES {
                    return Some("an element has more attributes than any real page needs");
                }
                at += name.len() + length;
                if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
                    at += end_of_raw(&bytes[at..], name);
                }
            }
            Some(b'!') if bytes[at..].starts_with(b"!--") => {
                at += bytes[at..]
                    .windows(3)
                    .position(|end| end == b"-->")
                    .unwrap_or(bytes.len() - at);
            }
            _ => {}
        }
        if depth > DEEPEST {
            return Some("its elements are nested deeper than in any real page");
        }
    }
    None
}

/// Where the end tag of a raw element stands.
fn end_of_raw(bytes: &[u8], name: &[u8]) -> usize {
    let ends = |window: &[u8]| window.starts_with(b"</") && window[2..].eq_ignore_ascii_case(name);
    bytes.windows(name.len() + 2).position(ends).unwrap_or(bytes.len())
}

fn name(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    &bytes[..end]
}

fn is_flat(name: &[u8]) -> bool {
    FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat))
}

/// How long the rest of a tag is, and about how many attributes it has: words outside of quotes.
fn tag(bytes: &[u8]) -> (usize, usize) {
    let (mut quote, mut attributes, mut in_word) = (None, 0, false);
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return (at, attributes),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/') => in_word = false,
            (None, _) => {
                attributes += usize::from(!in_word);
                in_word = true;
            }
        }
    }
    (bytes.len(), attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_pages_pass_and_bombs_do_not() {
        for (html, refused) in [
            ("<p>one<p>two".repeat(50_000), false),
            ("<li>x".repeat(50_000), false),
            ("<div><b>x</b></div>".repeat(50_000), false),
            ("<tr><td>x".repeat(50_000), false),
            ("<div>".repeat(100_000), true),
            ("<ul><li>".repeat(100_000), true),
            ("<b>x".repeat(100_000), true),
            (format!("<p {}>", "a=b ".repeat(2000)), true),
            (format!("<p title='{}'>", "a=b ".repeat(2000)), false),
            (format!("<p title='{}", "a=b ".repeat(2000)), false),
            ("a < b and 3 <4 <".repeat(100), false),
            (format!("<script>{}</script><p>", "if(i<n){x;y;z} ".repeat(5000)), false),
            (format!("<!--{}--><p>", "<div> ".repeat(5000)), false),
        ] {
            assert_eq!(too_complex(&html).is_some(), refused, "{}", &html[..html.len().min(40)]);
        }
    }
}
