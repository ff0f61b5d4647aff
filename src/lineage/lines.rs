//! The lines of a page while one revision is woven: opened when something happens to them, kept when all is woven.
//!
//! What happens to one line can depend on another, when words move between them; so nothing is told before the last
//! line is woven, and what is told is read off the slots, so that the two cannot disagree.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use super::finer::Finer;
use super::names::{Names, unshared};
use super::past::Wordings;
use super::reweave::{Cloth, asked_for, rewoven};
use super::slot::{Alike, Came, Elsewhere, Slot};
use super::weave::Weave;
use super::whereabouts::{Lent, Whereabouts};
use super::{LineId, Placed, RevisionNumber, Wording, WordingId};
use crate::diff::Edit;
use crate::extract::{Passage, tokens};

/// The lines of a page while one revision is woven.
pub(super) struct Lines<'a, 'p> {
    pub(super) weave: &'a mut Weave<'p>,
    pub(super) wordings: &'a mut Wordings<'p>,
    pub(super) revision: RevisionNumber,
    pub(super) open: BTreeMap<LineId, Open>,
    order: Vec<LineId>,
    /// The tokens that stand only for as long as this step is told.
    pub(super) lent: Lent,
    /// Where the tokens are of lines that were asked for one, as long as no slot of theirs moves.
    names: RefCell<BTreeMap<LineId, Rc<Names>>>,
}

/// A line that something happens to.
pub(super) struct Open {
    pub(super) slots: Vec<Slot>,
    /// The wording in which it stood before.
    pub(super) from: Option<WordingId>,
    /// The wording in which it stands now.
    pub(super) to: Option<WordingId>,
    /// Whether it stands at another place now.
    pub(super) place: Place,
}

impl Open {
    /// The slots of the tokens that stand.
    pub(super) fn standing(&self) -> Vec<usize> {
        (0..self.slots.len()).filter(|index| self.slots[*index].is_alive()).collect()
    }
}

/// The slots of a line, open or not.
pub(super) enum Known<'a> {
    Open(&'a [Slot]),
    Kept(Rc<Vec<Slot>>),
}

impl Deref for Known<'_> {
    type Target = [Slot];

    fn deref(&self) -> &[Slot] {
        match self {
            Self::Open(slots) => slots,
            Self::Kept(slots) => slots,
        }
    }
}

/// Where a line stands, beside its neighbours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Same,
    Other,
}

impl<'a, 'p> Lines<'a, 'p> {
    pub(super) fn new(
        weave: &'a mut Weave<'p>,
        wordings: &'a mut Wordings<'p>,
        revision: RevisionNumber,
    ) -> Self {
        Self::with(weave, wordings, revision, Lent::new())
    }

    /// While these tokens stand that were lent.
    pub(super) fn with(
        weave: &'a mut Weave<'p>,
        wordings: &'a mut Wordings<'p>,
        revision: RevisionNumber,
        lent: Lent,
    ) -> Self {
        let (open, names) = (BTreeMap::new(), RefCell::default());
        Self { weave, wordings, revision, open, order: Vec::new(), lent, names }
    }

    /// Opens a line that stood in a wording until now; `None` if it did not stand.
    pub(super) fn opens(&mut self, line: LineId, from: Option<WordingId>) -> &mut Open {
        let (weave, wordings) = (&self.weave, &self.wordings);
        self.open.entry(line).or_insert_with(|| {
            self.order.push(line);
            let slots = weave.slots(line, wordings).to_vec();
            Open { slots, from, to: None, place: Place::Same }
        })
    }

    /// A whole line goes.
    pub(super) fn goes(&mut self, placed: Placed) {
        let revision = self.revision;
        let open = self.opens(placed.line, Some(placed.wording));
        let mut alike = Alike::default();
        open.slots.iter_mut().for_each(|slot| alike.end(slot, revision));
    }

    /// The words that go when a line is reworded. Gives the edits as they are to be woven.
    pub(super) fn loses(&mut self, placed: Placed, passage: &Passage, edits: &[Edit]) -> Vec<Edit> {
        let before = self.wordings[placed.wording.0 as usize].text.clone();
        let Finer { edits, stay } = Finer::of(edits, &tokens(&before), &tokens(&passage.text));
        let revision = self.revision;
        let open = self.opens(placed.line, Some(placed.wording));
        let standing: Vec<usize> =
            (0..open.slots.len()).filter(|index| open.slots[*index].stood).collect();
        let mut alike = Alike::default();
        for index in edits.iter().flat_map(|edit| &standing[edit.old.clone()]) {
            alike.end(&mut open.slots[*index], revision);
        }
        for token in stay {
            open.slots[standing[token]].within = true;
        }
        edits
    }

