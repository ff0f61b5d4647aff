//! What the hosts of a run are known to want, to whether and when each may be asked; and what is learned of it.
//!
//! It lives for one run. What it begins with was kept by the last one, and what it learns is taken from it to be kept for
//! the next: a host that asked for a day's rest gets it, also from a program that runs for a second.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::{Mutex as Lock, OwnedMutexGuard};
use url::Url;

use super::refusals::{Wait, is_refusal};
use super::robots::{Known, RobotsCopy};
use super::turns::{Turn, Turns, open};
use crate::clock::Timestamp;
use crate::page::host_of;

/// How the hosts of one run are treated.
#[derive(Debug)]
pub struct Manners {
    turns: Turns,
    waits: Mutex<BTreeMap<String, Wait>>,
    robots: Mutex<BTreeMap<String, Arc<Lock<Known>>>>,
    news: Mutex<Vec<Note>>,
}

/// Something to remember of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It asked to be left alone, or answers again.
    Wait(Wait),
    /// What its `robots.txt` says, or that it cannot be had.
    Robots(RobotsCopy),
}

/// Nothing was asked, because the host wants to be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutOff {
    /// The host.
    pub host: String,
    /// Until when.
    pub until: Timestamp,
}

impl Manners {
    /// Begins with what was kept: the hosts that asked to be left alone, and what is known of `robots.txt` files. After
    /// each answer its host is left alone for at least `pause`.
    pub fn new(pause: Duration, waits: Vec<Wait>, robots: Vec<RobotsCopy>) -> Self {
        let waits = waits.into_iter().map(|wait| (wait.host.clone(), wait)).collect();
        let manners = Self {
            turns: Turns::new(pause),
            waits: Mutex::new(waits),
            robots: Mutex::default(),
            news: Mutex::default(),
        };
        manners.know(robots);
        manners
    }

    /// Takes in what was kept of more `robots.txt` files. What was learned meanwhile stays.
    pub fn know(&self, robots: Vec<RobotsCopy>) {
        let mut known = open(&self.robots);
        for copy in robots {
            let origin = copy.origin.clone();
            known.entry(origin).or_insert_with(|| Arc::new(Lock::new(Known::new(copy))));
        }
    }

    /// What was learned since the last time, oldest first.
    pub fn take_news(&self) -> Vec<Note> {
        std::mem::take(&mut open(&self.news))
    }

    /// Refuses to ask a host that wants to be left alone.
    pub(super) fn admit(&self, url: &Url, now: Timestamp) -> Result<(), PutOff> {
        let waits = open(&self.waits);
        match waits.get(&host_of(url)).filter(|wait| wait.holds(now)) {
            Some(wait) => Err(PutOff { host: wait.host.clone(), until: wait.until }),
            None => Ok(()),
        }
    }

    /// Waits until the host can be asked.
    pub(super) async fn turn(&self, url: &Url) -> Turn<'_> {
        self.turns.take(&host_of(url)).await
    }

    /// What is known of the `robots.txt` of this address's origin. Whoever holds it may ask for the file, and nobody else
    /// asks for it meanwhile.
    pub(super) async fn robots(&self, url: &Url) -> OwnedMutexGuard<Known> {
        let origin = url.origin().ascii_serialization();
        let known = {
            let mut robots = open(&self.robots);
            let unknown = RobotsCopy { origin: origin.clone(), ..RobotsCopy::default() };
            let known = robots.entry(origin);
            Arc::clone(known.or_insert_with(|| Arc::new(Lock::new(Known::new(unknown)))))
        };
        known.lock_owned().await
    }

    /// Remembers what was learned of a `robots.txt`.
    pub(super) fn remember(&self, copy: RobotsCopy) {
        open(&self.news).push(Note::Robots(copy));
    }

    /// Leaves a host alone for longer after each answer, as it asks.
    pub(super) fn slow_down(&self, url: &Url, delay: Duration) {
        self.turns.slow_down(&host_of(url), delay);
    }

    /// Takes in what an answer says of its host.
    pub(super) fn note(&self, url: &Url, status: u16, headers: &HeaderMap, now: Timestamp) {
        let host = host_of(url);
        let mut waits = open(&self.waits);
        let before = waits.get(&host).map_or(0, |wait| wait.refusals);
        if is_refusal(status) {
            let wait = Wait::after(&host, before, headers, now);
            open(&self.news).push(Note::Wait(wait.clone()));
            waits.insert(host, wait);
        } else if waits.remove(&host).is_some() {
            open(&self.news).push(Note::Wait(Wait { host, until: now, refusals: 0 }));
        }
    }
}
