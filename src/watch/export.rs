//! What is kept of pages to a WARC file that other archives read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use url::Url;

use crate::archive::{Exported, WarcWriter};
use crate::clock::Timestamp;
use crate::store::{CaptureId, Origin, Page, Store, StoreError};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Captures, held ones included.
    pub captures: usize,
    /// The lines of the index.
    pub index: Vec<String>,
    /// The address and the time by which each capture is found in it.
    pub places: BTreeMap<CaptureId, (Url, Timestamp)>,
}

/// Why the file is not whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store refused, or a capture is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Writes every capture of these pages, page by page and oldest first. The same captures make the same bytes.
pub fn export(
    store: &Store,
    pages: &[Page],
    out: &mut dyn Write,
    file: &str,
) -> Result<Written, ExportError> {
    let mut all = Vec::new();
    for page in pages {
        let sources = store.sources(page.id)?;
        for capture in store.captures(page.id)? {
            all.push((page, capture.id, capture.at, sources.get(&capture.id).cloned()));
        }
    }
    let newest = all.iter().map(|(_, _, at, _)| *at).max();
    let newest = newest.unwrap_or_else(|| Timestamp::from_millis(0));
    let mut writer = WarcWriter::new(out, file, newest)?;
    let mut places = BTreeMap::new();
    for (page, capture, _, source) in &all {
        let answer = store.answer(*capture, &page.url)?;
        let of = |origin| source.as_ref().filter(|source| source.origin == origin);
        let file = of(Origin::Warc);
        writer.capture(&Exported {
            page: &page.url,
            answer: &answer,
            record: file.map(|source| source.record.as_str()).filter(|record| record.contains(':')),
            source: of(Origin::Archive)
                .map(|source| source.record.as_str())
                .or_else(|| file.and_then(|source| source.uri.as_deref())),
        })?;
        places.insert(*capture, (answer.url, answer.asked_at));
    }
    let (_, index) = writer.finish()?;
    Ok(Written { captures: all.len(), index, places })
}
