//! Many requests to the order in which hosts see them: one at a time a host, with a pause after each.
//!
//! Its own file, because it is all about waiting: everything else about a host can be decided without a runtime.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Lock, OwnedMutexGuard, Semaphore, SemaphorePermit};

/// So many requests are under way at once, each to another host. Hosts that only pause are not among them.
const REQUESTS_AT_ONCE: usize = 32;

/// However slow a host is, and whatever it asks for, the next request is not put off for longer than this by itself.
const LONGEST: Duration = Duration::from_secs(30);

/// Whose turn it is, at every host of a run.
#[derive(Debug)]
pub(super) struct Turns {
    pause: Duration,
    under_way: Semaphore,
    hosts: Mutex<BTreeMap<String, Arc<Host>>>,
}

#[derive(Debug, Default)]
struct Host {
    /// How long the next request must wait; locked while a request is under way.
    owed: Arc<Lock<Duration>>,
    /// What the host asked for by itself.
    delay: Mutex<Duration>,
}

/// The right to ask a host, until dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    owed: OwnedMutexGuard<Duration>,
    delay: Duration,
    _under_way: Option<SemaphorePermit<'a>>,
}

impl Turns {
    /// Nobody was asked yet; after each answer its host is left alone for at least `pause`.
    pub(super) fn new(pause: Duration) -> Self {
        Self { pause, under_way: Semaphore::new(REQUESTS_AT_ONCE), hosts: Mutex::default() }
    }

    /// Waits until the host can be asked. The pause begins with the wait and not with the last answer, which makes it
    /// longer where somebody else was waited for in between, never shorter.
    pub(super) async fn take(&self, host: &str) -> Turn<'_> {
        let host = self.host(host);
        let mut owed = Arc::clone(&host.owed).lock_owned().await;
        tokio::time::sleep(*owed).await;
        let delay = *open(&host.delay);
        // Owed from the start: a request that is broken off was made all the same.
        *owed = self.pause.max(delay);
        // The semaphore is never closed, so there is always a permit to come.
        let under_way = self.under_way.acquire().await.ok();
        Turn { owed, delay: self.pause.max(delay), _under_way: under_way }
    }

    /// Leaves this host alone for at least so long after each answer, within reason.
    pub(super) fn slow_down(&self, host: &str, delay: Duration) {
        *open(&self.host(host).delay) = delay.min(LONGEST);
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = open(&self.hosts);
        Arc::clone(hosts.entry(name.to_owned()).or_default())
    }
}

impl Turn<'_> {
    /// Ends the turn. A host that took long is left alone for as long again.
    pub(super) fn end(mut self, took: Duration) {
        *self.owed = self.delay.max(took.min(LONGEST));
    }
}

/// What the lock guards is a word, which a panic elsewhere cannot leave half written.
pub(super) fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(1);

    /// How long a second request waits for its turn after a first that took this long. Time is tokio's and stands still
    /// until everybody waits.
    async fn waited(turns: &Turns, took: u64) -> u64 {
        turns.take("a.example").await.end(Duration::from_secs(took));
        let began = Instant::now();
        drop(turns.take("a.example").await);
        (Instant::now() - began).as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_host_is_left_alone_for_longer() {
        for (took, wait) in [(0, 1), (1, 1), (7, 7), (600, 30)] {
            assert_eq!(waited(&Turns::new(PAUSE), took).await, wait, "{took}");
        }
        assert_eq!(waited(&Turns::new(Duration::from_mins(2)), 0).await, 120);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_may_ask_for_a_longer_pause_and_not_for_a_shorter() {
        for (delay, wait) in [(0, 1), (10, 10), (86_400, 30)] {
            let turns = Turns::new(PAUSE);
            turns.slow_down("a.example", Duration::from_secs(delay));
            assert_eq!(waited(&turns, 0).await, wait, "{delay}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_another_host() {
        let turns = Turns::new(PAUSE);
        let began = Instant::now();
        let _turn = turns.take("a.example").await;
        drop(turns.take("b.example").await);
        assert_eq!(Instant::now(), began);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_broken_off_counts() {
        let turns = Turns::new(PAUSE);
        let began = Instant::now();
        drop(turns.take("a.example").await);
        drop(turns.take("a.example").await);
        assert_eq!(Instant::now() - began, PAUSE);
    }

    /// More hosts than requests at once, all of them at the start of a long pause: a further host is asked at once.
    #[tokio::test(start_paused = true)]
    async fn hosts_that_pause_stand_in_nobodys_way() {
        let turns = Turns::new(Duration::from_mins(1));
        for host in 0..2 * REQUESTS_AT_ONCE {
            turns.take(&host.to_string()).await.end(Duration::ZERO);
        }
        let names: Vec<String> = (0..2 * REQUESTS_AT_ONCE).map(|host| host.to_string()).collect();
        let again = futures_util::future::join_all(names.iter().map(|host| turns.take(host)));
        let began = Instant::now();
        let other = async {
            drop(turns.take("other").await);
            Instant::now()
        };
        let asked = tokio::select! {
            biased;
            _ = again => panic!("the pauses are over"),
            asked = other => asked,
        };
        assert_eq!(asked, began);
    }
}
