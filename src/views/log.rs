//! A page's revisions, newest first: when each came, with its bounds, how much it changed, and what is back in it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::claims::{ClaimsJson, claim_lines, claims_json};
use super::events::{EventJson, EventsOf, between, event_json};
use super::hyperlink::linked;
use super::sources::{SourceJson, claim};
use super::strip::{Gap, Key, Sight, Strip, sights, strip};
use super::styled::{Line, Mark, Piece, inline, led, paragraph};
use super::{Look, event_lines, moment};
use crate::diff::Size;
use crate::fetch::Digest;
use crate::lineage::{ByNumber, Event, RevisionNumber};
use crate::store::{Observation, Revision, StateId};

/// What `log` shows of a page.
pub struct Log<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Its address.
    pub url: &'a str,
    /// Its revisions, oldest first.
    pub revisions: &'a [Revision],
    /// Its observations, oldest first.
    pub observations: &'a [Observation],
    /// Its events, by revision.
    pub events: &'a BTreeMap<RevisionNumber, Vec<Event>>,
    /// Its wordings.
    pub wordings: &'a dyn ByNumber,
    /// So many of the checks were made by others.
    pub by_others: usize,
    /// So many revisions at most are shown, the newest ones.
    pub limit: usize,
}

/// Writes the log.
pub fn log(out: &mut dyn Write, look: Look, log: &Log<'_>) -> io::Result<()> {
    writeln!(out, "{}", linked(look, log.url, &Piece::new(log.title, Mark::Strong)))?;
    let coverage = coverage(log.observations) + &by_others(log.by_others);
    paragraph(out, look, "", &[Piece::new(coverage, Mark::Faint)])?;
    if let Some(drawn) = drawn(log) {
        strip(out, look, &drawn, Gap::Above)?;
    }
    let first_with = first_with_state(log.revisions);
    for revision in log.revisions.iter().rev().take(log.limit) {
        writeln!(out)?;
        let same_as = first_with.get(&revision.state).filter(|first| **first != revision.number);
        let name = format!("{:<4}", revision.number.to_string());
        let again = same_as.map_or_else(String::new, |first| format!(", as in {first}"));
        let lead = Line::of(look, &[Piece::new(name, Mark::Strong)]);
        let line = format!("{}{again}{}", between(revision), version(revision));
        led(out, look, &lead, lead.width, &[Piece::new(line, Mark::Kept)])?;
        paragraph(out, look, "    ", &[Piece::new(standing(revision), Mark::Faint)])?;
        claim_lines(out, look, log.revisions, revision)?;
        if let Some(source) = &revision.source {
            paragraph(out, look, "    ", &[Piece::new(claim(source), Mark::Faint)])?;
        }
        if let Some(events) = log.events.get(&revision.number) {
            event_lines(out, look, revision.number, events, log.revisions, log.wordings)?;
        }
    }
    let older = log.revisions.len().saturating_sub(log.limit);
    if older > 0 {
        writeln!(
            out,
            "\n{}",
            inline(
                look,
                &Piece::new(format!("\u{22ef} {older} older; --all shows them"), Mark::Faint)
            )
        )?;
    }
    Ok(())
}

/// When the page was seen, when its text changed, and when it was gone.
fn drawn<'a>(log: &Log<'_>) -> Option<Strip<'a>> {
    let sight = |run: &Observation| match run.seen.outcome.as_str() {
        _ if run.seen.is_sight() => Some(Sight::There),
        "gone" => Some(Sight::Missing),
        _ => None,
    };
    let came = |revision: &Revision| (revision.first_seen, revision.number.to_string());
    Some(Strip {
        ends: (log.observations.first()?.first_at, log.observations.last()?.last_at),
        stretches: sights(log.observations, sight),
        names: log.revisions.iter().map(came).collect(),
        changes: log.revisions.iter().skip(1).map(|revision| revision.first_seen).collect(),
        key: Key { there: "seen", both: "changed", missing: "gone", unknown: "not seen" },
    })
}

/// Which text it is a version of, where that is not the one that stood before it.
fn version(revision: &Revision) -> String {
    let other = revision.against.filter(|against| Some(*against) != revision.number.before());
    other.map_or_else(String::new, |other| format!(", a version of {other}"))
}

/// How often the page was looked at, how often in vain, and until when: no claim reaches further than that.
pub(super) fn coverage(observations: &[Observation]) -> String {
    let Looks { checks, blind } = Looks::of(observations);
    let ends = observations.first().zip(observations.last());
    let when = ends.map_or_else(String::new, |(first, last)| {
        format!(" from {} to {} (UTC)", moment(first.first_at), moment(last.last_at))
    });
    let vain = if blind == 0 { String::new() } else { format!(", {blind} of them saw no page") };
    format!("{}{when}{vain}", counted(checks as usize, "check"))
}

/// How many of the looks were somebody else's.
fn by_others(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", {count} of them made by others") }
}

/// How often a page was looked at.
pub(super) struct Looks {
    pub(super) checks: u32,
    /// So often it was not seen.
    pub(super) blind: u32,
}

