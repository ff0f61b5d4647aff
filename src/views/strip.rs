//! Stretches of time to a time line of blocks: one row as wide as the terminal, from the first look to the last.
//!
//! How high a block is says what was seen, so that it is read without colour; a terminal that may not show blocks gets
//! letters. It is apart from `html/time_line`, which cuts what lies long before and after the story: here the whole is
//! drawn, and whatever is too short for a block of its own still shows in the one that it falls in.

use std::io::{self, Write};
use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use super::styled::{Mark, Piece, inline};
use super::{Ink, Look, TimeLines, moment};
use crate::clock::Timestamp;
use crate::store::Observation;

/// What was seen from one instant to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stretch {
    pub(super) sight: Sight,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// What was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sight {
    There,
    Missing,
}

/// What each look saw, neighbours that saw alike as one stretch: between two such looks it is taken to have been so,
/// unless one that saw nothing lies between them: then it is unknown from that one on.
pub(super) fn sights(
    observations: &[Observation],
    sight: impl Fn(&Observation) -> Option<Sight>,
) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut blind = None;
    for run in observations {
        let Some(sight) = sight(run) else {
            blind = blind.or(Some(run.first_at));
            continue;
        };
        let own = Stretch { sight, from: run.first_at, to: run.last_at };
        match (stretches.last_mut().filter(|last| last.sight == sight), blind.take()) {
            (Some(last), None) => last.to = last.to.max(run.last_at),
            (Some(last), Some(since)) => {
                last.to = last.to.max(since);
                stretches.push(own);
            }
            (None, _) => stretches.push(own),
        }
    }
    stretches
}

/// A time line, and what its blocks are called.
pub(super) struct Strip<'a> {
    /// The first look and the last.
    pub(super) ends: (Timestamp, Timestamp),
    /// In order; what none of them covers is unknown.
    pub(super) stretches: Vec<Stretch>,
    /// What stands above the row, in order, and from when it holds.
    pub(super) names: Vec<(Timestamp, String)>,
    /// At these instants something changed, also where both sides are alike.
    pub(super) changes: Vec<Timestamp>,
    pub(super) key: Key<'a>,
}

/// What each block is called.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) there: &'a str,
    pub(super) both: &'a str,
    pub(super) missing: &'a str,
    pub(super) unknown: &'a str,
}

/// On which side of a time line an empty line stands, if there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    Above,
    Below,
}

/// What a block says of its part of the time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Block {
    There,
    Both,
    Missing,
    Unknown,
}

impl Block {
    const ALL: [Self; 4] = [Self::There, Self::Both, Self::Missing, Self::Unknown];

    fn sign(self, look: Look) -> &'static str {
        let is_ascii = look.time_lines == TimeLines::Ascii;
        match self {
            Self::There if is_ascii => "#",
            Self::Both if is_ascii => "+",
            Self::Missing if is_ascii => "_",
            Self::Unknown if is_ascii => "?",
            Self::There => "\u{2588}",
            Self::Both => "\u{2584}",
            Self::Missing => "\u{2581}",
            Self::Unknown => "\u{2591}",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::There => "32",
            Self::Both => "33",
            Self::Missing => "31",
            Self::Unknown => "2",
        }
    }

    fn painted(self, look: Look, count: usize) -> String {
        let row = self.sign(look).repeat(count);
        match look.ink {
            Ink::Colour => format!("\x1b[{}m{row}\x1b[0m", self.colour()),
            Ink::Plain => row,
        }
    }
}

/// Writes the names, the row, its ends, and what the blocks mean; nothing where no time went by, or none is wanted.
pub(super) fn strip(
    out: &mut dyn Write,
    look: Look,
    strip: &Strip<'_>,
    gap: Gap,
) -> io::Result<()> {
    if look.time_lines == TimeLines::Left || strip.ends.0 >= strip.ends.1 {
        return Ok(());
    }
    if gap == Gap::Above {
        writeln!(out)?;
    }
    let mut blocks = strip.write(out, look)?;
    if let Some(closer) = strip.closer() {
        writeln!(out, "\n{}", inline(look, &Piece::new("the changes, closer:", Mark::Faint)))?;
        blocks.extend(closer.write(out, look)?);
    }
    writeln!(out, "{}", strip.legend(look, &blocks))?;
    if gap == Gap::Below { writeln!(out) } else { Ok(()) }
}

