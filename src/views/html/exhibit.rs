//! One event to a page that proves it as far as it can be proved: what stood, when, and by which captures.
//!
//! It is for somebody who has neither palinode nor the history, so everything it says is inside, with its bounds and
//! with what it does not prove.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::address::{Address, Links, key};
use super::alone;
use super::evidence::{Evidence, capture, for_a_shell, limits, unseen};
use super::frame::{Framed, framed};
use super::story::{EventWords, Headline, remark};
use super::text::{BESIDE, Side, claimed, column, name, pieces, time, trimmed};
use super::time_line::{Presence, Stretch, time_line};
use crate::clock::Timestamp;
use crate::diff::{Row, compare};
use crate::lineage::{Event, EventKind, Part, RevisionNumber};
use crate::store::{Absence, Observation, Page, Revision};
use crate::views::compared::edited;
use crate::views::events::bounds;
use crate::views::moment;
use crate::views::styled::{Mark, Piece};

/// An event and all that is known of it.
pub struct Exhibit<'a> {
    /// The page.
    pub page: &'a Page,
    /// The revision in which it happened.
    pub number: RevisionNumber,
    /// Its place among the events of that revision, from 1.
    pub place: usize,
    /// The event.
    pub event: &'a Event,
    /// The words that it is about.
    pub words: EventWords<'a>,
    /// The page's revisions, oldest first.
    pub revisions: &'a [Revision],
    /// The page's observations, oldest first.
    pub observations: &'a [Observation],
    /// What it looked like, oldest first.
    pub panels: Vec<Panel<'a>>,
    /// The language that the page says it is in.
    pub language: Option<String>,
    /// When the exhibit is made.
    pub made_at: Timestamp,
}

/// What the page said in one revision, and the capture that shows it.
pub struct Panel<'a> {
    /// Which part of the story it is.
    pub part: Part,
    /// The revision.
    pub revision: &'a Revision,
    /// The passage; all passages, where the event is about the whole page; none, where it was not there.
    pub texts: Vec<&'a str>,
    /// The capture that showed it first.
    pub evidence: Evidence,
}

/// The exhibit, a whole HTML file.
pub fn exhibit(exhibit: &Exhibit<'_>) -> String {
    let title = format!("{} \u{2013} {}", exhibit.headline().plain(), exhibit.page.title());
    alone(&title, &html! { main { (body(exhibit)) } })
}

/// The same as a page of the site.
pub fn exhibit_on_site(links: Links, exhibit: &Exhibit<'_>) -> String {
    let (key, title) = (key(exhibit.page.id), exhibit.headline().plain());
    let above = vec![
        ("Pages".to_owned(), Address::Pages),
        (exhibit.page.title().to_owned(), Address::Page(key.clone())),
    ];
    let frame = Framed { links, title: &title, above, feed_of: Some(key) };
    framed(&frame, &body(exhibit))
}

