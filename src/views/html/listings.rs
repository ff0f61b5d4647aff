//! What was found, what happened, how checks came out, and the text of a revision with its ages: the plainer pages.

use maud::{Markup, html};

use super::address::{Address, Columns, Links, key};
use super::event_line::{event_line, event_words};
use super::frame::{Framed, framed};
use super::text::{claimed, name, pieces, quoted, time, visible};
use crate::extract::{PassageKind, tokens};
use crate::lineage::{ByNumber, Event, EventKind, Origin, RevisionNumber};
use crate::store::{Observation, Page, Revision};
use crate::views::blame::ends;
use crate::views::excerpt::in_context;
use crate::views::log::coverage;
use crate::views::search::Finding;
use crate::views::{Blame, Findings, Shown, counted, moment, span};

/// The events of one revision of a page.
pub struct Happened<'a, W: ByNumber> {
    /// The page.
    pub page: &'a Page,
    /// Its revisions.
    pub revisions: &'a [Revision],
    /// The revision.
    pub number: RevisionNumber,
    /// Its events, all of them, in their order.
    pub events: &'a [Event],
    /// The wordings that they are about.
    pub wordings: &'a W,
}

fn above_page(page: &str, title: &str) -> Vec<(String, Address)> {
    vec![("Pages".to_owned(), Address::Pages), (title.to_owned(), Address::Page(page.to_owned()))]
}

