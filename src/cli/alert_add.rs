//! `palinode alert add`: who is told, how, of what and when, tried as far as it can be before it is kept.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use url::Url;

use super::{Exit, Failure, World, resolve};
use crate::alert;
use crate::lineage::EventKind;
use crate::page::Cadence;
use crate::store::{Alert, AlertSettings, HookUrl, Mail, Shape, Store, Way, Webhook};
use crate::views::escape;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("way").required(true).args(["command", "webhook", "mail"])))]
pub(super) struct Add {
    /// What to call it
    name: String,
    /// Post to this address; what it holds is shown nowhere
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// What the webhook wants a message to look like: slack, discord, matrix, ntfy or the file of a template
    #[arg(long, value_name = "SHAPE", requires = "webhook")]
    template: Option<Shape>,
    /// The file of the token that the webhook asks for, as Matrix does
    #[arg(long, value_name = "FILE", requires = "webhook")]
    token_file: Option<PathBuf>,
    /// The file of the secret by which a webhook's messages are signed, or of the password for the mail server
    #[arg(long, value_name = "FILE", conflicts_with = "command")]
    secret_file: Option<PathBuf>,
    /// Send mail to this address; may be given several times
    #[arg(long, value_name = "ADDRESS", requires = "smtp", requires = "from")]
    mail: Vec<String>,
    /// The mail server: `smtps://name@host`, or `smtp://name@host` if TLS begins later
    #[arg(long, value_name = "URL", requires = "mail")]
    smtp: Option<String>,
    /// Whom the mail is from
    #[arg(long, value_name = "ADDRESS", requires = "mail")]
    from: Option<String>,
    /// Only changes with an event of this kind; may be given several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<EventKind>,
    /// Only changes of a passage that holds this phrase, before or after
    #[arg(long)]
    phrase: Option<String>,
    /// Only pages with this tag; may be given several times
    #[arg(long)]
    tag: Vec<String>,
    /// Only this page; may be given several times
    #[arg(long)]
    page: Vec<String>,
    /// Only changes of so many words or more
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    words: usize,
    /// Only changes, and not pages that cannot be seen
    #[arg(long)]
    changes_only: bool,
    /// Pages that cannot be seen too, though not all changes are asked for
    #[arg(long, conflicts_with = "changes_only")]
    failures: bool,
    /// Links that lead elsewhere and pictures that are described otherwise too, though no word has changed
    #[arg(long)]
    links: bool,
    /// All in one message: hourly, daily (at seven, UTC), weekly (on Mondays), or at the times of a cron expression
    #[arg(long, value_name = "TIMES", value_parser = times)]
    digest: Option<Cadence>,
    /// The program and its arguments, as they are: no shell reads them
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

fn times(text: &str) -> Result<Cadence, String> {
    let expression = match text {
        "hourly" => "0 * * * *",
        "daily" => "0 7 * * *",
        "weekly" => "0 7 * * 1",
        expression => expression,
    };
    match expression.parse() {
        Ok(cadence @ Cadence::Cron(_)) => Ok(cadence),
        Ok(_) => Err("expected hourly, daily, weekly or a cron expression".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}

impl Add {
    pub(super) fn run(self, store: &mut Store, world: &mut World<'_>) -> Result<Exit, Failure> {
        let (name, now) = (self.name.clone(), world.clock.now());
        let alert = Alert { name: name.clone(), settings: self.settings(store)? };
        alert::sound(&alert, now).map_err(|why| Failure::usage(format!("{name}: {why}")))?;
        let writing = store.write()?;
        if !writing.add_alert(&alert, now)? {
            let hint = "hint: `palinode alert remove` frees the name";
            return Err(Failure::usage(format!("there is an alert \"{name}\" already\n{hint}")));
        }
        writing.commit()?;
        writeln!(world.err, "{} is told from the next check on", escape(&name))?;
        Ok(Exit::Fine)
    }

    fn settings(self, store: &Store) -> Result<AlertSettings, Failure> {
        let pages = self.page.iter().map(|text| Ok(resolve::page(store, text)?.id));
        let pages = pages.collect::<Result<_, Failure>>()?;
        let kinds = self.kind.iter().map(|kind| kind.name().to_owned()).collect();
        let secret_file = self.secret_file.as_deref().map(absolute).transpose()?;
        let way = if let Some(url) = self.webhook {
            let token_file = self.token_file.as_deref().map(absolute).transpose()?;
            let shape = match self.template {
                Some(Shape::File(file)) => Shape::File(absolute(&file)?),
                shape => shape.unwrap_or_default(),
            };
            Way::Webhook(Webhook { url: hook(&url)?, secret_file, token_file, shape })
        } else if let (Some(smtp), Some(from)) = (self.smtp, self.from) {
            Way::Mail(Mail { to: self.mail, from, smtp: server(&smtp)?, secret_file })
        } else {
            Way::Command(self.command)
        };
        let Self { phrase, tag: tags, words, changes_only, failures, links, digest, .. } = self;
        let own = AlertSettings {
            way,
            digest,
            kinds,
            phrase,
            tags,
            pages,
            words,
            changes_only,
            failures,
            links,
        };
        Ok(own)
    }
}

/// clap would repeat what it cannot read, and that may be a secret.
fn hook(text: &str) -> Result<HookUrl, Failure> {
    text.parse().map_err(|why| Failure::usage(format!("--webhook: {why}")))
}

fn server(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).map_err(|why| Failure::usage(format!("--smtp: {why}")))?;
    match url.password() {
        Some(_) => Err(Failure::usage(
            "--smtp: no password may stand in the address\nhint: --secret-file names the file that holds it",
        )),
        None => Ok(url),
    }
}

/// Whoever delivers may stand in another folder.
pub(super) fn absolute(file: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(file).map_err(|why| Failure::usage(format!("{}: {why}", file.display())))
}
