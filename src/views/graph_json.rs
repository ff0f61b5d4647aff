//! A page's states and revisions to JSON: what the drawing shows, for programs, with nothing folded.

use std::io::{self, Write};

use serde::Serialize;

use super::Graph;
use super::log::Looks;
use super::states::{States, letter};
use crate::store::Revision;

#[derive(Serialize)]
struct GraphJson<'a> {
    page: &'a str,
    url: &'a str,
    checks: u32,
    checks_without_sight: u32,
    states: Vec<StateJson>,
    revisions: Vec<TurnJson>,
}

#[derive(Serialize)]
struct StateJson {
    state: String,
    /// States of one track follow each other; those of different tracks stand beside each other.
    track: usize,
    first_revision: u32,
    last_revision: u32,
    revisions: usize,
    checks: u32,
    first_seen: String,
    last_seen: String,
}

#[derive(Serialize)]
struct TurnJson {
    revision: u32,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<u32>,
    after: Option<String>,
    first_seen: String,
    last_seen: String,
    checks: u32,
}

/// Writes the states, and the revisions newest first, as JSON. Nothing is folded in it.
pub fn graph_json(out: &mut dyn Write, graph: &Graph<'_>) -> io::Result<()> {
    let states = States::new(graph.revisions);
    let Looks { checks, blind } = Looks::of(graph.observations);
    let places = (0..graph.revisions.len()).rev().take(graph.limit);
    super::json(
        out,
        &GraphJson {
            page: graph.title,
            url: graph.url,
            checks,
            checks_without_sight: blind,
            states: (0..states.count()).map(|state| state_json(&states, state)).collect(),
            revisions: places.map(|place| turn_json(&states, place)).collect(),
        },
    )
}

fn state_json(states: &States<'_>, state: usize) -> StateJson {
    let all = states.revisions.iter().zip(&states.of).filter(|(_, of)| **of == state);
    let of: Vec<&Revision> = all.map(|(revision, _)| revision).collect();
    let first = states.first(state);
    let last = of.last().copied().unwrap_or(first);
    StateJson {
        state: letter(state),
        track: states.tracks.track(state),
        first_revision: first.number.0,
        last_revision: last.number.0,
        revisions: of.len(),
        checks: of.iter().map(|revision| revision.checks).sum(),
        first_seen: first.first_seen.to_string(),
        last_seen: last.last_seen.to_string(),
    }
}

fn turn_json(states: &States<'_>, place: usize) -> TurnJson {
    let revision = &states.revisions[place];
    TurnJson {
        revision: revision.number.0,
        state: letter(states.of[place]),
        same_as: states.earlier(place).map(|first| first.number.0),
        after: revision.after.map(|time| time.to_string()),
        first_seen: revision.first_seen.to_string(),
        last_seen: revision.last_seen.to_string(),
        checks: revision.checks,
    }
}
