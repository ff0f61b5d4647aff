//! A change that was asked for twice to rows: borne out, it is a revision; else both answers are kept and neither is told.
//!
//! A page that says something else at every look must not be without a history for ever: after some such checks its
//! latest text is believed, and the gates for texts by turns and volatile passages see to it that it is no news.

use super::read::Read;
use super::record::{changed, keep, recovery, unseen};
use super::weigh::Second;
use super::{Tally, What};
use crate::clock::Timestamp;
use crate::fetch::Obstacle;
use crate::store::{CaptureId, Kept, Observation, Seen, StoreError, Watched, Writing};

/// The last of so many checks in a row that saw two texts each is believed.
const BELIEVED_AFTER: u32 = 3;

/// Whether a check saw two texts.
pub(super) fn is_unsteady(seen: &Seen) -> bool {
    seen.outcome == "held" && seen.reason.as_deref() == Some(&Obstacle::Unsteady.to_string())
}

/// Records a change that is believed. If the last checks saw this very text and could not make sure of it, it is dated
/// from then.
pub(super) fn steady(
    writing: &Writing<'_>,
    watched: &Watched,
    read: &Read,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    let run = run(watched).filter(|run| !run.seen.is_sight());
    let seen_before = match run.and_then(|run| run.seen.capture.zip(Some(run))) {
        Some((capture, run)) if writing.doubted(capture)? == Some(read.says) => {
            Some((capture, run))
        }
        _ => None,
    };
    let Some((capture, run)) = seen_before else {
        let capture = keep(writing, watched, read)?;
        return changed(writing, watched, read, capture, at, tally);
    };
    let news = changed(writing, watched, read, capture, at, tally)?;
    let revision = watched.baseline.as_ref().map(|baseline| baseline.revision.next());
    writing.retell_observation(run.id, &Seen { revision, ..run.seen.clone() })?;
    Ok(news)
}

/// Keeps the second of the first two answers of a page as the evidence of what is of the moment.
pub(super) fn keep_second(
    writing: &Writing<'_>,
    watched: &Watched,
    first: &Read,
    second: &Read,
) -> Result<(), StoreError> {
    let capture = doubt(writing, watched, second)?;
    writing.keep_unsteady(watched.page.id, capture, &first.document.unsteady)
}

/// Records two answers that do not agree.
pub(super) fn unsteady(
    writing: &Writing<'_>,
    watched: &Watched,
    first: &Read,
    second: Second,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    let run = run(watched);
    let is_last = run.is_some_and(|run| run.checks + 1 >= BELIEVED_AFTER);
    let second = match second {
        Second::Other(second) if is_last && second.obstacle.is_none() => {
            doubt(writing, watched, first)?;
            return steady(writing, watched, &second, at, tally);
        }
        second if is_last => {
            if let Second::Other(obstacle) = second {
                doubt(writing, watched, &obstacle)?;
            }
            return steady(writing, watched, first, at, tally);
        }
        second => second,
    };
    let capture = doubt(writing, watched, first)?;
    let reason = Obstacle::Unsteady.to_string();
    let seen = match (second, &watched.baseline) {
        (Second::Standing, Some(baseline)) => Seen {
            revision: Some(baseline.revision),
            ..unseen("held", reason, Some(baseline.capture))
        },
        // The latest is what the next check may see again.
        (Second::Other(second), _) => {
            let latest = doubt(writing, watched, &second)?;
            unseen("held", reason, Some(latest))
        }
        _ => unseen("held", reason, Some(capture)),
    };
    // What saw less than the run before may go on with it, and not what saw more.
    let seen = run.filter(|run| !run.seen.is_sight()).map_or(seen, |run| run.seen.clone());
    writing.observe(watched.page.id, run, &seen, at)?;
    Ok(recovery(watched))
}

fn run(watched: &Watched) -> Option<&Observation> {
    watched.last.as_ref().filter(|run| is_unsteady(&run.seen))
}

fn doubt(writing: &Writing<'_>, watched: &Watched, read: &Read) -> Result<CaptureId, StoreError> {
    let capture = keep(writing, watched, read)?;
    writing.judge_capture(capture, Kept::Doubted(read.says))?;
    Ok(capture)
}
