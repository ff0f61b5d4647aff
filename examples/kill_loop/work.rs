//! One history, what is done to it, and what must be true of it after each kill.

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::site;

/// Pages on the site.
const PAGES: usize = 6;

/// What is run and killed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    Check,
    Rebuild,
    Backup,
}

/// How a run ended.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Killed,
    Done,
}

/// A history in a folder of its own.
pub(crate) struct World {
    binary: PathBuf,
    folder: PathBuf,
    announced: BTreeSet<(String, u32)>,
    backups: u64,
}

impl Work {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Rebuild, Self::Backup];

    /// Microseconds after which it is killed at the latest: about as long as it takes.
    pub(crate) fn longest(self) -> u64 {
        match self {
            Self::Check => 800_000,
            Self::Rebuild | Self::Backup => 150_000,
        }
    }
}

impl World {
    pub(crate) fn new(binary: PathBuf) -> io::Result<Self> {
        let folder = tempfile::tempdir()?.keep();
        let address = site::start()?;
        let world = Self { binary, folder, announced: BTreeSet::new(), backups: 0 };
        for page in 0..PAGES {
            let (url, name) = (format!("http://{address}/{page}"), format!("p{page}"));
            world.run(&["add", &url, "--name", &name])?;
        }
        Ok(world)
    }

    /// Does this work, and kills it after so many microseconds.
    pub(crate) fn killed(&mut self, work: Work, round: u64, micros: u64) -> io::Result<End> {
        let copy = self.copy(round).display().to_string();
        let words: &[&str] = match work {
            Work::Check => &["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"],
            Work::Rebuild => &["rebuild", "p0"],
            Work::Backup => &["backup", &copy],
        };
        let mut child = self.command(words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        #[expect(clippy::disallowed_methods, reason = "a kill comes in real time")]
        thread::sleep(Duration::from_micros(micros));
        let end = if child.try_wait()?.is_some() { End::Done } else { End::Killed };
        child.kill()?;
        child.wait()?;
        let mut said = String::new();
        child.stdout.take().map(|mut out| out.read_to_string(&mut said)).transpose()?;
        if matches!(work, Work::Check) {
            self.announced.extend(revisions_in(&said));
        }
        Ok(end)
    }

    /// What is wrong after a round, as far as a quick look tells.
    pub(crate) fn losses(&mut self, round: u64) -> io::Result<Vec<String>> {
        let mut losses = self.missing().map_err(io::Error::other)?;
        let copy = self.copy(round);
        if copy.exists() {
            let store = copy.display().to_string();
            losses.extend(complaint(&self.run(&["--db", &store, "verify"])?));
            self.backups += 1;
        }
        for end in
            ["", ".partial", ".partial-wal", ".partial-shm", ".partial-journal", "-wal", "-shm"]
        {
            let mut name = copy.clone().into_os_string();
            name.push(end);
            std::fs::remove_file(name).ok();
        }
        Ok(losses)
    }

    fn missing(&self) -> rusqlite::Result<Vec<String>> {
        let history = Connection::open(self.store())?;
        let mut losses = Vec::new();
        let whole: String = history.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        losses.extend((whole != "ok").then_some(whole));
        let mut query = history.prepare(
            "SELECT count(*) FROM revision JOIN page ON page.id = revision.page WHERE page.name = ?1 AND number = ?2",
        )?;
        for (page, revision) in &self.announced {
            if query.query_row((page, revision), |row| row.get::<_, u32>(0))? != 1 {
                losses.push(format!("r{revision} of {page} is lost"));
            }
        }
        Ok(losses)
    }

    /// Reads everything.
    pub(crate) fn verified(&self) -> io::Result<Vec<String>> {
        let mut losses: Vec<String> = complaint(&self.run(&["verify"])?).into_iter().collect();
        for page in 0..PAGES {
            losses.extend(complaint(&self.run(&["log", &format!("p{page}")])?));
        }
        Ok(losses)
    }

    pub(crate) fn announced(&self) -> usize {
        self.announced.len()
    }

    pub(crate) fn backups(&self) -> u64 {
        self.backups
    }

    /// The folder, which stays.
    pub(crate) fn leave(self) -> PathBuf {
        self.folder
    }

    fn store(&self) -> PathBuf {
        self.folder.join("palinode.db")
    }

    fn copy(&self, round: u64) -> PathBuf {
        self.folder.join(format!("copy{round}.db"))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.env("PALINODE_DB", self.store()).args(words).stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> io::Result<Output> {
        self.command(words).output()
    }
}

fn complaint(output: &Output) -> Option<String> {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    (!output.status.success()).then(|| String::from_utf8_lossy(&said).into_owned())
}

/// Pages and revisions in lines like `p3  r7 changed between …`; a line that the kill cut short announces nothing.
fn revisions_in(said: &str) -> Vec<(String, u32)> {
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    let lines = whole.lines().filter(|line| line.starts_with('p'));
    let revisions = lines.filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('r')?.parse().ok()?))
    });
    revisions.collect()
}
