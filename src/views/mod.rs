//! What is known to what a person or a program reads: presentation only, one file a listing, no decisions.
//!
//! Page text is hostile. Everything that is printed passes [`escape()`], so that no page can move the cursor, turn the
//! reading order or hide a character; colour is never the only signal, and a pipe gets none.

mod beside;
mod blame;
mod captures;
mod claims;
mod compared;
mod escape;
mod deposits;
mod events;
mod excerpt;
mod following;
mod frame;
mod git;
mod git_path;
mod graph;
mod graph_json;
pub mod html;
mod hyperlink;
mod lines;
mod log;
mod news;
mod pages;
mod passages;
mod replay;
mod search;
mod show;
mod side_by_side;
mod soundness;
mod sources;
mod states;
mod status;
mod strip;
mod styled;
mod times;
mod trace;
mod tracks;
mod turns;
mod witnesses;

use std::io::{self, Write};

use serde::Serialize;

use crate::extract::{stretch, tokens};
use crate::lineage::{ByNumber, Strand};

pub use beside::{attribute_lines, attributes_value, beside, beside_json};
pub use blame::{Blame, blame, blame_json};
pub use captures::{captures, captures_json};
pub use compared::{Compared, json as diff_json, unified, words};
pub use escape::escape;
pub use events::{EventsOf, event_lines, events, events_json};
pub use following::{Detail, follow_news, follow_news_json, following, following_json, listed};
pub use frame::{frame, frame_json};
pub use git::{git_begin, git_commit, git_end};
pub use graph::{Graph, graph};
pub use graph_json::graph_json;
pub use html::{EventWords, Evidence, Exhibit, Panel, card, exhibit};
pub use lines::{Columns, LinesOf, SCHEMA};
pub use log::{Log, counted, log, log_json};
pub use news::{News, news};
pub use pages::{PageLine, pages, pages_json};
pub use passages::{Since, Tracked, tracked, tracked_json};
pub use replay::{Replayed, replay_list};
pub use search::{Findings, quoted, search, search_json};
pub use show::{Shown, show, show_json};
pub use side_by_side::side_by_side;
pub use soundness::{soundness, soundness_json};
pub use status::{Status, status, status_json};
pub use times::{moment, span};
pub use trace::{Ledger, trace, trace_json};
pub use turns::Turns;
pub use witnesses::{Witnesses, witnesses, witnesses_json};

/// How the reader sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Columns that a line may take.
    pub width: usize,
    /// Whether marks are colours or signs.
    pub ink: Ink,
    /// Whether the names of pages lead to their addresses.
    pub hyperlinks: Hyperlinks,
    /// Whether time is drawn, and with what.
    pub time_lines: TimeLines,
}

impl Look {
    /// That of a file, a mail or a pipe.
    pub const fn plain(width: usize) -> Self {
        let (hyperlinks, time_lines) = (Hyperlinks::Left, TimeLines::Left);
        Self { width, ink: Ink::Plain, hyperlinks, time_lines }
    }
}

/// Whether the names of pages lead to their addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hyperlinks {
    /// As OSC 8 has it: the terminal knows it.
    Written,
    /// A pipe, or a terminal that would print the sequence.
    Left,
}

/// Whether time is drawn, and with what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeLines {
    /// With blocks.
    Blocks,
    /// With letters, where blocks would come out as rubbish.
    Ascii,
    /// Not at all.
    Left,
}

/// Whether marks are colours or signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// ANSI colours, with underline and strike-through as the second signal.
    Colour,
    /// `[-removed-]` and `{+added+}`.
    Plain,
}

/// Writes one JSON value and a line end. What cannot be seen is written by its number, as JSON allows: a terminal is as
/// safe from it as from any other listing, and a program reads the very same text.
pub fn json<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    // The line breaks are those between values; in a string, JSON has written them otherwise already.
    writeln!(out, "{}", escape::in_json(&text))
}

/// Writes one JSON value as one line, what cannot be seen by its number.
fn json_line<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    let text = serde_json::to_string(value)?;
    writeln!(out, "{}", escape::in_json(&text))
}

/// The text of a strand as it stands in its wording.
fn strand_text<'a>(strand: &Strand, wordings: &'a dyn ByNumber) -> &'a str {
    let text = wordings.numbered(strand.wording).map_or("", |wording| wording.text.as_str());
    stretch(text, &tokens(text), &strand.tokens)
}
