//! An answer whose text is written by scripts to what they make of it: run by the user's own Chromium, which is given
//! everything by palinode and reaches nothing by itself.
//!
//! The browser has no network: its resolver knows no name and its proxy does not exist. Each request that the page makes
//! is stopped before it leaves, made by palinode's own client instead (the guard, `robots.txt`, the turns of hosts and
//! all bounds hold as for any page), and its answer handed in. Cookies, a profile, a cache: nothing outlives a visit.
//!
//! The page's clock stands still while an answer is waited for, so that a slow or patient fetch changes nothing in what
//! is read; the page is read after [`STRETCHES`] stretches of its own time. What else a browser does by itself (a worker
//! starts, a data base opens) does not stop that clock, and gets a little real time after each. The real bound ends a
//! visit as a failure, and never shortens a page.

mod devtools;
mod errand;
mod process;
mod visit;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::client::{Fetcher, Stop};
use super::{Answer, Failure, FailureClass, Manners, Request};
use crate::clock::Clock;

use process::Process;
use visit::{Means, Visit};

pub(super) use visit::is_page;

/// Whether a page's scripts are run before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scripts {
    /// It is read as it was sent.
    #[default]
    Ignored,
    /// By a browser.
    Run,
}

/// Which browser runs scripts, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// The program, by its path or its name; `None` to look for one under the usual names.
    pub program: Option<PathBuf>,
    /// The folders in which a program is looked for by its name, in the form of `PATH`.
    pub path: Option<OsString>,
    /// What the folders of throw-away profiles are called; a number is added.
    pub scratch: PathBuf,
    /// Whether the browser shuts its own parts in.
    pub sandbox: Sandbox,
}

/// Whether the browser shuts its own parts in, so that a page which breaks one has broken nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sandbox {
    /// As it does by itself.
    #[default]
    Kept,
    /// It cannot: Chromium refuses to run as root otherwise.
    Without,
}

/// A page after its scripts have run. What was sent is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The document as the browser writes it down: HTML.
    pub dom: String,
    /// The browser, by its own name and version.
    pub browser: String,
    /// So many of the things that the page asked for could not be had this time, and may be the next.
    pub missing: u32,
}

/// A page is read after so many stretches of its own time, five seconds in all …
const STRETCHES: u32 = 10;

/// … each so long, which passes at once while the page waits for nothing …
const STRETCH: Duration = Duration::from_millis(500);

/// … and followed by so much real time.
const REST: Duration = Duration::from_millis(100);

/// What a browser that runs pages is called, the first one that is there.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

impl Browser {
    /// The program to run.
    pub(super) fn find(&self) -> Result<PathBuf, Failure> {
        let folders = || self.path.iter().flat_map(std::env::split_paths);
        let at = |name: &PathBuf| {
            let places = folders().map(|folder| folder.join(name));
            // A path that is given is not looked for elsewhere.
            let own = (name.components().count() > 1).then(|| name.clone());
            own.into_iter().chain(places).find(|program| program.is_file())
        };
        let (found, detail) = match &self.program {
            Some(named) => (at(named), format!("there is no browser at {}", named.display())),
            None => (
                NAMES.iter().map(PathBuf::from).find_map(|name| at(&name)),
                "there is no Chromium or Chrome to run its scripts".to_owned(),
            ),
        };
        let hint = "hint: install chromium, or name one with --browser or PALINODE_BROWSER";
        found.ok_or_else(|| Failure::new(FailureClass::NoBrowser, format!("{detail}\n{hint}")))
    }
}

/// Runs the scripts of an answer, which is HTML. Gives it back with what they made of it, or the answer to which they led.
pub(super) async fn run(
    program: PathBuf,
    answer: Answer,
    request: &Request,
    fetcher: &Fetcher,
    manners: &Manners,
    clock: &dyn Clock,
) -> Result<Answer, Stop> {
    let limits = fetcher.limits();
    let mut process = Process::start(&program, fetcher.browser(), limits.decoded)?;
    let means = Means { fetcher, request, manners, clock };
    let visit = Visit::make(&mut process.wire, means, answer);
    let came = tokio::time::timeout(limits.render, visit).await;
    process.end().await;
    came.unwrap_or_else(|_| {
        let detail = "its scripts were not done within the time limit";
        Err(Failure::new(FailureClass::Timeout, detail).into())
    })
}

/// Something of the browser's own that went wrong, in lower case.
fn broken(detail: impl Into<String>) -> Failure {
    Failure::new(FailureClass::Browser, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_found_by_its_name_or_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("google-chrome");
        std::fs::write(&program, "").unwrap();
        let path = Some(folder.path().as_os_str().to_owned());
        let named = |program: Option<&str>, path: &Option<OsString>| {
            let program = program.map(PathBuf::from);
            Browser { program, path: path.clone(), ..Browser::default() }.find()
        };
        assert_eq!(named(None, &path), Ok(program.clone()));
        assert_eq!(named(Some("google-chrome"), &path), Ok(program.clone()));
        assert_eq!(named(program.to_str(), &None), Ok(program));
        for (program, path) in [(None, &None), (Some("chromium"), &path), (Some("/none"), &path)] {
            assert_eq!(named(program, path).unwrap_err().class, FailureClass::NoBrowser);
        }
    }
}
