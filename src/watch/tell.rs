//! A believed document to what it means for the page's history: a revision, its events, and where every word now lives.
//!
//! Both a check and a rebuild tell in this way; that is why a history that is told anew comes out the same.

use crate::diff::{Size, compare, rebuild};
use crate::extract::{Document, Passage};
use crate::fetch::Digest;
use crate::lineage::{self, Advance, RevisionNumber, Step, Weave, Wording, advance, begin};
use crate::store::{CaptureId, Kept, Page, StateId, StoreError, Writing};

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
    let mut wordings = writing.wordings(page)?;
    let known = wordings.len();
    let number = standing.map_or(RevisionNumber::FIRST, |standing| standing.revision.next());
    let (state, size) = match standing {
        None => {
            let layout = begin(&mut Weave::default(), number, &passages, &mut wordings);
            let state = writing.keep_state(page, told.document, told.says, &layout)?;
            (state, Size::default())
        }
        Some(standing) => follow(writing, told, &passages, &mut wordings, standing)?,
    };
    writing.keep_wordings(page, &wordings, known, told.capture)?;
    writing.keep_revision(page, number, state, told.capture, size)?;
    writing.judge_capture(told.capture, Kept::Believed(state))?;
    Ok(number)
}

fn follow(
    writing: &Writing<'_>,
    told: &Told<'_>,
    passages: &[&Passage],
    wordings: &mut Vec<Wording>,
    standing: Standing,
) -> Result<(StateId, Size), StoreError> {
    let page = told.page.id;
    let revision = standing.revision.next();
    let old = writing.state_of(page, standing.revision)?;
    let old_texts: Vec<String> =
        lineage::passages(&old.layout, wordings).map(|wording| wording.text.clone()).collect();
    let old_texts: Vec<&str> = old_texts.iter().map(String::as_str).collect();
    let new_texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let comparison = compare(&old_texts, &new_texts);
    debug_assert_eq!(rebuild(&old_texts, &new_texts, &comparison), new_texts);

    let earlier = writing.state_with(page, told.says)?;
    let returning = earlier.as_ref().map(|(state, number)| (state.layout.as_slice(), *number));
    let mut weave = writing.weave(page, wordings)?;
    let Advance { layout, events } = advance(
        &mut weave,
        wordings,
        &Step { revision, old: &old.layout, new: passages, comparison: &comparison, returning },
    );
    writing.keep_weave(page, &weave)?;
    writing.keep_events(page, revision, &events, wordings)?;
    let state = match earlier {
        Some((state, _)) => state.id,
        None => writing.keep_state(page, told.document, told.says, &layout)?,
    };
    Ok((state, comparison.size(&old_texts, &new_texts)))
}
