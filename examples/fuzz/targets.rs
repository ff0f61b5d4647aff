//! Bytes to a reader, and whether it made a document of them.

use std::fmt;

use clap::ValueEnum;
use palinode::clock::Timestamp;
use palinode::extract::{
    DocumentKind, Selection, contents, document_of_feed, document_of_html, document_of_json,
    document_of_markdown, document_of_pdf, document_of_xml, too_complex,
};
use palinode::fetch::{Answer, Head, Limits, decode, obstacle_in_answer, to_text};
use url::Url;

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
    }
}

fn html(text: &str) -> bool {
    too_complex(text).is_none() && document_of_html(text, &Selection::default(), None).is_ok()
}

fn judge(input: &[u8]) -> bool {
    let Ok(url) = Url::parse("http://example.org/post") else { return false };
    let at = Timestamp::from_millis(0);
    let answer = Answer {
        asked_at: at,
        at,
        url,
        redirects: Vec::new(),
        remote: None,
        status: 403,
        head: Head::default(),
        entity: Vec::new(),
        rendered: None,
    };
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
