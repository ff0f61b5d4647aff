//! The history to the list of everything that a site of files holds.
//!
//! Each file is the reply that a server would give, with links that need none. What takes a question (a search, a phrase,
//! a comparison of any two revisions) and the captured bytes are left to a server.

use crate::store::{Page, Store, StoreError};
use crate::views::html::{Address, Columns, FeedForm, key};

/// The addresses of a site, each once.
pub fn site(store: &Store) -> Result<Vec<Address>, StoreError> {
    let mut addresses = vec![Address::Pages, Address::Events, Address::Style];
    addresses.extend(feeds(None));
    for page in store.pages_ever()? {
        of_page(store, &page, &mut addresses)?;
    }
    Ok(addresses)
}

/// The file of an address, below the folder of the site.
pub fn file(address: &Address) -> String {
    let path = address.path();
    if path.is_empty() || path.ends_with('/') { path + "index.html" } else { path }
}

fn feeds(page: Option<&str>) -> impl Iterator<Item = Address> {
    let page = page.map(str::to_owned);
    [FeedForm::Atom, FeedForm::Json].into_iter().map(move |form| Address::Feed(page.clone(), form))
}

fn of_page(store: &Store, page: &Page, addresses: &mut Vec<Address>) -> Result<(), StoreError> {
    let key = || key(page.id);
    addresses.extend([Address::Page(key()), Address::Checks(key())]);
    addresses.extend(feeds(Some(&key())));
    for revision in store.revisions(page.id)? {
        let number = revision.number;
        addresses.extend([Address::Revision(key(), number), Address::Ages(key(), number)]);
        if let Some(before) = revision.against {
            let diff = |columns| Address::Diff(key(), before, number, columns);
            addresses.extend([diff(Columns::One), diff(Columns::Two)]);
        }
    }
    let mut last = (crate::lineage::RevisionNumber(0), 0);
    for row in store.events_since(page.id, None)? {
        last = if last.0 == row.revision { (last.0, last.1 + 1) } else { (row.revision, 1) };
        if row.event.is_told() {
            addresses.push(Address::Exhibit(key(), last.0, last.1));
        }
    }
    Ok(())
}
