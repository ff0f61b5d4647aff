//! The real program, with one call to the system failing at a time: whether anything that it announced is lost.
//!
//! `cargo run --example syscall_faults -- --seed 7 --count 400`, after `cargo build`, on a Linux with `strace`. A check, a
//! backup and a listing are run once as they are, to count how often each makes which call. Then they are run again on
//! copies of one history, and each time one call of one kind fails: no room, an input or output error, too many open
//! files. After each, what was announced must be in the history, `verify` must find nothing, and the program must have
//! ended with a code of its own and said why; a backup that has its name must be whole, and a listing that ends well must
//! be the whole listing. It ends with 1 if any of that is not so.

#[path = "../kill_loop/dice.rs"]
mod dice;
#[path = "../kill_loop/program.rs"]
mod program;
#[path = "../kill_loop/site.rs"]
mod site;
mod trial;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use dice::Dice;
use trial::{Fault, Ground, Work};

/// Let calls to the system fail, and look whether anything is lost
#[derive(Parser)]
struct Arguments {
    /// Where the dice begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many faults are drawn; with more than there are, each is tried once
    #[arg(long, default_value_t = 200)]
    count: usize,
    /// The program; left out, the one beside this example
    #[arg(long)]
    binary: Option<PathBuf>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let ground = Ground::new(arguments.binary.map_or_else(program::beside, Ok)?)?;
    let mut faults = Vec::new();
    for work in Work::ALL {
        faults.extend(ground.faults(work)?);
    }
    let possible = faults.len();
    shuffle(&mut faults, &mut Dice(arguments.seed));
    faults.truncate(arguments.count);
    let mut out = io::stdout().lock();
    let (mut tried, mut wrong, mut refused, mut announced) = (0, 0, 0, 0);
    for fault in &faults {
        let Some(outcome) = ground.tried(fault)? else { continue };
        tried += 1;
        announced += outcome.announced;
        refused += u32::from(outcome.code != Some(0));
        if let Some(what) = outcome.wrong {
            wrong += 1;
            writeln!(out, "{fault}: {}", what.trim_end())?;
        }
    }
    writeln!(
        out,
        "seed {}: {tried} of {possible} faults tried, {refused} ended with an error, {announced} revisions announced; {wrong} went wrong",
        arguments.seed
    )?;
    // Where nothing failed, nothing was tried.
    Ok(if wrong == 0 && refused > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn shuffle(faults: &mut [Fault], dice: &mut Dice) {
    for end in (1..faults.len()).rev() {
        let other = usize::try_from(dice.below(end as u64 + 1)).unwrap_or(0);
        faults.swap(end, other);
    }
}
