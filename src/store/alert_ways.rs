//! How somebody is told: by a program, a webhook or a mail, each with what it takes, as it is kept.
//!
//! Apart from the queue, because here it is decided what of it is secret: files that hold secrets are named, and never read
//! into the store. Only the address of a webhook may be a secret by itself, and shows no more than its host.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// How somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A program and its arguments, each as it is: no shell reads them.
    Command(Vec<String>),
    /// An address that takes messages.
    Webhook(Webhook),
    /// Mail.
    Mail(Mail),
}

/// An address that takes messages by HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The address.
    pub url: HookUrl,
    /// The file that holds the secret by which messages are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// The file that holds a token which the receiver asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// What the receiver wants a message to look like.
    #[serde(default, skip_serializing_if = "Shape::is_plain")]
    pub shape: Shape,
}

/// Mail, and who hands it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Whom it is for.
    pub to: Vec<String>,
    /// Whom it is from.
    pub from: String,
    /// The mail server, `smtps://name@host`, with no password in it.
    pub smtp: Url,
    /// The file that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
}

/// What a receiver wants a message to look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The JSON that a program gets.
    #[default]
    Plain,
    /// Slack's incoming webhooks, and what takes the same.
    Slack,
    /// Discord's webhooks.
    Discord,
    /// A Matrix room.
    Matrix,
    /// A topic of ntfy.
    Ntfy,
    /// A template of the owner's own.
    File(PathBuf),
}

impl Shape {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

impl FromStr for Shape {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "slack" => Self::Slack,
            "discord" => Self::Discord,
            "matrix" => Self::Matrix,
            "ntfy" => Self::Ntfy,
            file => Self::File(file.into()),
        })
    }
}

/// The address of a webhook. Who knows it may post there, so it is shown without path and query.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HookUrl(Url);

impl HookUrl {
    /// The address as a whole: for the request alone.
    pub fn secret(&self) -> &Url {
        &self.0
    }
}

/// What is no address of a webhook. It does not repeat what was given, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no address of the form https://host/path")]
pub struct NotAHook;

impl FromStr for HookUrl {
    type Err = NotAHook;

    fn from_str(text: &str) -> Result<Self, NotAHook> {
        let url = Url::parse(text).map_err(|_| NotAHook)?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if is_web { Ok(Self(url)) } else { Err(NotAHook) }
    }
}

impl fmt::Display for HookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.origin().ascii_serialization())?;
        if self.0.path() == "/" && self.0.query().is_none() { Ok(()) } else { f.write_str("/…") }
    }
}

impl fmt::Debug for HookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_its_host_alone() {
        for (address, shown) in [
            ("https://hooks.example/services/T0/B0/canary", "https://hooks.example/…"),
            (
                "https://me:canary@hooks.example:8443/?token=canary#canary",
                "https://hooks.example:8443/…",
            ),
            ("http://127.0.0.1:9/", "http://127.0.0.1:9"),
        ] {
            let url: HookUrl = address.parse().unwrap();
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), shown.to_owned()));
            assert_eq!(url.secret().as_str(), address, "and nothing of it is lost");
        }
        for bad in ["canary", "ftp://canary/", "file:///canary", "http://", "https://[canary/"] {
            assert!(!bad.parse::<HookUrl>().unwrap_err().to_string().contains("canary"));
        }
    }
}
