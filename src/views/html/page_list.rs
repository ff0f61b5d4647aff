//! The watched pages to the first page of the site: how each fares, and how often it changes.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::address::{Address, Links, key};
use super::frame::{Framed, framed};
use super::lanes::spark;
use super::text::{name, time};
use crate::clock::Timestamp;
use crate::store::PageId;
use crate::views::PageLine;

/// The list. `times` are those of every page's revisions.
pub fn page_list(
    links: Links,
    pages: &[PageLine<'_>],
    times: &BTreeMap<PageId, Vec<Timestamp>>,
) -> String {
    let frame = Framed { links, title: "Pages", above: Vec::new(), feed_of: None };
    framed(
        &frame,
        &html! {
            h1 { "Watched pages" }
            @if pages.is_empty() { p { "Nothing is watched yet." } } @else {
                section.scroll tabindex="0" aria-label="Watched pages" {
                    table.watched {
                        thead { tr { th scope="col" { "page" } th scope="col" { "revisions" } th scope="col" { "over time" } th scope="col" { "last checked" } th scope="col" { "health" } } }
                        tbody { @for line in pages { (row(links, line, times.get(&line.page.id))) } }
                    }
                }
            }
        },
    )
}

fn row(links: Links, line: &PageLine<'_>, times: Option<&Vec<Timestamp>>) -> Markup {
    let address = Address::Page(key(line.page.id));
    let last = line.last;
    html! {
        tr {
            th scope="row" {
                a href=(links.to(&address)) { (name(line.page.title())) }
                @if line.page.settings.name.is_some() { br; span.faint { (name(line.page.url.as_str())) } }
            }
            td.number { @match line.revision { Some(number) => { (number) }, None => { "none" } } }
            td { @if let Some(times) = times { (spark(times, last.map(|last| last.last_at))) } }
            td { @match last { Some(last) => { (time(last.last_at)) }, None => { "never" } } }
            td { (health(line)) }
        }
    }
}

fn health(line: &PageLine<'_>) -> Markup {
    html! {
        @match line.last {
            None => { "not checked yet" }
            Some(last) if last.seen.is_sight() => { "seen" }
            Some(last) => {
                span.bad { (last.seen.outcome) } @if let Some(reason) = &last.seen.reason { " (" (name(reason)) ")" }
                " since " (time(last.first_at))
            }
        }
        @if let Some(until) = line.put_off { "; put off until " (time(until)) " by its host" }
        @if line.page.removed_at.is_some() { "; no longer watched" }
    }
}
