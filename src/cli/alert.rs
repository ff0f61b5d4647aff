//! `palinode alert`: who is told of what is found, and what they have not heard yet.

use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use super::alert_add::Add;
use super::{Exit, Failure, World, open};
use crate::alert::{deliver, test};
use crate::store::{Alert as Kept, AlertSettings, Queued, Shape, Store, Way};
use crate::views::{self, counted, escape, moment};

/// Have a program, a webhook or a mailbox told of what checks find
///
/// What is to be told is written together with what was recorded, and told after that. A program gets one JSON object on
/// its standard input, a webhook the same by POST, or in the shape that it wants. Whoever cannot be reached, answers that
/// it failed, or takes longer than half a minute has not heard, and is told again after a minute, then ever less often,
/// with the same `id`.
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
    let delivery = deliver(store, world.clock, &world.surroundings.service.stop)?;
    for (name, why) in &delivery.unheard {
        let (name, why) = (escape(name), escape(why));
        writeln!(world.err, "alert {name}: not heard: {why}; it is tried again")?;
    }
    Ok(if delivery.unheard.is_empty() { Told::All } else { Told::NotAll })
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin to tell somebody
    Add(Box<Add>),
    /// List who is told, and what is still to be told
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop telling somebody; what they have not heard yet is dropped
    Remove {
        /// What the alert is called
        name: String,
    },
    /// Tell somebody a sample at once, and say what came of it
    Test {
        /// What the alert is called
        name: String,
    },
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
                    return Err(unknown(&name));
                }
                writing.commit()?;
                Ok(Exit::Fine)
            }
            Action::Test { name } => {
                let alerts = opened.alerts()?;
                let alert = alerts.iter().find(|alert| alert.name == name);
                let alert = alert.ok_or_else(|| unknown(&name))?;
                let name = escape(&name);
                match test(alert, world.clock.now())? {
                    Ok(()) => {
                        writeln!(world.err, "alert {name}: heard")?;
                        Ok(Exit::Fine)
                    }
                    Err(why) => {
                        writeln!(world.err, "alert {name}: not heard: {}", escape(&why))?;
                        Ok(Exit::Untold)
                    }
                }
            }
        }
    }
}

fn unknown(name: &str) -> Failure {
    let hint = "hint: `palinode alert list` names them";
    Failure::usage(format!("there is no alert \"{name}\"\n{hint}"))
}

#[derive(Serialize)]
struct AlertJson<'a> {
    name: &'a str,
    #[serde(flatten)]
    settings: Value,
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
                settings: shown(&alert.settings),
                queued: queued.len(),
                next_at: first.map(|it| it.next_at.to_string()),
                error: first.and_then(|it| it.error.as_deref()),
            }
        });
        views::json(world.out, &all.collect::<Vec<_>>())?;
        return Ok(Exit::Fine);
    }
    for alert in &alerts {
        let (name, way) = (escape(&alert.name), way(&alert.settings.way));
        let waiting = waiting(&of(alert));
        writeln!(world.out, "{name}  {}{waiting}", escape(&way))?;
        let wanted = wanted(&alert.settings);
        if !wanted.is_empty() {
            writeln!(world.out, "    {}", escape(&wanted.join("; ")))?;
        }
    }
    Ok(Exit::Fine)
}

/// The settings as they may be seen: without the rest of a webhook's address.
fn shown(settings: &AlertSettings) -> Value {
    let mut shown = serde_json::to_value(settings).unwrap_or_default();
    if let Way::Webhook(hook) = &settings.way {
        shown["webhook"]["url"] = hook.url.to_string().into();
    }
    shown
}

/// What is told, and when, where that is not everything at once.
fn wanted(settings: &AlertSettings) -> Vec<String> {
    let AlertSettings {
        digest,
        kinds,
        phrase,
        tags,
        pages,
        words,
        changes_only,
        failures,
        links,
        ..
    } = settings;
    let listed = |what: &str, list: &[String]| {
        (!list.is_empty()).then(|| format!("{what} {}", list.join(", ")))
    };
    let parts = [
        listed("only", kinds),
        phrase.as_ref().map(|phrase| format!("with \"{phrase}\"")),
        listed("tagged", tags),
        (!pages.is_empty()).then(|| format!("of {}", counted(pages.len(), "page"))),
        (*words > 0).then(|| format!("of {} or more", counted(*words, "word"))),
        changes_only.then(|| "changes only".to_owned()),
        failures.then(|| "failures too".to_owned()),
        links.then(|| "links too".to_owned()),
        digest.as_ref().map(|times| format!("together, {times}")),
    ];
    parts.into_iter().flatten().collect()
}

fn way(way: &Way) -> String {
    match way {
        Way::Command(command) => command.join(" "),
        Way::Webhook(hook) => match &hook.shape {
            Shape::Plain => hook.url.to_string(),
            Shape::Slack => format!("{} (slack)", hook.url),
            Shape::Discord => format!("{} (discord)", hook.url),
            Shape::Matrix => format!("{} (matrix)", hook.url),
            Shape::Ntfy => format!("{} (ntfy)", hook.url),
            Shape::File(file) => format!("{} ({})", hook.url, file.display()),
        },
        Way::Mail(mail) => format!("{} by {}", mail.to.join(", "), mail.smtp),
    }
}

fn waiting(queued: &[&Queued]) -> String {
    let Some(first) = queued.first() else { return String::new() };
    let error = match (&first.error, first.digest_at) {
        (Some(why), _) => format!(": {}, next try {}", escape(why), moment(first.next_at)),
        (None, Some(at)) => format!(", together at {}", moment(at)),
        (None, None) => String::new(),
    };
    format!("  ({} still to be told{error})", counted(queued.len(), "thing"))
}
