//! The passages of a page to a listing of what is tracked, and why: the class of each, its rule and its evidence.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::styled::{Mark, Piece, cut, inline, paragraph};
use super::{Look, moment};
use crate::extract::{Class, Passage, PassageKind, Reason, Unsteady};
use crate::watch::Explained;

/// What there is to say of a page's passages.
pub struct Tracked<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its passages, in order.
    pub passages: &'a [Explained],
    /// The texts of those that change with nearly every look.
    pub volatile: &'a BTreeSet<String>,
    /// What two answers of one moment did not agree in.
    pub unsteady: &'a [Unsteady],
    /// Whether a class has a history.
    pub since: Since,
}

/// Whether it is told since when a passage has its class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// The page is watched.
    Told,
    /// It was just seen for the first time.
    Now,
}

/// Writes the listing, and how to overrule it.
pub fn tracked(out: &mut dyn Write, look: Look, tracked: &Tracked<'_>) -> io::Result<()> {
    let main = tracked.passages.iter().filter(|one| one.passage.class == Class::Main).count();
    writeln!(out, "{}", inline(look, &Piece::new(tracked.title, Mark::Strong)))?;
    let count = format!("{main} of {} passages are main text, and tracked", tracked.passages.len());
    writeln!(out, "{}\n", inline(look, &Piece::new(count, Mark::Faint)))?;
    for one in tracked.passages {
        let since = match tracked.since {
            Since::Told => format!("{}  ", moment(one.since)),
            Since::Now => String::new(),
        };
        let lead = format!("{:<9}  {:<19}  {since}", class(tracked, one), one.reason.to_string());
        let evidence = evidence(one).map_or_else(String::new, |step| format!("[{step}] "));
        let room = look.width.saturating_sub(lead.width()).max(20);
        let text = cut(&format!("{evidence}{}", one.passage.text), room);
        let mark = if one.passage.class == Class::Main { Mark::Kept } else { Mark::Faint };
        writeln!(out, "{lead}{}", inline(look, &Piece::new(text, mark)))?;
    }
    of_the_moment(out, look, tracked)?;
    let hint = "--select CSS says what counts instead of all guesses, --exclude CSS what does not";
    writeln!(out, "\n{}", inline(look, &Piece::new(hint, Mark::Faint)))
}

/// The rule, its evidence, and how to do without it.
fn of_the_moment(out: &mut dyn Write, look: Look, tracked: &Tracked<'_>) -> io::Result<()> {
    if tracked.unsteady.is_empty() {
        return Ok(());
    }
    let rule = "The first two answers, a moment apart, did not agree in this; it is no change while only that differs. To have it told all the same: palinode edit PAGE --no-confirm";
    writeln!(out)?;
    paragraph(out, look, "", &[Piece::new(rule, Mark::Faint)])?;
    for Unsteady { one, other } in tracked.unsteady {
        let mut pieces = vec![Piece::new(one.as_str(), Mark::Removed)];
        pieces.extend([Piece::new(" ", Mark::Kept), Piece::new(other.as_str(), Mark::Added)]);
        paragraph(out, look, "    ", &pieces)?;
    }
    Ok(())
}

fn class(tracked: &Tracked<'_>, one: &Explained) -> &'static str {
    match one.passage.class {
        Class::Main if tracked.volatile.contains(&one.passage.text) => "volatile",
        Class::Main => "main",
        Class::Furniture => "furniture",
        Class::Unselected => "left out",
    }
}

/// What around a passage speaks for a frame, or, where its place decided, that.
fn evidence(one: &Explained) -> Option<&str> {
    let place = Some(one.passage.place.as_str()).filter(|place| !place.is_empty());
    match (one.passage.class, one.reason) {
        (Class::Furniture, _) => one.passage.frame(),
        (_, Reason::Place | Reason::Surroundings) => place,
        _ => None,
    }
}

#[derive(Serialize)]
struct TrackedJson<'a> {
    page: &'a str,
    passages: Vec<PassageJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unsteady: &'a [Unsteady],
}

#[derive(Serialize)]
struct PassageJson<'a> {
    class: Class,
    volatile: bool,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    place: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<&'a str>,
    kind: PassageKind,
    text: &'a str,
}

/// Writes the listing as JSON.
pub fn tracked_json(out: &mut dyn Write, tracked: &Tracked<'_>) -> io::Result<()> {
    let passages = tracked.passages.iter().map(|one| {
        let Passage { kind, class, place, text, attributes: _ } = &one.passage;
        PassageJson {
            class: *class,
            volatile: *class == Class::Main && tracked.volatile.contains(text),
            reason: one.reason,
            since: (tracked.since == Since::Told).then(|| one.since.to_string()),
            place,
            frame: one.passage.frame(),
            kind: *kind,
            text,
        }
    });
    super::json(
        out,
        &TrackedJson {
            page: tracked.title,
            passages: passages.collect(),
            unsteady: tracked.unsteady,
        },
    )
}