    /// A passage that was never there. Its words may still turn out to have come from elsewhere.
    pub(super) fn begins(&mut self, passage: &Passage) -> Placed {
        let placed = new_line(self.revision, passage, self.wordings);
        self.weave.learn(placed.wording, self.wordings);
        let words = tokens(&passage.text).len();
        let first = Slot::new(placed.wording, 0, self.revision, Came::Between);
        let slots = (0..words).map(|token| first.beside(token)).collect();
        let open = Open { slots, from: None, to: Some(placed.wording), place: Place::Same };
        self.open.insert(placed.line, open);
        self.order.push(placed.line);
        placed
    }

    /// A line takes the words of an earlier wording again: the slots that stood in that revision stand again. Gives
    /// nothing, and does nothing, when one of its words stands elsewhere by now: then these are others. It is left to
    /// the caller to claim them.
    pub(super) fn takes(
        &mut self,
        line: LineId,
        from: Option<WordingId>,
        to: WordingId,
        then: RevisionNumber,
    ) -> Option<()> {
        let open = self.opens(line, from);
        let is_unshared = unshared(&mut open.slots, |_, slot| slot.stood_in(then));
        let before = open.slots.clone();
        if is_unshared {
            self.moved(line);
        }
        self.clears(line, from, then);
        let revision = self.revision;
        let whereabouts = Whereabouts::new(self);
        let returns = |index: &usize| !before[*index].is_alive() && before[*index].stood_in(then);
        let asked: Vec<(usize, Elsewhere)> = (0..before.len())
            .filter(returns)
            .map(|index| (index, whereabouts.of(&before[index])))
            .collect();
        let open = self.open.get_mut(&line)?;
        if asked.iter().any(|(_, elsewhere)| *elsewhere == Elsewhere::Stands) {
            open.slots = before;
            return None;
        }
        let mut alike = Alike::default();
        for (index, elsewhere) in asked {
            open.slots[index].elsewhere = Some(elsewhere);
            alike.change(&mut open.slots[index], |slot| slot.revives(revision));
        }
        open.to = Some(to);
        Some(())
    }

    /// A line takes the words of an earlier wording again, in the style of the passage.
    pub(super) fn takes_words(
        &mut self,
        line: LineId,
        from: Option<WordingId>,
        earlier: WordingId,
        passage: &Passage,
    ) -> Option<WordingId> {
        let then = self.born(earlier);
        let words = tokens(&passage.text);
        // The same text may have stood here twice, of other tokens each time: which ones a wording means is told by
        // those that stood when it was first.
        let slots = self.slots(line);
        let same_slots = |born| slots.iter().all(|slot| slot.stood_in(born) == slot.stood_in(then));
        let same =
            |its: &Wording| its.line == line && its.text == passage.text && same_slots(its.born);
        let known = self.weave.said.passages(&words);
        let to = known.into_iter().find(|id| same(&self.wordings[id.0 as usize]));
        drop(slots);
        self.takes(line, from, to.unwrap_or(earlier), then)?;
        self.claim(line);
        let to = to.unwrap_or_else(|| self.push_wording(line, passage));
        self.at(line)?.to = Some(to);
        Some(to)
    }

    /// The words of a line that did not stand in that revision go.
    pub(super) fn clears(&mut self, line: LineId, from: Option<WordingId>, then: RevisionNumber) {
        let revision = self.revision;
        let open = self.opens(line, from);
        let going = open.slots.iter_mut().filter(|slot| slot.is_alive() && !slot.stood_in(then));
        let mut alike = Alike::default();
        going.for_each(|slot| alike.end(slot, revision));
    }

