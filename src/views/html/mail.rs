//! What is told by mail to HTML for a mail reader: no style, no link but the page's own, nothing that is loaded.
//!
//! Apart from the pages of the site, since a mail reader knows no style sheet and shows what went and what came by itself.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::compared::edited;
use super::super::styled::{Mark, Piece};
use super::super::{Look, News, escape, event_lines};
use super::text::visible;
use crate::diff::Row;

/// A mail of these parts, each from [`mail_change`] or [`mail_line`].
pub fn mail(parts: &[String]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; }
            body { @for (index, part) in parts.iter().enumerate() {
                @if index > 0 { hr; }
                (PreEscaped(part))
            } }
        }
    };
    page.into_string()
}

/// One change: what it is called, what happened, and the changed passages with what went and what came.
pub fn mail_change(title: &str, url: &str, news: &News<'_>) -> std::io::Result<String> {
    let mut events = Vec::new();
    let (look, number) = (Look::plain(78), news.compared.to.number);
    event_lines(&mut events, look, number, news.events, news.revisions, news.wordings)?;
    let rows = news.compared.comparison.rows.iter().filter_map(|row| match row {
        Row::Edited { old, new, edits } => {
            let (old, new) = (news.compared.old[*old], news.compared.new[*new]);
            Some(edited(old, new, edits, Mark::Kept))
        }
        _ => None,
    });
    let fragment = html! {
        (heading(title, url))
        pre { (String::from_utf8_lossy(&events)) }
        @for pieces in rows { p { @for piece in &pieces { (marked(piece)) } } }
    };
    Ok(escape(&fragment.into_string()).into_owned())
}

/// Something that is said in one line.
pub fn mail_line(title: &str, url: &str, line: &str) -> String {
    let fragment = html! { (heading(title, url)) p { (visible(line)) } };
    escape(&fragment.into_string()).into_owned()
}

fn heading(title: &str, url: &str) -> Markup {
    html! {
        p { strong { (visible(title)) } br; a href=(url) { (visible(url)) } }
    }
}

fn marked(piece: &Piece) -> Markup {
    let text = visible(&piece.text);
    match piece.mark {
        Mark::Removed | Mark::RestyledFrom => html! { del { (text) } },
        Mark::Added | Mark::RestyledTo | Mark::Restored => html! { ins { (text) } },
        _ => text,
    }
}
