//! A believed document to what it means for the page's history: a revision, its events, and where every word now lives.
//!
//! Both a check and a rebuild tell in this way; that is why a history that is told anew comes out the same.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::weigh::missing;
use crate::diff::{Size, compare, rebuild};
use crate::extract::{Document, Passage};
use crate::fetch::Digest;
use crate::lineage::{
    self, Advance, ByNumber as _, Event, Gate, Placed, Returning, RevisionNumber, Step, Weave,
    WordingId, Wordings, advance, begin, is_statement,
};
use crate::store::{
    CaptureId, Kept, Known, Missing, Page, PageHistory, State, StateId, StoreError, Writing,
};

/// The revision that stands before a telling, and its capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its number.
    pub revision: RevisionNumber,
    /// The capture that showed it first.
    pub capture: CaptureId,
}

/// A document that says something else than what stands, and the capture that shows it.
pub struct Told<'a> {
    /// The page.
    pub page: &'a Page,
    /// The capture, which is kept already.
    pub capture: CaptureId,
    /// What it says.
    pub document: &'a Document,
    /// The digest of its main text.
    pub says: Digest,
}

/// What a document made of the history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The revision.
    pub number: RevisionNumber,
    /// Whether anybody needs to know.
    pub worth: Worth,
}

/// Whether a revision is worth telling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Worth {
    /// It is news.
    News,
    /// The page shows a text again that it shows by turns, or only what changes with every look has changed.
    Turn,
}

/// Text by turns is looked for among so many revisions.
const LATELY: u32 = 40;

/// What changed in nearly each of so many revisions changes with every look when so many checks, at most, saw them.
const LOOKS: (u32, u32) = (10, 13);

/// When so many of the last so many revisions were returns of the whole page, the page flaps.
const FLAPPING: (u32, u32) = (6, 20);

/// When words were back in so many of the last so many revisions, something is back all the time.
const RESTLESS: (u32, u32) = (15, 20);

/// What one check alone missed, and for less than this, flickered.
const FLICKER: Duration = Duration::from_hours(24);

/// Records the revision that a document makes.
pub fn tell(
    writing: &Writing<'_>,
    told: &Told<'_>,
    standing: Option<Standing>,
) -> Result<Outcome, StoreError> {
    let page = told.page.id;
    let passages: Vec<&Passage> = told.document.main().collect();
    let past = writing.past(page)?;
    let (mut weave, mut wordings) = (Weave::of(&past), Wordings::of(&past));
    let number = standing.map_or(RevisionNumber::FIRST, |standing| standing.revision.next());
    let made = match standing {
        None => {
            let layout = begin(number, &passages, &mut wordings);
            let state = writing.keep_state(page, told.document, told.says, &layout, None)?;
            Made { state, against: None, size: Size::default(), worth: Worth::News }
        }
        Some(standing) => {
            follow(writing, told, &passages, (&past, &mut weave, &mut wordings), standing)?
        }
    };
    writing.keep_wordings(page, &wordings, &weave)?;
    writing.index_wordings(page, wordings.new_ones())?;
    writing.keep_weave(page, &weave)?;
    writing.keep_revision(page, number, made.against, (made.state, told.capture), made.size)?;
    writing.judge_capture(told.capture, Kept::Believed(made.state))?;
    past.sound()?;
    Ok(Outcome { number, worth: made.worth })
}

/// A revision before it is kept.
struct Made {
    state: StateId,
    against: Option<RevisionNumber>,
    size: Size,
    worth: Worth,
}

fn follow<'p>(
    writing: &Writing<'_>,
    told: &Told<'_>,
    passages: &[&Passage],
    (past, weave, wordings): (&PageHistory<'p>, &mut Weave<'p>, &mut Wordings<'p>),
    standing: Standing,
) -> Result<Made, StoreError> {
    let page = told.page.id;
    let revision = standing.revision.next();
    let stands = writing.state_of(page, standing.revision)?;
    let known = writing.state_with(page, told.says)?;
    let other = match known {
        Some(_) => None,
        None => version_of(writing, told, (standing.revision, &stands), passages, wordings)?,
    };
    let old = other.as_ref().map_or(&stands, |(_, state)| state);
    let old_texts: Vec<String> =
        lineage::texts(&old.layout, wordings).into_iter().map(str::to_owned).collect();
    let old_texts: Vec<&str> = old_texts.iter().map(String::as_str).collect();
    let new_texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let comparison = compare(&old_texts, &new_texts);
    debug_assert_eq!(rebuild(&old_texts, &new_texts, &comparison), new_texts);

    // A text that cannot be read would be woven as an empty one.
    let asked = known.iter().flat_map(|known| &known.state.layout).chain(&stands.layout);
    asked.for_each(|placed| _ = wordings.numbered(placed.wording));
    past.sound()?;
    let step = Step {
        revision,
        old: &old.layout,
        standing: other.as_ref().map(|_| stands.layout.as_slice()),
        new: passages,
        comparison: &comparison,
        returning: known.as_ref().map(returning),
    };
    let Advance { layout, mut events } = advance(weave, wordings, &step);
    spare_lively(writing, told, revision, &mut events)?;
    gate_flickers(writing, told, &mut events)?;
    if known.is_none() {
        gate_flapping(writing, told, revision, &mut events)?;
        gate_restless(writing, told, revision, &mut events, wordings)?;
    }
    writing.keep_events(page, revision, &events, wordings)?;
    let is_quiet = |event: &Event| matches!(event.gate, Some(Gate::Variant | Gate::Volatile));
    let is_turn = !events.is_empty() && events.iter().all(is_quiet);
    let state = match known {
        Some(known) => known.state.id,
        None => writing.keep_state(page, told.document, told.says, &layout, Some(old))?,
    };
    Ok(Made {
        state,
        against: other.map(|(number, _)| number),
        size: comparison.size(&old_texts, &new_texts),
        worth: if is_turn { Worth::Turn } else { Worth::News },
    })
}

