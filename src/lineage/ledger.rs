//! A phrase and the states of a page to how often the phrase stands in each: the ledger that `trace` shows.
//!
//! It asks nothing of the weave: whether a phrase stands in a text needs no identity, only the text. Each wording is
//! read once, however many states it stands in.

use std::collections::BTreeSet;
use std::ops::Range;

use super::spotted::Needle;
use super::{ByNumber, Placed, RevisionNumber, WordingId};
use crate::extract::{Token, tokens};

/// How exactly a phrase must stand there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Exactness {
    /// Case, the shape of quotes, and invisible characters do not matter.
    #[default]
    Folded,
    /// Every character must be the same.
    Exact,
}

/// Counts one phrase through the states of one page.
#[derive(Clone, Debug)]
pub struct PhraseCounter {
    needle: Needle,
    /// The same words whatever their case, as the index knows them.
    keys: Vec<String>,
    /// By number of the wording.
    seen: Vec<Option<Found>>,
}

/// How often a phrase stands in one state, and where it stands first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhraseCount {
    /// How often.
    pub count: usize,
    /// The wording that it stands in first, and the bytes that it takes there; of a phrase that runs over the end
    /// of a passage, the bytes on this side.
    pub first: Option<(WordingId, Range<usize>)>,
}

/// A run of revisions that hold the phrase equally often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhraseRun {
    /// Its first revision.
    pub from: RevisionNumber,
    /// Its last revision.
    pub to: RevisionNumber,
    /// How often the phrase stands in each, and where it stands first.
    pub found: PhraseCount,
    /// Of a return: the first revision of the absence before it.
    pub gone: Option<RevisionNumber>,
}

/// What one wording holds of the phrase.
#[derive(Clone, Debug, Default)]
struct Found {
    count: usize,
    first: Option<Range<usize>>,
    /// For each length: whether the wording ends in the phrase's first so many words, and from which byte.
    ends_in_head: Vec<Option<usize>>,
    /// For each length: whether the wording begins with the phrase's last so many words.
    begins_with_tail: Vec<bool>,
    len: usize,
}

impl PhraseCounter {
    /// A counter for this phrase; `None` when the phrase holds no token at all.
    pub fn new(phrase: &str, exactness: Exactness) -> Option<Self> {
        let words: Vec<String> =
            tokens(phrase).iter().map(|token| form(token, exactness).to_owned()).collect();
        let keys = tokens(phrase).into_iter().map(|token| token.key.into_owned()).collect();
        let is_something = !words.is_empty();
        let needle = Needle { words, exactness };
        is_something.then_some(Self { needle, keys, seen: Vec::new() })
    }

    /// A counter for each word of a phrase, in whatever order they stand.
    pub(super) fn of_each_word(phrase: &str, exactness: Exactness) -> Vec<Self> {
        let words: BTreeSet<String> =
            tokens(phrase).iter().map(|token| form(token, exactness).to_owned()).collect();
        let needle = |word| Needle { words: vec![word], exactness };
        let counter = |word| Self { needle: needle(word), keys: vec![], seen: vec![] };
        words.into_iter().map(counter).collect()
    }

    /// The keys of the phrase's words, in order.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Where the phrase stands first in one text.
    pub(super) fn first_in(&self, text: &str) -> Option<Range<usize>> {
        self.look(text).first
    }

    /// Counts the phrase in one state, over the borders of passages too.
    pub fn count(&mut self, layout: &[Placed], wordings: &dyn ByNumber) -> PhraseCount {
        self.count_among(layout, wordings, &|_| true)
    }

    /// The same, where it is known which wordings may hold the phrase or begin with an end of it. Of the others only
    /// those are read that stand before one of these.
    pub fn count_among(
        &mut self,
        layout: &[Placed],
        wordings: &dyn ByNumber,
        may_hold: &dyn Fn(WordingId) -> bool,
    ) -> PhraseCount {
        for (index, placed) in layout.iter().enumerate() {
            let next = || layout.get(index + 1).is_some_and(|next| may_hold(next.wording));
            if may_hold(placed.wording) || self.needle.words.len() > 1 && next() {
                self.read(placed.wording, wordings);
            }
        }
        let found =
            |placed: &Placed| self.seen.get(placed.wording.0 as usize).and_then(Option::as_ref);
        let mut total = PhraseCount::default();
        for (index, placed) in layout.iter().enumerate() {
            let Some(here) = found(placed) else { continue };
            let next = layout.get(index + 1).and_then(found);
            let over = next.and_then(|next| self.over_the_border(here, next));
            total.count += here.count + usize::from(over.is_some());
            if total.first.is_none() {
                let first = here.first.clone().or_else(|| over.map(|from| from..here.len));
                total.first = first.map(|range| (placed.wording, range));
            }
        }
        total
    }

