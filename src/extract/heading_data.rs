//! A tree to what the page says about itself: title, author, and when it was published and changed, in its own words.
//!
//! It stands apart from the passages because none of this is text that a reader sees; it is shown beside the text and
//! never compared. The plainest source wins: meta elements, then JSON-LD, then marked elements.

use dom_query::{Element, NodeData, NodeRef, local_name};
use serde_json::Value;

use super::Document;

/// How far up an element may stand from the `main` or `article` that it belongs to.
const FARTHEST: usize = 64;

/// Everything found, by source; the first of each kind is kept.
#[derive(Debug, Default)]
struct Found {
    title: Option<String>,
    open_graph_title: Option<String>,
    meta: Claims,
    json: Claims,
    marked: Claims,
    time: Option<String>,
}

#[derive(Debug, Default)]
struct Claims {
    byline: Option<String>,
    published: Option<String>,
    modified: Option<String>,
}

/// A document without passages: what the page says about itself.
pub(super) fn heading_data(document: &dom_query::Document) -> Document {
    let mut found = Found::default();
    for node in document.root().descendants_it() {
        node.query(|tree_node| {
            if let NodeData::Element(element) = &tree_node.data {
                found.note(&node, element);
            }
        });
    }
    Document {
        title: found.title.or(found.open_graph_title),
        byline: found.meta.byline.or(found.json.byline).or(found.marked.byline),
        published: (found.meta.published.or(found.json.published))
            .or(found.marked.published)
            .or(found.time),
        modified: found.meta.modified.or(found.json.modified).or(found.marked.modified),
        ..Document::default()
    }
}

impl Found {
    fn note(&mut self, node: &NodeRef<'_>, element: &Element) {
        match element.name.local {
            local_name!("title") if self.title.is_none() && !is_in_picture(node) => {
                keep(&mut self.title, &node.text());
            }
            local_name!("meta") => self.note_meta(element),
            local_name!("script") => self.note_script(node, element),
            local_name!("time") if self.time.is_none() => self.note_time(node, element),
            _ => {}
        }
        for attribute in &element.attrs {
            match attribute.name.local {
                local_name!("rel") if names(&attribute.value, "author") => {
                    keep(&mut self.marked.byline, &node.text());
                }
                local_name!("itemprop") => self.note_property(&attribute.value, node, element),
                _ => {}
            }
        }
    }

    fn note_meta(&mut self, element: &Element) {
        let Some(content) = element.attr_ref(local_name!("content")) else { return };
        let property = element.attr_ref(local_name!("property"));
        match property.or_else(|| element.attr_ref(local_name!("name"))) {
            Some("og:title") => keep(&mut self.open_graph_title, content),
            Some("author" | "article:author") => keep(&mut self.meta.byline, content),
            Some("article:published_time") => keep(&mut self.meta.published, content),
            Some("article:modified_time") => keep(&mut self.meta.modified, content),
            _ => {}
        }
    }

    fn note_script(&mut self, node: &NodeRef<'_>, element: &Element) {
        let kind = element.attr_ref(local_name!("type")).unwrap_or_default();
        if kind.trim().eq_ignore_ascii_case("application/ld+json")
            && let Ok(value) = serde_json::from_str::<Value>(&node.text())
        {
            self.json.note(&value);
        }
    }

    fn note_time(&mut self, node: &NodeRef<'_>, element: &Element) {
        let stands_in_text = || {
            node.ancestors_it(Some(FARTHEST))
                .any(|outer| outer.has_name("main") || outer.has_name("article"))
        };
        if let Some(time) = element.attr_ref(local_name!("datetime"))
            && stands_in_text()
        {
            keep(&mut self.time, time);
        }
    }

