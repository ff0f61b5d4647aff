//! Decoded bytes to text: which charset they are in, and the text read in it.
//!
//! Browsers' order of authority is followed, since that is what the page's readers saw; only then comes a guess. The
//! client's own `text()` knows neither `<meta>` nor guesses.

use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

use super::Head;
use super::markup::{Tag, tags};

/// A charset, by its name in the WHATWG Encoding Standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset(&'static str);

impl Charset {
    /// The charset that a label means, as in `latin1` or `UTF-8`.
    pub fn of_label(label: &str) -> Option<Self> {
        Encoding::for_label_no_replacement(label.as_bytes()).map(Self::from)
    }
}

impl From<&'static Encoding> for Charset {
    fn from(encoding: &'static Encoding) -> Self {
        Self(encoding.name())
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The text of these bytes and the charset it was read in: the byte order mark's, else the header's, else the XML
/// declaration's, else the `<meta>`'s, else UTF-8 if the bytes are valid, else a guess. What the charset cannot read
/// becomes U+FFFD.
pub fn to_text(bytes: &[u8], head: &Head) -> (String, Charset) {
    let (encoding, marked) = Encoding::for_bom(bytes).unwrap_or_else(|| {
        let named = from_header(head).or_else(|| from_xml(bytes)).or_else(|| from_meta(bytes));
        (named.unwrap_or_else(|| from_bytes(bytes)), 0)
    });
    let (text, _) = encoding.decode_without_bom_handling(&bytes[marked..]);
    (text.into_owned(), encoding.into())
}

fn from_header(head: &Head) -> Option<&'static Encoding> {
    named_in(head.get("content-type")?)
}

/// The charset that a content type names: `text/html; charset="utf-8"`.
fn named_in(content_type: &[u8]) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let mut rest = lower.as_slice();
    while let Some(at) = rest.windows(7).position(|window| window == b"charset") {
        rest = &rest[at + 7..];
        if let Some(value) = rest.trim_ascii_start().strip_prefix(b"=") {
            return Encoding::for_label_no_replacement(unquoted(value.trim_ascii_start()));
        }
    }
    None
}

fn unquoted(value: &[u8]) -> &[u8] {
    let until = |value: &[u8], ends: &[u8]| value.iter().position(|byte| ends.contains(byte));
    match value {
        [quote @ (b'"' | b'\''), rest @ ..] => {
            &rest[..until(rest, &[*quote]).unwrap_or(rest.len())]
        }
        _ => &value[..until(value, b"; \t\r\n").unwrap_or(value.len())],
    }
}

/// `<?xml version="1.0" encoding="latin1"?>`, which is the very beginning of a document or no declaration.
fn from_xml(bytes: &[u8]) -> Option<&'static Encoding> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(META_WITHIN).position(|byte| *byte == b'>')?;
    let declaration = &declaration[..end];
    let at = declaration.windows(8).position(|window| window == b"encoding")?;
    let value = declaration[at + 8..].trim_ascii_start().strip_prefix(b"=")?;
    let named = Encoding::for_label_no_replacement(unquoted(value.trim_ascii_start()))?;
    // A declaration that could be read up to here is in no such charset.
    let is_wide = named == UTF_16BE || named == UTF_16LE;
    Some(if is_wide { UTF_8 } else { named })
}

/// Browsers look this far for a `<meta>`.
const META_WITHIN: usize = 1024;

fn from_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(META_WITHIN)];
    let found = tags(start).filter(|tag| tag.name == "meta").find_map(|tag| named_by(&tag))?;
    // The `<meta>` was found by reading ASCII, so it cannot be telling the truth about UTF-16.
    Some(match found {
        utf16 if utf16 == UTF_16BE || utf16 == UTF_16LE => UTF_8,
        user if user == X_USER_DEFINED => WINDOWS_1252,
        other => other,
    })
}

