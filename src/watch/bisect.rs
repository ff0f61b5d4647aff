//! When a phrase came or went, by halving: about as many fetches as the number of captures has binary digits.

use super::CheckError;
use super::backfill::{Backfilled, Got, Visit, Wish};
use super::read::{Trust, read};
use crate::archive::{Row, of_pages, turns};
use crate::clock::{Clock, Timestamp};
use crate::extract::{Document, Token, tokens};
use crate::fetch::{Digest, Fetcher};
use crate::store::{Page, Store};

/// What a search by halving came to.
#[derive(Debug)]
pub struct Bisected {
    /// What it cost, and why it ended early.
    pub done: Backfilled,
    /// Captures that could be told apart by the phrase.
    pub of: usize,
    /// What was found.
    pub found: Option<Found>,
}

/// Where a phrase changed. Both ends are captures that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was not there, and then it was.
    Came(Timestamp, Timestamp),
    /// It was there, and then it was not.
    Went(Timestamp, Timestamp),
    /// It is in the first and in the last.
    Stood(Timestamp, Timestamp),
    /// It is in neither.
    Missing(Timestamp, Timestamp),
}

/// Fetches until it is known between which two captures a phrase came or went.
pub fn bisect(
    store: &mut Store,
    fetcher: &Fetcher,
    clock: &dyn Clock,
    page: &Page,
    (wish, phrase): (&Wish, &str),
) -> Result<Bisected, CheckError> {
    let mut done = Backfilled::default();
    let visit = Visit::begin(store, fetcher, clock, page, &wish.archive)?;
    let mut halving = Halving { visit, page, phrase: words(phrase) };
    let rows = halving.visit.rows(wish, &mut done)?;
    let mut rows = turns(&of_pages(rows.unwrap_or_default()));
    let of = rows.len();
    let found = halving.search(&mut rows, &mut done)?;
    Ok(Bisected { done, of, found })
}

struct Halving<'a> {
    visit: Visit<'a>,
    page: &'a Page,
    phrase: Vec<String>,
}

impl Halving<'_> {
    fn search(
        &mut self,
        rows: &mut Vec<Row>,
        done: &mut Backfilled,
    ) -> Result<Option<Found>, CheckError> {
        let Some(before) = self.says_at(rows, Place::First, done)? else { return Ok(None) };
        let Some(after) = self.says_at(rows, Place::Last, done)? else { return Ok(None) };
        let (mut low, mut high) = (0, rows.len() - 1);
        let ends = (rows[low].at, rows[high].at);
        if before == after {
            let found = if before { Found::Stood } else { Found::Missing };
            return Ok(Some(found(ends.0, ends.1)));
        }
        while high - low > 1 && done.halt.is_none() {
            let middle = low.midpoint(high);
            match self.says(&rows[middle], done)? {
                Some(says) if says == before => low = middle,
                Some(_) => high = middle,
                None => {
                    rows.remove(middle);
                    high -= 1;
                }
            }
        }
        let found = if before { Found::Went } else { Found::Came };
        Ok(Some(found(rows[low].at, rows[high].at)))
    }

    /// Whether the phrase stands at one end; captures there that cannot be read are left out.
    fn says_at(
        &mut self,
        rows: &mut Vec<Row>,
        place: Place,
        done: &mut Backfilled,
    ) -> Result<Option<bool>, CheckError> {
        while done.halt.is_none() {
            let at = match place {
                Place::First => 0,
                Place::Last => rows.len().saturating_sub(1),
            };
            let Some(row) = rows.get(at) else { break };
            if let Some(says) = self.says(row, done)? {
                return Ok(Some(says));
            }
            rows.remove(at);
        }
        Ok(None)
    }

    /// Whether the phrase stands in a capture; `None` if that cannot be told.
    fn says(&mut self, row: &Row, done: &mut Backfilled) -> Result<Option<bool>, CheckError> {
        let kept = self.visit.kept(row);
        let capture = match kept {
            Some(capture) => capture,
            None => match self.visit.fetch(row)? {
                Got::Capture(capture) => {
                    done.kept += 1;
                    capture
                }
                Got::Nothing => {
                    done.skipped += 1;
                    return Ok(None);
                }
                Got::Halt(halt) => {
                    done.halt = Some(halt);
                    return Ok(None);
                }
            },
        };
        done.known += usize::from(kept.is_some());
        let answer = self.visit.answer(capture)?;
        let entity = Digest::of(&answer.entity);
        let read = read(answer, entity, &self.page.settings, None, Trust::Judged);
        let read = read.ok().filter(|read| read.obstacle.is_none());
        Ok(read.map(|read| holds(&read.document, &self.phrase)))
    }
}

#[derive(Clone, Copy)]
enum Place {
    First,
    Last,
}

fn words(text: &str) -> Vec<String> {
    tokens(text)
        .iter()
        .filter(|token| token.is_word())
        .map(|token: &Token<'_>| token.key.to_string())
        .collect()
}

fn holds(document: &Document, phrase: &[String]) -> bool {
    document.main().any(|passage| {
        let words = words(&passage.text);
        !phrase.is_empty() && words.windows(phrase.len()).any(|window| window == phrase)
    })
}