    /// The phrase's life through the revisions of a page, as runs in which its count does not change. It is *back* in a
    /// run that has it after one that has not, when an earlier one had it.
    pub fn runs(
        &mut self,
        layouts: &[(RevisionNumber, Vec<Placed>)],
        wordings: &dyn ByNumber,
    ) -> Vec<PhraseRun> {
        let mut runs: Vec<PhraseRun> = Vec::new();
        for (number, layout) in layouts {
            PhraseRun::follow(&mut runs, *number, &self.count(layout, wordings));
        }
        runs
    }

    /// From which byte on the end of one wording and the beginning of the next are the phrase.
    fn over_the_border(&self, here: &Found, next: &Found) -> Option<usize> {
        let size = self.needle.words.len();
        (1..size).find_map(|taken| {
            here.ends_in_head[taken].filter(|_| next.begins_with_tail[size - taken])
        })
    }

    /// Looks at the text of a wording, which is asked of nobody any more.
    pub fn learn(&mut self, id: WordingId, text: &str) {
        let index = id.0 as usize;
        self.seen.resize(self.seen.len().max(index + 1), None);
        self.seen[index] = Some(self.look(text));
    }

    fn read(&mut self, id: WordingId, wordings: &dyn ByNumber) {
        if self.seen.get(id.0 as usize).is_none_or(Option::is_none)
            && let Some(wording) = wordings.numbered(id)
        {
            self.learn(id, &wording.text);
        }
    }

    fn look(&self, text: &str) -> Found {
        let places = self.needle.places(text);
        Found {
            count: places.len(),
            first: places.into_iter().next(),
            ends_in_head: self.needle.heads(text),
            begins_with_tail: self.needle.tails(text),
            len: text.len(),
        }
    }
}

impl PhraseRun {
    /// Takes the next revision into the runs.
    pub fn follow(runs: &mut Vec<Self>, number: RevisionNumber, found: &PhraseCount) {
        match runs.last_mut() {
            Some(run) if run.found.count == found.count => run.to = number,
            _ => {
                let absence = runs
                    .last()
                    .filter(|last| last.found.count == 0 && runs.len() > 1 && found.count > 0);
                let gone = absence.map(|absence| absence.from);
                runs.push(Self { from: number, to: number, found: found.clone(), gone });
            }
        }
    }
}

fn form<'a>(token: &'a Token<'_>, exactness: Exactness) -> &'a str {
    match exactness {
        Exactness::Folded => token.key.as_ref(),
        Exactness::Exact => token.text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wording;
    use super::*;
    use crate::extract::PassageKind;
    use crate::lineage::LineId;

    fn count(phrase: &str, exactness: Exactness, passages: &[&str]) -> (usize, Option<String>) {
        let wording = |text: &&str| Wording {
            line: LineId(0),
            born: RevisionNumber::FIRST,
            kind: PassageKind::Paragraph,
            text: (*text).to_owned(),
        };
        let wordings: Vec<Wording> = passages.iter().map(wording).collect();
        let layout: Vec<Placed> = (0..u32::try_from(passages.len()).unwrap())
            .map(|id| Placed { line: LineId(id), wording: WordingId(id) })
            .collect();
        let found = PhraseCounter::new(phrase, exactness).unwrap().count(&layout, &wordings);
        (found.count, found.first.map(|(id, range)| passages[id.0 as usize][range].to_owned()))
    }

    #[test]
    fn a_phrase_is_found_whatever_its_case_and_quotes() {
        assert_eq!(
            count("PROUD to", Exactness::Folded, &["We are Proud to serve, proud  to help."]),
            (2, Some("Proud to".into()))
        );
        assert_eq!(
            count("don't", Exactness::Folded, &["We don\u{2019}t."]),
            (1, Some("don\u{2019}t".into()))
        );
        assert_eq!(
            count("proud", Exactness::Exact, &["Proud and proud."]),
            (1, Some("proud".into()))
        );
    }

    #[test]
    fn a_part_of_a_word_is_not_the_word() {
        assert_eq!(count("proud", Exactness::Folded, &["proudly, unproud"]), (0, None));
    }

    #[test]
    fn a_phrase_is_found_over_the_border_of_passages() {
        assert_eq!(
            count("proud to support", Exactness::Folded, &["we are proud", "to support it"]),
            (1, Some("proud".into()))
        );
        assert_eq!(
            count("proud to support", Exactness::Folded, &["we are proud", "to oppose it"]),
            (0, None)
        );
    }

    #[test]
    fn text_without_spaces_has_phrases_too() {
        assert_eq!(
            count("誇り", Exactness::Folded, &["私たちは誇りを持って"]),
            (1, Some("誇り".into()))
        );
    }
}
