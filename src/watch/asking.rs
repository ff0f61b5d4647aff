//! A web archive to what it lists of a page and what it has of it: one request after another, by the manners of a check.
//!
//! Two dialects are spoken, since the Wayback Machine and pywb answer the same questions at other places and in other
//! forms; an archive that speaks neither is asked for a Memento `TimeMap`.

use std::str::FromStr;

use tokio::runtime::Runtime;
use url::{Url, form_urlencoded};

use crate::archive::{
    Listing, Row, fourteen, listing_of_cdx, listing_of_timemap, memento_datetime,
};
use crate::clock::{Clock, Timestamp};
use crate::fetch::{
    Answer, Failure, FailureClass, Fetched, Fetcher, Head, Limits, Manners, Note, Posted, PutOff,
    Reach, Request, Robots, Scripts, decode,
};
use crate::page::{PageError, PageUrl};

/// A web archive, by the address under which its captures stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive(Url);

/// A text that names no archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no archive\nhint: write the address that its captures begin with, as in https://web.archive.org/web/"
)]
pub struct NotAnArchive(String);

impl FromStr for Archive {
    type Err = NotAnArchive;

    fn from_str(text: &str) -> Result<Self, NotAnArchive> {
        let no = || NotAnArchive(text.to_owned());
        let mut url = text.parse::<PageUrl>().map_err(|_| no())?.url().clone();
        if url.query().is_some() {
            return Err(no());
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }
}

impl Archive {
    /// Its address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address of a capture as it was sent, without what replay would add.
    pub(super) fn original(&self, row: &Row) -> String {
        format!("{}{}id_/{}", self.0, fourteen(row.at), row.url)
    }

    fn is_wayback(&self) -> bool {
        self.0.path().ends_with("/web/")
    }

    fn cdx(&self, page: &PageUrl, range: (Option<Timestamp>, Option<Timestamp>)) -> Option<Url> {
        let place = if self.is_wayback() { "/cdx/search/cdx" } else { "cdx" };
        let mut url = self.0.join(place).ok()?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("url", page.as_str()).append_pair("output", "json");
            if let Some(since) = range.0 {
                query.append_pair("from", &fourteen(since));
            }
            if let Some(until) = range.1 {
                query.append_pair("to", &fourteen(until));
            }
            if self.is_wayback() {
                query.append_pair("limit", "5000").append_pair("showResumeKey", "true");
            }
        }
        Some(url)
    }

    /// Where it takes orders.
    fn saving(&self, path: &str) -> String {
        self.0.join(path).map_or_else(|_| self.0.to_string(), String::from)
    }

    fn timemap(&self, page: &PageUrl) -> String {
        format!("{}timemap/link/{page}", self.0)
    }
}

/// Why an archive gave nothing.
pub(super) enum Silence {
    /// It wants to be left alone.
    PutOff(PutOff),
    /// Nothing could be learned.
    Failed(Failure),
    /// It answered, and not with what was asked for.
    Other(Box<Answer>),
}

/// A conversation with one archive.
pub(super) struct Asking<'a> {
    pub(super) archive: &'a Archive,
    pub(super) fetcher: &'a Fetcher,
    pub(super) manners: Manners,
    pub(super) clock: &'a dyn Clock,
    pub(super) runtime: Runtime,
}

/// So many pages of a list at most are asked for: some resume keys lead nowhere, for ever.
const MOST_PAGES: usize = 500;

