//! Laws over generated histories: words, sentences and passages that change, move, go, and come back.

use proptest::prelude::*;
use proptest::sample::Index;

use super::histories::{Between, History};

const SENTENCES: &[&str] = &[
    "We are proud to support the program.",
    "we are Proud to support the program.",
    "We are happy and proud to support the new program!",
    "It is free of charge, and of cost.",
    "The a the a the b.",
    "私たちは誇りを持って支援します。",
    "(Don\u{2019}t) panic; read on: now",
    "Read more",
    "!",
    "\u{200b}",
    "of",
    "10 % off \u{2014} 1,000 items",
];

const WORDS: &[&str] = &[
    "the", "of", "proud", "Proud", "and", "new", "program", "誇", "を", ",", ".", "\u{2019}", "10",
];

#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, Index, &'static str),
    Drop(Index, Index),
    Swap(Index, Index, &'static str),
    SwapWords(Index, Index, Index),
    Sentence(Index, Index, &'static str),
    DropSentence(Index, Index),
    Passage(Index, &'static str),
    DropPassage(Index),
    MovePassage(Index, Index),
    Copy(Index, Index),
    Restyle(Index),
    PassageBack(Index, Index, Index),
    WordingBack(Index, Index, Index),
    StateBack(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    let word = || prop::sample::select(WORDS);
    let sentence = || prop::sample::select(SENTENCES);
    prop_oneof![
        4 => (at(), at(), word()).prop_map(|(p, w, word)| Edit::Insert(p, w, word)),
        4 => (at(), at()).prop_map(|(p, w)| Edit::Drop(p, w)),
        4 => (at(), at(), word()).prop_map(|(p, w, word)| Edit::Swap(p, w, word)),
        2 => (at(), at(), at()).prop_map(|(p, w, v)| Edit::SwapWords(p, w, v)),
        2 => (at(), at(), sentence()).prop_map(|(p, w, text)| Edit::Sentence(p, w, text)),
        2 => (at(), at()).prop_map(|(p, w)| Edit::DropSentence(p, w)),
        2 => (at(), sentence()).prop_map(|(p, text)| Edit::Passage(p, text)),
        2 => at().prop_map(Edit::DropPassage),
        2 => (at(), at()).prop_map(|(p, q)| Edit::MovePassage(p, q)),
        1 => (at(), at()).prop_map(|(p, q)| Edit::Copy(p, q)),
        1 => at().prop_map(Edit::Restyle),
        3 => (at(), at(), at()).prop_map(|(s, p, q)| Edit::PassageBack(s, p, q)),
        3 => (at(), at(), at()).prop_map(|(s, p, q)| Edit::WordingBack(s, p, q)),
        2 => at().prop_map(Edit::StateBack),
    ]
}

/// Edits the units of one passage, of those that the separator parts.
fn within(state: &mut [String], passage: Index, by: &str, change: impl FnOnce(&mut Vec<String>)) {
    if state.is_empty() {
        return;
    }
    let passage = passage.index(state.len());
    let mut parts: Vec<String> = state[passage].split(by).map(str::to_owned).collect();
    change(&mut parts);
    state[passage] = parts.join(by);
}

fn apply(states: &[Vec<String>], state: &mut Vec<String>, edit: &Edit) {
    match edit {
        Edit::Insert(p, w, word) => within(state, *p, " ", |words| {
            words.insert(w.index(words.len() + 1), (*word).to_owned());
        }),
        Edit::Drop(p, w) => {
            within(state, *p, " ", |words| drop(words.remove(w.index(words.len()))));
        }
        Edit::Swap(p, w, word) => within(state, *p, " ", |words| {
            let at = w.index(words.len());
            words[at] = (*word).to_owned();
        }),
        Edit::SwapWords(p, w, v) => within(state, *p, " ", |words| {
            let (one, other) = (w.index(words.len()), v.index(words.len()));
            words.swap(one, other);
        }),
        Edit::Sentence(p, w, text) => within(state, *p, ". ", |sentences| {
            sentences.insert(w.index(sentences.len() + 1), (*text).to_owned());
        }),
        Edit::DropSentence(p, w) => {
            within(state, *p, ". ", |parts| drop(parts.remove(w.index(parts.len()))));
        }
        Edit::Passage(p, text) => state.insert(p.index(state.len() + 1), (*text).to_owned()),
        Edit::Restyle(p) => within(state, *p, " ", |words| words[0] = words[0].to_uppercase()),
        _ => apply_to_passages(states, state, edit),
    }
    state.retain(|text| !text.is_empty());
}

fn apply_to_passages(states: &[Vec<String>], state: &mut Vec<String>, edit: &Edit) {
    let earlier = |s: &Index, p: &Index| -> Option<String> {
        let texts = states.get(s.index(states.len().max(1)))?;
        texts.get(p.index(texts.len().max(1))).cloned()
    };
    match edit {
        Edit::StateBack(s) if !states.is_empty() => {
            state.clone_from(&states[s.index(states.len())]);
        }
        Edit::PassageBack(s, p, q) => {
            if let Some(text) = earlier(s, p) {
                state.insert(q.index(state.len() + 1), text);
            }
        }
        _ if state.is_empty() => {}
        Edit::WordingBack(s, p, q) => {
            if let Some(text) = earlier(s, p) {
                let at = q.index(state.len());
                state[at] = text;
            }
        }
        Edit::DropPassage(p) => drop(state.remove(p.index(state.len()))),
        Edit::MovePassage(p, q) => {
            let text = state.remove(p.index(state.len()));
            state.insert(q.index(state.len() + 1), text);
        }
        Edit::Copy(p, q) => {
            let text = state[p.index(state.len())].clone();
            state.insert(q.index(state.len() + 1), text);
        }
        _ => {}
    }
}

/// States that each come from the one before, or from an earlier one, by a few edits.
fn states() -> impl Strategy<Value = Vec<Vec<String>>> {
    let passage = prop::collection::vec(prop::sample::select(SENTENCES), 1..5)
        .prop_map(|sentences| sentences.join(" "));
    let first = prop::collection::vec(passage, 0..6);
    let steps = prop::collection::vec(prop::collection::vec(edit(), 1..5), 1..14);
    (first, steps).prop_map(|(first, steps)| {
        let mut states = vec![first];
        for edits in steps {
            let mut state = states[states.len() - 1].clone();
            for edit in &edits {
                apply(&states, &mut state, edit);
            }
            states.push(state);
        }
        states
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn every_step_of_every_history_keeps_the_laws(states in states()) {
        let mut history = History::default();
        for state in &states {
            if let Err(broken) = history.step_by_law(state) {
                return Err(TestCaseError::fail(format!("{broken}\n{}", history.all_drawn())));
            }
        }
    }

    #[test]
    fn a_step_that_is_told_against_another_text_keeps_the_laws(
        states in states(), bases in prop::collection::vec(any::<Index>(), 16),
    ) {
        let mut history = History::default();
        for (state, base) in states.iter().zip(bases) {
            let base = base.index(history.layouts.len().max(1));
            if let Err(broken) = history.step_against(state, base) {
                return Err(TestCaseError::fail(format!("{broken}\n{}", history.all_drawn())));
            }
        }
    }

    #[test]
    fn a_history_on_disk_is_told_as_one_in_memory(states in states()) {
        let memory = History::told(&states, Between::Memory);
        let rows = History::told(&states, Between::Rows);
        prop_assert_eq!(&memory.layouts, &rows.layouts);
        prop_assert_eq!(&memory.events, &rows.events);
        prop_assert_eq!(&memory.rows.wordings, &rows.rows.wordings);
        prop_assert_eq!(memory.standing(), rows.standing());
    }

    #[test]
    fn a_history_told_anew_after_every_state_is_the_same(states in states()) {
        let mut grown = History::default();
        for end in 1..=states.len() {
            grown.step(&states[end - 1], Between::Rows);
            let anew = History::told(&states[..end], Between::Rows);
            prop_assert_eq!(&grown.layouts, &anew.layouts);
            prop_assert_eq!(&grown.events, &anew.events);
        }
    }

    #[test]
    fn no_texts_make_it_panic(states in prop::collection::vec(prop::collection::vec("\\PC{0,12}", 0..4), 1..6)) {
        let mut history = History::default();
        for state in &states {
            prop_assert_eq!(history.step_by_law(state), Ok(()));
        }
    }
}

/// More cases can be asked for where time allows.
fn cases() -> u32 {
    option_env!("PALINODE_LAW_CASES").and_then(|cases| cases.parse().ok()).unwrap_or(96)
}
