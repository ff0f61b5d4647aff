//! Real pairs of revisions, and pairs made to be hard, to how their diffs read and what they cost.
//!
//! `cargo run --release --example diff_quality -- FOLDER…` prints two tables. A folder holds the revisions of one page
//! as files and a `manifest.tsv` that names them in order in its column `file`. The first table is about real pairs,
//! beside a plain differ over the whole list of words; the second about texts at which differs are known to fail.

mod draw;
mod engines;
mod hard;
mod histories;
mod tally;

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Parser;

use histories::{Pair, chosen, pairs};
use tally::Tally;

/// Measure how the diffs of real pairs of revisions read, and how long they take
#[derive(Parser)]
struct Arguments {
    /// Folders with a manifest and the revisions of one page each
    folders: Vec<PathBuf>,
    /// How many pairs, spread evenly over the folders
    #[arg(long, default_value_t = 300)]
    pairs: usize,
    /// Draw so many of the pairs instead, as a person would read them
    #[arg(long)]
    draw: Option<usize>,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let found = arguments.folders.iter().map(|folder| pairs(folder)).collect::<io::Result<_>>()?;
    let pairs = chosen(found, arguments.pairs);
    let mut out = io::stdout().lock();
    if let Some(count) = arguments.draw {
        return draw(&mut out, &pairs, count);
    }
    real(&mut out, &pairs)?;
    writeln!(out)?;
    hard::table(&mut out)
}

fn real(out: &mut impl io::Write, pairs: &[Pair]) -> io::Result<()> {
    let (mut ours, mut plain) = (Tally::default(), Tally::default());
    for pair in pairs {
        ours.add(pair, engines::palinode);
        plain.add(pair, engines::plain);
    }
    writeln!(out, "{}", Tally::HEADING)?;
    writeln!(out, "{}", ours.row("palinode"))?;
    writeln!(out, "{}", plain.row("similar, histogram, no passages"))
}

fn draw(out: &mut impl io::Write, pairs: &[Pair], count: usize) -> io::Result<()> {
    for index in 0..count.min(pairs.len()) {
        let pair = &pairs[index * pairs.len() / count.min(pairs.len())];
        writeln!(out, "== {}", pair.name)?;
        writeln!(out, "{}", draw::drawn(pair).map_err(io::Error::other)?)?;
    }
    Ok(())
}
