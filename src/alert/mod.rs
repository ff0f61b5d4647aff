//! What is queued for somebody to their program, webhook or mailbox: told once it is on disk, and again until it was heard.
//!
//! Delivery comes after the write that queued it, and a row leaves the queue only after it was heard. A kill in between
//! tells it twice, with the same `id`. No secret is kept here: files that hold them are read when a message goes out.

mod command;
mod delivery;
mod mail;
mod message;
mod phrases;
mod template;
mod webhook;
mod words;

use std::time::Duration;

use reqwest::Client;
use tokio::runtime::Runtime;

use self::message::Message;
use crate::clock::Timestamp;
use crate::store::{Alert, StoreError, Way};

pub use delivery::{Delivery, deliver};
pub use words::change;

/// Why a delivery ends early. What was not heard stays queued.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave nothing to run programs with, or what is said cannot be written down.
    #[error("no alert can be given: {0}")]
    Io(#[from] std::io::Error),
}

/// A receiver that takes longer has not heard.
const LONGEST: Duration = Duration::from_secs(30);

/// Why a receiver has not heard, without secrets, and how long it asks to be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unheard {
    why: String,
    wait: Option<Duration>,
}

impl From<String> for Unheard {
    fn from(why: String) -> Self {
        Self { why, wait: None }
    }
}

/// Sends a sample to somebody who would be told; the inner error is what came in the way.
pub fn test(alert: &Alert, now: Timestamp) -> Result<Result<(), String>, AlertError> {
    let sample = Message::sample(alert, now);
    let told = Teller::default().tell(&alert.settings.way, &sample, now)?;
    Ok(told.map_err(|unheard| unheard.why))
}

/// Whether somebody can be told in this way, as far as can be known without telling them.
pub fn sound(alert: &Alert, now: Timestamp) -> Result<(), String> {
    match &alert.settings.way {
        Way::Command(_) => Ok(()),
        Way::Webhook(hook) => {
            webhook::sound(hook)?;
            let sample = Message::sample(alert, now);
            template::body(&hook.shape, &sample, hook.url.secret()).map(drop)
        }
        Way::Mail(mail) => mail::sound(mail),
    }
}

/// What it takes to tell: made when it is first needed, and once for a delivery.
#[derive(Default)]
struct Teller {
    runtime: Option<Runtime>,
    client: Option<Client>,
}

impl Teller {
    fn tell(
        &mut self,
        way: &Way,
        message: &Message,
        now: Timestamp,
    ) -> Result<Result<(), Unheard>, AlertError> {
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => crate::fetch::runtime()?,
        };
        let told = runtime.block_on(self.hear(way, message, now));
        self.runtime = Some(runtime);
        Ok(told)
    }

    async fn hear(&mut self, way: &Way, message: &Message, now: Timestamp) -> Result<(), Unheard> {
        let heard = async {
            match way {
                Way::Command(command) => {
                    Ok(command::hear(command, message.json.to_string().as_bytes()).await?)
                }
                Way::Webhook(hook) => {
                    let client = match self.client.take() {
                        Some(client) => client,
                        None => webhook::client()?,
                    };
                    let posted = webhook::post(&client, hook, message, now).await;
                    self.client = Some(client);
                    posted
                }
                Way::Mail(mail) => Ok(mail::send(mail, message, now).await?),
            }
        };
        let limit = format!("it took longer than {} s", LONGEST.as_secs());
        let heard = tokio::time::timeout(LONGEST, heard).await;
        heard.unwrap_or_else(|_| Err(Unheard::from(limit)))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::store::{AlertSettings, Mail, Webhook};

    /// Nobody is waited for longer, whatever the way. The time is tokio's, which stands still but for those who wait.
    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_says_nothing_has_not_heard() {
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = silent.local_addr().unwrap();
        let url = format!("http://{address}/").parse().unwrap();
        let (secret_file, token_file, shape) = (None, None, crate::store::Shape::Plain);
        let hook = Way::Webhook(Webhook { url, secret_file: None, token_file, shape });
        let (to, from) = (vec!["a@b.example".to_owned()], "a@b.example".to_owned());
        let smtp = format!("smtp://{address}").parse().unwrap();
        let mail = Way::Mail(Mail { to, from, smtp, secret_file });
        let sleeps = Way::Command(vec!["sleep".into(), "300".into()]);
        for way in [hook, mail, sleeps] {
            let settings = AlertSettings {
                way,
                digest: None,
                kinds: Vec::new(),
                phrase: None,
                tags: Vec::new(),
                pages: Vec::new(),
                words: 0,
                changes_only: false,
                failures: false,
                links: false,
            };
            let alert = Alert { name: "silent".into(), settings };
            let now = Timestamp::from_millis(0);
            let message = Message::sample(&alert, now);
            let heard = Teller::default().hear(&alert.settings.way, &message, now).await;
            let why = heard.unwrap_err().why;
            assert!(why.contains("30 s"), "{:?}: {why}", alert.settings.way);
        }
    }
}
