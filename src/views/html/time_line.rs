//! Stretches of time to a drawing: where something stood, where it was missing, and where nobody can say.
//!
//! It is drawn here and not by a script, so that it is the same wherever and whenever it is opened. Whatever it shows
//! is said in words beside it.

use std::time::Duration;

use maud::{Markup, html};

use super::text::time;
use crate::clock::Timestamp;
use crate::store::Observation;

/// What is known of a stretch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Presence {
    /// It stood.
    There,
    /// The page was seen without it.
    Missing,
    /// Something else stood in its place.
    Other,
}

/// From the first check that saw it so to the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    pub(super) presence: Presence,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Width of the drawing; it is scaled to the page.
const WIDTH: f64 = 440.0;
/// Room at either end.
const EDGE: f64 = 12.0;
/// A bubble with a number needs so much.
const BUBBLE: f64 = 17.0;

/// More ends than these are not numbered.
const MOST: usize = 16;

/// What part of the time is drawn, and where an instant is in it.
struct Scale {
    start: Timestamp,
    end: Timestamp,
}

/// The drawing of these stretches, in order; the ends of each that meet another are numbered from 1. `said` is what it
/// shows, in words.
pub(super) fn time_line(stretches: &[Stretch], checks: &[Observation], said: &str) -> Markup {
    let Some(scale) = Scale::around(stretches) else { return html! {} };
    let bubbles = scale.bubbles(stretches);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} 82")) width="880" role="img" aria-label=(said) xmlns="http://www.w3.org/2000/svg" {
            line.axis x1="0" y1="79" x2=(WIDTH) y2="79" {}
            @for pair in stretches.windows(2) { (scale.unknown(pair[0].to, pair[1].from)) }
            @for stretch in stretches { (scale.bar(stretch)) }
            @for check in checks { (scale.check(check)) }
            @if bubbles.len() <= MOST { @for (index, (at, label)) in bubbles.iter().enumerate() { (bubble(index + 1, *at, *label)) } }
        }
        (between(scale.start, scale.end))
    }
}

/// The first and the last instant of a drawing, below it: as text they are as large on a telephone as on a desk.
pub(super) fn between(start: Timestamp, end: Timestamp) -> Markup {
    html! { div.ends { (time(start)) " " (time(end)) } }
}

impl Scale {
    /// What happened is in the middle; what lay long before and after is cut.
    fn around(stretches: &[Stretch]) -> Option<Self> {
        let (first, last) = (stretches.first()?, stretches.last()?);
        let (from, to) = (first.to.min(last.from), first.to.max(last.from));
        let margin = to.since(from).max(Duration::from_hours(1)).mul_f64(0.6);
        let back = Timestamp::from_millis(
            from.millis().saturating_sub(i64::try_from(margin.as_millis()).unwrap_or(i64::MAX)),
        );
        Some(Self { start: first.from.max(back), end: last.to.min(to.after(margin)) })
    }

    #[expect(clippy::cast_precision_loss, reason = "a drawing is no more exact than its pixels")]
    fn x(&self, time: Timestamp) -> f64 {
        let time = time.clamp(self.start, self.end.max(self.start));
        let whole = (self.end.millis() - self.start.millis()).max(1) as f64;
        let part = (time.millis() - self.start.millis()) as f64 / whole;
        let x = EDGE + part * (WIDTH - 2.0 * EDGE);
        (x * 10.0).round() / 10.0
    }

    fn shows(&self, time: Timestamp) -> bool {
        (self.start..=self.end).contains(&time)
    }

    fn bar(&self, stretch: &Stretch) -> Markup {
        let (from, to) = (self.x(stretch.from), self.x(stretch.to));
        let (cut, goes_on) = (stretch.from < self.start, stretch.to > self.end);
        let class = match stretch.presence {
            Presence::There => "there",
            Presence::Missing => "away",
            Presence::Other => "other",
        };
        html! {
            rect class=(class) x=(from - 1.5) y="38" width=(((to - from) * 10.0).round() / 10.0 + 3.0) height="16" rx="1.5" {}
            @if cut { path class=(class) d=(format!("M{} 38 l-8 8 l8 8 z", from - 3.0)) {} }
            @if goes_on { path class=(class) d=(format!("M{} 38 l8 8 l-8 8 z", to + 3.0)) {} }
        }
    }

