//! What is followed, what it names, and what there is to tell of it: as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;

use super::{counted, escape, moment};
use crate::page::PageUrl;
use crate::store::{Follow, Leaving, Listed};
use crate::watch::{Became, FollowNews, FollowStatus};

/// So many addresses of one kind are told one by one; of the rest, how many they are. JSON has all.
const MOST_TOLD: usize = 10;

/// Writes what there is to tell of a follow: data to `out`, trouble to `err`.
pub fn follow_news(
    out: &mut dyn Write,
    err: &mut dyn Write,
    follow: &Follow,
    news: &FollowNews,
) -> io::Result<()> {
    let title = escape(follow.title());
    match news {
        FollowNews::Added(pages, waiting) => {
            let wait = match waiting {
                0 => String::new(),
                some => format!("; {some} more wait for later looks"),
            };
            writeln!(out, "{title}: {} added{wait}", counted(pages.len(), "page"))?;
            addresses(out, '+', pages)
        }
        FollowNews::Unlisted(pages) => {
            writeln!(out, "{title}: no longer listed, and still watched:")?;
            addresses(out, '-', pages)
        }
        FollowNews::Listed(pages) => {
            writeln!(out, "{title}: listed again:")?;
            addresses(out, '+', pages)
        }
        FollowNews::Trouble(what, hint) => {
            writeln!(err, "{title}: {}: {}", escape(what), escape(hint))
        }
        FollowNews::Partly(why) => writeln!(
            err,
            "{title}: read in part: {}; what else it names is not known, and nothing counts as missing",
            escape(why)
        ),
        FollowNews::Recovered => writeln!(err, "{title}: read again"),
        FollowNews::PutOff(until) => {
            writeln!(
                err,
                "{title}: put off until {} UTC: its host asks for fewer visits",
                moment(*until)
            )
        }
    }
}

fn addresses(out: &mut dyn Write, sign: char, pages: &[PageUrl]) -> io::Result<()> {
    for url in pages.iter().take(MOST_TOLD) {
        writeln!(out, "  {sign} {}", escape(url.as_str()))?;
    }
    match pages.len().saturating_sub(MOST_TOLD) {
        0 => Ok(()),
        more => writeln!(out, "    and {more} more"),
    }
}

/// Writes the same as JSON, where it is data.
pub fn follow_news_json(
    out: &mut dyn Write,
    err: &mut dyn Write,
    follow: &Follow,
    news: &FollowNews,
) -> io::Result<()> {
    let (what, pages, waiting) = match news {
        FollowNews::Added(pages, waiting) => ("added", pages, *waiting),
        FollowNews::Unlisted(pages) => ("unlisted", pages, 0),
        FollowNews::Listed(pages) => ("listed", pages, 0),
        _ => return follow_news(out, err, follow, news),
    };
    let pages: Vec<&str> = pages.iter().map(PageUrl::as_str).collect();
    let (url, name) = (follow.url.as_str(), &follow.settings.name);
    let mut told = json!({ "follow": { "url": url, "name": name }, "what": what, "pages": pages });
    if waiting > 0 {
        told["waiting"] = waiting.into();
    }
    super::json(out, &told)
}

/// Writes what is followed, and how it fares.
pub fn following(out: &mut dyn Write, all: &[FollowStatus]) -> io::Result<()> {
    for one in all {
        let Follow { url, settings, last, .. } = &one.follow;
        let fared = match last {
            None => "never looked at".to_owned(),
            Some(run) => match &run.reason {
                None => format!("{} {}", run.outcome, moment(run.last_at)),
                Some(reason) => format!(
                    "{} ({}) since {}, last tried {}",
                    run.outcome,
                    escape(reason),
                    moment(run.first_at),
                    moment(run.last_at)
                ),
            },
        };
        writeln!(out, "{}  {}  {fared}", escape(one.follow.title()), settings.cadence.in_words())?;
        if settings.name.is_some() {
            writeln!(out, "    {}", escape(url.as_str()))?;
        }
        if last.is_some() {
            writeln!(out, "    {}", sums(one))?;
        }
    }
    Ok(())
}

