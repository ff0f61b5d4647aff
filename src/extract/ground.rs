//! A page's blocks, and the passages in them that inherited a class, to the class of one that did not.
//!
//! It stands apart from `judge` because it looks at the blocks themselves: two `div` of one place are two, and a new
//! one beside the text is told from the old one around it by having nothing old in it.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Tally;
use super::opinion::is_link;
use super::place::{is_prose, leads_to_frame};
use super::shown::Cut;
use super::{Class, PassageKind};

/// The blocks of a page, and what was handed down in them.
pub(super) struct Ground<'a> {
    found: &'a Cut,
    /// What was handed down in each block.
    tallies: Vec<Tally>,
    /// For blocks in the same one and of the same step: how many hold main text, and how many only furniture.
    alike: BTreeMap<(usize, &'a str), Tally>,
    /// The old passages that stand in a block with nothing but a paragraph or a list around them.
    lines: BTreeMap<usize, Vec<(usize, Class)>>,
    /// The old passages, in order.
    old: Vec<(usize, Class)>,
    /// The blocks in which a new heading leads elsewhere, on a page whose own headings do not: teasers.
    teasers: BTreeSet<usize>,
    /// The steps that lead to main text.
    of_text: BTreeSet<&'a str>,
    /// The innermost block of two thirds of the main text.
    core: usize,
}

/// Lists and tables nest less deeply than this, but on pages made to harm.
const DEEPEST_LINE: usize = 12;

/// What of a passage's path is old, and what is new.
struct Path {
    /// The innermost block around it in which something old stands.
    home: usize,
    /// The blocks from there to the passage, the innermost first.
    fresh: Vec<usize>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(found: &'a Cut, classes: &[Option<Class>]) -> Self {
        let old = classes.iter().enumerate().filter_map(|(index, class)| Some((index, (*class)?)));
        let old: Vec<_> = old.filter(|(_, class)| *class != Class::Unselected).collect();
        let mut ground = Self {
            found,
            tallies: vec![Tally::default(); found.blocks.len()],
            alike: BTreeMap::new(),
            lines: BTreeMap::new(),
            old,
            teasers: BTreeSet::new(),
            of_text: BTreeSet::new(),
            core: 0,
        };
        ground.settle();
        ground.compare();
        ground.find_teasers(classes);
        ground
    }

    /// Counts what stands in each block, and finds the core.
    fn settle(&mut self) {
        let blocks = &self.found.blocks;
        for (index, class) in &self.old {
            let mut block = self.found.within[*index];
            self.tallies[block].add(*class);
            self.lines.entry(block).or_default().push((*index, *class));
            for _ in 0..DEEPEST_LINE {
                if block > 0 && is_prose(&blocks[block].step) {
                    block = blocks[block].outer;
                    self.lines.entry(block).or_default().push((*index, *class));
                }
            }
        }
        for block in (1..blocks.len()).rev() {
            let (outer, inner) = (blocks[block].outer, self.tallies[block]);
            self.tallies[outer].main += inner.main;
            self.tallies[outer].furniture += inner.furniture;
        }
        let main = self.old.iter().filter(|(_, class)| *class == Class::Main);
        self.core = self.found.core(main.map(|(index, _)| *index));
        self.note_steps();
    }

    /// On a page whose text stands in a `widget`, that is no sign of a frame.
    fn note_steps(&mut self) {
        let main = self.tallies.iter().zip(&self.found.blocks).filter(|(tally, _)| tally.main > 0);
        self.of_text = main.map(|(_, block)| block.step.as_str()).collect();
    }

    fn compare(&mut self) {
        for (block, tally) in self.found.blocks.iter().zip(&self.tallies) {
            let alike = self.alike.entry((block.outer, block.step.as_str()));
            match tally.only() {
                _ if tally.main > 0 => alike.or_default().main += 1,
                Some(_) => alike.or_default().furniture += 1,
                None => {}
            }
        }
    }

    fn find_teasers(&mut self, classes: &[Option<Class>]) {
        let leads_away = |index: usize| {
            matches!(self.found.passages[index].kind, PassageKind::Heading(_))
                && is_link(self.found, index)
        };
        let main = self.old.iter().filter(|(_, class)| *class == Class::Main);
        if !main.into_iter().any(|(index, _)| leads_away(*index)) {
            let new = (0..classes.len()).filter(|index| classes[*index].is_none());
            let blocks = new.filter(|index| leads_away(*index));
            self.teasers = blocks.flat_map(|index| self.found.around(index)).collect();
        }
    }

    /// The class of a passage that nobody left one.
    pub(super) fn judge(&self, index: usize) -> Class {
        let Path { home, fresh } = self.path(index);
        let is_framed = |block: &usize| {
            let step = self.step(*block);
            leads_to_frame(step) && !self.of_text.contains(step)
        };
        let is_frame = fresh.iter().any(is_framed);
        let is_line = fresh.iter().all(|block| is_prose(self.step(*block)));
        if is_line && !is_frame {
            return self.in_line(index, home, &fresh);
        }
        let block_step = fresh.last().map_or("", |block| self.step(*block));
        let like = self.alike.get(&(home, block_step));
        let is_frame_inside = fresh.iter().rev().skip(1).any(is_framed);
        let teases = fresh.last().is_some_and(|block| self.teasers.contains(block));
        match like.map(|like| (like.main, like.furniture)) {
            Some((2.., 0)) if !is_frame_inside && !teases => return Class::Main,
            Some((1, 0)) if leads_to_frame(block_step) && !is_frame_inside => return Class::Main,
            Some((0, 1..)) => return Class::Furniture,
            _ => {}
        }
        if is_frame || teases || self.tallies[home].only() == Some(Class::Furniture) {
            return Class::Furniture;
        }
        // A block of its own beside the text is comments, teasers, a banner; in its midst it is a part of it.
        let is_part =
            self.found.is_in(home, self.core) && (self.core > 0 || self.is_between(index));
        if is_part { Class::Main } else { Class::Furniture }
    }

    fn step(&self, block: usize) -> &str {
        &self.found.blocks[block].step
    }

    fn path(&self, index: usize) -> Path {
        let mut home = self.found.within[index];
        let mut fresh = Vec::new();
        while home > 0 && self.tallies[home].is_empty() {
            fresh.push(home);
            home = self.found.blocks[home].outer;
        }
        Path { home, fresh }
    }

    /// A paragraph or list that stands in an old block as others do: what they are.
    fn in_line(&self, index: usize, home: usize, fresh: &[usize]) -> Class {
        if fresh.len() > 1 && is_link(self.found, index) && !self.found.is_in(home, self.core) {
            return Class::Furniture;
        }
        let mixed = || {
            let lines = self.lines.get(&home).map(Vec::as_slice).unwrap_or_default();
            let next = lines.partition_point(|(other, _)| *other < index);
            let near = next.checked_sub(1).or(Some(next)).and_then(|at| lines.get(at));
            near.map_or(Class::Main, |(_, class)| *class)
        };
        self.tallies[home].only().unwrap_or_else(mixed)
    }

    /// Whether the old passages before and after are both main text.
    fn is_between(&self, index: usize) -> bool {
        let next = self.old.partition_point(|(other, _)| *other < index);
        let is_main = |at: usize| self.old.get(at).is_some_and(|(_, class)| *class == Class::Main);
        next.checked_sub(1).is_some_and(is_main) && is_main(next)
    }
}
