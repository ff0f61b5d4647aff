//! The lines of pages to those that are text, and those that only stand at the top or the foot of page after page.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Line;
use crate::extract::xml::passage;
use crate::extract::{Class, Passage, PassageKind, without_numbers};

/// So many lines at either end of a page may be a running head, a footer or a number.
const ENDS: usize = 3;

/// A running line has no more letters than this.
const LONGEST: usize = 150;

/// With at least so many pages that agree, a line is one that runs through them.
const AGREEING: usize = 3;

/// The pages without their furniture, and the furniture.
///
/// A line is furniture if the same stands at an end of [`AGREEING`] pages, numbers made one; of half of the pages if it
/// holds no letter, because rows of numbers look alike. A number alone is that of its page, or of as many pages it is off
/// by as much.
pub(super) fn parted(pages: Vec<Vec<Line>>) -> (Vec<Vec<Line>>, Vec<Passage>) {
    let running = Running::of(&pages);
    let mut frame = Vec::new();
    let mut kept = Vec::with_capacity(pages.len());
    for (number, page) in pages.into_iter().enumerate() {
        let ends = ends(&page);
        let mut text = Vec::with_capacity(page.len());
        for (at, line) in page.into_iter().enumerate() {
            if ends.contains(&at) && running.holds(&line.text, number) {
                let words = line.text.replace('\t', " ");
                frame.extend(passage(PassageKind::Paragraph, Class::Furniture, &words));
            } else {
                text.push(line);
            }
        }
        kept.push(text);
    }
    (kept, frame)
}

/// What stands at the ends of pages, and how often.
struct Running {
    pages: usize,
    texts: BTreeMap<String, usize>,
    /// By how much page numbers are off.
    numbers: BTreeMap<i64, usize>,
}

impl Running {
    fn of(pages: &[Vec<Line>]) -> Self {
        let mut running =
            Self { pages: pages.len(), texts: BTreeMap::new(), numbers: BTreeMap::new() };
        for (number, page) in pages.iter().enumerate() {
            let lines = || ends(page).into_iter().map(|at| page[at].text.as_str());
            let texts: BTreeSet<String> = lines().map(without_numbers).collect();
            for text in texts {
                *running.texts.entry(text).or_default() += 1;
            }
            let off: BTreeSet<i64> = lines().filter_map(|text| off(text, number)).collect();
            for off in off {
                *running.numbers.entry(off).or_default() += 1;
            }
        }
        running
    }

    fn holds(&self, text: &str, number: usize) -> bool {
        if let Some(off) = off(text, number) {
            return off == 0 || self.numbers.get(&off).is_some_and(|pages| *pages >= AGREEING);
        }
        let half = if text.chars().any(char::is_alphabetic) { 0 } else { self.pages / 2 };
        let pages = self.texts.get(&without_numbers(text)).copied().unwrap_or_default();
        text.len() <= LONGEST && pages >= half.max(AGREEING)
    }
}

/// The highest and the lowest lines of a page, by their indexes.
fn ends(page: &[Line]) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..page.len()).collect();
    order.sort_by(|one, other| page[*other].height.total_cmp(&page[*one].height));
    let (highest, lowest) = (order.iter().take(ENDS), order.iter().rev().take(ENDS));
    highest.chain(lowest).copied().collect()
}

/// By how much a number alone differs from that of its page.
fn off(text: &str, page: usize) -> Option<i64> {
    let is_mark = |sign: char| sign.is_whitespace() || "-\u{2013}\u{2014}|".contains(sign);
    let number: i64 = text.trim_matches(is_mark).parse().ok()?;
    Some(number.saturating_sub(i64::try_from(page).ok()? + 1))
}
