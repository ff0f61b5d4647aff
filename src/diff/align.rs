//! Two lists of passages to rows: which is the same, which was edited, moved, added or removed.
//!
//! It is apart from the words because it asks another question: not "what differs" but "is this the same passage?"

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use similar::{DiffOp, capture_diff_slices};

use super::bags::Bags;
use super::{ALGORITHM, ALGORITHM_FOR_LONG, LONG, Row};

/// From this share of common words (Dice) on, two passages in the same gap are one passage that was edited.
const ALIKE_IN_PLACE: f64 = 0.4;

/// The same for two passages at different places, where only likeness speaks for them.
const ALIKE_ELSEWHERE: f64 = 0.7;

/// The same for two passages alone in a gap: short ones, as a date line of which little is left the next month, and ones
/// that were rewritten but still speak of the same.
const ALIKE_ALONE: f64 = 0.25;

/// So many pairs are weighed at most; a gap with more is cut along its diagonal into parts of [`MOST_IN_PART`].
const MOST_PAIRS: usize = 40_000;

/// So many passages of either side are in a part of a large gap at most.
const MOST_IN_PART: usize = 200;

/// Two indices that are one passage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Match {
    old: usize,
    new: usize,
}

/// Aligns the passages.
pub(super) fn rows(old: &[&str], new: &[&str]) -> Vec<Row> {
    let mut in_place = Vec::new();
    let mut bags = Bags::new(old, new);
    let gaps = anchors(old, new, &mut in_place);
    for (old_gap, new_gap) in &gaps {
        in_place.extend(alike_in_gap(&mut bags, old_gap, new_gap));
    }
    in_place.sort_unstable_by_key(|pair| (pair.old, pair.new));
    let moved = moves(old, new, &mut bags, &gaps, &in_place);
    assemble(&mut bags, (old.len(), new.len()), &in_place, &moved)
}

/// Finds the passages that stayed as they were and in order; gives back the gaps between them.
fn anchors(
    old: &[&str],
    new: &[&str],
    matches: &mut Vec<Match>,
) -> Vec<(Range<usize>, Range<usize>)> {
    let mut gaps = Vec::new();
    let algorithm = if old.len().max(new.len()) > LONG { ALGORITHM_FOR_LONG } else { ALGORITHM };
    for op in capture_diff_slices(algorithm, old, new) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                matches.extend(
                    (0..len).map(|step| Match { old: old_index + step, new: new_index + step }),
                );
            }
            DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
                gaps.push((op.old_range(), op.new_range()));
            }
        }
    }
    gaps
}

/// Pairs the edited passages inside one gap; a large gap part by part, so that two unlike documents cost no more than
/// their lengths.
fn alike_in_gap(bags: &mut Bags<'_>, old: &Range<usize>, new: &Range<usize>) -> Vec<Match> {
    let parts = if old.len().saturating_mul(new.len()) <= MOST_PAIRS {
        1
    } else {
        old.len().max(new.len()).div_ceil(MOST_IN_PART)
    };
    let part = |range: &Range<usize>, index: usize| {
        range.start + range.len() * index / parts..range.start + range.len() * (index + 1) / parts
    };
    (0..parts).flat_map(|index| alike_in_part(bags, &part(old, index), &part(new, index))).collect()
}

/// Pairs so that the sum of likenesses is greatest and the order is kept: the classic alignment by dynamic programming
/// (Needleman and Wunsch, 1970) with no cost for a gap.
fn alike_in_part(bags: &mut Bags<'_>, old: &Range<usize>, new: &Range<usize>) -> Vec<Match> {
    let (rows, columns) = (old.len(), new.len());
    let at = |row: usize, column: usize| row * (columns + 1) + column;
    let mut best = vec![0.0_f64; (rows + 1) * (columns + 1)];
    let likeness =
        bags.likeness(&old.clone().collect::<Vec<_>>(), &new.clone().collect::<Vec<_>>());
    let alike_at = |row: usize, column: usize| {
        Some(likeness[row * columns + column]).filter(|alike| *alike >= ALIKE_IN_PLACE)
    };
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let paired =
                alike_at(row, column).map_or(0.0, |alike| alike + best[at(row + 1, column + 1)]);
            best[at(row, column)] =
                paired.max(best[at(row + 1, column)]).max(best[at(row, column + 1)]);
        }
    }
    let (mut row, mut column, mut pairs) = (0, 0, Vec::new());
    while row < rows && column < columns {
        let here = best[at(row, column)];
        let paired = alike_at(row, column).map(|alike| alike + best[at(row + 1, column + 1)]);
        if paired.is_some_and(|paired| here <= paired) {
            pairs.push(Match { old: old.start + row, new: new.start + column });
            row += 1;
            column += 1;
        } else if here <= best[at(row + 1, column)] {
            row += 1;
        } else {
            column += 1;
        }
    }
    let likeness = |pair: Match| likeness[(pair.old - old.start) * columns + pair.new - new.start];
    let lonely = lonely(&pairs, old, new);
    pairs.extend(lonely.into_iter().filter(|pair| {
        let alike = likeness(*pair);
        alike > 0.0 && alike >= enough_alone(bags, pair.old, pair.new)
    }));
    pairs
}

/// The two passages that are alone, one on either side, between pairs that are next to each other.
fn lonely(pairs: &[Match], old: &Range<usize>, new: &Range<usize>) -> Vec<Match> {
    let ends = pairs.iter().map(|pair| (pair.old, pair.new)).chain([(old.end, new.end)]);
    let mut begin = (old.start, new.start);
    let mut found = Vec::new();
    for end in ends {
        if (end.0 - begin.0, end.1 - begin.1) == (1, 1) {
            found.push(Match { old: begin.0, new: begin.1 });
        }
        begin = (end.0 + 1, end.1 + 1);
    }
    found
}

