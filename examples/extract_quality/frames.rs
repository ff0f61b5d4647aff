//! A page to the same page in another frame: what sites add, drop and shuffle while the text stays.
//!
//! The page is changed as a tree and written anew, so that real and invented pages meet the same hand.

use dom_query::NodeRef;
use palinode::extract::{Class, Document};

use crate::draw::Draw;
use crate::tree::{Core, element_texts};

/// Something that happens to a frame.
pub(crate) type Happening = fn(&dom_query::Document, &Document, &mut Draw);

/// All of them, by what they are called.
pub(crate) const HAPPENINGS: [(&str, Happening); 14] = [
    ("cookie banner", cookie_banner),
    ("newsletter box beside", newsletter),
    ("box in the midst of the text", box_in_the_midst),
    ("1 teaser", |tree, document, draw| teasers(tree, document, draw, 1)),
    ("20 teasers", |tree, document, draw| teasers(tree, document, draw, 20)),
    ("30 comments", comments),
    ("navigation shuffled", shuffled_navigation),
    ("counters and share counts", counters),
    ("related list", related),
    ("headlines of the frame", headlines),
    ("date in the footer", footer_date),
    ("notice on top", notice),
    ("frame's names rebuilt", renamed),
    ("all of them", |tree, document, draw| {
        for (_, happening) in &HAPPENINGS[..12] {
            happening(tree, document, draw);
        }
    }),
];

fn cookie_banner(tree: &dom_query::Document, _: &Document, draw: &mut Draw) {
    let Some(body) = tree.body() else { return };
    let name = draw.name("cookie-banner");
    let (title, text) = (draw.line(4), draw.paragraph());
    let html = format!("<div{name}><h2>{title}</h2><p>{text}</p><button>Accept</button></div>");
    if draw.once_in(2) { body.append_html(html) } else { body.prepend_html(html) }
}

fn notice(tree: &dom_query::Document, _: &Document, draw: &mut Draw) {
    if let Some(body) = tree.body() {
        let name = draw.name("announcement");
        body.prepend_html(format!("<div{name}><p>{}</p></div>", draw.sentence(9)));
    }
}

fn newsletter(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    let (name, text) = (draw.name("newsletter"), draw.sentence(14));
    beside(
        tree,
        document,
        &format!(
            "<div{name}><h3>{}</h3><p>{text}</p><form><input><button>Subscribe</button></form></div>",
            draw.line(3)
        ),
    );
}

/// Always in a tag or of a name that says so: a nameless box between two paragraphs is text to anybody.
fn box_in_the_midst(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    let paragraphs = element_texts(tree, document, "p");
    let Some((paragraph, _)) = paragraphs.get(paragraphs.len() / 2) else { return };
    let text = draw.sentence(9);
    let html = match draw.below(3) {
        0 => format!("<aside><p>{text}</p></aside>"),
        1 => format!("<div class=\"newsletter-signup\"><p>{text}</p></div>"),
        _ => format!("<div class=\"ad-slot\"><span>{text}</span></div>"),
    };
    paragraph.after_html(html);
}

fn teasers(tree: &dom_query::Document, document: &Document, draw: &mut Draw, number: usize) {
    let (outer, inner) = (draw.name("related"), draw.name("teaser"));
    let teaser = |_| {
        let (word, title, text) = (draw.word(), draw.line(7), draw.sentence(14));
        format!("<div{inner}><h3><a href=\"/{word}\">{title}</a></h3><p>{text}</p></div>")
    };
    let teasers = (0..number).map(teaser).collect::<Vec<_>>().concat();
    beside(tree, document, &format!("<section{outer}>{teasers}</section>"));
}

fn comments(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    let (outer, inner) = (draw.name("comments"), draw.name("comment"));
    let comment = |_| {
        let (name, text) = (draw.word(), draw.paragraph());
        format!("<li{inner}><b>{name}</b><p>{text}</p></li>")
    };
    let comments = (0..30).map(comment).collect::<Vec<_>>().concat();
    let html = format!("<div{outer}><h2>30 comments</h2><ol>{comments}</ol></div>");
    beside(tree, document, &html);
}

fn related(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    let name = draw.name("related-links");
    let link = |_| format!("<li><a href=\"/{}\">{}</a></li>", draw.word(), draw.line(6));
    let links = (0..6).map(link).collect::<Vec<_>>().concat();
    let html = format!("<div{name}><h3>{}</h3><ul>{links}</ul></div>", draw.line(2));
    beside(tree, document, &html);
}

/// Puts something after the element that holds the text.
fn beside(tree: &dom_query::Document, document: &Document, html: &str) {
    match Core::of(tree, document) {
        Some(Core::Element(core)) => core.after_html(html),
        Some(Core::Body(body)) => body.append_html(html),
        None => {}
    }
}

fn shuffled_navigation(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    let links = framed_texts(tree, document);
    let lists: Vec<_> = links.iter().filter(|text| is_in_list(text)).collect();
    for pair in lists.chunks(2).filter(|pair| pair.len() == 2 && !draw.once_in(3)) {
        let (one, other) = (pair[0].text(), pair[1].text());
        pair[0].set_text(other);
        pair[1].set_text(one);
    }
}

fn is_in_list(text: &NodeRef<'_>) -> bool {
    text.ancestors_it(Some(4)).any(|outer| outer.has_name("li"))
}

fn counters(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    for text in framed_texts(tree, document) {
        let old = text.text();
        if old.contains(|one: char| one.is_ascii_digit()) {
            text.set_text(
                old.replace(|one: char| one.is_ascii_digit(), &draw.below(10).to_string()),
            );
        }
    }
    let name = draw.name("share-count");
    let html = format!("<div{name}><span>{} shares</span></div>", draw.between(2, 900));
    beside(tree, document, &html);
}

/// The links in the frame lead elsewhere today.
fn headlines(tree: &dom_query::Document, document: &Document, draw: &mut Draw) {
    for text in framed_texts(tree, document) {
        if text.ancestors_it(Some(3)).any(|outer| outer.has_name("a")) && !draw.once_in(3) {
            text.set_text(draw.line(6));
        }
    }
}

fn footer_date(tree: &dom_query::Document, _: &Document, draw: &mut Draw) {
    let footer = tree.select("footer, div#footer, div.footer");
    let html = format!("<p>Page made on {} May 2024</p>", draw.between(1, 31));
    match footer.nodes().last() {
        Some(footer) => footer.append_html(html),
        None => {
            if let Some(body) = tree.body() {
                body.append_html(format!("<div>{html}</div>"));
            }
        }
    }
}

/// A new build of the site: what its tools made up of names is another.
fn renamed(tree: &dom_query::Document, _: &Document, draw: &mut Draw) {
    for node in tree.select("[class]").nodes() {
        let class = node.attr_or("class", "");
        let build = draw.between(1000, 9999);
        node.set_attr("class", &format!("{class} v-{build}"));
    }
}

/// The text nodes whose passage is furniture.
fn framed_texts<'a>(tree: &'a dom_query::Document, document: &Document) -> Vec<NodeRef<'a>> {
    let of = |class: Class| {
        let passages = document.passages.iter().filter(move |passage| passage.class == class);
        passages.map(|passage| passage.text.as_str()).collect::<Vec<_>>()
    };
    let (frame, main) = (of(Class::Furniture), of(Class::Main));
    let mut texts = crate::tree::texts(tree);
    texts.retain(|(_, text)| {
        frame.contains(&text.as_str()) && !main.iter().any(|one| one.contains(text.as_str()))
    });
    texts.into_iter().map(|(node, _)| node).collect()
}
