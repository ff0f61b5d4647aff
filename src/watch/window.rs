//! What a feed names now to whether an address that it named before has only been pushed out of it.
//!
//! A feed holds the newest posts of a site. One that left at the old end is none that vanished; one that is missing from
//! the stretch that the feed still covers is. Where that cannot be told, it counts as pushed out: silence does less harm.

use crate::clock::Timestamp;
use crate::extract::Entry;
use crate::store::Listed;

/// The stretch that a feed covers.
pub(super) struct Window {
    /// Its oldest post, if the posts stand in the order of their dates.
    oldest: Option<Timestamp>,
    /// The row of the post at its old end, and the newest row of all its posts.
    rows: Option<(i64, i64)>,
}

impl Window {
    /// The stretch of these posts, whose rows are known.
    pub(super) fn of(entries: &[Entry], rows: &[i64]) -> Self {
        let dates: Option<Vec<Timestamp>> = entries.iter().map(|entry| entry.date).collect();
        let in_order = dates
            .filter(|dates| dates.is_sorted() || dates.is_sorted_by(|newer, older| newer >= older));
        let oldest = in_order.and_then(|dates| dates.into_iter().min());
        Self { oldest, rows: rows.last().copied().zip(rows.iter().max().copied()) }
    }

    /// Whether it should name this one, if that still stood where it stood.
    pub(super) fn covers(&self, listed: &Listed) -> bool {
        match (self.oldest, listed.dated, self.rows) {
            (Some(oldest), Some(date), _) => date > oldest,
            (_, _, Some((last, newest))) => last < listed.id && listed.id < newest,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(posts: &[(Option<&str>, i64)], one: (Option<&str>, i64)) -> bool {
        let date = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let url = |row: i64| format!("http://x.example/{row}").parse().unwrap();
        let entries: Vec<Entry> =
            posts.iter().map(|(text, row)| Entry { url: url(*row), date: date(*text) }).collect();
        let rows: Vec<i64> = posts.iter().map(|(_, row)| *row).collect();
        Window::of(&entries, &rows).covers(&Listed {
            id: one.1,
            part: 1,
            url: url(one.1),
            dated: date(one.0),
            first_at: Timestamp::from_millis(0),
            absent: None,
            page: None,
            added_at: None,
        })
    }

    #[test]
    fn by_their_dates_the_newest_can_vanish_too() {
        let posts = [(Some("2026-03-05"), 5), (Some("2026-03-02"), 2)];
        assert!(covers(&posts, (Some("2026-03-03"), 3)));
        assert!(covers(&posts, (Some("2026-03-06"), 6)));
        assert!(!covers(&posts, (Some("2026-03-02"), 1)), "as old as the oldest");
        assert!(!covers(&posts, (Some("2026-03-01"), 1)));
        let ascending = [(Some("2026-03-02"), 5), (Some("2026-03-05"), 2)];
        assert!(covers(&ascending, (Some("2026-03-03"), 3)));
    }

    #[test]
    fn without_dates_both_sides_must_stand() {
        let posts = [(None, 5), (None, 4), (None, 2)];
        assert!(covers(&posts, (None, 3)));
        assert!(!covers(&posts, (None, 1)), "pushed out");
        assert!(!covers(&posts, (None, 6)), "perhaps it was only moved");
        assert!(!covers(&[(None, 2), (None, 5)], (None, 3)), "an old post was put on top");
        assert!(!covers(&[], (None, 3)));
    }

    #[test]
    fn dates_out_of_order_are_not_relied_upon() {
        let bumped = [(Some("2020-01-01"), 1), (Some("2026-03-05"), 5), (Some("2026-03-04"), 4)];
        assert!(!covers(&bumped, (Some("2026-03-03"), 3)));
    }
}
