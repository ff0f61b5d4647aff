//! The one or two answers of a page to one check, weighed: a change that a second answer does not bear out is unsteady.
//!
//! It stands before recording, so that a first answer that waits for its second is in no history: a run that is broken
//! off between the two has not looked.

use std::collections::BTreeMap;

use super::read::Read;
use super::round::{Arrived, Turn};
use super::weigh::{Second, Weighed, Worth, weigh as weigh_one};
use crate::extract::unsteady;
use crate::store::{Store, StoreError, Watched};

/// First answers that wait for their second, by the page's place in the list: one a host at most.
pub(super) type Firsts = BTreeMap<usize, Weighed>;

/// Weighs what arrived; `None` if nothing is to be recorded, or not yet. What was not asked for is no check.
pub(super) fn weigh(
    store: &Store,
    watched: &Watched,
    arrived: Arrived,
    firsts: &mut Firsts,
) -> Result<Option<Weighed>, StoreError> {
    let Arrived { page, came, turn, .. } = arrived;
    let first = firsts.remove(&page);
    let Ok(fetched) = came else {
        // The host would not be asked again: its first answer is all that there is.
        return Ok(first);
    };
    let check = weigh_one(store, watched, fetched)?;
    Ok(match (turn, first) {
        (Turn::First(asks), _) if is_change(watched, &check) => match asks.send(()) {
            Ok(()) => {
                firsts.insert(page, check);
                None
            }
            Err(()) => Some(check),
        },
        (Turn::Second, Some(first)) => Some(settled(watched, first, check)),
        _ => Some(check),
    })
}

/// Whether it is another text than what stands, and one that would be told; the first text of all is.
fn is_change(watched: &Watched, check: &Weighed) -> bool {
    let Worth::Read(read) = &check.worth else { return false };
    let stands = watched.baseline.as_ref().map(|baseline| baseline.says);
    read.obstacle.is_none() && stands != Some(read.says)
}

/// The first two answers of a page: the first is believed, and the second shows what in it is of the moment.
fn of_the_moment(mut read: Box<Read>, second: Weighed) -> Worth {
    let Worth::Read(second) = second.worth else { return Worth::Read(read) };
    if second.obstacle.is_none() {
        read.document.unsteady = unsteady(&read.document, &second.document);
    }
    if read.document.unsteady.is_empty() {
        return Worth::Read(read);
    }
    Worth::FirstOfTwo(read, second)
}

/// What two answers come to. The first dates it.
fn settled(watched: &Watched, first: Weighed, second: Weighed) -> Weighed {
    let Worth::Read(read) = first.worth else { return first };
    if watched.baseline.is_none() {
        return Weighed { at: first.at, worth: of_the_moment(read, second) };
    }
    let stands = watched.baseline.as_ref().map(|baseline| baseline.says);
    let worth = match second.worth {
        Worth::Read(second) if second.says == read.says => Worth::Read(read),
        Worth::Read(second) if Some(second.says) == stands => {
            Worth::Unsteady(read, Second::Standing)
        }
        Worth::SameEntity(_) | Worth::NotModified(_) => Worth::Unsteady(read, Second::Standing),
        Worth::Read(second) => Worth::Unsteady(read, Second::Other(second)),
        Worth::Nothing(_) | Worth::FirstOfTwo(..) | Worth::Unsteady(..) => {
            Worth::Unsteady(read, Second::Nothing)
        }
    };
    Weighed { at: first.at, worth }
}
