//! Hunks as the differ found them to hunks as a reader wants them: no chaff, and edges where sentences have theirs.
//!
//! It is apart from the comparison because it changes nothing about what is equal; it only chooses, among edits that
//! are equally right, the one that reads best.

use std::ops::Range;

use crate::extract::Token;

/// One hunk: the old tokens that went and the new ones that came.
pub(crate) type Hunk = (Range<usize>, Range<usize>);

/// Joins hunks over chaff, then slides additions and removals to the edges of sentences.
pub(super) fn tidied(hunks: Vec<Hunk>, old: &[Token<'_>], new: &[Token<'_>]) -> Vec<Hunk> {
    let mut joined = without_chaff(hunks, old, new);
    for index in 0..joined.len() {
        let floor = index
            .checked_sub(1)
            .map_or((0, 0), |before| (joined[before].0.end, joined[before].1.end));
        let ceiling = joined
            .get(index + 1)
            .map_or((old.len(), new.len()), |after| (after.0.start, after.1.start));
        joined[index] = slid(joined[index].clone(), floor, ceiling, old, new);
    }
    joined
}

/// Joins two hunks over a kept run that is shorter, and weighs no more, than the smaller of the two: a lone "of"
/// between two rewritten halves of a sentence is an accident, not something that stayed.
fn without_chaff(hunks: Vec<Hunk>, old: &[Token<'_>], new: &[Token<'_>]) -> Vec<Hunk> {
    let mut joined: Vec<Hunk> = Vec::with_capacity(hunks.len());
    for hunk in hunks {
        joined.push(hunk);
        while let [.., left, right] = joined.as_slice() {
            let kept = &old[left.0.end..right.0.start];
            let smaller = size(left).min(size(right));
            let lighter = weight_of(left, old, new).min(weight_of(right, old, new));
            let chaff = kept.len() < smaller && weight(kept) <= lighter;
            let only_points = weight(kept) == 0 && kept.len() <= smaller && smaller > 1;
            if !chaff && !only_points {
                break;
            }
            let merged = (left.0.start..right.0.end, left.1.start..right.1.end);
            joined.truncate(joined.len() - 2);
            joined.push(merged);
        }
    }
    joined
}

fn size(hunk: &Hunk) -> usize {
    hunk.0.len().max(hunk.1.len())
}

fn weight_of(hunk: &Hunk, old: &[Token<'_>], new: &[Token<'_>]) -> usize {
    weight(&old[hunk.0.clone()]).max(weight(&new[hunk.1.clone()]))
}

/// Punctuation weighs nothing, a short word one, a longer word two.
fn weight(run: &[Token<'_>]) -> usize {
    run.iter()
        .map(
            |token| {
                if token.is_word() { 1 + usize::from(token.text.chars().count() > 3) } else { 0 }
            },
        )
        .sum()
}

/// Where the tokens around a pure addition or removal repeat, several edits are equally right ("A. [B. ]C." or
/// "A[. B]. C."); takes the one that begins after a sentence end or a comma, the leftmost among equals.
fn slid(
    hunk: Hunk,
    floor: (usize, usize),
    ceiling: (usize, usize),
    old: &[Token<'_>],
    new: &[Token<'_>],
) -> Hunk {
    let (range, tokens) = match (hunk.0.is_empty(), hunk.1.is_empty()) {
        (false, true) => (hunk.0.clone(), old),
        (true, false) => (hunk.1.clone(), new),
        _ => return hunk,
    };
    let room_left = (hunk.0.start - floor.0).min(hunk.1.start - floor.1);
    let room_right = (ceiling.0 - hunk.0.end).min(ceiling.1 - hunk.1.end);
    let same = |left: usize, right: usize| tokens[left].key == tokens[right].key;
    let left = (0..room_left)
        .take_while(|step| same(range.start - 1 - step, range.end - 1 - step))
        .count();
    let right =
        (0..room_right).take_while(|step| same(range.start + step, range.end + step)).count();
    let edge = |start: usize| match start.checked_sub(1).map(|before| tokens[before].text) {
        None | Some("." | "!" | "?" | "。" | "！" | "？") => 3,
        Some(":" | ";" | "、") => 2,
        Some("," | ")" | "\u{2014}" | "\u{2013}") => 1,
        Some(_) => 0,
    };
    // A removed list member "b, " and a removed tail ", b" are both right; where no edge is better, stay.
    let here = edge(range.start);
    let best = (0..=left + right)
        .map(|step| range.start - left + step)
        .max_by_key(|start| (edge(*start), std::cmp::Reverse(*start)));
    match best {
        Some(start) if edge(start) > here => shifted(&hunk, start, range.start),
        _ => hunk,
    }
}

fn shifted(hunk: &Hunk, to: usize, from: usize) -> Hunk {
    let shift = |range: &Range<usize>| range.start + to - from..range.end + to - from;
    (shift(&hunk.0), shift(&hunk.1))
}
