//! The listings for programs: the same JSON as `--json` prints, by address.
//!
//! ```text
//! /api/v1/pages                         /api/v1/events?kind=restored&since=2018-06-18
//! /api/v1/search?q=PHRASE               /api/v1/page/PAGE/log?limit=20
//! /api/v1/page/PAGE/graph               /api/v1/page/PAGE/show?rev=r3
//! /api/v1/page/PAGE/diff?from=r1&to=r3  /api/v1/page/PAGE/trace?q=PHRASE
//! /api/v1/page/PAGE/blame?rev=r3        /api/v1/page/PAGE/events?kind=removed&all=1
//! /api/v1/page/PAGE/links?limit=20
//! ```
//!
//! `/api/v1/openapi.json` describes them; a test holds every answer against it.

use std::io;

use super::answer::{Problem, Reply, Target, named, numbered, page_called};
use super::happened::{Happened, KeptEvents, Wanted};
use super::pages::found;
use super::traced::Traced;
use crate::clock::Timestamp;
use crate::diff::compare;
use crate::fetch::Digest;
use crate::lineage::{
    EventKind, Exactness, PhraseCounter, Sought, Weave, WordOrder, Wordings, passages, texts,
};
use crate::store::{Page, Store};
use crate::views::{self, Compared, EventsOf, Findings, PageLine, Shown, Turns};
use crate::watch::beside_changes;

const JSON: &str = "application/json; charset=utf-8";

/// So many wordings a page, or revisions, unless `limit` says otherwise.
const LIMIT: usize = 20;

pub(super) fn listing(
    store: &Store,
    words: &[String],
    target: &Target,
    now: Timestamp,
) -> Result<Reply, Problem> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["page", page, name] => {
            let listed = OF_PAGE.iter().find(|(known, _)| known == name).ok_or_else(unknown)?;
            listed.1(store, &page_called(store, page)?, target)
        }
        [name] => {
            let listed = OF_ALL.iter().find(|(known, _)| known == name).ok_or_else(unknown)?;
            listed.1(store, target, now)
        }
        _ => Err(unknown()),
    }
}

type OfAll = fn(&Store, &Target, Timestamp) -> Result<Reply, Problem>;

/// The listings of everything, by their names.
const OF_ALL: [(&str, OfAll); 4] = [
    ("openapi.json", |_, _, _| description()),
    ("pages", |store, _, now| pages(store, now)),
    ("events", |store, target, _| events(store, &store.pages_ever()?, target)),
    ("search", |store, target, _| search(store, target)),
];

type OfPage = fn(&Store, &Page, &Target) -> Result<Reply, Problem>;

/// The listings of a page, by their names.
const OF_PAGE: [(&str, OfPage); 8] = [
    ("log", log),
    ("links", links),
    ("graph", |store, page, _| graph(store, page)),
    ("show", show),
    ("diff", diff),
    ("trace", trace),
    ("blame", blame),
    ("events", |store, page, target| events(store, std::slice::from_ref(page), target)),
];

/// What the listings take and give, by `OpenAPI` 3.1.
fn description() -> Result<Reply, Problem> {
    let parsed = |text| -> Result<serde_json::Value, Problem> {
        serde_json::from_str(text).map_err(|why| Problem::Asked(why.to_string()))
    };
    let mut all = parsed(include_str!("openapi/listings.json"))?;
    all["components"]["schemas"] = parsed(include_str!("openapi/schemas.json"))?;
    written(|out| views::json(out, &all))
}

fn unknown() -> Problem {
    let of_all = OF_ALL.iter().map(|(name, _)| format!("/{name}"));
    let of_page = OF_PAGE.iter().map(|(name, _)| format!("/page/{{page}}/{name}"));
    let known: Vec<String> = of_all.chain(of_page).collect();
    Problem::NotFound(format!("there is no such listing\nhint: there are {}", known.join(", ")))
}

/// An error for programs.
pub(super) fn problem(why: &str) -> Reply {
    let json = serde_json::json!({ "error": why });
    let write = |out: &mut Vec<u8>| views::json(out, &json);
    written(write).unwrap_or_else(|_| Reply::own(JSON, b"{}\n".to_vec()))
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<Reply, Problem> {
    let mut out = Vec::new();
    write(&mut out).map_err(|why| Problem::Asked(why.to_string()))?;
    Ok(Reply::own(JSON, out))
}

fn limit(target: &Target) -> Result<usize, Problem> {
    let limit = target.value("limit").map(str::parse).transpose();
    let limit = limit.map_err(|_| Problem::Asked("limit is no number".to_owned()))?;
    Ok(limit.unwrap_or(LIMIT))
}

fn asked<'a>(target: &'a Target, key: &str) -> Result<&'a str, Problem> {
    let value = target.value(key).filter(|value| !value.trim().is_empty());
    value.ok_or_else(|| Problem::Asked(format!("nothing is asked: ?{key}= is missing")))
}

fn pages(store: &Store, now: Timestamp) -> Result<Reply, Problem> {
    let watched = store.watched()?;
    let lines = PageLine::of(&watched, &store.waits()?, now);
    written(|out| views::pages_json(out, &lines))
}

