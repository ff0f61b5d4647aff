//! What is queued for somebody to their program: told once it is on disk, again until it was heard, and never by a shell.
//!
//! Delivery comes after the write that queued it, and a row leaves the queue only after it was heard. A kill in between
//! tells it twice, with the same `id`.

mod command;
mod message;

use std::time::Duration;

use crate::clock::{Stop, Timestamp};
use crate::store::{Alert, Page, Queued, Store, StoreError};

pub use message::message;

/// What one delivery came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// So many were heard.
    pub heard: usize,
    /// Those that were not, each by its alert's name and what came in the way; they stay queued.
    pub unheard: Vec<(String, String)>,
}

/// Why a delivery ends early. What was not heard stays queued.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave nothing to run programs with, or what is said cannot be written down.
    #[error("no alert can be given: {0}")]
    Io(#[from] std::io::Error),
}

/// After the first try so long, then twice as long each time, …
const AGAIN: Duration = Duration::from_mins(1);

/// … up to this.
const AGAIN_AT_MOST: Duration = Duration::from_hours(24);

/// Delivers what is due now. An alert that did not hear one thing is not tried with the next in the same delivery.
pub fn deliver(store: &mut Store, now: Timestamp, stop: &Stop) -> Result<Delivery, AlertError> {
    let mut delivery = Delivery::default();
    let mut last = 0;
    let (alerts, pages) = (store.alerts()?, store.pages_ever()?);
    while let Some(queued) = store.next_in_queue(last, now)? {
        if stop.is_asked() {
            break;
        }
        last = queued.id;
        let alert = alerts.iter().find(|alert| alert.name == queued.alert);
        let page = pages.iter().find(|page| page.id == queued.page);
        let (Some(alert), Some(page)) = (alert, page) else { continue };
        if delivery.unheard.iter().any(|(name, _)| *name == alert.name) {
            continue;
        }
        let told = tell(store, alert, page, &queued)?;
        let writing = store.write()?;
        match told {
            Ok(()) => {
                delivery.heard += 1;
                writing.leave_queue(queued.id)?;
            }
            Err(why) => {
                writing.put_back_in_queue(queued.id, now.after(wait(queued.tries)), &why)?;
                delivery.unheard.push((alert.name.clone(), why));
            }
        }
        writing.commit()?;
    }
    Ok(delivery)
}

fn wait(tries: u32) -> Duration {
    AGAIN.saturating_mul(1 << tries.min(20)).min(AGAIN_AT_MOST)
}

/// Tells one thing; what the alert does not want to hear counts as heard.
fn tell(
    store: &Store,
    alert: &Alert,
    page: &Page,
    queued: &Queued,
) -> Result<Result<(), String>, AlertError> {
    match message(store, alert, page, queued)? {
        None => Ok(Ok(())),
        Some(message) => Ok(command::run(&alert.settings.command, &message)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_again_ever_less_often() {
        let minutes = [0, 1, 2, 9, 10, 11, 4_000_000].map(|tries| wait(tries).as_secs() / 60);
        assert_eq!(minutes, [1, 2, 4, 512, 1024, 1440, 1440]);
    }
}
