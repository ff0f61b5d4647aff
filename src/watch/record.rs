//! A weighed check to rows: the evidence, the observation, the revision if there is one, and what to tell of it.
//!
//! Only an answer that was believed moves the baseline; an obstacle or a failure leaves everything as it stands and
//! lengthens or begins its own observation. So "we did not look" and "it was not there" can never be mistaken.

use std::borrow::Cow;
use std::time::Duration;

use super::beside::at_rest;
use super::read::Read;
use super::tell::{self, Outcome, Standing, Told, tell};
use super::weigh::{Weighed, Worth};
use super::{Tally, What, unsteady};
use crate::clock::Timestamp;
use crate::fetch::{Failure, FailureClass, Obstacle, Validators};
use crate::lineage::RevisionNumber;
use crate::store::{Baseline, CaptureId, Kept, Observation, Seen, StoreError, Watched, Writing};

/// A text that has collapsed is believed after so many checks that agree …
const AGREEING: u32 = 3;

/// … over at least this time …
const AGREEING_FOR: Duration = Duration::from_hours(6);

/// The same of a page without a title, which has less to be known by, and of one that lacks a part of itself.
const AGREEING_UNTITLED: u32 = 5;

/// See [`AGREEING_UNTITLED`].
const AGREEING_UNTITLED_FOR: Duration = Duration::from_hours(7 * 24);

/// A page that answers 404 or 410 for so many checks, over at least [`GONE_FOR`], is gone.
const GONE_AFTER: u32 = 3;

/// See [`GONE_AFTER`].
const GONE_FOR: Duration = Duration::from_hours(24);

/// Records one check.
pub(super) fn record(
    writing: &Writing<'_>,
    watched: &Watched,
    check: Weighed,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    tally.checked += 1;
    let at = check.at;
    match (check.worth, &watched.baseline) {
        (Worth::Nothing(failure), _) => failed(writing, watched, failure, at, tally),
        (Worth::NotModified(head), Some(baseline)) => {
            let validators = baseline.validators.after_304(&head);
            same_entity(writing, watched, baseline, &validators, "same-304", at)
        }
        (Worth::SameEntity(validators), Some(baseline)) => {
            same_entity(writing, watched, baseline, &validators, "same", at)
        }
        (Worth::NotModified(_) | Worth::SameEntity(_), None) => {
            let failure = Failure::new(
                FailureClass::Protocol,
                "the server says that nothing changed, of a page not seen before",
            );
            failed(writing, watched, failure, at, tally)
        }
        (Worth::Read(read), baseline) => match (read.obstacle, baseline) {
            (Some(Obstacle::Disbelieved), _) => disbelieved(writing, watched, &read, at, tally),
            (Some(obstacle), _) => held(writing, watched, &read, obstacle, at, tally),
            (None, Some(baseline)) if baseline.says == read.says => {
                other_bytes(writing, watched, baseline, &read, at)
            }
            (None, _) => unsteady::steady(writing, watched, &read, at, tally),
        },
        (Worth::FirstOfTwo(first, second), _) => {
            let news = unsteady::steady(writing, watched, &first, at, tally)?;
            unsteady::keep_second(writing, watched, &first, &second)?;
            Ok(news)
        }
        (Worth::Unsteady(first, second), _) => {
            unsteady::unsteady(writing, watched, &first, second, at, tally)
        }
    }
}

/// The baseline that a believed answer makes.
pub(super) fn baseline(read: &Read, capture: CaptureId, revision: RevisionNumber) -> Baseline {
    Baseline {
        capture,
        revision,
        validators: Validators::of(&read.answer),
        entity: read.entity,
        says: read.says,
        frame: read.frame,
    }
}

fn failed(
    writing: &Writing<'_>,
    watched: &Watched,
    failure: Failure,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    let gone = is_gone(watched.last.as_ref(), &failure, at);
    let outcome = if gone { "gone" } else { "failed" };
    writing.observe(
        watched.page.id,
        watched.last.as_ref(),
        &unseen(outcome, failure.class.to_string(), None),
        at,
    )?;
    let before = watched.last.as_ref().map(|last| last.seen.outcome.as_str());
    // That a page is gone is known once it was told: no reason to end every later run with a complaint.
    tally.failed += usize::from(!(gone && before == Some("gone")));
    Ok(match before {
        Some("gone") => Vec::new(),
        _ if gone => vec![What::Gone],
        Some("failed") => Vec::new(),
        _ => vec![What::Failed(failure)],
    })
}

