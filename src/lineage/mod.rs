//! Document after document to the life of every word: what came, went, came back or moved, and since when.
//!
//! Each passage of a page is a **line** that lives on through its rewordings. A line is woven of **slots**, one for
//! every token that ever stood on it; a token that goes leaves its slot behind, dead, in its place. So a word that
//! comes back between the same neighbours finds its own slot again, however much around it has changed: that is what
//! tells *restored* from *new* where no comparison of whole texts could.
//!
//! Everything here is pure: documents and an earlier weave in, a weave and events out.

mod advance;
mod blame;
mod earlier;
mod emit;
mod event;
mod finer;
mod gates;
#[cfg(test)]
mod histories;
mod hunks;
#[cfg(test)]
mod lawful;
#[cfg(test)]
mod laws_tests;
mod ledger;
mod line;
mod lines;
mod matched;
#[cfg(test)]
mod named_tests;
mod names;
mod pairs;
#[cfg(test)]
mod passages_tests;
mod past;
mod revive;
mod reweave;
mod said;
mod sightings;
mod slot;
mod spotted;
mod stations;
mod strangers;
#[cfg(test)]
mod timing_tests;
#[cfg(test)]
mod turning_tests;
#[cfg(test)]
mod wandering_tests;
mod weave;
mod whereabouts;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::extract::PassageKind;

pub use advance::{Advance, Returning, Step, advance, begin};
pub use blame::{Origin, Thread};
pub use event::{Event, EventKind, Gate, Grade, NotAnEvent, Strand};
pub use gates::is_statement;
pub use ledger::{Exactness, PhraseCount, PhraseCounter, PhraseRun};
pub use line::Line;
pub use past::{Past, Wordings};
pub use sightings::{Sighting, Sought, WordOrder};
pub use stations::{Part, Station};
pub use weave::Weave;

/// The number of a revision of a page, from 1; shown as `r3`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionNumber(pub u32);

/// One wording of a passage, numbered through the page's history in the order in which they appeared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WordingId(pub u32);

/// A passage's identity through its rewordings: the number of its first wording.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(pub u32);

/// One wording: its text, and the line and revision in which it first stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The line it is a wording of.
    pub line: LineId,
    /// The revision in which it first stood.
    pub born: RevisionNumber,
    /// What block it is.
    pub kind: PassageKind,
    /// The text.
    pub text: String,
}

/// A passage of one state: which line stands here, in which wording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Placed {
    /// The line.
    pub line: LineId,
    /// Its wording.
    pub wording: WordingId,
}

/// The wordings of a page, all at hand or each read when it is asked for.
pub trait ByNumber {
    /// The wording of this number, if there is one.
    fn numbered(&self, id: WordingId) -> Option<&Wording>;
}

/// The passages of a layout, in reading order.
pub fn passages<'a, W: ByNumber + ?Sized>(
    layout: &'a [Placed],
    wordings: &'a W,
) -> impl Iterator<Item = &'a Wording> {
    layout.iter().filter_map(|placed| wordings.numbered(placed.wording))
}

/// The texts of a layout, in reading order.
pub fn texts<'a, W: ByNumber + ?Sized>(layout: &'a [Placed], wordings: &'a W) -> Vec<&'a str> {
    passages(layout, wordings).map(|wording| wording.text.as_str()).collect()
}

impl ByNumber for [Wording] {
    fn numbered(&self, id: WordingId) -> Option<&Wording> {
        self.get(id.0 as usize)
    }
}

impl ByNumber for BTreeMap<WordingId, Wording> {
    fn numbered(&self, id: WordingId) -> Option<&Wording> {
        self.get(&id)
    }
}

impl ByNumber for Vec<Wording> {
    fn numbered(&self, id: WordingId) -> Option<&Wording> {
        self.get(id.0 as usize)
    }
}

impl RevisionNumber {
    /// The first revision of every page.
    pub const FIRST: Self = Self(1);

    /// The revision before this one, if there is one.
    pub fn before(self) -> Option<Self> {
        self.0.checked_sub(1).filter(|number| *number > 0).map(Self)
    }

    /// The revision after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}
