//! The harness: a fresh folder, a clock that stands where a test puts it, and palinode run in this process.
//!
//! What a command said is one text of standard output, standard error and exit code, so that a snapshot states all
//! three. Nothing of the machine gets in: no environment, no terminal, no real time.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use palinode::cli::{self, Exit, Letters, Reader, Service, Surroundings, Watcher};
use palinode::clock::{Clock, Stop, Timestamp};
use palinode::fetch::{Browser, Limits, Sandbox};
use palinode::views::{Hyperlinks, Ink};
use serde_json::Value;
use tempfile::TempDir;

/// A place to run palinode in.
pub(crate) struct World {
    folder: TempDir,
    clock: Arc<StandingClock>,
    pub(crate) surroundings: Surroundings,
    /// Flags that every check gets: all sites of the tests are on the loopback, and need no rest.
    pub(crate) with_checks: Vec<&'static str>,
}

struct StandingClock(AtomicI64);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// What one command said, and how it ended.
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) exit: Exit,
    folder: String,
}

impl World {
    /// Nothing is watched yet, and it is the first of March 2026, eight in the morning.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings {
            store: Some(folder.path().join("palinode.db")),
            scratch: folder.path().join("scratch"),
            width: 90,
            ink: Ink::Plain,
            hyperlinks: Hyperlinks::Left,
            letters: Letters::Unicode,
            reader: Reader::Pipe,
            pager: None,
            watcher: Watcher::Nobody,
            limits: limits(),
            browser: browser(folder.path()),
            service: Service::default(),
        };
        let clock = Arc::new(StandingClock(AtomicI64::new(0)));
        let with_checks = vec!["--allow-private", "--pause=0s", "--no-confirm"];
        let world = Self { folder, clock, surroundings, with_checks };
        world.at("2026-03-01T08:00:00Z");
        world
    }

    /// It is now this time.
    pub(crate) fn at(&self, time: &str) -> &Self {
        self.clock.0.store(time.parse::<Timestamp>().unwrap().millis(), Ordering::SeqCst);
        self
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// So many minutes go by.
    pub(crate) fn wait(&self, minutes: i64) -> &Self {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
        self
    }

    /// From now on, whoever sleeps finds that the time has gone by; after so many times somebody asks for the end. Before
    /// that, at each time, something happens.
    pub(crate) fn sleeps(&mut self, times: usize, happens: impl Fn(usize) + Send + Sync + 'static) {
        let (clock, slept) = (Arc::clone(&self.clock), AtomicUsize::new(0));
        let sleep = move |span: Duration, stop: &Stop| {
            let time = slept.fetch_add(1, Ordering::SeqCst) + 1;
            clock.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
            happens(time);
            if time >= times {
                stop.ask();
            }
        };
        let (stop, sleep) = (Stop::default(), Arc::new(sleep));
        self.surroundings.service = Service { stop, sleep, ..self.surroundings.service.clone() };
    }

    /// Runs `palinode` with these words.
    pub(crate) fn palinode(&self, words: &[&str]) -> Output {
        let mut stdout = Vec::new();
        let (exit, stderr) = self.palinode_into(&mut stdout, words);
        let folder = self.folder.path().display().to_string();
        Output { stdout, stderr, exit, folder }
    }

    /// Runs `palinode` with these words and writes its data where the caller says.
    pub(crate) fn palinode_into(&self, out: &mut dyn Write, words: &[&str]) -> (Exit, String) {
        let mut err = Vec::new();
        let takes = |flag: &str| match words.first() {
            Some(&("check" | "run")) => true,
            Some(&"preview") => !flag.contains("confirm"),
            _ => false,
        };
        let flags = self.with_checks.iter().filter(|flag| takes(flag) && !words.contains(flag));
        let line = ["palinode"].iter().chain(words).chain(flags).map(OsString::from);
        let mut world = cli::World {
            clock: &*self.clock,
            out,
            err: &mut err,
            surroundings: self.surroundings.clone(),
        };
        let exit = cli::run(line, &mut world);
        (exit, String::from_utf8(err).unwrap())
    }

    /// Runs a command that must go well, and reads its JSON.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let output = self.palinode(words);
        assert_eq!(output.exit, Exit::Fine, "{output}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The file that holds the history.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("palinode.db")
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder and gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string().into_string().unwrap()
    }
}

/// Short for a person, long for a busy machine.
fn limits() -> Limits {
    let wait = Duration::from_secs(5);
    Limits { connect: wait, read: wait, total: 2 * wait, ..Limits::default() }
}

/// The machine's own Chromium. Whoever runs the tests may be root, and all pages are the tests' own.
fn browser(folder: &Path) -> Browser {
    let (path, scratch) = (Some("/usr/bin".into()), folder.join("scratch"));
    Browser { program: None, path, scratch, sandbox: Sandbox::Without }
}

impl Output {
    /// Standard output, with the port and the folder masked.
    pub(crate) fn said(&self) -> String {
        masked(&String::from_utf8_lossy(&self.stdout), &self.folder)
    }

    /// The same output after a check that the command ended well.
    #[track_caller]
    pub(crate) fn fine(self) -> Self {
        assert_eq!(self.exit, Exit::Fine, "{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: String| {
            if text.is_empty() || text.ends_with('\n') { text } else { text + "⏎missing\n" }
        };
        write!(f, "{}", shown(self.said()))?;
        if !self.stderr.is_empty() {
            write!(f, "-- stderr --\n{}", shown(masked(&self.stderr, &self.folder)))?;
        }
        write!(f, "exit {}", self.exit.code())
    }
}

/// The text without what differs from run to run.
pub(crate) fn masked(text: &str, folder: &str) -> String {
    let mut shown = String::new();
    let folderless = text.replace(folder, "FOLDER");
    let mut rest = folderless.as_str();
    while let Some(at) = rest.find("127.0.0.") {
        let end = rest[at..].find(':').map_or(rest.len(), |colon| at + colon + 1);
        shown.push_str(&rest[..end]);
        rest = rest[end..].trim_start_matches(|letter: char| letter.is_ascii_digit());
        shown.push_str("PORT");
    }
    shown + rest
}
