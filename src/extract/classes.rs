//! An earlier document's classes to a later one's passages: text that counted still counts, whatever frame moves.
//!
//! Most passages of a page are the same as before and simply keep their class. The few that are new are judged, by the
//! first that knows: what stood in their stead before, what stands around them now, and where such text stood before.

use super::estate::Estate;
use super::ground::Ground;
use super::judge::Known;
use super::shown::Cut;
use super::{Class, Document, Reason};

/// Classes a page's passages by its earlier document, and says by which rule; passages that are unselected stay so.
pub(super) fn inherit(before: &Document, found: &mut Cut) -> Vec<Reason> {
    let estate = Estate::settle(before, &found.passages);
    let judged = judged(before, &estate, found);
    let mut reasons = Vec::with_capacity(judged.len());
    for (passage, (class, reason)) in found.passages.iter_mut().zip(judged) {
        passage.class = class;
        reasons.push(reason);
    }
    reasons
}

fn judged(before: &Document, estate: &Estate, found: &Cut) -> Vec<(Class, Reason)> {
    let mut classes = estate.classes(&found.passages);
    let mut reasons = vec![Reason::Known; classes.len()];
    if classes.contains(&None) {
        undecided(&classes).for_each(|index| reasons[index] = Reason::Stead);
        estate.fill_gaps(before, &found.passages, &mut classes);
    }
    if classes.contains(&None) {
        let known = Known::new(before);
        let kept = estate.main_kept(before);
        let judged = if kept * 3 >= known.main_bytes() {
            let ground = Ground::new(found, &classes);
            let is_rewritten = kept * 3 < known.main_bytes() * 2;
            let by_place = |index: usize| known.at(&found.passages[index].place);
            let judge = |index| match by_place(index).filter(|_| is_rewritten) {
                Some(class) => (class, Reason::Place),
                None => (ground.judge(index), Reason::Surroundings),
            };
            undecided(&classes).map(|index| (index, judge(index))).collect::<Vec<_>>()
        } else {
            let judge = |index: usize| known.judge(&found.passages[index].place);
            undecided(&classes).map(|index| (index, (judge(index), Reason::Place))).collect()
        };
        for (index, (class, reason)) in judged {
            (classes[index], reasons[index]) = (Some(class), reason);
        }
    }
    classes.into_iter().map(|class| class.unwrap_or(Class::Main)).zip(reasons).collect()
}

fn undecided(classes: &[Option<Class>]) -> impl Iterator<Item = usize> {
    (0..classes.len()).filter(|index| classes[*index].is_none())
}

#[cfg(test)]
mod tests {
    use crate::extract::{Class, Document, Selection, document_of_html};

    /// The paragraphs of an invented article.
    const TEXT: [&str; 5] = [
        "The council met on Tuesday evening and agreed, after a long debate, that the old bridge is to be kept.",
        "Nobody knows yet what the repair will cost; the engineers spoke of two years of work, perhaps three.",
        "A first plan had foreseen a new bridge, wider and without the arches that give the street its name.",
        "The mayor said that she was proud of the decision, and that the town would find the money somewhere.",
        "Work begins in spring, once the river is low enough, and the crossing will be closed for some weeks.",
    ];

    /// The ways in which invented sites are built: the frame before, the article's blocks, the frame after.
    const SITES: [[&str; 4]; 6] = [
        [
            "<header><nav><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul></nav></header><main><article>",
            "h1",
            "</article></main>",
            "<footer><p>All rights reserved, the example paper</p></footer>",
        ],
        [
            "<div id=page><div class=top><a href=/>Home</a></div><div class=content><div class=body>",
            "h1",
            "</div></div>",
            "<div class=bottom><p>Imprint and contact</p></div></div>",
        ],
        ["", "h1", "", "<hr><address>The author</address>"],
        [
            "<table><tr><td><a href=/>Home</a></td><td class=text>",
            "h2",
            "</td></tr></table>",
            "<p>Imprint</p>",
        ],
        [
            "<div><div><div><div><div><div><div><div class=site><section class=story>",
            "h1",
            "</section>",
            "<section class=bottom><p>Imprint</p></section></div></div></div></div></div></div></div></div>",
        ],
        [
            "<div class=wrap><header><p>The Example</p></header><main id=main><div class='entry post'><div class=entry-content>",
            "h1",
            "</div></div></main>",
            "<aside><h3>Latest</h3><ul><li><a href=/x>An old story</a></ul></aside></div>",
        ],
    ];

