//! One very long history, told into a real store, to what each revision cost and what all of them take.
//!
//! `cargo run --release --example long_history -- [--revisions N] [--keep DB] FILE`. FILE is the export of one `MediaWiki`
//! page, as XML (`-` for standard input, so that a packed one can be piped in). Every revision goes the way of a check
//! that was believed, but for the network and the extraction: its passages are what blank lines part. `histories`
//! replays real checks of short histories; this one asks whether the cost of a revision grows with those before it.

mod cost;
mod drive;
mod dump;
mod phrases;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;

use clap::Parser;

use palinode::store::Store;

/// Tell one very long history, and measure what it costs
#[derive(Parser)]
struct Arguments {
    /// The export of one page, as XML; - for standard input
    file: PathBuf,
    /// Stop after so many revisions of the export
    #[arg(long, value_name = "N", default_value_t = usize::MAX)]
    revisions: usize,
    /// Keep the database here
    #[arg(long, value_name = "DB")]
    keep: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let scratch = tempfile::tempdir()?;
    let database = arguments.keep.clone().unwrap_or_else(|| scratch.path().join("palinode.db"));
    let input: Box<dyn BufRead> = if arguments.file.as_os_str() == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(&arguments.file)?))
    };
    let mut store = Store::open_or_create(&database)?;
    let texts = dump::Texts::new(input).take(arguments.revisions);
    let played = drive::play(&mut store, texts)?;
    let mut out = io::stdout().lock();
    cost::report(&mut out, &store, &played)?;
    phrases::report(&mut out, &store, played.page)?;
    drop(store);
    cost::sizes(&mut out, &database, played.raw)?;
    Ok(())
}
