//! Old places to the class of text that comes to stand there: asked where little of the old text is left to go by.
//!
//! It stands apart from `ground` because it never looks at the new page: the same place would be judged alike on any.

use std::collections::BTreeMap;

use super::place::{containers, leads_to_frame};
use super::{Class, Document, Passage};

/// How many passages of either class stand at a place, or in a block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) main: usize,
    pub(super) furniture: usize,
}

impl Tally {
    pub(super) fn add(&mut self, class: Class) {
        match class {
            Class::Main => self.main += 1,
            Class::Furniture => self.furniture += 1,
            Class::Unselected => {}
        }
    }

    /// The class of all of them.
    pub(super) fn only(&self) -> Option<Class> {
        match (self.main, self.furniture) {
            (1.., 0) => Some(Class::Main),
            (0, 1..) => Some(Class::Furniture),
            _ => None,
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.main + self.furniture == 0
    }
}

/// What stands at each place.
pub(super) fn tallies(passages: &[Passage]) -> BTreeMap<&str, Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for passage in passages {
        tallies.entry(&passage.place).or_default().add(passage.class);
    }
    tallies
}

/// What an old document says about places.
pub(super) struct Known<'a> {
    places: BTreeMap<&'a str, Tally>,
    containers: BTreeMap<&'a str, Tally>,
    main_bytes: usize,
}

impl<'a> Known<'a> {
    pub(super) fn new(before: &'a Document) -> Self {
        let mut known =
            Self { places: tallies(&before.passages), containers: BTreeMap::new(), main_bytes: 0 };
        for passage in &before.passages {
            for outer in containers(&passage.place) {
                known.containers.entry(outer).or_default().add(passage.class);
            }
        }
        known.main_bytes = before.main().map(|passage| passage.text.len()).sum();
        known
    }

    /// How many bytes of main text there were.
    pub(super) fn main_bytes(&self) -> usize {
        self.main_bytes
    }

    /// The class of all that stood at a place.
    pub(super) fn at(&self, place: &str) -> Option<Class> {
        self.places.get(place).and_then(Tally::only)
    }

    /// The class of text that is new at a place. What nothing speaks against is main text: an extra line is better
    /// than a missed change.
    pub(super) fn judge(&self, place: &str) -> Class {
        if let Some(class) = self.at(place) {
            return class;
        }
        let outer = containers(place).find_map(|outer| self.containers.get_key_value(outer));
        let (outer, tally) = outer.map_or(("", None), |(outer, tally)| (*outer, tally.only()));
        let beyond = place.strip_prefix(outer).unwrap_or(place);
        match tally {
            Some(Class::Furniture) => Class::Furniture,
            _ if leads_to_frame(beyond) => Class::Furniture,
            _ => Class::Main,
        }
    }
}
