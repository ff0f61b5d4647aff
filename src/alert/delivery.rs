//! What is queued to those who are told, and to what came of it: each thing in its turn, many at once in a digest.

use std::time::Duration;

use super::message::{MOST_TOGETHER, Message};
use super::{AlertError, Teller, Unheard};
use crate::clock::{Clock, Stop, Timestamp};
use crate::store::{Alert, Queued, Store};

/// What one delivery came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// So many were heard.
    pub heard: usize,
    /// Those that were not, each by its alert's name and what came in the way; they stay queued.
    pub unheard: Vec<(String, String)>,
}

/// After the first try so long, then twice as long each time, …
const AGAIN: Duration = Duration::from_mins(1);

/// … up to this.
const AGAIN_AT_MOST: Duration = Duration::from_hours(24);

/// Delivers what is due now. An alert that did not hear one thing is not tried with the next in the same delivery.
pub fn deliver(store: &mut Store, clock: &dyn Clock, stop: &Stop) -> Result<Delivery, AlertError> {
    let mut delivery = Delivery::default();
    let mut last = 0;
    let alerts = store.alerts()?;
    let mut teller = Teller::default();
    while let Some(queued) = store.next_in_queue(last, clock.now())? {
        if stop.is_asked() {
            break;
        }
        last = queued.id;
        let Some(alert) = alerts.iter().find(|alert| alert.name == queued.alert) else { continue };
        if delivery.unheard.iter().any(|(name, _)| *name == alert.name) {
            continue;
        }
        let due = match queued.digest_at {
            Some(at) => store.queued_together(&alert.name, at)?,
            None => vec![queued],
        };
        let told = match said(store, alert, &due) {
            Ok(Some(message)) => teller.tell(&alert.settings.way, &message, clock.now())?,
            Ok(None) => Ok(()),
            // What cannot be read of one page does not keep others from being told.
            Err(why) => Err(Unheard::from(why.to_string())),
        };
        note(store, alert, &due, clock.now(), told, &mut delivery)?;
    }
    Ok(delivery)
}

/// What an alert says of what is due; nothing where it does not want to hear any of it.
fn said(store: &Store, alert: &Alert, due: &[Queued]) -> Result<Option<Message>, AlertError> {
    let (mut all, mut left_out) = (Vec::new(), 0);
    for queued in due {
        let Some(page) = store.page(queued.page)? else { continue };
        if all.len() == MOST_TOGETHER {
            left_out += 1;
        } else {
            all.extend(Message::of(store, alert, &page, queued)?);
        }
    }
    Ok(match due.first().and_then(|first| first.digest_at) {
        Some(at) => Message::together(alert, at, all, left_out),
        None => all.pop(),
    })
}

/// Writes what came of it, all of it in one write.
fn note(
    store: &mut Store,
    alert: &Alert,
    due: &[Queued],
    now: Timestamp,
    told: Result<(), Unheard>,
    delivery: &mut Delivery,
) -> Result<(), AlertError> {
    let writing = store.write()?;
    match told {
        Ok(()) => {
            delivery.heard += 1;
            due.iter().try_for_each(|queued| writing.leave_queue(queued.id))?;
        }
        Err(Unheard { why, wait: asked_for }) => {
            for queued in due {
                let wait = again_after(queued.tries).max(asked_for.unwrap_or_default());
                writing.put_back_in_queue(queued.id, now.after(wait), &why)?;
            }
            if let Some(silence) = asked_for {
                writing.silence_alert(&alert.name, now.after(silence))?;
            }
            delivery.unheard.push((alert.name.clone(), why));
        }
    }
    Ok(writing.commit()?)
}

fn again_after(tries: u32) -> Duration {
    AGAIN.saturating_mul(1 << tries.min(20)).min(AGAIN_AT_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_again_ever_less_often() {
        let minutes =
            [0, 1, 2, 9, 10, 11, 4_000_000].map(|tries| again_after(tries).as_secs() / 60);
        assert_eq!(minutes, [1, 2, 4, 512, 1024, 1440, 1440]);
    }
}
