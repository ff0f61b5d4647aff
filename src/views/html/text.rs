//! Marked pieces of page text to HTML: what went and what came is marked, for the eye and for who listens.

use maud::{Markup, html};
use unicode_width::UnicodeWidthStr as _;

use super::super::escape::{by_number, is_hidden};
use super::super::moment;
use super::super::sources::claim;
use super::super::styled::{Mark, Piece};
use crate::clock::Timestamp;
use crate::store::Revision;

/// Page text in which what cannot be seen is shown by its number.
pub(super) fn visible(text: &str) -> Markup {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices().filter(|(_, letter)| is_hidden(*letter)) {
        parts.push((&text[start..at], Some(letter)));
        start = at + letter.len_utf8();
    }
    parts.push((&text[start..], None));
    html! {
        @for (plain, hidden) in parts {
            (plain)
            @if let Some(letter) = hidden { span.unseen { (by_number(letter)) } }
        }
    }
}

/// Whose claim a revision is, where palinode did not see it first itself.
pub(super) fn claimed(revision: &Revision) -> Markup {
    html! { @if let Some(source) = &revision.source { div.faint { (name(&claim(source))) } } }
}

/// A name or an address inside a sentence of ours: it may run the other way, and its language is not known.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi lang="" { (visible(text)) } }
}

/// Words of a page in quotes.
pub(super) fn quoted(text: &str) -> Markup {
    html! { "\u{201c}" (name(text)) "\u{201d}" }
}

/// An instant, to the minute, in UTC.
pub(super) fn time(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (moment(at)) } }
}

/// Pieces with their marks. Who listens hears where a mark begins and ends.
pub(super) fn pieces(pieces: &[Piece]) -> Markup {
    html! { @for piece in pieces { (one(piece)) } }
}

fn one(piece: &Piece) -> Markup {
    let text = visible(&piece.text);
    let spoken = |what: &str| html! { span.sr lang="en" { "[" (what) "] " } };
    let end = html! { span.sr lang="en" { " [end]" } };
    match piece.mark {
        Mark::Kept | Mark::Moved => text,
        Mark::Removed if piece.text.is_empty() => {
            html! { span.gap { "\u{a0}\u{a0}\u{a0}" span.sr lang="en" { "[words are missing here] " } } }
        }
        Mark::Removed => html! { del { (spoken("removed")) (text) (end) } },
        Mark::Added => html! { ins { (spoken("added")) (text) (end) } },
        Mark::RestyledFrom => html! { del { (spoken("written until then")) (text) (end) } },
        Mark::RestyledTo => html! { ins { (spoken("written from then on")) (text) (end) } },
        Mark::Restored => html! { ins.back { (spoken("restored")) (text) (end) } },
        Mark::Found => html! { mark { (spoken("found")) (text) (end) } },
        Mark::Faint => html! { span.faint { (text) } },
        Mark::Strong => html! { strong { (text) } },
    }
}

/// The column in which pieces of a comparison are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// What stood before, with what went.
    Old,
    /// What stood after, with what came.
    New,
    /// The same, with the places that lost words.
    NewWithGaps,
}

/// The pieces of one column. Where a piece of the other stood between two spaces, one is enough.
pub(super) fn column(pieces: &[Piece], side: Side) -> Vec<Piece> {
    let others = match side {
        Side::Old => [Mark::Added, Mark::RestyledTo],
        Side::New | Side::NewWithGaps => [Mark::Removed, Mark::RestyledFrom],
    };
    let mut shown: Vec<Piece> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let replaced = pieces.get(index + 1).is_some_and(|next| next.mark == Mark::Added);
        if side == Side::NewWithGaps && piece.mark == Mark::Removed && !replaced {
            shown.push(Piece::new("", Mark::Removed));
        } else if !others.contains(&piece.mark) {
            let doubled = shown.last().is_some_and(|last| last.text.ends_with(' '));
            let text =
                if doubled { piece.text.trim_start_matches(' ') } else { piece.text.as_str() };
            shown.push(Piece::new(text, piece.mark));
        }
    }
    shown
}

/// So many columns of unmarked text are shown beside a mark.
pub(super) const BESIDE: usize = 420;

/// The pieces with long unmarked stretches cut at words.
pub(super) fn trimmed(pieces: Vec<Piece>, beside: usize) -> Vec<Piece> {
    let last = pieces.len().saturating_sub(1);
    let cut = |(index, piece): (usize, Piece)| match piece.mark {
        Mark::Kept if piece.text.width() > 2 * beside + beside / 2 => {
            let head = if index == 0 { "" } else { head(&piece.text, beside) };
            let tail = if index == last && last > 0 { "" } else { tail(&piece.text, beside) };
            let (head, tail) =
                if last == 0 { (self::head(&piece.text, beside), "") } else { (head, tail) };
            Piece::new(format!("{head} \u{2026} {tail}"), Mark::Kept)
        }
        _ => piece,
    };
    pieces.into_iter().enumerate().map(cut).collect()
}

fn head(text: &str, beside: usize) -> &str {
    let end = text.char_indices().find(|(at, _)| text[..*at].width() >= beside);
    let text = &text[..end.map_or(text.len(), |(at, _)| at)];
    text.rfind(' ').map_or(text, |space| &text[..space])
}

fn tail(text: &str, beside: usize) -> &str {
    let start = text.char_indices().rev().find(|(at, _)| text[*at..].width() >= beside);
    let text = &text[start.map_or(0, |(at, _)| at)..];
    text.find(' ').map_or(text, |space| &text[space + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_what_cannot_be_seen_are_shown() {
        let shown = visible("<b>a\u{202e}b\u{200b}</b> & \"c\"").into_string();
        assert_eq!(
            shown,
            "&lt;b&gt;a<span class=\"unseen\">\u{27e8}U+202E\u{27e9}</span>b<span class=\"unseen\">\u{27e8}U+200B\u{27e9}</span>&lt;/b&gt; &amp; &quot;c&quot;"
        );
    }

    #[test]
    fn a_column_shows_its_own_side_and_the_gaps_if_asked() {
        let of = [
            Piece::new("we ", Mark::Kept),
            Piece::new("and proud", Mark::Removed),
            Piece::new(" support ", Mark::Kept),
            Piece::new("it", Mark::Removed),
            Piece::new("them", Mark::Added),
        ];
        let text = |side| column(&of, side).iter().map(|piece| piece.text.clone()).collect();
        let (old, new, gaps): (String, String, String) =
            (text(Side::Old), text(Side::New), text(Side::NewWithGaps));
        assert_eq!((old.as_str(), new.as_str()), ("we and proud support it", "we support them"));
        assert_eq!(gaps, "we  support them");
        assert_eq!(column(&of, Side::NewWithGaps)[1].mark, Mark::Removed);
    }

    #[test]
    fn long_text_beside_a_mark_is_cut() {
        let long = "word ".repeat(1000);
        let of = vec![
            Piece::new(format!("first {long}"), Mark::Kept),
            Piece::new("new", Mark::Added),
            Piece::new(format!("{long}last"), Mark::Kept),
        ];
        let cut = trimmed(of, BESIDE);
        assert!(cut.iter().map(|piece| piece.text.len()).sum::<usize>() < 900);
        assert!(cut[0].text.ends_with("word ") && cut[0].text.starts_with(" \u{2026}"));
        assert!(cut[2].text.starts_with("word ") && cut[2].text.ends_with("\u{2026} "));
    }
}
