//! Words that came and found no slot of their own, to where they stood before: elsewhere on the page until now, or
//! elsewhere on it long ago.
//!
//! It is apart from the weave because here there is no place to go by, only text; so it asks for long runs. A lone word
//! in another place is always new.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use super::finer::says_something;
use super::lines::Lines;
use super::matched::{Match, Source, Target, are_the_same};
use super::revive::is_unspaced;
use super::said::{RUN, run_digest};
use super::slot::{Elsewhere, Name, Return, Slot};
use super::whereabouts::Whereabouts;
use super::{LineId, RevisionNumber, WordingId};
use crate::extract::Token;

/// So many tokens in a row that went in this very step, and so many words among them, are the same that came.
const MOVED: Evidence = Evidence { tokens: 4, words: 3 };

/// The same where the run is all that went or came in its place, or whole sentences, on both sides.
const MOVED_WHOLE: Evidence = Evidence { tokens: 2, words: 2 };

/// The same for tokens that went earlier.
const BACK: Evidence = Evidence { tokens: RUN, words: 4 };

/// So many wordings that said a run first are looked at, the newest before the others.
const MOST_WORDINGS: usize = 8;

/// Beside a run that is believed, words may have been put in and taken out: so many on both sides together.
const MOST_BETWEEN: usize = 8;

/// What a run must have to be believed.
#[derive(PartialEq, Eq)]
struct Evidence {
    tokens: usize,
    words: usize,
}

/// Finds out which of the new words of a step are old.
pub(super) fn adopt(lines: &mut Lines<'_, '_>) {
    let adoptions = Adoption::new(lines).all();
    // Before any token stands in its new slot: else that would be taken for its last one.
    lines.point(adoptions.iter().map(|(line, _, name, _, _, last)| (*last, *name, *line)));
    let mut standing: BTreeMap<LineId, Vec<usize>> = BTreeMap::new();
    for (line, word, name, born, back, _) in adoptions {
        if let Some(open) = lines.at(line) {
            let standing = standing.entry(line).or_insert_with(|| open.standing());
            let stranger = &mut open.slots[standing[word]];
            (stranger.wording, stranger.token) = name;
            stranger.born = born;
            if let Some(life) = stranger.lives_mut().last_mut() {
                life.back = back;
            }
        }
    }
    for line in standing.into_keys() {
        lines.moved(line);
    }
}

/// A word of a line, the token that it turns out to be, and the line in which that stood.
type Adopted = (LineId, usize, Name, RevisionNumber, Option<Return>, LineId);

/// Where the runs of words begin that went in this step, by their digest.
type Going = HashMap<u64, Vec<(WordingId, usize)>>;

struct Adoption<'a, 'p> {
    lines: &'a Lines<'a, 'p>,
    targets: Vec<Target<'a>>,
    /// Those that were looked up; `None` of one that stands whole.
    sources: BTreeMap<WordingId, Option<Source<'a, 'p>>>,
    used: BTreeSet<Name>,
    whereabouts: Rc<Whereabouts<'a, 'p>>,
}

impl<'a, 'p> Adoption<'a, 'p> {
    fn new(lines: &'a Lines<'a, 'p>) -> Self {
        let targets =
            lines.opened().filter_map(|(line, open)| Target::new(lines, line, open)).collect();
        let whereabouts = Rc::new(Whereabouts::new(lines));
        Self { lines, targets, sources: BTreeMap::new(), used: BTreeSet::new(), whereabouts }
    }

