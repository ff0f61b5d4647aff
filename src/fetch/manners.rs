//! What the hosts of a run are known to want, to whether and when each may be asked; and what is learned of it.
//!
//! It lives for one run. What it begins with was kept by the last one, and what it learns is taken from it to be kept for
//! the next: a host that asked for a day's rest gets it, also from a program that runs for a second.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::HeaderMap;
use url::Url;

use super::refusals::{Wait, is_refusal};
use super::turns::{Turn, Turns, open};
use crate::clock::Timestamp;
use crate::page::host_of;

/// How the hosts of one run are treated.
#[derive(Debug)]
pub struct Manners {
    turns: Turns,
    waits: Mutex<BTreeMap<String, Wait>>,
    news: Mutex<Vec<Note>>,
}

/// Something to remember of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It asked to be left alone, or answers again.
    Wait(Wait),
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
    /// Begins with what was kept: the hosts that asked to be left alone. After each answer its host is left alone for at
    /// least `pause`.
    pub fn new(pause: Duration, waits: Vec<Wait>) -> Self {
        let waits = waits.into_iter().map(|wait| (wait.host.clone(), wait)).collect();
        Self { turns: Turns::new(pause), waits: Mutex::new(waits), news: Mutex::default() }
    }

    /// What was learned since the last time, oldest first.
    pub fn take_news(&self) -> Vec<Note> {
        std::mem::take(&mut open(&self.news))
    }

    /// Refuses to ask a host that wants to be left alone.
    pub(super) fn admit(&self, url: &Url, now: Timestamp) -> Result<(), PutOff> {
        let waits = open(&self.waits);
        match waits.get(&host_of(url)).filter(|wait| wait.until > now) {
            Some(wait) => Err(PutOff { host: wait.host.clone(), until: wait.until }),
            None => Ok(()),
        }
    }

    /// Waits until the host can be asked.
    pub(super) async fn turn(&self, url: &Url) -> Turn<'_> {
        self.turns.take(&host_of(url)).await
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