/// A missing page stays missing once that is established, until it is seen again or something else comes in the way.
fn is_gone(last: Option<&Observation>, failure: &Failure, at: Timestamp) -> bool {
    let missing = matches!(failure.class, FailureClass::Http(404 | 410));
    let reason = failure.class.to_string();
    missing
        && last.is_some_and(|run| {
            let long = run.checks + 1 >= GONE_AFTER && at.since(run.first_at) >= GONE_FOR;
            run.seen.outcome == "gone"
                || (run.seen.outcome == "failed"
                    && run.seen.reason.as_ref() == Some(&reason)
                    && long)
        })
}

fn same(
    writing: &Writing<'_>,
    watched: &Watched,
    baseline: &Baseline,
    outcome: &str,
    at: Timestamp,
) -> Result<Vec<What>, StoreError> {
    writing.observe(
        watched.page.id,
        watched.last.as_ref(),
        &sight(outcome, baseline.revision, baseline.capture),
        at,
    )?;
    Ok(recovery(watched))
}

/// The bytes are the same; what the server now recognises them by may not be.
fn same_entity(
    writing: &Writing<'_>,
    watched: &Watched,
    standing: &Baseline,
    validators: &Validators,
    outcome: &str,
    at: Timestamp,
) -> Result<Vec<What>, StoreError> {
    if *validators != standing.validators {
        writing.put_validators(watched.page.id, validators)?;
    }
    same(writing, watched, standing, outcome, at)
}

/// The text is the same and the bytes are not: what the server now recognises it by is worth knowing, and another frame
/// is worth keeping.
fn other_bytes(
    writing: &Writing<'_>,
    watched: &Watched,
    standing: &Baseline,
    read: &Read,
    at: Timestamp,
) -> Result<Vec<What>, StoreError> {
    let page = watched.page.id;
    let changes = at_rest(writing, page, read)?;
    let (mut shown_by, mut document) = (standing.capture, read.with_attributes_of_before());
    if standing.frame != read.frame || !changes.is_empty() {
        let capture = keep(writing, watched, read)?;
        let state = writing.state_of(page, standing.revision)?.id;
        writing.judge_capture(capture, Kept::Believed(state))?;
        writing.keep_attribute_changes(page, capture, &changes)?;
        (shown_by, document) = (capture, Cow::Borrowed(&read.document));
    }
    let baseline = baseline(read, standing.capture, standing.revision);
    writing.put_baseline(page, &baseline, &document)?;
    if changes.is_empty() {
        return same(writing, watched, standing, "same", at);
    }
    // A run of its own: the one before ends with the last look that saw the page as it was.
    writing.observe(page, None, &sight("same", standing.revision, shown_by), at)?;
    let mut news = recovery(watched);
    news.push(What::Beside(shown_by));
    Ok(news)
}

pub(super) fn changed(
    writing: &Writing<'_>,
    watched: &Watched,
    read: &Read,
    capture: CaptureId,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    let standing = watched
        .baseline
        .as_ref()
        .map(|baseline| Standing { revision: baseline.revision, capture: baseline.capture });
    let told = Told { page: &watched.page, capture, document: &read.document, says: read.says };
    let Outcome { number, worth } = tell(writing, &told, standing)?;
    tally.changed += usize::from(worth == tell::Worth::News);
    let beside = at_rest(writing, watched.page.id, read)?;
    writing.keep_attribute_changes(watched.page.id, capture, &beside)?;
    let baseline = baseline(read, capture, number);
    writing.put_baseline(watched.page.id, &baseline, &read.document)?;
    writing.observe(
        watched.page.id,
        watched.last.as_ref(),
        &sight("changed", number, capture),
        at,
    )?;
    let mut news = recovery(watched);
    match (standing, worth) {
        (None, _) => news.push(What::First(number)),
        (Some(_), tell::Worth::News) => news.push(What::Changed(number)),
        (Some(_), tell::Worth::Turn) => {}
    }
    if !beside.is_empty() {
        news.push(What::Beside(capture));
    }
    Ok(news)
}

/// An obstacle is kept and not believed. But a text that has collapsed, and stays so over hours under the same title, is
/// what the page now says; it is dated from the first time that this very text was seen.
fn held(
    writing: &Writing<'_>,
    watched: &Watched,
    read: &Read,
    obstacle: Obstacle,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    let reason = obstacle.to_string();
    let run = watched
        .last
        .as_ref()
        .filter(|run| run.seen.outcome == "held" && run.seen.reason.as_deref() == Some(&reason));
    let first = run.and_then(|run| run.seen.capture.map(|capture| (run, capture)));
    let says_the_same = match first {
        Some((_, capture)) => writing.doubted(capture)? == Some(read.says),
        None => false,
    };
    let agrees = says_the_same || first.is_some_and(|(_, capture)| read.agrees == Some(capture));
    let titled = title(writing, watched, read)?;
    if let Some((run, first)) =
        first.filter(|(run, _)| agrees && is_confirmed(run, obstacle, titled, at))
    {
        let capture = if says_the_same { first } else { keep(writing, watched, read)? };
        let mut news = changed(writing, watched, read, capture, at, tally)?;
        // It was in sight all the while, only in doubt.
        news.retain(|what| !matches!(what, What::Recovered));
        if says_the_same {
            let number = watched.baseline.as_ref().map(|baseline| baseline.revision.next());
            writing.retell_observation(run.id, &Seen { revision: number, ..run.seen.clone() })?;
        }
        return Ok(news);
    }
    tally.held += 1;
    let capture = if let Some((_, capture)) = first.filter(|_| agrees) {
        capture
    } else {
        let capture = keep(writing, watched, read)?;
        writing.judge_capture(capture, Kept::Doubted(read.says))?;
        capture
    };
    let goes_on = run.filter(|_| agrees);
    writing.observe(watched.page.id, goes_on, &unseen("held", reason, Some(capture)), at)?;
    Ok(if run.is_some() { Vec::new() } else { vec![What::Held(obstacle)] })
}