    fn paragraphs(text: &[&str]) -> String {
        let paragraphs: Vec<_> = text.iter().map(|text| format!("<p>{text}</p>\n")).collect();
        paragraphs.concat()
    }

    fn article(heading: &str, text: &[&str]) -> String {
        format!("<{heading}>The bridge stays</{heading}>{}", paragraphs(text))
    }

    fn page(site: &[&str; 4], first: &str, text: &[&str], beside: &str, last: &str) -> String {
        let [open, heading, close, after] = site;
        format!("<body>{first}{open}{}{close}{beside}{after}{last}", article(heading, text))
    }

    fn document(html: &str, before: Option<&Document>) -> Document {
        document_of_html(html, &Selection::default(), before).unwrap()
    }

    fn main_text(document: &Document) -> Vec<&str> {
        document.main().map(|passage| passage.text.as_str()).collect()
    }

    fn teasers(number: usize) -> String {
        let teaser = |number| {
            format!(
                "<div class=teaser><h3><a href=/{number}>Story {number} of the day</a></h3><p>What happened next in story {number}, and why it matters to all of us, the readers.</p></div>"
            )
        };
        format!("<section class=related>{}</section>", (0..number).map(teaser).collect::<String>())
    }

    fn comments() -> String {
        let comment = |number| {
            format!(
                "<li><b>Reader {number}</b><p>I have thought about this for {number} days, and I think that the council is right, or else wrong.</p></li>"
            )
        };
        format!(
            "<section id=comments><h2>30 comments</h2><ol>{}</ol></section>",
            (0..30).map(comment).collect::<String>()
        )
    }

    const COOKIES: &str = "<div class='cookie-banner'><h1>We value your privacy</h1><p>This site uses cookies to make your visit better, and to learn what you read here.</p><button>Accept all</button></div>";

    #[test]
    fn an_article_is_told_from_its_frame_at_first_sight() {
        for (number, site) in SITES.iter().enumerate() {
            let found = document(&page(site, "", &TEXT, "", ""), None);
            let main = main_text(&found);
            assert_eq!(main[..1], ["The bridge stays"], "{number}");
            assert_eq!(main[1..6], TEXT, "{number}");
        }
    }

    #[test]
    fn the_same_article_under_another_frame_says_the_same() {
        for (number, site) in SITES.iter().enumerate() {
            let old = document(&page(site, "", &TEXT, "", ""), None);
            for (first, beside, last) in [
                (COOKIES, String::new(), ""),
                ("", String::new(), COOKIES),
                ("", teasers(1), ""),
                ("", teasers(20), ""),
                ("", comments(), ""),
                (COOKIES, teasers(20) + &comments(), "<dialog open><p>Subscribe now</p></dialog>"),
            ] {
                let html = page(site, first, &TEXT, &beside, last);
                let new = document(&html, Some(&old));
                assert_eq!(main_text(&new), main_text(&old), "{number} {first} {beside}");
                // And when what was added has come to stay, or goes again.
                let again = document(&page(site, "", &TEXT, "", ""), Some(&new));
                assert_eq!(again.state_digest(), old.state_digest(), "{number}");
            }
        }
    }

    #[test]
    fn the_same_article_on_a_rebuilt_page_says_the_same() {
        for old_site in &SITES {
            let old = document(&page(old_site, "", &TEXT, "", ""), None);
            for new_site in SITES.iter().filter(|site| site[1] == old_site[1]) {
                let new = document(&page(new_site, "", &TEXT, "", ""), Some(&old));
                for text in TEXT {
                    assert!(main_text(&new).contains(&text));
                }
            }
        }
    }

