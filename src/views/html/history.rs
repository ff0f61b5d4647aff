//! A page's history to its own page: its states over time, its revisions with their events, and ways to look closer.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::address::{Address, Columns, Links, Place, key};
use super::event_line::{event_line, event_words};
use super::frame::{Framed, framed};
use super::lanes::lanes;
use super::text::{claimed, name, time};
use crate::lineage::{ByNumber, Event, RevisionNumber};
use crate::store::{Observation, Page, Revision};
use crate::views::log::{coverage, size};
use crate::views::{counted, states::States};

/// What a page's own page shows.
pub struct History<'a, W: ByNumber> {
    /// The page.
    pub page: &'a Page,
    /// Its revisions, oldest first.
    pub revisions: &'a [Revision],
    /// Its observations, oldest first.
    pub observations: &'a [Observation],
    /// The events of the revisions that are listed.
    pub events: &'a BTreeMap<RevisionNumber, Vec<Event>>,
    /// The wordings that they are about.
    pub wordings: &'a W,
    /// The newest revision that is listed; those after it are on another page of the list.
    pub from: Option<RevisionNumber>,
    /// So many are listed.
    pub limit: usize,
}

/// The page.
pub fn history<W: ByNumber>(links: Links, history: &History<'_, W>) -> String {
    let page = history.page;
    let key = key(page.id);
    let frame = Framed {
        links,
        title: page.title(),
        above: vec![("Pages".to_owned(), Address::Pages)],
        feed_of: Some(key.clone()),
    };
    framed(
        &frame,
        &html! {
            @if page.settings.name.is_some() { h1 { (name(page.title())) } } @else { h1.address { (name(page.title())) } }
            p { a href=(page.url.as_str()) rel="noreferrer" { (name(page.url.as_str())) } }
            p { (coverage(history.observations)) ". " a href=(links.to(&Address::Checks(key.clone()))) { "How the checks came out" } }
            (lanes(history.revisions))
            (history.ways(links, &key))
            h2 { "Revisions" }
            @if history.revisions.is_empty() { p { "It has not been seen yet." } }
            (history.list(links, &key))
        },
    )
}

impl<W: ByNumber> History<'_, W> {
    /// Where to look closer.
    fn ways(&self, links: Links, key: &str) -> Markup {
        let phrase = Address::Phrase(key.to_owned());
        let numbers = || self.revisions.iter().rev().map(|revision| revision.number.to_string());
        html! {
            @if links.place() == Place::Server && !self.revisions.is_empty() {
                @if !self.page.settings.phrases.is_empty() {
                    p { "Watched phrases: " @for it in &self.page.settings.phrases { a href=(links.asking(&phrase, &[("q", it)])) { (name(it)) } " " } }
                }
                form.line method="get" action=(links.to(&phrase)) {
                    label for="phrase" { "Follow a phrase" } input #phrase type="text" name="q" required; button type="submit" { "Follow" }
                }
                form.line method="get" action=(links.to(&Address::Compare(key.to_owned()))) {
                    label for="from" { "Compare" }
                    input #from type="text" name="from" list="numbers" size="6" required placeholder="r1";
                    label for="to" { "with" }
                    input #to type="text" name="to" list="numbers" size="6" required value=[self.revisions.last().map(|last| last.number)];
                    button type="submit" { "Compare" }
                    datalist #numbers { @for number in numbers().take(50) { option value=(number) {} } }
                }
            }
        }
    }

    fn list(&self, links: Links, key: &str) -> Markup {
        let states = States::new(self.revisions);
        let upto = self.from.map_or(self.revisions.len(), |from| {
            self.revisions.partition_point(|revision| revision.number <= from)
        });
        let first = upto.saturating_sub(self.limit);
        let older = first.checked_sub(1).map(|place| self.revisions[place].number);
        html! {
            ol.revisions reversed {
                @for place in (first..upto).rev() { (self.entry(links, key, &states, place)) }
            }
            @if let Some(older) = older {
                p { a href=(links.asking(&Address::Page(key.to_owned()), &[("from", &older.to_string())])) { (counted(first, "older revision")) } }
            }
        }
    }

    fn entry(&self, links: Links, key: &str, states: &States<'_>, place: usize) -> Markup {
        let revision = &self.revisions[place];
        let number = revision.number;
        let to = |address: &Address| links.to(address);
        let text = Address::Revision(key.to_owned(), number);
        let before = revision.against.or(number.before());
        html! {
            li id=(number) {
                h3 { a href=(to(&text)) { (number) } @if let Some(first) = states.earlier(place) { " " span.kind.restored { "again as in " (first.number) } } }
                div {
                    @match revision.after {
                        Some(after) => { "changed between " (time(after)) " and " (time(revision.first_seen)) }
                        None => { "first seen " (time(revision.first_seen)) }
                    }
                    @if let Some(size) = size(revision.size) { "; " (size) }
                    span.faint { "; seen until " (time(revision.last_seen)) " in " (counted(revision.checks as usize, "check")) }
                }
                (claimed(revision))
                (self.events(links, key, number))
                div.links {
                    @if let Some(before) = before { a href=(to(&Address::Diff(key.to_owned(), before, number, Columns::One))) { "difference to " (before) } }
                    a href=(to(&Address::Ages(key.to_owned(), number))) { "since when each word stands" }
                }
            }
        }
    }

    fn events(&self, links: Links, key: &str, number: RevisionNumber) -> Markup {
        let none = Vec::new();
        let events = self.events.get(&number).unwrap_or(&none);
        let told = || events.iter().enumerate().filter(|(_, event)| event.is_told());
        let silent = events.len() - told().count();
        html! {
            @if !events.is_empty() {
                ul {
                    @for (index, event) in told().take(MOST) {
                        (event_line(links, key, (number, index + 1), (event, event_words(event, self.wordings)), self.revisions))
                    }
                    @if told().count() > MOST { li.faint { "and " (told().count() - MOST) " more" } }
                    @if silent > 0 { li.faint { (counted(silent, "event")) " kept and not told" } }
                }
            }
        }
    }
}

/// So many events of a revision are listed.
const MOST: usize = 12;
