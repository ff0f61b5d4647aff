//! What each witness saw of a page to a listing by time: which text, how often, and whether the others say the same.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::deposits::{DepositJson, deposit_json, deposits};
use super::hyperlink::linked;
use super::styled::{Mark, Piece, inline};
use super::{Look, counted, moment};
use crate::store::{Deposit, Origin, Page, Revision, Stretch, Witness};
use crate::watch::{Accord, Testimony};

/// What `witnesses` shows of a page.
pub struct Witnesses<'a> {
    /// The page.
    pub page: &'a Page,
    /// Its revisions, oldest first.
    pub revisions: &'a [Revision],
    /// What was seen, by time.
    pub testimonies: &'a [Testimony],
    /// What archives were asked to save, oldest first.
    pub deposits: &'a [Deposit],
}

/// Writes the listing.
pub fn witnesses(out: &mut dyn Write, look: Look, shown: &Witnesses<'_>) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        linked(look, shown.page.url.as_str(), &Piece::new(shown.page.title(), Mark::Strong))
    )?;
    let checks = checks(shown.testimonies);
    let who = checks.iter().map(|(witness, checks)| {
        format!("{} ({})", called(witness), counted(*checks as usize, "check"))
    });
    let who = who.collect::<Vec<_>>().join(", ");
    let line = if who.is_empty() {
        "nothing is listed".to_owned()
    } else {
        format!("{who}; times are of each one's own clock, in UTC")
    };
    writeln!(out, "{}", inline(look, &Piece::new(line, Mark::Faint)))?;
    for testimony in shown.testimonies {
        let stretch = &testimony.stretch;
        let line = format!(
            "{} to {}  {:<4}{}, {}",
            moment(stretch.first_at),
            moment(stretch.last_at),
            text(shown.revisions, stretch),
            called(&stretch.witness),
            counted(stretch.checks as usize, "check")
        );
        writeln!(out, "\n{}", inline(look, &Piece::new(line, Mark::Kept)))?;
        let others = testimony
            .others
            .iter()
            .map(|(witness, accord)| format!("{} {}", called(witness), in_words(*accord)));
        let others = others.collect::<Vec<_>>().join("; ");
        let others = if others.is_empty() { "nobody else looked" } else { &others };
        let line = format!("    {others}");
        writeln!(out, "{}", inline(look, &Piece::new(line, Mark::Faint)))?;
    }
    deposits(out, look, shown.revisions, shown.deposits)
}

/// The revision that shows a text, else the capture that does, which is held.
fn text(revisions: &[Revision], stretch: &Stretch) -> String {
    revision(revisions, stretch).map_or_else(
        || format!("{} (held)  ", stretch.capture),
        |revision| revision.number.to_string(),
    )
}

fn revision<'a>(revisions: &'a [Revision], stretch: &Stretch) -> Option<&'a Revision> {
    let state = stretch.state?;
    let with = || revisions.iter().rev().filter(move |revision| revision.state == state);
    with().find(|revision| revision.first_seen <= stretch.last_at).or_else(|| with().next_back())
}

fn called(witness: &Witness) -> String {
    match witness {
        Witness::Own => "this palinode".to_owned(),
        Witness::Other(Origin::Palinode, name) => format!("the palinode {name}"),
        Witness::Other(Origin::Archive, name) => format!("the archive {name}"),
        Witness::Other(Origin::Warc, name) => format!("the file {name}"),
    }
}

fn in_words(accord: Accord) -> &'static str {
    match accord {
        Accord::Agrees => "agrees",
        Accord::Between => "saw another text, which has room between two looks",
        Accord::Differs => "saw another text meanwhile",
    }
}

fn checks(testimonies: &[Testimony]) -> BTreeMap<&Witness, u32> {
    let mut checks = BTreeMap::new();
    for Testimony { stretch, .. } in testimonies {
        *checks.entry(&stretch.witness).or_default() += stretch.checks;
    }
    checks
}

#[derive(Serialize)]
struct WitnessesJson<'a> {
    page: &'a str,
    url: &'a str,
    witnesses: Vec<WitnessJson<'a>>,
    stretches: Vec<StretchJson<'a>>,
    deposits: Vec<DepositJson<'a>>,
}

/// This palinode has neither origin nor name.
#[derive(Serialize)]
struct WitnessJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    checks: u32,
}

#[derive(Serialize)]
struct StretchJson<'a> {
    #[serde(flatten)]
    witness: WitnessJson<'a>,
    first_at: String,
    last_at: String,
    longest_gap_ms: u64,
    revision: Option<u32>,
    capture: String,
    text_sha256: String,
    others: Vec<OtherJson<'a>>,
}

#[derive(Serialize)]
struct OtherJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    accord: &'static str,
}

/// Writes the listing as JSON.
pub fn witnesses_json(out: &mut dyn Write, shown: &Witnesses<'_>) -> io::Result<()> {
    let all = checks(shown.testimonies);
    let stretches = shown.testimonies.iter().map(|Testimony { stretch, others }| StretchJson {
        witness: witness_json(&stretch.witness, stretch.checks),
        first_at: stretch.first_at.to_string(),
        last_at: stretch.last_at.to_string(),
        longest_gap_ms: stretch.longest_gap,
        revision: revision(shown.revisions, stretch).map(|revision| revision.number.0),
        capture: stretch.capture.to_string(),
        text_sha256: stretch.text.to_string(),
        others: others.iter().map(|(witness, accord)| other_json(witness, *accord)).collect(),
    });
    let json = WitnessesJson {
        page: shown.page.title(),
        url: shown.page.url.as_str(),
        witnesses: all.iter().map(|(witness, checks)| witness_json(witness, *checks)).collect(),
        stretches: stretches.collect(),
        deposits: shown.deposits.iter().map(|it| deposit_json(shown.revisions, it)).collect(),
    };
    super::json(out, &json)
}

fn witness_json(witness: &Witness, checks: u32) -> WitnessJson<'_> {
    let (origin, name) = origin_and_name(witness);
    WitnessJson { origin, name, checks }
}

fn other_json(witness: &Witness, accord: Accord) -> OtherJson<'_> {
    let (origin, name) = origin_and_name(witness);
    OtherJson { origin, name, accord: accord.name() }
}

fn origin_and_name(witness: &Witness) -> (Option<&'static str>, Option<&str>) {
    match witness {
        Witness::Own => (None, None),
        Witness::Other(origin, name) => (Some(origin.name()), Some(name)),
    }
}
