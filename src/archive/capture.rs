//! The records of a WARC file to captures: an answer with what the records around it say of it.
//!
//! It stands apart from the records because it knows how they belong together: metadata follow what they are about,
//! revisits lean on what came before, and a redirect leads to the answer after it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use super::http::{Message, message_of_http, message_of_resource};
use super::record::{Record, RecordKind};
use super::write::{BROWSER, MISSING, PAGE, REDIRECT};
use crate::clock::Timestamp;
use crate::fetch::{Answer, Redirect, Rendered};

/// An answer in a file, as its records tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// The addresses that led to it: the one that answered last, and those that redirected to it before.
    pub asked: Vec<Url>,
    /// The watched page that it is of, where palinode wrote the file.
    pub page: Option<Url>,
    /// The answer. The entity of a revisit is empty until it is found: see [`Archived::leans_on`].
    pub answer: Answer,
    /// The id of the record; of one without, its place in the file.
    pub record: String,
    /// Where the record says that it comes from.
    pub source: Option<String>,
    /// What names the entity for revisits of it.
    pub names: Vec<String>,
    /// Whether the entity is that of another record, of one of these names.
    pub leans_on: Option<Vec<String>>,
}

/// Why a record of an answer is no capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unusable {
    /// Its capture was broken off.
    Cut,
    /// It is longer than any entity that palinode keeps.
    TooLong,
    /// Its address, date or block cannot be read.
    Unreadable,
    /// It says only that nothing changed.
    NotModified,
}

/// Puts records together, in their order.
#[derive(Default)]
pub struct Gathering {
    /// Waits for the metadata that follow it.
    pending: Option<Archived>,
    /// Where redirects led lately.
    led_to: BTreeMap<Url, Led>,
}

struct Led {
    asked: Vec<Url>,
    redirects: Vec<Redirect>,
    begun: Timestamp,
    at: Timestamp,
}

/// Of one visit, a redirect and the answer that it leads to are no further apart.
const ONE_VISIT: Duration = Duration::from_mins(5);

impl Gathering {
    /// Takes the next record; gives the capture that is complete with it.
    pub fn take(&mut self, record: Record) -> Result<Option<Archived>, Unusable> {
        match record.kind {
            RecordKind::Metadata => {
                self.note(&record);
                Ok(None)
            }
            RecordKind::Conversion => {
                self.convert(record);
                Ok(None)
            }
            RecordKind::Other => Ok(None),
            RecordKind::Response | RecordKind::Resource | RecordKind::Revisit => {
                let archived = self.archived(record)?;
                Ok(std::mem::replace(&mut self.pending, archived))
            }
        }
    }

    /// The last capture, after the last record.
    pub fn finish(&mut self) -> Option<Archived> {
        self.pending.take()
    }

    /// What a metadata record says of the answer before it.
    fn note(&mut self, record: &Record) {
        let Some(pending) = &mut self.pending else { return };
        if !record.concerns().any(|id| id == pending.record) {
            return;
        }
        for (name, value) in record.fields() {
            match name.as_str() {
                "fetchTimeMs" => {
                    let millis = value.parse().unwrap_or(0);
                    pending.answer.at = pending.answer.at.after(Duration::from_millis(millis));
                }
                PAGE => pending.page = value.parse().ok(),
                REDIRECT => {
                    let hop = value.split_once(' ').and_then(|(status, url)| {
                        Some(Redirect { status: status.parse().ok()?, url: url.parse().ok()? })
                    });
                    pending.answer.redirects.extend(hop);
                }
                _ => {}
            }
        }
    }

    /// What the scripts of the answer before it made of it. What other writers convert is not what a page said.
    fn convert(&mut self, record: Record) {
        let Some(pending) = &mut self.pending else { return };
        let header = |name: &str| record.header(&name.to_ascii_lowercase()).map(str::to_owned);
        let (browser, missing) = (header(BROWSER), header(MISSING));
        let is_whole = !record.is_left_out() && !record.is_cut();
        let belongs = record.concerns().any(|id| id == pending.record);
        let Some(browser) = browser.filter(|_| is_whole && belongs) else { return };
        let missing = missing.and_then(|count| count.parse().ok()).unwrap_or(0);
        if let Ok(dom) = String::from_utf8(record.block) {
            pending.answer.rendered = Some(Rendered { dom, browser, missing });
        }
    }