impl Strip<'_> {
    /// The names, the row and its ends.
    fn write(&self, out: &mut dyn Write, look: Look) -> io::Result<Vec<Block>> {
        let blocks: Vec<Block> = (0..look.width).map(|cell| self.block(cell, look.width)).collect();
        let row = blocks.chunk_by(|one, other| one == other);
        let row: String = row.map(|run| run[0].painted(look, run.len())).collect();
        let (start, end) = (moment(self.ends.0), moment(self.ends.1));
        let between = look.width.saturating_sub(start.len() + end.len()).max(1);
        let ends = Piece::new(format!("{start}{:between$}{end}", ""), Mark::Faint);
        writeln!(out, "{}\n{row}\n{}", self.names(look.width), inline(look, &ends))?;
        Ok(blocks)
    }

    /// The part in which something changed, where it is so small that little of it is seen in the whole.
    fn closer(&self) -> Option<Self> {
        let (_, first) = (self.names.first()?, self.names.get(1)?.0);
        let before = self.stretches.iter().map(|of| of.to).filter(|to| *to < first).max()?;
        let last = self.names.last()?.0;
        let margin = last.since(before).max(Duration::from_hours(1)).mul_f64(0.6);
        let margin = i64::try_from(margin.as_millis()).unwrap_or(i64::MAX);
        let start = before.millis().saturating_sub(margin).max(self.ends.0.millis());
        let end = last.millis().saturating_add(margin).min(self.ends.1.millis());
        let (start, end) = (Timestamp::from_millis(start), Timestamp::from_millis(end));
        if end.since(start) * 3 > self.ends.1.since(self.ends.0) {
            return None;
        }
        let within = |time: &Timestamp| (start..=end).contains(time);
        let stretches = self.stretches.iter().filter(|of| of.to >= start && of.from <= end);
        let held = self.names.iter().rev().find(|(time, _)| *time < start);
        let held = held.map(|(_, name)| (start, name.clone()));
        Some(Self {
            ends: (start, end),
            stretches: stretches.copied().collect(),
            names: held
                .into_iter()
                .chain(self.names.iter().filter(|of| within(&of.0)).cloned())
                .collect(),
            changes: self.changes.iter().copied().filter(within).collect(),
            key: self.key,
        })
    }

    fn block(&self, cell: usize, cells: usize) -> Block {
        let within = |time: Timestamp| self.cell(time, cells) == cell;
        let here = |stretch: &&Stretch| {
            (self.cell(stretch.from, cells)..=self.cell(stretch.to, cells)).contains(&cell)
        };
        let saw = |sight| self.stretches.iter().filter(here).any(|of| of.sight == sight);
        let changed = self.changes.iter().any(|time| within(*time));
        match (saw(Sight::There), saw(Sight::Missing)) {
            (true, true) => Block::Both,
            (true, false) if changed => Block::Both,
            (true, false) => Block::There,
            (false, true) => Block::Missing,
            (false, false) => Block::Unknown,
        }
    }

    /// The place of an instant among so many.
    fn cell(&self, time: Timestamp, cells: usize) -> usize {
        let (start, end) = self.ends;
        let whole = i128::from((end.millis() - start.millis()).max(1));
        let since = i128::from(time.clamp(start, end).millis() - start.millis());
        let cells = i128::try_from(cells).unwrap_or(1);
        usize::try_from((since * cells / whole).min(cells - 1)).unwrap_or(0)
    }

    /// The names above their blocks, as many as have room.
    fn names(&self, width: usize) -> String {
        let mut line = String::new();
        let mut used = 0;
        for (time, name) in &self.names {
            let wide = name.width();
            let at = self.cell(*time, width).min(width.saturating_sub(wide));
            if used == 0 || at > used {
                line.push_str(&" ".repeat(at.saturating_sub(used)));
                line.push_str(name);
                used = at.max(used) + wide;
            }
        }
        line
    }

    /// Those of the blocks that are there to be seen, and what they mean.
    fn legend(&self, look: Look, blocks: &[Block]) -> String {
        let meant = |block: Block| match block {
            Block::There => self.key.there,
            Block::Both => self.key.both,
            Block::Missing => self.key.missing,
            Block::Unknown => self.key.unknown,
        };
        let seen = Block::ALL.into_iter().filter(|block| blocks.contains(block));
        let said = seen.map(|block| {
            let name = inline(look, &Piece::new(meant(block), Mark::Faint));
            format!("{} {name}", block.painted(look, 1))
        });
        said.collect::<Vec<_>>().join("  ")
    }
}
