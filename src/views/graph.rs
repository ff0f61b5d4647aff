//! A page's revisions, newest first, to a drawing of its states: a letter a state, a column a track, turns in one row.
//!
//! It is apart from `log` because it answers another question: not what each change said, but whether the page goes
//! forward, went back, or shows two texts by turns. Letters stand where others draw dots, so that it is read without a
//! key, without colour, and without looking from the drawing to a list.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::Range;

use super::events::between;
use super::hyperlink::linked;
use super::log::{counted, coverage, size, standing};
use super::states::{States, letter};
use super::styled::{Mark, Piece, inline, lines};
use super::turns::{Row, Turns, rows};
use super::{Ink, Look, moment};
use crate::store::{Observation, Revision};

/// What `log --graph` shows of a page.
pub struct Graph<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// Its revisions, oldest first.
    pub revisions: &'a [Revision],
    /// Its observations, oldest first.
    pub observations: &'a [Observation],
    /// Whether turns are told in one row.
    pub turns: Turns,
    /// So many rows at most are shown, the newest ones.
    pub limit: usize,
}

/// The states of a page, and how wide they are drawn.
struct Drawing<'a> {
    states: States<'a>,
    /// Columns of a letter.
    letters: usize,
    /// Tracks beyond these share the last column.
    columns: usize,
    /// Columns of the longest name of a revision, and the space after it.
    names: usize,
}

/// Writes the drawing.
pub fn graph(out: &mut dyn Write, look: Look, graph: &Graph<'_>) -> io::Result<()> {
    let drawing = Drawing::new(graph.revisions, look.width);
    let faint = |text: String| inline(look, &Piece::new(text, Mark::Faint));
    writeln!(out, "{}", linked(look, graph.url, &Piece::new(graph.title, Mark::Strong)))?;
    writeln!(out, "{}", faint(coverage(graph.observations)))?;
    writeln!(out, "{}", faint(count(&drawing)))?;
    let rows = rows(&drawing.states.of, graph.turns);
    let (shown, hidden) = rows.split_at(graph.limit.min(rows.len()));
    if !shown.is_empty() {
        writeln!(out)?;
    }
    shown.iter().try_for_each(|row| drawing.write(out, look, row))?;
    let older: usize = hidden.iter().map(Row::len).sum();
    if older == 0 {
        return Ok(());
    }
    writeln!(out, "\n{}", faint(format!("\u{22ef} {older} older; -n {} shows them", rows.len())))
}

/// How many there are, and how to read them.
fn count(drawing: &Drawing<'_>) -> String {
    let (revisions, states) = (drawing.states.revisions.len(), drawing.states.count());
    let all = counted(revisions, "revision");
    match (revisions, revisions == states) {
        (0 | 1, _) => all,
        (_, true) => format!("{all}, no two of which say the same"),
        (_, false) => {
            format!("{all}, {}: the same letter is the same text", counted(states, "state"))
        }
    }
}

impl<'a> Drawing<'a> {
    fn new(revisions: &'a [Revision], width: usize) -> Self {
        let states = States::new(revisions);
        let letters = letter(states.count().saturating_sub(1)).len();
        let newest = revisions.last().map_or_else(String::new, |last| last.number.to_string());
        // Two thirds of a line are left to the words.
        let columns = states.tracks.count().min((width / 3 / (letters + 1)).max(1));
        Self { states, letters, columns, names: newest.len() + 2 }
    }

    fn write(&self, out: &mut dyn Write, look: Look, row: &Row) -> io::Result<()> {
        let (name, first, rest) = match row {
            Row::One(place) => self.one(*place),
            Row::Turns(places) => self.turns(places),
        };
        let drawn = self.columns * (self.letters + 1) + 1;
        let room = |used: usize| Look { width: look.width.saturating_sub(used).max(20), ..look };
        let indent = self.names;
        let name = Piece::new(format!("{name:<indent$}"), Mark::Strong);
        let mut before = self.beside(look, row);
        for line in lines(room(drawn), &[name, Piece::new(first, Mark::Kept)]) {
            writeln!(out, "{before}{}", line.text.trim_end())?;
            before = self.below(look, row);
        }
        for line in lines(room(drawn + indent), &[Piece::new(rest, Mark::Faint)]) {
            writeln!(out, "{before}{:indent$}{}", "", line.text.trim_end())?;
        }
        Ok(())
    }

    /// A revision: its name, when it came, how much it changed.
    fn one(&self, place: usize) -> (String, String, String) {
        let revision = &self.states.revisions[place];
        let again = self.states.earlier(place).map(|first| format!(", as in {}", first.number));
        let came = format!("{}{}", between(revision), again.unwrap_or_default());
        (revision.number.to_string(), came, standing(revision))
    }