/// What was found, of what was asked.
pub fn found(links: Links, asked: &str, pages: &[(String, Findings<'_>)]) -> String {
    let count: usize = pages.iter().map(|(_, page)| page.found.len()).sum();
    let frame = Framed { links, title: "Search", above: Vec::new(), feed_of: None };
    framed(
        &frame,
        &html! {
            h1 { "Search" }
            @if asked.is_empty() { p { "What is sought? A phrase, as it was written; case and the shapes of quotes do not matter." } }
            @else { p { (quoted(asked)) " in " (counted(count, "wording")) " on " (counted(pages.len(), "page")) "." } }
            @for (key, page) in pages {
                h2 { a href=(links.to(&Address::Page(key.clone()))) { (name(page.title)) } }
                ol.revisions { @for finding in page.found.iter().take(FOUND) { (finding_of(links, key, finding)) } }
                @if page.found.len() > FOUND { p.faint { "and " (page.found.len() - FOUND) " more" } }
            }
        },
    )
}

/// So many wordings of a page are shown.
const FOUND: usize = 20;

fn finding_of(links: Links, page: &str, finding: &Finding<'_>) -> Markup {
    let text = Address::Revision(page.to_owned(), finding.sighting.to);
    html! {
        li {
            div {
                span.kind { (finding.word().trim_end()) } " " a href=(links.to(&text)) { (finding.revisions()) }
                ", first seen " (time(finding.first_seen)) ", last seen " (time(finding.last_seen))
                @if let Some(missing) = finding.first_missing { ", this wording first missing " (time(missing)) }
            }
            p.quote dir="auto" lang="" { (pieces(&in_context(finding.text, &finding.sighting.places))) }
        }
    }
}

/// What happened lately, newest first.
pub fn happened<W: ByNumber>(
    links: Links,
    kind: Option<EventKind>,
    all: &[Happened<'_, W>],
) -> String {
    let frame = Framed { links, title: "Events", above: Vec::new(), feed_of: None };
    let choice = |of: Option<EventKind>, text: &str| {
        let link = of.map_or_else(
            || links.to(&Address::Events),
            |of| links.asking(&Address::Events, &[("kind", of.name())]),
        );
        html! { a href=(link) aria-current=[(of == kind).then_some("true")] { (text) } }
    };
    framed(
        &frame,
        &html! {
            h1 { "What happened" }
            @if links.place() == super::address::Place::Server {
                p.links { (choice(None, "all")) @for of in EventKind::ALL { (choice(Some(of), of.name())) } }
            }
            @if all.is_empty() { p { "Nothing yet." } }
            ol.revisions { @for of in all { (happened_in(links, kind, of)) } }
        },
    )
}

fn happened_in<W: ByNumber>(links: Links, kind: Option<EventKind>, of: &Happened<'_, W>) -> Markup {
    let page = key(of.page.id);
    let revision = Revision::numbered(of.revisions, of.number);
    let before = revision.and_then(|revision| revision.against);
    let wanted = |event: &Event| event.is_told() && kind.is_none_or(|kind| kind == event.kind);
    html! {
        li {
            h2 { a href=(links.to(&Address::Page(page.clone()))) { (name(of.page.title())) } " "
                @match before {
                    Some(before) => { a href=(links.to(&Address::Diff(page.clone(), before, of.number, Columns::One))) { (of.number) } }
                    None => { (of.number) }
                }
            }
            @if let Some(revision) = revision {
                div.faint { @if let Some(after) = revision.after { "between " (time(after)) " and " } (time(revision.first_seen)) }
                (claimed(revision))
            }
            ul {
                @for (index, event) in of.events.iter().enumerate().filter(|(_, event)| wanted(event)).take(MOST) {
                    (event_line(links, &page, (of.number, index + 1), (event, event_words(event, of.wordings)), of.revisions))
                }
            }
        }
    }
}

/// So many events of one revision are listed.
const MOST: usize = 12;

/// How the checks of a page came out, the newest run first.
pub fn checks(links: Links, page: &Page, runs: &[Observation]) -> String {
    let key = key(page.id);
    let (title, above) = (format!("Checks of {}", page.title()), above_page(&key, page.title()));
    let frame = Framed { links, title: &title, above, feed_of: Some(key) };
    let sum = |of: &dyn Fn(&Observation) -> bool| -> u32 {
        runs.iter().filter(|run| of(run)).map(|run| run.checks).sum()
    };
    let outcome = |name: &'static str| sum(&|run| run.seen.outcome == name);
    framed(
        &frame,
        &html! {
            h1 { "How the checks came out" }
            p { (coverage(runs)) "." }
            dl.facts {
                dt { "made" } dd { (sum(&|_| true)) }
                dt { "saw the page" } dd { (sum(&|run| run.seen.is_sight())) }
                @for name in ["failed", "held", "gone"] { dt { (name) } dd { (outcome(name)) } }
            }
            section.scroll tabindex="0" aria-label="Runs of equal checks" {
                table {
                    caption { "Runs of checks that came to the same, newest first" }
                    thead { tr { th scope="col" { "from" } th scope="col" { "to" } th scope="col" { "came to" } th.number scope="col" { "checks" } th.number scope="col" { "longest gap" } } }
                    tbody {
                        @for run in runs.iter().rev().take(RUNS) {
                            tr {
                                td { (time(run.first_at)) } td { (time(run.last_at)) }
                                td {
                                    span class=[(!run.seen.is_sight()).then_some("bad")] { (run.seen.outcome) }
                                    @if let Some(reason) = &run.seen.reason { " (" (name(reason)) ")" }
                                    @if let Some(number) = run.seen.revision { " " (number) }
                                }
                                td.number { (run.checks) }
                                td.number { @if run.longest_gap > 0 { (span(std::time::Duration::from_millis(run.longest_gap))) } }
                            }
                        }
                    }
                }
            }
            @if runs.len() > RUNS { p.faint { "and " (runs.len() - RUNS) " earlier runs" } }
        },
    )
}

/// So many runs are listed.
const RUNS: usize = 500;

/// The text of a revision.
pub fn revision_text(links: Links, page: &Page, shown: &Shown<'_>) -> String {
    let key = key(page.id);
    let number = shown.revision.number;
    let title = format!("{} {number}", page.title());
    let frame = Framed {
        links,
        title: &title,
        above: above_page(&key, page.title()),
        feed_of: Some(key.clone()),
    };
    let (capture, ages) =
        (Address::Capture(key.clone(), number), Address::Ages(key.clone(), number));
    framed(
        &frame,
        &html! {
            h1 { (number) }
            p { "seen from " (time(shown.revision.first_seen)) " to " (time(shown.revision.last_seen)) }
            (claimed(shown.revision))
            dl.facts {
                @if let Some(title) = &shown.state.title { dt { "title" } dd { (name(title)) } }
                @if let Some(byline) = &shown.state.byline { dt { "by" } dd { (name(byline)) } }
                @if let Some(published) = &shown.state.published { dt { "published, it says" } dd { (name(published)) } }
                @if let Some(modified) = &shown.state.modified { dt { "changed, it says" } dd { (name(modified)) } }
            }
            p.links {
                @if let Some(before) = shown.revision.against { a href=(links.to(&Address::Diff(key.clone(), before, number, Columns::One))) { "difference to " (before) } }
                a href=(links.to(&ages)) { "since when each word stands" }
                @if links.place() == super::address::Place::Server { a href=(links.to(&capture)) { "the bytes as they were sent" } }
            }
            div.quote.prose lang="" {
                @for passage in &shown.passages {
                    @match passage.kind {
                        PassageKind::Heading(_) => { p dir="auto" { strong { (visible(&passage.text)) } } }
                        PassageKind::ListItem => { p dir="auto" { "\u{2022} " (visible(&passage.text)) } }
                        PassageKind::Preformatted => { pre dir="auto" { (visible(&passage.text)) } }
                        PassageKind::Opaque => { p dir="auto" { "not shown as text: " (visible(&passage.text)) } }
                        PassageKind::Paragraph | PassageKind::Quote | PassageKind::TableRow => { p dir="auto" { (visible(&passage.text)) } }
                    }
                }
            }
        },
    )
}

/// Since when each word of a revision stands.
pub fn ages(links: Links, page: &Page, blame: &Blame<'_>) -> String {
    let key = key(page.id);
    let title = format!("{} {}: ages", page.title(), blame.revision.number);
    let frame =
        Framed { links, title: &title, above: above_page(&key, page.title()), feed_of: Some(key) };
    framed(
        &frame,
        &html! {
            h1 { "Since when each word stands: " (blame.revision.number) }
            p.prose { "At the side of a passage is the revision in which its oldest words came. Later words are marked with theirs; the deeper the colour, the younger. Words that had been away are marked as restored." }
            @for (wording, origins) in &blame.passages {
                @let oldest = origins.iter().map(|origin| origin.born).min();
                div.passage {
                    div.faint { @if let Some(since) = oldest.and_then(|born| Revision::numbered(blame.revisions, born)) { (since.number) br; time datetime=(since.first_seen) { (&moment(since.first_seen)[..10]) } } }
                    p.quote dir="auto" lang="" { (strands(blame, &wording.text, origins, oldest)) }
                }
            }
        },
    )
}

fn strands(
    blame: &Blame<'_>,
    text: &str,
    origins: &[Origin],
    oldest: Option<RevisionNumber>,
) -> Markup {
    let words = tokens(text);
    let mut at = 0;
    html! {
        @for origin in origins {
            @let (start, end) = ends(&words, origin);
            (visible(&text[at..start]))
            @match origin.back {
                Some(back) => { span.since { (origin.born) ", back " (back) } ins.back { (visible(&text[start..end])) } }
                None if oldest == Some(origin.born) => { (visible(&text[start..end])) }
                None => { span.since { (origin.born) } span class=(age(blame, origin.born)) { (visible(&text[start..end])) } }
            }
            ({ at = end; "" })
        }
        (visible(&text[at..]))
    }
}

/// Which quarter of the page's life up to this revision they came in.
fn age(blame: &Blame<'_>, born: RevisionNumber) -> &'static str {
    let last = blame.revision.number.0.max(1);
    match u64::from(born.0) * 4 / (u64::from(last) + 1) {
        0 => "age0",
        1 => "age1",
        2 => "age2",
        _ => "age3",
    }
}
