//! What `verify` found to a list of faults, or to the word that there is none.

use std::io::{self, Write};

use serde::Serialize;

use super::{counted, escape};
use crate::page::PageUrl;
use crate::store::{CaptureId, Depth, Examined, Fault};

/// Writes the faults, a line each, then what was read.
pub fn soundness(
    out: &mut dyn Write,
    depth: Depth,
    examined: &Examined,
    faults: &[Fault],
) -> io::Result<()> {
    for fault in faults {
        writeln!(out, "{}", escape(&line(fault)))?;
    }
    let Examined { pages, captures, bodies, revisions, observations } = *examined;
    let read = [
        counted(pages, "page"),
        counted(captures, "capture"),
        counted(revisions, "revision"),
        counted(observations, "observation"),
    ]
    .join(", ");
    let bodies = match depth {
        Depth::Quick => "; bodies and texts were left out".to_owned(),
        Depth::Whole if bodies == 1 => ", 1 body".to_owned(),
        Depth::Whole => format!(", {bodies} bodies"),
    };
    let state = match faults.len() {
        0 => "whole".to_owned(),
        count => format!("{} found", counted(count, "fault")),
    };
    writeln!(out, "{state}: {read}{bodies}")?;
    let hint =
        |wanted: bool, hint: &str| if wanted { format!("hint: {hint}\n") } else { String::new() };
    let told = faults.iter().any(|fault| fault.kind.is_told());
    let lasting = faults.iter().any(|fault| !fault.kind.is_told());
    let (rebuild, restore) = (
        "what is wrong with texts and numbers alone, `palinode rebuild PAGE` tells anew",
        "the rest can still be read; restore the file from a backup, and keep this one until you have",
    );
    write!(out, "{}{}", hint(told, rebuild), hint(lasting, restore))
}

fn line(fault: &Fault) -> String {
    let page = fault.page.as_ref().map(|page| format!("{page}: ")).unwrap_or_default();
    let capture =
        fault.capture.map(|capture| format!("capture {}: ", capture.number())).unwrap_or_default();
    format!("{page}{capture}{}", fault.detail)
}

#[derive(Serialize)]
struct SoundnessJson<'a> {
    whole: bool,
    depth: &'static str,
    pages: usize,
    captures: usize,
    revisions: usize,
    observations: usize,
    bodies: Option<usize>,
    faults: Vec<FaultJson<'a>>,
}

#[derive(Serialize)]
struct FaultJson<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<i64>,
    detail: &'a str,
}

/// Writes the same as JSON.
pub fn soundness_json(
    out: &mut dyn Write,
    depth: Depth,
    examined: &Examined,
    faults: &[Fault],
) -> io::Result<()> {
    super::json(
        out,
        &SoundnessJson {
            whole: faults.is_empty(),
            depth: if depth == Depth::Quick { "quick" } else { "whole" },
            pages: examined.pages,
            captures: examined.captures,
            revisions: examined.revisions,
            observations: examined.observations,
            bodies: (depth == Depth::Whole).then_some(examined.bodies),
            faults: faults.iter().map(fault_json).collect(),
        },
    )
}

fn fault_json(Fault { kind, page, capture, detail }: &Fault) -> FaultJson<'_> {
    let page = page.as_ref().map(PageUrl::as_str);
    FaultJson { kind: kind.name(), page, capture: capture.map(CaptureId::number), detail }
}
