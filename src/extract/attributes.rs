//! Links and pictures in the text to attributes of its passages: where words lead, and what a picture is said to show.
//!
//! They stand beside the text and never in it, so that another target is no other text. Apart from the walks that meet
//! them, because HTML and Markdown have them alike.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use super::run::Run;
use super::{Class, Passage};
use crate::fetch::Digest;

/// What a passage leads to or shows without saying it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// What it is.
    pub kind: AttributeKind,
    /// The words that lead there; of a picture, its place among the pictures of the passage: 1, 2, …
    pub about: String,
    /// The target, absolute where that is known; or the alternative text.
    pub value: String,
}

/// The kinds of attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeKind {
    /// Where a link leads.
    Link,
    /// The alternative text of a picture.
    Alt,
}

impl AttributeKind {
    /// Its name, which never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Alt => "alt",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Link, Self::Alt].into_iter().find(|kind| kind.name() == name)
    }
}

/// Attributes that a document may have; what else there is, is not looked at.
const MOST: usize = 10_000;

/// A value of more bytes is known by its beginning and a digest: whole pictures stand in `data:` addresses.
const LONGEST: usize = 2048;

/// So much of the beginning of a longer value is kept.
const BEGINNING: usize = 96;

/// The attributes of the passages that are being gathered.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    open: Vec<Open>,
    found: Vec<Attribute>,
    pictures: usize,
    all: usize,
}

/// A link that the walk is in.
#[derive(Debug)]
struct Open {
    target: String,
    /// Where in the run its words in this passage begin.
    start: usize,
    /// What the first picture in it is said to show.
    picture: Option<String>,
}

impl Gathering {
    /// A link begins. Every one that begins must end, whether it leads anywhere or not.
    pub(super) fn open(&mut self, target: Option<&str>, run: &Run) {
        let target = target.map(without_breaks).unwrap_or_default();
        self.open.push(Open { target, start: run.len(), picture: None });
    }

    /// The last link that began ends.
    pub(super) fn close(&mut self, run: &Run) {
        let Some(open) = self.open.pop() else { return };
        let words = plain(run.since(open.start));
        let about = if words.is_empty() { open.picture } else { Some(words) };
        if let Some(about) = about {
            self.push(AttributeKind::Link, about, open.target);
        }
    }

    /// A picture, and what it is said to show.
    pub(super) fn picture(&mut self, alt: &str) {
        let alt = bounded(&plain(alt));
        for open in self.open.iter_mut().filter(|open| open.picture.is_none()) {
            open.picture = Some(alt.clone()).filter(|alt| !alt.is_empty());
        }
        self.pictures += 1;
        self.push(AttributeKind::Alt, self.pictures.to_string(), alt);
    }

    /// A passage is about to end: a link that goes on leads from the words in it too.
    pub(super) fn part(&mut self, run: &Run) {
        let mut parts = Vec::new();
        for open in &mut self.open {
            let words = plain(run.since(std::mem::take(&mut open.start)));
            if !words.is_empty() {
                // What it leads from is known by these words, not by a picture too.
                open.picture = None;
                parts.push((words, open.target.clone()));
            }
        }
        for (words, target) in parts {
            self.push(AttributeKind::Link, words, target);
        }
    }

    /// The attributes of the passage that has ended.
    pub(super) fn take(&mut self) -> Vec<Attribute> {
        self.pictures = 0;
        std::mem::take(&mut self.found)
    }

    fn push(&mut self, kind: AttributeKind, about: String, value: String) {
        let is_nothing = kind == AttributeKind::Link && value.is_empty();
        if self.all < MOST && !is_nothing {
            self.all += 1;
            self.found.push(Attribute { kind, about, value });
        }
    }
}

/// Adds to a passage what stands beside it: its pictures are counted on.
pub(super) fn append(passage: &mut Passage, more: Vec<Attribute>) {
    let is_picture = |one: &&Attribute| one.kind == AttributeKind::Alt;
    let mut pictures = passage.attributes.iter().filter(is_picture).count();
    passage.attributes.extend(more.into_iter().map(|mut one| {
        if one.kind == AttributeKind::Alt {
            pictures += 1;
            one.about = pictures.to_string();
        }
        one
    }));
}

/// Makes the targets absolute and drops what changes with every visit; what is no main text keeps no attributes.
pub(super) fn settle(passages: &mut [Passage], base: Option<&Url>) {
    for passage in passages {
        if passage.class != Class::Main {
            passage.attributes = Vec::new();
        }
        let links = passage.attributes.iter_mut().filter(|one| one.kind == AttributeKind::Link);
        links.for_each(|link| link.value = target(&link.value, base));
    }
}

/// Parameters that say who came from where, or whose visit it is. Names, in small letters.
const OF_A_VISIT: [&str; 23] = [
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "phpsessid",
    "jsessionid",
    "sessionid",
    "session_id",
    "cfid",
    "cftoken",
    "authenticity_token",
];

/// Where a target leads, without what belongs to one visit only. What is no address stays as it stands.
fn target(text: &str, base: Option<&Url>) -> String {
    let Ok(mut url) = Url::options().base_url(base).parse(text) else { return bounded(text) };
    // An address of a mailbox that is hidden from robots is spelled anew at every fetch.
    if url.path() == "/cdn-cgi/l/email-protection" {
        url.set_fragment(None);
    }
    if let Some(at) = url.path().to_ascii_lowercase().find(";jsessionid=") {
        let path = url.path()[..at].to_owned();
        url.set_path(&path);
    }
    let kept = url.query().map(|query| {
        let kept: Vec<&str> = query.split('&').filter(|pair| !is_of_a_visit(pair)).collect();
        kept.join("&")
    });
    url.set_query(kept.as_deref().filter(|query| !query.is_empty()));
    bounded(url.as_str())
}

fn is_of_a_visit(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_")
        || name.starts_with("aspsessionid")
        || OF_A_VISIT.contains(&name.as_str())
}

fn bounded(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let digest = Digest::of(text.as_bytes()).to_string();
    let beginning = &text[..text.floor_char_boundary(BEGINNING)];
    format!("{beginning}\u{2026} ({} bytes, {})", text.len(), &digest[..16])
}

/// As a browser reads an address: without the breaks in it, and the space around it.
fn without_breaks(text: &str) -> String {
    let kept = text.chars().filter(|one| !matches!(one, '\n' | '\r' | '\t'));
    kept.collect::<String>().trim().to_owned()
}

/// In one line and one form.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    words.join(" ").nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_absolute_and_nobodys_visit() {
        let base = Url::parse("https://a.example/b/c?d").unwrap();
        for (text, expect) in [
            ("e#f", "https://a.example/b/e#f"),
            ("//x.example", "https://x.example/"),
            ("?utm_source=x&page=2&FBCLID=1", "https://a.example/b/c?page=2"),
            ("/e?utm_source=x", "https://a.example/e"),
            ("/e;jsessionid=0A?f=1", "https://a.example/e?f=1"),
            ("/cdn-cgi/l/email-protection#a1b2", "https://a.example/cdn-cgi/l/email-protection"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
            ("https://[", "https://["),
        ] {
            assert_eq!(target(text, Some(&base)), expect);
        }
        assert_eq!(target("e", None), "e");
        let long = format!("data:text/plain,{}", "x".repeat(5000));
        assert!(target(&long, None).len() < 200);
        assert_ne!(target(&long, None), target(&format!("{long}y"), None));
    }
}
