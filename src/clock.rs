//! Time as the rest of palinode sees it: an instant with one text form, and a clock that is passed in.
//!
//! It is its own file, and the first, because every record carries a time and nothing below `main` may read one.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// An instant in UTC, to the millisecond. Its text form `2018-06-18T14:02:00.000Z` has a fixed width, so it sorts as time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant this many milliseconds after 1970. Years beyond 0–9999 are cut to the nearest that the text form holds.
    pub fn from_millis(millis: i64) -> Self {
        const FIRST: i64 = -62_167_219_200_000;
        const LAST: i64 = 253_402_300_799_999;
        Self(millis.clamp(FIRST, LAST))
    }

    /// Milliseconds after 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The calendar form, for arithmetic that chrono knows.
    pub fn calendar(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// How long after `earlier` this is; zero when the clock went backwards in between.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// This instant moved back.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self::from_millis(
            self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// This instant moved forward.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self::from_millis(
            self.0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self::from_millis(time.timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.calendar().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// A text that is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time: expected a form like 2018-06-18T14:02:00Z or 2018-06-18")]
pub struct NotATime(String);

impl FromStr for Timestamp {
    type Err = NotATime;

    /// Reads RFC 3339, `2018-06-18 15:00` in UTC, or a bare date as its midnight in UTC.
    fn from_str(text: &str) -> Result<Self, NotATime> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(time.to_utc().into());
        }
        // The form in which listings print a time.
        if let Ok(time) = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M") {
            return Ok(time.and_utc().into());
        }
        let date: NaiveDate = text.parse().map_err(|_| NotATime(text.to_owned()))?;
        let midnight = date.and_hms_opt(0, 0, 0).ok_or_else(|| NotATime(text.to_owned()))?;
        Ok(midnight.and_utc().into())
    }
}

/// A part of this time, the same for the same text and evenly spread over texts: so that many who wait for something do
/// not come at once.
pub fn spread(width: Duration, by: &str) -> Duration {
    let hash = xxhash_rust::xxh3::xxh3_64(by.as_bytes());
    let parts = u128::from(hash >> 32);
    let millis = (width.as_millis() * parts) >> 32;
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// Whether somebody asked for the end: what goes on then ends in good order.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for the end.
    pub fn ask(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// The flag itself, for a signal to set.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

/// Where the time comes from. The real one lives in `main`; tests and the demonstration bring their own.
pub trait Clock: Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_has_a_fixed_width_and_reads_back() {
        for millis in [0, 1_529_330_520_000, i64::MIN, i64::MAX, -1] {
            let time = Timestamp::from_millis(millis);
            assert_eq!(time.to_string().len(), "2018-06-18T14:02:00.000Z".len());
            assert_eq!(time.to_string().parse(), Ok(time));
        }
    }

    #[test]
    fn a_bare_date_is_its_midnight() {
        assert_eq!(
            "2018-06-18".parse::<Timestamp>().unwrap().to_string(),
            "2018-06-18T00:00:00.000Z"
        );
        assert_eq!(
            "2018-06-18 15:02".parse::<Timestamp>().unwrap().to_string(),
            "2018-06-18T15:02:00.000Z"
        );
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}