impl Asking<'_> {
    /// Everything that the archive lists of a page in this time.
    pub(super) fn list(
        &self,
        page: &PageUrl,
        range: (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<Listing, Silence> {
        let mut all = Listing::default();
        let Some(first) = self.archive.cdx(page, range) else { return self.timemap(page) };
        let mut next = Some(first.clone());
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else { break };
            let listing = match self.text(url.as_str()) {
                Ok((200, text)) => listing_of_cdx(&text).ok(),
                Ok(_) => None,
                Err(silence) => return Err(silence),
            };
            let Some(listing) = listing else { return self.timemap(page) };
            all.dirty += listing.dirty;
            if let Some(key) = listing.resume.filter(|_| !listing.rows.is_empty()) {
                let mut url = first.clone();
                url.query_pairs_mut().append_pair("resumeKey", &key);
                next = Some(url);
            }
            all.rows.extend(listing.rows);
        }
        all.rows.sort_by_key(|row| row.at);
        Ok(all)
    }

    fn timemap(&self, page: &PageUrl) -> Result<Listing, Silence> {
        let url = self.archive.timemap(page);
        let answer = self.ask(&url)?;
        match answer.status {
            404 => Ok(Listing::default()),
            200 => {
                let text = text(&answer);
                text.and_then(|text| listing_of_timemap(&text, page.url()).ok())
                    .ok_or_else(|| Silence::Other(Box::new(answer)))
            }
            _ => Err(Silence::Other(Box::new(answer))),
        }
    }

    fn text(&self, url: &str) -> Result<(u16, String), Silence> {
        let answer = self.ask(url)?;
        let text = text(&answer).unwrap_or_default();
        Ok((answer.status, text))
    }

    /// What the archive says that the page sent then: only an answer that names the very second counts, whatever its
    /// status.
    pub(super) fn capture(&self, row: &Row) -> Result<Answer, Silence> {
        let answer = self.ask(&self.archive.original(row))?;
        let named = answer.head.text("memento-datetime");
        if named.and_then(|named| memento_datetime(&named)) == Some(row.at) {
            Ok(claimed(answer, row))
        } else {
            Err(Silence::Other(Box::new(answer)))
        }
    }

    /// What was learned of the archive's host.
    pub(super) fn notes(&self) -> Vec<Note> {
        self.manners.take_news()
    }

    /// Orders that the archive save a page, under these keys; gives the status and the text of its answer.
    pub(super) fn order(&self, page: &PageUrl, keys: &str) -> Result<(u16, String), Silence> {
        let url = self.archive.saving("/save").parse().map_err(|why| misnamed(&why))?;
        let kind = "application/x-www-form-urlencoded";
        // An answer that is an error is not to be kept as if it were the page.
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("url", page.as_str()).append_pair("capture_all", "0");
        let posted =
            Posted { url, kind, headers: known_by(keys), body: form.finish().into_bytes() };
        let posting = self.fetcher.post(&posted, LONGEST_WORD, &self.manners, self.clock);
        let answer = came(self.runtime.block_on(posting))?;
        Ok((answer.status, text(&answer).unwrap_or_default()))
    }

    /// Asks how far an order is.
    pub(super) fn job(&self, job: &str, keys: &str) -> Result<(u16, String), Silence> {
        let url = self.archive.saving(&format!("/save/status/{job}"));
        let answer = self.ask_as(&url, known_by(keys))?;
        Ok((answer.status, text(&answer).unwrap_or_default()))
    }

    fn ask(&self, url: &str) -> Result<Answer, Silence> {
        self.ask_as(url, Vec::new())
    }

    fn ask_as(&self, url: &str, headers: Vec<(String, String)>) -> Result<Answer, Silence> {
        let url: PageUrl = url.parse().map_err(|why| misnamed(&why))?;
        // The owner named the archive, and these are its places for programs.
        let robots = Robots::Ignored;
        let (reach, scripts) = (Reach::Public, Scripts::Ignored);
        let request = Request { url, headers, validators: None, reach, robots, scripts };
        let fetching = self.fetcher.fetch(&request, &self.manners, self.clock);
        came(self.runtime.block_on(fetching))
    }
}

/// No answer about an order is longer.
const LONGEST_WORD: usize = 1 << 20;

fn known_by(keys: &str) -> Vec<(String, String)> {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![header("Authorization", keys), header("Accept", "application/json")]
}

fn misnamed(why: &PageError) -> Silence {
    Silence::Failed(Failure::new(FailureClass::Protocol, why.to_string()))
}

fn came(fetched: Result<Fetched, PutOff>) -> Result<Answer, Silence> {
    match fetched {
        Err(put_off) => Err(Silence::PutOff(put_off)),
        Ok(Fetched::Answer(answer)) => Ok(*answer),
        Ok(Fetched::Failed { failure, .. }) => Err(Silence::Failed(failure)),
        Ok(Fetched::NotModified { .. }) => Err(Silence::Failed(Failure::new(
            FailureClass::Protocol,
            "a 304 to a request that named no validator",
        ))),
    }
}

fn text(answer: &Answer) -> Option<String> {
    let content = decode(&answer.entity, &answer.head, &Limits::default()).ok()?;
    Some(String::from_utf8_lossy(&content).into_owned())
}

/// The framing of the answer that the archive had is not that of the answer that it gives.
const FRAMING: [&str; 4] =
    ["content-encoding", "content-length", "connection", "transfer-encoding"];

/// The archive's answer as the answer that it speaks of: the headers that it says were sent, under the content coding in
/// which it gives the entity now.
fn claimed(answer: Answer, row: &Row) -> Answer {
    const ORIGINAL: &str = "x-archive-orig-";
    let mut head = Head::default();
    for (name, value) in answer.head.iter() {
        match name.strip_prefix(ORIGINAL) {
            Some(original) if FRAMING.contains(&original) => head.push(name, value),
            Some(original) => head.push(original, value),
            None => {}
        }
    }
    for name in ["content-type", "content-encoding"] {
        let given = answer.head.get(name).filter(|value| !value.is_empty());
        if let Some(value) = given.filter(|_| head.get(name).is_none()) {
            head.push(name, value);
        }
    }
    let url = original_url(&answer.head).unwrap_or_else(|| row.url.clone());
    let (asked_at, at) = (row.at, row.at);
    Answer { asked_at, at, url, redirects: Vec::new(), remote: None, head, ..answer }
}

/// The address that was captured, which is not always the one that was asked for: `http` and `www` are as one.
fn original_url(head: &Head) -> Option<Url> {
    let link = head.text("link")?;
    let original = link.split('<').skip(1).find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        let parameters = parameters.split(',').next()?.replace('"', "");
        parameters.contains("rel=original").then_some(target)
    })?;
    Url::parse(original).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}
