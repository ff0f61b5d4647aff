//! What can be shown to the address that shows it, and back.
//!
//! Addresses are a promise: they name pages by number, so that they hold when a page is called otherwise, and revisions
//! by theirs. Links are relative, so that the same pages work on a server, below a prefix, and as files.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::lineage::RevisionNumber;
use crate::store::PageId;

/// Something that can be shown. A page is named by its number, or, by a person, by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// All watched pages.
    Pages,
    /// What happened lately, on all pages.
    Events,
    /// A search of all that was ever said; the rest is in the query.
    Search,
    /// The style sheet.
    Style,
    /// A page's history.
    Page(String),
    /// How a page's checks came out.
    Checks(String),
    /// A phrase's life on a page; the phrase is in the query.
    Phrase(String),
    /// Leads to the comparison that the query asks for.
    Compare(String),
    /// The text of a revision.
    Revision(String, RevisionNumber),
    /// The bytes of its capture.
    Capture(String, RevisionNumber),
    /// Since when its words stand.
    Ages(String, RevisionNumber),
    /// How one revision became another.
    Diff(String, RevisionNumber, RevisionNumber, Columns),
    /// One event, by its revision and its place there, from 1.
    Exhibit(String, RevisionNumber, usize),
    /// A feed of a page, or of all; tag, kinds and phrase are in the query.
    Feed(Option<String>, FeedForm),
    /// A listing for programs: its words.
    Api(Vec<String>),
}

/// How a comparison is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Columns {
    /// What went and what came in one text.
    One,
    /// What stood on the left, what stands on the right.
    Two,
}

/// The form of a feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedForm {
    /// Atom, RFC 4287.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

/// Where links are followed: from how deep, and whether a server answers or files lie there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Links {
    depth: usize,
    place: Place,
}

/// Whether a server answers or files lie there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A server, which can search.
    Server,
    /// Files, which cannot.
    Files,
}

impl Address {
    /// Its path, without a slash before it. A path that ends with a slash has an index in it.
    pub fn path(&self) -> String {
        let page = |page: &str, rest: &str| format!("page/{}/{rest}", encoded(page));
        match self {
            Self::Pages => String::new(),
            Self::Events => "events/".to_owned(),
            Self::Search => "search/".to_owned(),
            Self::Style => "style.css".to_owned(),
            Self::Page(of) => page(of, ""),
            Self::Checks(of) => page(of, "checks/"),
            Self::Phrase(of) => page(of, "phrase/"),
            Self::Compare(of) => page(of, "compare/"),
            Self::Revision(of, number) => page(of, &format!("{number}/")),
            Self::Capture(of, number) => page(of, &format!("{number}/capture")),
            Self::Ages(of, number) => page(of, &format!("{number}/ages/")),
            Self::Diff(of, from, to, Columns::One) => page(of, &format!("{from}..{to}/")),
            Self::Diff(of, from, to, Columns::Two) => page(of, &format!("{from}..{to}/columns/")),
            Self::Exhibit(of, number, place) => page(of, &format!("{number}.{place}/")),
            Self::Feed(None, form) => form.file().to_owned(),
            Self::Feed(Some(of), form) => page(of, form.file()),
            Self::Api(words) => {
                let words = words.iter().map(|word| encoded(word));
                format!("api/v1/{}", words.collect::<Vec<_>>().join("/"))
            }
        }
    }

    /// The address of a path, which begins with a slash.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = Vec::new();
        for part in path.strip_prefix('/')?.split('/') {
            parts.push(percent_decode_str(part).decode_utf8().ok()?.into_owned());
        }
        if parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => Some(Self::Pages),
            ["events"] => Some(Self::Events),
            ["search"] => Some(Self::Search),
            ["style.css"] => Some(Self::Style),
            ["api", "v1", words @ ..] => {
                Some(Self::Api(words.iter().map(|word| (*word).to_owned()).collect()))
            }
            ["page", page] => Some(Self::Page((*page).to_owned())),
            ["page", page, rest @ ..] => of_page(page, rest),
            [file] => FeedForm::of_file(file).map(|form| Self::Feed(None, form)),
            _ => None,
        }
    }
}

fn of_page(page: &str, rest: &[&str]) -> Option<Address> {
    let page = page.to_owned();
    match rest {
        ["checks"] => return Some(Address::Checks(page)),
        ["phrase"] => return Some(Address::Phrase(page)),
        ["compare"] => return Some(Address::Compare(page)),
        [file] => {
            if let Some(form) = FeedForm::of_file(file) {
                return Some(Address::Feed(Some(page), form));
            }
        }
        _ => {}
    }
    let (first, rest) = rest.split_first()?;
    match (first.split_once(".."), first.split_once('.'), rest) {
        (Some((from, to)), _, []) => {
            Some(Address::Diff(page, revision(from)?, revision(to)?, Columns::One))
        }
        (Some((from, to)), _, ["columns"]) => {
            Some(Address::Diff(page, revision(from)?, revision(to)?, Columns::Two))
        }
        (None, Some((number, place)), []) => {
            let place = place.parse().ok().filter(|place| *place > 0)?;
            Some(Address::Exhibit(page, revision(number)?, place))
        }
        (None, None, []) => Some(Address::Revision(page, revision(first)?)),
        (None, None, ["capture"]) => Some(Address::Capture(page, revision(first)?)),
        (None, None, ["ages"]) => Some(Address::Ages(page, revision(first)?)),
        _ => None,
    }
}

