//! Something queued to what is said of it, as JSON; or to nothing, where the alert does not want to hear it.

use std::io;

use serde_json::{Value, json};

use super::AlertError;
use crate::lineage::{Event, RevisionNumber, Wording};
use crate::store::{Alert, AlertSettings, Page, Queued, Revision, Store};
use crate::views::{EventsOf, events_json};

/// What is said. A page's headers, which may be secrets, are no part of it.
pub fn message(
    store: &Store,
    alert: &Alert,
    page: &Page,
    queued: &Queued,
) -> Result<Option<Value>, AlertError> {
    let mut said = json!({
        "id": format!("palinode-{}", queued.id),
        "alert": alert.name,
        "what": queued.what,
        "page": { "url": page.url.as_str(), "name": page.settings.name, "tags": page.settings.tags },
        "at": queued.at.to_string(),
    });
    if let Some(detail) = &queued.detail {
        said["reason"] = detail.as_str().into();
    }
    let Some(number) = queued.revision else {
        return Ok(alert.settings.wants_all().then_some(said));
    };
    said["revision"] = number.0.into();
    let revisions = store.revisions(page.id)?;
    // A history that was told anew may have other revisions; that something happened stays true.
    let Some(revision) = Revision::numbered(&revisions, number) else { return Ok(Some(said)) };
    let wordings = store.wordings(page.id)?;
    let rows = store.events_in(page.id, number)?.into_iter();
    let events = rows.filter(|row| row.event.is_told()).map(|row| (number, row.event));
    let events: Vec<(RevisionNumber, Event)> = events.collect();
    if !alert.settings.wants(revision, &events, &wordings) {
        return Ok(None);
    }
    said["words_added"] = revision.size.words_added.into();
    said["words_removed"] = revision.size.words_removed.into();
    let (title, url) = (page.title(), page.url.as_str());
    let of = EventsOf { title, url, revisions: &revisions, wordings: &wordings, events: &events };
    let mut text = Vec::new();
    events_json(&mut text, &[of])?;
    said["changes"] = serde_json::from_slice(&text).map_err(io::Error::from)?;
    Ok(Some(said))
}

impl AlertSettings {
    /// Whether nothing about a change is asked for, so that what is no change may be told too.
    fn wants_all(&self) -> bool {
        self.kinds.is_empty() && self.phrase.is_none() && self.words == 0
    }

    fn wants(
        &self,
        revision: &Revision,
        events: &[(RevisionNumber, Event)],
        wordings: &[Wording],
    ) -> bool {
        let size = revision.size.words_added + revision.size.words_removed;
        let is_wanted = |event: &Event| {
            let kind = event.kind.name();
            (self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind))
                && self.phrase.as_ref().is_none_or(|phrase| is_about(event, phrase, wordings))
        };
        let asks = !self.kinds.is_empty() || self.phrase.is_some();
        size >= self.words && (!asks || events.iter().any(|(_, event)| is_wanted(event)))
    }
}

/// Whether a passage that an event changed holds a phrase, before or after, whatever the case.
fn is_about(event: &Event, phrase: &str, wordings: &[Wording]) -> bool {
    let phrase = phrase.to_lowercase();
    let strands = event.old.iter().chain(&event.new);
    let mut passages = strands.filter_map(|strand| wordings.get(strand.wording.0 as usize));
    passages.any(|wording| wording.text.to_lowercase().contains(&phrase))
}
