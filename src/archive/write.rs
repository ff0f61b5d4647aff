//! Captures to a WARC 1.1 file: a gzip member a record, the same captures to the same bytes.
//!
//! No crate writes what the common tools read: members, digests, revisits and heads as bytes are the point. Of the ways
//! to write a chunked answer, the one is taken that all of them check and replay: chunks joined, the header renamed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::cdxj::{Row, line};
use super::http::UNDONE;
use crate::clock::Timestamp;
use crate::fetch::{Answer, Digest};
use crate::page::PageUrl;

/// A capture to be written.
pub struct Exported<'a> {
    /// The page that it is of.
    pub page: &'a PageUrl,
    /// What was answered.
    pub answer: &'a Answer,
    /// The id of the record that it was read from, if it was.
    pub record: Option<&'a str>,
    /// Where somebody else has it, if it is theirs.
    pub source: Option<&'a str>,
}

/// Writes one file.
pub struct WarcWriter<W> {
    out: W,
    file: String,
    offset: u64,
    /// The first record with an entity: its address and its date.
    first_with: BTreeMap<Digest, (String, String)>,
    index: Vec<String>,
}

impl<W: Write> WarcWriter<W> {
    /// Begins a file of this name. `at` dates it: the time of its newest capture, so that it can be written again.
    pub fn new(out: W, file: &str, at: Timestamp) -> io::Result<Self> {
        let mut writer = Self {
            out,
            file: file.to_owned(),
            offset: 0,
            first_with: BTreeMap::new(),
            index: Vec::new(),
        };
        let text = concat!(
            "software: palinode/",
            env!("CARGO_PKG_VERSION"),
            "\r\n",
            "format: WARC File Format 1.1\r\n",
            "description: pages as palinode kept them: entities byte for byte, header names in lower case, status lines and requests rebuilt; conversions are what scripts made of a page\r\n",
        );
        let headers = [
            ("WARC-Type", "warcinfo".to_owned()),
            ("WARC-Record-ID", id(&["warcinfo", &at.to_string()])),
            ("WARC-Date", date(at)),
            ("Content-Type", "application/warc-fields".to_owned()),
        ];
        writer.record(&headers, text.as_bytes())?;
        Ok(writer)
    }

    /// Writes a capture: what was asked, what was answered, what else is known of it, and what its scripts made
    /// of it.
    pub fn capture(&mut self, exported: &Exported<'_>) -> io::Result<()> {
        let Exported { page, answer, .. } = exported;
        let digest = Digest::of(&answer.entity);
        let response = exported.record.map_or_else(
            || id(&["response", page.as_str(), &answer.at.to_string(), &digest.to_string()]),
            |record| format!("<{record}>"),
        );
        let (asked, uri) = (date(answer.asked_at), answer.url.to_string());
        let common = |kind: &str, media: &str| {
            vec![
                ("WARC-Type", kind.to_owned()),
                ("WARC-Record-ID", id(&[kind, &response])),
                ("WARC-Concurrent-To", response.clone()),
                ("WARC-Date", asked.clone()),
                ("WARC-Target-URI", uri.clone()),
                ("Content-Type", media.to_owned()),
            ]
        };
        self.answer(exported, &response, digest, &asked)?;
        self.record(&common("request", "application/http; msgtype=request"), &request(answer))?;
        let known = known(page, answer);
        self.record(&common("metadata", "application/warc-fields"), known.as_bytes())?;
        if let Some(rendered) = &answer.rendered {
            let mut headers = common("conversion", "text/html; charset=utf-8");
            headers[2] = ("WARC-Refers-To", response);
            headers[3] = ("WARC-Date", date(answer.at));
            headers.push((BROWSER, rendered.browser.replace(['\r', '\n'], " ")));
            headers.push((MISSING, rendered.missing.to_string()));
            self.record(&headers, rendered.dom.as_bytes())?;
        }
        Ok(())
    }

    /// The lines of its index, in order.
    pub fn finish(mut self) -> io::Result<(W, Vec<String>)> {
        self.out.flush()?;
        self.index.sort();
        Ok((self.out, self.index))
    }

