//! An image of a disk, opened by palinode: what of it is lost, damaged, or shown though it is not true.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palinode::cli::{self, Exit, Letters, Reader, Service, Surroundings, Watcher, World};
use palinode::clock::{Clock, Stop, Timestamp};
use palinode::fetch::{Browser, Limits, Sandbox};
use palinode::views::{Hyperlinks, Ink};
use serde_json::Value;

use crate::dice::Dice;
use crate::log::Step;

/// The file that holds the history, in each folder.
pub(crate) const STORE: &str = "palinode.db";

/// In one image of so many, work goes on.
const WORK_IN: u64 = 32;

/// In one image of so many, the copies are read too.
const COPIES_IN: u64 = 4;

/// The texts as they were before anything went wrong.
pub(crate) struct Look {
    texts: BTreeMap<(String, u64), Vec<u8>>,
}

/// What had been announced by a moment.
#[derive(Default)]
pub(crate) struct Announced {
    /// What each stream has said since the last end of a line.
    said: [Vec<u8>; 3],
    pages: BTreeSet<String>,
    revisions: BTreeSet<(String, u64)>,
    copies: BTreeSet<String>,
}

/// What one image came to, or many.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) images: u64,
    /// Images of which nothing had been announced.
    pub(crate) early: u64,
    /// Pages, revisions and copies that had been announced.
    pub(crate) announced: u64,
    /// Those of them that are not there.
    pub(crate) lost: u64,
    /// Texts that were shown.
    pub(crate) shown: u64,
    /// Those of them that are not what the page said.
    pub(crate) untrue: u64,
    /// Images in which palinode names damage.
    pub(crate) damaged: u64,
    /// Images at which palinode panicked.
    pub(crate) panics: u64,
    /// Images with which work could not go on.
    pub(crate) stuck: u64,
    /// The first thing that is wrong, in words.
    pub(crate) what: Option<String>,
}

impl Announced {
    /// A line counts once it was said to its end: `p3  r7 changed …`, `watching p3 every 6h`, `…/copy2.db: …`.
    pub(crate) fn hear(&mut self, step: &Step) {
        let Step::Say { stream, bytes } = step else { return };
        let said = &mut self.said[*stream];
        said.extend(bytes);
        let Some(end) = said.iter().rposition(|byte| *byte == b'\n') else { return };
        let lines: Vec<u8> = said.drain(..=end).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            let mut words = line.split_whitespace();
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let revision = second.strip_prefix('r').and_then(|number| number.parse().ok());
            if first == "watching" {
                self.pages.insert(second.to_owned());
            } else if let Some(copy) = first.strip_suffix(".db:") {
                let name = copy.rsplit('/').next().unwrap_or("");
                self.copies.insert(format!("{name}.db"));
            } else if let Some(revision) = revision {
                self.revisions.insert((first.to_owned(), revision));
            }
        }
    }

    pub(crate) fn revisions(&self) -> usize {
        self.revisions.len()
    }

    pub(crate) fn copies(&self) -> usize {
        self.copies.len()
    }
}

impl Look {
    /// Learns the texts of a history that nothing happened to.
    pub(crate) fn learn(folder: &Path, announced: &Announced) -> Result<Self, String> {
        let mut texts = BTreeMap::new();
        for (page, revision) in &announced.revisions {
            let (exit, text) = shown(folder, page, *revision);
            if exit != Exit::Fine {
                return Err(format!("r{revision} of {page} is not there before any cut"));
            }
            texts.insert((page.clone(), *revision), text);
        }
        Ok(Self { texts })
    }

    /// Looks at the history in this folder, of which this had been announced.
    pub(crate) fn at(&self, folder: &Path, announced: &Announced, dice: &mut Dice) -> Found {
        let mut found = Found { images: 1, ..Found::default() };
        let looked =
            catch_unwind(AssertUnwindSafe(|| self.look(folder, announced, dice, &mut found)));
        if looked.is_err() {
            found.panics = 1;
            found.what.get_or_insert_with(|| "palinode panicked".to_owned());
        }
        found
    }

    fn look(&self, folder: &Path, announced: &Announced, dice: &mut Dice, found: &mut Found) {
        let early = announced.pages.is_empty();
        found.early = u64::from(early);
        found.announced =
            (announced.pages.len() + announced.revisions() + announced.copies()) as u64;
        let store = folder.join(STORE);
        let (exit, said) = palinode(&store, &["verify"]);
        if exit != Exit::Fine && !early {
            found.damaged(format!("verify: {}", String::from_utf8_lossy(&said)));
        }
        for page in &announced.pages {
            let Some(there) = revisions_at(&store, page) else {
                found.lost(1, &format!("{page} is not there"));
                continue;
            };
            let told =
                announced.revisions.iter().filter(|(of, _)| of == page).map(|(_, number)| *number);
            let missing: Vec<u64> =
                told.filter(|number| there.binary_search(number).is_err()).collect();
            found.lost(missing.len(), &format!("{page} has no {missing:?}"));
            if !there.is_empty() {
                let number = there[usize::try_from(dice.below(there.len() as u64)).unwrap_or(0)];
                self.read(folder, page, number, found);
            }
        }
        for copy in &announced.copies {
            found.lost(usize::from(!folder.join(copy).exists()), &format!("{copy} is not there"));
        }
        let copies = if dice.below(COPIES_IN) == 0 { copies_in(folder) } else { Vec::new() };
        for copy in copies {
            let (exit, said) = palinode(&copy, &["verify"]);
            if exit != Exit::Fine {
                let said = String::from_utf8_lossy(&said);
                found.damaged(format!("{}: {said}", copy.display()));
            }
        }
        if dice.below(WORK_IN) == 0 && found.damaged == 0 && !early {
            work_on(&store, found);
        }
    }

