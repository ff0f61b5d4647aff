//! A seed to invented pages in frames as sites of many kinds build them, each with the text that is theirs.

use std::fmt::Write as _;

use crate::draw::Draw;
use crate::truth::Truth;

/// An invented page of a seed.
pub(crate) fn made(seed: u64) -> Truth {
    let mut draw = Draw::new(seed);
    let kind = draw.below(6);
    let (mut blocks, mut texts) = (String::new(), Vec::new());
    let title = draw.line(6);
    texts.push(title.clone());
    match kind {
        0 => questions(&mut draw, &mut blocks, &mut texts),
        1 => documentation(&mut draw, &mut blocks, &mut texts),
        2 => terms(&mut draw, &mut blocks, &mut texts),
        3 => prices(&mut draw, &mut blocks, &mut texts),
        _ => article(&mut draw, &mut blocks, &mut texts),
    }
    let html = framed(&mut draw, &title, &blocks);
    Truth { name: format!("made-{seed}"), html, text: texts.join("\n") }
}

fn push(blocks: &mut String, texts: &mut Vec<String>, open: &str, text: &str, close: &str) {
    let _ = writeln!(blocks, "<{open}>{text}</{close}>");
    texts.push(text.to_owned());
}

fn paragraphs(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>, most: usize) {
    for _ in 0..draw.between(1, most) {
        let text = draw.paragraph();
        push(blocks, texts, "p", &text, "p");
    }
}

fn items(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>, list: &str) {
    let _ = write!(blocks, "<{list}>");
    for _ in 0..draw.between(2, 7) {
        let words = draw.between(3, 15);
        let text = draw.sentence(words);
        push(blocks, texts, "li", &text, "li");
    }
    let _ = write!(blocks, "</{list}>");
}

fn rows(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    blocks.push_str("<table><tbody>");
    for _ in 0..draw.between(3, 8) {
        let cells = [draw.word(), draw.line(3), draw.between(3, 900).to_string()];
        let _ = write!(blocks, "<tr><td>{}</td></tr>", cells.join("</td><td>"));
        texts.push(cells.join(" | "));
    }
    blocks.push_str("</tbody></table>");
}

fn footnotes(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    blocks.push_str("<ol class=\"footnotes\">");
    for number in 1..=draw.between(1, 4) {
        let text = draw.sentence(8);
        push(blocks, texts, &format!("li id=\"fn{number}\""), &text, "li");
    }
    blocks.push_str("</ol>");
}

fn article(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    for part in 0..draw.between(1, 4) {
        if part > 0 {
            let heading = draw.line(4);
            push(blocks, texts, "h2", &heading, "h2");
        }
        paragraphs(draw, blocks, texts, 5);
        match draw.below(6) {
            0 => items(draw, blocks, texts, "ul"),
            1 => rows(draw, blocks, texts),
            2 => {
                let text = draw.paragraph();
                push(blocks, texts, "blockquote", &text, "blockquote");
            }
            _ => {}
        }
    }
    if draw.once_in(3) {
        footnotes(draw, blocks, texts);
    }
}

fn questions(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    for _ in 0..draw.between(4, 12) {
        blocks.push_str("<div class=\"question\">");
        let heading = draw.line(7) + "?";
        push(blocks, texts, "h3", &heading, "h3");
        paragraphs(draw, blocks, texts, 2);
        blocks.push_str("</div>");
    }
}

fn documentation(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    for _ in 0..draw.between(2, 6) {
        blocks.push_str("<section>");
        let heading = draw.line(3);
        push(blocks, texts, "h2", &heading, "h2");
        paragraphs(draw, blocks, texts, 3);
        let code = format!("let {} = {};\n  {}();", draw.word(), draw.between(1, 99), draw.word());
        push(blocks, texts, "pre", &code, "pre");
        if draw.once_in(2) {
            items(draw, blocks, texts, "ol");
        }
        blocks.push_str("</section>");
    }
}

