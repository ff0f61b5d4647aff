//! The slots of a line to what is kept of them, and back.
//!
//! Whoever blanks a page, or cuts a chapter, ends the lives of all its tokens, and whoever puts it back begins them anew:
//! after some years each token has dozens of lives, and nearly all of them are those of its neighbours. So the absences
//! of a line are kept once, and a list of lives is kept as which of them it had.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::slot::{Came, Life, Return, Slot};
use super::{LineId, RevisionNumber, WordingId};

/// An absence that so many lists of lives have in common stands among those that others have, too: a list is kept as
/// ranges of absences, and what one list has alone would part them.
const COMMON: usize = 4;

/// The slots of one line, in weave order, neighbours with one life joined to runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    absences: Vec<Absence>,
    lives: Vec<Lives>,
    runs: Vec<Run>,
}

/// Between two lives, the end of one and the beginning of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Absence {
    /// The token was missing from a revision on, for so many.
    Plain(RevisionNumber, u32),
    /// And it came back in another way than by itself, from the place where it had gone.
    Other(RevisionNumber, u32, Came, Option<Return>),
}

/// The stays of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lives {
    from: RevisionNumber,
    came: Came,
    back: Option<Return>,
    /// Those of the line's absences that it had, in order.
    absences: Vec<Range<u32>>,
    to: Option<RevisionNumber>,
}

/// Neighbouring tokens of one wording that came and went together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    wording: WordingId,
    start: u32,
    len: u32,
    born: RevisionNumber,
    /// Which of the line's lists of lives.
    lives: u32,
    next: Option<LineId>,
}

impl Line {
    /// What is kept of these slots.
    pub(super) fn of(slots: &[Slot]) -> Self {
        let (mut runs, mut lists) = (Vec::new(), Lists::default());
        for run in slots.chunk_by(Slot::is_followed_by) {
            let Some(first) = run.first() else { continue };
            runs.push(Run {
                wording: first.wording,
                start: number(first.token),
                len: number(run.iter().map(|slot| slot.len).sum()),
                born: first.born,
                lives: lists.place(&first.lives),
                next: first.next,
            });
        }
        let (absences, lives) = lists.kept();
        Self { absences, lives, runs }
    }

    /// The slots that were kept; none of a row that does not hold together.
    pub(super) fn slots(&self) -> Vec<Slot> {
        let lives = self.lives.iter().map(|lives| lives.list(&self.absences).map(Rc::new));
        let lives: Option<Vec<Rc<Vec<Life>>>> = lives.collect();
        let mut slots = Vec::with_capacity(self.runs.len());
        for run in &self.runs {
            let Some(lives) = lives.as_ref().and_then(|all| all.get(run.lives as usize)) else {
                return Vec::new();
            };
            let shared = run.slot(Rc::clone(lives));
            if shared.is_alive() { slots.extend(shared.singles()) } else { slots.push(shared) }
        }
        slots
    }
}

/// The slots as they will be read when they are kept: dead neighbours share one, and what is never kept is forgotten.
pub(super) fn shared(slots: &[Slot]) -> Vec<Slot> {
    let mut read = Vec::with_capacity(slots.len());
    for run in slots.chunk_by(Slot::is_followed_by) {
        let Some(first) = run.first() else { continue };
        let len = run.iter().map(|slot| slot.len).sum();
        let stood = first.is_alive();
        let shared = Slot { len, stood, within: false, elsewhere: None, ..first.clone() };
        if stood { read.extend(shared.singles()) } else { read.push(shared) }
    }
    read
}

impl Slot {
    fn is_followed_by(&self, right: &Self) -> bool {
        self.wording == right.wording
            && self.token + self.len == right.token
            && self.next == right.next
            && (Rc::ptr_eq(&self.lives, &right.lives) || self.lives == right.lives)
    }
}

impl Run {
    fn slot(&self, lives: Rc<Vec<Life>>) -> Slot {
        Slot {
            wording: self.wording,
            token: self.start as usize,
            len: self.len as usize,
            born: self.born,
            stood: lives.last().is_some_and(|life| life.to.is_none()),
            lives,
            next: self.next,
            within: false,
            elsewhere: None,
        }
    }
}

/// The different lists of lives of a line, and the absences in them.
#[derive(Default)]
struct Lists<'a> {
    /// Each with its absences, by their places among all.
    all: Vec<(&'a [Life], Vec<usize>)>,
    /// Where a list is among them, by where it is in memory: most slots share theirs with others.
    by_address: HashMap<*const Vec<Life>, u32>,
    /// The lists that begin and end alike.
    by_ends: HashMap<Ends, Vec<u32>>,
    /// The absences, and how many lists had each.
    absences: Vec<(Absence, usize)>,
    by_absence: HashMap<Absence, usize>,
}

