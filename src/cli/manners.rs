//! The flags that say how sites are treated, to the fetcher that treats them so.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Surroundings;
use crate::fetch::{Browser, FetchError, Fetcher, FetcherSettings, Reach};

/// How sites are treated
#[derive(Debug, Args)]
pub(super) struct Manners {
    /// How the owners of the sites can reach you; sent with every request
    #[arg(long, value_name = "MAIL OR URL")]
    contact: Option<String>,
    /// Fetch from this machine and its network too, not from public addresses alone
    #[arg(long)]
    allow_private: bool,
    /// How long a host is left alone after each answer: 1s, 500ms, 2m; longer where its answers take longer
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = pause)]
    pause: Duration,
    /// The Chromium or Chrome that runs the scripts of pages with `render`; else `PALINODE_BROWSER`, else the first on PATH
    #[arg(long, value_name = "PROGRAM")]
    browser: Option<PathBuf>,
}

/// How a change is confirmed, where changes are told
#[derive(Debug, Args)]
pub(super) struct Confirming {
    /// How long to wait before a page that changed or is new is asked for a second time, to see whether it says the same
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = pause)]
    confirm_after: Duration,
    /// Believe every change at once, and a new page too, without asking a second time
    #[arg(long)]
    no_confirm: bool,
}

impl Manners {
    /// The fetcher that keeps to them, and asks once.
    pub(super) fn fetcher(self, surroundings: &Surroundings) -> Result<Fetcher, FetchError> {
        Fetcher::new(self.settings(surroundings, None))
    }

    /// The fetcher that keeps to them, and asks for a changed page again.
    pub(super) fn confirming(
        self,
        surroundings: &Surroundings,
        confirming: &Confirming,
    ) -> Result<Fetcher, FetchError> {
        let after = (!confirming.no_confirm).then_some(confirming.confirm_after);
        Fetcher::new(self.settings(surroundings, after))
    }

    fn settings(
        self,
        surroundings: &Surroundings,
        confirm_after: Option<Duration>,
    ) -> FetcherSettings {
        let Self { contact, allow_private, pause, browser } = self;
        let reach = if allow_private { Reach::Anywhere } else { Reach::Public };
        let (limits, usual) = (surroundings.limits, surroundings.browser.clone());
        let browser = Browser { program: browser.or(usual.program), ..usual };
        FetcherSettings { contact, limits, reach, pause, confirm_after, browser }
    }
}

/// Longer than this, and a run would not end.
const LONGEST: Duration = Duration::from_hours(1);

fn pause(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|sign: char| !sign.is_ascii_digit());
    let millis = match &text[digits.len()..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => return Err("write a whole number and ms, s or m, as in 500ms".to_owned()),
    };
    let count: Option<u64> = digits.parse().ok();
    let pause = count.and_then(|count| count.checked_mul(millis)).map(Duration::from_millis);
    pause.filter(|pause| *pause <= LONGEST).ok_or_else(|| "it may take up to 60m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_and_its_unit() {
        for (text, millis) in [("0s", 0), ("500ms", 500), ("1s", 1000), ("2m", 120_000)] {
            assert_eq!(pause(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "1", "1.5s", "-1s", "1h", "61m", "1 s", "99999999999999999999s", "1é"]
        {
            assert!(pause(text).is_err(), "{text}");
        }
    }
}
