//! Instants and spans to the words that a person reads; all times are UTC and say so once a listing.

use std::time::Duration;

use crate::clock::Timestamp;

/// `2018-06-18 15:00`: to the minute, in UTC.
pub fn moment(time: Timestamp) -> String {
    time.calendar().format("%Y-%m-%d %H:%M").to_string()
}

/// The two largest units of a span: `33 h`, `2 d 4 h`, `5 min`.
pub fn span(time: Duration) -> String {
    const UNITS: [(u64, &str); 5] =
        [(365 * 86_400, "y"), (86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let seconds = time.as_secs();
    let first = UNITS.iter().position(|(size, _)| seconds >= *size).unwrap_or(UNITS.len() - 1);
    let (size, unit) = UNITS[first];
    let rest = UNITS.get(first + 1).map(|(smaller, unit)| (seconds % size / smaller, unit));
    match rest {
        Some((count, smaller)) if count > 0 => {
            format!("{} {unit} {count} {smaller}", seconds / size)
        }
        _ => format!("{} {unit}", seconds / size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_by_its_two_largest_units() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (3600, "1 h"),
            (118_800, "1 d 9 h"),
            (90, "1 min 30 s"),
            (86_401, "1 d"),
            (40_000_000, "1 y 97 d"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
    }
}
