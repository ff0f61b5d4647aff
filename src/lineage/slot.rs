//! The place of a token on a line, to what may be asked of it: when it stood, when it went, and where it went on.
//!
//! It is apart from the weave because it knows no other slot: what stands beside it, and where a token stands that left,
//! is asked of the lines.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{LineId, RevisionNumber, WordingId};

/// One stay of a token in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Life {
    /// The revision in which it came.
    pub(super) from: RevisionNumber,
    /// Whether it came in place of other words.
    pub(super) came: Came,
    /// The revision in which it was missing first; `None` while it stands.
    pub(super) to: Option<RevisionNumber>,
    /// The last return of its thread to the page by then, if it was ever away.
    pub(super) back: Option<Return>,
}

/// A return of a thread to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Return {
    /// The revision in which it had been missing first.
    pub(super) gone: RevisionNumber,
    /// The revision in which it was there again.
    pub(super) at: RevisionNumber,
}

/// How a token came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Came {
    /// Between others, where nothing went.
    Between,
    /// In place of words that went in the same revision.
    Replacing,
}

/// Which token it is, wherever it stands: the wording that it first appeared in, and its place there.
pub(super) type Name = (WordingId, usize);

/// One slot: the token that stands or stood in it, and its stays there. Of tokens that stand no more, neighbours with
/// one fate share a slot for as long as nobody asks for one of them: a line that was often replaced has them in
/// thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) wording: WordingId,
    /// The token, or the first of those that share the slot.
    pub(super) token: usize,
    /// How many share it; one that stands shares it with none.
    pub(super) len: usize,
    /// The first revision that had the token, in whatever place.
    pub(super) born: RevisionNumber,
    /// Its stays, oldest first; neighbours that came and went together share the list.
    pub(super) lives: Rc<Vec<Life>>,
    /// Where the token went on after it left this slot: the line, which may be this one.
    pub(super) next: Option<LineId>,
    /// Whether its token stood here before the step that is being woven; never kept.
    pub(super) stood: bool,
    /// Whether its token stays inside a stretch that is told as reworded; never kept.
    pub(super) within: bool,
    /// Of a token that went on elsewhere: what became of it there, as far as it was asked; never kept.
    pub(super) elsewhere: Option<Elsewhere>,
}

/// Slots with one list of lives to what one change makes of it: else each would get a list of its own.
#[derive(Default)]
pub(super) struct Alike(Option<Changed>);

struct Changed {
    before: Rc<Vec<Life>>,
    elsewhere: Option<Elsewhere>,
    after: Rc<Vec<Life>>,
}

/// What became of a token in the last place that it went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// It stands there.
    Stands,
    /// It went from there too; were it to stand again now, this would be its return.
    Went(Option<Return>),
}

impl Alike {
    /// Ends the present life of a slot.
    pub(super) fn end(&mut self, slot: &mut Slot, revision: RevisionNumber) {
        self.change(slot, |slot| slot.dies(revision));
    }

    /// Changes the lives of a slot, which depends on nothing but these and what became of the token elsewhere.
    pub(super) fn change(&mut self, slot: &mut Slot, change: impl FnOnce(&mut Slot)) {
        if let Some(known) = &self.0
            && Rc::ptr_eq(&known.before, &slot.lives)
            && known.elsewhere == slot.elsewhere
        {
            slot.lives = Rc::clone(&known.after);
            return;
        }
        let (before, elsewhere) = (Rc::clone(&slot.lives), slot.elsewhere);
        change(slot);
        self.0 = Some(Changed { before, elsewhere, after: Rc::clone(&slot.lives) });
    }
}

impl Slot {
    /// A slot for a token that comes now.
    pub(super) fn new(wording: WordingId, token: usize, from: RevisionNumber, came: Came) -> Self {
        Self {
            wording,
            token,
            len: 1,
            born: from,
            lives: Rc::new(vec![Life { from, came, to: None, back: None }]),
            next: None,
            stood: false,
            within: false,
            elsewhere: None,
        }
    }

