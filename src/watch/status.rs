//! Observations to how the watching goes: what is due or late, what cannot be seen and since when, and how well the last
//! days were covered.
//!
//! A check tells what it saw; nobody tells of checks that were not made. So it is its own question.

use std::time::Duration;

use super::due_at;
use crate::clock::Timestamp;
use crate::store::{Observation, Store, StoreError, Watched};

/// How one page fares.
#[derive(Clone, Debug)]
pub struct PageStatus {
    /// The page.
    pub watched: Watched,
    /// When it is due, or since when it has been; `None` if its cron expression names no further time.
    pub due: Option<Timestamp>,
    /// Whether it waits for its check.
    pub waiting: Lateness,
    /// Since when it cannot be seen, whatever the reasons were; `None` while it is seen.
    pub unseen_since: Option<Timestamp>,
    /// How it was covered, a span each of [`SPANS`].
    pub coverage: [Coverage; 2],
}

/// Whether a page waits for its check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lateness {
    /// It is not due yet.
    OnTime,
    /// It is due.
    Due,
    /// It has been due for so long that another check should have followed.
    Late,
}

/// The spans that coverage is told of.
pub const SPANS: [Duration; 2] = [Duration::from_hours(7 * 24), Duration::from_hours(30 * 24)];

/// How well a span of time was covered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Checks that were made.
    pub checks: u32,
    /// Those that learned nothing, or found the page gone.
    pub failed: u32,
    /// Those that met an obstacle.
    pub held: u32,
    /// Whether the numbers are a share of a run that began before the span.
    pub certainty: Certainty,
    /// Nobody looked for so long, at most.
    pub longest_gap: Duration,
}

/// Whether numbers were counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Certainty {
    /// They were.
    #[default]
    Counted,
    /// A run of checks is kept as one row, so its share is reckoned.
    About,
}

impl Coverage {
    /// Of several pages together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            checks: self.checks + other.checks,
            failed: self.failed + other.failed,
            held: self.held + other.held,
            certainty: self.certainty.max(other.certainty),
            longest_gap: self.longest_gap.max(other.longest_gap),
        }
    }

    /// Of a page whose runs of checks, oldest first, are these, from an instant on.
    pub fn of(runs: &[Observation], since: Timestamp, now: Timestamp) -> Self {
        let mut found = Self::default();
        let mut looked = since;
        for run in runs.iter().filter(|run| run.last_at >= since && run.first_at <= now) {
            let (checks, certainty) = checks_within(run, since);
            found.checks += checks;
            match run.seen.outcome.as_str() {
                "failed" | "gone" => found.failed += checks,
                "held" => found.held += checks,
                _ => {}
            }
            found.certainty = found.certainty.max(certainty);
            let within = Duration::from_millis(run.longest_gap).min(run.last_at.since(since));
            found.longest_gap = found.longest_gap.max(within).max(run.first_at.since(looked));
            looked = looked.max(run.last_at);
        }
        found.longest_gap = found.longest_gap.max(now.since(looked));
        found
    }
}

/// How many checks of a run, spread evenly, came after this instant.
fn checks_within(run: &Observation, since: Timestamp) -> (u32, Certainty) {
    let (whole, part) = (run.last_at.since(run.first_at), run.last_at.since(since));
    if part >= whole {
        return (run.checks, Certainty::Counted);
    }
    let gaps = u128::from(run.checks.saturating_sub(1));
    let share = gaps * part.as_millis() / whole.as_millis().max(1);
    (u32::try_from(share).unwrap_or(u32::MAX) + 1, Certainty::About)
}

/// How all watched pages fare, by address.
pub fn status(store: &Store, now: Timestamp) -> Result<Vec<PageStatus>, StoreError> {
    let pages = store.watched()?.into_iter();
    pages.map(|watched| page_status(store, watched, now)).collect()
}

fn page_status(store: &Store, watched: Watched, now: Timestamp) -> Result<PageStatus, StoreError> {
    let page = &watched.page;
    let due = match watched.last {
        None => Some(page.added_at),
        Some(_) => due_at(&watched, now),
    };
    let next =
        due.and_then(|due| page.settings.cadence.next_due(due, watched.changed_at, &page.url));
    let waiting = match (due, next) {
        (Some(due), _) if due > now => Lateness::OnTime,
        (Some(_), Some(next)) if next <= now => Lateness::Late,
        (Some(_), _) => Lateness::Due,
        (None, _) => Lateness::OnTime,
    };
    let [week, month] = SPANS.map(|span| page.added_at.max(now.before(span)));
    let runs = store.observations_since(page.id, month)?;
    let coverage = [week, month].map(|since| Coverage::of(&runs, since, now));
    let unseen_since = match &watched.last {
        Some(last) if !last.seen.is_sight() => store.unseen_since(page.id)?,
        _ => None,
    };
    Ok(PageStatus { watched, due, waiting, unseen_since, coverage })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Seen;

    fn run(outcome: &str, from: i64, to: i64, checks: u32, gap: u64) -> Observation {
        let seen =
            Seen { outcome: outcome.to_owned(), reason: None, revision: None, capture: None };
        let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let longest_gap = gap * 3_600_000;
        Observation { id: 0, seen, first_at: at(from), last_at: at(to), checks, longest_gap }
    }

    #[test]
    fn a_span_is_covered_by_the_checks_in_it() {
        let runs = [
            run("same", 0, 100, 11, 10),
            run("failed", 120, 130, 3, 7),
            run("held", 131, 131, 1, 0),
        ];
        let of = |since: i64, now: i64| {
            let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
            let Coverage { checks, failed, held, certainty, longest_gap } =
                Coverage::of(&runs, at(since), at(now));
            (checks, failed, held, certainty, longest_gap.as_secs() / 3600)
        };
        assert_eq!(of(0, 131), (15, 3, 1, Certainty::Counted, 20));
        assert_eq!(of(50, 131), (10, 3, 1, Certainty::About, 20));
        assert_eq!(of(105, 131), (4, 3, 1, Certainty::Counted, 15));
        assert_eq!(of(105, 200), (4, 3, 1, Certainty::Counted, 69));
        assert_eq!(of(140, 200), (0, 0, 0, Certainty::Counted, 60));
    }
}
