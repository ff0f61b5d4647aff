//! The real program, killed with SIGKILL at random moments of mixed work: whether anything that it had announced is lost.
//!
//! `cargo run --example kill_loop -- --seed 7 --count 1000`, after `cargo build`. Each round runs a `check`, a `rebuild`
//! or a `backup` of one history on a loopback site whose pages never say the same twice, and kills it after a moment
//! that the seed draws. After each round every revision that was ever announced must be in the history, SQLite must find
//! it whole, and a backup that has its name must be whole too; every fiftieth round, and at the end, `palinode verify`
//! reads everything. It ends with 1 at the first loss, and leaves the folder for a look. How far a run gets in a given
//! time depends on the machine, so a seed repeats what is done, not where exactly it dies.

mod dice;
mod program;
mod site;
mod work;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use dice::Dice;
use work::{End, Work, World};

/// Kill palinode, and look whether anything is lost
#[derive(Parser)]
struct Arguments {
    /// Where the dice begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many runs are killed
    #[arg(long, default_value_t = 200)]
    count: u64,
    /// The program; left out, the one beside this example
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// So often everything is read.
const VERIFY_EVERY: u64 = 50;

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::parse();
    let binary = arguments.binary.map_or_else(program::beside, Ok)?;
    let mut out = io::stdout().lock();
    let mut world = World::new(binary)?;
    let mut dice = Dice(arguments.seed);
    let (mut killed, mut ended) = ([0_u64; Work::ALL.len()], [0_u64; Work::ALL.len()]);
    for round in 1..=arguments.count {
        let number = usize::try_from(dice.below(Work::ALL.len() as u64)).unwrap_or_default();
        let work = Work::ALL[number];
        match world.killed(work, round, dice.below(work.longest()))? {
            End::Killed => killed[number] += 1,
            End::Done => ended[number] += 1,
        }
        let mut losses = world.losses(round)?;
        if round % VERIFY_EVERY == 0 || round == arguments.count {
            losses.extend(world.verified()?);
        }
        if !losses.is_empty() {
            writeln!(out, "round {round}, {work:?}: {}", losses.join("; "))?;
            writeln!(out, "the history is left in {}", world.leave().display())?;
            return Ok(ExitCode::FAILURE);
        }
    }
    for (work, (killed, ended)) in Work::ALL.iter().zip(killed.iter().zip(ended)) {
        writeln!(out, "{work:?}: {killed} killed, {ended} done before the kill came")?;
    }
    writeln!(
        out,
        "seed {}: {} runs, {} revisions announced, 0 lost, {} backups whole",
        arguments.seed,
        arguments.count,
        world.announced(),
        world.backups()
    )?;
    std::fs::remove_dir_all(world.leave())?;
    // Where nothing was killed midway, nothing was tried.
    Ok(if killed.iter().sum::<u64>() > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
