//! `palinode demo`: the case that palinode was made for, played through the real program.
//!
//! Recorded answers are served over loopback HTTP; real checks go through the real fetcher into a real history, with
//! the recordings' own dates as the clock; then the same commands that a person would type tell the story.

mod recordings;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use clap::Args;

use super::{Exit, Failure, Watcher, World, run};
use crate::clock::{Clock, Timestamp};
use crate::store::Store;
use crate::views::moment;
use recordings::{RECORDINGS, Recording, ReplayServer};

/// Play a recorded case: a word is removed from a post, and put back
///
/// An invented re-enactment of June 2018. It needs no network, and leaves nothing behind unless --keep names a file.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Keep the history in this file, to look at it with the other commands
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

/// What the page is called in the demonstration, after the invented company.
const NAME: &str = "northlight";

impl Demo {
    pub(super) fn run(self, world: &mut World<'_>) -> Result<Exit, Failure> {
        let scratch = world.surroundings.scratch.clone();
        let path = self.keep.clone().unwrap_or_else(|| scratch.join("demo.db"));
        if path.exists() {
            return Err(Failure::usage(format!(
                "{}: there is a file already\nhint: name one that does not exist yet",
                path.display()
            )));
        }
        let played = play(&path, world);
        match &self.keep {
            Some(path) => writeln!(
                world.err,
                "\nthe history is kept: try `palinode --db {} trace {NAME} \"proud to support\"`",
                path.display()
            )?,
            // Only the demonstration's own folder; what is left of it does no harm.
            None => drop(std::fs::remove_dir_all(&scratch)),
        }
        played
    }
}

fn play(path: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
    let no_server = |why: std::io::Error| {
        Failure::usage(format!("the recordings cannot be served on this machine: {why}"))
    };
    let Some(first) = RECORDINGS.first() else { return Ok(Exit::Fine) };
    let clock = RecordedTime::default();
    clock.set(first);
    let server = ReplayServer::start(first).map_err(no_server)?;
    let mut stage = Stage { path, clock: &clock, world };
    writeln!(
        stage.world.out,
        "A company's post, as it was recorded in 2018 (an invented re-enactment; all times are UTC).\n"
    )?;
    stage.quietly(&["add", &server.url(), "--name", NAME])?;
    for recording in RECORDINGS {
        server.serve(recording);
        clock.set(recording);
        stage.check()?;
    }
    for command in [
        &["log", NAME] as &[&str],
        &["diff", NAME, "r1", "r2"],
        &["diff", NAME, "r2", "r3"],
        &["trace", NAME, "proud"],
    ] {
        stage.loudly(command)?;
    }
    Ok(Exit::Fine)
}

/// Where the commands are played: one history, the recordings' time, the audience's world.
struct Stage<'a, 'w> {
    path: &'a Path,
    clock: &'a RecordedTime,
    world: &'a mut World<'w>,
}

impl Stage<'_, '_> {
    /// One check, and a line that says what it came to.
    fn check(&mut self) -> Result<(), Failure> {
        self.quietly(&["check", "--all", "--allow-private", "--pause=0s"])?;
        let store = Store::open(self.path)?;
        let Some(page) = store.pages()?.pop() else { return Ok(()) };
        let Some(last) = store.observations(page.id)?.pop() else { return Ok(()) };
        let told = match (&last.seen.reason, last.seen.revision) {
            (Some(reason), _) => format!("{} ({reason})", last.seen.outcome),
            (None, Some(revision)) if last.seen.outcome == "changed" => {
                format!("changed: this is {revision}")
            }
            (None, _) => last.seen.outcome,
        };
        writeln!(self.world.out, "check  {}  {told}", moment(self.clock.now()))?;
        Ok(())
    }

    fn loudly(&mut self, command: &[&str]) -> Result<(), Failure> {
        let shown: Vec<String> = command
            .iter()
            .map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() })
            .collect();
        writeln!(self.world.out, "\n$ palinode {}\n", shown.join(" "))?;
        let line = self.line(command);
        let mut inner = World {
            clock: self.clock,
            out: self.world.out,
            err: self.world.err,
            surroundings: self.world.surroundings.clone(),
        };
        ended(run(line, &mut inner))
    }

    fn quietly(&mut self, command: &[&str]) -> Result<(), Failure> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut surroundings = self.world.surroundings.clone();
        surroundings.watcher = Watcher::Nobody;
        let mut inner = World { clock: self.clock, out: &mut out, err: &mut err, surroundings };
        match run(self.line(command), &mut inner) {
            // A recording may show a page that could not be seen.
            Exit::Fine | Exit::Unseen => Ok(()),
            _ => Err(Failure::usage(String::from_utf8_lossy(&err).into_owned())),
        }
    }

    fn line(&self, command: &[&str]) -> Vec<OsString> {
        let program = ["palinode".into(), "--db".into(), self.path.as_os_str().to_owned()];
        program.into_iter().chain(command.iter().map(OsString::from)).collect()
    }
}

fn ended(exit: Exit) -> Result<(), Failure> {
    if exit == Exit::Fine { Ok(()) } else { Err(Failure::usage("the demonstration stopped")) }
}

/// A clock that stands at the time of the recording that is played.
#[derive(Default)]
struct RecordedTime(AtomicI64);

impl RecordedTime {
    fn set(&self, recording: &Recording) {
        if let Ok(time) = recording.at.parse::<Timestamp>() {
            self.0.store(time.millis(), Ordering::Relaxed);
        }
    }
}

impl Clock for RecordedTime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}
