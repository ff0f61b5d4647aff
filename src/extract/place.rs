//! The containers around a passage to its place, a short path; and what two places say about each other.
//!
//! It stands apart because places are stored: how one is written and how it is read must change together.

use dom_query::{Element, NodeId, Tree, local_name};

/// How many elements of the path are kept.
pub(super) const LONGEST: usize = 6;
/// How many characters of an element's name are kept.
const LONGEST_NAME: usize = 24;

/// Words in the name of a container, alone or with an `s`, that say that it belongs to the frame.
const FRAME_WORDS: &[&str] = &[
    "ad",
    "banner",
    "breadcrumb",
    "comment",
    "commentlist",
    "consent",
    "disqus",
    "footer",
    "gdpr",
    "masthead",
    "modal",
    "nav",
    "navbar",
    "newsletter",
    "overlay",
    "pager",
    "pagination",
    "popup",
    "promo",
    "related",
    "replies",
    "respond",
    "share",
    "sharing",
    "sidebar",
    "signup",
    "social",
    "subscribe",
    "teaser",
    "trending",
];
/// A name of more words says nothing.
const MOST_WORDS: usize = 4;
/// Beginnings of such words.
const FRAME_STEMS: &[&str] = &["advert", "cookie", "recommend", "sponsor"];

/// What an element adds to a place: its name, and what of its id and classes outlives the next build of the site.
pub(super) fn step_of(tree: &Tree, id: NodeId) -> String {
    let mut step = String::new();
    tree.query_node(&id, |node| node.as_element().map(|element| push_step(element, &mut step)));
    step
}

/// Steps as a place.
pub(super) fn joined<'a>(steps: impl Iterator<Item = &'a str>) -> String {
    let mut place = String::with_capacity(48);
    for step in steps {
        if !place.is_empty() {
            place.push('>');
        }
        place.push_str(step);
    }
    place
}

fn push_step(element: &Element, place: &mut String) {
    place.push_str(&element.name.local);
    if let Some(id) = element.attr_ref(local_name!("id")).and_then(steady) {
        place.push('#');
        place.push_str(id);
    }
    let classes = element.attr_ref(local_name!("class")).unwrap_or_default();
    if let Some(class) = classes.split_ascii_whitespace().find_map(steady) {
        place.push('.');
        place.push_str(class);
    }
}

/// The part of a name that outlives the next build of the site, if there is any.
///
/// Digits count things or name a build, other marks would be read as part of the path, and after two low lines comes
/// what style sheets were bundled under.
fn steady(name: &str) -> Option<&str> {
    let name = name.split("__").next().unwrap_or(name);
    let name = name.char_indices().nth(LONGEST_NAME).map_or(name, |(end, _)| &name[..end]);
    let is_plain = name.chars().all(|one| one.is_alphabetic() || one == '-' || one == '_');
    Some(name).filter(|name| is_plain && !name.is_empty())
}

/// The place of the container that a place stands in.
pub(super) fn container(place: &str) -> &str {
    place.rsplit_once('>').map_or("", |(container, _)| container)
}

/// The containers of a place, the nearest first, the body (an empty path) last.
pub(super) fn containers(place: &str) -> impl Iterator<Item = &str> {
    let first = (!place.is_empty()).then(|| container(place));
    std::iter::successors(first, |inner| (!inner.is_empty()).then(|| container(inner)))
}

/// What a place adds to a container that it stands in; nothing if it does not stand there.
///
/// Of a deep place the beginning is cut off. There the end of the container is looked for at the beginning of the place.
pub(super) fn below<'a>(place: &'a str, outer: &str) -> Option<&'a str> {
    if outer.is_empty() {
        return Some(place);
    }
    if let Some(rest) = place.strip_prefix(outer) {
        return rest.strip_prefix('>');
    }
    if !is_cut(place) {
        return None;
    }
    let mut end = outer;
    while let Some((_, shorter)) = end.split_once('>') {
        let rest = place.strip_prefix(shorter).and_then(|rest| rest.strip_prefix('>'));
        if rest.is_some() && tells(shorter) {
            return rest;
        }
        end = shorter;
    }
    None
}

/// Whether a place may be the end of a longer path.
fn is_cut(place: &str) -> bool {
    steps(place) == LONGEST
}

