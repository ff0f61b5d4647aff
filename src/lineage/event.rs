//! What can be told of a strand: what happened to it, to how large a part, since when, and why nobody is told of it.
//!
//! These are the words of the history; how they are found out is the business of the files beside this one.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::{RevisionNumber, WordingId};

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
    /// For a return: how often it has been back by now, this time included.
    pub times: u32,
    /// Why nobody is told, if nobody is. The event is kept all the same.
    pub gate: Option<Gate>,
}

/// Why an event is kept and not told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Gate {
    /// The page is in a state that it has returned to before: it shows several texts by turns.
    Variant,
    /// The page changes between several texts all the time, and this is a new one of them.
    Flapping,
    /// Something short is back, on a page where something is back in nearly every revision.
    Restless,
    /// The whole page is in an earlier state again, and that is told instead.
    WithState,
    /// These words have been back before.
    Repeat,
    /// They were missing in one check alone, for less than a day.
    Flicker,
    /// Their passage changes nearly every time.
    Volatile,
    /// A turn of phrase that stood elsewhere before, too short to be news.
    Phrase,
    /// A mark or the letter of a list alone, or one of several numbers at once: what renumbering does.
    Label,
    /// One of very many returns of what went in one revision; the longest of them are told.
    Crowd,
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

/// A text that names no kind, grade or gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no {1}")]
pub struct NotAnEvent(String, String);

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

impl Event {
    /// An event that nothing is known of but what happened to which words.
    pub(super) fn new(
        kind: EventKind,
        grade: Grade,
        (old, new): (Option<Strand>, Option<Strand>),
        born: RevisionNumber,
    ) -> Self {
        Self { kind, grade, old, new, born, gone: None, times: 0, gate: None }
    }

    /// Whether a person is told. A flicker is, as what it is.
    pub fn is_told(&self) -> bool {
        matches!(self.gate, None | Some(Gate::Flicker))
    }
}

impl Gate {
    /// Every gate.
    pub const ALL: [Self; 10] = [
        Self::Variant,
        Self::Flapping,
        Self::Restless,
        Self::WithState,
        Self::Repeat,
        Self::Flicker,
        Self::Volatile,
        Self::Phrase,
        Self::Label,
        Self::Crowd,
    ];

    /// Its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            Self::Variant => "variant",
            Self::Flapping => "flapping",
            Self::Restless => "restless",
            Self::WithState => "with-state",
            Self::Repeat => "repeat",
            Self::Flicker => "flicker",
            Self::Volatile => "volatile",
            Self::Phrase => "phrase",
            Self::Label => "label",
            Self::Crowd => "crowd",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Gate {
    type Err = NotAnEvent;

    fn from_str(text: &str) -> Result<Self, NotAnEvent> {
        let found = Self::ALL.into_iter().find(|gate| gate.name() == text);
        found.ok_or_else(|| NotAnEvent(text.to_owned(), "gate of events".to_owned()))
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
