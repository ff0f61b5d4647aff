//! The command line: what may be typed, the world it runs in, and one file a subcommand.
//!
//! A command's file is its help text, its arguments and its `run`; whatever is worth a test of its own stands in a
//! lower module. The library reads no clock, environment or terminal: they come in as the [`World`].

mod add;
mod alert;
mod alert_add;
mod apply;
mod apply_follows;
mod backfill;
mod backup;
mod believe;
mod blame;
mod captures;
mod check;
mod demo;
mod deposit;
mod diff;
mod disbelieve;
mod edit;
mod events;
mod evidence;
mod exhibit;
mod export;
mod failure;
mod feed;
mod follow;
mod following;
mod git;
mod import;
mod lines;
mod log;
mod manners;
mod manual;
mod merge;
mod new_file;
mod pager;
mod pages;
mod patient;
mod preview;
mod rebuild;
mod remove;
mod resolve;
mod run;
mod search;
mod serve;
mod service;
mod settings;
mod show;
mod sign;
mod site;
mod stamp;
mod status;
mod trace;
mod unfollow;
mod verify;
mod wacz;
mod warc;
mod witnesses;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::fetch::{Browser, Limits};
use crate::store::{Store, StoreError};
use crate::views::{Hyperlinks, Ink, Look, TimeLines};

pub use failure::{Exit, Failure};
pub use pager::Pager;
pub use service::{Service, Sleep};

/// Everything outside the library that a command needs.
pub struct World<'a> {
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Where data goes.
    pub out: &'a mut dyn Write,
    /// Where talk goes.
    pub err: &'a mut dyn Write,
    /// What the terminal and the environment say.
    pub surroundings: Surroundings,
}

/// What the terminal and the environment say.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Where the history is kept unless `--db` says otherwise; `None` where the environment names no place.
    pub store: Option<PathBuf>,
    /// A folder for what is thrown away.
    pub scratch: PathBuf,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether data may be coloured.
    pub ink: Ink,
    /// Whether the terminal opens addresses from words.
    pub hyperlinks: Hyperlinks,
    /// What draws time.
    pub letters: Letters,
    /// Who reads the data.
    pub reader: Reader,
    /// What long listings are read with, if a person reads them.
    pub pager: Option<Pager>,
    /// Whether a person watches the talk.
    pub watcher: Watcher,
    /// What a fetch may take.
    pub limits: Limits,
    /// Which browser runs the scripts of pages that need it.
    pub browser: Browser,
    /// How a command that runs for long hears of the world.
    pub service: Service,
}

/// What a terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Letters {
    /// The locale is one of UTF-8.
    Unicode,
    /// It is not, or there is none.
    Ascii,
}

/// Who reads the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// A person at a terminal.
    Person,
    /// A pipe, a file, a test.
    Pipe,
}

/// Whether a person watches the talk go by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watcher {
    /// A terminal: progress is shown.
    Person,
    /// A pipe, cron, a test.
    Nobody,
}

/// Keep every revision of the web pages you name, and tell the life of every word on them
#[derive(Debug, Parser)]
#[command(name = "palinode", version, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    /// The file that holds the history
    ///
    /// Else `PALINODE_DB` names it, else it lies in the user's data folder.
    #[arg(long, global = true, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Print long listings straight to the terminal, without a pager
    #[arg(long, global = true)]
    no_pager: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Preview(preview::Preview),
    Add(add::Add),
    Pages(pages::Pages),
    Edit(edit::Edit),
    Remove(remove::Remove),
    Apply(apply::Apply),
    Follow(Box<follow::Follow>),
    Following(following::Following),
    Unfollow(unfollow::Unfollow),
    Check(check::Check),
    Run(run::Run),
    Alert(alert::Alert),
    Deposit(deposit::Deposit),
    Status(status::Status),
    Log(log::Log),
    Show(show::Show),
    Diff(diff::Diff),
    Trace(trace::Trace),
    Search(search::Search),
    Events(events::Events),
    Blame(blame::Blame),
    Exhibit(exhibit::Exhibit),
    Serve(serve::Serve),
    Feed(feed::Feed),
    Export(export::Export),
    Captures(captures::Captures),
    Believe(believe::Believe),
    Disbelieve(disbelieve::Disbelieve),
    Rebuild(rebuild::Rebuild),
    Backup(backup::Backup),
    Verify(verify::Verify),
    Import(import::Import),
    Backfill(backfill::Backfill),
    Merge(merge::Merge),
    Witnesses(witnesses::Witnesses),
    Evidence(evidence::Evidence),
    Stamp(stamp::Stamp),
    Sign(sign::Sign),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// Runs one command line, its first word the program's name.
