//! What other palinodes looked at, to what it means for the history here: bounds, and claims that are contradicted.
//!
//! They tell when they looked, which archives do not, so more can be said of them: a text that they saw long before and
//! long after palinode saw another one is another variant of the page and no edit of it. Whoever sees a variant goes on
//! seeing it, and is believed again once both see the same.

use std::collections::{BTreeMap, BTreeSet};

use super::read::Read;
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::store::{
    Capture, CaptureId, Observation, Origin, Page, Seen, StateId, Stay, StoreError, Writing,
};

/// What is known of the captures of other palinodes, while a history is told anew.
#[derive(Default)]
pub(super) struct Observers {
    claims: BTreeMap<CaptureId, Claim>,
    /// When each of them took captures, in order.
    times: BTreeMap<String, Vec<Timestamp>>,
    /// Those who see a variant of their own, and the last text of it.
    differing: BTreeMap<String, Digest>,
}

/// That a page said this from then on, as another palinode tells it.
struct Claim {
    observer: String,
    at: Timestamp,
    /// Until when it was seen there.
    until: Timestamp,
    /// The longest time in between in which nobody looked, in milliseconds.
    gap: u64,
    /// The first capture that palinode itself took meanwhile, if what that shows was seen for longer than any gap.
    meanwhile: Option<CaptureId>,
}

impl Observers {
    /// Begins a retelling: whatever other palinodes looked at stands among the observations, and what they claim is known.
    /// `own` says until when palinode itself saw what a capture of its own shows.
    pub(super) fn seated(
        writing: &Writing<'_>,
        page: &Page,
        captures: &[Capture],
        own: &BTreeMap<CaptureId, Timestamp>,
    ) -> Result<Self, StoreError> {
        writing.unseat_looks(page.id)?;
        let sources = writing.sources(page.id)?;
        let mut observers = Self::default();
        for capture in captures {
            let source = sources.get(&capture.id);
            if let Some(source) = source.filter(|source| source.origin == Origin::Palinode) {
                let (observer, at) = (source.name.clone(), capture.at);
                observers.times.entry(observer.clone()).or_default().push(at);
                let claim = Claim { observer, at, until: at, gap: 0, meanwhile: None };
                observers.claims.insert(capture.id, claim);
            }
        }
        observers.times.values_mut().for_each(|times| times.sort_unstable());
        for look in writing.looks(page.id)? {
            let Some(capture) = look.run.seen.capture else { continue };
            if let Some(claim) = observers.claims.get_mut(&capture)
                && claim.observer == look.observer.name
            {
                claim.goes_on(&look.run);
            }
            if let Some(run) = observers.beside_captures(&look.observer.name, &look.run) {
                let is_sight = matches!(run.seen.outcome.as_str(), "same" | "same-304");
                let outcome = if is_sight { "same" } else { "held" }.to_owned();
                let seen = Seen { outcome, revision: None, ..run.seen.clone() };
                writing.seat_look(page.id, look.id, &Observation { seen, ..run })?;
            }
        }
        for claim in observers.claims.values_mut() {
            claim.meanwhile = meanwhile(claim, captures, own);
        }
        Ok(observers)
    }

    /// Ends it: of those looks, what agrees with what is told by now bounds it; what does not is left to the witnesses.
    pub(super) fn settle(&self, writing: &Writing<'_>, page: &Page) -> Result<(), StoreError> {
        writing.unseat_looks(page.id)?;
        let stays = writing.stays(page.id)?;
        for look in writing.looks(page.id)? {
            let Some(capture) = look.run.seen.capture else { continue };
            let Some(state) = writing.state_shown(capture)? else { continue };
            let run = self.beside_captures(&look.observer.name, &look.run);
            for sight in run.iter().flat_map(|run| sights(run, state, &stays)) {
                writing.seat_look(page.id, look.id, &sight)?;
            }
        }
        Ok(())
    }