fn returning(known: &Known) -> Returning<'_> {
    Returning {
        layout: &known.state.layout,
        first: known.first,
        gone: known.last.next(),
        times: known.stays,
    }
}

/// Of a page that shows several texts by turns: the one that a new text is a version of, if that is not the one that
/// stands. To tell it against another would be to tell the turn over again.
fn version_of(
    writing: &Writing<'_>,
    told: &Told<'_>,
    (standing, stands): (RevisionNumber, &State),
    passages: &[&Passage],
    wordings: &Wordings<'_>,
) -> Result<Option<(RevisionNumber, State)>, StoreError> {
    let since = RevisionNumber(standing.0.saturating_sub(LATELY));
    let turns = writing.by_turns(told.page.id, since)?;
    if turns.is_empty() {
        return Ok(None);
    }
    let texts: HashSet<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    // The texts that a page shows by turns share most of their passages.
    let mut looked_at: HashMap<WordingId, usize> = HashMap::new();
    let mut stays = |placed: &Placed| {
        *looked_at.entry(placed.wording).or_insert_with(|| {
            let text = wordings.numbered(placed.wording).map(|wording| wording.text.as_str());
            text.filter(|text| texts.contains(text)).map_or(0, str::len)
        })
    };
    let mut whole = |state: &State| -> usize { state.layout.iter().map(&mut stays).sum() };
    // To count words is dear; a text that shares less in whole passages with the new one than what stands is no nearer.
    let standing = whole(stands);
    let mut nearer = turns;
    nearer.retain(|(_, state)| state.id != stands.id && whole(state) >= standing);
    if nearer.is_empty() {
        return Ok(None);
    }
    let now: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let missing = |state: &State| missing(&lineage::texts(&state.layout, wordings), &now);
    let nearer = nearer.into_iter().map(|(number, state)| (missing(&state), number, state));
    let likest = nearer.min_by_key(|(missing, number, _)| (*missing, Reverse(*number)));
    let likest = likest.filter(|(least, ..)| *least < missing(stands));
    Ok(likest.map(|(_, number, state)| (number, state)))
}

/// A passage that somebody edits often is no passage that changes with every look: between the edits it was seen the
/// same.
fn spare_lively(
    writing: &Writing<'_>,
    told: &Told<'_>,
    revision: RevisionNumber,
    events: &mut [Event],
) -> Result<(), StoreError> {
    if events.iter().all(|event| event.gate != Some(Gate::Volatile)) {
        return Ok(());
    }
    let since = RevisionNumber(revision.0.saturating_sub(LOOKS.0).max(1));
    if writing.missing(told.page.id, since, told.capture)?.checks > LOOKS.1 {
        let volatile = events.iter_mut().filter(|event| event.gate == Some(Gate::Volatile));
        volatile.for_each(|event| event.gate = None);
    }
    Ok(())
}

/// On a page that flaps, what is back in a new text stood in another of its texts all the while, or will tomorrow.
fn gate_flapping(
    writing: &Writing<'_>,
    told: &Told<'_>,
    revision: RevisionNumber,
    events: &mut [Event],
) -> Result<(), StoreError> {
    let since = RevisionNumber(revision.0.saturating_sub(FLAPPING.1));
    if writing.returns_since(told.page.id, since)? >= FLAPPING.0 {
        let returns = events.iter_mut().filter(|event| event.kind.is_return());
        returns
            .filter(|event| event.gate.is_none())
            .for_each(|event| event.gate = Some(Gate::Flapping));
    }
    Ok(())
}

/// On a page where something is back in nearly every revision, a list that is sorted anew, a clock, what is back and
/// short is no news; a sentence is.
fn gate_restless(
    writing: &Writing<'_>,
    told: &Told<'_>,
    revision: RevisionNumber,
    events: &mut [Event],
    wordings: &Wordings<'_>,
) -> Result<(), StoreError> {
    let is_slight = |event: &Event| {
        event.gate.is_none() && event.kind.is_return() && !is_statement(event, wordings)
    };
    if !events.iter().any(is_slight) {
        return Ok(());
    }
    let since = RevisionNumber(revision.0.saturating_sub(RESTLESS.1));
    if writing.words_back_since(told.page.id, since)? >= RESTLESS.0 {
        let slight = events.iter_mut().filter(|event| is_slight(event));
        slight.for_each(|event| event.gate = Some(Gate::Restless));
    }
    Ok(())
}

fn gate_flickers(
    writing: &Writing<'_>,
    told: &Told<'_>,
    events: &mut [Event],
) -> Result<(), StoreError> {
    // Of what went in one revision and is back now, all was missing for as long.
    let mut known: BTreeMap<RevisionNumber, Missing> = BTreeMap::new();
    for event in events.iter_mut().filter(|event| event.gate.is_none() && event.kind.is_return()) {
        let Some(gone) = event.gone else { continue };
        let missing = match known.entry(gone) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                *place.insert(writing.missing(told.page.id, gone, told.capture)?)
            }
        };
        if missing.checks <= 1 && missing.at_most.is_some_and(|most| most < FLICKER) {
            event.gate = Some(Gate::Flicker);
        }
    }
    Ok(())
}
