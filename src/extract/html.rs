//! HTML to a document: parsed once, cut into passages, each passage classed by who may say so.
//!
//! The settings come first, then what the page's passages were before, and only at the first sight of a page an
//! opinion: what is asked for every time must not change its mind when nothing but the frame did.

use url::Url;

use super::attributes::settle;
use super::blocks::cut;
use super::classes::inherit;
use super::heading_data::heading_data;
use super::opinion::class_at_first_sight;
use super::shown::Cut;
use super::{Class, Document, Reason, Selection, SelectionError};

/// The document that a page's HTML is.
///
/// `before` is the page's document as it was last accepted: its passages hand down their classes.
pub fn document_of_html(
    html: &str,
    selection: &Selection,
    before: Option<&Document>,
) -> Result<Document, SelectionError> {
    Ok(explained_html(html, selection, before, None)?.0)
}

/// The same, with the rule that decided the class of each passage; its targets are read from the address that gave it.
pub fn explained_html(
    html: &str,
    selection: &Selection,
    before: Option<&Document>,
    at: Option<&Url>,
) -> Result<(Document, Vec<Reason>), SelectionError> {
    let tree = dom_query::Document::from(html);
    let mut found = cut(&tree, &selection.wishes(&tree), selection.selectors());
    if let Some(missed) = found.met.iter().position(|met| !met) {
        return Err(selection.missed(missed));
    }
    let base = base(&tree, at);
    let mut document = heading_data(&tree);
    let unselected: Vec<bool> =
        found.passages.iter().map(|passage| passage.class == Class::Unselected).collect();
    let mut reasons = if selection.decides() {
        vec![Reason::Settings; unselected.len()]
    } else {
        class(&mut found, tree, before)
    };
    let decided = reasons.iter_mut().zip(unselected).filter(|(_, is_unselected)| *is_unselected);
    decided.for_each(|(reason, _)| *reason = Reason::Settings);
    document.passages = found.passages;
    settle(&mut document.passages, base.as_ref().or(at));
    Ok((document, reasons))
}

/// The address that its relative ones begin at, by the page's own word.
fn base(tree: &dom_query::Document, at: Option<&Url>) -> Option<Url> {
    let own = tree.select_single("base[href]").attr("href")?;
    Url::options().base_url(at).parse(&own).ok()
}

