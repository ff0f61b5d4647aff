//! The slots of a layout to where each of its words came from: who is old here, who is new, and who has been away.
//!
//! It only reads the weave. A dead slot says when it stood, so that any revision can be asked, not only the latest.

use std::iter;
use std::ops::Range;

use super::past::Wordings;
use super::slot::Slot;
use super::weave::Weave;
use super::{ByNumber as _, LineId, Placed, RevisionNumber, Wording, WordingId};

/// The identity of one token through all revisions, dead or alive: the place in which it stood first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Thread {
    /// The wording that it first stood in.
    pub wording: WordingId,
    /// Its token there.
    pub token: usize,
    /// The first revision that had it.
    pub born: RevisionNumber,
}

/// Neighbouring tokens of a passage that share their life.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The tokens, in the passage's wording.
    pub tokens: Range<usize>,
    /// The first revision that had them.
    pub born: RevisionNumber,
    /// The revision in which they came back last, if they were ever away.
    pub back: Option<RevisionNumber>,
}

impl Weave<'_> {
    /// The threads of a passage as it stood in a revision, one a token.
    pub fn threads(
        &self,
        placed: Placed,
        revision: RevisionNumber,
        wordings: &Wordings<'_>,
    ) -> Vec<Thread> {
        let of = |slot: Slot| Thread { wording: slot.wording, token: slot.token, born: slot.born };
        let slots = self.slots(placed.line, wordings);
        let standing = slots.iter().filter(|slot| slot.stood_in(revision));
        standing.flat_map(Slot::singles).map(of).collect()
    }

    /// The passages of a layout, and where the words of each came from, as it stood in a revision.
    pub fn blamed<'w>(
        &self,
        layout: &[Placed],
        revision: RevisionNumber,
        wordings: &'w Wordings<'_>,
    ) -> Vec<(&'w Wording, Vec<Origin>)> {
        let blamed = |placed: &Placed| {
            let wording = wordings.numbered(placed.wording)?;
            Some((wording, self.origins(placed.line, revision, wordings)))
        };
        layout.iter().filter_map(blamed).collect()
    }

    fn origins(
        &self,
        line: LineId,
        revision: RevisionNumber,
        wordings: &Wordings<'_>,
    ) -> Vec<Origin> {
        let mut origins: Vec<Origin> = Vec::new();
        let slots = self.slots(line, wordings);
        let standing = slots.iter().filter(|slot| slot.stood_in(revision));
        let standing = standing.flat_map(|slot| iter::repeat_n(slot, slot.len));
        for (token, slot) in standing.enumerate() {
            let (born, back) = (slot.born, slot.back(revision));
            match origins.last_mut() {
                Some(last) if (last.born, last.back) == (born, back) => last.tokens.end = token + 1,
                _ => origins.push(Origin { tokens: token..token + 1, born, back }),
            }
        }
        origins
    }
}

impl Slot {
    /// The revision in which its token had come back last by then, if it had ever been away.
    fn back(&self, revision: RevisionNumber) -> Option<RevisionNumber> {
        let life = self.lives.iter().rev().find(|life| life.from <= revision)?;
        life.back.map(|back| back.at)
    }
}