    fn archived(&mut self, record: Record) -> Result<Option<Archived>, Unusable> {
        if record.is_left_out() {
            return Err(Unusable::TooLong);
        }
        if record.is_cut() {
            return Err(Unusable::Cut);
        }
        let url = record.target().and_then(|target| target.parse::<Url>().ok());
        let (Some(mut url), Some(at)) = (url, record.date()) else {
            return Err(Unusable::Unreadable);
        };
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") {
            // Writers keep their own notes and the name look-ups under addresses of other kinds.
            return Ok(None);
        }
        let leans_on = leans_on(&record)?;
        let (names, source) = (names(&record, &url), record.header("warc-source-uri"));
        let source = source.map(str::to_owned);
        let id = record.id().map_or_else(|| format!("@{}", record.offset), str::to_owned);
        let remote = record.header("warc-ip-address").and_then(|ip| ip.parse().ok());
        let remote = remote.map(|ip| SocketAddr::new(ip, url.port_or_known_default().unwrap_or(0)));
        let Message { status, head, entity } = message(record).ok_or(Unusable::Unreadable)?;
        let led = self.led_to.get(&url).filter(|led| at.since(led.at) <= ONE_VISIT && led.at <= at);
        let (mut asked, redirects, begun) = led.map_or_else(
            || (Vec::new(), Vec::new(), at),
            |led| (led.asked.clone(), led.redirects.clone(), led.begun),
        );
        asked.insert(0, url.clone());
        let answer = Answer {
            asked_at: begun,
            at,
            url,
            redirects,
            remote,
            status,
            head,
            entity,
            rendered: None,
        };
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            self.lead_on(asked, answer);
            return Ok(None);
        }
        Ok(Some(Archived { asked, page: None, answer, record: id, source, names, leans_on }))
    }

    /// Remembers where a redirect leads.
    fn lead_on(&mut self, asked: Vec<Url>, answer: Answer) {
        let Answer { asked_at: begun, at, url, mut redirects, status, head, .. } = answer;
        let target = head.text("location").and_then(|location| url.join(&location).ok());
        let Some(mut target) = target.filter(|_| redirects.len() < MOST_REDIRECTS) else { return };
        target.set_fragment(None);
        redirects.push(Redirect { status, url });
        self.led_to.insert(target, Led { asked, redirects, begun, at });
    }
}

/// More redirects are a loop.
const MOST_REDIRECTS: usize = 10;

fn message(record: Record) -> Option<Message> {
    if record.kind == RecordKind::Resource {
        let media = record.header("content-type").unwrap_or_default().to_owned();
        return Some(message_of_resource(record.block, &media));
    }
    let mut message = message_of_http(&record.block)?;
    if record.kind == RecordKind::Revisit {
        message.entity.clear();
    }
    Some(message)
}

/// By what a revisit of this record may know it.
fn names(record: &Record, url: &Url) -> Vec<String> {
    let date = record.header("warc-date").map(|date| format!("{url} {date}"));
    let digest = record.header("warc-payload-digest").map(str::to_owned);
    record.id().map(str::to_owned).into_iter().chain(date).chain(digest).collect()
}

/// By what a revisit knows the record with its entity.
fn leans_on(record: &Record) -> Result<Option<Vec<String>>, Unusable> {
    if record.kind != RecordKind::Revisit {
        return Ok(None);
    }
    if record.header("warc-profile").is_some_and(|profile| profile.contains("server-not-modified"))
    {
        return Err(Unusable::NotModified);
    }
    let url = record.header("warc-refers-to-target-uri").and_then(|url| url.parse::<Url>().ok());
    let date = record.header("warc-refers-to-date");
    let date = url.zip(date).map(|(url, date)| format!("{url} {date}"));
    let digest = record.header("warc-payload-digest").map(str::to_owned);
    let id = record
        .header("warc-refers-to")
        .map(|id| id.trim_start_matches('<').trim_end_matches('>').to_owned());
    Ok(Some(id.into_iter().chain(date).chain(digest).collect()))
}
