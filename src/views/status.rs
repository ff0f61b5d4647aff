//! How the watching goes: what waits, what cannot be seen, who is put off, and how well the last days were covered.

use std::io::{self, Write};

use serde::Serialize;

use super::{counted, escape, moment, span};
use crate::clock::Timestamp;
use crate::fetch::Wait;
use crate::watch::{Certainty, Coverage, FollowStatus, Lateness, PageStatus, SPANS};

/// All that is told.
pub struct Status<'a> {
    /// The time that it is told of.
    pub now: Timestamp,
    /// All watched pages.
    pub pages: &'a [PageStatus],
    /// All that is followed.
    pub follows: &'a [FollowStatus],
    /// The hosts that want to be left alone, and how many pages wait for that.
    pub waits: &'a [(Wait, usize)],
}

/// The names of [`SPANS`].
const SPAN_NAMES: [&str; 2] = ["7 days", "30 days"];

/// Writes it: a line for what all pages come to, one for each page that does not fare well, and the coverage.
pub fn status(out: &mut dyn Write, status: &Status<'_>) -> io::Result<()> {
    let Status { pages, follows, waits, .. } = status;
    let count = |wanted: &dyn Fn(&PageStatus) -> bool| pages.iter().filter(|it| wanted(it)).count();
    let (due, late) =
        (count(&|it| it.waiting >= Lateness::Due), count(&|it| it.waiting == Lateness::Late));
    let [failing, held, gone] =
        ["failed", "held", "gone"].map(|outcome| count(&|it| state(it) == Some(outcome)));
    writeln!(
        out,
        "{} watched: {due} due, {late} of them late; {failing} failing, {held} held, {gone} gone",
        counted(pages.len(), "page")
    )?;
    follows_fare(out, follows)?;
    for page in pages.iter().filter(|page| page.waiting == Lateness::Late) {
        let since = page.due.map(moment).unwrap_or_default();
        writeln!(out, "late     {}: due since {since}", title(page))?;
    }
    for page in *pages {
        unseen(out, page)?;
    }
    for (wait, pages) in *waits {
        let (host, until) = (escape(&wait.host), moment(wait.until));
        writeln!(out, "put off  {host}: until {until}, {}", counted(*pages, "page"))?;
    }
    for (index, name) in SPAN_NAMES.iter().enumerate() {
        coverage(out, name, pages, index)?;
    }
    let next = pages.iter().filter(|page| page.waiting == Lateness::OnTime);
    match next.filter_map(|page| Some((page.due?, page))).min_by_key(|(due, _)| *due) {
        Some((due, page)) => writeln!(out, "next: {} at {}", title(page), moment(due)),
        None => Ok(()),
    }
}

/// A line for all that is followed, and one for each that cannot be read.
fn follows_fare(out: &mut dyn Write, follows: &[FollowStatus]) -> io::Result<()> {
    let unread = follows.iter().filter(|one| one.is_unread());
    if !follows.is_empty() {
        writeln!(out, "{} followed: {} unread", follows.len(), unread.clone().count())?;
    }
    for one in unread {
        let Some(run) = &one.follow.last else { continue };
        let reason = run.reason.as_deref().unwrap_or("no reason is known");
        writeln!(
            out,
            "unread   {}: {} since {}, last tried {}",
            escape(one.follow.title()),
            escape(reason),
            moment(run.first_at),
            moment(run.last_at)
        )?;
    }
    Ok(())
}

/// What the last check came to, where the page was not seen.
fn state(page: &PageStatus) -> Option<&str> {
    let last = page.watched.last.as_ref()?;
    (!last.seen.is_sight()).then_some(last.seen.outcome.as_str())
}

fn title(page: &PageStatus) -> std::borrow::Cow<'_, str> {
    escape(page.watched.page.title())
}

fn unseen(out: &mut dyn Write, page: &PageStatus) -> io::Result<()> {
    let (Some(outcome), Some(last)) = (state(page), &page.watched.last) else { return Ok(()) };
    let word = if outcome == "failed" { "failing" } else { outcome };
    let reason = last.seen.reason.as_deref().unwrap_or("no reason is known");
    let since = page.unseen_since.unwrap_or(last.first_at);
    let tried = moment(last.last_at);
    writeln!(
        out,
        "{word:<8} {}: {} since {}, last tried {tried}",
        title(page),
        escape(reason),
        moment(since)
    )
}