    /// A line is reworded: the words that come are woven in beside those that stay.
    pub(super) fn reworded(
        &mut self,
        placed: Placed,
        passage: &Passage,
        edits: &[Edit],
        place: Place,
    ) -> Placed {
        let to = self.push_wording(placed.line, passage);
        let open = self.opens(placed.line, Some(placed.wording));
        let asked = asked_for(&open.slots, edits);
        if unshared(&mut open.slots, |index, _| asked.contains(&index)) {
            self.moved(placed.line);
        }
        self.ask_elsewhere(placed.line);
        if let Some(open) = self.open.get_mut(&placed.line) {
            let cloth = Cloth { wordings: self.wordings, wording: to, revision: self.revision };
            open.slots = rewoven(std::mem::take(&mut open.slots), &cloth, edits);
        }
        self.moved(placed.line);
        self.claim(placed.line);
        self.placed(placed, to, place)
    }

    /// A line stands in this wording now, and perhaps elsewhere.
    pub(super) fn placed(&mut self, before: Placed, to: WordingId, place: Place) -> Placed {
        let open = self.opens(before.line, Some(before.wording));
        (open.to, open.place) = (Some(to), place);
        Placed { line: before.line, wording: to }
    }

    /// A line stands elsewhere, in this wording.
    pub(super) fn moves(&mut self, before: Placed, to: WordingId) {
        self.placed(before, to, Place::Other);
    }

    /// Another wording of a line, with the same or other words.
    pub(super) fn push_wording(&mut self, line: LineId, passage: &Passage) -> WordingId {
        let id = push_wording(line, self.revision, passage, self.wordings);
        self.weave.learn(id, self.wordings);
        id
    }

    /// When a wording stood first.
    pub(super) fn born(&self, wording: WordingId) -> RevisionNumber {
        self.wordings[wording.0 as usize].born
    }

    /// Brings the lines that were opened into the order of these, the others before them.
    pub(super) fn sort(&mut self, lines: Vec<LineId>) {
        let places: BTreeMap<LineId, usize> = lines.into_iter().zip(1..).collect();
        self.order.sort_by_key(|line| places.get(line).copied());
    }

    /// The lines that were opened, in the order in which they are told.
    pub(super) fn opened(&self) -> impl Iterator<Item = (LineId, &Open)> {
        self.order.iter().filter_map(|line| Some((*line, self.open.get(line)?)))
    }

    pub(super) fn at(&mut self, line: LineId) -> Option<&mut Open> {
        self.open.get_mut(&line)
    }

    /// The slots of a line as they are by now.
    pub(super) fn slots(&self, line: LineId) -> Known<'_> {
        match self.open.get(&line) {
            Some(open) => Known::Open(&open.slots),
            None => Known::Kept(self.weave.slots(line, self.wordings)),
        }
    }

    /// Where the tokens of a line are among its slots.
    pub(super) fn names(&self, line: LineId) -> Rc<Names> {
        let mut known = self.names.borrow_mut();
        let names = known.entry(line).or_insert_with(|| Rc::new(Names::of(&self.slots(line))));
        Rc::clone(names)
    }

    /// The slots of a line are others now, or stand elsewhere in it, or hold other tokens.
    pub(super) fn moved(&mut self, line: LineId) {
        self.names.get_mut().remove(&line);
    }

    /// Keeps what was woven.
    pub(super) fn keep(self) {
        for line in self.order {
            let Some(open) = self.open.get(&line) else { continue };
            let first = |slot: &Slot| {
                slot.wording.0 == line.0
                    && slot.lives.len() == 1
                    && slot.came() == Some(self.revision)
            };
            let as_it_began = open.from.is_none()
                && open.to == Some(WordingId(line.0))
                && open.slots.iter().all(first);
            if !as_it_began {
                self.weave.keep(line, &open.slots);
            }
        }
    }
}

/// A line of its own for a passage.
pub(super) fn new_line(
    revision: RevisionNumber,
    passage: &Passage,
    wordings: &mut Wordings<'_>,
) -> Placed {
    let line = LineId(next(wordings));
    Placed { line, wording: push_wording(line, revision, passage, wordings) }
}

fn push_wording(
    line: LineId,
    born: RevisionNumber,
    passage: &Passage,
    wordings: &mut Wordings<'_>,
) -> WordingId {
    let id = WordingId(next(wordings));
    wordings.push(Wording { line, born, kind: passage.kind, text: passage.text.clone() });
    id
}

fn next(wordings: &Wordings<'_>) -> u32 {
    u32::try_from(wordings.len()).unwrap_or(u32::MAX)
}