    #[test]
    fn what_changes_in_the_article_is_main_text() {
        let added = "A new paragraph, in which the opposition is heard.";
        for (number, site) in SITES.iter().enumerate() {
            let old = document(&page(site, "", &TEXT, &teasers(3), ""), None);
            let check = |text: &[&str], frame: &str| {
                let new = document(&page(site, frame, text, &teasers(4), ""), Some(&old));
                let main = main_text(&new);
                assert_eq!(main[1..=text.len()], *text, "{number}");
                assert_eq!(main.len() - text.len(), main_text(&old).len() - TEXT.len(), "{number}");
            };
            for frame in ["", COOKIES] {
                for at in 0..=TEXT.len() {
                    let mut text = TEXT.to_vec();
                    text.insert(at, added);
                    check(&text, frame);
                }
                for (at, moved) in TEXT.into_iter().enumerate() {
                    let mut text = TEXT.to_vec();
                    text.remove(at);
                    check(&text, frame);
                    text.insert(2, moved);
                    check(&text, frame);
                    text[2] = added;
                    check(&text, frame);
                }
                check(&[added, "And nothing else is left."], frame);
            }
        }
    }

    #[test]
    fn blocks_of_another_kind_in_the_article_are_main_text() {
        for (number, site) in SITES.iter().enumerate() {
            let old = document(&page(site, "", &TEXT, "", ""), None);
            let [open, heading, close, after] = site;
            for (block, texts) in [
                ("<ul><li>one thing<li>another</ul>", &["one thing", "another"][..]),
                ("<h2>What now</h2>", &["What now"]),
                ("<blockquote><p>So she said.</p></blockquote>", &["So she said."]),
                ("<table><tr><td>a<td>b</table>", &["a | b"]),
                ("<pre>code</pre>", &["code"]),
            ] {
                for at in [1, 3, 5] {
                    let before = article(heading, &TEXT[..at]);
                    let rest = paragraphs(&TEXT[at..]);
                    let html = format!("{open}{before}{block}{rest}{close}{after}");
                    let new = document(&html, Some(&old));
                    for text in texts {
                        assert!(main_text(&new).contains(text), "{number} {at} {text}");
                    }
                }
            }
        }
    }

    /// Frames of which no name and no tag says what they are, beside text that stands in nameless blocks itself.
    #[test]
    fn nameless_blocks_beside_the_text_are_told_by_having_nothing_old_in_them() {
        let text = article("h1", &TEXT);
        let boxes = [
            "<div><h2>We value your privacy</h2><p>This site uses cookies.</p><button>Yes</button></div>",
            "<div><h3>Stay informed</h3><form><input><button>Subscribe</button></form></div>",
            "<div><ol><li><b>A reader</b><p>The council is right, or else wrong.</p></ol></div>",
            "<div>12 shares</div>",
        ];
        let link = "<div><ul><li><a href=/>Home</a></ul></div>";
        let pages =
            [["<div>", "</div>"], ["<div><div>", "</div></div>"], ["<section>", "</section>"]];
        for [open, close] in pages {
            let old = document(&format!("<body>{link}{open}{text}{close}"), None);
            for one in boxes {
                for html in [
                    format!("<body>{one}{link}{open}{text}{close}"),
                    format!("<body>{link}{open}{text}{close}{one}"),
                ] {
                    let new = document(&html, Some(&old));
                    assert_eq!(main_text(&new), main_text(&old), "{html}");
                }
            }
        }
    }

    #[test]
    fn one_more_of_several_parts_of_the_text_is_text_and_a_teaser_is_not() {
        let part = |number: usize| {
            format!("<section><h2>Part {number}</h2><p>{}</p></section>", TEXT[number])
        };
        let page = |more: &str| format!("<body><h1>The bridge</h1>{}{}{more}", part(0), part(1));
        let old = document(&page(""), None);
        let longer = document(&page(&part(2)), Some(&old));
        assert_eq!(main_text(&longer)[5..], ["Part 2", TEXT[2]]);
        let teaser = "<section><div><h3><a href=/x>Another story</a></h3><p>And its lead.</p></div></section>";
        let new = document(&page(teaser), Some(&old));
        assert_eq!(main_text(&new), main_text(&old));
    }

