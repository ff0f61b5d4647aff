//! What a page of the site says to the whole page: the way back, the search, the title.

use maud::{DOCTYPE, Markup, html};

use super::STYLE;
use super::address::{Address, FeedForm, Links, Place};
use super::text::{name, visible};
use crate::views::escape;

/// A page of the site in its frame.
pub(super) struct Framed<'a> {
    pub(super) links: Links,
    pub(super) title: &'a str,
    /// What it is a part of, the outermost first.
    pub(super) above: Vec<(String, Address)>,
    /// The page whose feed is offered; `None` offers that of all pages.
    pub(super) feed_of: Option<String>,
}

/// The style sheet.
pub fn style_sheet() -> &'static str {
    STYLE
}

/// The whole page.
pub(super) fn framed(frame: &Framed<'_>, body: &Markup) -> String {
    let Framed { links, title, above, feed_of } = frame;
    let feed = |form| links.to(&Address::Feed(feed_of.clone(), form));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) " \u{2013} palinode" }
                link rel="stylesheet" href=(links.to(&Address::Style));
                link rel="alternate" type="application/atom+xml" href=(feed(FeedForm::Atom));
                link rel="alternate" type="application/feed+json" href=(feed(FeedForm::Json));
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header.site { (navigation(*links)) }
                main #content {
                    @if !above.is_empty() {
                        nav.above aria-label="Above this page" {
                            @for (text, address) in above { a href=(links.to(address)) { (name(text)) } " \u{203a} " }
                        }
                    }
                    (body)
                }
                footer { p { "palinode " (env!("CARGO_PKG_VERSION")) ". All times are UTC. Feeds: " a href=(feed(FeedForm::Atom)) { "Atom" } ", " a href=(feed(FeedForm::Json)) { "JSON" } "." } }
            }
        }
    };
    escape(&page.into_string()).into_owned() + "\n"
}

fn navigation(links: Links) -> Markup {
    html! {
        nav aria-label="Site" {
            a href=(links.to(&Address::Pages)) { "Pages" }
            a href=(links.to(&Address::Events)) { "Events" }
        }
        @if links.place() == Place::Server {
            form.search role="search" method="get" action=(links.to(&Address::Search)) {
                label.sr for="q" { "Search all that any page ever said" }
                input #q type="search" name="q" placeholder="Search all that was ever said" required;
                button type="submit" { "Search" }
            }
        }
    }
}

/// A page that says why there is nothing to show.
pub fn problem(links: Links, title: &str, why: &str) -> String {
    let frame = Framed { links, title, above: Vec::new(), feed_of: None };
    framed(
        &frame,
        &html! { h1 { (title) } p { (visible(why)) } p { a href=(links.to(&Address::Pages)) { "All pages" } } },
    )
}