    fn answer(
        &mut self,
        exported: &Exported<'_>,
        response: &str,
        digest: Digest,
        asked: &str,
    ) -> io::Result<()> {
        let answer = exported.answer;
        let uri = answer.url.to_string();
        let first = self.first_with.get(&digest).cloned().filter(|_| !answer.entity.is_empty());
        let kind = if first.is_some() { "revisit" } else { "response" };
        let mut headers = vec![
            ("WARC-Type", kind.to_owned()),
            ("WARC-Record-ID", response.to_owned()),
            ("WARC-Date", asked.to_owned()),
            ("WARC-Target-URI", uri.clone()),
            ("WARC-Payload-Digest", format!("sha256:{digest}")),
        ];
        if let Some(remote) = answer.remote {
            headers.push(("WARC-IP-Address", remote.ip().to_string()));
        }
        if let Some(source) = exported.source {
            headers.push(("WARC-Source-URI", source.to_owned()));
        }
        let mut block = head(answer);
        if let Some((target, date)) = first {
            headers.push(("WARC-Profile", IDENTICAL.to_owned()));
            headers.push(("WARC-Refers-To-Target-URI", target));
            headers.push(("WARC-Refers-To-Date", date));
        } else {
            block.extend_from_slice(&answer.entity);
            self.first_with.insert(digest, (uri.clone(), asked.to_owned()));
        }
        headers.push(("Content-Type", "application/http; msgtype=response".to_owned()));
        let (offset, length) = self.record(&headers, &block)?;
        let media = answer.head.text("content-type").unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim().to_owned();
        let row = Row {
            url: &uri,
            mime: if kind == "revisit" { "warc/revisit" } else { &media },
            status: answer.status.to_string(),
            digest: format!("sha256:{digest}"),
            length: length.to_string(),
            offset: offset.to_string(),
            filename: &self.file,
        };
        let line = line(&answer.url, answer.asked_at, &row)?;
        self.index.push(line);
        Ok(())
    }

    /// Writes one record as a member of its own; gives its place and its length in the file.
    fn record(&mut self, headers: &[(&str, String)], block: &[u8]) -> io::Result<(u64, u64)> {
        let mut member = GzEncoder::new(Vec::new(), Compression::default());
        member.write_all(b"WARC/1.1\r\n")?;
        for (name, value) in headers {
            write!(member, "{name}: {value}\r\n")?;
        }
        write!(member, "WARC-Block-Digest: sha256:{}\r\n", Digest::of(block))?;
        write!(member, "Content-Length: {}\r\n\r\n", block.len())?;
        member.write_all(block)?;
        member.write_all(b"\r\n\r\n")?;
        let member = member.finish()?;
        self.out.write_all(&member)?;
        let (offset, length) = (self.offset, member.len() as u64);
        self.offset += length;
        Ok((offset, length))
    }
}

const IDENTICAL: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

fn head(answer: &Answer) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status)).into_bytes();
    for (name, value) in answer.head.iter() {
        let name = if name == "transfer-encoding" { UNDONE } else { name };
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// What was asked, without the headers: those that a page's owner set may be secret.
fn request(answer: &Answer) -> Vec<u8> {
    let url = &answer.url;
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let host = crate::page::host_of(url);
    format!("GET {}{query} HTTP/1.1\r\nHost: {host}\r\n\r\n", url.path()).into_bytes()
}

/// What the other records have no place for.
fn known(page: &PageUrl, answer: &Answer) -> String {
    let took = answer.at.since(answer.asked_at).as_millis();
    let mut text = format!("fetchTimeMs: {took}\r\n{PAGE}: {page}\r\n");
    for hop in &answer.redirects {
        text.extend([REDIRECT, ": ", &hop.status.to_string(), " ", hop.url.as_str(), "\r\n"]);
    }
    text
}

/// The field that names the watched page, which is not the address that answered where there were redirects.
pub(super) const PAGE: &str = "palinode-page";
/// The field that names a redirect on the way: its status and who answered with it.
pub(super) const REDIRECT: &str = "palinode-redirect";
/// The header that names the browser which made a conversion by running the scripts of a page.
pub(super) const BROWSER: &str = "Palinode-Browser";
/// The header that says how many things the page asked for in vain then.
pub(super) const MISSING: &str = "Palinode-Missing";

/// As the header `WARC-Date` has it.
pub(super) fn date(at: Timestamp) -> String {
    at.calendar().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// An id that follows from what it names: version 8 of RFC 9562, of a SHA-256.
fn id(parts: &[&str]) -> String {
    let digest = Digest::of_texts(parts.iter().copied());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    let hex = format!("{number:032x}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("<urn:uuid:{}>", parts.join("-"))
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        203 => "Non-Authoritative Information",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}