    fn all(mut self) -> Vec<Adopted> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let going = self.going();
        let mut matches = self.matches(&going);
        matches.sort_by_key(|found| {
            let moved = self.evidence(found) != BACK;
            (Reverse((found.length, moved, found.source)), found.target, found.start, found.from)
        });
        let mut adopted = Vec::new();
        let mut believed = Vec::new();
        for found in matches {
            if let Some(found) = self.still(found) {
                self.takes(&found, &mut adopted);
                believed.push(found);
            }
        }
        while let Some(found) = believed.pop() {
            let beside = [self.right_of(&found), self.left_of(&found)];
            for found in beside.into_iter().flatten() {
                self.takes(&found, &mut adopted);
                believed.push(found);
            }
        }
        adopted
    }

    /// The next run after a match that is the same on both sides, with a few other words between.
    fn right_of(&self, found: &Match) -> Option<Match> {
        let (start, from) = (found.start + found.length, found.from + found.length);
        steps().find_map(|(put_in, taken_out)| {
            let (start, from) = (start + put_in, from + taken_out);
            let agrees =
                |step: &usize| self.agrees(found.target, start + step, found.source, from + step);
            let length = (0..usize::MAX).take_while(agrees).count();
            let next = Match { start, from, length, ..*found };
            (length > 0 && self.says_something(&next)).then_some(next)
        })
    }

    fn left_of(&self, found: &Match) -> Option<Match> {
        steps().find_map(|(put_in, taken_out)| {
            let start = found.start.checked_sub(put_in)?;
            let from = found.from.checked_sub(taken_out)?;
            let agrees = |step: &usize| {
                let at = start.checked_sub(step + 1).zip(from.checked_sub(step + 1));
                at.is_some_and(|(word, from)| self.agrees(found.target, word, found.source, from))
            };
            let length = (0..usize::MAX).take_while(agrees).count();
            let (start, from) = (start - length, from - length);
            let next = Match { start, from, length, ..*found };
            (length > 0 && self.says_something(&next)).then_some(next)
        })
    }

    fn says_something(&self, found: &Match) -> bool {
        says_something(&self.targets[found.target].words[found.words()])
    }

    /// The runs of words that went in this step, by the first words of each.
    fn going(&mut self) -> Going {
        let mut runs = Going::new();
        for (_, open) in self.lines.opened() {
            let Some(from) = open.from else { continue };
            let slots: Vec<Slot> = open.slots.iter().filter(|slot| slot.stood).cloned().collect();
            if slots.iter().all(Slot::is_alive) {
                continue;
            }
            let source = Source::new(self.lines, &self.whereabouts, from, slots);
            for start in 0..source.words.len().saturating_sub(MOVED.tokens - 1) {
                if source.are_free(start..start + MOVED.tokens) {
                    let run = run_digest(&source.words[start..start + MOVED.tokens]);
                    runs.entry(run).or_default().push((from, start));
                }
            }
            for start in 0..source.words.len().saturating_sub(MOVED_WHOLE.tokens - 1) {
                let end = start + MOVED_WHOLE.tokens;
                if source.are_free(start..end) && source.is_border(start) {
                    let run = run_digest(&source.words[start..end]);
                    runs.entry(run).or_default().push((from, start));
                }
            }
            self.sources.insert(from, Some(source));
        }
        runs
    }

    fn matches(&mut self, going: &Going) -> Vec<Match> {
        let mut found: BTreeSet<Match> = BTreeSet::new();
        for index in 0..self.targets.len() {
            // How far the matches reach that were found, by the source and by how far apart the two sides begin: what
            // begins inside one of them is that one.
            let mut reach: HashMap<(WordingId, usize), usize> = HashMap::new();
            let words = self.targets[index].words.len();
            for start in 0..self.targets[index].words.len() {
                if !self.targets[index].new[start] {
                    continue;
                }
                for (source, from) in self.candidates(index, start, going) {
                    let reach = reach.entry((source, from + words - start)).or_default();
                    if start >= *reach {
                        let one = self.extended(index, start, source, from);
                        *reach = one.start + one.length;
                        found.insert(one);
                    }
                }
            }
        }
        let believed = found.into_iter().filter(|found| self.is_believed(found));
        believed.collect()
    }

    /// Where the words that begin here stood, and stand no more.
    fn candidates(
        &mut self,
        target: usize,
        start: usize,
        going: &Going,
    ) -> Vec<(WordingId, usize)> {
        let Target { words, new, .. } = &self.targets[target];
        let run = |length: usize| {
            let new = new.get(start..start + length)?;
            new.iter().all(|is_new| *is_new).then(|| &words[start..start + length])
        };
        let few = run(MOVED_WHOLE.tokens);
        let mut found: Vec<(WordingId, usize)> = Vec::new();
        found.extend(few.into_iter().flat_map(|few| self.went(few, going)));
        if !found.is_empty() && !self.targets[target].is_border(start) {
            found.clear();
        }
        let Some(few) = run(MOVED.tokens) else { return found };
        found.extend(self.went(few, going));
        if run(RUN).is_none() {
            return found;
        }
        let said = self.lines.weave.said.runs(&self.targets[target].words[start..start + RUN]);
        let known: Vec<WordingId> = said.iter().rev().take(MOST_WORDINGS).copied().collect();
        for id in known {
            self.look_up(id);
            let run = &self.targets[target].words[start..start + RUN];
            let starts = self.source(id).into_iter().flat_map(|source| source.free_runs(run));
            found.extend(starts.map(|from| (id, from)));
        }
        found
    }

    /// Where these words went in this step.
    fn went(&self, run: &[Token<'_>], going: &Going) -> Vec<(WordingId, usize)> {
        let same = |(id, from): &&(WordingId, usize)| {
            let words = self.source(*id).and_then(|its| its.words.get(*from..*from + run.len()));
            words.is_some_and(|words| are_the_same(words, run))
        };
        going.get(&run_digest(run)).into_iter().flatten().filter(same).copied().collect()
    }

    fn look_up(&mut self, id: WordingId) {
        let (lines, whereabouts) = (self.lines, &self.whereabouts);
        self.sources.entry(id).or_insert_with(|| {
            let (line, born) = lines.wordings.birth(id)?;
            let slots = lines.slots(line);
            let stood = || slots.iter().filter(|slot| slot.stood_in(born));
            let stands = stood().all(Slot::is_alive);
            let single = || stood().flat_map(Slot::singles).collect();
            (!stands).then(|| Source::new(lines, whereabouts, id, single()))
        });
    }

    fn source(&self, id: WordingId) -> Option<&Source<'a, 'p>> {
        self.sources.get(&id)?.as_ref()
    }

    /// The run around a match, as far as it goes in both directions.
    fn extended(&self, target: usize, start: usize, id: WordingId, from: usize) -> Match {
        let (mut start, mut from) = (start, from);
        while start > 0 && from > 0 && self.agrees(target, start - 1, id, from - 1) {
            (start, from) = (start - 1, from - 1);
        }
        let length = (0..).take_while(|step| self.agrees(target, start + step, id, from + step));
        Match { target, start, source: id, from, length: length.count() }
    }

    /// Whether a new word and a word that stands no more are the same, and neither is taken.
    fn agrees(&self, target: usize, word: usize, id: WordingId, from: usize) -> bool {
        let (target, Some(source)) = (&self.targets[target], self.source(id)) else {
            return false;
        };
        target.is_new(word)
            && source.are_free(from..from + 1)
            && target.words[word].key == source.words[from].key
            && !self.used.contains(&source.slot(from).name())
    }

    fn evidence(&self, found: &Match) -> Evidence {
        let went_now = |at: usize| match self
            .source(found.source)
            .and_then(|source| source.whereabouts(at))
        {
            Some(Elsewhere::Went(back)) => back.is_none_or(|back| back.at != self.lines.revision),
            _ => false,
        };
        let moved = (found.from..found.from + found.length).all(went_now);
        if !moved {
            BACK
        } else if self.is_whole(found) {
            MOVED_WHOLE
        } else {
            MOVED
        }
    }

    /// Whether a match takes up all that went in its place and all that came in its place, or whole sentences of it.
    fn is_whole(&self, found: &Match) -> bool {
        let target = &self.targets[found.target];
        self.source(found.source).is_some_and(|source| {
            target.is_border(found.start)
                && target.is_border(found.start + found.length)
                && source.is_border(found.from)
                && source.is_border(found.from + found.length)
        })
    }

    fn is_believed(&self, found: &Match) -> bool {
        let evidence = self.evidence(found);
        let words = &self.targets[found.target].words[found.words()];
        let spoken = words.iter().filter(|word| word.is_word()).count();
        let singles = words.iter().filter(|word| word.key.starts_with(is_unspaced));
        let halves = singles.count() / 2;
        words.len() - halves >= evidence.tokens && spoken - halves >= evidence.words
    }

    /// What is left of a match after others took their words.
    fn still(&self, found: Match) -> Option<Match> {
        let open = |step: &usize| {
            self.agrees(found.target, found.start + step, found.source, found.from + step)
        };
        let mut best: Range<usize> = 0..0;
        let mut at = 0;
        while at < found.length {
            let end = at + (at..found.length).take_while(open).count();
            if end - at > best.len() {
                best = at..end;
            }
            at = end + 1;
        }
        let (start, from) = (found.start + best.start, found.from + best.start);
        let left = Match { start, from, length: best.len(), ..found };
        self.is_believed(&left).then_some(left)
    }

    fn takes(&mut self, found: &Match, adopted: &mut Vec<Adopted>) {
        let Some(Some(source)) = self.sources.get(&found.source) else { return };
        let target = &mut self.targets[found.target];
        for (word, from) in found.words().zip(found.from..) {
            let Some(Elsewhere::Went(back)) = source.whereabouts(from) else { continue };
            if !std::mem::take(&mut target.new[word]) {
                continue;
            }
            let old = source.slot(from);
            self.used.insert(old.name());
            adopted.push((target.line, word, old.name(), old.born, back, source.line));
        }
    }
}

/// How many words were put in and taken out beside a run, the fewest first.
fn steps() -> impl Iterator<Item = (usize, usize)> {
    (1..=MOST_BETWEEN).flat_map(|all| (0..=all).map(move |put_in| (put_in, all - put_in)))
}
