//! `manifest.tsv` to visits: what a page answered, and when.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use palinode::clock::Timestamp;

/// One look at the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Visit {
    /// When.
    pub(crate) at: Timestamp,
    /// What it answered.
    pub(crate) file: PathBuf,
}

/// The visits of a folder, in order.
pub(crate) fn read(folder: &Path) -> Result<Vec<Visit>, Box<dyn Error>> {
    let table = fs::read_to_string(folder.join("manifest.tsv"))?;
    let mut visits: Vec<Visit> = Vec::new();
    for row in table.lines().skip(1) {
        let mut visit = visit(row, folder).ok_or_else(|| format!("not a visit: {row}"))?;
        // Two answers of one second are two checks, and a check never comes before the one before it.
        let earliest = visits.last().map(|last| last.at.after(Duration::from_secs(1)));
        visit.at = earliest.map_or(visit.at, |earliest| earliest.max(visit.at));
        visits.push(visit);
    }
    Ok(visits)
}

fn visit(row: &str, folder: &Path) -> Option<Visit> {
    let mut cells = row.split('\t');
    let seconds: i64 = cells.nth(1)?.parse().ok()?;
    let file = folder.join(cells.nth(2)?);
    Some(Visit { at: Timestamp::from_millis(seconds.checked_mul(1000)?), file })
}