/// How alike two passages that are alone in a gap must be. One that only lost or got its beginning or its end is the same
/// by what is left, however little.
fn enough_alone(bags: &mut Bags<'_>, old: usize, new: usize) -> f64 {
    if bags.begin_or_end_alike(old, new) {
        0.0
    } else if bags.are_short(old, new) || bags.likeness_in_content(old, new) >= ALIKE_ALONE {
        ALIKE_ALONE
    } else {
        ALIKE_IN_PLACE
    }
}

/// Finds, among the passages that have no partner, those that stand elsewhere now: first letter for letter, then alike.
fn moves(
    old: &[&str],
    new: &[&str],
    bags: &mut Bags<'_>,
    gaps: &[(Range<usize>, Range<usize>)],
    in_place: &[Match],
) -> Vec<Match> {
    let mut free_old: Vec<usize> = gaps.iter().flat_map(|gap| gap.0.clone()).collect();
    let mut free_new: Vec<usize> = gaps.iter().flat_map(|gap| gap.1.clone()).collect();
    free_old.retain(|index| in_place.binary_search_by_key(index, |pair| pair.old).is_err());
    let taken: BTreeSet<usize> = in_place.iter().map(|pair| pair.new).collect();
    free_new.retain(|index| !taken.contains(index));

    let mut found = Vec::new();
    let mut by_text: HashMap<&str, Vec<usize>> = HashMap::new();
    for index in free_old.iter().rev() {
        by_text.entry(old[*index]).or_default().push(*index);
    }
    free_new.retain(|index| match by_text.get_mut(new[*index]).and_then(Vec::pop) {
        Some(from) => {
            found.push(Match { old: from, new: *index });
            false
        }
        None => true,
    });
    let placed: BTreeSet<usize> = found.iter().map(|pair| pair.old).collect();
    free_old.retain(|index| !placed.contains(index));
    if free_old.len() * free_new.len() <= MOST_PAIRS {
        found.extend(alike_elsewhere(bags, &free_old, &free_new));
    }
    found
}

/// Pairs the likest first; a passage of a word or two is never recognised by likeness alone.
fn alike_elsewhere(bags: &mut Bags<'_>, old: &[usize], new: &[usize]) -> Vec<Match> {
    let mut candidates = Vec::new();
    let likeness = bags.likeness(old, new);
    for (row, &from) in old.iter().enumerate() {
        for (column, &to) in new.iter().enumerate() {
            let alike = likeness[row * new.len() + column];
            if alike >= ALIKE_ELSEWHERE && bags.old_len(from) >= 5 {
                candidates.push((alike, Match { old: from, new: to }));
            }
        }
    }
    candidates.sort_by(|left, right| {
        right.0.total_cmp(&left.0).then((left.1.old, left.1.new).cmp(&(right.1.old, right.1.new)))
    });
    let mut found: Vec<Match> = Vec::new();
    for (_, pair) in candidates {
        if !found.iter().any(|taken| taken.old == pair.old || taken.new == pair.new) {
            found.push(pair);
        }
    }
    found
}

/// Puts the rows in the new reading order, each removed passage before the row that followed it.
fn assemble(
    bags: &mut Bags<'_>,
    (old, new): (usize, usize),
    in_place: &[Match],
    moved: &[Match],
) -> Vec<Row> {
    let mut partner_of_new: Vec<Option<usize>> = vec![None; new];
    let mut gone = vec![true; old];
    for pair in in_place.iter().chain(moved) {
        partner_of_new[pair.new] = Some(pair.old);
        gone[pair.old] = false;
    }
    let stays: HashMap<usize, usize> = in_place.iter().map(|pair| (pair.new, pair.old)).collect();
    let mut next_stay = vec![old; new];
    for index in (0..new).rev() {
        let after = next_stay.get(index + 1).copied().unwrap_or(old);
        next_stay[index] = stays.get(&index).copied().unwrap_or(after);
    }
    let mut rows = Vec::with_capacity(new);
    let mut next_old = 0;
    for (index, partner) in partner_of_new.iter().enumerate() {
        let stays_next = next_stay[index];
        rows.extend(removed(&gone, next_old..stays_next));
        next_old = next_old.max(stays_next);
        rows.push(match *partner {
            None => Row::Added { new: index },
            Some(from) => {
                let place = if stays.contains_key(&index) { Place::Kept } else { Place::Other };
                row_of_pair(bags, (from, index), place)
            }
        });
        if stays.contains_key(&index) {
            next_old = stays_next + 1;
        }
    }
    rows.extend(removed(&gone, next_old..old));
    rows
}

fn removed(gone: &[bool], range: Range<usize>) -> impl Iterator<Item = Row> {
    range.filter(|from| gone[*from]).map(|from| Row::Removed { old: from })
}

#[derive(Clone, Copy)]
enum Place {
    Kept,
    Other,
}

fn row_of_pair(bags: &mut Bags<'_>, (from, to): (usize, usize), place: Place) -> Row {
    let edits = bags.edits(from, to);
    match place {
        Place::Kept if edits.is_empty() => Row::Same { old: from, new: to },
        Place::Kept => Row::Edited { old: from, new: to, edits },
        Place::Other => Row::Moved { old: from, new: to, edits },
    }
}
