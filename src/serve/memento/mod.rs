//! What clients of web archives ask to what was captured: `TimeGates`, `TimeMaps` and mementos (RFC 7089) at the paths of
//! the Wayback Machine, and its CDX listing, so that whatever can read that archive can read this one.
//!
//! A folder of its own, because nothing here is for a person: an address holds another one, raw, and bytes are given as
//! they were sent, with the status that they had.

mod asked;
mod cdx;
mod found;
mod replay;
mod timemap;

use std::path::Path;

use url::Url;

use self::asked::Asked;
use self::found::Found;
use super::answer::{Problem, Reply};
use crate::store::Store;

/// What a request says beside its path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a> {
    /// Where this server is, for the client: `http://127.0.0.1:8018`.
    pub(super) server: &'a str,
    pub(super) accept_datetime: Option<&'a str>,
    pub(super) accept_encoding: Option<&'a str>,
}

/// Whether a path is one of an archive.
pub(super) fn is_asked(path: &str) -> bool {
    path.starts_with("/web/") || path == cdx::PATH
}

/// The reply to a path of an archive, given raw, with its query.
pub(super) fn answer(store: &Path, path: &str, client: Client<'_>) -> Reply {
    let asked = Store::open_to_read(store).map_err(Problem::from);
    asked.and_then(|store| reply(&store, path, client)).unwrap_or_else(|problem| refused(&problem))
}

fn reply(store: &Store, path: &str, client: Client<'_>) -> Result<Reply, Problem> {
    if let Some(query) = path.strip_prefix(cdx::PATH) {
        return cdx::listing(store, query.trim_start_matches('?'));
    }
    let asked = Asked::of(path).ok_or_else(|| Problem::NotFound("there is nothing here".into()))?;
    let found = Found::of(store, asked.url())?;
    if found.is_empty() {
        return Err(Problem::NotFound("no capture of that address is kept here".to_owned()));
    }
    let places = Places { server: client.server };
    match &asked {
        Asked::Latest(url) => replay::time_gate(&found, url, client.accept_datetime, places),
        Asked::At(at, form, url) => match found.exactly(*at, url) {
            Some(index) => replay::memento(store, &found, index, client, places),
            None => Ok(replay::nearest(&found, (*at, *form, url), places)),
        },
        Asked::TimeMap(form, page, url) => timemap::time_map(&found, (*form, *page), url, places),
    }
}

fn refused(problem: &Problem) -> Reply {
    let (status, why) = match problem {
        Problem::NotFound(why) => (404, why.clone()),
        Problem::Asked(why) => (400, why.clone()),
        Problem::Store(why) => (500, why.to_string()),
    };
    let text = crate::views::escape(&format!("{why}\n")).into_owned();
    Reply { status, ..Reply::own("text/plain; charset=utf-8", text.into_bytes()) }
}

/// The addresses at which a client finds what belongs together. They are whole: archives are read by what stands in them.
#[derive(Clone, Copy)]
struct Places<'a> {
    server: &'a str,
}

impl Places<'_> {
    fn time_gate(self, url: &Url) -> String {
        format!("{}/web/{}", self.server, linked(url))
    }

    fn time_map(self, form: asked::Form, url: &Url) -> String {
        format!("{}/web/timemap/{}/{}", self.server, form.name(), linked(url))
    }

    fn memento(self, digits: &str, url: &Url) -> String {
        format!("{}/web/{digits}/{}", self.server, linked(url))
    }
}

/// An address within one of ours: what clients take for the end of a link is written out.
fn linked(url: &Url) -> String {
    url.as_str().replace(',', "%2C").replace(';', "%3B")
}
