//! A page's states to lanes over time, and its revisions to a spark: how often it changes, whether it went back.

use maud::{Markup, html};

use crate::clock::Timestamp;
use crate::store::Revision;
use crate::views::states::{States, letter};
use crate::views::{counted, moment};

const WIDTH: f64 = 720.0;
const LANE: usize = 22;

/// So many revisions are drawn, the newest; more would be thinner than a line.
const MOST: usize = 240;

/// The lanes: a letter a state, a lane for each state that takes turns with another.
pub(super) fn lanes(revisions: &[Revision]) -> Markup {
    let states = States::new(revisions);
    let shown = revisions.len().saturating_sub(MOST)..revisions.len();
    let (Some(first), Some(last)) = (revisions.get(shown.start), revisions.last()) else {
        return html! {};
    };
    let (start, end) = (first.first_seen, last.last_seen);
    let height = states.tracks.count() * LANE + 24;
    let bar = |place: usize| bar(&states, place, (start, end));
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) width="1080" role="img" aria-label=(said(&states)) {
            @for track in 0..states.tracks.count() {
                @let y = track * LANE + LANE / 2;
                line.lane x1="0" y1=(y) x2=(WIDTH) y2=(y) {}
            }
            @for place in shown { (bar(place)) }
            text.small x="0" y=(height - 6) { (moment(start)) }
            text.small x=(WIDTH) y=(height - 6) text-anchor="end" { (moment(end)) }
        }
    }
}

fn bar(states: &States<'_>, place: usize, ends: (Timestamp, Timestamp)) -> Markup {
    let revision = &states.revisions[place];
    let (from, to) = (x(revision.first_seen, ends), x(revision.last_seen, ends));
    let width = (to - from).max(3.0);
    let from = from.min(WIDTH - width);
    let y = states.tracks.track(states.of[place]) * LANE;
    let returns = states.earlier(place).is_some();
    html! {
        rect class=(if returns { "return" } else { "first" }) x=(from) y=(y + 4) width=(width) height=(LANE - 8) rx="1.5" {}
        @if width > 16.0 && place + 1 < states.of.len() {
            text.small x=(from + 2.0) y=(y + 3) { (letter(states.of[place])) }
        }
    }
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

#[expect(clippy::cast_precision_loss, reason = "a drawing is no more exact than its pixels")]
fn x(time: Timestamp, (start, end): (Timestamp, Timestamp)) -> f64 {
    let whole = (end.millis() - start.millis()).max(1) as f64;
    let part = (time.millis() - start.millis()) as f64 / whole;
    (part.clamp(0.0, 1.0) * WIDTH * 10.0).round() / 10.0
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
