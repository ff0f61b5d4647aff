//! Steps to what a disk may hold when the power goes: what was synced, and any part of what was not.
//!
//! A file promises only what was written to it before its last sync; a folder only the names that it had at its own.
//! The WAL index (`-shm`) is memory that happens to have a name: after a power cut it holds nothing, or anything.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::dice::Dice;
use crate::log::Step;

/// Whether a sync does what it says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syncs {
    Kept,
    Ignored,
}

/// A disk that lies about syncs gets so far behind: about two mebibytes of pages.
const BEHIND: usize = 512;

/// The disk and what is on the way to it.
pub(crate) struct Disk {
    syncs: Syncs,
    now: usize,
    files: Vec<Content>,
    names: Names,
    pending: Vec<(usize, Entry)>,
    names_now: Names,
}

/// Names, and the numbers of their files.
type Names = BTreeMap<String, usize>;

#[derive(Default, Clone)]
struct Content {
    durable: Vec<u8>,
    pending: Vec<(usize, Change)>,
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

#[derive(Clone)]
enum Entry {
    Put(String, usize),
    Take(String),
    /// One step: both names are never there, nor neither.
    Move(String, String, usize),
}

/// How much of what no sync has followed reaches the disk.
#[derive(Clone, Copy)]
enum Reach {
    Nothing,
    Everything,
    /// All up to a moment, and the last of it torn.
    UpTo(u64),
    /// Any, each with this chance in eight; whole, or torn too.
    Some(u64, Tearing),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tearing {
    Whole,
    Torn,
}

impl Disk {
    pub(crate) fn new(syncs: Syncs) -> Self {
        let (names, names_now) = (Names::new(), Names::new());
        Self { syncs, now: 0, files: Vec::new(), names, pending: Vec::new(), names_now }
    }

    /// One step further.
    pub(crate) fn take(&mut self, step: &Step) {
        self.now += 1;
        match step {
            Step::Create { name } => {
                self.file(name);
            }
            Step::Write { name, at, bytes } => {
                self.change(name, Change::Write { at: *at, bytes: bytes.clone() });
            }
            Step::Truncate { name, length } => self.change(name, Change::Truncate(*length)),
            Step::Unlink { name } => self.entry(Entry::Take(name.clone())),
            Step::Link { from, to } => {
                let file = self.file(from);
                self.entry(Entry::Put(to.clone(), file));
            }
            Step::Rename { from, to } => {
                let file = self.file(from);
                self.entry(Entry::Move(from.clone(), to.clone(), file));
            }
            Step::Sync { name } if self.syncs == Syncs::Kept => {
                let file = self.file(name);
                self.files[file].settle(usize::MAX);
            }
            Step::SyncFolder if self.syncs == Syncs::Kept => self.settle(usize::MAX),
            Step::Sync { .. } | Step::SyncFolder | Step::Say { .. } => {}
        }
        if self.syncs == Syncs::Ignored {
            let before = self.now.saturating_sub(BEHIND);
            self.settle(before);
            self.files.iter_mut().for_each(|file| file.settle(before));
        }
    }

    /// Everything that was written, as a system that goes on sees it.
    pub(crate) fn whole(&self) -> BTreeMap<&str, Vec<u8>> {
        let content = |file: &usize| self.files[*file].reached(Reach::Everything, 1, &mut Dice(0));
        self.names_now.iter().map(|(name, file)| (name.as_str(), content(file))).collect()
    }

    /// Makes the folder as it may be found after the power went just now.
    pub(crate) fn image(&self, folder: &Path, dice: &mut Dice) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let sector = [512, 4096][usize::from(dice.below(2) == 0)];
        let mut names = self.names.clone();
        let reached = dice.below(self.pending.len() as u64 + 1);
        for (_, entry) in self.pending.iter().take(usize::try_from(reached).unwrap_or(0)) {
            entry.apply(&mut names);
        }
        let reach = Reach::draw(dice);
        for (name, file) in &names {
            if !name.ends_with("-shm") {
                let bytes = self.files[*file].reached(reach, sector, dice);
                std::fs::write(folder.join(name), bytes)?;
            } else if dice.below(2) == 0 {
                let noise: Vec<u8> =
                    (0..4096_u16).flat_map(|_| dice.below(u64::MAX).to_ne_bytes()).collect();
                std::fs::write(folder.join(name), noise)?;
            }
        }
        Ok(())
    }

    /// The number of a file; a name that is new gets one.
    fn file(&mut self, name: &str) -> usize {
        if let Some(file) = self.names_now.get(name) {
            return *file;
        }
        self.files.push(Content::default());
        let file = self.files.len() - 1;
        self.entry(Entry::Put(name.to_owned(), file));
        file
    }

    fn change(&mut self, name: &str, change: Change) {
        let file = self.file(name);
        self.files[file].pending.push((self.now, change));
    }

    fn entry(&mut self, entry: Entry) {
        entry.apply(&mut self.names_now);
        self.pending.push((self.now, entry));
    }

    fn settle(&mut self, before: usize) {
        let end = self.pending.partition_point(|(when, _)| *when < before);
        for (_, entry) in self.pending.drain(..end) {
            entry.apply(&mut self.names);
        }
    }
}

impl Content {
    fn settle(&mut self, before: usize) {
        let end = self.pending.partition_point(|(when, _)| *when < before);
        for (_, change) in self.pending.drain(..end) {
            change.apply(&mut self.durable);
        }
    }

    fn reached(&self, reach: Reach, sector: usize, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let count = self.pending.len();
        let last = match reach {
            Reach::UpTo(share) => count * usize::try_from(share).unwrap_or(0) / 256,
            _ => count,
        };
        for (number, (_, change)) in self.pending.iter().enumerate().take(last) {
            match reach {
                Reach::Nothing => break,
                Reach::UpTo(_) if number + 1 == last => change.tear(&mut bytes, sector, dice),
                Reach::UpTo(_) | Reach::Everything => change.apply(&mut bytes),
                Reach::Some(chance, tearing) => match (dice.below(8) < chance, tearing) {
                    (true, Tearing::Torn) if dice.below(4) == 0 => {
                        change.tear(&mut bytes, sector, dice);
                    }
                    (true, _) => change.apply(&mut bytes),
                    (false, _) => {}
                },
            }
        }
        bytes
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => put(file, *at, bytes),
            Self::Truncate(length) => file.resize(*length, 0),
        }
    }

    /// Of the sectors that are written, some are not.
    fn tear(&self, file: &mut Vec<u8>, sector: usize, dice: &mut Dice) {
        let Self::Write { at, bytes } = self else { return self.apply(file) };
        let mut from = 0;
        while from < bytes.len() {
            let to = ((at + from) / sector + 1) * sector - at;
            let to = to.min(bytes.len());
            if dice.below(2) == 0 {
                put(file, at + from, &bytes[from..to]);
            }
            from = to;
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

impl Entry {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Put(name, file) => _ = names.insert(name.clone(), *file),
            Self::Take(name) => _ = names.remove(name),
            Self::Move(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
        }
    }
}

impl Reach {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0 => Self::Nothing,
            1 => Self::Everything,
            2 | 3 => Self::UpTo(dice.below(257)),
            4 | 5 => Self::Some(1 + dice.below(7), Tearing::Whole),
            _ => Self::Some(1 + dice.below(8), Tearing::Torn),
        }
    }
}
