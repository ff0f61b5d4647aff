//! The sequence of a page's states to rows: news stand alone, and turns between what is known are told in one row.
//!
//! A page that flaps has thousands of revisions and says a handful of texts; what is new in its history are the moments
//! at which a text was seen for the first time. Only what lies between these is folded, however many texts take turns.

use std::ops::Range;

/// Whether revisions that only return to earlier states are told in one row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turns {
    /// Where there are many in a row.
    Folded,
    /// Never.
    Each,
}

/// So many returns in a row are told as turns.
const MANY: usize = 4;

/// One row of the drawing: places in the list of revisions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Row {
    /// One revision.
    One(usize),
    /// Several that only return to what had been.
    Turns(Range<usize>),
}

/// The rows, newest first.
pub(super) fn rows(states: &[usize], turns: Turns) -> Vec<Row> {
    let mut known = 0;
    let mut rows = Vec::new();
    let mut returns = 0..0;
    for (place, state) in states.iter().enumerate() {
        if *state < known {
            returns.end = place + 1;
            continue;
        }
        known += 1;
        rows.extend(told(returns, turns));
        rows.push(Row::One(place));
        returns = place + 1..place + 1;
    }
    rows.extend(told(returns, turns));
    rows.reverse();
    rows
}

/// Returns in a row as they are told.
fn told(returns: Range<usize>, turns: Turns) -> Vec<Row> {
    if turns == Turns::Folded && returns.len() >= MANY {
        vec![Row::Turns(returns)]
    } else {
        returns.map(Row::One).collect()
    }
}

impl Row {
    /// The places that it tells of.
    pub(super) fn places(&self) -> Range<usize> {
        match self {
            Self::One(place) => *place..place + 1,
            Self::Turns(places) => places.clone(),
        }
    }

    /// How many revisions it tells of.
    pub(super) fn len(&self) -> usize {
        self.places().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row's letters, oldest row first.
    fn folded(states: &str, turns: Turns) -> Vec<&str> {
        let numbers: Vec<usize> = states.bytes().map(|letter| usize::from(letter - b'A')).collect();
        let mut rows: Vec<&str> =
            rows(&numbers, turns).iter().map(|row| &states[row.places()]).collect();
        rows.reverse();
        rows
    }

    #[test]
    fn many_returns_in_a_row_are_one_row() {
        for (states, rows) in [
            ("", vec![]),
            ("ABC", vec!["A", "B", "C"]),
            ("ABA", vec!["A", "B", "A"]),
            ("ABABA", vec!["A", "B", "A", "B", "A"]),
            ("ABABAB", vec!["A", "B", "ABAB"]),
            ("ABABABCBCBC", vec!["A", "B", "ABAB", "C", "BCBC"]),
            ("ABCACBCAD", vec!["A", "B", "C", "ACBCA", "D"]),
        ] {
            assert_eq!(folded(states, Turns::Folded), rows, "{states}");
        }
    }

    #[test]
    fn or_each_has_its_own() {
        assert_eq!(folded("ABABAB", Turns::Each), ["A", "B", "A", "B", "A", "B"]);
    }
}