    /// Between two sights nobody looked, or nothing could be seen.
    fn unknown(&self, from: Timestamp, to: Timestamp) -> Markup {
        let (from, to) = (self.x(from), self.x(to));
        let width = ((to - from) * 10.0).round() / 10.0;
        html! {
            @if width > 0.0 { rect.nobody x=(from) y="41" width=(width) height="10" {} }
            @if width > 16.0 { text.small x=(from.midpoint(to)) y="49.5" text-anchor="middle" { "?" } }
        }
    }

    /// The first and the last check of a run: a tick where the page was seen, a cross where it was not.
    fn check(&self, run: &Observation) -> Markup {
        let mut times = vec![run.first_at];
        times.extend((run.last_at != run.first_at).then_some(run.last_at));
        times.retain(|time| self.shows(*time));
        html! {
            @for time in times {
                @let x = self.x(time);
                @if run.seen.is_sight() {
                    line.tick x1=(x) y1="72" x2=(x) y2="79" {}
                } @else {
                    path.cross d=(format!("M{} 71 l6 6 m0 -6 l-6 6", ((x - 3.0) * 10.0).round() / 10.0)) {}
                }
            }
        }
    }

    /// For each end that meets another stretch: where it is, and where its number has room.
    fn bubbles(&self, stretches: &[Stretch]) -> Vec<(f64, f64)> {
        let inner = stretches.windows(2).flat_map(|pair| [pair[0].to, pair[1].from]);
        let at: Vec<f64> = inner.map(|time| self.x(time)).collect();
        let mut labels: Vec<f64> = Vec::with_capacity(at.len());
        for x in &at {
            labels.push(labels.last().map_or(*x, |last| x.max(last + BUBBLE)));
        }
        let mut limit = WIDTH - BUBBLE / 2.0;
        for label in labels.iter_mut().rev() {
            *label = label.min(limit).max(BUBBLE / 2.0);
            limit = *label - BUBBLE;
        }
        at.into_iter().zip(labels).collect()
    }
}

fn bubble(number: usize, at: f64, label: f64) -> Markup {
    html! {
        path.lead d=(format!("M{label} 21 L{at} 38")) {}
        circle.bubble cx=(label) cy="13" r="7.5" {}
        text x=(label) y="17" text-anchor="middle" { (number) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(hours: &[(i64, i64)]) -> Vec<Stretch> {
        let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let of = |&(from, to): &(i64, i64)| Stretch {
            presence: Presence::There,
            from: at(from),
            to: at(to),
        };
        hours.iter().map(of).collect()
    }

    #[test]
    fn what_lies_long_before_and_after_is_cut() {
        let scale = Scale::around(&stretches(&[(0, 10_000), (10_010, 10_020), (10_030, 90_000)]));
        let scale = scale.unwrap();
        assert_eq!(scale.start.millis() / 3_600_000, 9982);
        assert_eq!(scale.end.millis() / 3_600_000, 10_048);
    }

    #[test]
    fn every_number_has_room_inside_the_drawing() {
        for hours in [
            &[(0_i64, 0_i64), (0, 0), (0, 0)] as &[_],
            &[(0, 1), (1, 1), (2, 2)],
            &[(0, 100), (101, 102), (103, 103)],
            &[(0, 0), (1, 100), (101, 101)],
        ] {
            let stretches = stretches(hours);
            let bubbles = Scale::around(&stretches).unwrap().bubbles(&stretches);
            assert_eq!(bubbles.len(), 4);
            assert!(bubbles.windows(2).all(|pair| pair[1].1 - pair[0].1 >= BUBBLE - 0.01));
            assert!(bubbles.iter().all(|(_, label)| (8.0..=WIDTH - 8.0).contains(label)));
        }
    }
}
