//! Something queued to what is said of it, as JSON and in words; or to nothing, where the alert does not want to hear it.

use std::io;

use serde_json::{Value, json};

use super::AlertError;
use super::words::{LONGEST_TEXT, Words, beside, one_line, words};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::lineage::{Event, RevisionNumber, Wording};
use crate::store::{Alert, AlertSettings, Page, Queued, Revision, Store};
use crate::views::html::mail_line;
use crate::views::{EventsOf, attributes_value, counted, events_json};

/// What is said, and the name by which a repeat of it is known.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// The same each time that it is told, and no other's.
    pub(super) id: String,
    /// For a program.
    pub(super) json: Value,
    /// For a person: the line that stands above all of it, and its parts.
    pub(super) title: String,
    pub(super) parts: Vec<Words>,
}

/// So many events of one change are told; of the rest, how many they are.
const MOST_EVENTS: usize = 200;

/// So many things are told in one digest; of the rest, how many they are.
pub(super) const MOST_TOGETHER: usize = 200;

impl Message {
    /// What is said of one thing. A page's headers, which may be secrets, are no part of it.
    pub(super) fn of(
        store: &Store,
        alert: &Alert,
        page: &Page,
        queued: &Queued,
    ) -> Result<Option<Self>, AlertError> {
        let Some(json) = message(store, alert, page, queued)? else { return Ok(None) };
        let words = words(store, page, queued)?;
        Ok(Some(Self {
            id: id(page, queued),
            json,
            title: words.title.clone(),
            parts: vec![words],
        }))
    }

    /// What is said of many things at once, and of how many others; nothing if it is none.
    pub(super) fn together(
        alert: &Alert,
        at: Timestamp,
        all: Vec<Self>,
        left_out: usize,
    ) -> Option<Self> {
        let (first, last) = (all.first()?, all.last()?);
        // With another thing among them it is another message.
        let id = format!("{}-{}-{left_out}", first.id, last.id.trim_start_matches("palinode-"));
        let count = counted(all.len() + left_out, "thing");
        let title = one_line(&format!("{}: {count} since the last time", alert.name));
        let (mut items, mut parts, mut room) = (Vec::new(), Vec::new(), LONGEST_TEXT);
        for Self { json, parts: own, .. } in all {
            items.push(json);
            // What there is no room for is among the items, and in the history.
            parts.extend(own.into_iter().filter(|words| {
                let size = words.text.len().max(words.html.len());
                let fits = size <= room;
                room = room.saturating_sub(size);
                fits
            }));
        }
        let json = json!({
            "id": id, "alert": alert.name, "what": "digest", "at": at.to_string(),
            "items": items, "left_out": left_out,
        });
        Some(Self { id, json, title, parts })
    }

    /// What is said to see whether it is heard.
    pub(super) fn sample(alert: &Alert, at: Timestamp) -> Self {
        let (title, url) = ("a test of palinode".to_owned(), "https://example.org/");
        let id = format!("palinode-test-{}", at.millis());
        let text = "We are [-proud-] {+glad+} to tell you this: it is a test.".to_owned();
        let json = json!({
            "id": id, "alert": alert.name, "what": "test",
            "page": { "url": url, "name": "example", "tags": [] }, "at": at.to_string(),
        });
        let html = mail_line(&title, url, &text);
        Self { id, json, title: title.clone(), parts: vec![Words { title, text, html }] }
    }

    /// All of it in words.
    pub(super) fn text(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|words| words.text.trim_end()).collect();
        parts.join("\n\n")
    }
}

/// The row by which a repeat is known, and a little of what it is about: the rows of another history have the same numbers.
fn id(page: &Page, queued: &Queued) -> String {
    let at = queued.at.to_string();
    let about = [queued.alert.as_str(), page.url.as_str(), &queued.what, &at];
    let digest = Digest::of_texts(about.into_iter()).to_string();
    format!("palinode-{}-{}", queued.id, &digest[..8])
}

