//! What is known to pages that a person reads in a browser: HTML that is whole without scripts, in one style.
//!
//! Every text goes through maud, which escapes it, and the finished page through [`escape()`], as every other listing
//! does: so no page can add markup, turn the reading order or hide a character, wherever its text is shown.

mod address;
mod comparison;
mod event_line;
mod evidence;
mod exhibit;
mod feed;
mod frame;
mod history;
mod lanes;
mod listings;
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
pub use comparison::comparison;
pub use event_line::event_words;
pub use evidence::Evidence;
pub use exhibit::{Exhibit, Panel, exhibit, exhibit_on_site};
pub use feed::{Entry, Feed, entry};
pub use frame::{problem, style_sheet};
pub use history::{History, history};
pub use listings::{Happened, ages, checks, found, happened, revision_text};
pub use page_list::page_list;
pub use phrase::phrase;
pub use story::EventWords;

/// The style of every page.
const STYLE: &str = include_str!("style.css");

/// A page that needs nothing beside it: its style is inside, and it may load nothing.
fn alone(title: &str, body: &Markup) -> String {
    let digest = STANDARD.encode(Digest::of(STYLE.as_bytes()).bytes());
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
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    escape(&page.into_string()).into_owned() + "\n"
}
