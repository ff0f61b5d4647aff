//! The edits of a passage into the slots of its line: words that go leave their slots, words that come find their own
//! again or get new ones.
//!
//! Of two slots whose tokens never stood in one revision, neither is left of the other. So dead slots that lie beyond
//! a word that came after them may be drawn over it to the words that come now: "proud" gives way to "happy", and is
//! found again in "happy and proud" as in "proud and happy".

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::past::Wordings;
use super::revive::{Gap, MOST_DEAD, revived};
use super::slot::{Came, Slot};
use super::{RevisionNumber, WordingId};
use crate::diff::Edit;
use crate::extract::{Token, tokens};

/// Dead slots are drawn over so many living ones at most.
const REACH: usize = 12;

/// So many bytes of old wordings are cut into words for one line at most, those of the newest first: a counter inside
/// a very long passage leaves a dead slot of another wording each day.
const MOST_TEXT: usize = 250_000;

/// What a line is woven of.
pub(super) struct Cloth<'a> {
    pub(super) wordings: &'a Wordings<'a>,
    /// The new wording.
    pub(super) wording: WordingId,
    /// The revision that is being woven.
    pub(super) revision: RevisionNumber,
}

/// The words of the wordings that dead slots come from, cut when first asked for.
pub(super) struct Keys<'a> {
    wordings: &'a Wordings<'a>,
    known: BTreeMap<WordingId, Vec<Token<'a>>>,
    left: usize,
}

struct Loom<'a> {
    cloth: &'a Cloth<'a>,
    slots: Vec<Slot>,
    /// Where the tokens of the old wording are.
    standing: Vec<usize>,
    keys: Keys<'a>,
}

/// The slots whose tokens may be asked for, one by one, when these edits are woven: of each gap that words come into
/// those that lie in it or can be drawn into it, as far as they are looked at.
pub(super) fn asked_for(slots: &[Slot], edits: &[Edit]) -> BTreeSet<usize> {
    let standing: Vec<usize> = (0..slots.len()).filter(|index| slots[*index].stood).collect();
    let mut asked = BTreeSet::new();
    for edit in edits.iter().filter(|edit| !edit.new.is_empty()) {
        let Range { start, end } = gap(&standing, edit, slots.len());
        let range = start - reach(slots[..start].iter().rev())..end + reach(slots[end..].iter());
        let mut dead = 0;
        for index in range.rev() {
            let slot = &slots[index];
            asked.insert(index);
            dead += if slot.is_alive() || slot.next.is_some() { 0 } else { slot.len };
            if dead > MOST_DEAD {
                break;
            }
        }
    }
    asked
}

/// How many slots from a gap on there are to the end of the dead ones that can be drawn into it.
fn reach<'a>(slots: impl Iterator<Item = &'a Slot> + Clone) -> usize {
    let run = slots.clone().take(REACH + 1).take_while(|slot| slot.is_alive()).count();
    if run > REACH {
        return 0;
    }
    run + slots.skip(run).take_while(|slot| !slot.is_alive()).count()
}

/// The slots between the kept tokens on both sides of an edit.
fn gap(standing: &[usize], edit: &Edit, slots: usize) -> Range<usize> {
    let start = edit.old.start.checked_sub(1).map_or(0, |left| standing[left] + 1);
    start..standing.get(edit.old.end).copied().unwrap_or(slots)
}

/// The slots of the line after the edits; those that the edits take out are dead already.
pub(super) fn rewoven(slots: Vec<Slot>, cloth: &Cloth<'_>, edits: &[Edit]) -> Vec<Slot> {
    let standing = (0..slots.len()).filter(|index| slots[*index].stood).collect();
    let mut loom = Loom { cloth, slots, standing, keys: Keys::new(cloth.wordings) };
    let words = tokens(&cloth.wordings[cloth.wording.0 as usize].text);
    // From right to left, so that what is put in does not shift the gaps still to come.
    for edit in edits.iter().rev().filter(|edit| !edit.new.is_empty()) {
        loom.weave_in(edit, &words);
    }
    loom.slots
}

