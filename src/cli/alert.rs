//! `palinode alert`: who is told of what is found.

use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Exit, Failure, World, open};
use crate::alert::deliver;
use crate::lineage::EventKind;
use crate::store::{Alert as Kept, AlertSettings, Queued, Store};
use crate::views::{self, counted, escape, moment};

/// Have a program told of what checks find
///
/// What is to be told is written together with what was recorded, and given to the program after that: one JSON object on
/// its standard input. A program that cannot be run, ends with another code than 0, or takes longer than half a minute
/// has not heard; it is told again after a minute, then ever less often, with the same `id`.
#[derive(Debug, Args)]
pub(super) struct Alert {
    #[command(subcommand)]
    action: Action,
}

/// Whether all alerts were heard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    All,
    NotAll,
}

/// Gives the alerts that are due, and says which were not heard. Whoever calls it holds the run lock.
pub(super) fn alerted(store: &mut Store, world: &mut World<'_>) -> Result<Told, Failure> {
    let delivery = deliver(store, world.clock.now(), &world.surroundings.service.stop)?;
    for (name, why) in &delivery.unheard {
        let (name, why) = (escape(name), escape(why));
        writeln!(world.err, "alert {name}: not heard: {why}; it is tried again")?;
    }
    Ok(if delivery.unheard.is_empty() { Told::All } else { Told::NotAll })
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin to tell a program
    Add(Add),
    /// List who is told, and what is still to be told
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop telling a program; what it has not heard yet is dropped
    Remove {
        /// What the alert is called
        name: String,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// What to call it
    name: String,
    /// Only changes with an event of this kind; may be given several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<EventKind>,
    /// Only changes of a passage that holds this phrase, before or after
    #[arg(long)]
    phrase: Option<String>,
    /// Only pages with this tag; may be given several times
    #[arg(long)]
    tag: Vec<String>,
    /// Only changes of so many words or more
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    words: usize,
    /// Only changes, and not pages that cannot be seen
    #[arg(long)]
    changes_only: bool,
    /// The program and its arguments, as they are: no shell reads them
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Alert {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut opened = open(store)?;
        match self.action {
            Action::Add(add) => add.run(&mut opened, world),
            Action::List { json } => list(&opened, json, world),
            Action::Remove { name } => {
                let writing = opened.write()?;
                if !writing.remove_alert(&name)? {
                    let hint = "hint: `palinode alert list` names them";
                    return Err(Failure::usage(format!("there is no alert \"{name}\"\n{hint}")));
                }
                writing.commit()?;
                Ok(Exit::Fine)
            }
        }
    }
}

impl Add {
    fn run(self, store: &mut Store, world: &mut World<'_>) -> Result<Exit, Failure> {
        let kinds = self.kind.iter().map(|kind| kind.name().to_owned()).collect();
        let Self { name, phrase, tag: tags, words, changes_only, command, .. } = self;
        let settings = AlertSettings { command, kinds, phrase, tags, words, changes_only };
        let writing = store.write()?;
        if !writing.add_alert(&Kept { name: name.clone(), settings }, world.clock.now())? {
            let hint = "hint: `palinode alert remove` frees the name";
            return Err(Failure::usage(format!("there is an alert \"{name}\" already\n{hint}")));
        }
        writing.commit()?;
        writeln!(world.err, "{} is told from the next check on", escape(&name))?;
        Ok(Exit::Fine)
    }
}

#[derive(Serialize)]
struct AlertJson<'a> {
    name: &'a str,
    #[serde(flatten)]
    settings: &'a AlertSettings,
    queued: usize,
    next_at: Option<String>,
    error: Option<&'a str>,
}

fn list(store: &Store, json: bool, world: &mut World<'_>) -> Result<Exit, Failure> {
    let (alerts, queue) = (store.alerts()?, store.alert_queue()?);
    let of = |alert: &Kept| queue.iter().filter(|it| it.alert == alert.name).collect::<Vec<_>>();
    if json {
        let all = alerts.iter().map(|alert| {
            let queued = of(alert);
            let first = queued.first();
            AlertJson {
                name: &alert.name,
                settings: &alert.settings,
                queued: queued.len(),
                next_at: first.map(|it| it.next_at.to_string()),
                error: first.and_then(|it| it.error.as_deref()),
            }
        });
        views::json(world.out, &all.collect::<Vec<_>>())?;
        return Ok(Exit::Fine);
    }
    for alert in &alerts {
        let command = alert.settings.command.join(" ");
        writeln!(
            world.out,
            "{}  {}{}",
            escape(&alert.name),
            escape(&command),
            waiting(&of(alert))
        )?;
    }
    Ok(Exit::Fine)
}

fn waiting(queued: &[&Queued]) -> String {
    let Some(first) = queued.first() else { return String::new() };
    let error = first.error.as_deref().map_or_else(String::new, |why| {
        format!(": {}, next try {}", escape(why), moment(first.next_at))
    });
    format!("  ({} still to be told{error})", counted(queued.len(), "thing"))
}
