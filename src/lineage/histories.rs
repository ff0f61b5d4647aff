//! States given as lists of texts to their told history, for tests: what `watch` does with captures, without a store.
//!
//! A history can be kept in memory, or written out and read back between every two steps as the store does it; that
//! the two tell the same is one of the laws.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::weave::Slot;
use super::{
    Advance, Event, EventKind, Line, LineId, Past, Placed, RevisionNumber, Step, Strand, Weave,
    Wording, WordingId, Wordings, advance, begin,
};
use crate::diff::{compare, rebuild};
use crate::extract::{Class, Passage, PassageKind, tokens};

/// Where the weave is between two steps.
#[derive(Clone, Copy)]
pub(super) enum Between {
    Memory,
    Rows,
}

/// The told history of one page.
#[derive(Default)]
pub(super) struct History {
    pub(super) rows: Rows,
    pub(super) layouts: Vec<Vec<Placed>>,
    pub(super) events: Vec<Vec<Event>>,
    /// The weave and the wordings of a history that is kept in memory.
    memory: Option<(Weave<'static>, Wordings<'static>)>,
    texts: Vec<Vec<String>>,
}

/// What the store would keep.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) wordings: Vec<Wording>,
    lines: BTreeMap<LineId, (Vec<u8>, WordingId)>,
    said: BTreeMap<u64, Vec<WordingId>>,
}

/// Which tokens of a line stand, each by the wording and the place in which it stood first.
type Standing = BTreeMap<LineId, Vec<(u32, usize)>>;

impl History {
    /// Tells state after state; states that say what stands already are passed over, as checks do.
    pub(super) fn told(states: &[Vec<String>], between: Between) -> Self {
        let mut history = Self::default();
        for state in states {
            history.step(state, between);
        }
        history
    }

    /// One more state, and what of the laws it breaks.
    pub(super) fn step_by_law(&mut self, state: &[String]) -> Result<(), String> {
        let (before, revisions) = (self.standing(), self.layouts.len());
        self.step(state, Between::Rows);
        if self.layouts.len() == revisions { Ok(()) } else { self.check(&before) }
    }

    /// One more state.
    pub(super) fn step(&mut self, state: &[String], between: Between) {
        if self.texts.last().is_some_and(|last| last == state) {
            return;
        }
        let passages: Vec<Passage> = state.iter().map(|text| passage(text)).collect();
        let passages: Vec<&Passage> = passages.iter().collect();
        let known = self.texts.iter().position(|texts| texts == state);
        let revision = self.next_revision();
        let Some(old) = self.layouts.last().cloned() else {
            let layout =
                self.woven(between, |weave, wordings| begin(weave, revision, &passages, wordings));
            self.layouts.push(layout);
            self.events.push(Vec::new());
            self.texts.push(state.to_vec());
            return;
        };
        let old_texts: Vec<String> = old.iter().map(|placed| self.text(*placed)).collect();
        let old_texts: Vec<&str> = old_texts.iter().map(String::as_str).collect();
        let new_texts: Vec<&str> = state.iter().map(String::as_str).collect();
        let comparison = compare(&old_texts, &new_texts);
        assert_eq!(rebuild(&old_texts, &new_texts, &comparison), new_texts);
        let returning = known.map(|index| (self.layouts[index].clone(), number(index)));
        let returning = returning.as_ref().map(|(layout, number)| (layout.as_slice(), *number));
        let step = Step { revision, old: &old, new: &passages, comparison: &comparison, returning };
        let Advance { layout, events } =
            self.woven(between, |weave, wordings| advance(weave, wordings, &step));
        self.layouts.push(layout);
        self.events.push(events);
        self.texts.push(state.to_vec());
    }

