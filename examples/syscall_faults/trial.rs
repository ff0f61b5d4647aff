//! One fault in one run, and what must be true after it.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::site;

/// Pages on the site; each check finds all of them changed.
const PAGES: usize = 2;

/// Calls that fail, and what they fail with.
const CALLS: [(&str, &[&str]); 12] = [
    ("openat", &["EIO", "EMFILE", "ENOSPC"]),
    ("pread64", &["EIO"]),
    ("pwrite64", &["EIO", "ENOSPC"]),
    ("write", &["EIO", "ENOSPC"]),
    ("fsync", &["EIO", "ENOSPC"]),
    ("ftruncate", &["EIO", "ENOSPC"]),
    ("fcntl", &["EIO"]),
    ("unlink", &["EIO"]),
    ("link", &["EIO", "ENOSPC"]),
    ("mmap", &["ENOMEM"]),
    ("socket", &["EMFILE"]),
    ("connect", &["EIO"]),
];

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Check,
    Backup,
    Log,
}

/// The call of this number fails.
pub(crate) struct Fault {
    work: Work,
    call: &'static str,
    error: &'static str,
    number: usize,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) announced: usize,
    pub(crate) wrong: Option<String>,
}

/// A history that each trial gets a copy of.
pub(crate) struct Ground {
    binary: PathBuf,
    folder: TempDir,
    listed: Vec<u8>,
}

impl Work {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Backup, Self::Log];

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check", "--all", "--allow-private", "--pause=0s", "--no-confirm"],
            Self::Backup => &["backup", "copy.db"],
            Self::Log => &["log", "p0"],
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} number {} fails with {}", self.work, self.call, self.number, self.error)
    }
}

impl Ground {
    pub(crate) fn new(binary: PathBuf) -> Result<Self, Box<dyn Error>> {
        let mut ground = Self { binary, folder: tempfile::tempdir()?, listed: Vec::new() };
        let address = site::start()?;
        for page in 0..PAGES {
            let (url, name) = (format!("http://{address}/{page}"), format!("p{page}"));
            ground.run(ground.folder.path(), &[], &["add", &url, "--name", &name])?;
        }
        for _ in 0..3 {
            ground.run(ground.folder.path(), &[], Work::Check.words())?;
        }
        ground.listed = ground.run(ground.folder.path(), &[], Work::Log.words())?.stdout;
        Ok(ground)
    }

    /// Every single fault that this work can meet.
    pub(crate) fn faults(&self, work: Work) -> Result<Vec<Fault>, Box<dyn Error>> {
        let place = self.copied()?;
        let log = place.path().join("calls");
        let names: Vec<&str> = CALLS.iter().map(|(call, _)| *call).collect();
        let traced = format!("trace={}", names.join(","));
        let log_name = log.display().to_string();
        self.run(place.path(), &["-o", &log_name, "-e", &traced], work.words())?;
        let log = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
        let mut faults = Vec::new();
        for (call, errors) in CALLS {
            let begun = format!(" {call}(");
            let numbered = (1..).zip(log.lines().filter(|line| line.contains(&begun)));
            for (number, _) in numbered.filter(|(_, line)| can_fail(line)) {
                faults.extend(errors.iter().map(|error| Fault { work, call, error, number }));
            }
        }
        Ok(faults)
    }

    /// Lets it fail, on a copy, and looks at that; nothing where this time that call was one that cannot fail, or none.
    pub(crate) fn tried(&self, fault: &Fault) -> Result<Option<Outcome>, Box<dyn Error>> {
        let place = self.copied()?;
        let Fault { work, call, error, number } = fault;
        let (traced, inject) =
            (format!("trace={call}"), format!("inject={call}:error={error}:when={number}"));
        let log = place.path().join("calls");
        let log_name = log.display().to_string();
        let strace = ["-o", &log_name, "-e", &traced, "-e", &inject];
        let output = self.run(place.path(), &strace, work.words())?;
        let log = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
        if !log.lines().any(|line| line.ends_with("(INJECTED)") && can_fail(line)) {
            return Ok(None);
        }
        let announced = revisions_in(&String::from_utf8_lossy(&output.stdout));
        let wrong = self.wrong(*work, place.path(), &output, &announced)?;
        Ok(Some(Outcome { code: output.status.code(), announced: announced.len(), wrong }))
    }