    #[test]
    fn what_stood_in_the_same_stead_hands_its_class_on() {
        let page = |headline: &str, shares: usize| {
            let list = format!("<div><p><a href=/x>{headline}</a></p></div>");
            format!("<body><main>{}<div>{shares} shares</div></main>{list}", article("h1", &TEXT))
        };
        let mut old = document(&page("An old story", 12), None);
        for passage in &mut old.passages {
            let is_frame = passage.text.ends_with("shares") || passage.text.ends_with("story");
            passage.class = if is_frame { Class::Furniture } else { Class::Main };
        }
        let new = document(&page("Quite another thing", 13), Some(&old));
        assert_eq!(main_text(&new), main_text(&old));
    }

    #[test]
    fn a_box_in_the_text_is_none_of_it_unless_the_whole_text_stands_in_such_boxes() {
        let [first, rest] = [paragraphs(&TEXT[..2]), paragraphs(&TEXT[2..])];
        for aside in [
            "<aside><p>no</p></aside>",
            "<div class=ad-slot>no</div>",
            "<div class=related><p>no</p></div>",
        ] {
            let html = format!("<article><h1>The bridge stays</h1>{first}{aside}{rest}</article>");
            let found = document(&html, None);
            assert_eq!(found.main().count(), 6, "{aside}");
            let old = document(&html.replace(aside, ""), None);
            assert_eq!(document(&html, Some(&old)).state_digest(), old.state_digest(), "{aside}");
        }
        let widgets = TEXT.map(|text| format!("<div class=widget><p>{text}</p></div>")).concat();
        let old = document(&format!("<main>{widgets}</main>"), None);
        assert_eq!(main_text(&old), TEXT);
        let more = format!("<main>{widgets}<div class=widget><p>One more.</p></div></main>");
        assert_eq!(document(&more, Some(&old)).main().count(), 6);
    }

    #[test]
    fn a_text_written_anew_is_believed_where_the_old_one_stood() {
        for (number, site) in SITES.iter().enumerate() {
            let old = document(&page(site, COOKIES, &TEXT, "", ""), None);
            let anew = ["Everything is different now.", "And nothing of it was said before."];
            let html = page(site, COOKIES, &anew, "", "").replace("The bridge stays", "It is gone");
            let new = document(&html, Some(&old));
            assert_eq!(main_text(&new)[..3], ["It is gone", anew[0], anew[1]], "{number}");
        }
    }

    #[test]
    fn a_headline_repeated_in_a_list_is_no_headline() {
        let list = "<aside><ul><li><a href=/b>The bridge stays</a></ul></aside>";
        let old = document(&page(&SITES[5], "", &TEXT, "", ""), None);
        let new = document(&page(&SITES[5], list, &TEXT, list, ""), Some(&old));
        assert_eq!(new.state_digest(), old.state_digest());
    }

    #[test]
    fn what_a_reader_mode_leaves_out_in_the_midst_is_text() {
        let fold = |number: usize| {
            let title = format!("<div><button id=b{number}><p>Part {number}</p></button></div>");
            format!("<section>{title}<div class=inner>{}</div></section>", paragraphs(&TEXT))
        };
        let folds = (0..4).map(fold).collect::<String>();
        let found = document(&format!("<article><h1>Terms</h1>{folds}</article>"), None);
        assert_eq!(found.main().count(), 1 + 4 * (1 + TEXT.len()));
    }

    #[test]
    fn an_index_of_links_is_its_own_text() {
        let link = |number| format!("<li><a href=/{number}>Story {number}</a>");
        let links = (0..20).map(link).collect::<String>();
        let found = document(&format!("<nav>Home</nav><ul>{links}</ul>"), None);
        assert_eq!(found.main().count(), 20);
        assert_eq!(found.passages[0].class, Class::Furniture);
    }
}