    /// Weaves with all in memory, or with what the rows give when they are asked.
    fn woven<T>(
        &mut self,
        between: Between,
        weaving: impl for<'p> FnOnce(&mut Weave<'p>, &mut Wordings<'p>) -> T,
    ) -> T {
        if matches!(between, Between::Memory) {
            let (weave, wordings) = self.memory.get_or_insert_default();
            let known = wordings.len();
            let made = weaving(weave, wordings);
            let new = wordings.new_ones().skip(known);
            self.rows.wordings.extend(new.map(|(_, wording)| wording.clone()));
            return made;
        }
        let (mut weave, mut wordings) = (Weave::of(&self.rows), Wordings::of(&self.rows));
        let made = weaving(&mut weave, &mut wordings);
        let lines: Vec<_> = weave.touched().collect();
        let learned: Vec<_> = weave.learned().collect();
        let new: Vec<_> = wordings.new_ones().map(|(_, wording)| wording.clone()).collect();
        self.rows.keep(lines, learned, new);
        made
    }

    fn next_revision(&self) -> RevisionNumber {
        self.layouts.len().checked_sub(1).map_or(RevisionNumber::FIRST, |last| number(last).next())
    }

    fn text(&self, placed: Placed) -> String {
        self.rows.wordings[placed.wording.0 as usize].text.clone()
    }

    /// The tokens that stand now, by line.
    pub(super) fn standing(&self) -> Standing {
        self.lines().map(|line| (line, alive(&self.slots(line)))).collect()
    }

    fn lines(&self) -> impl Iterator<Item = LineId> {
        self.rows.wordings.iter().map(|wording| wording.line).collect::<BTreeSet<_>>().into_iter()
    }

    fn slots(&self, line: LineId) -> Vec<Slot> {
        let first = || self.rows.wordings.get(line.0 as usize);
        match &self.memory {
            Some((weave, _)) => weave.slots_since(line, first).to_vec(),
            None => Weave::of(&self.rows).slots_since(line, first).to_vec(),
        }
    }

