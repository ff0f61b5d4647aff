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
mod finer;
#[cfg(test)]
mod histories;
mod hunks;
#[cfg(test)]
mod laws_tests;
mod ledger;
mod lines;
mod matched;
#[cfg(test)]
mod named_tests;
mod pairs;
#[cfg(test)]
mod passages_tests;
mod past;
mod revive;
mod reweave;
mod said;
mod sightings;
mod strangers;
#[cfg(test)]
mod timing_tests;
#[cfg(test)]
mod wandering_tests;
mod weave;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::extract::PassageKind;

pub use advance::{Advance, Step, advance, begin};
pub use blame::{Origin, Thread};
pub use ledger::{Exactness, PhraseCount, PhraseCounter, PhraseRun};
pub use past::{Past, Wordings};
pub use sightings::{Sighting, Sought, WordOrder};
pub use weave::{Line, Weave};

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

/// The passages of a layout, in reading order.
pub fn passages<'a>(
    layout: &'a [Placed],
    wordings: &'a [Wording],
) -> impl Iterator<Item = &'a Wording> {
    layout.iter().filter_map(|placed| wordings.get(placed.wording.0 as usize))
}

/// The texts of a layout, in reading order.
pub fn texts<'a>(layout: &'a [Placed], wordings: &'a [Wording]) -> Vec<&'a str> {
    passages(layout, wordings).map(|wording| wording.text.as_str()).collect()
}

/// A run of neighbouring tokens of one wording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Strand {
    /// The wording.
    pub wording: WordingId,
    /// Its tokens.
    pub tokens: Range<usize>,
}

/// What happened to a strand from one revision to the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To how large a part.
    pub grade: Grade,
    /// What stood before; `None` when nothing stood in its place.
    pub old: Option<Strand>,
    /// What stands now.
    pub new: Option<Strand>,
    /// The first revision that had what this event is about.
    pub born: RevisionNumber,
    /// For a return: the revision in which it had gone.
    pub gone: Option<RevisionNumber>,
}

/// What can happen to a strand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EventKind {
    /// It came, and had not been there before.
    Added,
    /// It went.
    Removed,
    /// It took the place of another.
    Reworded,
    /// It stands elsewhere.
    Moved,
    /// It is written otherwise: case, quotes, spaces, invisible characters.
    Restyled,
    /// It was there, went, and came back.
    Restored,
    /// It had been replaced, and the replacement was undone.
    PutBack,
    /// It came, and went back out.
    Withdrawn,
}

/// How large a part an event is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grade {
    /// Words that stand in another place than before.
    Elsewhere,
    /// Words inside a sentence, at their old place.
    InPlace,
    /// One or more whole sentences.
    Sentence,
    /// A whole passage.
    Passage,
    /// The whole page is in an earlier state again.
    State,
}

/// A text that names no kind or grade.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no {1}")]
pub struct NotAnEvent(String, String);

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

impl EventKind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::Restored,
        Self::PutBack,
        Self::Withdrawn,
        Self::Removed,
        Self::Reworded,
        Self::Added,
        Self::Moved,
        Self::Restyled,
    ];

    /// Its name in the history and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Reworded => "reworded",
            Self::Moved => "moved",
            Self::Restyled => "restyled",
            Self::Restored => "restored",
            Self::PutBack => "put-back",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether something that was there before is there again.
    pub fn is_return(self) -> bool {
        matches!(self, Self::Restored | Self::PutBack)
    }
}

impl Grade {
    /// Every grade, smallest part first.
    pub const ALL: [Self; 5] =
        [Self::Elsewhere, Self::InPlace, Self::Sentence, Self::Passage, Self::State];

    /// Its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::InPlace => "in-place",
            Self::Sentence => "sentence",
            Self::Passage => "passage",
            Self::State => "state",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for EventKind {
    type Err = NotAnEvent;

    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| {
            NotAnEvent(
                text.to_owned(),
                format!("kind of event; there are {}", Self::ALL.map(Self::name).join(", ")),
            )
        })
    }
}

impl FromStr for Grade {
    type Err = NotAnEvent;

    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        let found = Self::ALL.into_iter().find(|grade| grade.name() == text);
        found.ok_or_else(|| NotAnEvent(text.to_owned(), "grade of event".to_owned()))
    }
}
