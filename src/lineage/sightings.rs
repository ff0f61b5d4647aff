//! What is sought, and the wordings that may hold it, to where it stands in them and in which revisions they stood.
//!
//! The ledger tells when a phrase was on a page at all; this tells in which wordings it was, over any number of pages.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::{Exactness, PhraseCounter, Placed, RevisionNumber, Wording, WordingId};
use crate::extract::tokens;

/// In which order the words that are sought must stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WordOrder {
    /// One after the other, as they were given.
    #[default]
    AsGiven,
    /// Anywhere in one passage.
    Any,
}

/// What is sought in wordings.
#[derive(Clone, Debug)]
pub struct Sought {
    order: WordOrder,
    words: Vec<String>,
    /// Each of them must be found: the phrase, or every word of it.
    parts: Vec<PhraseCounter>,
}

/// A wording that holds what was sought, and when it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The wording.
    pub wording: WordingId,
    /// The bytes that were sought, in order and without overlap.
    pub places: Vec<Range<usize>>,
    /// The first revision in which the wording stood.
    pub from: RevisionNumber,
    /// The last one.
    pub to: RevisionNumber,
    /// In how many it stood.
    pub revisions: usize,
}

impl Sought {
    /// What this phrase asks for; `None` when it holds no token at all.
    pub fn new(phrase: &str, exactness: Exactness, order: WordOrder) -> Option<Self> {
        let mut words: Vec<String> =
            tokens(phrase).into_iter().map(|token| token.key.into_owned()).collect();
        let parts = match order {
            WordOrder::AsGiven => PhraseCounter::new(phrase, exactness).into_iter().collect(),
            WordOrder::Any => {
                words.sort();
                words.dedup();
                PhraseCounter::of_each_word(phrase, exactness)
            }
        };
        (!words.is_empty()).then_some(Self { order, words, parts })
    }

    /// The keys of its words; of words in any order, each once.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// In which order they must stand.
    pub fn order(&self) -> WordOrder {
        self.order
    }

    /// Where it stands first in a text; `None` when a part of it is not there.
    pub fn places(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut places: Vec<_> =
            self.parts.iter().map(|part| part.first_in(text)).collect::<Option<_>>()?;
        places.sort_by_key(|place| place.start);
        places.dedup();
        Some(places)
    }

    /// Which of these wordings hold it, and when they stood, by the layouts of all revisions; the newest first.
    pub fn sightings(
        &self,
        candidates: &[WordingId],
        layouts: &[(RevisionNumber, Vec<Placed>)],
        wordings: &[Wording],
    ) -> Vec<Sighting> {
        let held = candidates.iter().filter_map(|&id| {
            let text = &wordings.get(id.0 as usize)?.text;
            Some((id, self.places(text)?))
        });
        let mut sightings = stood(&held.collect(), layouts);
        sightings.sort_by_key(|sighting| Reverse((sighting.to, sighting.from)));
        sightings
    }
}

/// When the wordings stood that hold what is sought, in the order of their numbers.
fn stood(
    held: &BTreeMap<WordingId, Vec<Range<usize>>>,
    layouts: &[(RevisionNumber, Vec<Placed>)],
) -> Vec<Sighting> {
    let mut seen: BTreeMap<WordingId, Sighting> = BTreeMap::new();
    for (number, layout) in layouts {
        for Placed { wording, .. } in layout {
            let Some(places) = held.get(wording) else { continue };
            let sighting = seen.entry(*wording).or_insert_with(|| {
                let (wording, places) = (*wording, places.clone());
                Sighting { wording, places, from: *number, to: *number, revisions: 1 }
            });
            sighting.see(*number);
        }
    }
    seen.into_values().collect()
}

impl Sighting {
    /// Whether it stood in every revision from its first to its last.
    pub fn is_whole(&self) -> bool {
        self.revisions == self.span()
    }

    /// How many revisions there are from its first to its last.
    pub fn span(&self) -> usize {
        (self.to.0 - self.from.0) as usize + 1
    }

    fn see(&mut self, number: RevisionNumber) {
        if self.to != number {
            self.to = number;
            self.revisions += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::PassageKind;
    use crate::lineage::LineId;

    fn wordings(texts: &[&str]) -> Vec<Wording> {
        let wording = |text: &&str| Wording {
            line: LineId(0),
            born: RevisionNumber::FIRST,
            kind: PassageKind::Paragraph,
            text: (*text).to_owned(),
        };
        texts.iter().map(wording).collect()
    }

    fn layouts(of: &[&[u32]]) -> Vec<(RevisionNumber, Vec<Placed>)> {
        let placed = |id: &u32| Placed { line: LineId(*id), wording: WordingId(*id) };
        let numbered = (1..).map(RevisionNumber).zip(of);
        numbered.map(|(number, ids)| (number, ids.iter().map(placed).collect())).collect()
    }

    #[test]
    fn the_newest_wording_comes_first_with_its_first_and_last_revision() {
        let wordings = wordings(&["proud to serve", "glad to serve", "so proud to serve"]);
        let layouts = layouts(&[&[0], &[1], &[0, 2, 2], &[2]]);
        let sought = Sought::new("Proud to", Exactness::Folded, WordOrder::AsGiven).unwrap();
        let found = sought.sightings(&[0, 1, 2].map(WordingId), &layouts, &wordings);
        let told: Vec<_> =
            found.iter().map(|s| (s.wording.0, s.from.0, s.to.0, s.revisions)).collect();
        assert_eq!(told, [(2, 3, 4, 2), (0, 1, 3, 2)]);
        assert_eq!(found[0].places, std::slice::from_ref(&(3..11)));
        assert!(found[0].is_whole() && !found[1].is_whole());
    }

    #[test]
    fn what_is_sought_exactly_is_looked_at_again() {
        let exact = |order| Sought::new("It's Proud", Exactness::Exact, order).unwrap();
        for (text, as_given, any) in [
            ("It's Proud", true, true),
            ("It\u{2019}s Proud", false, false),
            ("It's proud", false, false),
            ("Proud? It's.", false, true),
        ] {
            assert_eq!(exact(WordOrder::AsGiven).places(text).is_some(), as_given, "{text}");
            assert_eq!(exact(WordOrder::Any).places(text).is_some(), any, "{text}");
        }
    }

    #[test]
    fn words_in_any_order_have_a_place_each() {
        let sought = Sought::new("pilots the the harbour", Exactness::Folded, WordOrder::Any);
        let sought = sought.unwrap();
        assert_eq!(sought.words(), ["harbour", "pilots", "the"]);
        assert_eq!(sought.places("The harbour, its pilots"), Some(vec![0..3, 4..11, 17..23]));
        assert_eq!(sought.places("The harbour"), None);
    }
}