fn events(store: &Store, pages: &[Page], target: &Target) -> Result<Reply, Problem> {
    let kinds: Result<Vec<EventKind>, _> = target.values("kind").map(str::parse).collect();
    let kinds = kinds.map_err(|error| Problem::Asked(error.to_string()))?;
    let since: Option<Timestamp> = target
        .value("since")
        .map(str::parse)
        .transpose()
        .map_err(|error: crate::clock::NotATime| Problem::Asked(error.to_string()))?;
    let all = target.value("all").is_some();
    let kept = if all { KeptEvents::All } else { KeptEvents::Told };
    let happened = Happened::on(store, pages, Wanted { kinds: &kinds, since, kept })?;
    let told: Vec<EventsOf<'_>> = happened.iter().map(Happened::view).collect();
    written(|out| views::events_json(out, &told))
}

fn search(store: &Store, target: &Target) -> Result<Reply, Problem> {
    let (asked, limit) = (asked(target, "q")?, limit(target)?);
    let sought = Sought::new(asked, Exactness::Folded, WordOrder::AsGiven)
        .ok_or_else(|| Problem::Asked(format!("\"{asked}\" holds no word to search for")))?;
    let read = found(store, &sought)?;
    let found = read.iter().map(super::pages::Found::view).filter(|found| !found.is_empty());
    let found: Vec<Findings<'_>> = found.collect();
    written(|out| views::search_json(out, &found, limit))
}

fn log(store: &Store, page: &Page, target: &Target) -> Result<Reply, Problem> {
    let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
    let limit = limit(target)?;
    let oldest = revisions.iter().rev().take(limit).next_back().map(|revision| revision.number);
    let events = store.events_by_revision(page.id, oldest)?;
    let wordings = store.wordings(page.id)?;
    let log = views::Log {
        title: page.title(),
        url: page.url.as_str(),
        revisions: &revisions,
        observations: &observations,
        events: &events,
        wordings: &wordings,
        by_others: store.checks_by_others(page.id)?,
        limit,
    };
    let entities = store.entities(page.id)?;
    written(|out| views::log_json(out, &log, &entities))
}

fn links(store: &Store, page: &Page, target: &Target) -> Result<Reply, Problem> {
    let (changes, limit) = (beside_changes(store, page)?, limit(target)?);
    let skipped = changes.len().saturating_sub(limit);
    written(|out| views::beside_json(out, page, &changes[skipped..]))
}

fn graph(store: &Store, page: &Page) -> Result<Reply, Problem> {
    let (revisions, observations) = (store.revisions(page.id)?, store.observations(page.id)?);
    let graph = views::Graph {
        title: page.title(),
        url: page.url.as_str(),
        revisions: &revisions,
        observations: &observations,
        turns: Turns::Each,
        limit: usize::MAX,
    };
    written(|out| views::graph_json(out, &graph))
}

fn show(store: &Store, page: &Page, target: &Target) -> Result<Reply, Problem> {
    let revisions = store.revisions(page.id)?;
    let number = named(&revisions, page, target.value("rev").unwrap_or("latest"))?;
    let revision = numbered(&revisions, page, number)?;
    let (past, state) = (store.past(page.id)?, store.state(revision.state)?);
    let wordings = Wordings::of(&past);
    let shown = Shown {
        title: page.title(),
        url: page.url.as_str(),
        revision,
        state: &state,
        passages: passages(&state.layout, &wordings).collect(),
    };
    past.vouch(number, &texts(&state.layout, &wordings))?;
    let entity = Digest::of(&store.answer(revision.capture, &page.url)?.entity);
    written(|out| views::show_json(out, &shown, entity))
}

fn diff(store: &Store, page: &Page, target: &Target) -> Result<Reply, Problem> {
    let revisions = store.revisions(page.id)?;
    let to = named(&revisions, page, target.value("to").unwrap_or("latest"))?;
    let to = numbered(&revisions, page, to)?;
    let against = to.against.map(|against| against.to_string());
    let from = target.value("from").map(str::to_owned).or(against).unwrap_or("r1".to_owned());
    let from = numbered(&revisions, page, named(&revisions, page, &from)?)?;
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let (old, new) = (past.texts(from.number, &wordings)?, past.texts(to.number, &wordings)?);
    let comparison = compare(&old, &new);
    let (title, url) = (page.title(), page.url.as_str());
    let compared = Compared { title, url, from, to, old: &old, new: &new, comparison: &comparison };
    written(|out| views::diff_json(out, &compared))
}

fn trace(store: &Store, page: &Page, target: &Target) -> Result<Reply, Problem> {
    let phrase = asked(target, "q")?;
    let counter = PhraseCounter::new(phrase, Exactness::Folded)
        .ok_or_else(|| Problem::Asked(format!("\"{phrase}\" holds no word to follow")))?;
    let traced = Traced::of(store, page, &counter)?;
    written(|out| views::trace_json(out, &[traced.view(phrase)]))
}

fn blame(store: &Store, page: &Page, target: &Target) -> Result<Reply, Problem> {
    let revisions = store.revisions(page.id)?;
    let number = named(&revisions, page, target.value("rev").unwrap_or("latest"))?;
    let revision = numbered(&revisions, page, number)?;
    let past = store.past(page.id)?;
    let (weave, wordings) = (Weave::of(&past), Wordings::of(&past));
    let layout = store.layout(page.id, number)?;
    let passages = weave.blamed(&layout, number, &wordings);
    past.sound()?;
    let blame = views::Blame {
        title: page.title(),
        url: page.url.as_str(),
        revision,
        revisions: &revisions,
        passages,
    };
    written(|out| views::blame_json(out, &blame))
}
