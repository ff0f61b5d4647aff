//! An address to the captures that an archive has of it, as archives look it up: `http`, `https`, `www` and case are as one.

use std::collections::BTreeSet;

use url::Url;

use crate::archive::{fourteen, surt};
use crate::clock::Timestamp;
use crate::store::{Memento, Store, StoreError};

/// The captures of an address, in the order of their times. A second names one capture of an address: of several within
/// it, the first.
#[derive(Debug)]
pub(super) struct Found(Vec<Memento>);

impl Found {
    /// Those of the pages with this address; where no page has it, those that it answered after a redirect.
    pub(super) fn of(store: &Store, url: &Url) -> Result<Self, StoreError> {
        let (wanted, pages) = (key(url), store.pages_ever()?);
        let mut found = Vec::new();
        for page in pages.iter().filter(|page| key(page.url.url()) == wanted) {
            found.extend(store.mementos(page)?);
        }
        if found.is_empty() {
            let is_wanted = |url: &str| Url::parse(url).is_ok_and(|url| key(&url) == wanted);
            let elsewhere = store.answered_elsewhere()?;
            let elsewhere: BTreeSet<_> = elsewhere
                .into_iter()
                .filter(|(_, url)| is_wanted(url))
                .map(|(page, _)| page)
                .collect();
            for page in pages.iter().filter(|page| elsewhere.contains(&page.id)) {
                let of_page = store.mementos(page)?;
                found.extend(of_page.into_iter().filter(|memento| key(&memento.url) == wanted));
            }
        }
        found.sort_by_key(|memento| (memento.at, memento.capture));
        let mut taken = BTreeSet::new();
        found.retain(|memento| taken.insert((second(memento.at), memento.url.clone())));
        Ok(Self(found))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn all(&self) -> &[Memento] {
        &self.0
    }

    /// The capture of this very second: of this very address, if there are several.
    pub(super) fn exactly(&self, at: Timestamp, url: &Url) -> Option<usize> {
        let index = self.nearest(at, url)?;
        (second(self.0[index].at) == second(at)).then_some(index)
    }

    /// The capture nearest to a time; of two equally near ones, the earlier.
    pub(super) fn nearest(&self, at: Timestamp, url: &Url) -> Option<usize> {
        let far = |memento: &Memento| second(memento.at).abs_diff(second(at));
        let ranked = self.0.iter().enumerate();
        let ranked = ranked.min_by_key(|(_, it)| (far(it), second(it.at), it.url != *url));
        ranked.map(|(index, _)| index)
    }
}

/// The digits that name a capture.
pub(super) fn digits(memento: &Memento) -> String {
    fourteen(memento.at)
}

pub(super) fn second(at: Timestamp) -> i64 {
    at.millis().div_euclid(1000)
}

/// Under what an address is looked up. A comma and a semicolon may come written out, as they stand within the addresses
/// that are given here.
pub(super) fn key(url: &Url) -> String {
    surt(url).replace("%2c", ",").replace("%3b", ";")
}
