//! Bytes to a reader, and whether it made a document of them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use clap::ValueEnum;
use palinode::clock::Timestamp;
use palinode::extract::{
    DocumentKind, Selection, contents, document_of_feed, document_of_html, document_of_json,
    document_of_markdown, document_of_pdf, document_of_xml, too_complex,
};
use palinode::fetch::{
    Answer, Head, Limits, Reach, RobotsCopy, Validators, decode, obstacle_in_answer, retry_after,
    to_text,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::{Host, Url};

/// What can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// PDF
    Pdf,
    /// Content codings; the first byte says which
    Decode,
    /// HTML, at first sight
    Extract,
    /// The obstacles in an answer, and the classes that a document hands down to its next
    Judge,
    /// Markdown
    Markdown,
    /// JSON
    Json,
    /// Feeds, sitemaps and other XML
    Feed,
    /// The addresses that feeds and sitemaps name
    Follow,
    /// The addresses that may be asked for; one that is let through is judged by the standard library too
    Guard,
    /// `robots.txt`
    Robots,
    /// The headers of an answer
    Headers,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// The names that the first byte of an input to `decode` stands for.
const CODINGS: [&str; 5] = ["gzip", "deflate", "br", "zstd", ""];

/// Reads an input.
pub(crate) fn run(target: Target, input: &[u8]) -> bool {
    let text = || to_text(input, &Head::default()).0;
    match target {
        Target::Pdf => document_of_pdf(input).is_ok(),
        Target::Decode => {
            let Some((coding, entity)) = input.split_first() else { return false };
            let coding = CODINGS[usize::from(*coding) % CODINGS.len()].as_bytes();
            let head = [("content-encoding", coding)].into_iter().collect();
            decode(entity, &head, &Limits::default()).is_ok()
        }
        Target::Extract => html(&text()),
        Target::Judge => judge(input),
        Target::Markdown => document_of_markdown(&text(), None).is_ok(),
        Target::Json => document_of_json(&text()).is_ok(),
        Target::Feed => document_of_xml(&text()).is_ok() | document_of_feed(&text()).is_ok(),
        Target::Follow => {
            Url::parse("http://example.org/feed").is_ok_and(|base| contents(&text(), &base).is_ok())
        }
        Target::Guard => guard(&String::from_utf8_lossy(input)),
        Target::Robots => robots(input),
        Target::Headers => headers(input),
    }
}

/// Panics where an address is let through that the standard library knows for a private one.
fn guard(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_let_through = Reach::Public.admits(&url);
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        _ => return is_let_through,
    };
    assert!(!is_let_through || !is_private(address.to_canonical()), "{url} was let through");
    is_let_through
}

fn is_private(address: IpAddr) -> bool {
    let of_v4 = |address: Ipv4Addr| {
        address.is_private()
            || address.is_link_local()
            || address.is_broadcast()
            || address.is_documentation()
    };
    let by_kind = match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    };
    by_kind || address.is_loopback() || address.is_unspecified() || address.is_multicast()
}

fn robots(input: &[u8]) -> bool {
    let Ok(url) = Url::parse("http://example.org/a/b.html?c=d") else { return false };
    RobotsCopy { rules: Some(input.to_vec()), ..RobotsCopy::default() }.allows(&url)
}

/// What is read of the headers of every answer.
fn headers(input: &[u8]) -> bool {
    let Some(head) = Head::from_bytes(input) else { return false };
    let all = head.iter().filter_map(|(name, value)| {
        Some((HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?))
    });
    let wait = retry_after(&all.collect::<HeaderMap>(), Timestamp::from_millis(1_529_330_520_000));
    let kind = DocumentKind::of(head.text("content-type").as_deref(), b"plain");
    let (text, _) = to_text(b"caf\xe9", &head);
    let decoded = decode(b"plain", &head, &Limits::default()).is_ok();
    let validators = validators(head);
    wait.is_some() || kind != DocumentKind::Html || text.is_empty() || decoded || validators
}

fn validators(head: Head) -> bool {
    let Some(answer) = answer(200, head) else { return false };
    let validators = Validators::of(&answer);
    validators.after_304(&answer.head).etag.is_some()
}

fn html(text: &str) -> bool {
    too_complex(text).is_none() && document_of_html(text, &Selection::default(), None).is_ok()
}

fn judge(input: &[u8]) -> bool {
    let Some(answer) = answer(403, Head::default()) else { return false };
    let obstacle = obstacle_in_answer(&answer, input);
    let kind = DocumentKind::of(None, input);
    let text = to_text(input, &answer.head).0;
    let (Some((before, after)), None) = (text.split_once("<!--next-->"), too_complex(&text)) else {
        return obstacle.is_some() || kind != DocumentKind::Html;
    };
    let selection = Selection::default();
    let before = document_of_html(before, &selection, None).ok();
    document_of_html(after, &selection, before.as_ref()).is_ok()
}

fn answer(status: u16, head: Head) -> Option<Answer> {
    let url = Url::parse("http://example.org/post").ok()?;
    let at = Timestamp::from_millis(0);
    let (redirects, entity) = (Vec::new(), Vec::new());
    Some(Answer {
        asked_at: at,
        at,
        url,
        redirects,
        remote: None,
        status,
        head,
        entity,
        rendered: None,
    })
}
