//! A page seen for the first time to a guess at its main text: a reader mode's opinion, its gaps filled.
//!
//! It stands apart from `classes` because it is asked once a page. It costs more than all other steps together and
//! changes its mind when only the frame moves, so later documents inherit instead.

use std::collections::{BTreeMap, BTreeSet};

use dom_smoothie::Readability;

use super::blocks::cut;
use super::place::{below, container, is_prose, leads_to_frame, stands_in_frame};
use super::selection::Wishes;
use super::shown::Cut;
use super::{Class, Passage, PassageKind, Reason};

/// Fewer words are no opinion.
const FEWEST_WORDS: usize = 25;
/// An opinion on a smaller part of the text outside the frame has missed the point: one teaser of an index, say.
const SMALLEST_PART: usize = 8;
/// Deeper trees are made to harm; the reader mode takes quadratic time on them.
const DEEPEST: usize = 400;
/// Fewer words under a headline are no lead.
const FEWEST_WORDS_OF_A_LEAD: usize = 8;
/// A step of this part of the text or more, whatever its name, is no aside.
const LARGEST_ASIDE: usize = 4;
/// A gap in an opinion of at most so many passages belongs to the text around it.
const WIDEST_GAP: usize = 3;
/// Of so many hundredths of links a list is a menu.
const LINK_DENSE: usize = 70;

/// Classes the passages of a page that was never seen before.
pub(super) fn class_at_first_sight(found: &mut Cut, tree: dom_query::Document) -> Vec<Reason> {
    let open: Vec<usize> = (0..found.passages.len())
        .filter(|&index| found.passages[index].class != Class::Unselected)
        .collect();
    let outside = outside_of_frame(found, &open);
    let opinion = if found.depth <= DEEPEST { opinion(tree) } else { Vec::new() };
    let mut agreed = without_frame(aligned(&opinion, &found.passages, &open), &found.passages);
    let asides = asides(found, &agreed);
    agreed.retain(|&index| !asides[index]);
    let words = words_at(&found.passages, &agreed);
    let useful =
        words >= FEWEST_WORDS && words * SMALLEST_PART >= words_at(&found.passages, &outside);
    if useful {
        mark(found, &agreed);
        mark_heading(found, &agreed);
        fill_gaps(found, &asides);
    } else {
        mark(found, if outside.is_empty() { &open } else { &outside });
    }
    let agreed: BTreeSet<usize> = agreed.into_iter().collect();
    let reason = |(index, passage): (usize, &Passage)| match passage.class {
        Class::Main if !useful => Reason::NoOpinion,
        Class::Main if agreed.contains(&index) => Reason::Reader,
        Class::Main => Reason::Midst,
        Class::Furniture | Class::Unselected => Reason::Aside,
    };
    found.passages.iter().enumerate().map(reason).collect()
}

fn mark(found: &mut Cut, indexes: &[usize]) {
    for &index in indexes {
        found.passages[index].class = Class::Main;
    }
}

/// The texts that the reader mode would show.
fn opinion(tree: dom_query::Document) -> Vec<String> {
    let Ok(mut reader) = Readability::with_document(tree, None, None) else { return Vec::new() };
    let Ok(article) = reader.parse() else { return Vec::new() };
    let shown = dom_query::Document::from(article.content);
    cut(&shown, &Wishes::default(), 0).passages.into_iter().map(|passage| passage.text).collect()
}

/// The open passages that the opinion shows. A text that stands at several places is taken where its neighbours are.
fn aligned(opinion: &[String], passages: &[Passage], open: &[usize]) -> Vec<usize> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for &index in open {
        places.entry(&passages[index].text).or_default().push(index);
    }
    let anchors: Vec<Option<usize>> = opinion
        .iter()
        .map(|text| places.get(text.as_str()).filter(|at| at.len() == 1).map(|at| at[0]))
        .collect();
    let mut found = Vec::new();
    for (number, text) in opinion.iter().enumerate() {
        let Some(at) = places.get_mut(text.as_str()) else { continue };
        let near = nearest_anchor(&anchors, number);
        let best =
            (0..at.len()).min_by_key(|&index| near.map_or(0, |near| at[index].abs_diff(near)));
        if let Some(best) = best {
            found.push(at.remove(best));
        }
    }
    found.sort_unstable();
    found
}

/// On a page that it cannot read, the reader mode shows everything. What stands in a frame's tags goes, unless that is
/// most of it: some sites wrap the whole page in a form.
fn without_frame(agreed: Vec<usize>, passages: &[Passage]) -> Vec<usize> {
    let mut rest = agreed.clone();
    rest.retain(|&index| !stands_in_frame(&passages[index].place));
    if words_at(passages, &rest) * 2 >= words_at(passages, &agreed) { rest } else { agreed }
}

