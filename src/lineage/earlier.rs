//! A passage that comes, and the wordings that its page ever had, to the line that it was once a wording of.
//!
//! Letter for letter is the surest; a passage that is back with another case or other quotes is back all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::advance::Step;
use super::lines::Place;
use super::pairs::Places;
use super::past::Wordings;
use super::said::Said;
use super::slot::Slot;
use super::weave::Weave;
use super::{LineId, RevisionNumber, Wording, WordingId};
use crate::diff::Row;
use crate::extract::{Token, tokens};

/// A line that a passage is the return of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Earlier {
    /// The line.
    pub(super) line: LineId,
    /// Its wording that says the same.
    pub(super) wording: WordingId,
    /// The wording in which the line stands until now, at another place; `None` if it does not stand.
    pub(super) until_now: Option<Until>,
}

/// How a line stood until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Until {
    pub(super) wording: WordingId,
    pub(super) place: Place,
}

/// The added passages of a step that are returns.
#[derive(Default)]
pub(super) struct Homecomings(BTreeMap<usize, Earlier>);

/// The newest wording of a line that says the same, one in the same letters before all others.
pub(super) fn wording_of_line(
    line: LineId,
    text: &str,
    said: &Said<'_>,
    wordings: &Wordings<'_>,
) -> Option<WordingId> {
    let words = tokens(text);
    let known = said.passages(&words).into_iter().map(|id| (id, &wordings[id.0 as usize]));
    let same = |its: &Wording| its.line == line && says(&its.text, &words);
    let of_line = known.filter(|(_, its)| same(its));
    of_line.max_by_key(|(id, its)| (its.text == text, *id)).map(|(id, _)| id)
}

/// Whether a text is made of these words. Two digests that agree are not enough: a page could be written to make them.
fn says(text: &str, words: &[Token<'_>]) -> bool {
    tokens(text).iter().map(|word| &word.key).eq(words.iter().map(|word| &word.key))
}

impl Homecomings {
    /// Finds a line for every added passage that has one. A line that is removed in this very step can take another
    /// passage that it had before; a line that stands on cannot.
    pub(super) fn of(step: &Step<'_>, wordings: &Wordings<'_>, weave: &Weave<'_>) -> Self {
        let places = Places::of(&step.comparison.rows);
        let mut lines =
            Candidates { step, weave, wordings, places: &places, taken: BTreeSet::new() };
        let wanted = wanted(step, &weave.said, wordings);
        let mut found = Self::default();
        for style in [Style::Same, Style::Any] {
            for (new, known) in &wanted {
                let text = step.new[*new].text.as_str();
                let alike =
                    |id: &&WordingId| style == Style::Any || wordings[id.0 as usize].text == text;
                let known: Vec<WordingId> = known.iter().filter(alike).copied().collect();
                if !found.0.contains_key(new)
                    && let Some(earlier) = lines.best(*new, &known)
                {
                    found.0.insert(*new, earlier);
                }
            }
        }
        found
    }

    /// The line that an added passage is the return of.
    pub(super) fn of_passage(&self, new: usize) -> Option<Earlier> {
        self.0.get(&new).copied()
    }

    /// Whether a line that would be removed stands on in this way.
    pub(super) fn needs(&self, line: LineId) -> bool {
        self.0.values().any(|earlier| earlier.line == line)
    }
}

/// How alike a passage must be to one that stood before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Letter for letter.
    Same,
    /// In case, quotes and spaces it may differ.
    Any,
}

/// The added passages that were ever said, each with the wordings that say the same. Marks alone are everywhere; that
/// they stood before says nothing.
fn wanted(
    step: &Step<'_>,
    said: &Said<'_>,
    wordings: &Wordings<'_>,
) -> Vec<(usize, Vec<WordingId>)> {
    let added = step.comparison.rows.iter().filter_map(|row| match row {
        Row::Added { new } => Some(*new),
        _ => None,
    });
    let known = added.map(|new| {
        let words = tokens(&step.new[new].text);
        let speaks = words.iter().any(Token::is_word);
        let known = if speaks { said.passages(&words) } else { Vec::new() };
        let same = |id: &WordingId| says(&wordings[id.0 as usize].text, &words);
        (new, known.into_iter().filter(same).collect())
    });
    known.filter(|(_, known): &(usize, Vec<_>)| !known.is_empty()).collect()
}

/// The lines that can be returned to, each once.
struct Candidates<'a> {
    step: &'a Step<'a>,
    weave: &'a Weave<'a>,
    wordings: &'a Wordings<'a>,
    places: &'a Places,
    taken: BTreeSet<LineId>,
}

impl Candidates<'_> {
    /// The line that went last, of these the first: two equal passages that went together come back in their order.
    fn best(&mut self, new: usize, known: &[WordingId]) -> Option<Earlier> {
        let earlier = known
            .iter()
            .filter_map(|id| Some((self.gone(self.wordings[id.0 as usize].line)?, *id)))
            .max_by_key(|(gone, id)| {
                (*gone, std::cmp::Reverse(self.wordings[id.0 as usize].line), *id)
            });
        let (_, wording) = earlier?;
        let line = self.wordings[wording.0 as usize].line;
        self.taken.insert(line);
        let until_now = self.step.old.iter().position(|placed| placed.line == line).map(|old| {
            let place = if self.places.meet(old, new) { Place::Same } else { Place::Other };
            Until { wording: self.step.old[old].wording, place }
        });
        Some(Earlier { line, wording, until_now })
    }

    /// Since when a line can be returned to; `None` if it stands on, or is taken.
    fn gone(&self, line: LineId) -> Option<RevisionNumber> {
        if self.taken.contains(&line) {
            return None;
        }
        match self.step.old.iter().position(|placed| placed.line == line) {
            Some(old) => self.places.is_removed(old).then_some(self.step.revision),
            None => self.weave.slots(line, self.wordings).iter().filter_map(Slot::left).max(),
        }
    }
}
