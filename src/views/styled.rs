//! Marked pieces of text to lines of a given width, as colours or as signs.
//!
//! Wrapping is written here because the pieces carry marks that must be closed and opened again at each line end, and
//! because text without spaces breaks anywhere; a wrapping crate knows neither.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

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

impl Line {
    /// Pieces side by side, in one line however long it gets.
    pub(super) fn of(look: Look, pieces: &[Piece]) -> Self {
        let plain = Look { ink: Ink::Plain, ..look };
        let width = pieces
            .iter()
            .map(|piece| inline(plain, &Piece { mark: Mark::Kept, ..piece.clone() }).width());
        Self { width: width.sum(), text: pieces.iter().map(|piece| inline(look, piece)).collect() }
    }
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

/// A terminal with fewer columns has no room for a wide margin.
const NARROW: usize = 60;

/// Writes pieces as one paragraph beside what leads it, or, on a narrow terminal, below that.
pub(super) fn led(
    out: &mut dyn Write,
    look: Look,
    lead: &Line,
    indent: usize,
    pieces: &[Piece],
) -> io::Result<()> {
    let below = look.width < NARROW && indent > 8;
    let indent = if below { 4 } else { indent };
    if below && lead.width > 0 {
        writeln!(out, "{}", lead.text.trim_end())?;
    }
    let room = Look { width: look.width.saturating_sub(indent).max(20), ..look };
    for (index, line) in lines(room, pieces).iter().enumerate() {
        let (before, used) =
            if index == 0 && !below { (lead.text.as_str(), lead.width) } else { ("", 0) };
        let pad = indent.saturating_sub(used);
        writeln!(out, "{}", format!("{before}{:pad$}{}", "", line.text).trim_end())?;
    }
    Ok(())
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

/// One line of at most so many columns; what does not fit is cut, and that is seen.
pub(super) fn cut(text: &str, width: usize) -> String {
    let line = escape(text).replace('\n', " ");
    if line.width() <= width {
        return line;
    }
    let mut used = 1;
    let fits = line.graphemes(true).take_while(|letter| {
        used += letter.width();
        used <= width
    });
    format!("{}\u{2026}", fits.collect::<String>().trim_end())
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
                word if word.width() > self.look.width => {
                    word.graphemes(true).for_each(|letter| self.word(letter, piece.mark));
                }
                word => self.word(word, piece.mark),
            }
        }
    }

    fn word(&mut self, word: &str, mark: Mark) {
        let width = word.width();
        if self.line.width + width > self.look.width && self.line.width > 0 {
            self.new_line();
        }
        self.mark(mark);
        self.line.text.push_str(word);
        self.line.width += width;
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

/// Marks that no line begins with, where text is written without spaces.
const CLOSING: &str = "\u{3001}\u{3002}\u{ff0c}\u{ff0e}\u{30fb}\u{ff1f}\u{ff01}\u{ff1a}\u{ff1b}\u{300d}\u{300f}\u{ff09}\u{3011}\u{3009}\u{300b}\u{3015}\u{30fc}";

/// Words, single spaces and line breaks; a wide character is a word of its own, since such text breaks anywhere but
/// before a mark that closes.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut last) = (0, 0);
    for (at, letter) in text.grapheme_indices(true) {
        let end = at + letter.len();
        if matches!(letter, " " | "\n") || letter.width() > 1 {
            let closes = CLOSING.contains(letter) && !text[..at].ends_with([' ', '\n']);
            if start < at && !closes {
                words.push(&text[start..at]);
                last = at;
            } else if start < at {
                last = start;
            } else if closes {
                words.pop();
            } else {
                last = at;
            }
            words.push(&text[last..end]);
            start = end;
        }
    }
    words.extend((start < text.len()).then(|| &text[start..]));
    words
}