    fn wrong(
        &self,
        work: Work,
        place: &Path,
        output: &Output,
        announced: &[(String, u32)],
    ) -> Result<Option<String>, Box<dyn Error>> {
        let (code, said) = (output.status.code(), String::from_utf8_lossy(&output.stderr));
        // What starts the program may fail before any of it runs.
        if code == Some(127) && said.contains("loading shared libraries") {
            return Ok(None);
        }
        if !matches!(code, Some(0 | 2 | 3 | 4)) || said.contains("panicked") {
            return Ok(Some(format!("ended with {code:?}: {said}")));
        }
        if code != Some(0) && said.is_empty() {
            return Ok(Some(format!("ended with {code:?} without a word")));
        }
        let history = Connection::open(place.join("palinode.db"))?;
        let mut query = history.prepare(
            "SELECT count(*) FROM revision JOIN page ON page.id = revision.page WHERE page.name = ?1 AND number = ?2",
        )?;
        for (page, revision) in announced {
            if query.query_row((page, revision), |row| row.get::<_, u32>(0))? != 1 {
                return Ok(Some(format!("r{revision} of {page} is lost")));
            }
        }
        let verified = self.run(place, &[], &["verify"])?;
        if !verified.status.success() {
            let said = [verified.stdout, verified.stderr].concat();
            return Ok(Some(String::from_utf8_lossy(&said).into_owned()));
        }
        let copy = place.join("copy.db");
        let is_whole = match work {
            Work::Check => code != Some(0) || announced.len() == PAGES,
            Work::Log => code != Some(0) || output.stdout == self.listed,
            Work::Backup if copy.exists() => {
                self.run(place, &[], &["--db", "copy.db", "verify"])?.status.success()
            }
            Work::Backup => code != Some(0),
        };
        let shown = String::from_utf8_lossy(&output.stdout);
        Ok((!is_whole).then(|| format!("ended with {code:?} and said {shown:?}, {said:?}")))
    }

    fn copied(&self) -> Result<TempDir, Box<dyn Error>> {
        let place = tempfile::tempdir()?;
        let names = ["palinode.db", "palinode.db-lock"];
        for name in names {
            std::fs::copy(self.folder.path().join(name), place.path().join(name))?;
        }
        Ok(place)
    }

    /// Runs palinode in a folder, under `strace` where it gets words.
    fn run(&self, place: &Path, strace: &[&str], words: &[&str]) -> Result<Output, Box<dyn Error>> {
        let mut command = if strace.is_empty() {
            Command::new(&self.binary)
        } else {
            let mut command = Command::new("strace");
            command.args(["--seccomp-bpf", "-f", "-y"]).args(strace).arg(&self.binary);
            command
        };
        command.args(words).current_dir(place).stdin(Stdio::null());
        let output = command.env("PALINODE_DB", "palinode.db").output();
        Ok(output.map_err(|why| format!("{}: {why}", command.get_program().display()))?)
    }
}

/// A counter in memory takes every write, and memory that is asked for is another matter than a file that is mapped.
fn can_fail(line: &str) -> bool {
    !line.contains("[eventfd]") && (!line.contains(" mmap(") || line.contains("-shm>"))
}

/// Pages and revisions in lines like `p1  r7 changed between …`.
fn revisions_in(said: &str) -> Vec<(String, u32)> {
    let revisions = said.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let page = words.next().filter(|word| word.starts_with('p'))?.to_owned();
        Some((page, words.next()?.strip_prefix('r')?.parse().ok()?))
    });
    revisions.collect()
}