    /// What of the laws the present state breaks; `before` is what stood before the last step.
    fn check(&self, before: &Standing) -> Result<(), String> {
        let layout = self.layouts.last().expect("a history has a state");
        let texts: Vec<String> = layout.iter().map(|placed| self.text(*placed)).collect();
        law(Some(&texts) == self.texts.last(), "the layout says another text", &texts)?;
        let lines: BTreeSet<LineId> = layout.iter().map(|placed| placed.line).collect();
        law(lines.len() == layout.len(), "a line stands twice", layout)?;
        for placed in layout {
            law(self.spelt(placed.line) == keys(&self.text(*placed)), "slots misspell", placed)?;
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
        self.check_events(before)
    }

    fn spelt(&self, line: LineId) -> Vec<String> {
        let alive = alive(&self.slots(line));
        let key = |(wording, token): (u32, usize)| {
            keys(&self.rows.wordings[wording as usize].text)[token].clone()
        };
        alive.into_iter().map(key).collect()
    }

    fn check_events(&self, before: &Standing) -> Result<(), String> {
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
        for event in self.events.last().unwrap_or(&Vec::new()) {
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

    /// The events of one revision, one a line, as a person would read them.
    pub(super) fn drawn(&self, revision: u32) -> String {
        let events = &self.events[revision as usize - 1];
        let lines = events.iter().map(|event| self.drawn_event(revision, event));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The events of all revisions.
    pub(super) fn all_drawn(&self) -> String {
        let revisions = 2..=u32::try_from(self.events.len()).expect("few revisions");
        revisions.map(|number| self.drawn(number)).collect::<Vec<_>>().join("\n")
    }

    fn drawn_event(&self, revision: u32, event: &Event) -> String {
        let mut line = format!("r{revision} {} {}", event.kind, event.grade);
        let words = |strand: &Strand| {
            let text = &self.rows.wordings[strand.wording.0 as usize].text;
            let tokens = tokens(text);
            let (first, last) = (&tokens[strand.tokens.start], &tokens[strand.tokens.end - 1]);
            format!("{:?}", &text[first.start..last.end()])
        };
        let _ = match (&event.old, &event.new) {
            (Some(old), Some(new)) if words(old) == words(new) => write!(line, " {}", words(new)),
            (Some(old), Some(new)) => write!(line, " {} for {}", words(new), words(old)),
            (Some(one), None) | (None, Some(one)) => write!(line, " {}", words(one)),
            (None, None) => Ok(()),
        };
        if let Some(gone) = event.gone {
            let _ = write!(line, " gone {gone}");
        }
        let _ = write!(line, " born {}", event.born);
        line
    }

    /// The slots of a line, neighbours with the same lives together: `"are proud" r1-r2 r3-`.
    pub(super) fn drawn_lives(&self, line: u32) -> String {
        let mut runs: Vec<(Vec<String>, String)> = Vec::new();
        for slot in self.slots(LineId(line)) {
            let word = keys(&self.rows.wordings[slot.wording.0 as usize].text)[slot.token].clone();
            let lives = slot.lives.iter().map(|life| {
                format!("{}-{}", life.from, life.to.map(|to| to.to_string()).unwrap_or_default())
            });
            let lives = lives.collect::<Vec<_>>().join(" ");
            match runs.last_mut() {
                Some((words, last)) if *last == lives => words.push(word),
                _ => runs.push((vec![word], lives)),
            }
        }
        let lines = runs.iter().map(|(words, lives)| format!("{:?} {lives}", words.join(" ")));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Rows {
    fn keep(
        &mut self,
        lines: Vec<(LineId, Line, WordingId)>,
        learned: Vec<(u64, WordingId)>,
        new: Vec<Wording>,
    ) {
        for (id, line, newest) in lines {
            let row = postcard::to_stdvec(&line).expect("a line can be written");
            self.lines.insert(id, (row, newest));
        }
        for (digest, wording) in learned {
            let said = self.said.entry(digest).or_default();
            said.push(wording);
            said.sort_unstable();
        }
        self.wordings.extend(new);
    }
}

impl Past for Rows {
    fn wordings(&self) -> u32 {
        u32::try_from(self.wordings.len()).expect("few wordings")
    }

    fn wording(&self, id: WordingId) -> Option<Wording> {
        self.wordings.get(id.0 as usize).cloned()
    }

    fn line(&self, id: LineId) -> Option<Line> {
        let (row, _) = self.lines.get(&id)?;
        Some(postcard::from_bytes(row).expect("a line reads back"))
    }

    fn newest(&self, id: LineId) -> Option<WordingId> {
        self.lines.get(&id).map(|(_, newest)| *newest)
    }

    fn said(&self, digest: u64) -> Vec<WordingId> {
        self.said.get(&digest).cloned().unwrap_or_default()
    }
}

/// A paragraph.
pub(super) fn passage(text: &str) -> Passage {
    Passage {
        kind: PassageKind::Paragraph,
        class: Class::Main,
        place: String::new(),
        text: text.to_owned(),
    }
}

/// The history of a page of one passage, or of passages parted by ` / `.
pub(super) fn told(states: &[&str]) -> History {
    let passages = |state: &&str| -> Vec<String> {
        state.split(" / ").filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    let states: Vec<Vec<String>> = states.iter().map(passages).collect();
    let mut history = History::default();
    for state in &states {
        if let Err(broken) = history.step_by_law(state) {
            panic!("{broken}\n{}", history.all_drawn());
        }
    }
    history
}

fn law(holds: bool, what: &str, seen: &impl std::fmt::Debug) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{what}: {seen:?}")) }
}

fn alive(slots: &[Slot]) -> Vec<(u32, usize)> {
    slots.iter().filter(|slot| slot.is_alive()).map(|slot| (slot.wording.0, slot.token)).collect()
}

fn keys(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.key.into_owned()).collect()
}

fn number(index: usize) -> RevisionNumber {
    RevisionNumber(u32::try_from(index).expect("few revisions") + 1)
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
