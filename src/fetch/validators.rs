//! What a server recognises a representation by: taken from its answers, and given back to it byte for byte.
//!
//! Its own file, because a validator that belongs to other bytes than ours would hide a change for ever: each way to come
//! by one is here.

use chrono::DateTime;
use url::Url;

use super::{Answer, Head};

/// What a server gave to recognise a representation by, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validators {
    /// The address that gave them, after redirects: they mean nothing to any other, and are sent to no other.
    pub url: Url,
    /// The `ETag` header, quotes and weakness mark included.
    pub etag: Option<Vec<u8>>,
    /// The `Last-Modified` header.
    pub last_modified: Option<Vec<u8>>,
}

impl Validators {
    /// What an answer gives to recognise it by.
    pub fn of(answer: &Answer) -> Self {
        Self {
            url: answer.url.clone(),
            etag: answer.head.get("etag").map(<[u8]>::to_vec),
            last_modified: settled(&answer.head),
        }
    }

    /// What holds after a 304 with these headers to a request that named these. If both name one representation, a new
    /// date is taken over. If the 304 names another, the server knows other bytes than ours, whatever it says: then
    /// nothing is left, and the next request is for all of it.
    #[must_use]
    pub fn after_304(&self, head: &Head) -> Self {
        let Some(named) = head.get("etag") else { return self.clone() };
        let agrees = self.etag.as_deref().is_some_and(|own| core(own) == core(named));
        let own = self.clone();
        if agrees {
            Self { last_modified: settled(head).or(own.last_modified), ..own }
        } else {
            Self { etag: None, last_modified: None, ..own }
        }
    }
}

/// A `Last-Modified` counts seconds: of a page that changed within the last minute, by the server's own clock, it may
/// stand for two wordings, and is left out.
fn settled(head: &Head) -> Option<Vec<u8>> {
    let date = |name| DateTime::parse_from_rfc2822(&head.text(name)?).ok();
    let age = date("date").zip(date("last-modified")).map(|(now, then)| now - then);
    let settled = age.is_none_or(|age| age.num_seconds() >= 60);
    head.get("last-modified").map(<[u8]>::to_vec).filter(|_| settled)
}

/// The tag without its mark of weakness, and without the name of the coding that common servers hang on to it and leave
/// out of a 304.
fn core(etag: &[u8]) -> &[u8] {
    let tag = etag.strip_prefix(b"W/").unwrap_or(etag);
    let tag = tag.strip_prefix(b"\"").unwrap_or(tag);
    let tag = tag.strip_suffix(b"\"").unwrap_or(tag);
    tag.strip_suffix(b"-gzip").or_else(|| tag.strip_suffix(b"-br")).unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(headers: &[(&str, &str)]) -> Head {
        headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect()
    }

    fn kept(date: &str, last_modified: &str) -> bool {
        settled(&head(&[("date", date), ("last-modified", last_modified)])).is_some()
    }

    #[test]
    fn the_time_of_a_change_is_a_validator_once_it_is_past() {
        let changed = "Mon, 18 Jun 2018 14:02:00 GMT";
        assert!(kept("Mon, 18 Jun 2018 14:03:00 GMT", changed));
        assert!(!kept("Mon, 18 Jun 2018 14:02:59 GMT", changed));
        assert!(
            !kept("Mon, 18 Jun 2018 14:01:00 GMT", changed),
            "a change in the future may come again"
        );
        assert!(kept("no date at all", changed), "without a date nothing speaks against it");
    }

    #[test]
    fn a_304_renews_what_it_agrees_with_and_ends_what_it_does_not() {
        let (old, new) = ("Mon, 18 Jun 2018 14:02:00 GMT", "Tue, 19 Jun 2018 14:02:00 GMT");
        for (own, named, etag, last_modified) in [
            (Some("\"1\""), Some("\"1\""), Some("\"1\""), Some(new)),
            (Some("W/\"1\""), Some("\"1\""), Some("W/\"1\""), Some(new)),
            (Some("\"1-gzip\""), Some("\"1\""), Some("\"1-gzip\""), Some(new)),
            (Some("\"1\""), None, Some("\"1\""), Some(old)),
            (None, None, None, Some(old)),
            (Some("\"1\""), Some("\"2\""), None, None),
            (None, Some("\"2\""), None, None),
        ] {
            let bytes = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
            let url: Url = "http://a.example/".parse().unwrap();
            let known =
                Validators { url: url.clone(), etag: bytes(own), last_modified: bytes(Some(old)) };
            let mut headers = vec![("last-modified", new)];
            headers.extend(named.map(|named| ("etag", named)));
            let then = Validators { url, etag: bytes(etag), last_modified: bytes(last_modified) };
            assert_eq!(known.after_304(&head(&headers)), then, "{own:?} {named:?}");
        }
    }
}
