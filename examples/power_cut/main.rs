//! What a disk may hold after a power cut, made from what the real program wrote and synced: whether anything that it had
//! announced is lost.
//!
//! `cargo run --example power_cut -- --seed 7 --count 20000`, after `cargo build`, on a Linux with `strace`. Checks,
//! rebuilds and backups of a changing site run under `strace`, which logs every write, sync and change of a folder. Then
//! the log is replayed up to random points, and images are made of what could be on disk there: of the writes that no
//! sync has followed, all, some or none, whole or torn at sectors; of new names, those up to some moment. Palinode opens
//! each image: every revision that was announced before the cut must be there, `verify` must find nothing, no text may
//! be shown that is not the true one, and now and then the work must go on. The control makes images of a disk that lies
//! about syncs; where that does no harm, the tool is blind. It ends with 1 if anything is lost or the tool is blind. A
//! seed repeats the dice; what is logged differs a little each time.

#[path = "../kill_loop/dice.rs"]
mod dice;
mod disk;
mod log;
mod look;
#[path = "../kill_loop/program.rs"]
mod program;
#[path = "../kill_loop/site.rs"]
mod site;
mod work;

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use dice::Dice;
use disk::{Disk, Syncs};
use log::Step;
use look::{Announced, Found};
use work::Recorded;

/// Cut the power, and look whether anything is lost
#[derive(Parser)]
struct Arguments {
    /// Where the dice begin
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many images are made; a control of a tenth as many comes after them
    #[arg(long, default_value_t = 500)]
    count: u64,
    /// The program; left out, the one beside this example
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Of so many images of a disk that lies, one at least must be seen to be damaged.
const CONTROL: u64 = 10;

/// So many images that something is wrong with are left for a look.
const KEPT: u64 = 3;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let binary = arguments.binary.map_or_else(program::beside, Ok)?;
    let recorded = work::record(&binary)?;
    let mut out = io::stdout().lock();
    let count = |is: &dyn Fn(&Step) -> bool| recorded.steps.iter().filter(|step| is(step)).count();
    writeln!(
        out,
        "{} steps logged: {} writes, {} syncs; {} revisions and {} backups announced",
        recorded.steps.len(),
        count(&|step| matches!(step, Step::Write { .. })),
        count(&|step| matches!(step, Step::Sync { .. } | Step::SyncFolder)),
        recorded.announced.revisions(),
        recorded.announced.copies(),
    )?;
    let mut dice = Dice(arguments.seed);
    let mut tell = |line: &str| writeln!(out, "{line}");
    let honest = cut(&recorded, Syncs::Kept, arguments.count, &mut dice, &mut tell)?;
    tell(&format!("seed {}: {honest}", arguments.seed))?;
    let images = (arguments.count / CONTROL).max(200);
    let control = cut(&recorded, Syncs::Ignored, images, &mut dice, &mut tell)?;
    tell(&format!("control, syncs ignored: {control}"))?;
    let well = honest.is_well() && control.untrue + control.panics == 0;
    let sees = control.damaged * CONTROL >= control.images;
    Ok(if well && sees { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes images at random points of the log, in its order, and looks at each.
fn cut(
    recorded: &Recorded,
    syncs: Syncs,
    count: u64,
    dice: &mut Dice,
    tell: &mut dyn FnMut(&str) -> io::Result<()>,
) -> Result<Found, Box<dyn Error>> {
    let end = recorded.steps.len() as u64;
    let mut cuts: Vec<u64> = (0..count).map(|_| 1 + dice.below(end)).collect();
    cuts.sort_unstable();
    let (mut disk, mut announced) = (Disk::new(syncs), Announced::default());
    let (mut all, mut done, mut wrong) = (Found::default(), 0, 0);
    let place = work::quick_folder()?;
    for (number, cut) in (1_u64..).zip(cuts) {
        let cut = usize::try_from(cut)?;
        for step in &recorded.steps[done..cut] {
            disk.take(step);
            announced.hear(step);
        }
        done = cut;
        let folder = place.path().join(number.to_string());
        let own = dice.below(u64::MAX);
        disk.image(&folder, &mut Dice(own))?;
        let found = recorded.look.at(&folder, &announced, dice);
        all.add(&found);
        std::fs::remove_dir_all(&folder)?;
        if let Some(what) = &found.what {
            // What a disk that lies does to a history is of interest only where palinode is taken in by it.
            let grave = syncs == Syncs::Kept || found.untrue > 0 || found.panics > 0;
            wrong += u64::from(grave);
            if grave {
                tell(&format!("image {number}, cut after step {cut}: {}", what.trim_end()))?;
            }
            if grave && wrong <= KEPT {
                let kept = tempfile::tempdir()?.keep();
                disk.image(&kept, &mut Dice(own))?;
                tell(&format!("that image is left in {}", kept.display()))?;
            }
        }
    }
    Ok(all)
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} images ({} from before any news), {} announced revisions and copies looked for, {} lost; {} images \
             damaged, {} texts shown, {} of them untrue; {} panics, {} where work could not go on",
            self.images,
            self.early,
            self.announced,
            self.lost,
            self.damaged,
            self.shown,
            self.untrue,
            self.panics,
            self.stuck
        )
    }
}
