//! A replayed history to a row of the table, and to a line for each event that tells of a return.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use palinode::extract::{stretch, tokens};
use palinode::lineage::{EventKind, Gate, Strand, Wording};
use palinode::store::{Absence, EventRow, Observation, PageId, Revision, Store};
use palinode::views::{counted, escape, moment, span};

use crate::manifest::Visit;
use crate::replay::Played;

/// What became of one history.
pub(crate) struct Report {
    /// The returns that were told, a line each: history, revision, time, kind, grade, since when it was
    /// gone and for how long, how many tokens, what had stood instead, words.
    pub(crate) returns: Vec<String>,
    cells: Vec<String>,
}

impl Report {
    pub(crate) const HEADING: &str = "\
| history | checks | revisions | states | outcomes | told | gated | median check | worst check | database | raw, distinct | raw, all checks |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    /// Reads what the replay left behind.
    pub(crate) fn new(
        name: String,
        visits: &[Visit],
        database: &Path,
        played: &Played,
    ) -> Result<Self, Box<dyn Error>> {
        let store = Store::open(database)?;
        let page = store.pages()?.pop().ok_or("the page is not there")?.id;
        let revisions = store.revisions(page)?;
        let events = store.events_since(page, None)?;
        let (gated, told): (Vec<&EventRow>, Vec<&EventRow>) =
            events.iter().partition(|row| gate(row).is_some());
        let states: BTreeSet<_> = revisions.iter().map(|revision| revision.state).collect();
        let (distinct, all) = raw_bytes(visits)?;
        let returns = returns(&name, &store, page, &told, &revisions)?;
        let cells = vec![
            name,
            played.times.len().to_string(),
            revisions.len().to_string(),
            states.len().to_string(),
            outcomes(&store.observations(page)?, played.damaged),
            by_kind(&told),
            listed(gated.into_iter().filter_map(gate)),
            milliseconds(quantile(&played.times, 50)),
            milliseconds(quantile(&played.times, 100)),
            kibibytes(std::fs::metadata(database)?.len()),
            kibibytes(distinct),
            kibibytes(all),
        ];
        Ok(Self { returns, cells })
    }

    /// One line of the table.
    pub(crate) fn row(&self) -> String {
        format!("| {} |", self.cells.join(" | "))
    }
}

/// Why an event was not told.
fn gate(row: &EventRow) -> Option<&'static str> {
    row.event.gate.map(Gate::name)
}

fn outcomes(observations: &[Observation], damaged: usize) -> String {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for run in observations {
        let reason = run.seen.reason.as_ref().map(|reason| format!(" {reason}"));
        let outcome = format!("{}{}", run.seen.outcome, reason.unwrap_or_default());
        *counts.entry(outcome).or_default() += run.checks;
    }
    let damaged = (damaged > 0).then(|| format!("damaged {damaged}"));
    let parts = counts.into_iter().map(|(outcome, checks)| format!("{outcome} {checks}"));
    parts.chain(damaged).collect::<Vec<_>>().join(", ")
}

fn by_kind(told: &[&EventRow]) -> String {
    let kinds = EventKind::ALL.into_iter().filter_map(|kind| {
        let of_kind: Vec<&&EventRow> = told.iter().filter(|row| row.event.kind == kind).collect();
        let grades = (kind == EventKind::Restored)
            .then(|| format!(" ({})", listed(of_kind.iter().map(|row| row.event.grade))));
        let count = of_kind.len();
        (count > 0).then(|| format!("{kind} {count}{}", grades.unwrap_or_default()))
    });
    kinds.collect::<Vec<_>>().join(", ")
}

/// `in-place 3, sentence 1`.
fn listed<T: Display + Ord>(items: impl Iterator<Item = T>) -> String {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts.iter().map(|(item, count)| format!("{item} {count}")).collect::<Vec<_>>().join(", ")
}

fn returns(
    name: &str,
    store: &Store,
    page: PageId,
    told: &[&EventRow],
    revisions: &[Revision],
) -> Result<Vec<String>, Box<dyn Error>> {
    let wordings = store.wordings(page)?;
    let returns = told.iter().filter(|row| row.event.kind.is_return());
    Ok(returns.map(|row| line(name, row, revisions, &wordings)).collect())
}

fn line(name: &str, row: &EventRow, revisions: &[Revision], wordings: &[Wording]) -> String {
    let EventRow { revision, event, .. } = row;
    let seen = Revision::numbered(revisions, *revision).map(|revision| revision.first_seen);
    let gone = event.gone.and_then(|gone| {
        let absence = Absence::of_event(revisions, gone, *revision)?;
        let (least, most) = (span(absence.at_least()), absence.at_most().map(span));
        Some(format!("gone since {gone}, for {least} to {}", most.unwrap_or_default()))
    });
    let of = |strand: &Option<Strand>| strand.as_ref().map(|strand| words(strand, wordings));
    [
        name.to_owned(),
        revision.to_string(),
        seen.map_or_else(String::new, moment),
        event.kind.to_string(),
        event.grade.to_string(),
        gone.unwrap_or_default(),
        counted(event.new.as_ref().map_or(0, |new| new.tokens.len()), "token"),
        of(&event.old).map_or_else(String::new, |old| format!("instead of: {old}")),
        of(&event.new).unwrap_or_default(),
    ]
    .join("\t")
}

fn words(strand: &Strand, wordings: &[Wording]) -> String {
    let text = wordings.get(strand.wording.0 as usize).map_or("", |wording| wording.text.as_str());
    let shown: String = stretch(text, &tokens(text), &strand.tokens).chars().take(MOST).collect();
    escape(&shown).replace(['\n', '\t'], " ")
}

/// So many characters of the words are shown.
const MOST: usize = 200;

/// The bytes of all files that the visits name, and the bytes that all visits were answered with.
fn raw_bytes(visits: &[Visit]) -> std::io::Result<(u64, u64)> {
    let mut sizes: BTreeMap<&PathBuf, u64> = BTreeMap::new();
    let mut all = 0;
    for visit in visits {
        let size = match sizes.get(&visit.file) {
            Some(size) => *size,
            None => std::fs::metadata(&visit.file)?.len(),
        };
        sizes.insert(&visit.file, size);
        all += size;
    }
    Ok((sizes.values().sum(), all))
}

/// The time that so many percent of the checks did not exceed.
fn quantile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn kibibytes(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}