impl Looks {
    pub(super) fn of(observations: &[Observation]) -> Self {
        let blind = observations.iter().filter(|run| !run.seen.is_sight());
        Self {
            checks: observations.iter().map(|run| run.checks).sum(),
            blind: blind.map(|run| run.checks).sum(),
        }
    }
}

/// How much a revision changed, and how long it was seen.
pub(super) fn standing(revision: &Revision) -> String {
    let seen = format!(
        "seen until {} in {}",
        moment(revision.last_seen),
        counted(revision.checks as usize, "check")
    );
    match size(revision.size) {
        Some(size) => format!("{size}; {seen}"),
        None => seen,
    }
}

/// `+12 −3 words, 1 moved, 2 restyled`.
pub(super) fn size(size: Size) -> Option<String> {
    let Size { words_added, words_removed, moved, restyled } = size;
    let words = match (words_added, words_removed) {
        (0, 0) => None,
        (added, 0) => Some(format!("+{}", counted(added, "word"))),
        (0, removed) => Some(format!("\u{2212}{}", counted(removed, "word"))),
        (added, removed) => Some(format!("+{added} \u{2212}{}", counted(removed, "word"))),
    };
    let parts = [
        words,
        (moved > 0).then(|| format!("{moved} moved")),
        (restyled > 0).then(|| format!("{restyled} restyled")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `1 check`, `2 checks`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn first_with_state(revisions: &[Revision]) -> BTreeMap<StateId, RevisionNumber> {
    let mut first = BTreeMap::new();
    for revision in revisions {
        first.entry(revision.state).or_insert(revision.number);
    }
    first
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct LogJson<'a> {
    page: &'a str,
    url: &'a str,
    checks: u32,
    checks_without_sight: u32,
    #[serde(skip_serializing_if = "is_none")]
    checks_by_others: usize,
    revisions: Vec<ToldJson<'a>>,
}

#[derive(Serialize)]
struct ToldJson<'a> {
    #[serde(flatten)]
    revision: RevisionJson<'a>,
    events: Vec<EventJson<'a>>,
}

/// A revision for programs.
#[derive(Serialize)]
pub(super) struct RevisionJson<'a> {
    revision: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told_against: Option<u32>,
    /// When the revision before was seen last: the change came after that …
    after: Option<String>,
    /// … and before this.
    first_seen: String,
    last_seen: String,
    checks: u32,
    words_added: usize,
    words_removed: usize,
    moved: usize,
    restyled: usize,
    title: Option<&'a str>,
    #[serde(flatten)]
    claims: ClaimsJson<'a>,
    entity_sha256: Option<String>,
    /// Who says that the page said so then, if palinode did not see it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'a>>,
}

/// A page's revisions for programs, oldest first, with the digests of the entities that showed each first.
pub(super) fn revisions_json<'a>(
    revisions: &'a [Revision],
    entities: &'a BTreeMap<RevisionNumber, Digest>,
) -> impl DoubleEndedIterator<Item = (RevisionNumber, RevisionJson<'a>)> {
    let first_with = first_with_state(revisions);
    revisions.iter().map(move |revision| {
        let first = first_with.get(&revision.state).filter(|first| **first != revision.number);
        let json = RevisionJson {
            revision: revision.number.0,
            same_as: first.map(|first| first.0),
            told_against: revision.against.map(|against| against.0),
            after: revision.after.map(|time| time.to_string()),
            first_seen: revision.first_seen.to_string(),
            last_seen: revision.last_seen.to_string(),
            checks: revision.checks,
            words_added: revision.size.words_added,
            words_removed: revision.size.words_removed,
            moved: revision.size.moved,
            restyled: revision.size.restyled,
            title: revision.title.as_deref(),
            claims: claims_json(revisions, revision),
            entity_sha256: entities.get(&revision.number).map(Digest::to_string),
            source: revision.source.as_ref().map(SourceJson::of),
        };
        (revision.number, json)
    })
}

/// Writes the log as JSON, newest first, with the digests of the entities that showed each revision first.
pub fn log_json(
    out: &mut dyn Write,
    log: &Log<'_>,
    entities: &BTreeMap<RevisionNumber, Digest>,
) -> io::Result<()> {
    let of = EventsOf {
        title: log.title,
        url: log.url,
        revisions: log.revisions,
        wordings: log.wordings,
        events: &[],
    };
    let told = |(number, revision)| ToldJson {
        revision,
        events: log
            .events
            .get(&number)
            .into_iter()
            .flatten()
            .map(|event| event_json(&of, number, event))
            .collect(),
    };
    let revisions = revisions_json(log.revisions, entities).rev().take(log.limit).map(told);
    let Looks { checks, blind } = Looks::of(log.observations);
    super::json(
        out,
        &LogJson {
            page: log.title,
            url: log.url,
            checks,
            checks_without_sight: blind,
            checks_by_others: log.by_others,
            revisions: revisions.collect(),
        },
    )
}
