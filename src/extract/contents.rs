//! Feeds and sitemaps to the addresses that they name, for those who follow them.
//!
//! Apart from the document of a feed, since here the addresses count and the words do not; and read as a stream, since a
//! sitemap may name fifty thousand. By hand over quick-xml: the crates for feeds refuse feeds that every reader shows, and
//! none of them reads sitemaps within bounds.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::DateTime;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::Value;
use url::Url;

use super::DocumentKind;
use super::xml_tree::meant;
use crate::clock::Timestamp;
use crate::fetch::Unreadable;
use crate::page::PageUrl;

/// What a feed or a sitemap names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What it is.
    pub kind: ContentsKind,
    /// What it names, in its own order, each address once.
    pub entries: Vec<Entry>,
    /// So many entries have no address that a page can have.
    pub unusable: usize,
    /// So many come after the last that is taken.
    pub left_out: usize,
}

/// One address that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The address.
    pub url: PageUrl,
    /// When the post came out, or when the page is said to have changed.
    pub date: Option<Timestamp>,
}

/// What names addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentsKind {
    /// The newest of a site only: older ones leave it in silence.
    Feed,
    /// All that a site has.
    Sitemap,
    /// The sitemaps that a site has.
    Index,
}

/// Why it names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoContents {
    /// It is something else: a page, mostly.
    Other,
    /// It is a feed or a sitemap, and cannot be read.
    Unreadable(Unreadable),
}

/// A name that is no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" names no addresses")]
pub struct UnknownContents(String);

impl ContentsKind {
    /// Its name in the store and in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Index => "index",
        }
    }
}

impl FromStr for ContentsKind {
    type Err = UnknownContents;

    fn from_str(name: &str) -> Result<Self, UnknownContents> {
        let all = [Self::Feed, Self::Sitemap, Self::Index];
        all.into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownContents(name.to_owned()))
    }
}

/// As many as one sitemap may name by its own rules.
pub const MOST_ENTRIES: usize = 50_000;

/// Elements that stand open at once.
const DEEPEST: usize = 200;

/// What an element says beyond this is no address and no date.
const LONGEST: usize = 10_000;

/// What a text names, read by its first bytes alone: servers call feeds by any type. `base` is the address that answered.
pub fn contents(text: &str, base: &Url) -> Result<Contents, NoContents> {
    match DocumentKind::of(Some("text/xml"), text.as_bytes()) {
        DocumentKind::Feed => of_xml(text, base).map_err(NoContents::Unreadable),
        _ if text.trim_start().starts_with('{') => of_json(text, base),
        _ => of_lines(text, base),
    }
}

/// Entries as they come, each once and no more than so many.
struct Gathered<'a> {
    base: &'a Url,
    known: BTreeSet<PageUrl>,
    contents: Contents,
}

impl<'a> Gathered<'a> {
    fn new(kind: ContentsKind, base: &'a Url) -> Self {
        let contents = Contents { kind, entries: Vec::new(), unusable: 0, left_out: 0 };
        Self { base, known: BTreeSet::new(), contents }
    }

    fn take(&mut self, address: Option<&str>, base: Option<&Url>, date: Option<Timestamp>) {
        let base = base.unwrap_or(self.base);
        let url = address.and_then(|address| base.join(address.trim()).ok());
        let Some(url) = url.and_then(|url| url.as_str().parse::<PageUrl>().ok()) else {
            self.contents.unusable += 1;
            return;
        };
        if self.contents.entries.len() == MOST_ENTRIES {
            self.contents.left_out += 1;
        } else if self.known.insert(url.clone()) {
            self.contents.entries.push(Entry { url, date });
        }
    }
}

/// One address a line, and nothing else: the plainest form of a sitemap.
fn of_lines(text: &str, base: &Url) -> Result<Contents, NoContents> {
    let mut gathered = Gathered::new(ContentsKind::Sitemap, base);
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        let is_address = line.starts_with("http://") || line.starts_with("https://");
        match line {
            "" => {}
            _ if is_address && !line.contains(char::is_whitespace) => {
                gathered.take(Some(line), None, None);
            }
            _ => return Err(NoContents::Other),
        }
    }
    if gathered.contents.entries.is_empty() {
        return Err(NoContents::Other);
    }
    Ok(gathered.contents)
}

fn of_json(text: &str, base: &Url) -> Result<Contents, NoContents> {
    let json: Value = serde_json::from_str(text).map_err(|_| NoContents::Other)?;
    let version = json["version"].as_str().unwrap_or_default();
    let Some(items) = json["items"].as_array().filter(|_| version.contains("jsonfeed.org/version"))
    else {
        return Err(NoContents::Other);
    };
    let mut gathered = Gathered::new(ContentsKind::Feed, base);
    for item in items {
        let address = item["url"].as_str().or_else(|| item["external_url"].as_str());
        let date = item["date_published"].as_str().or_else(|| item["date_modified"].as_str());
        gathered.take(address, None, date.and_then(time));
    }
    Ok(gathered.contents)
}

/// A time as feeds and sitemaps write it.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let parsed = text.parse().ok();
    parsed.or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc().into()))
}

/// An element that is open.
struct Open {
    name: String,
    /// Where its addresses begin, if it says so.
    base: Option<Url>,
}

