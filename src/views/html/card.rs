//! One event to a card of exactly 1200 by 675, whose picture can be passed around.
//!
//! It is a page of HTML and no drawing, because only a browser breaks lines of every script where they break; what does
//! not fit is cut around the marked words, here, and at the end of a box, by the style. It has one theme, so that a
//! picture does not depend on whose machine took it. What the event does not prove has no room: the exhibit says it.

use maud::{Markup, html};

use super::alone_in;
use super::exhibit::{Exhibit, Panel, caption, class};
use super::text::{name, time};
use crate::views::events::bounds;

/// That of every page, and what is different on a card.
const STYLE: &str = concat!(include_str!("style.css"), include_str!("card.css"));

/// So many columns of other text stand beside the marked words.
const BESIDE: usize = 64;

/// More instants than these have no room.
const MOST: usize = 4;

/// The card, a whole HTML file.
pub fn card(exhibit: &Exhibit<'_>) -> String {
    let title = format!("{} \u{2013} {}", exhibit.headline().plain(), exhibit.page.title());
    let (drawing, instants, _) = exhibit.drawing();
    let more = instants.len().saturating_sub(MOST);
    let body = html! {
        main.card {
            header {
                p.eyebrow { (name(exhibit.page.url.as_str())) }
                h1 { (exhibit.headline().markup()) }
            }
            div.columns {
                @for (index, panel) in exhibit.panels.iter().enumerate() { (said(exhibit, index, panel)) }
            }
            div.when {
                figure { (drawing) }
                ol.bounds {
                    @for (what, at) in instants.iter().take(MOST) { li { (what) " " (time(*at)) } }
                    @if more > 0 { li.more { "and " (more) " more" } }
                    li.more { "dashes: unknown; crosses: not seen" }
                }
            }
            footer {
                p {
                    @if let Some(absence) = exhibit.absence() { strong { "Missing for " (bounds(&absence)) ". " } }
                    "All times are UTC."
                }
                p { (exhibit.number) "." (exhibit.place) ", by palinode " (env!("CARGO_PKG_VERSION")) " at " (time(exhibit.made_at)) }
            }
        }
    };
    alone_in(STYLE, &title, &body)
}

fn said(exhibit: &Exhibit<'_>, index: usize, panel: &Panel<'_>) -> Markup {
    html! {
        article class={ "panel " (class(panel.part)) } {
            header {
                h2 { (caption(panel.part)) ": " (panel.revision.number) }
                (time(panel.revision.first_seen)) " \u{2013} " (time(panel.revision.last_seen))
            }
            blockquote.quote lang=(exhibit.language.as_deref().unwrap_or_default()) {
                div { (exhibit.passages(index, BESIDE)) }
            }
            p.digest { span { "SHA-256" } " " (panel.evidence.digest) }
        }
    }
}
