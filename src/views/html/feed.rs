//! Revisions with what happened in them to a feed: Atom (RFC 4287) or JSON Feed 1.1.
//!
//! An entry's name is made of what does not change: the page's address, and when the revision was seen first. So an
//! entry is not read twice when the history is told anew or the page is called otherwise.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::address::FeedForm;
use super::comparison::one_text;
use super::event_line::event_words;
use super::story::Headline;
use super::text::{claimed, time};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::lineage::{ByNumber, Event, EventKind};
use crate::store::{Absence, Page, Revision};
use crate::views::events::bounds;
use crate::views::{Compared, escape, json};

/// A feed.
pub struct Feed<'a> {
    /// What it is called.
    pub title: String,
    /// What tells it from others.
    pub name: String,
    /// The page that it is about, if it is one.
    pub page: Option<&'a Page>,
    /// When its pages began to be watched: the time of a feed without entries.
    pub begun: Option<Timestamp>,
    /// Its entries, newest first.
    pub entries: Vec<Entry>,
}

/// One revision.
pub struct Entry {
    id: String,
    title: String,
    url: String,
    author: String,
    updated: Timestamp,
    kinds: Vec<&'static str>,
    html: String,
}

/// A revision as an entry: what happened in it, its bounds, and the passages that differ.
pub fn entry<W: ByNumber>(
    page: &Page,
    compared: &Compared<'_>,
    events: &[Event],
    revisions: &[Revision],
    wordings: &W,
) -> Entry {
    let to = compared.to;
    let mut told: Vec<&Event> = events.iter().filter(|event| event.is_told()).collect();
    told.sort_by_key(|event| EventKind::ALL.iter().position(|kind| *kind == event.kind));
    let headline = |event: &Event| {
        let absence = event.gone.and_then(|gone| Absence::of_event(revisions, gone, to.number));
        (Headline::of(event, event_words(event, wordings), absence.as_ref()), absence)
    };
    let first = told.first().map_or_else(String::new, |event| headline(event).0.plain());
    let more =
        if told.len() > 1 { format!(" (and {} more)", told.len() - 1) } else { String::new() };
    let mut kinds: Vec<&'static str> = told.iter().map(|event| event.kind.name()).collect();
    kinds.dedup();
    let body = html! {
        p { "Changed between " @match to.after { Some(after) => { (time(after)) }, None => { "\u{2013}" } } " and " (time(to.first_seen)) " UTC." }
        (claimed(to))
        ul {
            @for event in told.iter().take(MOST) {
                @let (headline, absence) = headline(event);
                li { (headline.markup()) @if let Some(absence) = absence { "; it had been gone for " (bounds(&absence)) } }
            }
            @if told.len() > MOST { li { "and " (told.len() - MOST) " more" } }
        }
        (one_text(compared, 0))
    };
    Entry {
        id: tag(&format!("{}\n{}", page.url, to.first_seen)),
        title: format!("{}: {first}{more}", page.title()),
        url: page.url.to_string(),
        author: page.url.host(),
        updated: to.first_seen,
        kinds,
        html: escape(&body.into_string()).into_owned(),
    }
}

/// So many events of a revision are listed.
const MOST: usize = 12;

/// A name after RFC 4151. Nobody can own a name below `.invalid`, so no one else's tags can be the same.
fn tag(of: &str) -> String {
    format!("tag:palinode.invalid,2026:{}", &Digest::of(of.as_bytes()).to_string()[..32])
}

impl Feed<'_> {
    /// The whole file.
    pub fn text(&self, form: FeedForm) -> String {
        match form {
            FeedForm::Atom => self.atom(),
            FeedForm::Json => self.json(),
        }
    }

    fn updated(&self) -> Timestamp {
        let newest = self.entries.iter().map(|entry| entry.updated).max();
        newest.or(self.begun).unwrap_or_else(|| Timestamp::from_millis(0))
    }

    fn atom(&self) -> String {
        let feed = html! {
            (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
            feed xmlns="http://www.w3.org/2005/Atom" {
                title { (self.title) }
                id { (tag(&self.name)) }
                updated { (self.updated()) }
                generator version=(env!("CARGO_PKG_VERSION")) { "palinode" }
                @if let Some(page) = self.page { (alternate(page.url.as_str())) }
                @for entry in &self.entries { (entry.atom()) }
            }
        };
        escape(&feed.into_string()).into_owned() + "\n"
    }

    fn json(&self) -> String {
        let items = self.entries.iter().map(|entry| Item {
            id: &entry.id,
            url: &entry.url,
            title: &entry.title,
            content_html: &entry.html,
            date_published: entry.updated.to_string(),
            authors: vec![Author { name: &entry.author }],
            tags: &entry.kinds,
        });
        let feed = JsonFeed {
            version: "https://jsonfeed.org/version/1.1",
            title: &self.title,
            home_page_url: self.page.map(|page| page.url.as_str()),
            items: items.collect(),
        };
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let _done = json(&mut out, &feed);
        String::from_utf8(out).unwrap_or_default()
    }
}

/// An element of XML that HTML has too, where it would have no end.
fn alternate(url: &str) -> Markup {
    html! { link rel="alternate" href=(url) {} }
}

impl Entry {
    fn atom(&self) -> Markup {
        html! {
            entry {
                title { (self.title) }
                id { (self.id) }
                updated { (self.updated) }
                author { name { (self.author) } }
                (alternate(&self.url))
                @for kind in &self.kinds { category term=(kind) {} }
                content type="html" { (self.html) }
            }
        }
    }
}

#[derive(Serialize)]
struct JsonFeed<'a> {
    version: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<&'a str>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_html: &'a str,
    date_published: String,
    authors: Vec<Author<'a>>,
    tags: &'a [&'static str],
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}
