//! What a person asks to have watched: an address that identifies the page, and the settings that go with it.
//!
//! It stands before `fetch` because every later stage speaks of pages, and none of them may change what one is.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Not;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::clock::{Timestamp, spread};

/// The identity of a page: an absolute http or https address in WHATWG form, without a fragment or a password.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PageUrl(Url);

/// Everything about a page that its owner may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSettings {
    /// A short name to call it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// CSS selectors of what counts as the page's text; empty leaves the choice to palinode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// CSS selectors of what does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// How often it is looked at.
    #[serde(default)]
    pub cadence: Cadence,
    /// Phrases whose coming, going and return are told on their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phrases: Vec<String>,
    /// Extra request headers, sent to the page's own origin only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Words to group pages by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it may be fetched from this machine and its network, and not only from public addresses.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub allow_private: bool,
    /// Whether it is fetched even if its site's `robots.txt` asks not to.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub ignore_robots: bool,
    /// Whether its scripts are run by a browser before it is read.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub render: bool,
    /// Whether a change is asked for a second time before it is told.
    #[serde(default, skip_serializing_if = "Confirm::is_default")]
    pub confirm: Confirm,
}

/// Whether a change of a page is believed at once; `true` and `false` in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Confirm {
    /// Only if a second answer, moments later, says the same.
    #[default]
    Twice,
    /// At once.
    Once,
}

/// How often a page is looked at: an interval, or the times that a cron expression names (in UTC).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Cadence {
    /// So long after the last check.
    Every(Duration),
    /// At the times of this cron expression.
    Cron(String),
    /// Often while a page is young or has just changed, and ever less often while it stays the same.
    Decay,
}

/// Why an address or a cadence is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not an absolute address.
    #[error(
        "\"{0}\" is not an address: {1}\nhint: write it in full, as in https://example.org/post"
    )]
    NotAnAddress(String, String),
    /// An address that is not fetched over HTTP.
    #[error("{0}: only http and https pages can be watched, not {1}")]
    Scheme(String, String),
    /// An address with a user name or password.
    #[error(
        "{0}: an address must not hold a user name or a password\nhint: use a request header instead"
    )]
    Credentials(String),
    /// An address longer than 8 KiB.
    #[error("the address beginning {0} is longer than {MAX_URL} bytes")]
    TooLong(String),
    /// A cadence in no known form.
    #[error(
        "\"{0}\" is not a cadence: {1}\nhint: write an interval like 15m, 6h or 1d, \"decay\", or a cron expression like \"5 */6 * * *\""
    )]
    Cadence(String, String),
}

const MAX_URL: usize = 8192;

impl PageUrl {
    /// The address as the client needs it.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, with its port where that is not the scheme's own: what one connection at a time is kept to.
    pub fn host(&self) -> String {
        host_of(&self.0)
    }
}

/// The host of an address, with its port where that is not the scheme's own.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

