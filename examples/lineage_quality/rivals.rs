//! A history to what each rival says of it: for every token of every revision, which thread it is, and since when.

use std::collections::HashMap;

use palinode::diff::compare;
use palinode::extract::{Class, Passage, PassageKind};
use palinode::lineage::{
    Placed, Returning, RevisionNumber, Step, Thread, Weave, Wordings, advance, begin,
};
use wikiwho::algorithm::PageAnalysis;
use wikiwho::dump_parser::{Contributor, Revision, Text};
use wikiwho::utils::iterate_revision_tokens;

use crate::generate::State;

/// A thread: its name, and the revision (from 0) in which it began.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Known {
    pub(crate) name: usize,
    pub(crate) origin: usize,
}

/// What a rival says of one revision; `None` when it gives no answer for it.
pub(crate) type Told = Option<Vec<Known>>;

/// palinode's weave, driven as `watch` drives it.
pub(crate) fn palinode(history: &[State]) -> Vec<Told> {
    let mut names: HashMap<Thread, usize> = HashMap::new();
    let (mut weave, mut wordings) = (Weave::default(), Wordings::default());
    let mut layouts: Vec<Vec<Placed>> = Vec::new();
    let mut told = Vec::new();
    let texts: Vec<Vec<String>> = history.iter().map(paragraphs).collect();
    for (index, state) in texts.iter().enumerate() {
        let revision = RevisionNumber(u32::try_from(index + 1).unwrap_or(u32::MAX));
        let passages: Vec<Passage> = state.iter().map(|text| passage(text)).collect();
        let passages: Vec<&Passage> = passages.iter().collect();
        let layout = match layouts.last() {
            None => begin(revision, &passages, &mut wordings),
            Some(old) => {
                let (before, after): (Vec<&str>, Vec<&str>) = (
                    texts[index - 1].iter().map(String::as_str).collect(),
                    state.iter().map(String::as_str).collect(),
                );
                let comparison = compare(&before, &after);
                let known = texts[..index].iter().position(|earlier| earlier == state);
                let number =
                    |index: usize| RevisionNumber(u32::try_from(index + 1).unwrap_or(u32::MAX));
                let returning = known.map(|earlier| Returning {
                    layout: layouts[earlier].as_slice(),
                    first: number(earlier),
                    gone: revision,
                    times: 1,
                });
                let step = Step {
                    revision,
                    old,
                    standing: None,
                    new: &passages,
                    comparison: &comparison,
                    returning,
                };
                advance(&mut weave, &mut wordings, &step).layout
            }
        };
        let threads = layout.iter().flat_map(|placed| weave.threads(*placed, revision, &wordings));
        let known = threads.map(|thread| {
            let next = names.len();
            Known { name: *names.entry(thread).or_insert(next), origin: thread.born.0 as usize - 1 }
        });
        told.push(Some(known.collect()));
        layouts.push(layout);
    }
    told
}

/// The Rust port of `WikiWho`, given the same paragraphs as the paragraphs of an article.
pub(crate) fn wikiwho(history: &[State]) -> Vec<Told> {
    let revisions: Vec<Revision> =
        history.iter().enumerate().map(|(index, state)| revision(index, state)).collect();
    let Ok(analysis) = PageAnalysis::analyse_page(&revisions) else {
        return vec![None; history.len()];
    };
    let told = (0..history.len()).map(|index| {
        let pointer = analysis.revisions_by_id.get(&i32::try_from(index).unwrap_or(i32::MAX))?;
        let tokens = iterate_revision_tokens(&analysis, pointer);
        let known = tokens.map(|token| Known {
            name: token.unique_id(),
            origin: usize::try_from(analysis[token].origin_revision.id).unwrap_or(0),
        });
        Some(known.collect())
    });
    told.collect()
}

fn paragraphs(state: &State) -> Vec<String> {
    let words = |tokens: &Vec<crate::generate::Token>| {
        tokens.iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join(" ")
    };
    state.iter().map(words).collect()
}

fn passage(text: &str) -> Passage {
    Passage {
        kind: PassageKind::Paragraph,
        class: Class::Main,
        place: String::new(),
        text: text.to_owned(),
        attributes: Vec::new(),
    }
}

fn revision(index: usize, state: &State) -> Revision {
    Revision {
        id: i32::try_from(index).unwrap_or(i32::MAX),
        timestamp: chrono::DateTime::from_timestamp(i64::try_from(index).unwrap_or(0) * 3600, 0)
            .unwrap_or_default(),
        contributor: Contributor { username: "somebody".into(), id: Some(1) },
        text: Text::Normal(paragraphs(state).join("\n\n")),
        sha1: None,
        comment: None,
        minor: false,
    }
}
