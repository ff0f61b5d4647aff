//! `palinode run`: what cron would do, as one process that sleeps in between.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::alert::alerted;
use super::check::Round;
use super::deposit::deposited;
use super::manners::{Confirming, Manners};
use super::service::Notice;
use super::{Exit, Failure, World, open};
use crate::clock::Timestamp;
use crate::store::{Follow, Watched};
use crate::watch::{LockError, RunLock, due_at, follow_due_at, is_due};

/// Check pages as they fall due, until told to stop
///
/// It tells what `palinode check` tells, and sleeps until the next page is due. SIGTERM and SIGINT end it after the batch
/// that is being recorded. Pages that are added or changed meanwhile are seen within a minute, and other commands can be
/// used all the time; a `palinode check` beside it waits for no one, and neither does it. Under systemd it says when it is
/// ready, feeds the watchdog and says when it stops.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    manners: Manners,
    #[command(flatten)]
    confirming: Confirming,
}

/// Others may change what is watched; so often it is looked at again.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// A host that is slow keeps a page due after its round; rounds do not follow one another faster than this.
const SHORTEST_REST: Duration = Duration::from_secs(5);

impl Run {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let fetcher = self.manners.confirming(&world.surroundings, &self.confirming)?;
        let service = world.surroundings.service.clone();
        let mut opened = open(store)?;
        (service.heed)(&service.stop);
        service.notify(Notice::Ready);
        while !service.stop.is_asked() {
            let now = world.clock.now();
            let (mut follows, mut pages) = (opened.follows()?, opened.maybe_due(now)?);
            let next = next_due((opened.next_due_after(now)?, &pages), &follows, now);
            follows.retain(|follow| follow_due_at(follow, now).is_some_and(|due| due <= now));
            pages.retain(|watched| is_due(watched, now));
            match RunLock::take(store) {
                // What is due is checked by somebody else, or will be later.
                Err(LockError::Held(_)) => {}
                lock => {
                    let _lock = lock?;
                    if !pages.is_empty() || !follows.is_empty() {
                        Round::of_what_is_due().run(
                            &mut opened,
                            &fetcher,
                            &follows,
                            pages,
                            world,
                        )?;
                    }
                    alerted(&mut opened, world)?;
                    deposited(&mut opened, &fetcher, world)?;
                }
            }
            service.rest(next.clamp(SHORTEST_REST, LONGEST_REST));
        }
        service.notify(Notice::Stopping);
        Ok(Exit::Fine)
    }
}

/// How long until the next page, or the next that is followed, is due and was not yet: the first time that is reckoned,
/// and the times of pages of which none is.
fn next_due(
    (reckoned, pages): (Option<Timestamp>, &[Watched]),
    follows: &[Follow],
    now: Timestamp,
) -> Duration {
    let dues = pages.iter().filter_map(|watched| due_at(watched, now));
    let looks = follows.iter().filter_map(|follow| follow_due_at(follow, now));
    let next = dues.chain(looks).filter(|due| *due > now).chain(reckoned).min();
    next.map_or(LONGEST_REST, |due| due.since(now))
}
