//! A page's states to lanes over time, and its revisions to a spark: how often it changes, whether it went back.

use maud::{Markup, html};

use super::time_line::between;
use crate::clock::Timestamp;
use crate::store::Revision;
use crate::views::counted;
use crate::views::states::{States, letter};

const WIDTH: f64 = 480.0;
const LANE: usize = 24;

/// So many revisions are drawn, the newest; more would be thinner than a line.
const MOST: usize = 120;

/// The lanes: a letter a state, a lane for each state that takes turns with another. A revision is as wide as the
/// logarithm of its time: on a true scale one that stood for years would leave no room for those of an hour.
pub(super) fn lanes(revisions: &[Revision]) -> Markup {
    let states = States::new(revisions);
    let first = revisions.len().saturating_sub(MOST);
    let (Some(oldest), Some(last)) = (revisions.get(first), revisions.last()) else {
        return html! {};
    };
    let ends = ends(&revisions[first..]);
    let height = states.tracks.count() * LANE;
    html! {
        figure {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) width="880" role="img" aria-label=(said(&states)) {
                @for track in 0..states.tracks.count() {
                    @let y = track * LANE + LANE / 2;
                    line.lane x1="0" y1=(y) x2=(WIDTH) y2=(y) {}
                }
                @for (index, ends) in ends.iter().enumerate() { (bar(&states, first + index, *ends)) }
            }
            (between(oldest.first_seen, last.last_seen))
            figcaption { @if first > 0 { "The newest " (MOST) " of " (revisions.len()) " revisions. " } "Each bar is a revision, each letter a text; a text that came back has its letter again, and another colour. Not to scale." }
        }
    }
}

/// Where each revision begins and ends.
fn ends(revisions: &[Revision]) -> Vec<(f64, f64)> {
    let hours =
        |revision: &Revision| revision.last_seen.since(revision.first_seen).as_secs_f64() / 3600.0;
    let weights: Vec<f64> =
        revisions.iter().map(|revision| 1.0 + (1.0 + hours(revision)).log2()).collect();
    let whole: f64 = weights.iter().sum();
    let mut at = 0.0;
    let end = |weight: &f64| {
        let from = at;
        at += weight / whole * WIDTH;
        (tenth(from), tenth(at))
    };
    weights.iter().map(end).collect()
}

fn bar(states: &States<'_>, place: usize, (from, to): (f64, f64)) -> Markup {
    let y = states.tracks.track(states.of[place]) * LANE;
    let returns = states.earlier(place).is_some();
    let width = tenth((to - from - 1.0).max(0.8));
    html! {
        rect class=(if returns { "return" } else { "first" }) x=(from) y=(y + 3) width=(width) height=(LANE - 6) rx="1.5" {}
        @if width > 12.0 { text.on x=(tenth(from + width / 2.0)) y=(y + 16) text-anchor="middle" { (letter(states.of[place])) } }
    }
}

fn tenth(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// What the lanes show, in words.
fn said(states: &States<'_>) -> String {
    let returns = (0..states.of.len()).filter(|place| states.earlier(*place).is_some()).count();
    format!(
        "Time line of {} in {}; {} to a text that had been there before.",
        counted(states.of.len(), "revision"),
        counted(states.count(), "state"),
        counted(returns, "return")
    )
}

/// Bars of a spark.
const BARS: usize = 30;

/// How many revisions came when, between the first of them and the last check.
pub(super) fn spark(revisions: &[Timestamp], until: Option<Timestamp>) -> Markup {
    let Some(first) = revisions.first() else { return html! {} };
    let end = until.unwrap_or(*first).max(*first).millis() + 1;
    let whole = i128::from(end - first.millis());
    let mut counts = [0_usize; BARS];
    for time in revisions {
        let part = i128::from(time.millis() - first.millis()) * BARS as i128 / whole;
        let bar = usize::try_from(part).unwrap_or(0).min(BARS - 1);
        counts[bar] += 1;
    }
    let most = counts.iter().max().copied().unwrap_or(1).max(1);
    html! {
        svg.spark viewBox="0 0 120 22" width="120" height="22" role="img" aria-label=(format!("{} over time", counted(revisions.len(), "revision"))) {
            line.lane x1="0" y1="21.5" x2="120" y2="21.5" {}
            @for (bar, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                @let height = (count * 20 / most).max(3);
                rect.bar x=(bar * 4) y=(22 - height) width="3" height=(height) {}
            }
        }
    }
}
