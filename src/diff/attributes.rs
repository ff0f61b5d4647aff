//! Two documents to what changed beside their words: a link that leads elsewhere, a picture that is described otherwise.
//!
//! Apart from the comparison of texts, because it asks nothing of that: an attribute is found again by its passage and
//! its words, or by what stood around it, and a text that is new brings no change of what it never had.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::extract::{Attribute, AttributeKind, Document, Token, tokens};

/// One attribute that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeChange {
    /// What it is.
    pub kind: AttributeKind,
    /// The text of the passage that has it, or had it.
    pub passage: String,
    /// The words that lead there, as they are now; of a picture, its place among those of the passage.
    pub about: String,
    /// What it was; `None` if the words led nowhere.
    pub old: Option<String>,
    /// What it is; `None` if the words lead nowhere any more.
    pub new: Option<String>,
}

/// What changed, in reading order; what is no more comes last. Of words that came or went with their passage nothing is
/// told: that is told of the text.
pub fn attribute_changes(old: &Document, new: &Document) -> Vec<AttributeChange> {
    let (before, now) = (placed(old), placed(new));
    if before.iter().map(Placed::key).eq(now.iter().map(Placed::key)) {
        return Vec::new();
    }
    let mut pairs = Pairs { old: vec![None; before.len()], new: vec![None; now.len()] };
    let of_passage = |one: &Placed<'_>| (one.kind(), one.passage.to_owned(), one.one.about.clone());
    pairs.find(&before, &now, of_passage);
    pairs.find(&before, &now, |one| (one.kind(), String::new(), one.one.about.clone()));
    pairs.follow(&before, &now);
    changes(&pairs, (&before, old), (&now, new))
}

/// An attribute and where it stands.
struct Placed<'a> {
    passage: &'a str,
    one: &'a Attribute,
}

impl Placed<'_> {
    fn kind(&self) -> AttributeKind {
        self.one.kind
    }

    fn key(&self) -> (&str, AttributeKind, &str, &str) {
        (self.passage, self.one.kind, &self.one.about, &self.one.value)
    }
}

fn placed(document: &Document) -> Vec<Placed<'_>> {
    let of = |passage| {
        let passage: &crate::extract::Passage = passage;
        passage.attributes.iter().map(|one| Placed { passage: &passage.text, one })
    };
    document.main().flat_map(of).collect()
}

/// Which attribute became which, by index.
struct Pairs {
    old: Vec<Option<usize>>,
    new: Vec<Option<usize>>,
}

impl Pairs {
    fn join(&mut self, old: usize, new: usize) {
        (self.old[old], self.new[new]) = (Some(new), Some(old));
    }