fn steps(place: &str) -> usize {
    place.bytes().filter(|&byte| byte == b'>').count() + 1
}

/// Whether the end of a container is enough to know it by: every page has some `div>div`.
fn tells(end: &str) -> bool {
    end.contains('>') && (end.contains(['#', '.']) || end.split('>').any(is_landmark))
}

fn is_landmark(step: &str) -> bool {
    matches!(tag(step), "main" | "article" | "header") || has_frame_tag(step)
}

/// Whether a path leads through elements that hold a page's frame, by their tag or their name.
pub(super) fn leads_to_frame(path: &str) -> bool {
    path.split('>').any(|step| has_frame_tag(step) || has_frame_word(step))
}

/// Whether a path leads through nothing but the blocks that running text is made of.
pub(super) fn is_prose(path: &str) -> bool {
    path.split('>').all(|step| {
        matches!(
            tag(step),
            "p" | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "ul"
                | "ol"
                | "li"
                | "dl"
                | "dt"
                | "dd"
                | "table"
                | "thead"
                | "tbody"
                | "tfoot"
                | "tr"
                | "td"
                | "th"
                | "caption"
                | "pre"
                | "blockquote"
                | "figure"
                | "figcaption"
        )
    })
}

/// Whether a place stands in the frame by its tags: `header` only outside of an article.
pub(super) fn stands_in_frame(place: &str) -> bool {
    let mut in_article = false;
    place.split('>').any(|step| {
        in_article |= matches!(tag(step), "main" | "article");
        has_frame_tag(step) || (tag(step) == "header" && !in_article)
    })
}

fn has_frame_tag(step: &str) -> bool {
    matches!(tag(step), "nav" | "footer" | "aside" | "form" | "dialog")
}

fn has_frame_word(step: &str) -> bool {
    step[tag(step).len()..].split(['#', '.']).any(|name| {
        let words: Vec<String> =
            name.split(['-', '_']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        // A longer name is the anchor of a heading, made of its words.
        words.len() <= MOST_WORDS
            && words
                .iter()
                .enumerate()
                .any(|(at, word)| is_frame_word(word) || at == 0 && is_widget(word))
    })
}

fn is_frame_word(word: &str) -> bool {
    FRAME_WORDS.contains(&word.strip_suffix('s').unwrap_or(word))
        || FRAME_WORDS.contains(&word)
        || FRAME_STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Further on in a name, a widget is what page builders make everything of.
fn is_widget(word: &str) -> bool {
    matches!(word, "widget" | "widgets")
}

fn tag(step: &str) -> &str {
    step.split(['#', '.']).next().unwrap_or(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_go_outwards() {
        let outwards: Vec<_> = containers("main>div.body>p").collect();
        assert_eq!(outwards, ["main>div.body", "main", ""]);
        assert_eq!(containers("p").collect::<Vec<_>>(), [""]);
        assert_eq!(below("main>p", "main"), Some("p"));
        assert_eq!(below("mainly>p", "main"), None);
        assert_eq!(below("c>d>e.x>f>ul>li", "b>c>d>e.x>f"), Some("ul>li"));
        assert_eq!(below("c>d>e>f>ul>li", "b>c>d>e>f"), None);
    }

    #[test]
    fn names_are_kept_without_what_a_build_adds() {
        assert_eq!(steady("post"), Some("post"));
        assert_eq!(steady("List_body__MYnqI"), Some("List_body"));
        for name in ["p-1", "", "[&>p]:x", "__x"] {
            assert_eq!(steady(name), None, "{name}");
        }
    }

    #[test]
    fn frames_are_known_by_tag_and_by_name() {
        for path in ["nav>ul>li", "div#cookie-consent>p", "section.comments>div", "div.site-footer"]
        {
            assert!(leads_to_frame(path), "{path}");
        }
        for path in [
            "div.body>p",
            "section.update",
            "div.addendum>p",
            "div.shared-history",
            "div.page-widget-container>p",
            "section#sharing-with-a-single-user>p",
        ] {
            assert!(!leads_to_frame(path), "{path}");
        }
        assert!(stands_in_frame("header>h1") && !stands_in_frame("article>header>h1"));
        assert!(is_prose("ul.x>li") && !is_prose("div>p"));
    }
}