impl Loom<'_> {
    fn weave_in(&mut self, edit: &Edit, words: &[Token<'_>]) {
        let mut range = gap(&self.standing, edit, self.slots.len());
        range.start -= self.drawn_from_left(range.start, edit.old.start);
        range.end += self.drawn_from_right(range.end);
        let came: Vec<&str> =
            words[edit.new.clone()].iter().map(|word| word.key.as_ref()).collect();
        let gap = Gap {
            slots: &self.slots,
            range: range.clone(),
            came: &came,
            revision: self.cloth.revision,
        };
        let back = revived(&gap, &mut self.keys);
        let how = if edit.old.is_empty() { Came::Between } else { Came::Replacing };
        let revision = self.cloth.revision;
        let coming = Slot::new(self.cloth.wording, edit.new.start, revision, how);
        let mut filled = Vec::with_capacity(range.len() + came.len());
        let mut new = Vec::new();
        let mut dead = self.slots[range.clone()].iter().cloned().zip(range.clone());
        for (token, slot) in edit.new.clone().zip(back) {
            let Some(slot) = slot else {
                new.push(coming.beside(token));
                continue;
            };
            for (mut old, index) in dead.by_ref() {
                if index == slot {
                    old.revives(revision);
                    filled.append(&mut new);
                    filled.push(old);
                    break;
                }
                filled.push(old);
            }
        }
        filled.extend(dead.map(|(old, _)| old));
        filled.append(&mut new);
        self.slots.splice(range, filled);
    }

    /// Draws the dead slots that lie left of the words before a gap over these words into the gap. Gives how many.
    fn drawn_from_left(&mut self, gap: usize, kept: usize) -> usize {
        let run = self.slots[..gap].iter().rev().take(REACH + 1).take_while(|slot| slot.is_alive());
        let run = run.count();
        if run > REACH {
            return 0;
        }
        let (beyond, words) = self.slots[..gap].split_at(gap - run);
        let block = beyond.iter().rev().take_while(|slot| can_pass(slot, words)).count();
        self.slots[gap - run - block..gap].rotate_left(block);
        self.standing[kept - run..kept].iter_mut().for_each(|index| *index -= block);
        block
    }

    /// The same from the right. What is right of the gap is woven already, so nobody asks for it by its place again.
    fn drawn_from_right(&mut self, gap: usize) -> usize {
        let run =
            self.slots[gap..].iter().take(REACH + 1).take_while(|slot| slot.is_alive()).count();
        if run > REACH {
            return 0;
        }
        let (words, beyond) = self.slots[gap..].split_at(run);
        let block = beyond.iter().take_while(|slot| can_pass(slot, words)).count();
        self.slots[gap..gap + run + block].rotate_left(run);
        block
    }
}

fn can_pass(slot: &Slot, words: &[Slot]) -> bool {
    !slot.is_alive() && !words.iter().any(|word| word.met(slot))
}

impl<'a> Keys<'a> {
    fn new(wordings: &'a Wordings<'a>) -> Self {
        Self { wordings, known: BTreeMap::new(), left: MOST_TEXT }
    }

    /// Cuts the wordings of these slots, the newest first, as far as the text allowed for reaches.
    pub(super) fn learn<'b>(&mut self, slots: impl Iterator<Item = &'b Slot>) {
        let mut unknown: Vec<WordingId> =
            slots.map(|slot| slot.wording).filter(|id| !self.known.contains_key(id)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        for id in unknown.into_iter().rev() {
            let text = &self.wordings[id.0 as usize].text;
            let Some(left) = self.left.checked_sub(text.len()) else { return };
            self.left = left;
            self.known.insert(id, tokens(text));
        }
    }

    /// The key of a slot's token, if its wording is known.
    pub(super) fn of(&self, slot: &Slot) -> Option<&str> {
        self.known.get(&slot.wording)?.get(slot.token).map(|token| token.key.as_ref())
    }
}
