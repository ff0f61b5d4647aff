//! Records that were written to the lines of a CDXJ index, by which a replay tool finds them in the file.

use serde::Serialize;
use url::Url;

use super::surt::surt;
use crate::clock::Timestamp;

/// One line: where in which file a record stands. Numbers are text, as the other writers have it.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    pub(super) url: &'a str,
    pub(super) mime: &'a str,
    pub(super) status: String,
    pub(super) digest: String,
    pub(super) length: String,
    pub(super) offset: String,
    pub(super) filename: &'a str,
}

/// `org,example)/path 20180618140200 {…}`.
pub(super) fn line(url: &Url, at: Timestamp, row: &Row<'_>) -> serde_json::Result<String> {
    let row = serde_json::to_string(row)?.replace("\":\"", "\": \"").replace("\",\"", "\", \"");
    Ok(format!("{} {} {row}\n", surt(url), at.calendar().format("%Y%m%d%H%M%S")))
}
