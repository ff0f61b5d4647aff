//! What each witness saw of a page to where they agree and where they do not.
//!
//! Every witness saw one text from a first look to a last one. Two agree where they saw the same text at overlapping times.
//! They differ where they saw different ones, unless one text can have come and gone while the other witness did not look.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::store::{Stretch, Witness};

/// From when to when a witness saw one text, and what the others saw meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testimony {
    /// What was seen, by whom.
    pub stretch: Stretch,
    /// What the others say.
    pub others: BTreeMap<Witness, Accord>,
}

/// What another witness says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accord {
    /// It saw the same meanwhile.
    Agrees,
    /// It saw something else, and between two looks of one of them there is room for both.
    Between,
    /// It saw something else meanwhile.
    Differs,
}

impl Accord {
    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Between => "between-looks",
            Self::Differs => "differs",
        }
    }
}

/// What each witness saw, by the time of its first look.
pub fn testimonies(seen: Vec<Stretch>) -> Vec<Testimony> {
    let stretches = joined(seen);
    let with = |stretch: &Stretch| {
        let mut others: BTreeMap<Witness, BTreeSet<Accord>> = BTreeMap::new();
        for other in stretches.iter().filter(|other| other.witness != stretch.witness) {
            if let Some(accord) = accord(stretch, other) {
                others.entry(other.witness.clone()).or_default().insert(accord);
            }
        }
        let worst = |(witness, accords): (Witness, BTreeSet<Accord>)| {
            accords.last().map(|accord| (witness, *accord))
        };
        Testimony {
            stretch: stretch.clone(),
            others: others.into_iter().filter_map(worst).collect(),
        }
    };
    stretches.iter().map(with).collect()
}

/// Neighbouring runs of one witness at one text are one.
fn joined(mut seen: Vec<Stretch>) -> Vec<Stretch> {
    seen.sort_by_key(|stretch| (stretch.first_at, stretch.last_at));
    let mut joined: Vec<Stretch> = Vec::new();
    let mut last: BTreeMap<Witness, usize> = BTreeMap::new();
    for next in seen {
        let before = last.get(&next.witness).map(|place| &mut joined[*place]);
        let Some(before) = before.filter(|before| before.text == next.text) else {
            last.insert(next.witness.clone(), joined.len());
            joined.push(next);
            continue;
        };
        let between = millis(next.first_at.since(before.last_at));
        before.longest_gap = before.longest_gap.max(next.longest_gap).max(between);
        before.last_at = before.last_at.max(next.last_at);
        before.checks += next.checks;
        before.state = before.state.or(next.state);
    }
    joined
}

/// What the other says of a stretch; nothing if it did not look meanwhile.
fn accord(one: &Stretch, other: &Stretch) -> Option<Accord> {
    let (from, to) = (one.first_at.max(other.first_at), one.last_at.min(other.last_at));
    if from > to {
        return None;
    }
    if one.text == other.text {
        return Some(Accord::Agrees);
    }
    let within = |inner: &Stretch, outer: &Stretch| {
        let is_inside = outer.first_at < inner.first_at && inner.last_at < outer.last_at;
        is_inside && millis(inner.last_at.since(inner.first_at)) < outer.longest_gap
    };
    let has_room = within(one, other) || within(other, one);
    Some(if has_room { Accord::Between } else { Accord::Differs })
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
