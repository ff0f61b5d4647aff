//! An answer that asks for fewer visits to the time until which its host is left alone.
//!
//! Its own file, because it only reckons: how long is said by the host where it says so (`Retry-After`), and doubled from
//! time to time where it does not. Nobody is asked sooner because an answer could not be understood.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::clock::{Timestamp, spread};

/// A host that asked to be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Its name, with the port where that is not the scheme's own.
    pub host: String,
    /// Nothing is asked of it before.
    pub until: Timestamp,
    /// How often it has refused in a row; 0 once it answers again.
    pub refusals: u32,
}

/// The longest that a host can ask for.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// How long a host is left alone that refused once and did not say how long.
const FIRST: Duration = Duration::from_mins(5);

/// The longest that doubling leads to.
const LONGEST_DOUBLED: Duration = Duration::from_hours(24);

/// Whether this status asks for fewer visits.
pub(super) fn is_refusal(status: u16) -> bool {
    matches!(status, 429 | 503)
}

impl Wait {
    /// Whether it is not over. One that is longer than any can be was noted by a clock that was wrong.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until > now && self.until.since(now) <= LONGEST
    }

    /// What a refusal leads to, after `before`.
    pub(super) fn after(host: &str, before: u32, headers: &HeaderMap, now: Timestamp) -> Self {
        let refusals = before.saturating_add(1);
        let wait = retry_after(headers, now).unwrap_or_else(|| doubled(host, refusals));
        Self { host: host.to_owned(), until: now.after(wait), refusals }
    }
}

/// How long whoever answered asks to be left alone (`Retry-After`), up to a week. A time that is past, or no time at
/// all, asks for nothing.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?;
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are still a number.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        // By the host's own clock, where it tells the time: ours may be another.
        let begin = self::text(headers, DATE).and_then(http_date).unwrap_or(now);
        http_date(text)?.since(begin)
    };
    Some(wait.min(LONGEST)).filter(|wait| !wait.is_zero())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The three forms of RFC 9110, §5.6.7; two of them are obsolete, and still sent.
fn http_date(text: &str) -> Option<Timestamp> {
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.to_utc().into());
    }
    let forms = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let date = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some(date.and_utc().into())
}

/// Twice as long each time, and up to a quarter longer by the host's name: not all of them are asked again at once.
fn doubled(host: &str, refusals: u32) -> Duration {
    let doubled = FIRST.saturating_mul(2_u32.saturating_pow(refusals - 1)).min(LONGEST_DOUBLED);
    doubled + spread(doubled / 4, host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    const NOW: &str = "1994-11-06T08:00:00Z";

    fn waits(headers: &[(HeaderName, &str)], before: u32) -> u64 {
        let now: Timestamp = NOW.parse().unwrap();
        let pairs = headers.iter().map(|(name, value)| {
            (name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        });
        Wait::after("a.example", before, &pairs.collect(), now).until.since(now).as_secs()
    }

    #[test]
    fn a_host_says_how_long() {
        let week = LONGEST.as_secs();
        for (value, seconds) in [
            ("120", 120),
            (" 7 ", 7),
            ("99999999999999999999999", week),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 2977),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 2977),
            ("Sun Nov  6 08:49:37 1994", 2977),
            ("Fri, 31 Dec 9999 23:59:59 GMT", week),
        ] {
            assert_eq!(waits(&[(RETRY_AFTER, value)], 0), seconds, "{value}");
        }
    }

    #[test]
    fn its_own_clock_counts() {
        let skewed = [
            (RETRY_AFTER, "Sun, 06 Nov 1994 12:01:00 GMT"),
            (DATE, "Sun, 06 Nov 1994 12:00:00 GMT"),
        ];
        assert_eq!(waits(&skewed, 0), 60);
    }

    #[test]
    fn what_is_no_time_asks_for_nothing() {
        let by_itself = waits(&[], 0);
        for value in
            ["", "0", "-5", "1.5", "soon", "12 parsecs", "é", "Sun, 06 Nov 1994 07:00:00 GMT"]
        {
            assert_eq!(waits(&[(RETRY_AFTER, value)], 0), by_itself, "{value}");
        }
    }

    #[test]
    fn without_a_word_the_wait_doubles_up_to_a_day() {
        let minutes: Vec<u64> = (0..12).map(|before| waits(&[], before) / 60).collect();
        for (index, minutes) in minutes.iter().enumerate() {
            let doubled = (5 << index).min(1440);
            assert!((doubled..=doubled * 5 / 4).contains(minutes), "{index}: {minutes}");
        }
    }

    #[test]
    fn a_wait_ends_and_a_wrong_clock_makes_none() {
        let until: Timestamp = NOW.parse().unwrap();
        let wait = Wait { host: "a.example".to_owned(), until, refusals: 1 };
        for (now, holds) in [
            ("1994-11-06T07:59:59Z", true),
            ("1994-10-30T08:00:00Z", true),
            ("1994-10-30T07:59:59Z", false),
            (NOW, false),
        ] {
            assert_eq!(wait.holds(now.parse().unwrap()), holds, "{now}");
        }
    }

    proptest! {
        #[test]
        fn no_header_leads_to_no_wait_or_to_one_without_end(value: Vec<u8>, before: u32) {
            let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
            let now: Timestamp = NOW.parse().unwrap();
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value)]);
            let wait = Wait::after("a.example", before, &headers, now).until.since(now);
            prop_assert!(!wait.is_zero() && wait <= LONGEST);
        }
    }
}
