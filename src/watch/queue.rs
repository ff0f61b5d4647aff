//! News to the queues of those who want to hear of it, in the very write that records it.
//!
//! A kill after that write finds the news queued; before it, neither the news nor the queue is there. What it takes time
//! to find out, such as the words of a change, is asked at delivery.

use super::What;
use crate::clock::Timestamp;
use crate::lineage::RevisionNumber;
use crate::store::{Alert, AlertNews, Page, StoreError, Writing};

/// Queues what there is to tell of a page.
pub(super) fn queue(
    writing: &Writing<'_>,
    alerts: &[Alert],
    page: &Page,
    news: &[What],
    at: Timestamp,
) -> Result<(), StoreError> {
    for alert in alerts.iter().filter(|alert| concerns(alert, page)) {
        for what in news {
            let (name, revision, detail) = match what {
                What::First(number) => ("first", Some(*number), None),
                What::Changed(number) => ("changed", Some(*number), None),
                What::Failed(failure) => ("failed", None, Some(failure.class.to_string())),
                What::Held(obstacle) => ("held", None, Some(obstacle.to_string())),
                What::Gone => ("gone", None, None),
                What::Recovered => ("recovered", None, None),
                What::Beside(capture) => ("links", None, Some(capture.to_string())),
                What::Damaged(_) => continue,
            };
            let is_wanted = match name {
                "changed" => true,
                "links" => alert.settings.links,
                _ => !alert.settings.changes_only,
            };
            if is_wanted {
                put(writing, alert, page, (name, revision, detail.as_deref()), at)?;
            }
        }
    }
    Ok(())
}

/// Queues that a page is `unlisted`, or `listed` again, by what is followed under this title.
pub(super) fn queue_listing(
    writing: &Writing<'_>,
    alerts: &[Alert],
    page: &Page,
    what: &str,
    title: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let concerned = alerts.iter().filter(|alert| concerns(alert, page));
    for alert in concerned.filter(|alert| !alert.settings.changes_only) {
        put(writing, alert, page, (what, None, Some(title)), at)?;
    }
    Ok(())
}

fn put(
    writing: &Writing<'_>,
    alert: &Alert,
    page: &Page,
    (what, revision, detail): (&str, Option<RevisionNumber>, Option<&str>),
    at: Timestamp,
) -> Result<(), StoreError> {
    let digest = alert.settings.digest.as_ref();
    writing.queue_alert(&AlertNews {
        alert: &alert.name,
        page: page.id,
        what,
        revision,
        detail,
        at,
        digest_at: digest.and_then(|times| times.next_due(at, None, &page.url)),
    })
}

fn concerns(alert: &Alert, page: &Page) -> bool {
    let (tags, pages) = (&alert.settings.tags, &alert.settings.pages);
    (tags.is_empty() || tags.iter().any(|tag| page.settings.tags.contains(tag)))
        && (pages.is_empty() || pages.contains(&page.id))
}
