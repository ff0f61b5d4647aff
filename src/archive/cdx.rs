//! What an archive lists of an address to rows: the CDX dialects of the Wayback Machine and of pywb, and Memento
//! `TimeMaps`.
//!
//! Lists are dirty: months of number 00, addresses that are none, columns that shift. A row that cannot be read is
//! counted and passed over; nothing is guessed.

use chrono::{DateTime, NaiveDateTime};
use serde_json::{Map, Value};
use url::Url;

use crate::clock::Timestamp;

/// A capture that an archive lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When it was taken, to the second.
    pub at: Timestamp,
    /// The address that was captured.
    pub url: Url,
    /// The HTTP status; `None` where the list leaves it open.
    pub status: Option<u16>,
    /// The archive's digest; equal ones are equal captures, and no more is known of them.
    pub digest: Option<String>,
}

/// A list, or one page of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Its rows, in order of time.
    pub rows: Vec<Row>,
    /// Rows that cannot be read.
    pub dirty: usize,
    /// How to ask for the rest.
    pub resume: Option<String>,
}

/// The text is no list of captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no list of captures")]
pub struct NoListing;

/// Reads a CDX answer in JSON: an array of arrays, its first row the names, or an object a line.
pub fn listing_of_cdx(text: &str) -> Result<Listing, NoListing> {
    let text = text.trim();
    let mut listing = Listing::default();
    if text.starts_with('[') {
        let rows: Vec<Vec<Value>> = serde_json::from_str(text).map_err(|_| NoListing)?;
        let mut rows = rows.into_iter();
        let names: Vec<String> =
            rows.next().unwrap_or_default().iter().map(|name| word(name).to_owned()).collect();
        while let Some(row) = rows.next() {
            if row.is_empty() {
                listing.resume =
                    rows.next().and_then(|row| row.first().map(|key| word(key).to_owned()));
                break;
            }
            let row = names.iter().cloned().zip(row).collect();
            listing.take(&row);
        }
    } else {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str::<Map<String, Value>>(line) {
                Ok(row) => listing.take(&row),
                Err(_) if listing.rows.is_empty() && !line.starts_with('{') => {
                    return Err(NoListing);
                }
                Err(_) => listing.dirty += 1,
            }
        }
    }
    listing.rows.sort_by_key(|row| row.at);
    Ok(listing)
}

/// Reads a `TimeMap` in the link format of RFC 6690: the captures of an address, without status or digest.
pub fn listing_of_timemap(text: &str, url: &Url) -> Result<Listing, NoListing> {
    let mut listing = Listing::default();
    for link in text.split('<').skip(1) {
        let Some((target, parameters)) = link.split_once('>') else {
            listing.dirty += 1;
            continue;
        };
        let parameter = |name: &str| {
            let (_, rest) = parameters.split_once(&format!("{name}=\""))?;
            rest.split('"').next()
        };
        let is_memento =
            parameter("rel").is_some_and(|rel| rel.split(' ').any(|word| word == "memento"));
        if !is_memento {
            continue;
        }
        let at = parameter("datetime").and_then(memento_datetime);
        match at.filter(|_| target.contains("://")) {
            Some(at) => {
                listing.rows.push(Row { at, url: url.clone(), status: None, digest: None });
            }
            None => listing.dirty += 1,
        }
    }
    if listing.rows.is_empty() && !text.contains("rel=") {
        return Err(NoListing);
    }
    listing.rows.sort_by_key(|row| row.at);
    Ok(listing)
}

/// `Tue, 05 Mar 2024 12:30:15 GMT`.
pub fn memento_datetime(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|time| time.to_utc().into())
}

/// The same of an instant, to the second.
pub fn http_date(at: Timestamp) -> String {
    at.calendar().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The fourteen digits by which archives name an instant.
pub fn fourteen(at: Timestamp) -> String {
    at.calendar().format("%Y%m%d%H%M%S").to_string()
}

/// The instant that fourteen digits name.
pub fn of_fourteen(digits: &str) -> Option<Timestamp> {
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?;
    Some(time.and_utc().into())
}

impl Listing {
    fn take(&mut self, row: &Map<String, Value>) {
        let of = |names: [&str; 2]| names.iter().find_map(|name| row.get(*name)).map(word);
        let at = of(["timestamp", "timestamp"]).and_then(of_fourteen);
        let url = of(["original", "url"]).and_then(|url| Url::parse(url).ok());
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let (Some(at), Some(url)) = (at, url) else {
            self.dirty += 1;
            return;
        };
        let status = of(["statuscode", "status"]).and_then(|status| status.parse().ok());
        let digest = of(["digest", "digest"]).filter(|digest| !matches!(*digest, "" | "-"));
        self.rows.push(Row { at, url, status, digest: digest.map(str::to_owned) });
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_dialects_are_read_and_dirt_is_counted() {
        let wayback = r#"[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],
            ["test,page)/a","20240305123015","http://page.test/a","text/html","200","AAA","321"],
            ["test,page)/a","20240110080000","https://www.page.test/a","warc/revisit","-","AAA","-"],
            ["test,page)/a","20000012170449","http://page.test/a","text/html","200","BBB","1"],
            ["test,page)/a","20240305123015","mailto:me@page.test","text/html","200","BBB","1"],
            [], ["test,page)/a 20240305123015!"]]"#;
        let listing = listing_of_cdx(wayback).unwrap();
        assert_eq!(listing.dirty, 2);
        assert_eq!(listing.resume.as_deref(), Some("test,page)/a 20240305123015!"));
        let rows: Vec<_> = listing.rows.iter().map(|row| (fourteen(row.at), row.status)).collect();
        assert_eq!(
            rows,
            [("20240110080000".to_owned(), None), ("20240305123015".to_owned(), Some(200))]
        );
        let pywb = "{\"urlkey\": \"x\", \"timestamp\": \"20240110080000\", \"url\": \"http://page.test/a\", \"status\": \"200\", \"digest\": \"AAA\"}\n{broken\n";
        let listing = listing_of_cdx(pywb).unwrap();
        assert_eq!((listing.rows.len(), listing.dirty), (1, 1));
        assert_eq!(listing_of_cdx("<html>"), Err(NoListing));
        assert_eq!(listing_of_cdx("[]"), Ok(Listing::default()));
        assert_eq!(listing_of_cdx(""), Ok(Listing::default()));
    }

    #[test]
    fn a_timemap_is_read() {
        let map = "<http://a.test/tm>; rel=\"self\"; type=\"application/link-format\",\n<http://page.test/a,b>; rel=\"original\",\n\
            <http://a.test/20240305123015/http://page.test/a,b>; rel=\"first memento\"; datetime=\"Tue, 05 Mar 2024 12:30:15 GMT\",\n\
            <http://a.test/x>; rel=\"memento\"; datetime=\"yesterday\"";
        let listing = listing_of_timemap(map, &"http://page.test/a,b".parse().unwrap()).unwrap();
        assert_eq!((listing.rows.len(), listing.dirty), (1, 1));
        assert_eq!(fourteen(listing.rows[0].at), "20240305123015");
    }

    proptest! {
        #[test]
        fn any_text_can_be_tried(text in "[\\[{<]?.{0,80}") {
            let _listing = listing_of_cdx(&text);
            let _map = listing_of_timemap(&text, &"http://a.test/".parse().unwrap());
        }
    }
}