/// Which passages stand in a part of the frame that lies in or beside the text: a box that asks for an address, say.
fn asides(found: &Cut, text: &[usize]) -> Vec<bool> {
    if found.depth > DEEPEST {
        return vec![false; found.passages.len()];
    }
    let named = named_blocks(found, found.core(text.iter().copied()));
    let steps = |index: usize| {
        let named = found.around(index).filter(|block| named[*block]);
        named.map(|block| found.blocks[block].step.as_str()).collect::<BTreeSet<_>>()
    };
    let mut words_of: BTreeMap<&str, usize> = BTreeMap::new();
    for &index in text {
        for step in steps(index) {
            *words_of.entry(step).or_default() += words(&found.passages[index].text);
        }
    }
    let all = words_at(&found.passages, text);
    // Where much of the text stands in a `widget`, that is no sign of a frame.
    let is_frame = |step: &&str| words_of.get(step).is_none_or(|words| words * LARGEST_ASIDE < all);
    (0..found.passages.len()).map(|index| steps(index).iter().any(is_frame)).collect()
}

/// Which blocks have the name of a frame, but for those around the text.
fn named_blocks(found: &Cut, core: usize) -> Vec<bool> {
    let mut named: Vec<bool> =
        found.blocks.iter().map(|block| leads_to_frame(&block.step)).collect();
    let mut around = core;
    while around > 0 {
        named[around] = false;
        around = found.blocks[around].outer;
    }
    named
}

/// The place of the next text after this one that stands at one place only, or else of the last before it.
fn nearest_anchor(anchors: &[Option<usize>], number: usize) -> Option<usize> {
    let after = anchors[number..].iter().take(100).find_map(|anchor| *anchor);
    after.or_else(|| anchors[..number].iter().rev().take(100).find_map(|anchor| *anchor))
}

/// The reader mode takes the title out; the page's first heading is part of the text.
fn mark_heading(found: &mut Cut, agreed: &[usize]) {
    let (Some(&first), Some(&last)) = (agreed.first(), agreed.last()) else { return };
    let is_title = |passage: &Passage| {
        passage.kind == PassageKind::Heading(1) && passage.class != Class::Unselected
    };
    let before = found.passages[..first].iter().rposition(is_title);
    let before = before.filter(|&at| !leads_to_frame(&found.passages[at].place));
    let inside = (first..=last).filter(|&at| is_title(&found.passages[at]));
    let titles: Vec<usize> = before.into_iter().chain(inside).collect();
    mark(found, &titles);
}

/// The reader mode leaves out lists, and the short lines that head or date a part. In the midst of a text they are text.
fn fill_gaps(found: &mut Cut, asides: &[bool]) {
    let main: Vec<usize> = (0..found.passages.len())
        .filter(|&index| found.passages[index].class == Class::Main)
        .collect();
    for pair in main.windows(2) {
        let gap = pair[0] + 1..pair[1];
        let gap: Vec<usize> =
            gap.filter(|&index| !asides[index] && is_text_between(found, index, pair)).collect();
        mark(found, &gap);
    }
}

/// Whether a passage in a gap stands as text does: in the container of the text around it, or in a gap that is small.
fn is_text_between(found: &Cut, index: usize, around: &[usize]) -> bool {
    let passage = &found.passages[index];
    if found.passages[around[0]].kind == PassageKind::Heading(1) && is_short_line(passage) {
        return false;
    }
    let (before, after) = (&found.passages[around[0]].place, &found.passages[around[1]].place);
    if passage.class != Class::Furniture || is_link(found, index) {
        return false;
    }
    if around[1] - around[0] <= WIDEST_GAP + 1 {
        return !stands_in_frame(&passage.place);
    }
    let inner = below(&passage.place, container(before));
    container(before) == container(after)
        && inner.is_some_and(|path| is_prose(path) && !leads_to_frame(path))
}

/// Whether it is what a site puts under a headline: who, when, how long to read. A paragraph there is the page's own.
fn is_short_line(passage: &Passage) -> bool {
    let step = passage.place.rsplit('>').next().unwrap_or_default();
    !is_prose(step) && words(&passage.text) < FEWEST_WORDS_OF_A_LEAD
}

/// What stands neither in the tags of a frame nor in a list of links.
fn outside_of_frame(found: &Cut, open: &[usize]) -> Vec<usize> {
    let mut outside = open.to_vec();
    outside.retain(|&index| !stands_in_frame(&found.passages[index].place));
    let asides = asides(found, &outside);
    outside.retain(|&index| !asides[index]);
    let without: Vec<usize> =
        outside.iter().copied().filter(|&index| !is_link_list(found, index)).collect();
    // A page that is mostly lists of links is about them.
    let (kept, all) = (words_at(&found.passages, &without), words_at(&found.passages, &outside));
    if kept * 4 < all { outside } else { without }
}

fn is_link_list(found: &Cut, index: usize) -> bool {
    found.passages[index].kind == PassageKind::ListItem && is_link(found, index)
}

/// Whether a passage is a link, or nearly.
pub(super) fn is_link(found: &Cut, index: usize) -> bool {
    found.linked[index] * 100 >= found.passages[index].text.len() * LINK_DENSE
}

fn words_at(passages: &[Passage], indexes: &[usize]) -> usize {
    indexes.iter().map(|&index| words(&passages[index].text)).sum()
}

/// Scripts without spaces count three letters of theirs as a word.
fn words(text: &str) -> usize {
    let spaced = text.split_whitespace().count();
    let unspaced = text.chars().filter(|&character| character >= '\u{2e80}').count();
    spaced + unspaced / 3
}