    /// A slot for another token of the same wording that comes with this one.
    pub(super) fn beside(&self, token: usize) -> Self {
        Self { token, len: 1, ..self.clone() }
    }

    /// A slot for each of the tokens that share it.
    pub(super) fn singles(&self) -> impl Iterator<Item = Self> {
        (self.token..self.token + self.len).map(|token| self.beside(token))
    }

    /// Whether this token is in it.
    pub(super) fn holds(&self, (wording, token): Name) -> bool {
        self.wording == wording && (self.token..self.token + self.len).contains(&token)
    }

    /// Which token it holds, or which first.
    pub(super) fn name(&self) -> Name {
        (self.wording, self.token)
    }

    /// Whether its token stands at present.
    pub(super) fn is_alive(&self) -> bool {
        self.lives.last().is_some_and(|life| life.to.is_none())
    }

    /// Whether its token stood here in that revision.
    pub(super) fn stood_in(&self, revision: RevisionNumber) -> bool {
        self.lives
            .iter()
            .any(|life| life.from <= revision && life.to.is_none_or(|to| revision < to))
    }

    /// Whether there was a revision in which both tokens stood. Of two that never met, neither is left of the other.
    pub(super) fn met(&self, other: &Self) -> bool {
        let begins_before =
            |one: &Life, end: Option<RevisionNumber>| end.is_none_or(|end| one.from < end);
        self.lives.iter().any(|mine| {
            let meets = |its: &Life| begins_before(mine, its.to) && begins_before(its, mine.to);
            other.lives.iter().any(meets)
        })
    }

    /// The revision in which its token came here, the last time that it did.
    pub(super) fn came(&self) -> Option<RevisionNumber> {
        self.lives.last().map(|life| life.from)
    }

    /// The revision in which its token left this place, the last time that it did.
    pub(super) fn left(&self) -> Option<RevisionNumber> {
        self.lives.iter().rev().find_map(|life| life.to)
    }

    /// The revisions in which its token came here or left.
    pub(super) fn turns(&self) -> impl Iterator<Item = RevisionNumber> {
        self.lives.iter().flat_map(|life| [Some(life.from), life.to]).flatten()
    }

    /// The return with which its token came in this revision, if it had been away.
    pub(super) fn return_in(&self, revision: RevisionNumber) -> Option<Return> {
        self.lives.last().and_then(|life| life.back).filter(|back| back.at == revision)
    }

    /// How often its token has come back to the page while it was in this slot.
    pub(super) fn returns(&self) -> usize {
        let returned = |life: &&Life| life.back.is_some_and(|back| back.at == life.from);
        self.lives.iter().filter(returned).count()
    }

    /// Its stays, to be changed: from then on they are its own.
    pub(super) fn lives_mut(&mut self) -> &mut Vec<Life> {
        Rc::make_mut(&mut self.lives)
    }

    /// Ends its present life; one that began in this very revision has not been.
    pub(super) fn dies(&mut self, revision: RevisionNumber) {
        if self.lives.len() > 1 && self.came() == Some(revision) {
            self.lives_mut().pop();
        } else if self.is_alive()
            && let Some(life) = self.lives_mut().last_mut()
        {
            life.to = Some(revision);
        }
    }

    /// What its return would be if it stood again in this revision, wherever: none if it stood until now.
    pub(super) fn coming_back(&self, at: RevisionNumber) -> Option<Return> {
        let last = self.lives.last()?;
        match last.to {
            Some(gone) if gone != at => Some(Return { gone, at }),
            _ => last.back,
        }
    }

    /// Begins another life.
    pub(super) fn revives(&mut self, revision: RevisionNumber) {
        let back = match self.elsewhere {
            Some(Elsewhere::Went(back)) => back,
            _ => self.coming_back(revision),
        };
        let lives = self.lives_mut();
        match lives.last_mut().filter(|life| life.to == Some(revision)) {
            Some(life) => life.to = None,
            None => lives.push(Life { from: revision, came: Came::Between, to: None, back }),
        }
    }
}