fn class(found: &mut Cut, tree: dom_query::Document, before: Option<&Document>) -> Vec<Reason> {
    if let Some(before) = before.filter(|before| before.main().next().is_some()) {
        let reasons = inherit(before, found);
        if found.passages.iter().any(|passage| passage.class == Class::Main) {
            return reasons;
        }
        // Nothing of the old text and none of its places is left: this is another page under the same address.
    }
    class_at_first_sight(found, tree)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extract::PassageKind;

    fn strings(selectors: &[&str]) -> Vec<String> {
        selectors.iter().map(|&selector| selector.to_owned()).collect()
    }

    fn shown(document: &Document) -> Vec<String> {
        let show = |passage: &crate::extract::Passage| {
            let kind = match passage.kind {
                PassageKind::Heading(level) => format!("h{level}"),
                PassageKind::Paragraph => "p".to_owned(),
                PassageKind::ListItem => "li".to_owned(),
                PassageKind::TableRow => "tr".to_owned(),
                PassageKind::Quote => "quote".to_owned(),
                PassageKind::Preformatted => "pre".to_owned(),
                PassageKind::Opaque => "opaque".to_owned(),
            };
            let class = match passage.class {
                Class::Main => "main",
                Class::Furniture => "frame",
                Class::Unselected => "out",
            };
            format!("{kind} {class}: {}", passage.text)
        };
        document.passages.iter().map(show).collect()
    }

    fn check_selected(html: &str, select: &[&str], exclude: &[&str], expect: &[&str]) {
        let selection = Selection::new(&strings(select), &strings(exclude)).unwrap();
        let document = document_of_html(html, &selection, None).unwrap();
        assert_eq!(shown(&document), expect, "{html}");
    }

    fn check(html: &str, expect: &[&str]) {
        check_selected(html, &[], &[], expect);
    }

    #[test]
    fn blocks_part_text_and_inline_elements_do_not() {
        check("", &[]);
        check("<p>pro<b>ud</b> <i>man</i>", &["p main: proud man"]);
        check("<span>a</span><span>b</span>", &["p main: ab"]);
        check(
            "a<p>b</p>c<div>d<section>e</section></div>f",
            &["p main: a", "p main: b", "p main: c", "p main: d", "p main: e", "p main: f"],
        );
        check("<h1>A</h1><h6> B <b>c</b></h6>", &["h1 main: A", "h6 main: B c"]);
        check("<p>a<!-- no -->b<wbr>c", &["p main: abc"]);
        check(
            "<button>a</button><label>b</label><address>c</address>",
            &["p main: a", "p main: b", "p main: c"],
        );
        check("<details><summary>a</summary>b</details>", &["p main: a", "p main: b"]);
        check("<figure><img alt=no><figcaption>a</figcaption></figure>", &["p main: a"]);
        check("x<sup>2</sup> H<sub>2</sub>O", &["p main: x2 H2O"]);
    }

    #[test]
    fn words_that_touch_are_one_unless_the_page_parts_them() {
        for (html, expect) in [
            ("<a href=/w>Our work</a><a href=/us>We</a>", "Our work We"),
            ("<a href=/w>Our work</a> <a href=/us>We</a>", "Our work We"),
            ("<a href=/w>Our</a>s <i>un</i>believ<b>able</b>", "Ours unbelievable"),
            ("<a href=/1>[1]</a><a href=/2>[2]</a>", "[1][2]"),
            ("Our work<img src=x alt=no>We", "Our work We"),
            ("Our work<svg><text>no</text></svg>We", "Our work We"),
            ("work<input>We<select><option>no</select>all", "work We all"),
            ("un<script>no</script>done<style>no</style>s", "undones"),
            ("un<template>no</template>do<noscript>no</noscript>ne", "undone"),
            ("un<wbr>do&shy;ne", "undo\u{ad}ne"),
            ("proud<sup><a href=#n1>1</a></sup>man", "proud 1 man"),
            ("proud<a href=#n1><sup>1</sup></a>man", "proud 1 man"),
            ("proud<sup><a href=#n1>[1]</a></sup>.", "proud[1]."),
            ("10<sup>2</sup> <a href=/x>x<sup>2</sup>y</a>", "102 x2y"),
            ("<ruby>WWW<rp>(</rp><rt>World Wide</rt><rp>)</rp></ruby>Web", "WWW World Wide Web"),
            ("a<span style='display:block'>b</span>c", "a / b / c"),
            ("a<span style='display: inline-block'>b</span>c", "abc"),
            ("10&nbsp;km<br>far<br/>off", "10\u{a0}km\nfar\noff"),
            ("<details><summary>More</summary>inside<p>it</details>", "More / inside / it"),
            ("<p aria-hidden=true>seen</p><p hidden=until-found>no</p>", "seen"),
        ] {
            let document = document_of_html(html, &Selection::default(), None).unwrap();
            let texts: Vec<_> =
                document.passages.iter().map(|passage| passage.text.as_str()).collect();
            assert_eq!(texts.join(" / "), expect, "{html}");
        }
    }

    #[test]
    fn preformatted_text_keeps_its_lines() {
        check("<pre><code><div>a {</div><div>  b</div></code>}</pre>", &["pre main: a {\n  b\n}"]);
        check("<pre><span>a</span>\n<span>  b</span><br>c</pre>", &["pre main: a\n  b\nc"]);
        check("x<pre>a</pre>y", &["p main: x", "pre main: a", "p main: y"]);
        check("<pre>a<pre>b</pre>c</pre>d", &["pre main: a", "pre main: b\nc", "p main: d"]);
    }

    #[test]
    fn blocks_within_blocks_stay_apart() {
        for (html, expect) in [
            (
                "<ol><li>a<ol><li>b<li>c<ul><li>d</ul></ol>e</ol>",
                &["li main: a", "li main: b", "li main: c", "li main: d", "li main: e"][..],
            ),
            (
                "<dl><div><dt>a</dt><dd>b</dd><dd>c</dd></div></dl>",
                &["li main: a", "li main: b", "li main: c"],
            ),
            ("<ul><li><h3>a</h3>b</ul>", &["h3 main: a", "li main: b"]),
            (
                "<table><thead><tr><th>a<th colspan=2>b<tbody><tr><td>c<td><b>d</b>e<td>f</table>",
                &["tr main: a | b", "tr main: c | de | f"],
            ),
            (
                "<table><tr><td>a<td><table><tr><td>b<td>c</table></table>",
                &["p main: a", "tr main: b | c"],
            ),
            (
                "<blockquote>a<p>b</p><cite>c</cite></blockquote>",
                &["quote main: a", "quote main: b", "quote main: c"],
            ),
            (
                "<figure><blockquote>a</blockquote><figcaption>b</figure>",
                &["quote main: a", "p main: b"],
            ),
            ("<ol class=footnotes><li id=fn1>a <a href=#r1>↩</a></ol>", &["li main: a ↩"]),
            (
                "<fieldset><legend>a</legend><label>b</label><input>c</fieldset>",
                &["p main: a", "p main: b", "p main: c"],
            ),
        ] {
            check(html, expect);
        }
    }

    #[test]
    fn lists_quotes_and_preformatted_text() {
        check(
            "<ul><li>a<ul><li>b</ul>c<li><p>d",
            &["li main: a", "li main: b", "li main: c", "li main: d"],
        );
        check("<dl><dt>a<dd>b</dl>", &["li main: a", "li main: b"]);
        check(
            "<blockquote><p>a</p>b<ul><li>c</ul></blockquote>",
            &["quote main: a", "quote main: b", "li main: c"],
        );
        check("<pre>\n  a\n\n  b <b>c</b>\n\n</pre>", &["pre main:   a\n\n  b c"]);
    }

    #[test]
    fn table_rows_join_their_cells() {
        check(
            "<table><caption>t</caption><tr><th>a<th> b <tr><td>c<br>d<td><td><p>e</p>f</table>",
            &["p main: t", "tr main: a | b", "tr main: c\nd | | e f"],
        );
        check("<table><tr><td><td></table>", &[]);
        check(
            "<table><tr><td><h2>a</h2><p>b</p><td>c<tr><td>d<td>e</table>",
            &["h2 main: a", "p main: b", "p main: c", "tr main: d | e"],
        );
    }

    #[test]
    fn line_breaks_stay_and_two_part() {
        check("<p>a<br>b <br> c<br></p>", &["p main: a\nb\nc"]);
        check("<p><br>a<br><br>b<br> <br><br>c</p>", &["p main: a", "p main: b", "p main: c"]);
    }

    #[test]
    fn white_space_collapses_and_evidence_stays() {
        check("<p> a \n\t b </p>", &["p main: a b"]);
        check(
            "<p>a&nbsp; b\u{200b}c\u{ad}d&nbsp;</p>",
            &["p main: a\u{a0} b\u{200b}c\u{ad}d\u{a0}"],
        );
        check("<p>&nbsp;</p><p>\u{200b}</p>", &[]);
        check("<p>cafe<b>\u{301}</b></p>", &["p main: café"]);
    }

    #[test]
    fn what_is_not_shown_is_left_out() {
        for html in [
            "<script>no</script>",
            "<style>no</style>",
            "<template>no</template>",
            "<noscript>no</noscript>",
            "<title>no</title>",
            "<svg><text>no</text></svg>",
            "<iframe>no</iframe>",
            "<object>no</object>",
            "<canvas>no</canvas>",
            "<video>no</video>",
            "<select><option>no</select>",
            "<p hidden>no</p>",
            "<p style='color:red; display: none'>no</p>",
            "<p style='VISIBILITY:hidden'>no</p>",
            "<dialog>no</dialog>",
            "<input value=no>",
            "<math><annotation>no</annotation></math>",
        ] {
            check(&format!("<body>yes{html}"), &["p main: yes"]);
        }
        check("<dialog open>a</dialog><p aria-hidden=true>b", &["p frame: a", "p main: b"]);
    }

    #[test]
    fn a_selection_decides_alone() {
        let html = "<nav>n</nav><main><h1>a</h1><p>b <span class=x>c</span> d</main>";
        check_selected(html, &["main"], &[], &["p out: n", "h1 main: a", "p main: b c d"]);
        check_selected(
            html,
            &[".x", "h1"],
            &[],
            &["p out: n", "h1 main: a", "p out: b", "p main: c", "p out: d"],
        );
        check_selected(html, &["main"], &["h1"], &["p out: n", "h1 out: a", "p main: b c d"]);
        check_selected(html, &[], &["h1"], &["p frame: n", "h1 out: a", "p main: b c d"]);
        check_selected(
            "<table><tr><td>a<td class=x>b<td>c</table>",
            &[".x"],
            &[],
            &["tr out: a", "tr main: b", "tr out: c"],
        );
    }

    #[test]
    fn a_selector_that_meets_no_text_is_missed() {
        let html = "<main><p class=x> </p><p>a</p></main>";
        for (select, exclude) in [("#none", "i"), (".x", "i"), ("main", "main")] {
            let selection = Selection::new(&strings(&["p", select]), &strings(&[exclude])).unwrap();
            let missed = document_of_html(html, &selection, None).unwrap_err();
            let first = if exclude == "main" { "p" } else { select };
            assert_eq!(missed, SelectionError::Missed { selector: first.to_owned() });
        }
    }

    #[test]
    fn places_are_short_and_steady() {
        let html =
            "<div><div><main id=content><article class='p-1 post'><div class=body id=b7><p>a";
        let document = document_of_html(html, &Selection::default(), None).unwrap();
        assert_eq!(document.passages[0].place, "div>div>main#content>article.post>div.body>p");
    }

    #[test]
    fn hostile_nesting_is_cut_without_recursion() {
        for tag in ["div", "b", "blockquote", "table><tr><td"] {
            let html = format!("<{tag}>a ").repeat(2000);
            let document = document_of_html(&html, &Selection::default(), None).unwrap();
            assert!(!document.passages.is_empty());
            let other = html.replacen("a ", "b ", 500);
            document_of_html(&other, &Selection::default(), Some(&document)).unwrap();
        }
    }

    fn pieces() -> impl Strategy<Value = String> {
        let tags = "</?(p|div|ul|li|table|tr|td|th|b|a|br|pre|h1|nav|main|article|blockquote|span|dialog|svg|select)>";
        let piece = prop_oneof![
            tags,
            "[a-zé \n\u{a0}\u{200b}]{1,12}",
            "<[a-z]{1,3} (id|class|hidden|style)=[a-z:]{1,5}>"
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_html_never_panics(html in pieces(), text in any::<String>()) {
            for html in [html, text] {
                let document = document_of_html(&html, &Selection::default(), None).unwrap();
                prop_assert!(document.passages.iter().all(|passage| !passage.text.is_empty()));
                let again = document_of_html(&html, &Selection::default(), Some(&document)).unwrap();
                prop_assert_eq!(again.state_digest(), document.state_digest());
            }
        }

        #[test]
        fn attribute_order_and_space_between_blocks_mean_nothing(
            items in proptest::collection::vec("[a-z]{1,8}( [a-z]{1,8}){0,3}", 1..8),
            space in "[ \n\t]{0,4}",
        ) {
            let build = |attributes: &str, space: &str| {
                let item = |item| format!("{space}<li><p {attributes}>{item}</p>{space}</li>");
                let list = items.iter().map(item).collect::<String>();
                format!("<main>{space}<ul {attributes}>{list}</ul>{space}</main>")
            };
            let document = |html: &str| document_of_html(html, &Selection::default(), None).unwrap();
            let one = document(&build("class='a b' id=c title=d", ""));
            let other = document(&build("title=d id=c class='a b'", &space));
            prop_assert_eq!(one, other);
        }
    }
}