    /// A text that is shown must be the true one; to refuse is honest.
    fn read(&self, folder: &Path, page: &str, number: u64, found: &mut Found) {
        let (exit, text) = shown(folder, page, number);
        if exit != Exit::Fine {
            return found.damaged(format!("r{number} of {page} cannot be shown"));
        }
        found.shown += 1;
        if self.texts.get(&(page.to_owned(), number)).is_some_and(|truth| *truth != text) {
            found.untrue += 1;
            found
                .what
                .get_or_insert_with(|| format!("r{number} of {page} says what it never said"));
        }
    }
}

impl Found {
    /// Whether nothing is wrong.
    pub(crate) fn is_well(&self) -> bool {
        self.lost + self.untrue + self.damaged + self.panics + self.stuck == 0
    }

    pub(crate) fn add(&mut self, one: &Self) {
        self.images += one.images;
        self.early += one.early;
        self.announced += one.announced;
        self.lost += one.lost;
        self.shown += one.shown;
        self.untrue += one.untrue;
        self.damaged += one.damaged;
        self.panics += one.panics;
        self.stuck += one.stuck;
    }

    fn damaged(&mut self, what: String) {
        self.damaged = 1;
        self.what.get_or_insert(what);
    }

    fn lost(&mut self, count: usize, what: &str) {
        self.lost += count as u64;
        if count > 0 {
            self.what.get_or_insert_with(|| what.to_owned());
        }
    }
}

/// What is found can be told anew and written, and is whole after it.
fn work_on(store: &Path, found: &mut Found) {
    for words in [&["rebuild"] as &[&str], &["add", "http://127.0.0.1:1/more"], &["verify"]] {
        let (exit, said) = palinode(store, words);
        if exit != Exit::Fine {
            found.stuck = 1;
            let said = String::from_utf8_lossy(&said).into_owned();
            found.what.get_or_insert_with(|| format!("{words:?}: {said}"));
        }
    }
}

/// Finished copies; what is cut short lies beside them under another name.
fn copies_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "db") && !path.ends_with(STORE))
        .collect()
}

/// The revisions that `log` lists, in their order; none where there is no such page.
fn revisions_at(store: &Path, page: &str) -> Option<Vec<u64>> {
    let (exit, listed) = palinode(store, &["log", page, "--json"]);
    if exit != Exit::Fine {
        return None;
    }
    let listed: Value = serde_json::from_slice(&listed).unwrap_or_default();
    let rows = listed["revisions"].as_array().into_iter().flatten();
    let mut numbers: Vec<u64> = rows.filter_map(|row| row["revision"].as_u64()).collect();
    numbers.sort_unstable();
    Some(numbers)
}

fn shown(folder: &Path, page: &str, revision: u64) -> (Exit, Vec<u8>) {
    palinode(&folder.join(STORE), &["show", page, &format!("r{revision}")])
}

/// Runs palinode in this process: what it wrote to standard output, or to standard error where it failed.
fn palinode(store: &Path, words: &[&str]) -> (Exit, Vec<u8>) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut world =
        World { clock: &Standing, out: &mut out, err: &mut err, surroundings: surroundings(store) };
    let exit = cli::run(["palinode"].iter().chain(words).map(OsString::from), &mut world);
    if exit != Exit::Fine {
        out.extend(err);
    }
    (exit, out)
}

/// Later than anything that was recorded.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(4_000_000_000_000)
    }
}

fn surroundings(store: &Path) -> Surroundings {
    let scratch = store.with_extension("scratch");
    Surroundings {
        store: Some(store.to_owned()),
        browser: Browser {
            program: None,
            path: None,
            scratch: scratch.clone(),
            sandbox: Sandbox::Kept,
        },
        scratch,
        width: 100,
        ink: Ink::Plain,
        hyperlinks: Hyperlinks::Left,
        letters: Letters::Unicode,
        reader: Reader::Pipe,
        pager: None,
        watcher: Watcher::Nobody,
        limits: Limits::default(),
        service: Service {
            stop: Stop::default(),
            sleep: Arc::new(|_, _| {}),
            ..Service::default()
        },
    }
}