/// What an exhibit says, without the page around it.
fn body(exhibit: &Exhibit<'_>) -> Markup {
    html! {
        p.eyebrow { "Exhibit " (exhibit.number) "." (exhibit.place) " \u{b7} " (name(exhibit.page.title())) }
        h1 { (exhibit.headline().markup()) }
        (exhibit.lead())
        section aria-labelledby="said" { h2 #said { "What the page said" } (exhibit.said()) }
        section aria-labelledby="when" { h2 #when { "When" } (exhibit.when()) }
        section aria-labelledby="captures" { h2 #captures { "The captures" } (exhibit.captures()) }
        section aria-labelledby="proof" { h2 #proof { "What this shows, and what it does not" } (limits(exhibit.observations)) }
        footer { p { "Made by palinode " (env!("CARGO_PKG_VERSION")) " at " (time(exhibit.made_at)) " UTC. All times are UTC." } }
    }
}

impl Exhibit<'_> {
    pub(super) fn headline(&self) -> Headline {
        Headline::of(self.event, self.words, self.absence().as_ref())
    }

    pub(super) fn absence(&self) -> Option<Absence> {
        Absence::of_event(self.revisions, self.event.gone?, self.number)
    }

    fn lead(&self) -> Markup {
        html! {
            p.lead {
                "On " a href=(self.page.url.as_str()) rel="noreferrer" { (name(self.page.url.as_str())) } ": " (remark(self.event)) "."
                @if let Some(absence) = self.absence() { " It was missing for " (bounds(&absence)) "." }
            }
        }
    }

    fn said(&self) -> Markup {
        html! {
            div.columns {
                @for (index, panel) in self.panels.iter().enumerate() {
                    article class={ "panel " (class(panel.part)) } {
                        header {
                            h3 { (caption(panel.part)) ": " (panel.revision.number) }
                            "seen from " (time(panel.revision.first_seen)) " to " (time(panel.revision.last_seen))
                            (claimed(panel.revision))
                        }
                        blockquote.quote lang=(self.language.as_deref().unwrap_or_default()) { (self.passages(index, BESIDE)) }
                    }
                }
            }
        }
    }

    /// What a panel says, marked against its neighbour, with so many columns of other text beside each mark.
    pub(super) fn passages(&self, index: usize, beside: usize) -> Markup {
        let panel = &self.panels[index];
        let (old, new, side) = match (index.checked_sub(1), self.panels.get(index + 1)) {
            (Some(before), _) => (&self.panels[before], panel, Side::NewWithGaps),
            (None, Some(next)) => (panel, next, Side::Old),
            (None, None) => (panel, panel, Side::New),
        };
        let mark = self.event.kind.is_return() && panel.part == Part::After;
        let shown = paragraphs(&old.texts, &new.texts, side, mark, beside);
        html! {
            @if shown.is_empty() { p dir="ltr" lang="en" { em.faint { "This passage was not on the page." } } }
            @for paragraph in &shown { p dir="auto" { (pieces(paragraph)) } }
        }
    }

    fn when(&self) -> Markup {
        let (drawing, bounds, checks) = self.drawing();
        html! {
            figure {
                (drawing)
                figcaption { "Bars: it was seen so. Dashes: nobody looked, the page could not be seen, or it showed another text by turns. Ticks: checks that saw the page; crosses: checks that did not." }
            }
            ol.bounds { @for (what, at) in &bounds { li { (what) " " (time(*at)) } } }
            (unseen(&checks))
        }
    }

    /// The time line, the instants that it numbers, and the checks that fall into it.
    pub(super) fn drawing(&self) -> (Markup, Vec<(&'static str, Timestamp)>, Vec<Observation>) {
        let (stretches, bounds) = self.stretches();
        let (from, to) =
            (stretches.first().map(|first| first.from), stretches.last().map(|last| last.to));
        let within = |run: &&Observation| {
            from.is_some_and(|from| run.last_at >= from) && to.is_some_and(|to| run.first_at <= to)
        };
        let checks: Vec<Observation> = self.observations.iter().filter(within).cloned().collect();
        let said: Vec<String> = bounds
            .iter()
            .enumerate()
            .map(|(index, (what, at))| format!("{} {what} {}", index + 1, moment(*at)))
            .collect();
        let drawing = time_line(&stretches, &checks, &format!("Time line: {}.", said.join("; ")));
        (drawing, bounds, checks)
    }

    /// The stretches, and the instants at which they meet.
    fn stretches(&self) -> (Vec<Stretch>, Vec<(&'static str, Timestamp)>) {
        use Presence::{Missing, Other, There};
        let kind = self.event.kind;
        let (before, during, after) = match kind {
            EventKind::Restored | EventKind::PutBack => (There, Missing, There),
            EventKind::Withdrawn => (Missing, There, Missing),
            EventKind::Removed => (There, There, Missing),
            EventKind::Added => (Missing, Missing, There),
            EventKind::Reworded | EventKind::Moved | EventKind::Restyled => (There, There, Other),
        };
        let mut stretches: Vec<Stretch> = Vec::new();
        for (index, panel) in self.panels.iter().enumerate() {
            let presence = match panel.part {
                Part::Before => before,
                Part::During => during,
                Part::After => after,
            };
            let next = self.panels.get(index + 1).map(|next| next.revision);
            stretches.extend(
                self.seen_from(panel.revision, next).into_iter().map(|(from, to)| Stretch {
                    presence,
                    from,
                    to: to.max(from),
                }),
            );
        }
        let ends = stretches.windows(2).enumerate().flat_map(|(index, pair)| {
            let (from, to) = (pair[0], pair[1]);
            [(last(from.presence, index), from.to), (first(to.presence, index), to.from)]
        });
        let ends = ends.collect();
        (stretches, ends)
    }

    /// From when to when what this revision says was seen, until the next one of the story. Where the page shows several
    /// texts by turns, only the sights of this text are told, and the others left open.
    fn seen_from(
        &self,
        revision: &Revision,
        next: Option<&Revision>,
    ) -> Vec<(Timestamp, Timestamp)> {
        let own = |revision: &Revision| (revision.first_seen, revision.last_seen);
        let Some(next) = next else { return vec![own(revision)] };
        let against = next.against.or(next.number.before());
        if against == next.number.before() && !self.turns_between(revision, next) {
            return vec![(revision.first_seen, next.after.unwrap_or(revision.last_seen))];
        }
        let last = against.filter(|last| *last > revision.number);
        let last = last.and_then(|last| Revision::numbered(self.revisions, last));
        std::iter::once(revision).chain(last).map(own).collect()
    }

    /// Whether the page was in a state between the two that it had been in before.
    fn turns_between(&self, revision: &Revision, next: &Revision) -> bool {
        let place = |it: &Revision| self.revisions.partition_point(|of| of.number < it.number);
        let (from, to) = (place(revision), place(next));
        let between = self.revisions.get(from + 1..to).unwrap_or_default();
        let known: BTreeSet<_> = self.revisions[..=from].iter().map(|of| of.state).collect();
        between.iter().any(|of| known.contains(&of.state))
    }

    fn captures(&self) -> Markup {
        html! {
            p.prose { "Each is the first answer that showed its revision, kept bit for bit. Its SHA-256 was compared when this was made. Whoever has the history can compare it again:" }
            @for panel in &self.panels {
                h3 { (panel.revision.number) ", " (caption(panel.part)) }
                (capture(&panel.evidence))
                p { code { "palinode show " (name(&for_a_shell(self.page.title()))) " " (panel.revision.number) " --raw | sha256sum" } }
            }
        }
    }
}

pub(super) fn class(part: Part) -> &'static str {
    match part {
        Part::Before => "before",
        Part::During => "during",
        Part::After => "after",
    }
}

pub(super) fn caption(part: Part) -> &'static str {
    match part {
        Part::Before => "Before",
        Part::During => "Meanwhile",
        Part::After => "Afterwards",
    }
}

/// What the end of a stretch is called, and the beginning of the one after it; of the first pair or a later one.
fn last(presence: Presence, pair: usize) -> &'static str {
    match (presence, pair) {
        (Presence::There, _) => "last seen",
        (Presence::Missing, 0) => "last seen without it",
        (Presence::Missing, _) => "last missing",
        (Presence::Other, _) => "last seen otherwise",
    }
}

fn first(presence: Presence, pair: usize) -> &'static str {
    match (presence, pair) {
        (Presence::There, 0) => "first seen",
        (Presence::There, _) => "seen again",
        (Presence::Missing, _) => "first missing",
        (Presence::Other, _) => "first seen otherwise",
    }
}

/// So many passages are shown where the whole page is told.
const MOST: usize = 8;

/// The passages of one side; of several, those that differ.
fn paragraphs(
    old: &[&str],
    new: &[&str],
    side: Side,
    back: bool,
    beside: usize,
) -> Vec<Vec<Piece>> {
    let comparison = compare(old, new);
    let whole = old.len().max(new.len()) > 1;
    let mut shown: Vec<Vec<Piece>> = comparison
        .rows
        .iter()
        .filter(|row| !(whole && matches!(row, Row::Same { .. })))
        .filter_map(|row| one_side(row, old, new, side))
        .map(|pieces| {
            trimmed(pieces.into_iter().map(|piece| as_back(piece, back)).collect(), beside)
        })
        .collect();
    if shown.len() > MOST {
        let more = format!("\u{22ef} and {} more passages", shown.len() - MOST);
        shown.truncate(MOST);
        shown.push(vec![Piece::new(more, Mark::Faint)]);
    }
    shown
}

fn as_back(piece: Piece, back: bool) -> Piece {
    match piece.mark {
        Mark::Added if back => Piece::new(piece.text, Mark::Restored),
        _ => piece,
    }
}

fn one_side(row: &Row, old: &[&str], new: &[&str], side: Side) -> Option<Vec<Piece>> {
    let is_old = side == Side::Old;
    match row {
        Row::Same { new: index, .. } => Some(vec![Piece::new(new[*index], Mark::Kept)]),
        Row::Removed { old: index } => is_old.then(|| vec![Piece::new(old[*index], Mark::Removed)]),
        Row::Added { new: index } => (!is_old).then(|| vec![Piece::new(new[*index], Mark::Added)]),
        Row::Edited { old: from, new: to, edits } | Row::Moved { old: from, new: to, edits } => {
            Some(column(&edited(old[*from], new[*to], edits, Mark::Kept), side))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &[&str], new: &[&str], side: Side) -> Vec<String> {
        let text = |piece: &Piece| match piece.mark {
            Mark::Removed if piece.text.is_empty() => "[]".to_owned(),
            Mark::Removed => format!("-{}-", piece.text),
            Mark::Added => format!("+{}+", piece.text),
            Mark::Restored => format!("*{}*", piece.text),
            _ => piece.text.clone(),
        };
        let all = paragraphs(old, new, side, true, BESIDE);
        all.iter().map(|pieces| pieces.iter().map(text).collect()).collect()
    }

    #[test]
    fn a_side_shows_its_own_words_and_where_some_are_missing() {
        let (with, without) = (["We are proud to serve."], ["We are to serve."]);
        assert_eq!(shown(&with, &without, Side::Old), ["We are -proud- to serve."]);
        assert_eq!(shown(&with, &without, Side::NewWithGaps), ["We are [] to serve."]);
        assert_eq!(shown(&without, &with, Side::NewWithGaps), ["We are *proud* to serve."]);
        assert_eq!(shown(&with, &[], Side::NewWithGaps), [""; 0]);
        assert_eq!(shown(&with, &[], Side::Old), ["-We are proud to serve.-"]);
    }

    #[test]
    fn of_whole_pages_what_differs_is_shown() {
        let (old, new) = (["Same.", "One is here."], ["Same.", "Two is here."]);
        assert_eq!(shown(&old, &new, Side::Old), ["-One- is here."]);
    }
}