fn message(
    store: &Store,
    alert: &Alert,
    page: &Page,
    queued: &Queued,
) -> Result<Option<Value>, AlertError> {
    let mut said = json!({
        "id": id(page, queued),
        "alert": alert.name,
        "what": queued.what,
        "page": { "url": page.url.as_str(), "name": page.settings.name, "tags": page.settings.tags },
        "at": queued.at.to_string(),
    });
    if queued.what == "links" {
        return with_links(store, alert, page, queued, said);
    }
    if let Some(detail) = &queued.detail {
        said["reason"] = detail.as_str().into();
    }
    let Some(number) = queued.revision else {
        let wanted = alert.settings.failures || alert.settings.wants_all();
        return Ok(wanted.then_some(said));
    };
    said["revision"] = number.0.into();
    let revisions = store.revisions(page.id)?;
    // A history that was told anew may have other revisions; that something happened stays true.
    let Some(revision) = Revision::numbered(&revisions, number) else { return Ok(Some(said)) };
    let wordings = store.wordings(page.id)?;
    let rows = store.events_in(page.id, number)?.into_iter();
    let events = rows.filter(|row| row.event.is_told()).map(|row| (number, row.event));
    let mut events: Vec<(RevisionNumber, Event)> = events.collect();
    if !alert.settings.wants(revision, &events, &wordings) {
        return Ok(None);
    }
    said["words_added"] = revision.size.words_added.into();
    said["words_removed"] = revision.size.words_removed.into();
    if events.len() > MOST_EVENTS {
        said["changes_left_out"] = (events.len() - MOST_EVENTS).into();
        events.truncate(MOST_EVENTS);
    }
    let (title, url) = (page.title(), page.url.as_str());
    let of = EventsOf { title, url, revisions: &revisions, wordings: &wordings, events: &events };
    let mut text = Vec::new();
    events_json(&mut text, &[of])?;
    said["changes"] = serde_json::from_slice(&text).map_err(io::Error::from)?;
    Ok(Some(said))
}

/// What changed beside the words with a capture; nothing where that is in no passage that the alert is about.
fn with_links(
    store: &Store,
    alert: &Alert,
    page: &Page,
    queued: &Queued,
    mut said: Value,
) -> Result<Option<Value>, AlertError> {
    let mut changes = beside(store, page, queued)?;
    if let Some(phrase) = alert.settings.phrase.as_ref().map(|phrase| phrase.to_lowercase()) {
        changes.retain(|change| change.passage.to_lowercase().contains(&phrase));
        if changes.is_empty() {
            return Ok(None);
        }
    }
    if changes.len() > MOST_EVENTS {
        said["links_left_out"] = (changes.len() - MOST_EVENTS).into();
        changes.truncate(MOST_EVENTS);
    }
    said["capture"] = queued.detail.as_deref().into();
    said["links"] = attributes_value(&changes).map_err(io::Error::from)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Way;

    #[test]
    fn a_digest_of_very_much_stays_small_and_says_how_much() {
        let settings = serde_json::json!({ "command": ["tell"] });
        let settings: AlertSettings = serde_json::from_value(settings).unwrap();
        assert_eq!(settings.way, Way::Command(vec!["tell".into()]));
        let alert = Alert { name: "desk".into(), settings };
        let at = Timestamp::from_millis(0);
        let long = |_| {
            let mut one = Message::sample(&alert, at);
            one.parts[0].text = "long ".repeat(1000);
            one
        };
        let all = (0..MOST_TOGETHER).map(long).collect();
        let told = Message::together(&alert, at, all, 9_800).unwrap();
        assert_eq!(told.title, "desk: 10000 things since the last time");
        let items = told.json["items"].as_array().unwrap();
        assert_eq!((items.len(), &told.json["left_out"]), (MOST_TOGETHER, &9_800.into()));
        assert!(told.text().len() <= LONGEST_TEXT + 2 * told.parts.len(), "{}", told.text().len());
        assert!(told.parts.len() > 5);
        assert_eq!(Message::together(&alert, at, Vec::new(), 0).map(|it| it.id), None);
    }
}
