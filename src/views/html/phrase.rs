//! A phrase's ledger to a band over time and the runs that it is made of.

use maud::{Markup, html};

use super::super::sources::claim;
use super::address::{Address, Links, key};
use super::frame::{Framed, framed};
use super::text::{name, pieces, quoted, time};
use super::time_line::{Presence, Stretch, time_line};
use crate::store::{Observation, Page};
use crate::views::events::bounds;
use crate::views::excerpt::in_context;
use crate::views::moment;
use crate::views::trace::{Entry, Ledger};

/// The page.
pub fn phrase(links: Links, page: &Page, ledger: &Ledger<'_>, checks: &[Observation]) -> String {
    let key = key(page.id);
    let title = format!("\u{201c}{}\u{201d} on {}", ledger.phrase, ledger.title);
    let frame = Framed {
        links,
        title: &title,
        above: vec![
            ("Pages".to_owned(), Address::Pages),
            (ledger.title.to_owned(), Address::Page(key.clone())),
        ],
        feed_of: Some(key.clone()),
    };
    framed(
        &frame,
        &html! {
            h1 { (quoted(ledger.phrase)) }
            form.line method="get" action=(links.to(&Address::Phrase(key.clone()))) {
                label for="phrase" { "Follow a phrase" } input #phrase type="text" name="q" value=(ledger.phrase) required; button type="submit" { "Follow" }
            }
            @if ledger.is_blank() { p { "No revision of this page holds it." } } @else {
                (band(ledger, checks))
                ol.revisions { @for entry in &ledger.entries { (run(links, &key, entry)) } }
            }
            (unseen(ledger))
        },
    )
}

fn band(ledger: &Ledger<'_>, checks: &[Observation]) -> Markup {
    let stretch = |entry: &Entry<'_>| Stretch {
        presence: if entry.run.found.count == 0 { Presence::Missing } else { Presence::There },
        from: entry.first_seen,
        to: entry.last_seen,
    };
    let stretches: Vec<Stretch> = ledger.entries.iter().map(stretch).collect();
    let said: Vec<String> = ledger
        .entries
        .iter()
        .map(|entry| {
            format!("{} {} to {}", entry.word(), moment(entry.first_seen), moment(entry.last_seen))
        })
        .collect();
    html! {
        figure {
            (time_line(&stretches, checks, &format!("Time line: {}.", said.join("; "))))
            figcaption { "Green: it was there. Red: the page was seen without it. Dashes: nobody looked, or the page could not be seen. What lies long before the first change and after the last is cut." }
        }
    }
}

fn run(links: Links, page: &str, entry: &Entry<'_>) -> Markup {
    let absent = entry.run.found.count == 0;
    let back = entry.run.gone.is_some();
    let text = Address::Revision(page.to_owned(), entry.run.from);
    html! {
        li {
            h2 { span class={ "kind" @if back { " restored" } } { (entry.word()) } " " a href=(links.to(&text)) { (entry.revisions()) } }
            div {
                (if absent { "first missing " } else { "first seen " }) (time(entry.first_seen))
                (if absent { ", last missing " } else { ", last seen " }) (time(entry.last_seen))
                @if entry.run.found.count > 1 { ", " (entry.run.found.count) " times" }
                @if let Some(absence) = &entry.absence { "; it had been gone for " (bounds(absence)) }
            }
            @if let Some(source) = entry.source { div.faint { (name(&claim(source))) } }
            @if let Some((text, range)) = &entry.context {
                p.quote dir="auto" lang="" { (pieces(&in_context(text, std::slice::from_ref(range)))) }
            }
        }
    }
}

fn unseen(ledger: &Ledger<'_>) -> Markup {
    html! {
        @if !ledger.blind.is_empty() {
            h2 { "Times of which nothing is known" }
            ul {
                @for run in &ledger.blind {
                    li { (time(run.first_at)) @if run.first_at != run.last_at { " to " (time(run.last_at)) } ": " (run.seen.outcome) @if let Some(reason) = &run.seen.reason { " (" (name(reason)) ")" } }
                }
            }
        }
    }
}