    /// Joins those that are known by the same: first of those with the same value, so that one that is put among others
    /// of one name moves none of them.
    fn find<K: std::hash::Hash + Eq>(
        &mut self,
        before: &[Placed<'_>],
        now: &[Placed<'_>],
        key: impl Fn(&Placed<'_>) -> K,
    ) {
        let valued = |one: &Placed<'_>| (key(one), compared(&one.one.value).to_owned());
        self.find_by(before, now, valued);
        self.find_by(before, now, key);
    }

    fn find_by<K: std::hash::Hash + Eq>(
        &mut self,
        before: &[Placed<'_>],
        now: &[Placed<'_>],
        key: impl Fn(&Placed<'_>) -> K,
    ) {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (index, one) in
            before.iter().enumerate().filter(|(index, _)| self.old[*index].is_none())
        {
            waiting.entry(key(one)).or_default().push_back(index);
        }
        for (index, one) in now.iter().enumerate() {
            if self.new[index].is_none()
                && let Some(old) = waiting.get_mut(&key(one)).and_then(VecDeque::pop_front)
            {
                self.join(old, index);
            }
        }
    }

    /// Joins a link to the one that stood after the same neighbour, if their words or passages are of one kind: both
    /// were written anew.
    fn follow(&mut self, before: &[Placed<'_>], now: &[Placed<'_>]) {
        for (index, one) in now.iter().enumerate() {
            let neighbour = index.checked_sub(1).map(|before| self.new[before]);
            let old = match neighbour {
                None => 0,
                Some(Some(old)) => old + 1,
                Some(None) => continue,
            };
            if self.new[index].is_some() || self.old.get(old) != Some(&None) {
                continue;
            }
            if before[old].kind() == one.kind() && is_alike(&before[old], one) {
                self.join(old, index);
            }
        }
    }
}

/// Whether two links may be one that was written anew: half of the words of either passage are in the other.
fn is_alike(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    let words = |text| {
        let words = tokens(text).into_iter().filter(Token::is_word);
        words.map(|word| word.key.into_owned()).collect::<HashSet<String>>()
    };
    let (old, new) = (words(old.passage), words(new.passage));
    old.intersection(&new).count() * 2 >= old.len().max(new.len())
}

/// A value as it is compared: the same site by another protocol, or under its longer name, is the same.
fn compared(value: &str) -> &str {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    rest.map_or(value, |rest| rest.strip_prefix("www.").unwrap_or(rest))
}

fn changes(
    pairs: &Pairs,
    (before, old): (&[Placed<'_>], &Document),
    (now, new): (&[Placed<'_>], &Document),
) -> Vec<AttributeChange> {
    let said = |document| {
        let document: &Document = document;
        document.main().map(|passage| passage.text.clone()).collect::<HashSet<String>>()
    };
    let (said, says) = (said(old), said(new));
    let one =
        |at: &Placed<'_>, old: Option<&Placed<'_>>, new: Option<&Placed<'_>>| AttributeChange {
            kind: at.kind(),
            passage: at.passage.to_owned(),
            about: at.one.about.clone(),
            old: old.map(|old| old.one.value.clone()),
            new: new.map(|new| new.one.value.clone()),
        };
    let mut changes = Vec::new();
    for (index, at) in now.iter().enumerate() {
        match pairs.new[index].map(|old| &before[old]) {
            Some(old) if compared(&old.one.value) != compared(&at.one.value) => {
                changes.push(one(at, Some(old), Some(at)));
            }
            None if said.contains(at.passage) => changes.push(one(at, None, Some(at))),
            _ => {}
        }
    }
    let gone = before.iter().zip(&pairs.old).filter(|(_, new)| new.is_none());
    let gone = gone.filter(|(at, _)| says.contains(at.passage));
    changes.extend(gone.map(|(at, _)| one(at, Some(at), None)));
    // A picture without a description that comes or goes says nothing.
    let says_nothing = |value: &Option<String>| value.as_ref().is_none_or(String::is_empty);
    changes.retain(|change| !(says_nothing(&change.old) && says_nothing(&change.new)));
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::extract::{Selection, explained_html};

    fn document(html: &str) -> Document {
        let at = Url::parse("https://a.example/post").unwrap();
        let selection = Selection::new(&["main".to_owned()], &[]).unwrap();
        explained_html(&format!("<main>{html}</main>"), &selection, None, Some(&at)).unwrap().0
    }

    fn check(old: &str, new: &str, expect: &[&str]) {
        let changes = attribute_changes(&document(old), &document(new));
        let shown = |change: &AttributeChange| {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            let (old, new) = (value(&change.old), value(&change.new));
            let short = |text: String| text.replace("https://a.example", "");
            format!("{} {}: {} > {}", change.kind.name(), change.about, short(old), short(new))
        };
        assert_eq!(changes.iter().map(shown).collect::<Vec<_>>(), expect, "{old} -> {new}");
    }

    #[test]
    fn what_changed_beside_the_words_is_found() {
        let link = |to: &str| format!("<p>Read our <a href='{to}'>policy</a> first.");
        check(&link("/a"), &link("/a?utm_source=x"), &[]);
        check(&link("/a"), &link("http://www.a.example/a"), &[]);
        check(&link("/a"), &link("/b#c"), &["link policy: /a > /b#c"]);
        check(&link("/a"), "<p>Read our policy first.", &["link policy: /a > -"]);
        check("<p>Read our policy first.", &link("/a"), &["link policy: - > /a"]);
        check(&link("/a"), "<p>Another text.", &[]);
        check("<p>Another text.", &link("/a"), &[]);
        // Text and target at once.
        check(&link("/a"), "<p>Read our <a href=/b>policy</a> at last.", &["link policy: /a > /b"]);
        check(
            "<p>Our terms: <a href=/2023.pdf>as of 2023</a>.",
            "<p>Our terms: <a href=/2024.pdf>as of 2024</a>.",
            &["link as of 2024: /2023.pdf > /2024.pdf"],
        );
        check(
            "<p><a href=/a>here</a> and <a href=/b>here</a>",
            "<p><a href=/a>here</a> and <a href=/c>here</a>",
            &["link here: /b > /c"],
        );
        check(
            "<p>x<img src=a alt='A dog'>",
            "<p>x<img src=b alt='A cat'>",
            &["alt 1: A dog > A cat"],
        );
        check(
            "<p>x</p><figure><img src=a alt=dog></figure><p>y",
            "<p>x</p><figure><img src=a></figure><p>y",
            &["alt 1: dog > "],
        );
        check(
            "<p>x<a href=/a><img alt=Logo></a>",
            "<p>x<a href=/b><img alt=Logo></a>",
            &["link Logo: /a > /b"],
        );
        check(
            "<a href=/a><p>x</p><p>y</p></a>",
            "<a href=/b><p>x</p><p>y</p></a>",
            &["link x: /a > /b", "link y: /a > /b"],
        );
        check(
            "<p>x <a href='java\nscript:1'>y</a>",
            "<p>x <a href='data:,2'>y</a>",
            &["link y: javascript:1 > data:,2"],
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever links and pictures are put around words, the text and its digest stay, and nothing changed twice.
        #[test]
        fn attributes_change_no_text(
            words in proptest::collection::vec("[a-z]{1,6}", 1..12),
            targets in proptest::collection::vec(any::<Option<String>>(), 12),
            others in proptest::collection::vec(any::<Option<String>>(), 12),
        ) {
            let html = |targets: &[Option<String>]| -> String {
                let one = |(word, target): (&String, &Option<String>)| match target {
                    Some(target) => {
                        let target = target.replace('&', "&amp;").replace('\'', "&#39;");
                        format!("<a href='{target}'>{word}</a> ")
                    }
                    None => format!("<span>{word}</span> "),
                };
                format!("<p>{}</p>", words.iter().zip(targets).map(one).collect::<String>())
            };
            let (old, new) = (document(&html(&targets)), document(&html(&others)));
            prop_assert_eq!(old.state_digest(), new.state_digest());
            prop_assert_eq!(old.visible_digest(), new.visible_digest());
            prop_assert!(attribute_changes(&old, &old).is_empty());
            let changes = attribute_changes(&old, &new);
            prop_assert!(changes.iter().all(|change| change.old != change.new));
        }
    }
}