impl Confirm {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl From<bool> for Confirm {
    fn from(confirm: bool) -> Self {
        if confirm { Self::Twice } else { Self::Once }
    }
}

impl From<Confirm> for bool {
    fn from(confirm: Confirm) -> Self {
        confirm == Confirm::Twice
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PageUrl {
    type Err = PageError;

    fn from_str(text: &str) -> Result<Self, PageError> {
        if text.len() > MAX_URL {
            return Err(PageError::TooLong(text.chars().take(60).collect()));
        }
        let mut url = Url::parse(text)
            .map_err(|why| PageError::NotAnAddress(text.to_owned(), why.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PageError::Scheme(text.to_owned(), url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PageError::Credentials(url.host_str().unwrap_or_default().to_owned()));
        }
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl Cadence {
    /// The same in words: `every 6h`, or `at 0 6 * * *`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Every(_) => format!("every {self}"),
            Self::Cron(expression) => format!("at {expression}"),
            Self::Decay => "by its age".to_owned(),
        }
    }

    /// When the next check of this page is due after one at `last`, where the page says the same since `changed`; `None`
    /// if it was never seen. There is none when a cron expression names no further time.
    ///
    /// An interval is due a twentieth early, so that a page of `1h` is not skipped by an hourly cron job that
    /// starts a second sooner than the last time; and by the page's address up to another twentieth, so that pages which
    /// were added together do not stay together for ever. A time that a person named is kept as it is.
    pub fn next_due(
        &self,
        last: Timestamp,
        changed: Option<Timestamp>,
        page: &PageUrl,
    ) -> Option<Timestamp> {
        let every = |wait: Duration| last.after(wait / 10 * 9 + spread(wait / 20, page.as_str()));
        match self {
            Self::Every(wait) => Some(every(*wait)),
            Self::Decay => {
                Some(every(changed.map_or(UNSEEN, |changed| decayed(last.since(changed)))))
            }
            Self::Cron(expression) => {
                let cron: croner::Cron = expression.parse().ok()?;
                cron.find_next_occurrence(&last.calendar(), false).ok().map(Timestamp::from)
            }
        }
    }
}

/// A page of [`Cadence::Decay`] is looked at after a tenth of the time that it has said the same, within these bounds.
const DECAY: (Duration, Duration) = (Duration::from_mins(15), Duration::from_hours(7 * 24));

/// A page of [`Cadence::Decay`] that was never seen is tried so often.
const UNSEEN: Duration = Duration::from_hours(6);

fn decayed(age: Duration) -> Duration {
    (age / 10).clamp(DECAY.0, DECAY.1)
}

impl Default for Cadence {
    fn default() -> Self {
        Self::Every(Duration::from_hours(6))
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cron(expression) => f.write_str(expression),
            Self::Decay => f.write_str("decay"),
            Self::Every(wait) => {
                let seconds = wait.as_secs();
                let (size, unit) =
                    UNITS.into_iter().find(|(size, _)| seconds % size == 0).unwrap_or((1, 's'));
                write!(f, "{}{unit}", seconds / size)
            }
        }
    }
}

const UNITS: [(u64, char); 5] = [(604_800, 'w'), (86_400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')];

impl FromStr for Cadence {
    type Err = PageError;

    fn from_str(text: &str) -> Result<Self, PageError> {
        let text = text.trim();
        let refused = |why: &str| PageError::Cadence(text.to_owned(), why.to_owned());
        if text == "decay" {
            return Ok(Self::Decay);
        }
        if text.contains(' ') || text.starts_with('@') {
            let cron: Result<croner::Cron, _> = text.parse();
            return cron
                .map(|_| Self::Cron(text.to_owned()))
                .map_err(|why| refused(&why.to_string().to_lowercase()));
        }
        let unit = text.chars().last().ok_or_else(|| refused("it is empty"))?;
        let size = UNITS
            .into_iter()
            .find(|(_, name)| *name == unit)
            .ok_or_else(|| refused("its unit is not one of s, m, h, d, w"))?
            .0;
        let count: u64 = text[..text.len() - unit.len_utf8()]
            .parse()
            .map_err(|_| refused("no whole number stands before its unit"))?;
        match count.checked_mul(size) {
            Some(seconds @ 1..=315_360_000) => Ok(Self::Every(Duration::from_secs(seconds))),
            _ => Err(refused("it must lie between one second and ten years")),
        }
    }
}

impl TryFrom<String> for Cadence {
    type Error = PageError;

    fn try_from(text: String) -> Result<Self, PageError> {
        text.parse()
    }
}

impl From<Cadence> for String {
    fn from(cadence: Cadence) -> Self {
        cadence.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_normalised() {
        for (given, kept) in [
            ("HTTPS://Example.ORG:443/a/../b#top", "https://example.org/b"),
            ("http://example.org", "http://example.org/"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ] {
            assert_eq!(given.parse::<PageUrl>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_page_is_refused_with_the_reason() {
        for (given, reason) in [
            ("example.org/post", "not an address"),
            ("ftp://example.org/", "only http and https"),
            ("https://me:secret@example.org/", "must not hold"),
        ] {
            let message = given.parse::<PageUrl>().unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
            assert!(!message.contains("secret"));
        }
        assert!(format!("https://example.org/{}", "x".repeat(9000)).parse::<PageUrl>().is_err());
    }

    #[test]
    fn a_cadence_reads_back_as_written() {
        for text in ["15m", "6h", "1d", "2w", "90s", "5 */6 * * *", "@daily", "decay"] {
            assert_eq!(text.parse::<Cadence>().unwrap().to_string(), text);
        }
        for text in
            ["", "h", "6", "-1h", "0m", "6 o'clock", "99999999999999999999h", "61 * * * *", "1é"]
        {
            assert!(text.parse::<Cadence>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_cadence_says_when_the_next_check_is_due() {
        let last: Timestamp = "2018-06-18T14:02:00Z".parse().unwrap();
        let page: PageUrl = "https://example.org/".parse().unwrap();
        let due = |cadence: &str| cadence.parse::<Cadence>().unwrap().next_due(last, None, &page);
        assert_eq!(due("30 6 * * *").unwrap().to_string(), "2018-06-19T06:30:00.000Z");
        assert_eq!(due("1h"), due("60m"));
        assert_eq!(due("0 0 30 2 *"), None);
    }

    /// From a quarter of an hour to a week, never less the longer it says the same.
    #[test]
    fn a_page_that_stays_the_same_is_looked_at_less_often() {
        let page: PageUrl = "https://example.org/".parse().unwrap();
        let changed: Timestamp = "2018-06-18T14:00:00Z".parse().unwrap();
        let wait = |hours: u64| {
            let last = changed.after(Duration::from_hours(hours));
            Cadence::Decay.next_due(last, Some(changed), &page).unwrap().since(last).as_secs() / 60
        };
        let waits = [0, 2, 24, 240, 1680, 100_000].map(wait);
        assert_eq!(waits, [13, 13, 133, 1335, 9351, 9351]);
        assert_eq!(
            Cadence::Decay.next_due(changed, None, &page),
            "6h".parse::<Cadence>().unwrap().next_due(changed, None, &page)
        );
    }

    /// A hundred pages of one cadence, seen at one time: none is due early by more than a tenth, none late, and no minute
    /// of those in between has them all.
    #[test]
    fn pages_that_were_seen_together_are_not_due_together() {
        let last: Timestamp = "2018-06-18T14:00:00Z".parse().unwrap();
        let cadence: Cadence = "20h".parse().unwrap();
        let mut minutes = [0; 60];
        for page in 0..100 {
            let page: PageUrl = format!("https://example.org/{page}").parse().unwrap();
            let due = cadence.next_due(last, None, &page).unwrap().since(last).as_secs() / 60;
            minutes[usize::try_from(due - 18 * 60).unwrap()] += 1;
        }
        assert_eq!(minutes.iter().sum::<i32>(), 100);
        assert!(minutes.iter().all(|pages| *pages <= 8), "{minutes:?}");
    }
}