fn revision(text: &str) -> Option<RevisionNumber> {
    text.strip_prefix('r')?.parse().ok().map(RevisionNumber)
}

impl FeedForm {
    fn file(self) -> &'static str {
        match self {
            Self::Atom => "feed.atom",
            Self::Json => "feed.json",
        }
    }

    fn of_file(file: &str) -> Option<Self> {
        [Self::Atom, Self::Json].into_iter().find(|form| form.file() == file)
    }
}

impl Links {
    /// Links on the page that this address shows.
    pub fn on(address: &Address, place: Place) -> Self {
        Self { depth: address.path().matches('/').count(), place }
    }

    /// Where they are followed.
    pub fn place(self) -> Place {
        self.place
    }

    /// The link to an address.
    pub fn to(self, address: &Address) -> String {
        let mut link = "../".repeat(self.depth) + &address.path();
        if link.is_empty() {
            link.push_str("./");
        }
        if self.place == Place::Files && link.ends_with('/') {
            link.push_str("index.html");
        }
        link
    }

    /// The link to an address with something asked of it.
    pub(super) fn asking(self, address: &Address, query: &[(&str, &str)]) -> String {
        let mut link = self.to(address);
        for (index, (key, value)) in query.iter().enumerate() {
            // Writing to a string cannot fail.
            let _done =
                write!(link, "{}{key}={}", if index == 0 { '?' } else { '&' }, encoded(value));
        }
        link
    }
}

/// What an address calls a page.
pub fn key(page: PageId) -> String {
    page.to_string()
}

/// Everything but what no address gives a meaning to.
const SIGNS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SIGNS).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn addresses(page: &str, a: u32, b: u32) -> Vec<Address> {
        let (page, from, to) = (page.to_owned(), RevisionNumber(a), RevisionNumber(b));
        vec![
            Address::Pages,
            Address::Events,
            Address::Search,
            Address::Style,
            Address::Page(page.clone()),
            Address::Checks(page.clone()),
            Address::Phrase(page.clone()),
            Address::Compare(page.clone()),
            Address::Revision(page.clone(), from),
            Address::Capture(page.clone(), from),
            Address::Ages(page.clone(), from),
            Address::Diff(page.clone(), from, to, Columns::One),
            Address::Diff(page.clone(), from, to, Columns::Two),
            Address::Exhibit(page.clone(), from, 3),
            Address::Feed(None, FeedForm::Json),
            Address::Feed(Some(page.clone()), FeedForm::Atom),
            Address::Api(vec!["page".to_owned(), page, "log".to_owned()]),
        ]
    }

    proptest! {
        #[test]
        fn an_address_leads_back_to_what_it_shows(page in "\\PC{1,12}", a in any::<u32>(), b in any::<u32>()) {
            for address in addresses(&page, a, b) {
                prop_assert_eq!(Address::of_path(&format!("/{}", address.path())), Some(address));
            }
        }

        #[test]
        fn any_path_can_be_tried(path in any::<String>()) {
            let _found = Address::of_path(&path);
        }
    }

    #[test]
    fn links_are_relative_and_name_files_where_there_is_no_server() {
        let page = Address::Page("7".to_owned());
        let diff =
            Address::Diff("7".to_owned(), RevisionNumber(1), RevisionNumber(2), Columns::Two);
        assert_eq!(Links::on(&Address::Pages, Place::Server).to(&page), "page/7/");
        assert_eq!(Links::on(&diff, Place::Server).to(&page), "../../../../page/7/");
        assert_eq!(Links::on(&page, Place::Files).to(&Address::Pages), "../../index.html");
        assert_eq!(Links::on(&Address::Pages, Place::Server).to(&Address::Pages), "./");
        let asked = Links::on(&page, Place::Server).asking(&Address::Search, &[("q", "a&b c/d")]);
        assert_eq!(asked, "../../search/?q=a%26b%20c%2Fd");
    }

    #[test]
    fn what_names_nothing_is_nothing() {
        for path in [
            "",
            "x",
            "/x",
            "/page/1/rx/",
            "/page/1/r1.0/",
            "/page/1/r1../",
            "/page/1/r1/x",
            "/%ff",
            "//",
            "/page/1/2/",
        ] {
            assert_eq!(Address::of_path(path), None, "{path}");
        }
    }
}
