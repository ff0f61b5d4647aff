//! Why a passage has the class that it has: the rule that decided, kept while classes are decided, and told on demand.
//!
//! It stands apart because it decides nothing: no rule may look at what another rule said.

use std::fmt;

use serde::Serialize;

use super::Passage;
use super::place::leads_to_frame;

/// The rule that decided a passage's class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The page's settings select or exclude it.
    Settings,
    /// Its kind of document says so.
    Kind,
    /// At first sight, a reader mode would show it.
    Reader,
    /// At first sight, it stands in the midst of what a reader mode would show, or is its headline.
    Midst,
    /// At first sight, a reader mode would not show it.
    Aside,
    /// At first sight, a reader mode found no text; what no element marks as a frame is all text.
    NoOpinion,
    /// The same text stood on the page before.
    Known,
    /// It stands in the stead of an earlier passage.
    Stead,
    /// It stands at a place where others stood before.
    Place,
    /// What stands around it.
    Surroundings,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Settings => "settings",
            Self::Kind => "kind of document",
            Self::Reader => "reader mode",
            Self::Midst => "midst or headline",
            Self::Aside => "beside the text",
            Self::NoOpinion => "no frame around",
            Self::Known => "stood before",
            Self::Stead => "in another's stead",
            Self::Place => "others' place",
            Self::Surroundings => "surroundings",
        })
    }
}

impl Passage {
    /// The element around it that by its tag or its name belongs to a frame, outermost first, if any does.
    pub fn frame(&self) -> Option<&str> {
        self.place.split('>').find(|step| leads_to_frame(step))
    }
}
