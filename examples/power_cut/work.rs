//! The work that is recorded: the real program under `strace`, on a site whose pages never say the same twice.

use std::io;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tempfile::TempDir;

use crate::disk::{Disk, Syncs};
use crate::log::{self, Step};
use crate::look::{Announced, Look, STORE};
use crate::site;

/// Pages on the site.
const PAGES: usize = 4;

/// Rounds in which each run is alone with the file, and tidies up the log of writes as it ends.
const ALONE: usize = 4;

/// Rounds in which somebody else reads, so that the log of writes stays, grows, and is begun again.
const WATCHED: usize = 12;

/// What was done, step by step.
pub(crate) struct Recorded {
    pub(crate) steps: Vec<Step>,
    pub(crate) announced: Announced,
    pub(crate) look: Look,
}

/// Does the work.
pub(crate) fn record(binary: &Path) -> Result<Recorded, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut recorder = Recorder { binary, folder: folder.path(), steps: Vec::new() };
    let address = site::start()?;
    for page in 0..PAGES {
        let url = format!("http://{address}/{page}");
        recorder.run(&["add", &url, "--name", &format!("p{page}")])?;
    }
    for round in 0..ALONE {
        recorder.round(round)?;
    }
    let reader = Connection::open(folder.path().join(STORE))?;
    // It must write nothing itself, or the log would not be all that happened.
    reader.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    reader.query_row("SELECT count(*) FROM page", [], |row| row.get::<_, u32>(0))?;
    for round in ALONE..ALONE + WATCHED {
        recorder.round(round)?;
    }
    let steps = recorder.steps;
    complete(&steps, folder.path())?;
    drop(reader);
    let mut announced = Announced::default();
    for step in &steps {
        announced.hear(step);
    }
    let look = Look::learn(folder.path(), &announced)?;
    Ok(Recorded { steps, announced, look })
}

struct Recorder<'a> {
    binary: &'a Path,
    folder: &'a Path,
    steps: Vec<Step>,
}

impl Recorder<'_> {
    fn round(&mut self, round: usize) -> Result<(), Box<dyn std::error::Error>> {
        self.run(&["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"])?;
        if round % 4 == 2 {
            self.run(&["rebuild", "p0"])?;
        }
        if round % 8 == 3 {
            let copy = self.folder.join(format!("copy{round}.db"));
            self.run(&["backup", &copy.display().to_string()])?;
        }
        Ok(())
    }

    fn run(&mut self, words: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
        let log = tempfile::NamedTempFile::new()?;
        let mut command = Command::new("strace");
        command.args(["--seccomp-bpf", "-f", "-y", "-xx", "-s", "100000000", "-e", log::CALLS]);
        command.arg("-o").arg(log.path()).arg(self.binary).args(words);
        command.env("PALINODE_DB", self.folder.join(STORE));
        let output = command.output().map_err(|why| format!("strace: {why}"))?;
        if !output.status.success() {
            return Err(format!("{words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let log = std::fs::read_to_string(log.path())?;
        self.steps.extend(log::steps_of(&log, self.folder)?);
        Ok(())
    }
}

/// If the log were not all that was written, nothing that is made of it would mean anything.
fn complete(steps: &[Step], folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut disk = Disk::new(Syncs::Kept);
    for step in steps {
        disk.take(step);
    }
    for (name, bytes) in disk.whole() {
        if !name.ends_with("-shm") && std::fs::read(folder.join(name))? != bytes {
            return Err(format!("{name}: the log does not tell all that was written").into());
        }
    }
    Ok(())
}

/// A folder in memory, where there is one: nothing there waits for a disk.
pub(crate) fn quick_folder() -> io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}
