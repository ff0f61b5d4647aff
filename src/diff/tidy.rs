//! Hunks as the differ found them to hunks as a reader wants them: no chaff, and edges where sentences have theirs.
//!
//! It is apart from the comparison because it changes nothing about what is equal; it only chooses, among edits that
//! are equally right, the one that reads best.

use std::ops::Range;

use super::wording::Read;
use crate::extract::Token;

/// From so many marked tokens on, old and new, a hunk on either side leaves a lone word between no meaning.
const MUCH: usize = 3;

/// One hunk: the old tokens that went and the new ones that came.
pub(crate) type Hunk = (Range<usize>, Range<usize>);

/// Joins hunks over chaff, then slides additions and removals to the edges of lines and sentences.
pub(super) fn tidied(hunks: Vec<Hunk>, old: &Read<'_>, new: &Read<'_>) -> Vec<Hunk> {
    let mut joined = without_chaff(hunks, &old.tokens, &new.tokens);
    for index in 0..joined.len() {
        let floor = index
            .checked_sub(1)
            .map_or((0, 0), |before| (joined[before].0.end, joined[before].1.end));
        let ceiling = joined
            .get(index + 1)
            .map_or((old.tokens.len(), new.tokens.len()), |after| (after.0.start, after.1.start));
        joined[index] = slid(joined[index].clone(), floor, ceiling, old, new);
    }
    // A hunk that slid may have come too near to its neighbour.
    without_chaff(joined, &old.tokens, &new.tokens)
}

/// A hunk, and what its two sides weigh: summed up once, for a hunk may be joined thousands of times.
struct Weighed {
    hunk: Hunk,
    weight: (usize, usize),
}

impl Weighed {
    fn new(hunk: Hunk, old: &[Token<'_>], new: &[Token<'_>]) -> Self {
        let weight = (weight(&old[hunk.0.clone()]), weight(&new[hunk.1.clone()]));
        Self { hunk, weight }
    }

    fn size(&self) -> usize {
        self.hunk.0.len().max(self.hunk.1.len())
    }

    fn marked(&self) -> usize {
        self.hunk.0.len() + self.hunk.1.len()
    }

    fn heavier_side(&self) -> usize {
        self.weight.0.max(self.weight.1)
    }

    /// Takes in the next hunk and the kept run between, which then weighs on both sides.
    fn join(&mut self, right: &Self, kept: usize) {
        self.hunk.0.end = right.hunk.0.end;
        self.hunk.1.end = right.hunk.1.end;
        self.weight.0 += kept + right.weight.0;
        self.weight.1 += kept + right.weight.1;
    }
}

/// Joins hunks over the kept runs between them that say nothing.
fn without_chaff(hunks: Vec<Hunk>, old: &[Token<'_>], new: &[Token<'_>]) -> Vec<Hunk> {
    let mut joined: Vec<Weighed> = Vec::with_capacity(hunks.len());
    for hunk in hunks {
        let mut right = Weighed::new(hunk, old, new);
        while let Some(mut left) = joined.pop() {
            let kept = &old[left.hunk.0.end..right.hunk.0.start];
            if !is_chaff(&left, kept, &right) {
                joined.push(left);
                break;
            }
            left.join(&right, weight(kept));
            right = left;
        }
        joined.push(right);
    }
    joined.into_iter().map(|weighed| weighed.hunk).collect()
}

/// Whether a kept run is shorter, and weighs no more, than the smaller of the hunks beside it: a lone "of" between two
/// rewritten halves of a sentence is an accident, not something that stayed. So is any lone word between two hunks
/// that mark much each.
fn is_chaff(left: &Weighed, kept: &[Token<'_>], right: &Weighed) -> bool {
    let smaller = left.size().min(right.size());
    let lighter = left.heavier_side().min(right.heavier_side());
    let weight = weight(kept);
    kept.len() < smaller && weight <= lighter
        || kept.len() <= smaller && smaller > 1 && weight == 0
        || kept.len() == 1 && left.marked().min(right.marked()) >= MUCH
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
/// "A[. B]. C."); takes the one whose edges a reader expects.
fn slid(
    hunk: Hunk,
    floor: (usize, usize),
    ceiling: (usize, usize),
    old: &Read<'_>,
    new: &Read<'_>,
) -> Hunk {
    let (range, read) = match (hunk.0.is_empty(), hunk.1.is_empty()) {
        (false, true) => (hunk.0.clone(), old),
        (true, false) => (hunk.1.clone(), new),
        _ => return hunk,
    };
    let room_left = (hunk.0.start - floor.0).min(hunk.1.start - floor.1);
    let room_right = (ceiling.0 - hunk.0.end).min(ceiling.1 - hunk.1.end);
    let same = |left: usize, right: usize| read.numbers[left] == read.numbers[right];
    let left = (0..room_left)
        .take_while(|step| same(range.start - 1 - step, range.end - 1 - step))
        .count();
    let right =
        (0..room_right).take_while(|step| same(range.start + step, range.end + step)).count();
    let places = range.start - left..range.start + right + 1;
    let length = range.len();
    match place(read, places, length, range.start) {
        Some(start) => shifted(&hunk, start, range.start),
        None => hunk,
    }
}

/// Where a hunk of that length is better placed than here: over whole lines, the last such place, for what recurs is
/// more often the end of an entry than its head; else at the first of the best edges.
fn place(read: &Read<'_>, places: Range<usize>, length: usize, here: usize) -> Option<usize> {
    let is_lines = |start: &usize| begins_line(read, *start) && begins_line(read, start + length);
    // A removed list member "b, " and a removed tail ", b" are both right; where no edge is better, stay.
    places.clone().rev().find(is_lines).or_else(|| {
        let best = places.max_by_key(|start| (edge(read, *start), std::cmp::Reverse(*start)));
        best.filter(|start| edge(read, *start) > edge(read, here))
    })
}

/// Whether a line break stands before a token, or no other token.
fn begins_line(read: &Read<'_>, start: usize) -> bool {
    let after = start.checked_sub(1).map_or(0, |before| read.tokens[before].end());
    let token = read.tokens.get(start);
    start == 0 || token.is_none_or(|token| read.text[after..token.start].contains('\n'))
}

/// How well a hunk begins at a token, by the mark before it.
fn edge(read: &Read<'_>, start: usize) -> u8 {
    match start.checked_sub(1).map(|before| read.tokens[before].text) {
        None | Some("." | "!" | "?" | "。" | "！" | "？") => 3,
        Some(":" | ";" | "、") => 2,
        Some("," | ")" | "\u{2014}" | "\u{2013}") => 1,
        Some(_) => 0,
    }
}

fn shifted(hunk: &Hunk, to: usize, from: usize) -> Hunk {
    let shift = |range: &Range<usize>| range.start + to - from..range.end + to - from;
    (shift(&hunk.0), shift(&hunk.1))
}
