//! What is asked for to the reply, whoever asks: the one place that knows which address is answered by what.

use std::path::Path;

use url::form_urlencoded;

use super::{CaseError, feeds, listings, pages};
use crate::clock::Timestamp;
use crate::fetch::{Digest, Head};
use crate::lineage::RevisionNumber;
use crate::store::{Page, Revision, Store, StoreError};
use crate::views::html::{self, Address, Links, Place};

/// What is asked for: an address, and what the query adds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The address.
    pub address: Address,
    /// Keys and values, in order.
    pub query: Vec<(String, String)>,
}

/// A reply, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub kind: &'static str,
    /// The body; of a redirect, the address.
    pub body: Vec<u8>,
    /// How a browser may treat it.
    pub form: Form,
    /// More headers. They take the place of those that every reply has.
    pub head: Head,
}

/// How a browser may treat a reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// palinode's own page, feed or listing.
    Own,
    /// Bytes that somebody else wrote: to be kept as a file and never shown.
    Foreign,
    /// Look there.
    Elsewhere,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    /// Nothing is called so.
    #[error("{0}")]
    NotFound(String),
    /// The question makes no sense.
    #[error("{0}")]
    Asked(String),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CaseError> for Problem {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Store(error) => Self::Store(error),
            CaseError::NotAnEvent(_) | CaseError::NoSuchEvent { .. } | CaseError::Nothing(_) => {
                Self::NotFound(error.to_string())
            }
        }
    }
}

impl Target {
    /// The target of a path and a query; `None` if the path leads nowhere.
    pub fn of(path: &str, query: &str) -> Option<Self> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Some(Self { address: Address::of_path(path)?, query: pairs.into_owned().collect() })
    }

    /// The first value of a key.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        let found = self.query.iter().find(|(other, _)| other == key);
        found.map(|(_, value)| value.as_str())
    }

    /// All values of a key.
    pub(super) fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(other, _)| other == key).map(|(_, value)| value.as_str())
    }
}

impl Reply {
    pub(super) fn html(body: String) -> Self {
        Self::own("text/html; charset=utf-8", body.into_bytes())
    }

    pub(super) fn own(kind: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, kind, body, form: Form::Own, head: Head::default() }
    }

    /// Bytes that somebody else wrote.
    pub(super) fn foreign(body: Vec<u8>) -> Self {
        Self { form: Form::Foreign, ..Self::own("application/octet-stream", body) }
    }

    pub(super) fn elsewhere(link: String) -> Self {
        let (kind, body) = ("text/plain; charset=utf-8", link.into_bytes());
        Self { status: 303, kind, body, form: Form::Elsewhere, head: Head::default() }
    }

    /// A name of these bytes, so that who has them already need not get them again.
    pub fn etag(&self) -> String {
        format!("\"{}\"", &Digest::of(&self.body).to_string()[..32])
    }
}

/// The reply to what is asked of the history in this file.
pub fn answer(store: &Path, target: &Target, now: Timestamp, place: Place) -> Reply {
    let links = Links::on(&target.address, place);
    let asked = Store::open_to_read(store)
        .map_err(Problem::from)
        .and_then(|store| reply(&store, target, now, links));
    asked.unwrap_or_else(|problem| refused(&problem, target, links))
}

fn reply(store: &Store, target: &Target, now: Timestamp, links: Links) -> Result<Reply, Problem> {
    let page = |key: &str| page_called(store, key);
    let html = |text: Result<String, Problem>| text.map(Reply::html);
    match &target.address {
        Address::Style => {
            Ok(Reply::own("text/css; charset=utf-8", html::style_sheet().as_bytes().to_vec()))
        }
        Address::Pages => html(pages::page_list(store, links, now)),
        Address::Events => html(pages::events(store, links, target.value("kind"))),
        Address::Search => html(pages::search(store, links, target.value("q").unwrap_or_default())),
        Address::Page(key) => html(pages::history(store, links, &page(key)?, target.value("from"))),
        Address::Checks(key) => html(pages::checks(store, links, &page(key)?)),
        Address::Phrase(key) => {
            html(pages::phrase(store, links, &page(key)?, target.value("q").unwrap_or_default()))
        }
        Address::Compare(key) => {
            pages::compare(store, links, &page(key)?, (target.value("from"), target.value("to")))
        }
        Address::Revision(key, number) => html(pages::text(store, links, &page(key)?, *number)),
        Address::Ages(key, number) => html(pages::ages(store, links, &page(key)?, *number)),
        Address::Diff(key, from, to, columns) => {
            html(pages::diff(store, links, &page(key)?, (*from, *to), *columns))
        }
        Address::Exhibit(key, number, place) => {
            html(pages::exhibit(store, links, page(key)?, (*number, *place), now))
        }
        Address::Capture(key, number) => pages::capture(store, &page(key)?, *number),
        Address::Feed(key, form) => {
            let page = key.as_deref().map(page).transpose()?;
            feeds::reply(store, target, page, *form)
        }
        Address::Api(words) => listings::listing(store, words, target, now),
    }
}

/// What is said when there is nothing to show.
fn refused(problem: &Problem, target: &Target, links: Links) -> Reply {
    let (status, title) = match problem {
        Problem::NotFound(_) => (404, "Not found"),
        Problem::Asked(_) => (400, "Not understood"),
        Problem::Store(_) => (500, "The history cannot be read"),
    };
    let why = problem.to_string();
    let mut reply = if matches!(target.address, Address::Api(_)) {
        listings::problem(&why)
    } else {
        Reply::html(html::problem(links, title, &why))
    };
    reply.status = status;
    reply
}

/// The page of this number or name.
pub(super) fn page_called(store: &Store, key: &str) -> Result<Page, Problem> {
    let found = store.page_called(key)?;
    found.ok_or_else(|| Problem::NotFound(format!("no page is called \"{key}\"")))
}

/// The revision of this number.
pub(super) fn numbered<'a>(
    revisions: &'a [Revision],
    page: &Page,
    number: RevisionNumber,
) -> Result<&'a Revision, Problem> {
    let found = Revision::numbered(revisions, number);
    found.ok_or_else(|| {
        Problem::NotFound(format!("{}: there is no revision {number}", page.title()))
    })
}

/// The number of a revision as a person writes it: `r3`, `3` or `latest`.
pub(super) fn named(
    revisions: &[Revision],
    page: &Page,
    text: &str,
) -> Result<RevisionNumber, Problem> {
    let none = || Problem::NotFound(format!("{}: there is no revision {text}", page.title()));
    let text = text.trim();
    if text == "latest" {
        return revisions.last().map(|last| last.number).ok_or_else(none);
    }
    let number = text.strip_prefix('r').unwrap_or(text).parse().map_err(|_| none())?;
    numbered(revisions, page, RevisionNumber(number)).map(|revision| revision.number)
}