    /// Turns: their names, which states, between when and when, and how much a turn changes.
    fn turns(&self, places: &Range<usize>) -> (String, String, String) {
        let revisions = &self.states.revisions[places.clone()];
        let [oldest, .., newest] = revisions else { return Default::default() };
        let name = format!("{}\u{2013}{}", oldest.number, newest.number);
        let checks: u32 = revisions.iter().map(|revision| revision.checks).sum();
        let seen = format!(
            "between {} and {}, in {}",
            moment(oldest.after.unwrap_or(oldest.first_seen)),
            moment(newest.last_seen),
            counted(checks as usize, "check")
        );
        let turn = self.turn(places).map(|turn| format!("; {turn}"));
        (format!("{name}  "), self.by_turns(places), seen + &turn.unwrap_or_default())
    }

    /// `B (r2) and C (r3) by turns, 247 times each`, or `A (r1) once in r40, B (r2) 4 times and C (r3) 5 times, by turns`.
    fn by_turns(&self, places: &Range<usize>) -> String {
        let turns = self.states.by_state(places);
        let named =
            |state: usize| format!("{} ({})", letter(state), self.states.first(state).number);
        let times: BTreeSet<usize> = turns.values().map(Vec::len).collect();
        if let (Some(times), 1) = (times.first(), times.len()) {
            let states = listed(turns.keys().map(|state| named(*state)));
            return format!("{states} by turns, {} each", often(*times));
        }
        let each = turns.iter().map(|(state, places)| match places.as_slice() {
            [only] => format!("{} once in {}", named(*state), self.states.revisions[*only].number),
            places => format!("{} {}", named(*state), often(places.len())),
        });
        format!("{}, by turns", listed(each))
    }

    /// What the last turn changed, where there are but two states: any other turn does the same, or undoes it.
    fn turn(&self, places: &Range<usize>) -> Option<String> {
        let last = places.end.checked_sub(1)?;
        let (from, to) = (self.states.of[last.checked_sub(1)?], self.states.of[last]);
        let size = size(self.states.revisions[last].size)?;
        (self.states.by_state(places).len() == 2)
            .then(|| format!("{}\u{2192}{} {size}", letter(from), letter(to)))
    }

    /// The columns beside the first line of a row: the letters of its states, and the tracks that pass it.
    fn beside(&self, look: Look, row: &Row) -> String {
        let places = row.places();
        self.drawn(look, |column| match self.standing_in(column, &places).as_slice() {
            [] => passing(self.goes_on(column, places.start, places.end)),
            [state] => {
                let returns = self.states.earlier(places.start).is_some();
                (letter(*state), if returns { Mark::Restored } else { Mark::Strong })
            }
            [..] => ("+".to_owned(), Mark::Restored),
        })
    }

    /// The columns beside its other lines: the tracks that go on below it.
    fn below(&self, look: Look, row: &Row) -> String {
        let places = row.places();
        self.drawn(look, |column| match row {
            Row::Turns(_) if !self.standing_in(column, &places).is_empty() => {
                ("\u{250a}".to_owned(), Mark::Faint)
            }
            _ => passing(self.goes_on(column, places.start, places.start)),
        })
    }

    fn drawn(&self, look: Look, sign: impl Fn(usize) -> (String, Mark)) -> String {
        let cells = (0..self.columns).map(|column| {
            let (text, mark) = sign(column);
            // Signs around a letter would push the columns apart; where it stands says the same.
            let mark = if look.ink == Ink::Colour { mark } else { Mark::Kept };
            let pad = " ".repeat((self.letters + 1).saturating_sub(text.chars().count()));
            format!("{}{pad}", inline(look, &Piece::new(text, mark)))
        });
        cells.collect::<String>() + " "
    }

    /// The states of these revisions that stand in a column.
    fn standing_in(&self, column: usize, places: &Range<usize>) -> Vec<usize> {
        let states: BTreeSet<usize> = self.states.of[places.clone()].iter().copied().collect();
        let of = |state: &usize| self.states.tracks.track(*state).min(self.columns - 1);
        states.into_iter().filter(|state| of(state) == column).collect()
    }

    /// Whether a track of a column goes on from before `start` to `newer` or later.
    fn goes_on(&self, column: usize, start: usize, newer: usize) -> bool {
        let last = if column + 1 == self.columns { self.states.tracks.count() } else { column + 1 };
        start.checked_sub(1).is_some_and(|older| {
            (column..last).any(|track| self.states.tracks.goes_on(track, older, newer))
        })
    }
}

fn passing(goes_on: bool) -> (String, Mark) {
    if goes_on { ("\u{2502}".to_owned(), Mark::Faint) } else { (String::new(), Mark::Kept) }
}

fn often(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    }
}

/// `a, b and c`.
fn listed(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    let last = items.pop().unwrap_or_default();
    if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) }
}
