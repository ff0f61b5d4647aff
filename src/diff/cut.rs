//! Two long lists of words to parts that a histogram can compare, cut where both sides have the same rare run.
//!
//! A histogram looks through all that is left for every run that it keeps, which is quadratic where many words changed
//! here and there. A run of words that stands once on either side needs no such search. Lengths and counts decide
//! where to cut, never a clock, so every machine tells the same diff.

use std::collections::HashMap;
use std::ops::Range;

use similar::{DiffOp, capture_diff_slices};

use super::tidy::Hunk;
use super::{ALGORITHM, ALGORITHM_FOR_LONG, LONG};

/// How long the runs are at which a part is cut that is still long, longest first: they are the least often chance.
const RUNS: [usize; 4] = [8, 4, 2, 1];

/// The hunks between two lists of numbered words.
pub(super) fn hunks(old: &[usize], new: &[usize]) -> Vec<Hunk> {
    let mut parts = vec![(0..old.len(), 0..new.len())];
    for run in RUNS {
        parts = parts.into_iter().flat_map(|part| shortened(old, new, part, run)).collect();
    }
    parts.into_iter().flat_map(|part| hunks_of_part(old, new, part)).collect()
}

/// A part of a few words against many costs a histogram no more than two of middle length.
fn is_long((old, new): &Hunk) -> bool {
    old.len().saturating_mul(new.len()) > LONG * LONG
}

/// A part as it is, or without its ends, or cut: what makes it short enough first.
fn shortened(old: &[usize], new: &[usize], part: Hunk, run: usize) -> Vec<Hunk> {
    if !is_long(&part) {
        return vec![part];
    }
    let part = trimmed(old, new, &part);
    if is_long(&part) { cut(old, new, &part, run) } else { vec![part] }
}

fn hunks_of_part(old: &[usize], new: &[usize], part: Hunk) -> Vec<Hunk> {
    if part.0.is_empty() || part.1.is_empty() {
        return vec![part];
    }
    let algorithm = if is_long(&part) { ALGORITHM_FOR_LONG } else { ALGORITHM };
    let at = |range: Range<usize>, start: usize| range.start + start..range.end + start;
    capture_diff_slices(algorithm, &old[part.0.clone()], &new[part.1.clone()])
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| (at(op.old_range(), part.0.start), at(op.new_range(), part.1.start)))
        .collect()
}

/// Cuts a part at the runs of so many words that stand once on either side, in the same order.
fn cut(old: &[usize], new: &[usize], part: &Hunk, run: usize) -> Vec<Hunk> {
    let pins = in_order(&rare(&old[part.0.clone()], &new[part.1.clone()], run));
    let (mut parts, mut from) = (Vec::with_capacity(pins.len() + 1), (part.0.start, part.1.start));
    for pin in pins {
        // One word of the run is enough to cut at; the rest of it is what the next part begins with.
        let pin = (part.0.start + pin.0, part.1.start + pin.1);
        parts.push((from.0..pin.0, from.1..pin.1));
        from = (pin.0 + 1, pin.1 + 1);
    }
    parts.push((from.0..part.0.end, from.1..part.1.end));
    parts.retain(|part| !part.0.is_empty() || !part.1.is_empty());
    parts
}

/// The part without the words that both sides begin and end with.
fn trimmed(old: &[usize], new: &[usize], part: &Hunk) -> Hunk {
    let (left, right) = (&old[part.0.clone()], &new[part.1.clone()]);
    let same = |pair: &(&usize, &usize)| pair.0 == pair.1;
    let first = left.iter().zip(right).take_while(same).count();
    let last = left[first..].iter().rev().zip(right[first..].iter().rev()).take_while(same).count();
    (part.0.start + first..part.0.end - last, part.1.start + first..part.1.end - last)
}

/// Where the runs begin that stand once on either side, by their place in the new list.
fn rare(old: &[usize], new: &[usize], run: usize) -> Vec<(usize, usize)> {
    let (there, here) = (once(old, run), once(new, run));
    let found = new.windows(run).enumerate().filter_map(|(at, words)| {
        let is_rare = here.get(words).copied().flatten() == Some(at);
        there.get(words).copied().flatten().filter(|_| is_rare).map(|from| (from, at))
    });
    found.collect()
}