/// What is known of the entry that is open.
#[derive(Default)]
struct Draft {
    /// How many elements are open around what it says of itself.
    depth: usize,
    link: Option<String>,
    /// What stands for a link that is missing.
    instead: Option<String>,
    date: Option<Timestamp>,
    /// How sure it is that this is the date that counts; less is surer.
    date_rank: usize,
}

fn of_xml(xml: &str, base: &Url) -> Result<Contents, Unreadable> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().allow_dangling_amp = true;
    reader.config_mut().expand_empty_elements = true;
    let mut reading = Reading {
        open: Vec::new(),
        entry: "",
        draft: None,
        text: String::new(),
        gathered: Gathered::new(ContentsKind::Feed, base),
    };
    let mut is_over = false;
    loop {
        match reader.read_event().map_err(|_| Unreadable::Damaged)? {
            Event::Start(_) if is_over => return Err(Unreadable::Damaged),
            Event::Start(tag) => reading.begin(&tag)?,
            Event::End(_) => {
                reading.end()?;
                is_over = reading.open.is_empty();
            }
            Event::Text(text) => reading.say(&text),
            Event::CData(text) => reading.say(&text),
            Event::GeneralRef(name) => reading.say(&meant(&name)),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Empty(_) => return Err(Unreadable::Damaged),
        }
    }
    if is_over { Ok(reading.gathered.contents) } else { Err(Unreadable::Damaged) }
}

struct Reading<'a> {
    open: Vec<Open>,
    /// What its entries are called.
    entry: &'static str,
    draft: Option<Draft>,
    /// The text of the field that is open.
    text: String,
    gathered: Gathered<'a>,
}

impl Reading<'_> {
    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            return Err(Unreadable::TooComplex);
        }
        let name = tag.name().0.rsplit(':').next().unwrap_or_default().to_owned();
        let base = attribute(tag, "xml:base").and_then(|text| self.base().join(&text).ok());
        if self.open.is_empty() {
            (self.gathered.contents.kind, self.entry) = match name.as_str() {
                "urlset" => (ContentsKind::Sitemap, "url"),
                "sitemapindex" => (ContentsKind::Index, "sitemap"),
                "feed" => (ContentsKind::Feed, "entry"),
                _ => (ContentsKind::Feed, "item"),
            };
        }
        let is_entry = name == self.entry;
        self.open.push(Open { name, base });
        let depth = self.open.len();
        match &mut self.draft {
            None if is_entry => {
                let instead = attribute(tag, "rdf:about");
                let date_rank = usize::MAX;
                self.draft = Some(Draft { depth, instead, date_rank, ..Draft::default() });
            }
            Some(draft) if depth == draft.depth + 1 => {
                self.text.clear();
                draft.begin_field(tag);
            }
            Some(_) if tag.name().0.ends_with(":publication_date") => self.text.clear(),
            _ => {}
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        if self.draft.is_some() && self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        let depth = self.open.len();
        let name = self.open.last().ok_or(Unreadable::Damaged)?.name.clone();
        if let Some(draft) = &mut self.draft {
            if depth == draft.depth {
                let draft = self.draft.take().unwrap_or_default();
                let base = self.base().clone();
                let address = draft.link.or(draft.instead);
                self.gathered.take(address.as_deref(), Some(&base), draft.date);
            } else if depth == draft.depth + 1 {
                draft.end_field(&name, &self.text);
            } else if name == "publication_date" {
                // A sitemap of news holds the last days alone, as a feed does.
                self.gathered.contents.kind = ContentsKind::Feed;
                draft.end_field(&name, &self.text);
                self.text.clear();
            }
        }
        self.open.pop();
        Ok(())
    }

    fn base(&self) -> &Url {
        let said = self.open.iter().rev().find_map(|open| open.base.as_ref());
        said.unwrap_or(self.gathered.base)
    }
}

impl Draft {
    /// A link of Atom says it all in its attributes; it stands in feeds of other kinds too.
    fn begin_field(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name().0.rsplit(':').next().unwrap_or_default();
        if name == "link" {
            let leads_on = attribute(tag, "rel").is_none_or(|rel| rel == "alternate");
            let is_page = attribute(tag, "type").is_none_or(|kind| kind.contains("html"));
            let href = attribute(tag, "href").filter(|_| leads_on);
            let place = if is_page { &mut self.link } else { &mut self.instead };
            if place.is_none() {
                *place = href;
            }
        } else if name == "guid" && attribute(tag, "isPermaLink").is_none_or(|it| it != "false") {
            self.instead.get_or_insert_default();
        }
    }

    fn end_field(&mut self, name: &str, text: &str) {
        const DATES: [&str; 6] =
            ["published", "pubDate", "publication_date", "date", "updated", "lastmod"];
        let text = text.trim();
        match name {
            "link" | "loc" if !text.is_empty() => self.link = Some(text.to_owned()),
            // Only one that is said to be an address is one; an empty text waits for it.
            "guid" if self.instead.as_deref() == Some("") => {
                self.instead = text.starts_with("http").then(|| text.to_owned());
            }
            _ => {
                let rank = DATES.iter().position(|date| *date == name);
                if let Some((rank, date)) = rank.zip(time(text))
                    && rank < self.date_rank
                {
                    (self.date, self.date_rank) = (Some(date), rank);
                }
            }
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let found = all.with_checks(false).flatten().find(|attribute| attribute.key.0 == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}
