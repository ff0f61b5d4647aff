//! A phrase's ledger to a table that reads as a story: there until then, missing from then on, back at last.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use super::events::{SpanJson, bounds};
use super::excerpt::in_context;
use super::hyperlink::linked;
use super::log::counted;
use super::sources::{SourceJson, claim};
use super::strip::{Gap, Key, Sight, Strip, sights, strip};
use super::styled::{Line, Mark, Piece, led, paragraph};
use super::{Look, moment};
use crate::clock::Timestamp;
use crate::lineage::{ByNumber, PhraseRun, RevisionNumber};
use crate::store::{Absence, Observation, Page, Revision, Source};

/// What is said of a run stands beside its name, behind so many columns.
const BESIDE: usize = 18;

/// The life of a phrase on one page.
pub struct Ledger<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// The phrase.
    pub phrase: &'a str,
    pub(super) entries: Vec<Entry<'a>>,
    observations: &'a [Observation],
    /// The stretches in which the page could not be seen.
    pub(super) blind: Vec<&'a Observation>,
}

/// A run of revisions that hold the phrase equally often, with its times.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) run: PhraseRun,
    pub(super) first_seen: Timestamp,
    pub(super) last_seen: Timestamp,
    /// Who says so, if palinode did not see its first revision itself.
    pub(super) source: Option<&'a Source>,
    /// Of a return: how long the phrase had been missing.
    pub(super) absence: Option<Absence>,
    /// The passage that holds it, and where.
    pub(super) context: Option<(&'a str, Range<usize>)>,
}

impl<'a> Ledger<'a> {
    /// The ledger that these runs make, with the times of the revisions.
    pub fn new(
        page: &'a Page,
        phrase: &'a str,
        runs: Vec<PhraseRun>,
        revisions: &'a [Revision],
        observations: &'a [Observation],
        wordings: &'a dyn ByNumber,
    ) -> Self {
        let at = |number| Revision::numbered(revisions, number);
        let entries = runs.into_iter().filter_map(|run| {
            let context = run.found.first.as_ref().and_then(|(id, range)| {
                Some((wordings.numbered(*id)?.text.as_str(), range.clone()))
            });
            let absence =
                run.gone.and_then(|gone| Absence::from_page(revisions, gone, Some(run.from)));
            Some(Entry {
                first_seen: at(run.from)?.first_seen,
                last_seen: at(run.to)?.last_seen,
                source: at(run.from)?.source.as_ref(),
                absence,
                context,
                run,
            })
        });
        Self {
            title: page.title(),
            url: page.url.as_str(),
            phrase,
            entries: entries.collect(),
            observations,
            blind: observations.iter().filter(|run| !run.seen.is_sight()).collect(),
        }
    }

    /// Whether the phrase was ever seen.
    pub fn is_blank(&self) -> bool {
        self.entries.iter().all(|entry| entry.run.found.count == 0)
    }
}

impl Entry<'_> {
    pub(super) fn word(&self) -> &'static str {
        match (self.run.found.count, self.run.gone) {
            (0, _) => "absent",
            (_, Some(_)) => "restored",
            (_, None) => "present",
        }
    }

    pub(super) fn revisions(&self) -> String {
        let PhraseRun { from, to, .. } = &self.run;
        if from == to { from.to_string() } else { format!("{from}\u{2013}{to}") }
    }
}

/// Writes the ledger.
pub fn trace(out: &mut dyn Write, look: Look, ledger: &Ledger<'_>) -> io::Result<()> {
    let heading = format!("\u{201c}{}\u{201d} on {}", ledger.phrase, ledger.title);
    writeln!(out, "{}", linked(look, ledger.url, &Piece::new(heading, Mark::Strong)))?;
    if ledger.is_blank() {
        let ends = ledger.entries.first().zip(ledger.entries.last());
        let when = ends.map_or_else(String::new, |(first, last)| {
            format!(" between {} and {} (UTC)", moment(first.first_seen), moment(last.last_seen))
        });
        return writeln!(out, "\nnever seen{when}, in {}", counted(revisions(ledger), "revision"));
    }
    writeln!(out)?;
    if let Some(drawn) = drawn(ledger) {
        strip(out, look, &drawn, Gap::Below)?;
    }
    for entry in &ledger.entries {
        write_entry(out, look, entry)?;
    }
    write_blind(out, look, &ledger.blind)
}

/// When the phrase was seen, when the page was seen without it, and when nobody can say.
fn drawn<'a>(ledger: &Ledger<'_>) -> Option<Strip<'a>> {
    let has = |number: RevisionNumber| {
        let after = ledger.entries.partition_point(|entry| entry.run.from <= number);
        ledger.entries.get(after.checked_sub(1)?).map(|entry| entry.run.found.count > 0)
    };
    let sight = |run: &Observation| {
        has(run.seen.revision?).map(|has| if has { Sight::There } else { Sight::Missing })
    };
    Some(Strip {
        ends: (ledger.observations.first()?.first_at, ledger.observations.last()?.last_at),
        stretches: sights(ledger.observations, sight),
        names: ledger
            .entries
            .iter()
            .map(|entry| (entry.first_seen, entry.run.from.to_string()))
            .collect(),
        changes: Vec::new(),
        key: Key { there: "there", both: "both", missing: "missing", unknown: "unknown" },
    })
}

