//! Response headers to an ordered list that keeps every value byte for byte, and to the text form that is stored.
//!
//! Its own type and not the client's map, because the store must give back exactly what a server said, without a client.

use std::borrow::Cow;

/// The headers of an answer: names in lower case, values as they came, in order.
///
/// The client groups fields of one name; beyond that the order is the server's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head(Vec<(String, Vec<u8>)>);

impl Head {
    /// The first value under this name, which is given in lower case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// Every value under this name, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(other, _)| *other == name).map(|(_, value)| value)
    }

    /// The first value under this name for reading: bytes that are no UTF-8 are replaced.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(String::from_utf8_lossy)
    }

    /// Every header as (name, value), in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// Adds a header at the end. A name that HTTP forbids is left out, and line ends in a value become spaces,
    /// as RFC 9110 asks: otherwise one value could read back as two headers.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        if is_token(name) {
            let value = value.iter().map(|byte| if is_line_end(*byte) { b' ' } else { *byte });
            self.0.push((name.to_ascii_lowercase(), value.collect()));
        }
    }

    /// The stored form: a line `name: value` for each header, ended by CR LF.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, value) in self.iter() {
            for part in [name.as_bytes(), b": ", value, b"\r\n"] {
                bytes.extend_from_slice(part);
            }
        }
        bytes
    }

    /// Reads the stored form; `None` if it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut head = Self::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
            let (line, after) = rest.split_at(end);
            let colon = line.windows(2).position(|pair| pair == b": ")?;
            let name = std::str::from_utf8(&line[..colon]).ok().filter(|name| is_token(name))?;
            head.push(name, &line[colon + 2..]);
            rest = &after[2..];
        }
        Some(head)
    }
}

impl From<&reqwest::header::HeaderMap> for Head {
    fn from(map: &reqwest::header::HeaderMap) -> Self {
        map.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
    }
}

impl<'a> FromIterator<(&'a str, &'a [u8])> for Head {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [u8])>>(headers: I) -> Self {
        let mut head = Self::default();
        headers.into_iter().for_each(|(name, value)| head.push(name, value));
        head
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_keep_their_bytes_and_names_lose_their_case() {
        let head: Head = [("ETag", b"W/\"\xff\"".as_slice()), ("x-two", b"1"), ("X-Two", b" 2\t")]
            .into_iter()
            .collect();
        assert_eq!(head.get("etag"), Some(b"W/\"\xff\"".as_slice()));
        assert_eq!(head.text("etag").as_deref(), Some("W/\"\u{fffd}\""));
        assert_eq!(head.all("x-two").collect::<Vec<_>>(), [b"1".as_slice(), b" 2\t"]);
        assert_eq!(head.get("absent"), None);
        assert_eq!(head.to_bytes(), b"etag: W/\"\xff\"\r\nx-two: 1\r\nx-two:  2\t\r\n");
    }

    #[test]
    fn what_could_forge_a_line_cannot_be_added() {
        let mut head = Head::default();
        head.push("a b", b"1");
        head.push("", b"2");
        head.push("a", b"1\r\nb: 2");
        assert_eq!(head.to_bytes(), b"a: 1  b: 2\r\n");
    }

    #[test]
    fn other_bytes_are_no_head() {
        for bytes in ["a: 1", "a\r\n", ": 1\r\n", "a b: 1\r\n", "\r\n", "\u{e9}: 1\r\n"] {
            assert_eq!(Head::from_bytes(bytes.as_bytes()), None, "{bytes:?}");
        }
        assert_eq!(Head::from_bytes(b""), Some(Head::default()));
    }

    proptest! {
        #[test]
        fn the_stored_form_reads_back_equal(
            headers in prop::collection::vec(("[!-~é]{0,8}", prop::collection::vec(any::<u8>(), 0..24)), 0..8)
        ) {
            let head: Head =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            prop_assert_eq!(Head::from_bytes(&head.to_bytes()), Some(head));
        }

        #[test]
        fn any_bytes_can_be_tried(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(head) = Head::from_bytes(&bytes) {
                prop_assert_eq!(Head::from_bytes(&head.to_bytes()), Some(head));
            }
        }
    }
}
