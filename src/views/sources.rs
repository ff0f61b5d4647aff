//! Whose claim a revision is, where palinode did not see it itself.

use serde::Serialize;

use crate::store::{Origin, Source, Verdict};

/// `told by the archive web.archive.org, not seen by palinode itself`.
pub(super) fn claim(source: &Source) -> String {
    let by = match source.origin {
        Origin::Warc => "told by the file",
        Origin::Archive => "told by the archive",
        Origin::Palinode => "taken by the palinode",
    };
    let via = source.via.as_ref().map_or_else(String::new, |via| format!(", handed on by {via}"));
    let said = match source.verdict {
        Some(Verdict::Believed) => ", believed by hand there",
        Some(Verdict::Disbelieved) => ", not believed by hand there",
        Some(Verdict::Withdrawn) | None => "",
    };
    format!("{by} {}{via}{said}, not seen by palinode itself", source.name)
}

#[derive(Serialize)]
pub(super) struct SourceJson<'a> {
    origin: &'static str,
    name: &'a str,
    record: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
    /// The other palinode that handed it on, if another one took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<&'a str>,
    /// What a person said of it to that palinode.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    received_at: String,
}

impl<'a> SourceJson<'a> {
    pub(super) fn of(source: &'a Source) -> Self {
        Self {
            origin: source.origin.name(),
            name: &source.name,
            record: &source.record,
            uri: source.uri.as_deref(),
            via: source.via.as_deref(),
            verdict: source.verdict.map(Verdict::name),
            received_at: source.received_at.to_string(),
        }
    }
}
