//! Whose claim a revision is, where palinode did not see it itself.

use serde::Serialize;

use crate::store::{Origin, Source};

/// `told by web.archive.org, not seen by palinode itself`.
pub(super) fn claim(source: &Source) -> String {
    let what = match source.origin {
        Origin::Warc => "the file ",
        Origin::Archive => "the archive ",
    };
    format!("told by {what}{}, not seen by palinode itself", source.name)
}

#[derive(Serialize)]
pub(super) struct SourceJson<'a> {
    origin: &'static str,
    name: &'a str,
    record: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
    received_at: String,
}

impl<'a> SourceJson<'a> {
    pub(super) fn of(source: &'a Source) -> Self {
        Self {
            origin: source.origin.name(),
            name: &source.name,
            record: &source.record,
            uri: source.uri.as_deref(),
            received_at: source.received_at.to_string(),
        }
    }
}
