//! What a differ told of many pairs to one row of a table.

use std::time::Duration;

use crate::engines::{Change, Engine};
use crate::histories::Pair;

/// A change of so many tokens on both sides of a lone kept one makes that one chaff.
const MUCH: usize = 3;

/// A differ over all pairs.
#[derive(Default)]
pub(crate) struct Tally {
    tokens: Vec<usize>,
    times: Vec<(Duration, String)>,
    marked: usize,
    hunks: usize,
    moved: usize,
    chaff: usize,
    edges: usize,
}

impl Tally {
    pub(crate) const HEADING: &str = "\
| differ | pairs | median tokens | median µs | p95 µs | worst ms | worst pair | marked tokens | hunks | passages moved | chaff | the same over the end of a passage |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    /// Compares one pair three times and keeps the best time.
    pub(crate) fn add(&mut self, pair: &Pair, engine: Engine) {
        let (old, new) = pair.sides();
        let runs = (0..3).map(|_| engine(&old, &new));
        let Some((time, told)) = runs.min_by_key(|(time, _)| *time) else { return };
        let count = |texts: &[&str]| -> usize {
            texts.iter().map(|text| palinode::extract::tokens(text).len()).sum()
        };
        self.tokens.push(count(&old).max(count(&new)));
        self.times.push((time, pair.name.clone()));
        self.marked += told.changes.iter().map(marked).sum::<usize>();
        let hunks = told.hunks();
        let chaff = lone(&told.changes).filter(|change| change.ended == 0).count();
        self.hunks += hunks.len();
        self.chaff += chaff;
        self.edges += lone(&hunks).count() - chaff;
        self.moved += told.moved;
    }

    /// One line of the table.
    pub(crate) fn row(&mut self, name: &str) -> String {
        if self.times.is_empty() {
            return format!("| {name} | 0 | | | | | | | | | | |");
        }
        self.tokens.sort_unstable();
        self.times.sort();
        let time = |percent: usize| &self.times[(self.times.len() - 1) * percent / 100];
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.times.len(),
            self.tokens[self.tokens.len() / 2],
            time(50).0.as_micros(),
            time(95).0.as_micros(),
            milliseconds(time(100).0),
            time(100).1,
            self.marked,
            self.hunks,
            self.moved,
            self.chaff,
            self.edges,
        )
    }
}

/// Milliseconds with one digit after the point.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

/// Tokens that a reader sees marked.
pub(crate) fn marked(change: &Change) -> usize {
    change.removed + change.added
}

/// The changes before which a lone token was kept, and much is marked on either side of it.
fn lone(changes: &[Change]) -> impl Iterator<Item = &Change> {
    let much = |change: &Change| marked(change) >= MUCH;
    let lone =
        changes.windows(2).filter(move |two| two[1].kept == 1 && much(&two[0]) && much(&two[1]));
    lone.map(|two| &two[1])
}
