//! Old places and new ones to the class of a passage that was not there before: judged by what stands around it.
//!
//! It stands apart from `classes` because it never looks at texts: the same words would be judged alike in both places.

use std::collections::BTreeMap;

use super::place::{below, container, containers, is_cut, is_prose, is_same_cut, leads_to_frame};
use super::{Class, Document, Passage};

/// In more containers than this, which only a page made to harm has, cut places are not looked for.
const MOST_CONTAINERS: usize = 4000;

/// How many passages of either class stand at a place, or in a container.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    main: usize,
    furniture: usize,
}

impl Tally {
    fn add(&mut self, class: Class) {
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
}

/// What stands at each place.
pub(super) fn tallies(passages: &[Passage]) -> BTreeMap<&str, Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for passage in passages {
        tallies.entry(&passage.place).or_default().add(passage.class);
    }
    tallies
}

/// What the old passages and those that inherited say about places.
pub(super) struct Known<'a> {
    places: BTreeMap<&'a str, Tally>,
    containers: BTreeMap<&'a str, Tally>,
    /// The innermost container of two thirds of the main text.
    core: &'a str,
}

impl<'a> Known<'a> {
    /// Takes in an old document, and those new passages that inherited a class.
    pub(super) fn new(
        before: &'a Document,
        passages: &'a [Passage],
        handed_down: &[Option<Class>],
    ) -> Self {
        let heirs = passages.iter().zip(handed_down);
        let heirs = heirs.filter_map(|(passage, class)| class.map(|class| (passage, class)));
        let heirs: Vec<(&Passage, Class)> = heirs.collect();
        let old = before.passages.iter().map(|passage| (passage, passage.class));
        let mut known = Self { places: BTreeMap::new(), containers: BTreeMap::new(), core: "" };
        for (passage, class) in old.clone().chain(heirs.iter().copied()) {
            known.places.entry(&passage.place).or_default().add(class);
            for outer in containers(&passage.place) {
                known.containers.entry(outer).or_default().add(class);
            }
        }
        let has_main = heirs.iter().any(|(_, class)| *class == Class::Main);
        known.core = if has_main { core(heirs.into_iter()) } else { core(old) };
        known
    }

    /// The innermost container of a place that held something before, and the path from there.
    fn container_of<'b>(&self, place: &'b str) -> Container<'a, 'b> {
        let seen = containers(place).find_map(|outer| self.containers.get_key_value(outer));
        let mut found = self.candidate(place, seen.map_or("", |(outer, _)| outer));
        if is_cut(place) && self.containers.len() <= MOST_CONTAINERS {
            let others = self.containers.keys().filter(|outer| !outer.is_empty());
            for other in others.map(|outer| self.candidate(place, outer)) {
                if other.beyond.len() < found.beyond.len() {
                    found = other;
                }
            }
        }
        found
    }

    /// A known container as that of a place; with the whole place beyond it if it is none of its.
    fn candidate<'b>(&self, place: &'b str, outer: &str) -> Container<'a, 'b> {
        let own = container(place);
        let beyond = below(place, outer)
            .or_else(|| is_same_cut(own, outer).then(|| below(place, own)).flatten());
        let known = self.containers.get_key_value(outer).filter(|_| beyond.is_some());
        let (outer, tally) = known.map(|(outer, tally)| (*outer, *tally)).unwrap_or_default();
        Container { outer, tally, beyond: beyond.unwrap_or(place) }
    }
}

/// A container that held something before, and the path from it to a new passage.
struct Container<'a, 'b> {
    outer: &'a str,
    tally: Tally,
    beyond: &'b str,
}

fn core<'a>(passages: impl Iterator<Item = (&'a Passage, Class)>) -> &'a str {
    let mut bytes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all = 0;
    for (passage, _) in passages.filter(|(_, class)| *class == Class::Main) {
        all += passage.text.len();
        for outer in containers(&passage.place) {
            *bytes.entry(outer).or_default() += passage.text.len();
        }
    }
    let enough = bytes.into_iter().filter(|(_, bytes)| bytes * 3 >= all * 2);
    enough.map(|(outer, _)| outer).max_by_key(|outer| outer.len()).unwrap_or_default()
}

/// Every passage's class: handed down, or judged by its surroundings.
pub(super) fn judged(
    passages: &[Passage],
    handed_down: &[Option<Class>],
    known: &Known<'_>,
) -> Vec<Class> {
    let mut next_main = next_main(passages, handed_down).into_iter();
    let mut last: BTreeMap<&str, Class> = BTreeMap::new();
    let mut before: Option<&str> = None;
    let mut classes = Vec::with_capacity(passages.len());
    for (passage, inherited) in passages.iter().zip(handed_down) {
        let around = Around { before, after: next_main.next().flatten(), last: &last };
        let class = inherited.unwrap_or_else(|| known.judge(&passage.place, &around));
        if class != Class::Unselected {
            last.insert(container(&passage.place), class);
            before = (class == Class::Main).then(|| container(&passage.place));
        }
        classes.push(class);
    }
    classes
}

/// For each passage the container of the next one that inherited a class, if that is main text.
fn next_main<'a>(passages: &'a [Passage], handed_down: &[Option<Class>]) -> Vec<Option<&'a str>> {
    let mut next = None;
    let mut found = vec![None; passages.len()];
    for index in (0..passages.len()).rev() {
        found[index] = next;
        match handed_down[index] {
            Some(Class::Main) => next = Some(container(&passages[index].place)),
            Some(Class::Furniture) => next = None,
            _ => {}
        }
    }
    found
}

/// What stands around a new passage.
struct Around<'a, 'b> {
    /// The container of the passage before, if that is main text.
    before: Option<&'a str>,
    /// The container of the passage after, likewise.
    after: Option<&'a str>,
    /// The class of the last passage in each container.
    last: &'b BTreeMap<&'a str, Class>,
}

impl Around<'_, '_> {
    /// Whether a place stands between two main passages in the container that holds them both.
    fn is_between(&self, place: &str) -> bool {
        let own = container(place);
        let prose_in = |outer: &str| {
            below(place, outer).is_some_and(|path| is_prose(path) && !leads_to_frame(path))
        };
        match (self.before, self.after) {
            (Some(before), Some(after)) => {
                before == own && after == own || before == after && prose_in(before)
            }
            _ => false,
        }
    }
}

impl Known<'_> {
    fn judge(&self, place: &str, around: &Around<'_, '_>) -> Class {
        if around.is_between(place) {
            return Class::Main;
        }
        if let Some(class) = self.places.get(place).and_then(Tally::only) {
            return class;
        }
        let Container { outer, tally, beyond } = self.container_of(place);
        match tally.only() {
            Some(Class::Furniture) => Class::Furniture,
            _ if leads_to_frame(beyond) => Class::Furniture,
            _ if below(outer, self.core).is_some() || outer == self.core || is_prose(beyond) => {
                around.last.get(outer).copied().unwrap_or(Class::Main)
            }
            Some(class) if below(self.core, outer).is_none() => class,
            // A block of its own beside the text: comments, teasers, a banner.
            _ => Class::Furniture,
        }
    }
}
