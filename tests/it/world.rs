//! The world that a test brings: a fresh folder, a clock that it sets, a page that it writes, and commands run in-process.
//!
//! A test reads as a person's session: the page says something, time passes, a command is typed, and what comes back
//! (data, talk and exit code together) is one text.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use palinode::cli::{self, Surroundings, Watcher, World};
use palinode::clock::{Clock, Timestamp};
use palinode::fetch::Limits;
use palinode::views::Ink;

use crate::fault_server::{FaultServer, Step};

/// Where a test takes place.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    clock: Hands,
    pub(crate) site: Site,
    pub(crate) ink: Ink,
    pub(crate) width: usize,
}

/// What one command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: u8,
}

/// A site of pages that a test changes between checks.
pub(crate) struct Site {
    server: FaultServer,
    answers: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

/// A clock that stands until it is set.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

impl Place {
    /// A place at noon of 1 March 2024, with nothing in it.
    pub(crate) fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Hands(AtomicI64::new(0)),
            site: Site::open(),
            ink: Ink::Plain,
            width: 90,
        };
        place.at("2024-03-01T12:00:00Z");
        place
    }

    /// A place in which `/post`, called "post", is watched and says this.
    pub(crate) fn watching(body: &str) -> Self {
        let place = Self::new();
        place.site.says("/post", body);
        place.run(&["add", &place.site.url("/post"), "--name", "post"]).succeeds();
        place
    }

    /// Sets the clock.
    pub(crate) fn at(&self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        self.clock.0.store(time.millis(), Ordering::Relaxed);
    }

    /// Lets hours pass.
    pub(crate) fn later(&self, hours: u64) {
        let time = self.clock.now().after(Duration::from_secs(hours * 3600));
        self.clock.0.store(time.millis(), Ordering::Relaxed);
    }

    /// The page says something else an hour later, and is checked.
    pub(crate) fn then(&self, body: &str) -> Output {
        self.site.says("/post", body);
        self.later(1);
        self.run(&["check", "--all"])
    }

    /// A path in the test's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The history.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("palinode.db")
    }

    /// Types a command.
    pub(crate) fn run(&self, command: &[&str]) -> Output {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = self.run_into(command, &mut out, &mut err);
        let text = |bytes: Vec<u8>| masked(&String::from_utf8_lossy(&bytes));
        Output { out: text(out), err: text(err), code }
    }

    /// Types a command whose data and talk go where the test says.
    pub(crate) fn run_into(
        &self,
        command: &[&str],
        out: &mut dyn std::io::Write,
        err: &mut dyn std::io::Write,
    ) -> u8 {
        let surroundings = Surroundings {
            store: Some(self.store()),
            scratch: self.path("scratch"),
            width: self.width,
            ink: self.ink,
            watcher: Watcher::Nobody,
            limits: Limits {
                connect: Duration::from_secs(2),
                read: Duration::from_millis(600),
                total: Duration::from_secs(3),
                ..Limits::default()
            },
        };
        let mut world = World { clock: &self.clock, out, err, surroundings };
        let line = ["palinode"].iter().chain(command).map(OsString::from);
        cli::run(line, &mut world).code()
    }
}

impl Site {
    fn open() -> Self {
        let answers: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
        let known = Arc::clone(&answers);
        let server = FaultServer::start(move |head| {
            let path = head.split(' ').nth(1).unwrap_or_default();
            let missing = || response("404 Not Found", "Content-Type: text/html\r\n", b"<p>no");
            let answer = known.lock().unwrap().get(path).cloned();
            vec![Step::Send(answer.unwrap_or_else(missing))]
        });
        Self { server, answers }
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    /// The heads of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.server
            .requests()
            .iter()
            .map(|head| String::from_utf8_lossy(head).into_owned())
            .collect()
    }

    /// From now on a path answers with an HTML page that has this body.
    pub(crate) fn says(&self, path: &str, body: &str) {
        let page = page(body);
        self.answers(path, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", page.as_bytes());
    }

    /// From now on a path answers with this status, these header lines and this entity.
    pub(crate) fn answers(&self, path: &str, status: &str, headers: &str, entity: &[u8]) {
        self.answers_raw(path, &response(status, headers, entity));
    }

    /// From now on a path answers with exactly these bytes.
    pub(crate) fn answers_raw(&self, path: &str, bytes: &[u8]) {
        self.answers.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
    }
}

impl Output {
    /// The output, if the command ended well.
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.out)?;
        if !self.err.is_empty() {
            write!(f, "-- stderr --\n{}", self.err)?;
        }
        write!(f, "-- exit {} --", self.code)
    }
}

/// A whole page with a title and this body.
pub(crate) fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>Post</title></head><body><main>{body}</main></body></html>\n"
    )
}

/// An HTTP/1.1 response.
pub(crate) fn response(status: &str, headers: &str, entity: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        entity.len()
    );
    [head.as_bytes(), entity].concat()
}

/// Ports differ from run to run.
fn masked(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str("127.0.0.1:PORT");
        masked.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    masked
}
