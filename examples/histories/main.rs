//! Real pages' histories, replayed through the whole of palinode, to one table of what it told and what it cost.
//!
//! `cargo run --release --example histories -- [--events] [--keep FOLDER] FOLDER…`. Each folder holds `manifest.tsv`
//! (seq, unix time, ISO date, commit, file; with a heading) and the files that it names. Every row is one check: a
//! server on the loopback answers with the row's file, the clock stands at the row's time, and `watch::check` does the
//! rest, as it does for anybody. What `lineage_quality` generates is known to the word; here nothing is known, and a
//! person judges what was told: `--events` prints every return on a line of its own.

mod manifest;
mod replay;
mod report;
mod site;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

use palinode::fetch::{Fetcher, FetcherSettings};
use report::Report;

/// Replay real pages' histories through palinode, and tell what it makes of them
#[derive(Parser)]
struct Arguments {
    /// Folders with a manifest.tsv and the files that it names
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Keep the databases in this folder, one a history
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Print what was told to be back, an event a line
    #[arg(long)]
    events: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let scratch = tempfile::tempdir()?;
    let databases = arguments.keep.as_deref().unwrap_or(scratch.path());
    let fetcher =
        Fetcher::new(FetcherSettings { pause: Duration::ZERO, ..FetcherSettings::default() })?;
    let reports: Vec<Report> = arguments
        .folders
        .iter()
        .map(|folder| replayed(folder, databases, &fetcher, arguments.events))
        .collect::<Result<_, _>>()?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}", Report::HEADING)?;
    reports.iter().try_for_each(|report| writeln!(out, "{}", report.row()))?;
    Ok(())
}

/// One history: played, told, measured.
fn replayed(
    folder: &Path,
    databases: &Path,
    fetcher: &Fetcher,
    events: bool,
) -> Result<Report, Box<dyn Error>> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    writeln!(io::stderr(), "{name} …")?;
    let visits = manifest::read(folder)?;
    let database = databases.join(format!("{name}.db"));
    let played = replay::play(&name, &visits, &database, fetcher)?;
    let report = Report::new(name, &visits, &database, &played)?;
    if events {
        report.returns.iter().try_for_each(|line| writeln!(io::stdout(), "{line}"))?;
    }
    Ok(report)
}