fn named_by(meta: &Tag<'_>) -> Option<&'static Encoding> {
    if let Some(label) = meta.attribute("charset") {
        return Encoding::for_label_no_replacement(label);
    }
    let equivalent = meta.attribute("http-equiv")?;
    equivalent
        .eq_ignore_ascii_case(b"content-type")
        .then(|| named_in(meta.attribute("content")?))
        .flatten()
}

fn from_bytes(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], content_type: &str) -> (String, String) {
        let head = [("content-type", content_type.as_bytes())].into_iter().collect();
        let (text, charset) = to_text(bytes, &head);
        (text, charset.to_string())
    }

    #[test]
    fn authority_comes_in_the_order_of_browsers() {
        let meta_latin = b"<meta charset=latin1>\xe9";
        for (bytes, content_type, charset, end) in [
            (
                b"\xef\xbb\xbf<meta charset=latin1>\xc3\xa9".as_slice(),
                "text/html; charset=koi8-r",
                "UTF-8",
                "é",
            ),
            (b"\xff\xfea\0", "text/html; charset=utf-8", "UTF-16LE", "a"),
            (meta_latin, "text/html; charset=koi8-r", "KOI8-R", "И"),
            (meta_latin, "text/html;charset = \"KOI8-R\"; x", "KOI8-R", "И"),
            (meta_latin, "text/html; charset=nonsense", "windows-1252", "é"),
            (meta_latin, "text/html", "windows-1252", "é"),
            (b"<p>\xc3\xa9", "text/html", "UTF-8", "é"),
            (b"<p>\xc3\xa9\xff", "text/html; charset=utf-8", "UTF-8", "\u{fffd}"),
            (b"", "", "UTF-8", ""),
        ] {
            let (text, read_in) = read(bytes, content_type);
            assert_eq!((read_in.as_str(), text.ends_with(end)), (charset, true), "{text}");
        }
    }

    #[test]
    fn both_forms_of_meta_count_and_comments_do_not() {
        for (html, charset) in [
            ("<meta charset='shift_jis'>", "Shift_JIS"),
            ("<META/CHARSET=euc-kr />", "EUC-KR"),
            ("<meta content='text/html; charset=gbk' http-equiv=Content-Type>", "GBK"),
            ("<meta name=x content='charset=gbk'>", "UTF-8"),
            ("<!-- <meta charset=gbk> --><meta charset=big5>", "Big5"),
            ("<p title='<meta charset=gbk>'>", "UTF-8"),
            ("<meta charset=utf-16le>", "UTF-8"),
            ("<meta charset=x-user-defined>", "windows-1252"),
            ("<meta charset=iso-2022-kr>", "UTF-8"),
        ] {
            assert_eq!(read(html.as_bytes(), "text/html").1, charset, "{html}");
        }
        let late = format!("{}<meta charset=gbk>", " ".repeat(META_WITHIN));
        assert_eq!(read(late.as_bytes(), "text/html").1, "UTF-8");
    }

    #[test]
    fn a_declaration_counts_at_the_very_beginning() {
        for (xml, charset) in [
            ("<?xml version='1.0' encoding='koi8-r'?>", "KOI8-R"),
            ("<?xml version=\"1.0\" encoding = \"latin1\" ?>", "windows-1252"),
            ("<?xml version='1.0' encoding='utf-16'?>", "UTF-8"),
            ("<?xml version='1.0'?><a encoding='koi8-r'>", "UTF-8"),
            (" <?xml encoding='koi8-r'?>", "UTF-8"),
        ] {
            assert_eq!(read(xml.as_bytes(), "text/xml").1, charset, "{xml}");
        }
    }

    #[test]
    fn bytes_without_any_label_are_guessed() {
        let (bytes, _, _) =
            encoding_rs::WINDOWS_1251.encode("Съешь же ещё этих мягких французских булок");
        assert_eq!(read(&bytes, "text/html").1, "windows-1251");
    }

    #[test]
    fn a_charset_reads_back_from_its_name() {
        let charset = Charset::of_label("latin1").unwrap();
        assert_eq!(Charset::of_label(&charset.to_string()), Some(charset));
        assert_eq!(Charset::of_label("nonsense"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_become_text(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            label in "[ -~]{0,20}",
        ) {
            let (text, _) = read(&bytes, &format!("text/html; charset={label}"));
            prop_assert!(text.len() <= bytes.len() * 3 + 3);
            read([b"<meta charset=".as_slice(), &bytes].concat().as_slice(), "");
        }
    }
}
