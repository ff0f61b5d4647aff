//! A page's watched phrases to those of them that came, went or are back in one revision.
//!
//! Apart from what is said of a change, because it alone may have to ask the whole past.

use crate::lineage::{ByNumber, Exactness, PhraseCounter, PhraseRun, RevisionNumber};
use crate::store::{Page, Store, StoreError};

/// The watched phrases of a page that came, went or are back in a revision, with their counts before and now.
pub(super) fn phrases<'a>(
    store: &Store,
    page: &'a Page,
    number: RevisionNumber,
    wordings: &dyn ByNumber,
) -> Result<Vec<(&'a str, PhraseRun, PhraseRun)>, StoreError> {
    let mut found = Vec::new();
    let Some(before) = number.before().filter(|_| !page.settings.phrases.is_empty()) else {
        return Ok(found);
    };
    let (before, now) = (store.layout(page.id, before)?, store.layout(page.id, number)?);
    for phrase in &page.settings.phrases {
        let Some(mut counter) = PhraseCounter::new(phrase, Exactness::Folded) else { continue };
        if counter.count(&before, wordings).count == counter.count(&now, wordings).count {
            continue;
        }
        // Only of a phrase that came or went is the past asked: when it was there, and when it was missing.
        if let [.., before, now] = store.phrase_runs(page.id, &counter)?.as_slice() {
            found.push((phrase.as_str(), before.clone(), now.clone()));
        }
    }
    Ok(found)
}