fn sums(one: &FollowStatus) -> String {
    let named = one.listed.iter().filter(|(row, _)| row.absent.is_none()).count();
    let counts = Became::ALL.map(|what| (one.count(what), what.name()));
    let parts = counts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    let gone = count_of(one, Leaving::Unlisted);
    let gone = if gone > 0 { format!("; {gone} no longer listed") } else { String::new() };
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("{named} listed{parts}{gone}")
}

fn count_of(one: &FollowStatus, how: Leaving) -> usize {
    let left = |row: &Listed| row.absent.is_some_and(|absent| absent.how == how);
    one.listed.iter().filter(|(row, _)| left(row)).count()
}

/// Writes what one follow names or named, newest first.
pub fn listed(out: &mut dyn Write, one: &FollowStatus) -> io::Result<()> {
    for (row, became) in one.listed.iter().rev() {
        let since = moment(row.first_at);
        let gone = row.absent.map_or_else(String::new, |absent| {
            let (last, gone) = (moment(absent.last_at), moment(absent.gone_at));
            format!("; {} between {last} and {gone}", absent.how.name())
        });
        writeln!(out, "{since}  {:<8}  {}{gone}", became.name(), escape(row.url.as_str()))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct FollowJson<'a> {
    url: &'a str,
    name: Option<&'a str>,
    cadence: String,
    only: &'a [String],
    skip: &'a [String],
    limit: usize,
    most: usize,
    other_hosts: bool,
    added_at: String,
    due: Option<String>,
    last: Option<LastJson<'a>>,
    listed: usize,
    watched: usize,
    waiting: usize,
    filtered: usize,
    removed: usize,
    unlisted: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<Vec<ListedJson<'a>>>,
}

#[derive(Serialize)]
struct LastJson<'a> {
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    since: String,
    at: String,
    looks: u32,
}

#[derive(Serialize)]
struct ListedJson<'a> {
    url: &'a str,
    became: &'static str,
    dated: Option<String>,
    first_listed: String,
    absent: Option<AbsentJson>,
    added_at: Option<String>,
}

#[derive(Serialize)]
struct AbsentJson {
    how: &'static str,
    last_listed: String,
    first_missing: String,
}

/// Writes the same as JSON; with what each names, where one was asked for.
pub fn following_json(out: &mut dyn Write, all: &[FollowStatus], detail: Detail) -> io::Result<()> {
    let all: Vec<FollowJson<'_>> = all.iter().map(|one| follow_json(one, detail)).collect();
    super::json(out, &all)
}

/// How much of a follow is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// How it fares.
    Sums,
    /// What it names, too.
    Addresses,
}

fn follow_json(one: &FollowStatus, detail: Detail) -> FollowJson<'_> {
    let Follow { url, settings, added_at, last, .. } = &one.follow;
    let named = one.listed.iter().filter(|(row, _)| row.absent.is_none()).count();
    let addresses = || one.listed.iter().rev().map(|(row, became)| listed_json(row, *became));
    FollowJson {
        url: url.as_str(),
        name: settings.name.as_deref(),
        cadence: settings.cadence.to_string(),
        only: &settings.only,
        skip: &settings.skip,
        limit: settings.limit,
        most: settings.most,
        other_hosts: settings.other_hosts,
        added_at: added_at.to_string(),
        due: one.due.map(|due| due.to_string()),
        last: last.as_ref().map(|run| LastJson {
            outcome: &run.outcome,
            reason: run.reason.as_deref(),
            since: run.first_at.to_string(),
            at: run.last_at.to_string(),
            looks: run.looks,
        }),
        listed: named,
        watched: one.count(Became::Watched),
        waiting: one.count(Became::Waiting),
        filtered: one.count(Became::Filtered),
        removed: one.count(Became::Removed),
        unlisted: count_of(one, Leaving::Unlisted),
        addresses: (detail == Detail::Addresses).then(|| addresses().collect()),
    }
}

fn listed_json(row: &Listed, became: Became) -> ListedJson<'_> {
    ListedJson {
        url: row.url.as_str(),
        became: became.name(),
        dated: row.dated.map(|date| date.to_string()),
        first_listed: row.first_at.to_string(),
        absent: row.absent.map(|absent| AbsentJson {
            how: absent.how.name(),
            last_listed: absent.last_at.to_string(),
            first_missing: absent.gone_at.to_string(),
        }),
        added_at: row.added_at.map(|time| time.to_string()),
    }
}
