//! `palinode deposit`: archives that are asked to save pages when they change, and what is still to be ordered of them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::alert_add::absolute;
use super::{Exit, Failure, World, open, resolve};
use crate::fetch::Fetcher;
use crate::store::{Deposit as Order, DepositState, Depository, DepositorySettings, Store};
use crate::views::{self, counted, escape, moment};
use crate::watch::{Archive, NotAnArchive, deposit, deposit_keys};

/// Have an archive save pages when they change: a witness that is not yours
///
/// `check` and `run` order it after each revision that they record (Save Page Now), and ask after it until the archive's
/// list shows the capture; `palinode witnesses` shows what came of it. An order tells the archive, and whoever reads it,
/// that somebody watches the page. Pages that are private, or are asked for with headers, are never ordered.
#[derive(Debug, Args)]
pub(super) struct Deposit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin to ask an archive
    Add(Add),
    /// List the archives that are asked, and what is not confirmed yet
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask an archive no more; what was not ordered yet is dropped
    Remove {
        /// What the archive is called
        name: String,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// What to call the archive
    name: String,
    /// The archive, by the address that its captures begin with
    #[arg(long, value_name = "ARCHIVE", default_value = "https://web.archive.org/web/")]
    at: String,
    /// The file of your keys for it, `ACCESS:SECRET` on one line
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// Only pages with this tag; may be given several times
    #[arg(long)]
    tag: Vec<String>,
    /// Only this page; may be given several times
    #[arg(long)]
    page: Vec<String>,
}

/// Does what is due with archives, and says what its owner should know of. It fails no check.
pub(super) fn deposited(
    store: &mut Store,
    fetcher: &Fetcher,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let stop = world.surroundings.service.stop.clone();
    for news in deposit(store, fetcher, world.clock, &stop)? {
        let Order { depository, state, said, .. } = news.deposit;
        let (name, page) = (escape(&depository), escape(&news.page));
        let why = said.unwrap_or_default();
        let ending = if state == DepositState::Error { "" } else { "; it is tried again" };
        writeln!(world.err, "deposit {name}: {page} is not saved: {}{ending}", escape(&why))?;
    }
    Ok(())
}

impl Deposit {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut opened = open(store)?;
        match self.action {
            Action::Add(add) => add.run(&mut opened, world),
            Action::List { json } => list(&opened, json, world),
            Action::Remove { name } => {
                let writing = opened.write()?;
                if !writing.remove_depository(&name)? {
                    return Err(Failure::usage(format!(
                        "there is no archive \"{name}\"\nhint: `palinode deposit list` names them"
                    )));
                }
                writing.commit()?;
                Ok(Exit::Fine)
            }
        }
    }
}

impl Add {
    fn run(self, store: &mut Store, world: &mut World<'_>) -> Result<Exit, Failure> {
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) {
            return Err(Failure::usage("the name must hold letters, and no line breaks"));
        }
        let archive: Result<Archive, NotAnArchive> = self.at.parse();
        let archive = archive.map_err(|why| Failure::usage(why.to_string()))?;
        let pages = self.page.iter().map(|text| Ok(resolve::page(store, text)?.id));
        let settings = DepositorySettings {
            archive: archive.as_str().to_owned(),
            secret_file: absolute(&self.secret_file)?,
            tags: self.tag,
            pages: pages.collect::<Result<_, Failure>>()?,
        };
        let new = Depository { name: self.name, settings };
        deposit_keys(&new).map_err(Failure::usage)?;
        let writing = store.write()?;
        if !writing.add_depository(&new, world.clock.now())? {
            return Err(Failure::usage(format!("\"{}\" is the name of another archive", new.name)));
        }
        writing.commit()?;
        Ok(Exit::Fine)
    }
}

#[derive(Serialize)]
struct DepositoryJson<'a> {
    name: &'a str,
    #[serde(flatten)]
    settings: &'a DepositorySettings,
    open: Vec<OpenJson>,
}

#[derive(Serialize)]
struct OpenJson {
    page: String,
    capture: String,
    checked_at: String,
    state: &'static str,
    said: Option<String>,
    next_at: Option<String>,
}

fn list(store: &Store, json: bool, world: &mut World<'_>) -> Result<Exit, Failure> {
    let mut all = Vec::new();
    for depository in store.depositories()? {
        let open = store.open_deposits(&depository.name)?;
        let titled = open.into_iter().map(|order| {
            let page = store.page(order.page)?;
            Ok((page.map_or_else(String::new, |page| page.title().to_owned()), order))
        });
        let open: Vec<(String, Order)> = titled.collect::<Result<_, Failure>>()?;
        all.push((depository, open));
    }
    if json {
        let all = all.iter().map(|(Depository { name, settings }, open)| DepositoryJson {
            name,
            settings,
            open: open.iter().map(open_json).collect(),
        });
        views::json(world.out, &all.collect::<Vec<_>>())?;
        return Ok(Exit::Fine);
    }
    for (depository, open) in &all {
        let (name, archive) = (escape(&depository.name), escape(&depository.settings.archive));
        writeln!(world.out, "{name}  {archive}, {} open", counted(open.len(), "order"))?;
        for (page, order) in open {
            let said = order.said.as_ref().map_or_else(String::new, |said| format!(": {said}"));
            let next = order.next_at.map_or_else(String::new, moment);
            let state = format!("{}{said}", order.state.name());
            writeln!(world.out, "    {}  {}; next {next}", escape(page), escape(&state))?;
        }
    }
    Ok(Exit::Fine)
}

fn open_json((page, order): &(String, Order)) -> OpenJson {
    OpenJson {
        page: page.clone(),
        capture: order.capture.to_string(),
        checked_at: order.at.to_string(),
        state: order.state.name(),
        said: order.said.clone(),
        next_at: order.next_at.map(|at| at.to_string()),
    }
}