fn together(pages: &[PageStatus], index: usize) -> Coverage {
    pages.iter().map(|page| page.coverage[index]).fold(Coverage::default(), Coverage::and)
}

fn coverage(out: &mut dyn Write, name: &str, pages: &[PageStatus], index: usize) -> io::Result<()> {
    let Coverage { checks, failed, held, certainty, longest_gap } = together(pages, index);
    let about = if certainty == Certainty::About { "about " } else { "" };
    let widest = pages.iter().max_by_key(|page| page.coverage[index].longest_gap);
    let Some(widest) = widest else { return Ok(()) };
    writeln!(
        out,
        "last {name}: {about}{}, {failed} failed, {held} blocked; longest gap {} ({})",
        counted(checks as usize, "check"),
        span(longest_gap),
        title(widest)
    )
}

#[derive(Serialize)]
struct StatusJson<'a> {
    at: String,
    pages: Vec<PageJson<'a>>,
    follows: Vec<FollowJson<'a>>,
    put_off: Vec<WaitJson<'a>>,
    coverage: Vec<CoverageJson>,
}

#[derive(Serialize)]
struct PageJson<'a> {
    url: &'a str,
    name: Option<&'a str>,
    due: Option<String>,
    waiting: &'static str,
    outcome: Option<&'a str>,
    reason: Option<&'a str>,
    unseen_since: Option<String>,
    last_tried: Option<String>,
    coverage: Vec<CoverageJson>,
}

#[derive(Serialize)]
struct FollowJson<'a> {
    url: &'a str,
    name: Option<&'a str>,
    due: Option<String>,
    outcome: Option<&'a str>,
    reason: Option<&'a str>,
    last_tried: Option<String>,
}

#[derive(Serialize)]
struct WaitJson<'a> {
    host: &'a str,
    until: String,
    refusals: u32,
    pages: usize,
}

#[derive(Serialize)]
struct CoverageJson {
    days: u64,
    checks: u32,
    failed: u32,
    blocked: u32,
    counted: bool,
    longest_gap_seconds: u64,
}

/// Writes the same as JSON.
pub fn status_json(out: &mut dyn Write, status: &Status<'_>) -> io::Result<()> {
    let put_off = status.waits.iter().map(|(wait, pages)| WaitJson {
        host: &wait.host,
        until: wait.until.to_string(),
        refusals: wait.refusals,
        pages: *pages,
    });
    let all = [0, 1].map(|index| together(status.pages, index));
    let json = StatusJson {
        at: status.now.to_string(),
        pages: status.pages.iter().map(page_json).collect(),
        follows: status.follows.iter().map(follow_json).collect(),
        put_off: put_off.collect(),
        coverage: coverage_json(&all),
    };
    super::json(out, &json)
}

fn follow_json(one: &FollowStatus) -> FollowJson<'_> {
    let last = one.follow.last.as_ref();
    FollowJson {
        url: one.follow.url.as_str(),
        name: one.follow.settings.name.as_deref(),
        due: one.due.map(|due| due.to_string()),
        outcome: last.map(|run| run.outcome.as_str()),
        reason: last.and_then(|run| run.reason.as_deref()),
        last_tried: last.map(|run| run.last_at.to_string()),
    }
}

fn page_json(page: &PageStatus) -> PageJson<'_> {
    let (watched, last) = (&page.watched.page, page.watched.last.as_ref());
    PageJson {
        url: watched.url.as_str(),
        name: watched.settings.name.as_deref(),
        due: page.due.map(|due| due.to_string()),
        waiting: match page.waiting {
            Lateness::OnTime => "on-time",
            Lateness::Due => "due",
            Lateness::Late => "late",
        },
        outcome: last.map(|last| last.seen.outcome.as_str()),
        reason: last.and_then(|last| last.seen.reason.as_deref()),
        unseen_since: page.unseen_since.map(|since| since.to_string()),
        last_tried: last.map(|last| last.last_at.to_string()),
        coverage: coverage_json(&page.coverage),
    }
}

fn coverage_json(coverage: &[Coverage]) -> Vec<CoverageJson> {
    let spans = coverage.iter().zip(SPANS).map(|(coverage, span)| CoverageJson {
        days: span.as_secs() / 86_400,
        checks: coverage.checks,
        failed: coverage.failed,
        blocked: coverage.held,
        counted: coverage.certainty == Certainty::Counted,
        longest_gap_seconds: coverage.longest_gap.as_secs(),
    });
    spans.collect()
}