    fn note_property(&mut self, property: &str, node: &NodeRef<'_>, element: &Element) {
        let slot = match property {
            "author" => &mut self.marked.byline,
            "datePublished" => &mut self.marked.published,
            "dateModified" => &mut self.marked.modified,
            _ => return,
        };
        let value = element.attr_ref(local_name!("datetime"));
        match value.or_else(|| element.attr_ref(local_name!("content"))) {
            Some(value) => keep(slot, value),
            None => keep(slot, &node.text()),
        }
    }
}

impl Claims {
    /// Looks through JSON-LD, outer objects first; the reader of JSON bounds how deep it is.
    fn note(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.note(value)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match name.as_str() {
                        "author" => keep(&mut self.byline, &author(value)),
                        "datePublished" => {
                            keep(&mut self.published, value.as_str().unwrap_or_default());
                        }
                        "dateModified" => {
                            keep(&mut self.modified, value.as_str().unwrap_or_default());
                        }
                        _ => {}
                    }
                }
                let inner = ["@graph", "mainEntity", "mainEntityOfPage"];
                inner
                    .iter()
                    .filter_map(|name| fields.get(*name))
                    .for_each(|value| self.note(value));
            }
            _ => {}
        }
    }
}

fn author(value: &Value) -> String {
    match value {
        Value::String(name) => name.clone(),
        Value::Array(values) => {
            let names: Vec<_> = values.iter().map(author).filter(|name| !name.is_empty()).collect();
            names.join(", ")
        }
        Value::Object(fields) => fields.get("name").map(author).unwrap_or_default(),
        _ => String::new(),
    }
}

fn keep(slot: &mut Option<String>, value: &str) {
    if slot.is_some() {
        return;
    }
    let words: Vec<_> = value.split_ascii_whitespace().collect();
    if !words.is_empty() {
        *slot = Some(words.join(" "));
    }
}

fn names(relations: &str, relation: &str) -> bool {
    relations.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(relation))
}

/// Pictures have titles too; only the page's own counts.
fn is_in_picture(title: &NodeRef<'_>) -> bool {
    title.parent().is_some_and(|parent| !parent.has_name("head") && !parent.has_name("body"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expect: &str) {
        let data = heading_data(&dom_query::Document::from(html));
        let shown = [data.title, data.byline, data.published, data.modified];
        let shown: Vec<_> =
            shown.into_iter().map(|field| field.unwrap_or_else(|| "-".to_owned())).collect();
        assert_eq!(shown.join(" / "), expect, "{html}");
    }

    #[test]
    fn the_plainest_source_wins() {
        check("", "- / - / - / -");
        check("<title> A\n b </title><meta property=og:title content=C>", "A b / - / - / -");
        check("<meta property=og:title content=C>", "C / - / - / -");
        check("<body><svg><title>no</title></svg>", "- / - / - / -");
        check("<meta name=author content='A B'><a rel='me author'>C</a>", "- / A B / - / -");
        check("<p>by <a rel=author>C <b>D</b></a>", "- / C D / - / -");
        check(
            "<meta property=article:published_time content=2020><meta property=article:modified_time content=2021>",
            "- / - / 2020 / 2021",
        );
        check("<main><time datetime=2019>then</time></main>", "- / - / 2019 / -");
        check("<footer><time datetime=2019>then</time></footer>", "- / - / - / -");
        check(
            "<p><span itemprop=datePublished content=2018>x</span><time itemprop=dateModified>May</time>",
            "- / - / 2018 / May",
        );
    }

    #[test]
    fn json_ld_is_read() {
        let script = |json: &str| format!("<body><script type=application/ld+json>{json}</script>");
        check(
            &script(
                r#"{"@graph":[{"author":[{"name":"A"},{"name":"B"}],"datePublished":"2020","dateModified":"2021"}]}"#,
            ),
            "- / A, B / 2020 / 2021",
        );
        check(&script(r#"{"author":"A"}"#), "- / A / - / -");
        check(&script("{ no json"), "- / - / - / -");
        check(&script(&"[".repeat(5000)), "- / - / - / -");
    }
}
