//! A history told in tests to the first law that its present state breaks.
//!
//! Apart from the driver because the laws are read for themselves: they say what a weave is.

use std::collections::{BTreeMap, BTreeSet};

use super::histories::{History, Standing, alive, keys};
use super::slot::Slot;
use super::{EventKind, Grade, LineId, WordingId};

impl History {
    /// What of the laws the present state breaks.
    pub(super) fn check(&self) -> Result<(), String> {
        let layout = self.layouts.last().expect("a history has a state");
        let texts: Vec<String> = layout.iter().map(|placed| self.text(*placed)).collect();
        law(Some(&texts) == self.texts.last(), "the layout says another text", &texts)?;
        let lines: BTreeSet<LineId> = layout.iter().map(|placed| placed.line).collect();
        law(lines.len() == layout.len(), "a line stands twice", layout)?;
        for placed in layout {
            law(self.spelt(placed.line) == keys(&self.text(*placed)), "slots misspell", placed)?;
            let born = self.rows.wordings[placed.wording.0 as usize].born;
            let as_at_birth = |slot: &Slot| slot.is_alive() == slot.stood_in(born);
            law(
                self.slots(placed.line).iter().all(as_at_birth),
                "a wording stands for other tokens than when it was first",
                placed,
            )?;
        }
        let standing = self.standing();
        let names: Vec<_> = standing.values().flatten().collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        law(names.len() == distinct.len(), "a token stands twice", &names)?;
        for line in self.lines() {
            let gone = lines.contains(&line) || self.spelt(line).is_empty();
            law(gone, "a line that went has living slots", &line)?;
            for slot in self.slots(line) {
                law(lives_in_order(&slot), "lives overlap", &slot)?;
            }
        }
        Ok(())
    }

    fn spelt(&self, line: LineId) -> Vec<String> {
        let alive = alive(&self.slots(line));
        let key = |(wording, token): (u32, usize)| {
            keys(&self.rows.wordings[wording as usize].text)[token].clone()
        };
        alive.into_iter().map(key).collect()
    }

    /// What of the laws the events of the last step break; `before` is what stood before it.
    pub(super) fn check_events(&self, before: &Standing) -> Result<(), String> {
        let now = self.standing();
        let all = |standing: &Standing| -> BTreeSet<(u32, usize)> {
            standing.values().flatten().copied().collect()
        };
        let (stood, stands) = (all(before), all(&now));
        let marks = |slots: &[(u32, usize)], there: &BTreeSet<(u32, usize)>| {
            slots.iter().map(|slot| usize::from(!there.contains(slot))).collect::<Vec<_>>()
        };
        let (mut came, mut went) = (BTreeMap::new(), BTreeMap::new());
        let empty = Vec::new();
        for placed in self.layouts.iter().rev().nth(1).unwrap_or(&empty) {
            went.insert(placed.wording, marks(&before[&placed.line], &stands));
        }
        for placed in self.layouts.last().filter(|_| self.layouts.len() > 1).unwrap_or(&empty) {
            came.insert(placed.wording, marks(&now[&placed.line], &stood));
        }
        let mut told = [
            went.iter().map(|(id, marks)| (*id, vec![0; marks.len()])).collect::<BTreeMap<_, _>>(),
            came.iter().map(|(id, marks)| (*id, vec![0; marks.len()])).collect(),
        ];
        // Of a page that is back for the second time, only that is told.
        let none = Vec::new();
        let events = self.events.last().unwrap_or(&none);
        if events.iter().any(|event| event.grade == Grade::State && event.times > 1) {
            return law(events.len() == 1, "a turn is told at length", events);
        }
        for event in events.iter().filter(|event| event.grade != Grade::State) {
            let aside = matches!(event.kind, EventKind::Moved | EventKind::Restyled);
            law(event.old.is_some() || event.new.is_some(), "an event about nothing", event)?;
            for (side, strand) in [&event.old, &event.new].into_iter().enumerate() {
                let Some(strand) = strand else { continue };
                law(!strand.tokens.is_empty(), "an empty strand", event)?;
                let Some(marks) = told[side].get_mut(&strand.wording) else {
                    return Err(format!("a strand of a wording that does not stand: {event:?}"));
                };
                law(strand.tokens.end <= marks.len(), "a strand past its wording", event)?;
                if !aside {
                    marks[strand.tokens.clone()].iter_mut().for_each(|mark| *mark += 1);
                }
            }
        }
        law(tells(&told[0], &went), "what went is not told once", &(&told[0], &went))?;
        law(tells(&told[1], &came), "what came is not told once", &(&told[1], &came))
    }
}

fn law(holds: bool, what: &str, seen: &impl std::fmt::Debug) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{what}: {seen:?}")) }
}

fn lives_in_order(slot: &Slot) -> bool {
    let whole = slot.lives.iter().all(|life| life.to.is_none_or(|to| life.from < to));
    let apart = slot.lives.windows(2).all(|pair| pair[0].to.is_some_and(|to| to < pair[1].from));
    whole && apart && !slot.lives.is_empty()
}

/// Whether each token that changed is told once; one that stayed may be told with those around it.
fn tells(
    told: &BTreeMap<WordingId, Vec<usize>>,
    changed: &BTreeMap<WordingId, Vec<usize>>,
) -> bool {
    let pairs = told.iter().flat_map(|(id, told)| told.iter().zip(&changed[id]));
    pairs.into_iter().all(|(told, changed)| told == changed || (*told, *changed) == (1, 0))
}