fn terms(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    for number in 1..=draw.between(5, 14) {
        let heading = format!("{number}. {}", draw.line(3));
        push(blocks, texts, "h2", &heading, "h2");
        paragraphs(draw, blocks, texts, 3);
        if draw.once_in(3) {
            items(draw, blocks, texts, "ul");
        }
    }
}

fn prices(draw: &mut Draw, blocks: &mut String, texts: &mut Vec<String>) {
    paragraphs(draw, blocks, texts, 2);
    for _ in 0..draw.between(1, 3) {
        rows(draw, blocks, texts);
        paragraphs(draw, blocks, texts, 2);
    }
}

/// The title and the blocks in the frame of a site.
fn framed(draw: &mut Draw, title: &str, blocks: &str) -> String {
    let (head, side, foot) = (header(draw), sidebar(draw), footer(draw));
    let heading = format!("<h1>{title}</h1>");
    let post = draw.name("entry-content");
    let body = match draw.below(7) {
        0 => format!("{head}<main><article>{heading}{blocks}</article></main>{side}{foot}"),
        1 => format!("<div id=\"page\">{head}<div{post}>{heading}{blocks}</div>{side}{foot}</div>"),
        2 => format!("{head}{heading}\n{blocks}{foot}"),
        3 => format!(
            "{head}<table><tr><td>{side}</td><td{post}>{heading}{blocks}</td></tr></table>{foot}"
        ),
        4 => format!(
            "<div><div><div><div><div>{head}<div><div><section>{heading}<div{post}>{blocks}</div></section></div>{side}</div>{foot}</div></div></div></div></div>"
        ),
        5 => format!(
            "{head}<div class=\"wrap\"><main id=\"content\"><header>{heading}</header><div{post}>{blocks}</div></main>{side}</div>{foot}"
        ),
        _ => {
            let parts = blocks.replace("\n<h", "\n</div><div class=\"part\"><h");
            format!(
                "{head}<div class=\"grid\"><div{post}>{heading}<div class=\"part\">{parts}</div></div>{side}</div>{foot}"
            )
        }
    };
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>")
}

fn links(draw: &mut Draw, least: usize, most: usize) -> String {
    let number = draw.between(least, most);
    let link = |_| format!("<li><a href=\"/{}\">{}</a></li>", draw.word(), draw.line(2));
    (0..number).map(link).collect::<Vec<_>>().concat()
}

fn header(draw: &mut Draw) -> String {
    let menu = links(draw, 4, 9);
    match draw.below(3) {
        0 => format!("<header><nav><ul>{menu}</ul></nav></header>"),
        1 => format!("<div{}><ul>{menu}</ul></div>", draw.name("navbar")),
        _ => format!(
            "<div class=\"top\"><a href=\"/\">{}</a><ul class=\"menu\">{menu}</ul></div>",
            draw.word()
        ),
    }
}

fn sidebar(draw: &mut Draw) -> String {
    let (title, list) = (draw.line(2), links(draw, 3, 8));
    match draw.below(4) {
        0 => String::new(),
        1 => format!("<aside><h3>{title}</h3><ul>{list}</ul></aside>"),
        2 => format!("<div{}><h3>{title}</h3><ul>{list}</ul></div>", draw.name("sidebar")),
        _ => format!("<div class=\"related\"><h4>{title}</h4><ul>{list}</ul></div>"),
    }
}

fn footer(draw: &mut Draw) -> String {
    let (list, right) = (links(draw, 2, 6), draw.sentence(7));
    match draw.below(3) {
        0 => format!("<footer><ul>{list}</ul><p>© 2024 {right}</p></footer>"),
        1 => format!("<div{}><ul>{list}</ul><p>© 2024 {right}</p></div>", draw.name("footer")),
        _ => format!("<div id=\"footer\"><p>© 2024 {right}</p></div>"),
    }
}
