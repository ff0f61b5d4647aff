//! The watched pages to a table: what each is called, how often it is looked at, and how it fared last.

use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::hyperlink::linked;
use super::styled::{Mark, Piece};
use super::{Look, escape, moment};
use crate::clock::Timestamp;
use crate::fetch::Wait;
use crate::lineage::RevisionNumber;
use crate::page::PageSettings;
use crate::store::{Observation, Page, Watched};

/// One page of the listing.
pub struct PageLine<'a> {
    /// The page.
    pub page: &'a Page,
    /// The revision that stands.
    pub revision: Option<RevisionNumber>,
    /// Its last observation.
    pub last: Option<&'a Observation>,
    /// Until when it is put off, because its host wants to be left alone.
    pub put_off: Option<Timestamp>,
}

impl<'a> PageLine<'a> {
    /// The lines of these pages, by what their hosts asked for at this time.
    pub fn of(watched: &'a [Watched], waits: &[Wait], now: Timestamp) -> Vec<Self> {
        let put_off = |page: &Page| {
            let mut waiting = waits.iter().filter(|wait| wait.holds(now));
            waiting.find(|wait| wait.host == page.url.host()).map(|wait| wait.until)
        };
        let line = |watched: &'a Watched| Self {
            page: &watched.page,
            revision: watched.baseline.as_ref().map(|baseline| baseline.revision),
            last: watched.last.as_ref(),
            put_off: put_off(&watched.page),
        };
        watched.iter().map(line).collect()
    }
}

/// Writes the table.
pub fn pages(out: &mut dyn Write, look: Look, lines: &[PageLine<'_>]) -> io::Result<()> {
    let name_width =
        lines.iter().map(|line| escape(line.page.title()).width()).max().unwrap_or(0).clamp(4, 48);
    let cadence_width =
        lines.iter().map(|line| line.page.settings.cadence.in_words().len()).max().unwrap_or(0);
    for line in lines {
        let name = Piece::new(line.page.title(), Mark::Strong);
        let pad = name_width.saturating_sub(escape(line.page.title()).width());
        let revision =
            line.revision.map_or_else(|| "\u{2013}".to_owned(), |number| number.to_string());
        let removed = if line.page.removed_at.is_some() { ", no longer watched" } else { "" };
        let put_off = line.put_off.map_or_else(String::new, |until| {
            format!(", put off until {} by its host", moment(until))
        });
        let private =
            if line.page.settings.allow_private { ", private addresses allowed" } else { "" };
        let robots = if line.page.settings.ignore_robots { ", robots.txt ignored" } else { "" };
        let rendered = if line.page.settings.render { ", scripts run" } else { "" };
        let once =
            if bool::from(line.page.settings.confirm) { "" } else { ", changes believed at once" };
        writeln!(
            out,
            "{}{:pad$}  {:<cadence_width$}  {revision:<5} {}{removed}{put_off}{private}{robots}{rendered}{once}",
            linked(look, line.page.url.as_str(), &name),
            "",
            line.page.settings.cadence.in_words(),
            line.last.map_or_else(|| "never checked".to_owned(), fared),
        )?;
        if line.page.settings.name.is_some() {
            writeln!(
                out,
                "    {}",
                linked(
                    look,
                    line.page.url.as_str(),
                    &Piece::new(line.page.url.as_str(), Mark::Faint)
                )
            )?;
        }
    }
    Ok(())
}

fn fared(last: &Observation) -> String {
    let when = moment(last.last_at);
    match (&last.seen.reason, last.seen.is_sight()) {
        (_, true) => format!("seen {when}"),
        (Some(reason), false) => format!(
            "{} ({reason}) since {}, last tried {when}",
            last.seen.outcome,
            moment(last.first_at)
        ),
        (None, false) => format!("{} {when}", last.seen.outcome),
    }
}

/// A page for programs.
#[derive(Serialize)]
pub(super) struct PageJson<'a> {
    url: &'a str,
    #[serde(flatten)]
    settings: SettingsJson<'a>,
    added_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<String>,
    revision: Option<u32>,
    last: Option<LastJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    put_off_until: Option<String>,
}

/// The settings without the values of headers, which may be secrets.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
struct SettingsJson<'a> {
    name: Option<&'a str>,
    cadence: String,
    select: &'a [String],
    exclude: &'a [String],
    phrases: &'a [String],
    tags: &'a [String],
    headers: Vec<&'a str>,
    allow_private: bool,
    ignore_robots: bool,
    render: bool,
    confirm: bool,
}

#[derive(Serialize)]
struct LastJson<'a> {
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    since: String,
    at: String,
    checks: u32,
}

/// Writes the pages as JSON.
pub fn pages_json(out: &mut dyn Write, lines: &[PageLine<'_>]) -> io::Result<()> {
    let all: Vec<PageJson<'_>> = lines.iter().map(page_json).collect();
    super::json(out, &all)
}

pub(super) fn page_json<'a>(line: &PageLine<'a>) -> PageJson<'a> {
    PageJson {
        url: line.page.url.as_str(),
        settings: settings_json(&line.page.settings),
        added_at: line.page.added_at.to_string(),
        removed_at: line.page.removed_at.map(|time| time.to_string()),
        revision: line.revision.map(|number| number.0),
        last: line.last.map(|last| LastJson {
            outcome: &last.seen.outcome,
            reason: last.seen.reason.as_deref(),
            since: last.first_at.to_string(),
            at: last.last_at.to_string(),
            checks: last.checks,
        }),
        put_off_until: line.put_off.map(|until| until.to_string()),
    }
}

fn settings_json(settings: &PageSettings) -> SettingsJson<'_> {
    SettingsJson {
        name: settings.name.as_deref(),
        cadence: settings.cadence.to_string(),
        select: &settings.select,
        exclude: &settings.exclude,
        phrases: &settings.phrases,
        tags: &settings.tags,
        headers: settings.headers.keys().map(String::as_str).collect(),
        allow_private: settings.allow_private,
        ignore_robots: settings.ignore_robots,
        render: settings.render,
        confirm: settings.confirm.into(),
    }
}
