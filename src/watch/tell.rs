//! A believed document to what it means for the page's history: a revision, its events, and where every word now lives.
//!
//! Both a check and a rebuild tell in this way; that is why a history that is told anew comes out the same.

use crate::diff::{Size, compare, rebuild};
use crate::extract::{Document, Passage};
use crate::fetch::Digest;
use crate::lineage::{Advance, Placed, RevisionNumber, Step, Weave, Wordings, advance, begin};
use crate::store::{CaptureId, Kept, Page, PageHistory, StateId, StoreError, Writing};

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

/// Records the revision that a document makes. Gives its number.
pub fn tell(
    writing: &Writing<'_>,
    told: &Told<'_>,
    standing: Option<Standing>,
) -> Result<RevisionNumber, StoreError> {
    let page = told.page.id;
    let passages: Vec<&Passage> = told.document.main().collect();
    let past = writing.past(page)?;
    let (mut weave, mut wordings) = (Weave::of(&past), Wordings::of(&past));
    let number = standing.map_or(RevisionNumber::FIRST, |standing| standing.revision.next());
    let (state, size) = match standing {
        None => {
            let layout = begin(&mut weave, number, &passages, &mut wordings);
            let state = writing.keep_state(page, told.document, told.says, &layout, None)?;
            (state, Size::default())
        }
        Some(standing) => {
            follow(writing, told, &passages, (&past, &mut weave, &mut wordings), standing)?
        }
    };
    writing.keep_wordings(page, &wordings, &weave)?;
    writing.index_wordings(page, wordings.new_ones())?;
    writing.keep_weave(page, &weave)?;
    writing.keep_revision(page, number, state, told.capture, size)?;
    writing.judge_capture(told.capture, Kept::Believed(state))?;
    past.sound()?;
    Ok(number)
}

fn follow<'p>(
    writing: &Writing<'_>,
    told: &Told<'_>,
    passages: &[&Passage],
    (past, weave, wordings): (&PageHistory<'p>, &mut Weave<'p>, &mut Wordings<'p>),
    standing: Standing,
) -> Result<(StateId, Size), StoreError> {
    let page = told.page.id;
    let revision = standing.revision.next();
    let old = writing.state_of(page, standing.revision)?;
    let text = |placed: &Placed| wordings[placed.wording.0 as usize].text.clone();
    let old_texts: Vec<String> = old.layout.iter().map(text).collect();
    let old_texts: Vec<&str> = old_texts.iter().map(String::as_str).collect();
    let new_texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let comparison = compare(&old_texts, &new_texts);
    debug_assert_eq!(rebuild(&old_texts, &new_texts, &comparison), new_texts);

    let earlier = writing.state_with(page, told.says)?;
    // A text that cannot be read would be woven as an empty one.
    let again = earlier.iter().flat_map(|(state, _)| &state.layout);
    again.filter(|placed| !old.layout.contains(placed)).for_each(|placed| drop(text(placed)));
    past.sound()?;
    let returning = earlier.as_ref().map(|(state, number)| (state.layout.as_slice(), *number));
    let step =
        Step { revision, old: &old.layout, new: passages, comparison: &comparison, returning };
    let Advance { layout, events } = advance(weave, wordings, &step);
    writing.keep_events(page, revision, &events, wordings)?;
    let state = match &earlier {
        Some((state, _)) => state.id,
        None => writing.keep_state(page, told.document, told.says, &layout, Some(&old))?,
    };
    Ok((state, comparison.size(&old_texts, &new_texts)))
}
