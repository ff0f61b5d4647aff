//! Pages to answers: many hosts at once, one request at a time a host, one client for all.
//!
//! Fetching waits and recording works, so they run beside each other: the client in a thread of its own, and whatever
//! has arrived by the time the recorder is ready goes into one batch, and one commit.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::CheckError;
use crate::clock::Clock;
use crate::fetch::{Fetched, Fetcher, Reach, Request};
use crate::store::Watched;

/// So many hosts are asked at once.
const HOSTS_AT_ONCE: usize = 32;

/// So many answers wait at most to be recorded; then the hosts wait. It bounds the memory of a run.
const WAITING: usize = 32;

/// So many answers at most go into one commit.
const BATCH: usize = 64;

/// Fetches all pages and hands the answers over in batches, with the index of their page.
pub(super) fn run(
    fetcher: &Fetcher,
    clock: &dyn Clock,
    pages: &[Watched],
    take: &mut dyn FnMut(Vec<(usize, Fetched)>) -> Result<(), CheckError>,
) -> Result<(), CheckError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CheckError::Runtime)?;
    let (sender, mut receiver) = mpsc::channel(WAITING);
    std::thread::scope(|scope| {
        scope.spawn(move || fetch_all(&runtime, fetcher, clock, pages, &sender));
        while let Some(first) = receiver.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH {
                match receiver.try_recv() {
                    Ok(next) => batch.push(next),
                    Err(_) => break,
                }
            }
            // On an error the receiver is dropped, every sender fails, and the fetching thread ends by itself.
            take(batch)?;
        }
        Ok(())
    })
}

fn fetch_all(
    runtime: &Runtime,
    fetcher: &Fetcher,
    clock: &dyn Clock,
    pages: &[Watched],
    sender: &mpsc::Sender<(usize, Fetched)>,
) {
    let mut by_host: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, watched) in pages.iter().enumerate() {
        by_host.entry(watched.page.url.host()).or_default().push(index);
    }
    let hosts = stream::iter(by_host.into_values());
    let asked = hosts.for_each_concurrent(HOSTS_AT_ONCE, |indices| {
        one_host(fetcher, clock, pages, indices, sender)
    });
    runtime.block_on(asked);
}

/// One host's pages, one after the other.
async fn one_host(
    fetcher: &Fetcher,
    clock: &dyn Clock,
    pages: &[Watched],
    indices: Vec<usize>,
    sender: &mpsc::Sender<(usize, Fetched)>,
) {
    for index in indices {
        let answer = fetcher.fetch(&request(&pages[index]), clock).await;
        if sender.send((index, answer)).await.is_err() {
            return;
        }
    }
}

fn request(watched: &Watched) -> Request {
    let settings = &watched.page.settings;
    Request {
        url: watched.page.url.clone(),
        headers: settings
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        validators: watched.baseline.as_ref().map(|baseline| baseline.validators.clone()),
        reach: if settings.allow_private { Reach::Anywhere } else { Reach::Public },
    }
}