/// How many lives there are, when the first began, and when the last began and ended.
type Ends = (usize, [Option<RevisionNumber>; 3]);

impl<'a> Lists<'a> {
    /// Where a list is among those that are kept.
    fn place(&mut self, lives: &'a Rc<Vec<Life>>) -> u32 {
        let address = Rc::as_ptr(lives);
        if let Some(place) = self.by_address.get(&address) {
            return *place;
        }
        let (first, last) = (lives.first(), lives.last());
        let ends = [
            first.map(|life| life.from),
            last.map(|life| life.from),
            last.and_then(|life| life.to),
        ];
        let alike = self.by_ends.entry((lives.len(), ends)).or_default();
        let known = alike.iter().find(|place| self.all[**place as usize].0 == lives.as_slice());
        let place = known.copied().unwrap_or_else(|| {
            let place = number(self.all.len());
            alike.push(place);
            self.all.push((lives, Vec::new()));
            place
        });
        self.by_address.insert(address, place);
        self.learn(place);
        place
    }

    /// Learns the absences of a list that is new. What followed one in another list mostly follows it in this one.
    fn learn(&mut self, place: u32) {
        let (lives, places) = &mut self.all[place as usize];
        if !places.is_empty() {
            return;
        }
        for absence in Absence::all(lives) {
            let next = places.last().map_or(0, |last| last + 1);
            let place = match self.absences.get(next) {
                Some((its, _)) if *its == absence => next,
                _ => *self.by_absence.entry(absence).or_insert_with(|| {
                    self.absences.push((absence, 0));
                    self.absences.len() - 1
                }),
            };
            self.absences[place].1 += 1;
            places.push(place);
        }
    }

    /// What is kept: first the absences that several lists had, each in their order.
    fn kept(self) -> (Vec<Absence>, Vec<Lives>) {
        let mut order: Vec<usize> = (0..self.absences.len()).collect();
        order.sort_unstable_by_key(|place| {
            let (absence, times) = self.absences[*place];
            (times < COMMON, absence.gone(), absence)
        });
        let mut kept = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(place, now)| kept[*place] = now);
        let absences = order.iter().map(|place| self.absences[*place].0).collect();
        let lives = self.all.iter();
        let lives = lives.filter_map(|(lives, places)| {
            Lives::of(lives, places.iter().map(|place| kept[*place]))
        });
        (absences, lives.collect())
    }
}

impl Absence {
    fn all(lives: &[Life]) -> impl Iterator<Item = Self> {
        lives.windows(2).filter_map(|pair| Self::between(&pair[0], &pair[1]))
    }

    fn between(left: &Life, right: &Life) -> Option<Self> {
        let gone = left.to?;
        let lasted = right.from.0.checked_sub(gone.0)?;
        let back = Some(Return { gone, at: right.from });
        Some(if (right.came, right.back) == (Came::Between, back) {
            Self::Plain(gone, lasted)
        } else {
            Self::Other(gone, lasted, right.came, right.back)
        })
    }

    fn gone(self) -> RevisionNumber {
        match self {
            Self::Plain(gone, _) | Self::Other(gone, ..) => gone,
        }
    }

    /// How the life after it began.
    fn next(self) -> (RevisionNumber, Came, Option<Return>) {
        match self {
            Self::Plain(gone, lasted) => {
                let at = RevisionNumber(gone.0.saturating_add(lasted));
                (at, Came::Between, Some(Return { gone, at }))
            }
            Self::Other(gone, lasted, came, back) => {
                (RevisionNumber(gone.0.saturating_add(lasted)), came, back)
            }
        }
    }
}

impl Lives {
    fn of(lives: &[Life], places: impl Iterator<Item = u32>) -> Option<Self> {
        let (first, last) = (lives.first()?, lives.last()?);
        let mut absences: Vec<Range<u32>> = Vec::new();
        for place in places {
            match absences.last_mut() {
                Some(range) if range.end == place => range.end += 1,
                _ => absences.push(place..place + 1),
            }
        }
        Some(Self { from: first.from, came: first.came, back: first.back, absences, to: last.to })
    }

    /// The lives, one by one; `None` if the line has no such absences.
    fn list(&self, absences: &[Absence]) -> Option<Vec<Life>> {
        let mut lives = Vec::new();
        let (mut from, mut came, mut back) = (self.from, self.came, self.back);
        for range in &self.absences {
            for absence in absences.get(range.start as usize..range.end as usize)? {
                lives.push(Life { from, came, to: Some(absence.gone()), back });
                (from, came, back) = absence.next();
            }
        }
        lives.push(Life { from, came, to: self.to, back });
        Some(lives)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
