//! What was played to its cost: time by revision, early against late, memory, and bytes by table.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shares and means of counts, printed with two digits"
)]

use std::cmp::Reverse;
use std::error::Error;
use std::fs::read_to_string;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use palinode::store::{Revision, Store};

use crate::drive::Played;

/// Revisions with few before them, and with many.
const EARLY: Range<usize> = 500..1_500;
const LATE: Range<usize> = 13_000..14_000;

/// So many of the slowest revisions are named.
const SLOWEST: usize = 8;

/// What a check keeps whether or not anything is told: the evidence itself.
const EVIDENCE: [&str; 2] = ["body", "capture"];

/// Times, and how they grow.
pub(crate) fn report(
    out: &mut impl Write,
    store: &Store,
    played: &Played,
) -> Result<(), Box<dyn Error>> {
    let revisions = store.revisions(played.page)?;
    let mut states: Vec<_> = revisions.iter().map(|revision| revision.state).collect();
    states.sort_unstable();
    states.dedup();
    let (texts, told, states) = (played.texts, revisions.len(), states.len());
    writeln!(out, "texts {texts}, revisions {told}, states {states}, raw {}", mib(played.raw))?;
    let commits = millis(played.commits) / played.took.len().max(1) as f64;
    writeln!(out, "a revision, ms: {}  (commits {commits:.3} each on top)", line(&played.took))?;
    writeln!(out, "of that on the processor: {}", line(&played.ran))?;
    let took = &played.ran;
    slowest(out, took, &revisions)?;
    for part in [EARLY, LATE] {
        if let (Some(took), Some(revisions)) = (took.get(part.clone()), revisions.get(part.clone()))
        {
            let (time, words) = (millis(mean(took)), words(revisions));
            let median = millis(quantile(took, 0.5));
            writeln!(
                out,
                "r{}-r{}: mean {time:.3} ms, median {median:.3} ms, {words:.0} words changed each",
                part.start, part.end
            )?;
        }
    }
    let memory = read_to_string("/proc/self/status").unwrap_or_default();
    let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    writeln!(out, "{peak}")?;
    Ok(())
}

fn line(took: &[Duration]) -> String {
    let [median, p95, worst] = [0.5, 0.95, 1.0].map(|share| millis(quantile(took, share)));
    let mean = millis(mean(took));
    format!("mean {mean:.3}  median {median:.3}  p95 {p95:.3}  worst {worst:.3}")
}

/// The revisions that took longest, and how many words each changed.
fn slowest(
    out: &mut impl Write,
    took: &[Duration],
    revisions: &[Revision],
) -> Result<(), Box<dyn Error>> {
    let mut longest: Vec<(Duration, &Revision)> = took.iter().copied().zip(revisions).collect();
    longest.sort_by_key(|(took, revision)| (Reverse(*took), revision.number));
    let told = longest.iter().take(SLOWEST).map(|(took, revision)| {
        let words = revision.size.words_added + revision.size.words_removed;
        format!("{} {:.1} ({words} words)", revision.number, millis(*took))
    });
    writeln!(out, "slowest, ms: {}", told.collect::<Vec<_>>().join("  "))?;
    Ok(())
}

/// Bytes on disk by table and index, when all is in the one file.
pub(crate) fn sizes(out: &mut impl Write, path: &Path, raw: u64) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    let mut query = connection
        .prepare("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY sum(pgsize) DESC")?;
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let (mut all, mut told) = (0, 0);
    for row in rows {
        let (name, bytes) = row?;
        let bytes = u64::try_from(bytes)?;
        all += bytes;
        let is_evidence = EVIDENCE
            .iter()
            .any(|table| name.starts_with(table) || name.contains(&format!("_{table}_")));
        told += if is_evidence { 0 } else { bytes };
        if bytes > 100_000 {
            writeln!(out, "  {name:24} {} ({:.2} % of raw)", mib(bytes), share(bytes, raw))?;
        }
    }
    writeln!(
        out,
        "database: {} ({:.2} %); without captures and bodies {} ({:.2} %)",
        mib(all),
        share(all, raw),
        mib(told),
        share(told, raw)
    )?;
    Ok(())
}

/// The mean of the words that came and went.
fn words(revisions: &[Revision]) -> f64 {
    let words = |revision: &Revision| revision.size.words_added + revision.size.words_removed;
    revisions.iter().map(words).sum::<usize>() as f64 / revisions.len().max(1) as f64
}

fn mean(took: &[Duration]) -> Duration {
    took.iter().sum::<Duration>() / u32::try_from(took.len().max(1)).unwrap_or(u32::MAX)
}

/// The time that this share of them did not exceed.
pub(crate) fn quantile(took: &[Duration], share: f64) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn share(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
