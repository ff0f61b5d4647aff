//! A passage and the places in it that were sought to an excerpt around them, each marked.
//!
//! `trace` and `search` show what they found in the same way.

use std::ops::Range;

use super::styled::{Mark, Piece};

/// So many bytes of the passage are shown on each side of what was found, cut at words.
const AROUND: usize = 70;

/// The passage cut around these places, which stand in order and do not overlap.
pub(super) fn in_context(text: &str, places: &[Range<usize>]) -> Vec<Piece> {
    let mut excerpts: Vec<(Range<usize>, Vec<Range<usize>>)> = Vec::new();
    for place in places {
        let (from, to) = (begin(text, place.start), end(text, place.end));
        match excerpts.last_mut() {
            Some((around, held)) if from <= around.end => {
                around.end = around.end.max(to);
                held.push(place.clone());
            }
            _ => excerpts.push((from..to, vec![place.clone()])),
        }
    }
    let mut pieces = Vec::new();
    for (around, held) in &excerpts {
        pieces.extend((!pieces.is_empty()).then(|| Piece::new(" ", Mark::Faint)));
        excerpt(text, around, held, &mut pieces);
    }
    pieces
}

fn excerpt(text: &str, around: &Range<usize>, held: &[Range<usize>], pieces: &mut Vec<Piece>) {
    let mut cut = if around.start > 0 { "\u{2026}" } else { "" };
    let mut at = around.start;
    for place in held {
        pieces.push(Piece::new(format!("{cut}{}", &text[at..place.start]), Mark::Faint));
        pieces.push(Piece::new(&text[place.clone()], Mark::Found));
        (cut, at) = ("", place.end);
    }
    let cut = if around.end < text.len() { "\u{2026}" } else { "" };
    pieces.push(Piece::new(format!("{}{cut}", &text[at..around.end]), Mark::Faint));
}

/// Where an excerpt begins that has this place in it.
fn begin(text: &str, place: usize) -> usize {
    let letters = text[..place].char_indices().rev().map(|(at, _)| at);
    let from = letters.take_while(|at| place - at <= AROUND).last().unwrap_or(place);
    if from == 0 {
        return 0;
    }
    text[from..place].find(' ').map_or(from, |space| from + space + 1)
}

/// Where it ends.
fn end(text: &str, place: usize) -> usize {
    let letters = text[place..].char_indices().map(|(at, letter)| place + at + letter.len_utf8());
    let to = letters.take_while(|at| at - place <= AROUND).last().unwrap_or(place);
    if to == text.len() {
        return to;
    }
    text[place..to].rfind(' ').map_or(to, |space| place + space)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, words: &[&str]) -> String {
        let place = |word: &&str| {
            let start = text.find(word).unwrap();
            start..start + word.len()
        };
        let places: Vec<Range<usize>> = words.iter().map(place).collect();
        let pieces = in_context(text, &places);
        let text = |piece: &Piece| match piece.mark {
            Mark::Found => format!("[{}]", piece.text),
            _ => piece.text.clone(),
        };
        pieces.iter().map(text).collect()
    }

    #[test]
    fn a_short_passage_is_shown_whole() {
        assert_eq!(shown("proud to serve", &["proud"]), "[proud] to serve");
        assert_eq!(shown("we are proud", &["are", "proud"]), "we [are] [proud]");
        assert_eq!(shown("we are proud", &[]), "");
    }

    #[test]
    fn a_long_passage_is_cut_at_words_around_each_place() {
        let long = format!("first {} middle {} last", "word ".repeat(40), "wörd ".repeat(40));
        let (before, after) = ("word ".repeat(13), "wörd ".repeat(11));
        let middle = format!("\u{2026}{before} [middle] {}\u{2026}", after.trim_end());
        assert_eq!(shown(&long, &["middle"]), middle);
        let three = shown(&long, &["first", "middle", "last"]);
        assert!(three.starts_with("[first] word word"), "{three}");
        assert!(
            three.contains("word\u{2026} \u{2026}word") && three.ends_with("wörd  [last]"),
            "{three}"
        );
        let near = format!("{0}{0}one {0}two {0}{0}", "word ".repeat(20));
        let near = shown(&near, &["one", "two"]);
        assert_eq!(near.matches('\u{2026}').count(), 2, "{near}");
    }

    #[test]
    fn a_text_without_spaces_is_cut_between_letters() {
        let text = "港".repeat(100) + "誇" + &"港".repeat(100);
        let around = "港".repeat(23);
        assert_eq!(shown(&text, &["誇"]), format!("\u{2026}{around}[誇]{around}\u{2026}"));
    }
}
