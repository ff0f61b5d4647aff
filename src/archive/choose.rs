//! The captures that an archive lists to those that are worth fetching, and in which order.
//!
//! Archives hold the same page thousands of times. What differs from its neighbours is fetched, and the ends of the time
//! first, then the middle of what is between: wherever it stops, what was fetched covers the whole.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cdx::Row;

/// The rows that show a page, or that it was gone, each instant once. A row whose status was left open has that of
/// another with its digest.
pub fn of_pages(rows: Vec<Row>) -> Vec<Row> {
    let known: BTreeMap<String, u16> =
        rows.iter().filter_map(|row| row.digest.clone().zip(row.status)).collect();
    let mut chosen: Vec<Row> = rows;
    for row in &mut chosen {
        let other = row.digest.as_ref().and_then(|digest| known.get(digest).copied());
        row.status = row.status.or(other);
    }
    chosen.retain(|row| matches!(row.status, None | Some(200 | 203 | 404 | 410)));
    chosen.dedup_by_key(|row| row.at);
    chosen
}

/// The first and the last of each run of rows with one digest. Where the list has no digests, all of them.
pub fn turns(rows: &[Row]) -> Vec<Row> {
    let same = |one: Option<&Row>, other: Option<&Row>| {
        one.zip(other)
            .is_some_and(|(one, other)| one.digest.is_some() && one.digest == other.digest)
    };
    let within = |at: usize| {
        at > 0 && same(rows.get(at - 1), rows.get(at)) && same(rows.get(at), rows.get(at + 1))
    };
    (0..rows.len()).filter(|at| !within(*at)).map(|at| rows[at].clone()).collect()
}

/// At most one row in so long a time, and the last of all.
pub fn thinned(rows: Vec<Row>, every: Duration) -> Vec<Row> {
    let count = rows.len();
    let mut chosen: Vec<Row> = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let is_due = chosen.last().is_none_or(|last| row.at.since(last.at) >= every);
        if is_due || at + 1 == count {
            chosen.push(row);
        }
    }
    chosen
}

/// The first, the last, then the middle of each gap, the widest gaps first.
pub fn from_the_ends(rows: &[Row]) -> Vec<Row> {
    let mut order: Vec<usize> = Vec::with_capacity(rows.len());
    order.extend((!rows.is_empty()).then_some(0));
    order.extend((rows.len() > 1).then(|| rows.len() - 1));
    let mut gaps = vec![(0, rows.len().saturating_sub(1))];
    while !gaps.is_empty() {
        let mut next = Vec::new();
        for (from, to) in gaps.into_iter().filter(|(from, to)| from + 1 < *to) {
            let middle = from.midpoint(to);
            order.push(middle);
            next.extend([(from, middle), (middle, to)]);
        }
        gaps = next;
    }
    order.into_iter().map(|at| rows[at].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn rows(digests: &str) -> Vec<Row> {
        let row = |(day, digest): (usize, char)| Row {
            at: Timestamp::from_millis(i64::try_from(day).unwrap() * 86_400_000),
            url: "http://page.test/".parse().unwrap(),
            status: Some(200),
            digest: (digest != '-').then(|| digest.to_string()),
        };
        digests.chars().enumerate().map(row).collect()
    }

    fn days(rows: &[Row]) -> Vec<i64> {
        rows.iter().map(|row| row.at.millis() / 86_400_000).collect()
    }

    #[test]
    fn both_sides_of_each_change_are_chosen() {
        assert_eq!(days(&turns(&rows("AAAABBCAAA"))), [0, 3, 4, 5, 6, 7, 9]);
        assert_eq!(days(&turns(&rows("----"))), [0, 1, 2, 3]);
        assert_eq!(days(&turns(&rows("A"))), [0]);
        assert_eq!(days(&thinned(rows("ABCDEFGH"), Duration::from_hours(72))), [0, 3, 6, 7]);
    }

    #[test]
    fn the_ends_come_first_and_each_row_once() {
        assert_eq!(days(&from_the_ends(&rows("ABCDEFG"))), [0, 6, 3, 1, 4, 2, 5]);
        for count in 0..20 {
            let mut order = days(&from_the_ends(&rows(&"A".repeat(count))));
            order.sort_unstable();
            assert_eq!(order, (0..i64::try_from(count).unwrap()).collect::<Vec<_>>());
        }
    }
}
