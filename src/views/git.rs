//! Revisions to a stream that `git fast-import` takes: a file a page, a commit a revision.
//!
//! Everything in a commit is known of its revision once and for all: not until when it stood, which every check changes,
//! and not what a person calls the page. So the same history makes the same commits, and one that went on makes the same and more.

use std::io::{self, Write};

use super::escape;
use super::git_path::git_path;
use super::show::lead;
use super::sources::claim;
use crate::fetch::Digest;
use crate::lineage::Wording;
use crate::store::{Page, Revision};

/// Writes the beginning. A stream that was cut short is known by its missing end.
pub fn git_begin(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"feature done\n")
}

/// Writes the end.
pub fn git_end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"done\n")
}

/// Writes a revision: the page's file as it says it, and what is known of when it came. `entity` is the digest of the bytes
/// that showed it first.
pub fn git_commit(
    out: &mut dyn Write,
    page: &Page,
    revision: &Revision,
    entity: Option<&Digest>,
    passages: &[&Wording],
) -> io::Result<()> {
    let seconds = (revision.first_seen.millis() / 1000).max(0);
    let message = message(page, revision, entity);
    let text = text(passages);
    writeln!(out, "commit refs/heads/main")?;
    writeln!(out, "committer palinode <> {seconds} +0000")?;
    write!(out, "data {}\n{message}\n", message.len())?;
    writeln!(out, "M 100644 inline {}", git_path(page.url.url()))?;
    write!(out, "data {}\n{text}\n", text.len())
}

/// `https://example.org/post r3`, and below it its title, both bounds, its bytes, and whose word it is.
fn message(page: &Page, revision: &Revision, entity: Option<&Digest>) -> String {
    let mut lines =
        vec![format!("{} {}", escape(page.url.as_str()), revision.number), String::new()];
    if let Some(title) = &revision.title {
        lines.extend([escape(title).replace('\n', " "), String::new()]);
    }
    if let Some(against) = revision.against.filter(|it| Some(*it) != revision.number.before()) {
        lines.push(format!("Version-of: {against}"));
    }
    if let Some(after) = revision.after {
        lines.push(format!("Old-text-last-seen: {after}"));
    }
    lines.push(format!("New-text-first-seen: {}", revision.first_seen));
    if let Some(entity) = entity {
        lines.push(format!("Entity-SHA256: {entity}"));
    }
    if let Some(source) = &revision.source {
        lines.push(format!("Claim: {}", escape(&claim(source)).replace('\n', " ")));
    }
    lines.join("\n") + "\n"
}

/// The passages as `show` has them, each on a line of its own however long it is.
fn text(passages: &[&Wording]) -> String {
    let mut text = String::new();
    for passage in passages {
        let lead = lead(passage.kind);
        if !text.is_empty() {
            text.push('\n');
        }
        for (nth, line) in escape(&passage.text).lines().enumerate() {
            let before = if nth == 0 { lead.to_owned() } else { " ".repeat(lead.len()) };
            text.push_str(format!("{before}{line}").trim_end());
            text.push('\n');
        }
    }
    text
}
