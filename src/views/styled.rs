//! Marked pieces of text to lines of a given width, as colours or as signs.
//!
//! Wrapping is written here because the pieces carry marks that must be closed and opened again at each line end, and
//! because text without spaces breaks anywhere; a wrapping crate knows neither.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{Ink, Look, escape};

/// A piece of text and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) mark: Mark,
}

/// What is said of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Kept,
    Removed,
    Added,
    /// The old form of words that are only written otherwise.
    RestyledFrom,
    /// Their new form.
    RestyledTo,
    /// A passage that stands elsewhere.
    Moved,
    /// Words that are back.
    Restored,
    /// What was looked for.
    Found,
    /// Said by palinode, and not by the page.
    Faint,
    Strong,
}

impl Piece {
    pub(super) fn new(text: impl Into<String>, mark: Mark) -> Self {
        Self { text: text.into(), mark }
    }
}

impl Mark {
    /// What stands before and after a piece in a pipe.
    fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Removed => ("[-", "-]"),
            Self::Added => ("{+", "+}"),
            Self::RestyledFrom => ("[~", "~]"),
            Self::RestyledTo => ("{~", "~}"),
            Self::Restored => ("{*", "*}"),
            Self::Found => ("»", "«"),
            Self::Kept | Self::Moved | Self::Faint | Self::Strong => ("", ""),
        }
    }

    /// The ANSI codes of a piece: colour, and a second signal for those who do not see it.
    fn codes(self) -> &'static str {
        match self {
            Self::Kept => "",
            Self::Removed => "31;9",
            Self::Added => "32;4",
            Self::RestyledFrom => "33;9",
            Self::RestyledTo => "33;4",
            Self::Moved => "36",
            Self::Restored => "1;35;4",
            Self::Found => "1;35;7",
            Self::Faint => "2",
            Self::Strong => "1",
        }
    }
}

/// A line that is ready to print, and how many columns it takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) width: usize,
}

/// Writes pieces as one paragraph, the first line after `first`, the others after as many spaces.
pub(super) fn paragraph(
    out: &mut dyn Write,
    look: Look,
    first: &str,
    pieces: &[Piece],
) -> io::Result<()> {
    let indent = first.width();
    let room = Look { width: look.width.saturating_sub(indent).max(20), ..look };
    let wrapped = lines(room, pieces);
    for (index, line) in wrapped.iter().enumerate() {
        let before = if index == 0 { first.to_owned() } else { " ".repeat(indent) };
        writeln!(out, "{}", format!("{before}{}", line.text).trim_end())?;
    }
    if wrapped.is_empty() { writeln!(out, "{}", first.trim_end()) } else { Ok(()) }
}

/// Breaks pieces into lines no wider than the look; marks are closed at each line end and opened again.
pub(super) fn lines(look: Look, pieces: &[Piece]) -> Vec<Line> {
    let mut wrap = Wrap { look, done: Vec::new(), line: Line::default(), open: Mark::Kept };
    for piece in pieces.iter().filter(|piece| !piece.text.is_empty()) {
        wrap.piece(piece);
    }
    if wrap.line.width > 0 {
        wrap.new_line();
    }
    wrap.done
}

/// One piece as text, for a line that is not wrapped.
pub(super) fn inline(look: Look, piece: &Piece) -> String {
    let text = escape(&piece.text).replace('\n', " ");
    let (before, after) = piece.mark.signs();
    match (look.ink, piece.mark.codes()) {
        (Ink::Colour, codes) if !codes.is_empty() => format!("\x1b[{codes}m{text}\x1b[0m"),
        (Ink::Colour, _) => text,
        (Ink::Plain, _) => format!("{before}{text}{after}"),
    }
}

struct Wrap {
    look: Look,
    done: Vec<Line>,
    line: Line,
    open: Mark,
}

impl Wrap {
    fn piece(&mut self, piece: &Piece) {
        let text = escape(&piece.text);
        let signs = if self.look.ink == Ink::Plain { piece.mark.signs() } else { ("", "") };
        let marked = format!("{}{text}{}", signs.0, signs.1);
        for word in words(&marked) {
            match word {
                "\n" => self.new_line(),
                " " if self.line.width == 0 || self.line.width >= self.look.width => {}
                word => {
                    let width = word.width();
                    if self.line.width + width > self.look.width && self.line.width > 0 {
                        self.new_line();
                    }
                    self.mark(piece.mark);
                    self.line.text.push_str(word);
                    self.line.width += width;
                }
            }
        }
    }

    fn mark(&mut self, mark: Mark) {
        if self.look.ink == Ink::Plain || self.open == mark {
            return;
        }
        if !self.open.codes().is_empty() {
            self.line.text.push_str("\x1b[0m");
        }
        if !mark.codes().is_empty() {
            self.line.text.extend(["\x1b[", mark.codes(), "m"]);
        }
        self.open = mark;
    }

    fn new_line(&mut self) {
        self.mark(Mark::Kept);
        self.done.push(std::mem::take(&mut self.line));
    }
}

/// Words, single spaces and line breaks; a wide character is a word of its own, since such text breaks anywhere.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        if matches!(letter, ' ' | '\n') || letter.width().unwrap_or(0) > 1 {
            words.extend((start < at).then(|| &text[start..at]));
            words.push(&text[at..end]);
            start = end;
        }
    }
    words.extend((start < text.len()).then(|| &text[start..]));
    words
}
