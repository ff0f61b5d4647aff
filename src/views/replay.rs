//! Revisions to the list that a replay tool shows of what can be replayed: a line of JSON each, in the form that WACZ asks.

use std::io;

use serde::Serialize;

use super::sources::SourceJson;
use crate::clock::Timestamp;
use crate::store::{Page, Revision};

/// A revision that can be replayed.
pub struct Replayed<'a> {
    /// Its page.
    pub page: &'a Page,
    /// The revision.
    pub revision: Revision,
    /// The address by which the capture is found that showed it first.
    pub url: &'a str,
    /// The time by which it is found.
    pub at: Timestamp,
}

#[derive(Serialize)]
struct ReplayedJson<'a> {
    id: String,
    url: &'a str,
    ts: String,
    title: &'a str,
    page: &'a str,
    revision: u32,
    after: Option<String>,
    first_seen: String,
    last_seen: String,
    /// Who says that the page said so then, if palinode did not see it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
}

/// The list, with its heading.
pub fn replay_list(replayed: &[Replayed<'_>]) -> io::Result<Vec<u8>> {
    let mut list =
        b"{\"format\": \"json-pages-1.0\", \"id\": \"pages\", \"title\": \"Revisions\"}\n".to_vec();
    for Replayed { page, revision, url, at } in replayed {
        let line = ReplayedJson {
            id: revision.capture.to_string(),
            url,
            ts: at.to_string(),
            title: revision.title.as_deref().unwrap_or_else(|| page.title()),
            page: page.title(),
            revision: revision.number.0,
            after: revision.after.map(|time| time.to_string()),
            first_seen: revision.first_seen.to_string(),
            last_seen: revision.last_seen.to_string(),
            source: revision.source.as_ref().map(SourceJson::of),
        };
        super::json_line(&mut list, &line)?;
    }
    Ok(list)
}
