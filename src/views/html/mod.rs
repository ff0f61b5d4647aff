//! What is known to pages that a person reads in a browser: HTML that is whole without scripts, in one style.
//!
//! Every text goes through maud, which escapes it, and the finished page through [`escape()`], as every other listing
//! does: so no page can add markup, turn the reading order or hide a character, wherever its text is shown.

mod address;
mod card;
mod comparison;
mod event_line;
mod evidence;
mod exhibit;
mod feed;
mod frame;
mod history;
mod lanes;
mod listings;
mod mail;
mod page_list;
mod phrase;
mod story;
mod text;
mod time_line;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::escape;
use crate::fetch::Digest;

pub use address::{Address, Columns, FeedForm, Links, Place, key};
pub use card::card;
pub use comparison::comparison;
pub use event_line::event_words;
pub use evidence::Evidence;
pub use exhibit::{Exhibit, Panel, exhibit, exhibit_on_site};
pub use feed::{Entry, Feed, entry};
pub use frame::{problem, style_sheet};
pub use history::{History, history};
pub use listings::{Happened, ages, checks, found, happened, revision_text};
pub use mail::{mail, mail_change, mail_line};
pub use page_list::page_list;
pub use phrase::phrase;
pub use story::EventWords;

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// A page that needs nothing beside it: its style is inside, and it may load nothing.
fn alone(title: &str, body: &Markup) -> String {
    alone_in(STYLE, title, body)
}

/// The same in a style of its own.
fn alone_in(style: &str, title: &str, body: &Markup) -> String {
    let digest = STANDARD.encode(Digest::of(style.as_bytes()).bytes());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(concat!("palinode ", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    escape(&page.into_string()).into_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, by WCAG 2.
    fn luminance(colour: &str) -> f64 {
        let digits = colour.trim_start_matches('#');
        let wide: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits.to_owned(),
        };
        let part = |at: usize| {
            let share = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
            if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Light, dark and print: text has at least the contrast of WCAG AA on what it stands on, signs that of graphics.
    #[test]
    fn every_colour_can_be_told_from_what_it_stands_on() {
        let themes: Vec<&str> = STYLE.split(":root {").skip(1).collect();
        assert_eq!(themes.len(), 3);
        for theme in themes {
            let theme = &theme[..theme.find('}').unwrap()];
            let colour = |name: &str| {
                let start = theme.find(&format!("--{name}: ")).unwrap() + name.len() + 4;
                theme[start..].split(';').next().unwrap()
            };
            for (text, ground) in [
                ("ink", "paper"),
                ("ink", "panel"),
                ("faint", "paper"),
                ("faint", "panel"),
                ("link", "paper"),
                ("link", "panel"),
                ("gone", "gone-paper"),
                ("gone", "paper"),
                ("came", "came-paper"),
                ("note", "note-paper"),
                ("note", "paper"),
                ("paper", "there"),
                ("paper", "note"),
            ] {
                let contrast = contrast(colour(text), colour(ground));
                assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.1}");
            }
            for sign in ["there", "away", "blind"] {
                assert!(contrast(colour(sign), colour("paper")) >= 3.0, "{sign}");
            }
        }
    }
}