pub fn run(line: impl IntoIterator<Item = OsString>, world: &mut World<'_>) -> Exit {
    let cli = match Cli::try_parse_from(line) {
        Ok(cli) => cli,
        Err(usage) => return failure::usage(&usage, world),
    };
    if cli.no_pager {
        world.surroundings.pager = None;
    }
    let store = cli.db.or_else(|| world.surroundings.store.clone());
    let ended = match cli.command {
        Command::Demo(demo) => demo.run(world),
        Command::Preview(preview) => preview.run(world),
        Command::Completions(completions) => completions.run(world),
        Command::Man(man) => man.run(world),
        command => match store {
            Some(store) if command.is_long() => {
                pager::paged(world, |world| in_store(command, &store, world))
            }
            Some(store) => in_store(command, &store, world),
            None => Err(Failure::usage(
                "no place for the history is known\nhint: name a file with --db or PALINODE_DB, or set HOME",
            )),
        },
    };
    ended.unwrap_or_else(|failure| failure.tell(world))
}

fn in_store(command: Command, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Add(add) => add.run(store, world),
        Command::Pages(pages) => pages.run(store, world),
        Command::Edit(edit) => edit.run(store, world),
        Command::Remove(remove) => remove.run(store, world),
        Command::Apply(apply) => apply.run(store, world),
        Command::Follow(follow) => follow.run(store, world),
        Command::Following(following) => following.run(store, world),
        Command::Unfollow(unfollow) => unfollow.run(store, world),
        Command::Check(check) => check.run(store, world),
        Command::Alert(alert) => alert.run(store, world),
        Command::Deposit(deposit) => deposit.run(store, world),
        Command::Run(run) => run.run(store, world),
        Command::Status(status) => status.run(store, world),
        Command::Log(log) => log.run(store, world),
        Command::Show(show) => show.run(store, world),
        Command::Diff(diff) => diff.run(store, world),
        Command::Trace(trace) => trace.run(store, world),
        Command::Search(search) => search.run(store, world),
        Command::Events(events) => events.run(store, world),
        Command::Blame(blame) => blame.run(store, world),
        Command::Exhibit(exhibit) => exhibit.run(store, world),
        Command::Serve(serve) => serve.run(store, world),
        Command::Feed(feed) => feed.run(store, world),
        Command::Export(export) => export.run(store, world),
        Command::Captures(captures) => captures.run(store, world),
        Command::Believe(believe) => believe.run(store, world),
        Command::Disbelieve(disbelieve) => disbelieve.run(store, world),
        Command::Rebuild(rebuild) => rebuild.run(store, world),
        Command::Backup(backup) => backup.run(store, world),
        Command::Verify(verify) => verify.run(store, world),
        Command::Import(import) => import.run(store, world),
        Command::Backfill(backfill) => backfill.run(store, world),
        Command::Merge(merge) => merge.run(store, world),
        Command::Witnesses(witnesses) => witnesses.run(store, world),
        Command::Evidence(evidence) => evidence.run(store, world),
        Command::Stamp(stamp) => stamp.run(store, world),
        Command::Sign(sign) => sign.run(store, world),
        Command::Demo(_) | Command::Preview(_) | Command::Completions(_) | Command::Man(_) => {
            Ok(Exit::Fine)
        }
    }
}

impl Command {
    /// Whether it may say more than a screen holds.
    fn is_long(&self) -> bool {
        match self {
            Self::Show(show) => show.is_read(),
            Self::Log(_)
            | Self::Diff(_)
            | Self::Trace(_)
            | Self::Search(_)
            | Self::Events(_)
            | Self::Blame(_) => true,
            _ => false,
        }
    }
}

impl World<'_> {
    fn look(&self) -> Look {
        let Surroundings { width, ink, hyperlinks, .. } = self.surroundings;
        let time_lines = match self.surroundings.reader {
            Reader::Person => self.time_lines(),
            Reader::Pipe => TimeLines::Left,
        };
        Look { width, ink, hyperlinks, time_lines }
    }

    /// The same, with the time line if it was asked for.
    fn look_at_time(&self, time_line: bool) -> Look {
        let look = self.look();
        if time_line { Look { time_lines: self.time_lines(), ..look } } else { look }
    }

    fn time_lines(&self) -> TimeLines {
        match self.surroundings.letters {
            Letters::Unicode => TimeLines::Blocks,
            Letters::Ascii => TimeLines::Ascii,
        }
    }
}

fn open(store: &Path) -> Result<Store, StoreError> {
    Store::open(store)
}
