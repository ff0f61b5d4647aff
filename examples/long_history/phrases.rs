//! Phrases to how long their history takes, read as `trace` reads it.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use palinode::lineage::{Exactness, PhraseCounter};
use palinode::store::{PageId, Store};

use crate::cost::{millis, quantile};
use crate::drive::now;

/// Rare and common, one word and many.
const PHRASES: [&str; 20] = [
    "anarchism",
    "of the",
    "the",
    "voluntary association",
    "Proudhon",
    "individualist anarchism",
    "Kropotkin",
    "Emma Goldman",
    "property is theft",
    "anarcho-capitalism",
    "Spanish Civil War",
    "without government",
    "state",
    "free market",
    "mutual aid",
    "Bakunin",
    "Max Stirner",
    "political philosophy",
    "zzz",
    "the abolition of",
];

pub(crate) fn report(
    out: &mut impl Write,
    store: &Store,
    page: PageId,
) -> Result<(), Box<dyn Error>> {
    let (layouts, wordings) = (store.layouts(page)?, store.wordings(page)?);
    let mut took = Vec::new();
    for phrase in PHRASES {
        let counter = PhraseCounter::new(phrase, Exactness::Folded).ok_or("no word")?;
        let begun = now();
        let runs = store.phrase_runs(page, &counter)?;
        took.push(begun.elapsed());
        if runs != counter.clone().runs(&layouts, &wordings) {
            return Err(format!("\u{201c}{phrase}\u{201d} is told otherwise by all texts").into());
        }
    }
    let [median, p95, worst]: [Duration; 3] = [0.5, 0.95, 1.0].map(|share| quantile(&took, share));
    let (median, p95, worst) = (millis(median), millis(p95), millis(worst));
    writeln!(
        out,
        "phrase history, as all texts tell it, ms: median {median:.1}  p95 {p95:.1}  worst {worst:.1}  ({} phrases)",
        PHRASES.len()
    )?;
    Ok(())
}