    /// The looks of a run beside those that captures stand for.
    fn beside_captures(&self, observer: &str, run: &Observation) -> Option<Observation> {
        let times = self.times.get(observer).map_or(&[][..], Vec::as_slice);
        let from = times.partition_point(|at| *at < run.first_at);
        let counted = times[from..].partition_point(|at| *at <= run.last_at);
        let checks = run.checks.saturating_sub(u32::try_from(counted).unwrap_or(u32::MAX));
        (checks > 0).then(|| Observation { checks, ..run.clone() })
    }

    /// For how long the text of a capture was seen by whoever took it.
    pub(super) fn lasted(&self, capture: CaptureId) -> std::time::Duration {
        self.claims.get(&capture).map_or_else(Default::default, |claim| claim.until.since(claim.at))
    }

    /// The capture of palinode's own that contradicts this one, if it says something else.
    pub(super) fn meanwhile(&self, capture: CaptureId) -> Option<CaptureId> {
        self.claims.get(&capture)?.meanwhile
    }

    /// Whether it is of somebody who sees a variant of the page.
    pub(super) fn is_of_variant(&self, capture: CaptureId) -> bool {
        let claim = self.claims.get(&capture);
        claim.is_some_and(|claim| self.differing.contains_key(&claim.observer))
    }

    /// What this capture says is contradicted: whoever took it sees a variant.
    pub(super) fn differs(&mut self, capture: CaptureId, read: &Read) {
        if let Some(claim) = self.claims.get(&capture) {
            self.differing.insert(claim.observer.clone(), read.says);
        }
    }

    /// What this capture says stands: whoever took it, or saw the same last, sees the page.
    pub(super) fn agrees(&mut self, capture: CaptureId, says: Digest) {
        if let Some(claim) = self.claims.get(&capture) {
            self.differing.remove(&claim.observer);
        }
        self.differing.retain(|_, text| *text != says);
    }
}

impl Claim {
    fn goes_on(&mut self, run: &Observation) {
        let between = i64::try_from(run.longest_gap).unwrap_or(i64::MAX);
        let before = run.first_at.millis().saturating_sub(self.until.millis());
        self.gap = self.gap.max(u64::try_from(between.max(before)).unwrap_or(0));
        self.until = self.until.max(run.last_at);
    }
}

/// The first capture that palinode took within a claim, where what it shows was seen within the claim for longer than
/// the other one ever did not look.
fn meanwhile(
    claim: &Claim,
    captures: &[Capture],
    own: &BTreeMap<CaptureId, Timestamp>,
) -> Option<CaptureId> {
    if claim.until == claim.at {
        return None;
    }
    let within = |capture: &&Capture| {
        capture.at > claim.at && capture.at <= claim.until && own.contains_key(&capture.id)
    };
    let first = captures.iter().find(within)?;
    let seen_for = own.get(&first.id)?.min(&claim.until).since(first.at);
    (seen_for.as_millis() > u128::from(claim.gap)).then_some(first.id)
}

/// Of a run of looks at one text, those at which the same text stands in the history, with its revision. Only of the
/// first and the last look it is known when they were.
fn sights(run: &Observation, state: StateId, stays: &[Stay]) -> Vec<Observation> {
    let stood = |at: Timestamp| {
        let stay = stays.iter().rev().find(|stay| stay.since <= at);
        stay.filter(|stay| stay.state == state).map(|stay| stay.revision)
    };
    let seen = |revision| Seen {
        outcome: "same".to_owned(),
        reason: None,
        revision: Some(revision),
        capture: run.seen.capture,
    };
    match (stood(run.first_at), stood(run.last_at)) {
        (Some(first), Some(last)) if first == last => {
            vec![Observation { seen: seen(first), ..run.clone() }]
        }
        (first, last) => {
            let times: BTreeSet<_> = [(first, run.first_at), (last, run.last_at)].into();
            let sight = |(revision, at): (Option<_>, Timestamp)| {
                let (first_at, last_at, checks, longest_gap) = (at, at, 1, 0);
                let seen = seen(revision?);
                Some(Observation { id: run.id, seen, first_at, last_at, checks, longest_gap })
            };
            times.into_iter().filter_map(sight).collect()
        }
    }
}