/// Where each run stands; `None` when it stands more than once.
fn once(words: &[usize], run: usize) -> HashMap<&[usize], Option<usize>> {
    let mut places = HashMap::with_capacity(words.len());
    for (at, words) in words.windows(run).enumerate() {
        places.entry(words).and_modify(|place| *place = None).or_insert(Some(at));
    }
    places
}

/// The longest choice of pairs that ascends on both sides, as in a game of patience: each pile
/// has on top what the best choice of its length ends with.
pub(crate) fn in_order(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let (mut piles, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (index, pair) in pairs.iter().enumerate() {
        let pile = piles.partition_point(|top| pairs[*top].0 < pair.0);
        before.push(pile.checked_sub(1).map(|left| piles[left]));
        if pile == piles.len() {
            piles.push(index);
        } else {
            piles[pile] = index;
        }
    }
    let last = piles.last().copied();
    let mut chosen: Vec<_> =
        std::iter::successors(last, |index| before[*index]).map(|index| pairs[index]).collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What lies between hunks, or parts, must be the same on both sides.
    fn kept_is_same(old: &[usize], new: &[usize], parts: &[Hunk]) -> bool {
        let (mut at, end) = ((0, 0), (old.len()..old.len(), new.len()..new.len()));
        parts.iter().chain([&end]).all(|(left, right)| {
            let same = old.get(at.0..left.start) == new.get(at.1..right.start);
            at = (left.end, right.end);
            same
        })
    }

    fn every_20th_changed() -> (Vec<usize>, Vec<usize>) {
        let old: Vec<usize> = (0..10_000).map(|at| at * at * at % 10_007 / 10).collect();
        let change = |(at, word): (usize, &usize)| if at % 20 == 0 { 5000 + at } else { *word };
        let new = old.iter().enumerate().map(change).collect();
        (old, new)
    }

    #[test]
    fn words_changed_here_and_there_in_a_long_text_are_all_that_is_told() {
        let (old, new) = every_20th_changed();
        let found = hunks(&old, &new);
        assert_eq!(found.len(), 500);
        assert!(found.iter().all(|hunk| hunk.0.len() == 1 && hunk.1.len() == 1));
    }

    #[test]
    fn what_ever_recurs_is_compared_without_a_cut() {
        let cycle = |length: usize| (0..9000).map(|at| at % length).collect::<Vec<usize>>();
        let (old, new) = (cycle(5), cycle(7));
        let found = hunks(&old, &new);
        assert!(kept_is_same(&old, &new, &found));
        assert_eq!(found, hunks(&old, &new));
    }

    #[test]
    fn the_longest_choice_in_order_wins() {
        let pairs = [(7, 0), (1, 1), (9, 2), (2, 3), (3, 4), (0, 5)];
        assert_eq!(in_order(&pairs), [(1, 1), (2, 3), (3, 4)]);
        assert_eq!(in_order(&[]), []);
    }

    proptest! {
        #[test]
        fn a_cut_leaves_out_only_what_is_the_same(
            old in prop::collection::vec(0..9usize, 0..40),
            new in prop::collection::vec(0..9usize, 0..40),
            run in 1..4usize,
        ) {
            let part = trimmed(&old, &new, &(0..old.len(), 0..new.len()));
            prop_assert!(kept_is_same(&old, &new, std::slice::from_ref(&part)));
            let mut parts = cut(&old, &new, &part, run);
            // Nothing is left of two texts that are the same.
            parts.push((part.0.end..part.0.end, part.1.end..part.1.end));
            prop_assert!(kept_is_same(&old, &new, &parts));
        }

        #[test]
        fn hunks_keep_only_what_is_the_same(
            old in prop::collection::vec(0..9usize, 0..40),
            new in prop::collection::vec(0..9usize, 0..40),
        ) {
            prop_assert!(kept_is_same(&old, &new, &hunks(&old, &new)));
        }
    }
}