/// What a person said is not the page is seen again. It is kept all the same: they may take it back.
fn disbelieved(
    writing: &Writing<'_>,
    watched: &Watched,
    read: &Read,
    at: Timestamp,
    tally: &mut Tally,
) -> Result<Vec<What>, StoreError> {
    tally.held += 1;
    let reason = Obstacle::Disbelieved.to_string();
    let run = watched.last.as_ref().filter(|run| run.seen.reason.as_ref() == Some(&reason));
    let known = match run.and_then(|run| run.seen.capture) {
        Some(capture) if read.agrees == Some(capture) => Some(capture),
        Some(capture) if writing.doubted(capture)? == Some(read.says) => Some(capture),
        _ => None,
    };
    let capture = if let Some(capture) = known {
        capture
    } else {
        let capture = keep(writing, watched, read)?;
        writing.judge_capture(capture, Kept::Doubted(read.says))?;
        capture
    };
    let goes_on = run.filter(|_| known.is_some());
    writing.observe(watched.page.id, goes_on, &unseen("held", reason, Some(capture)), at)?;
    Ok(if run.is_some() { Vec::new() } else { vec![What::Held(Obstacle::Disbelieved)] })
}

fn is_confirmed(run: &Observation, obstacle: Obstacle, titled: Titled, at: Timestamp) -> bool {
    let (checks, over) = match titled {
        Titled::Other => return false,
        // A server may be out of order for a day.
        Titled::Same if obstacle != Obstacle::Incomplete => (AGREEING, AGREEING_FOR),
        Titled::Same | Titled::Neither => (AGREEING_UNTITLED, AGREEING_UNTITLED_FOR),
    };
    can_pass(obstacle) && run.checks + 1 >= checks && at.since(run.first_at) >= over
}

/// Whether agreement alone can bear out what stands behind this obstacle.
fn can_pass(obstacle: Obstacle) -> bool {
    use Obstacle::{Collapse, Incomplete, NearlyEmpty, OtherKind};
    matches!(obstacle, Collapse | NearlyEmpty | Incomplete | OtherKind)
}

/// What a page that has collapsed is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Titled {
    /// As it was before.
    Same,
    /// It has no title and had none: a plain text.
    Neither,
    /// Otherwise. A block page that stays the same must not confirm itself.
    Other,
}

fn title(writing: &Writing<'_>, watched: &Watched, read: &Read) -> Result<Titled, StoreError> {
    let Some(baseline) = &watched.baseline else { return Ok(Titled::Other) };
    let title = writing.state_of(watched.page.id, baseline.revision)?.title;
    Ok(match (title, &read.document.title) {
        (None, None) => Titled::Neither,
        (before, now) if before == *now => Titled::Same,
        _ => Titled::Other,
    })
}

pub(super) fn keep(
    writing: &Writing<'_>,
    watched: &Watched,
    read: &Read,
) -> Result<CaptureId, StoreError> {
    let near = watched.baseline.as_ref().map(|baseline| baseline.capture);
    writing.keep_capture(watched.page.id, &watched.page.url, &read.answer, read.entity, near)
}

pub(super) fn recovery(watched: &Watched) -> Vec<What> {
    let blind = watched
        .last
        .as_ref()
        .is_some_and(|last| !last.seen.is_sight() && !unsteady::is_unsteady(&last.seen));
    blind.then_some(What::Recovered).into_iter().collect()
}

pub(super) fn sight(outcome: &str, revision: RevisionNumber, capture: CaptureId) -> Seen {
    Seen {
        outcome: outcome.to_owned(),
        reason: None,
        revision: Some(revision),
        capture: Some(capture),
    }
}

pub(super) fn unseen(outcome: &str, reason: String, capture: Option<CaptureId>) -> Seen {
    Seen { outcome: outcome.to_owned(), reason: Some(reason), revision: None, capture }
}
