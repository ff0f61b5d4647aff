//! States given as lists of texts to their told history, for tests: what `watch` does with captures, without a store.
//!
//! A history can be kept in memory, or written out and read back between every two steps as the store does it; that
//! the two tell the same is one of the laws.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::slot::Slot;
use super::{
    Advance, Event, Line, LineId, Past, Placed, Returning, RevisionNumber, Step, Strand, Weave,
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
    pub(super) texts: Vec<Vec<String>>,
}

/// What the store would keep.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) wordings: Vec<Wording>,
    lines: BTreeMap<LineId, (Vec<u8>, WordingId)>,
    said: BTreeMap<u64, Vec<WordingId>>,
}

/// Which tokens of a line stand, each by the wording and the place in which it stood first.
pub(super) type Standing = BTreeMap<LineId, Vec<(u32, usize)>>;

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
        if self.layouts.len() == revisions {
            return Ok(());
        }
        self.check()?;
        self.check_events(&before)
    }

    /// One more state, told against the revision at this index, and what of the laws it breaks.
    pub(super) fn step_against(&mut self, state: &[String], base: usize) -> Result<(), String> {
        self.told_against(state, Some(base), Between::Rows);
        self.check()
    }

    /// One more state.
    pub(super) fn step(&mut self, state: &[String], between: Between) {
        self.told_against(state, None, between);
    }

    fn told_against(&mut self, state: &[String], base: Option<usize>, between: Between) {
        if self.texts.last().is_some_and(|last| last == state) {
            return;
        }
        let passages: Vec<Passage> = state.iter().map(|text| passage(text)).collect();
        let passages: Vec<&Passage> = passages.iter().collect();
        let known = self.texts.iter().position(|texts| texts == state);
        let revision = self.next_revision();
        let Some(stands) = self.layouts.last().cloned() else {
            let layout = self.woven(between, |_, wordings| begin(revision, &passages, wordings));
            self.layouts.push(layout);
            self.events.push(Vec::new());
            self.texts.push(state.to_vec());
            return;
        };
        // As it is done in earnest: what was said before is told as a return, whatever it is like.
        let base = base.filter(|_| known.is_none()).map(|base| self.layouts[base].clone());
        let old = base.as_ref().unwrap_or(&stands);
        let old_texts: Vec<String> = old.iter().map(|placed| self.text(*placed)).collect();
        let old_texts: Vec<&str> = old_texts.iter().map(String::as_str).collect();
        let new_texts: Vec<&str> = state.iter().map(String::as_str).collect();
        let comparison = compare(&old_texts, &new_texts);
        assert_eq!(rebuild(&old_texts, &new_texts, &comparison), new_texts);
        let same = |texts: &&Vec<String>| texts.as_slice() == state;
        let times = u32::try_from(self.texts.iter().filter(same).count()).expect("few states");
        let last = self.texts.iter().rposition(|texts| texts == state);
        let layouts = self.layouts.clone();
        let returning = known.zip(last).map(|(first, last)| Returning {
            layout: &layouts[first],
            first: number(first),
            gone: number(last).next(),
            times,
        });
        let step = Step {
            revision,
            old,
            standing: base.as_ref().map(|_| stands.as_slice()),
            new: &passages,
            comparison: &comparison,
            returning,
        };
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

    pub(super) fn text(&self, placed: Placed) -> String {
        self.rows.wordings[placed.wording.0 as usize].text.clone()
    }

    /// The tokens that stand now, by line.
    pub(super) fn standing(&self) -> Standing {
        self.lines().map(|line| (line, alive(&self.slots(line)))).collect()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = LineId> {
        self.rows.wordings.iter().map(|wording| wording.line).collect::<BTreeSet<_>>().into_iter()
    }

    pub(super) fn slots(&self, line: LineId) -> Vec<Slot> {
        let singles = |slots: &[Slot]| slots.iter().flat_map(Slot::singles).collect();
        if let Some((weave, wordings)) = &self.memory {
            singles(&weave.slots(line, wordings))
        } else {
            singles(&Weave::of(&self.rows).slots(line, &Wordings::of(&self.rows)))
        }
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
        if event.times > 1 {
            let _ = write!(line, " times {}", event.times);
        }
        if let Some(gate) = event.gate {
            let _ = write!(line, " gate {gate}");
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
        attributes: Vec::new(),
    }
}

/// The history of a page of one passage, or of passages parted by ` / `.
pub(super) fn told(states: &[&str]) -> History {
    let mut history = History::default();
    for state in states {
        if let Err(broken) = history.step_by_law(&parted(state)) {
            panic!("{broken}\n{}", history.all_drawn());
        }
    }
    history
}

/// The same, of states that are each told against the revision with this number.
pub(super) fn told_against(states: &[(&str, usize)]) -> History {
    let mut history = History::default();
    for (state, base) in states {
        if let Err(broken) = history.step_against(&parted(state), base - 1) {
            panic!("{broken}\n{}", history.all_drawn());
        }
    }
    history
}

fn parted(state: &str) -> Vec<String> {
    state.split(" / ").filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

pub(super) fn alive(slots: &[Slot]) -> Vec<(u32, usize)> {
    slots.iter().filter(|slot| slot.is_alive()).map(|slot| (slot.wording.0, slot.token)).collect()
}

pub(super) fn keys(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.key.into_owned()).collect()
}

fn number(index: usize) -> RevisionNumber {
    RevisionNumber(u32::try_from(index).expect("few revisions") + 1)
}
