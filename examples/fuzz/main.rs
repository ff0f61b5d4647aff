//! Seeded damage to small documents: whether any of it makes a reader panic, or takes it longer than its length excuses.
//!
//! `cargo run --release --example fuzz -- --target pdf --seed 1 --count 100000`. It needs no nightly compiler and no
//! corpus on disk. It ends with 1 at a panic, or when an input takes more than a second a megabyte; the input is then
//! given by its number, which with the seed makes it again.

mod corpus;
mod damage;
mod pdf;
mod targets;

use std::fs;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use damage::{Dice, damaged};
use targets::Target;

/// Damage documents and read them
#[derive(Parser)]
struct Arguments {
    /// Which reader
    #[arg(long)]
    target: Target,
    /// Where the dice begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many documents
    #[arg(long, default_value_t = 100_000)]
    count: u64,
    /// Only the document of this number
    #[arg(long)]
    only: Option<u64>,
    /// Where to keep that document
    #[arg(long, requires = "only")]
    keep: Option<PathBuf>,
}

/// A short input may wait for the machine's other work; no reader is slow for its length within this time.
const GRACE: Duration = Duration::from_millis(500);

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::parse();
    set_hook(Box::new(|_| {}));
    let seeds = corpus::of(arguments.target);
    let (mut panics, mut hangs, mut read) = (0_u64, 0_u64, 0_u64);
    let mut slowest = (0.0_f64, 0, 0);
    let mut out = io::stdout().lock();
    let numbers = arguments.only.map_or(0..arguments.count, |only| only..only + 1);
    for number in numbers {
        let mut dice = Dice::new(arguments.seed, number);
        let input = damaged(&seeds, &mut dice);
        if let Some(path) = &arguments.keep {
            fs::write(path, &input)?;
        }
        #[expect(clippy::disallowed_methods, reason = "this measures")]
        let begun = Instant::now();
        let end = catch_unwind(AssertUnwindSafe(|| targets::run(arguments.target, &input)));
        let took = begun.elapsed();
        #[expect(clippy::cast_precision_loss, reason = "no input is that long")]
        let a_megabyte = took.as_secs_f64() * 1e9 / (input.len().max(1) as f64);
        if a_megabyte > slowest.0 && input.len() >= 1000 {
            slowest = (a_megabyte, number, input.len());
        }
        if took > GRACE && a_megabyte > 1000.0 {
            hangs += 1;
            writeln!(out, "slow: number {number}, {} bytes, {took:?}", input.len())?;
        }
        if let Ok(whole) = end {
            read += u64::from(whole);
        } else {
            panics += 1;
            writeln!(out, "panic: number {number}, {} bytes", input.len())?;
        }
    }
    let (rate, number, length) = slowest;
    writeln!(
        out,
        "{}: {} executions, {read} read, {panics} panics, {hangs} hangs, slowest {rate:.0} ms a MB \
         (number {number}, {length} bytes)",
        arguments.target, arguments.count
    )?;
    Ok(if panics + hangs > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