fn write_entry(out: &mut dyn Write, look: Look, entry: &Entry<'_>) -> io::Result<()> {
    let mark = match entry.run.gone {
        Some(_) => Mark::Restored,
        None if entry.run.found.count == 0 => Mark::Faint,
        None => Mark::Strong,
    };
    let times = if entry.run.found.count > 1 {
        format!(", {} times", entry.run.found.count)
    } else {
        String::new()
    };
    let (first, last) = if entry.run.found.count == 0 {
        ("first missing", "last missing")
    } else {
        ("first seen", "last seen")
    };
    // Signs around the word would repeat what the word says; in colour they are the second signal.
    let mark = if look.ink == super::Ink::Colour { mark } else { Mark::Kept };
    let word = entry.word();
    let name = format!("{:pad$}{:<7} ", "", entry.revisions(), pad = 10 - word.len());
    let lead = Line::of(look, &[Piece::new(word, mark), Piece::new(name, Mark::Kept)]);
    let seen =
        format!("{first} {}, {last} {}{times}", moment(entry.first_seen), moment(entry.last_seen));
    led(out, look, &lead, BESIDE, &[Piece::new(seen, Mark::Kept)])?;
    let below =
        |out: &mut dyn Write, pieces: &[Piece]| led(out, look, &Line::default(), BESIDE, pieces);
    if let Some(source) = entry.source {
        below(out, &[Piece::new(claim(source), Mark::Faint)])?;
    }
    if let Some(absence) = &entry.absence {
        let gone = format!("it had been gone for {}", bounds(absence));
        below(out, &[Piece::new(gone, Mark::Kept)])?;
    }
    match &entry.context {
        Some((text, range)) => below(out, &in_context(text, std::slice::from_ref(range))),
        None => Ok(()),
    }
}

fn write_blind(out: &mut dyn Write, look: Look, blind: &[&Observation]) -> io::Result<()> {
    if blind.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let unknown = "the page could not be seen, so nothing is known of these times (UTC):";
    paragraph(out, look, "", &[Piece::new(unknown, Mark::Faint)])?;
    for run in blind {
        let reason = run.seen.reason.as_deref().unwrap_or_default();
        let until = if run.first_at == run.last_at {
            String::new()
        } else {
            format!(" to {}", moment(run.last_at))
        };
        let line = format!(
            "{}{until}  {} ({reason}), {}",
            moment(run.first_at),
            run.seen.outcome,
            counted(run.checks as usize, "check")
        );
        paragraph(out, look, "  ", &[Piece::new(line, Mark::Faint)])?;
    }
    Ok(())
}

fn revisions(ledger: &Ledger<'_>) -> usize {
    ledger.entries.iter().map(|entry| (entry.run.to.0 - entry.run.from.0 + 1) as usize).sum()
}

#[derive(Serialize)]
struct LedgerJson<'a> {
    page: &'a str,
    phrase: &'a str,
    ledger: Vec<EntryJson<'a>>,
    unseen: Vec<UnseenJson<'a>>,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    what: &'static str,
    from_revision: u32,
    to_revision: u32,
    count: usize,
    first_seen: String,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_for: Option<SpanJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passage: Option<&'a str>,
}

#[derive(Serialize)]
struct UnseenJson<'a> {
    from: String,
    to: String,
    outcome: &'a str,
    reason: Option<&'a str>,
    checks: u32,
}

/// Writes several ledgers as one JSON list.
pub fn trace_json(out: &mut dyn Write, ledgers: &[Ledger<'_>]) -> io::Result<()> {
    let all: Vec<LedgerJson<'_>> = ledgers.iter().map(ledger_json).collect();
    super::json(out, &all)
}

fn ledger_json<'a>(ledger: &'a Ledger<'a>) -> LedgerJson<'a> {
    let entries = ledger.entries.iter().map(|entry| EntryJson {
        what: entry.word(),
        from_revision: entry.run.from.0,
        to_revision: entry.run.to.0,
        count: entry.run.found.count,
        first_seen: entry.first_seen.to_string(),
        last_seen: entry.last_seen.to_string(),
        missing_for: entry.absence.map(SpanJson::from),
        source: entry.source.map(SourceJson::of),
        passage: entry.context.as_ref().map(|(text, _)| *text),
    });
    let unseen = ledger.blind.iter().map(|run| UnseenJson {
        from: run.first_at.to_string(),
        to: run.last_at.to_string(),
        outcome: &run.seen.outcome,
        reason: run.seen.reason.as_deref(),
        checks: run.checks,
    });
    LedgerJson {
        page: ledger.title,
        phrase: ledger.phrase,
        ledger: entries.collect(),
        unseen: unseen.collect(),
    }
}
