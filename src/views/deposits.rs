//! Orders that archives save a page, to a listing below what each witness saw: what is only ordered is never shown as saved.

use std::io::{self, Write};

use serde::Serialize;

use super::styled::{Mark, Piece, inline};
use super::{Look, moment};
use crate::store::{Deposit, DepositState, Revision};

/// Writes the listing; nothing where there is nothing.
pub(super) fn deposits(
    out: &mut dyn Write,
    look: Look,
    revisions: &[Revision],
    deposits: &[Deposit],
) -> io::Result<()> {
    for deposit in deposits {
        let Deposit { depository, state, said, memento_at, memento, .. } = deposit;
        let (number, checked) = (text(revisions, deposit), moment(deposit.at));
        let line = format!("{checked}  {number:<4}the archive {depository}: {}", state.name());
        writeln!(out, "\n{}", inline(look, &Piece::new(line, Mark::Kept)))?;
        let at = memento_at.map_or_else(String::new, |at| format!(" {at}"));
        let line = match (state, said, memento) {
            (DepositState::Confirmed, _, Some(memento)) => format!("captured{at}, {memento}"),
            (DepositState::Success, said, _) => {
                let but = said.as_deref().map_or_else(String::new, |said| format!("; {said}"));
                let what = if at.is_empty() { "has a capture" } else { "captured the page" };
                format!("it says that it {what}{at}{but}")
            }
            (DepositState::Pending, None, _) => "ordered, and not done yet".to_owned(),
            (_, Some(said), _) => said.clone(),
            (_, None, _) => "not ordered yet".to_owned(),
        };
        writeln!(out, "{}", inline(look, &Piece::new(format!("    {line}"), Mark::Faint)))?;
    }
    Ok(())
}

/// The revision that an order is about, else the capture, which is none any more.
fn text(revisions: &[Revision], deposit: &Deposit) -> String {
    revision(revisions, deposit)
        .map_or_else(|| deposit.capture.to_string(), |revision| revision.number.to_string())
}

fn revision<'a>(revisions: &'a [Revision], deposit: &Deposit) -> Option<&'a Revision> {
    revisions.iter().find(|revision| revision.capture == deposit.capture)
}

#[derive(Serialize)]
pub(super) struct DepositJson<'a> {
    archive: &'a str,
    state: &'static str,
    revision: Option<u32>,
    capture: String,
    checked_at: String,
    ordered_at: Option<String>,
    job: Option<&'a str>,
    said: Option<&'a str>,
    memento_at: Option<String>,
    memento: Option<&'a str>,
}

pub(super) fn deposit_json<'a>(revisions: &[Revision], deposit: &'a Deposit) -> DepositJson<'a> {
    DepositJson {
        archive: &deposit.depository,
        state: deposit.state.name(),
        revision: revision(revisions, deposit).map(|revision| revision.number.0),
        capture: deposit.capture.to_string(),
        checked_at: deposit.at.to_string(),
        ordered_at: deposit.sent_at.map(|at| at.to_string()),
        job: deposit.job.as_deref(),
        said: deposit.said.as_deref(),
        memento_at: deposit.memento_at.map(|at| at.to_string()),
        memento: deposit.memento.as_deref(),
    }
}
