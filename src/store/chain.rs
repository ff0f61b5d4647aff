//! Every capture to a link of a hash chain, so that a stranger with standard tools can see that nothing was changed.
//!
//! A record is a text that names what was captured by digests. A link is the SHA-256 of the line
//! `LINK_BEFORE SEQ RECORD_SHA256`. The links give no address away: each record is salted, so that nobody can guess one
//! and try it. Written by hand: the point is that `sha256sum` alone can check it.

use std::fmt::Write as _;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::bodies::{BodyId, compressed, entity, expanded};
use super::captures::{CaptureId, head_bytes};
use super::{Store, StoreError, Writing, signatures, stamps};
use crate::fetch::{Digest, Redirect};

/// One link, and the record that it attests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1.
    pub seq: u32,
    /// The capture.
    pub capture: CaptureId,
    /// What is attested of it.
    pub record: String,
    /// The link.
    pub link: Digest,
}

/// What a check of the whole chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many links there are.
    pub links: u32,
    /// Captures that are in no link yet: those from before there was a chain, until the next is kept.
    pub unchained: u32,
    /// What is wrong, in order.
    pub faults: Vec<LinkFault>,
}

/// What is wrong with one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFault {
    /// Its number.
    pub seq: u32,
    /// What is wrong.
    pub kind: LinkFaultKind,
    /// With what.
    pub what: &'static str,
}

/// Something that was changed is another matter than something that is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkFaultKind {
    /// It is not what it was when it was recorded.
    Altered,
    /// It is not here, and what is here says what its digest was.
    Absent,
}

impl LinkFaultKind {
    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Absent => "absent",
        }
    }
}

/// The link before the first.
pub const BEFORE_ALL: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// No record is longer.
const LONGEST: usize = 1 << 20;

/// Lines that all records share.
const RECORD_WORDS: &[u8] = b"palinode record v1\nseq \npage https://www.\nurl https://www.\nasked 2026-01-01T00:00:00.000Z\nended 2026-01-01T00:00:00.000Z\n\
status 200\nremote \nhead-sha256 \nentity-sha256 \nsource live\ntool palinode 0.1.0\nsalt ";

impl Link {
    /// The digest of the record.
    pub fn digest(&self) -> Digest {
        Digest::of(self.record.as_bytes())
    }

    /// The line of the chain, without an address.
    pub fn line(&self) -> String {
        format!("{} {} {}\n", self.seq, self.digest(), self.link)
    }
}

impl Store {
    /// The whole chain, in order.
    pub fn chain(&self) -> Result<Vec<Link>, StoreError> {
        let mut chain = Vec::new();
        each_link(&self.connection, |link| {
            chain.push(link);
            Ok(())
        })?;
        Ok(chain)
    }

    /// The head of a capture in the form whose digest its record names.
    pub fn head(&self, capture: CaptureId) -> Result<Option<Vec<u8>>, StoreError> {
        head_bytes(&self.connection, capture)
    }
}

impl Writing<'_> {
    /// Adds every capture that is in no link yet.
    pub fn extend_chain(&self) -> Result<(), StoreError> {
        let last = self
            .transaction
            .prepare_cached("SELECT seq, capture, link FROM chain ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Digest>(2)?)))
            .optional()?;
        let (mut seq, newest, mut link): (u32, CaptureId, String) = last.map_or_else(
            || (0, CaptureId(0), BEFORE_ALL.to_owned()),
            |(seq, capture, link)| (seq, capture, link.to_string()),
        );
        let mut query =
            self.transaction.prepare_cached("SELECT id FROM capture WHERE id > ?1 ORDER BY id")?;
        let captures = query.query_map([newest], |row| row.get(0))?;
        let stamp = stamps::newest(&self.transaction)?.map(|digest| digest.to_string());
        let signature = signatures::newest(&self.transaction)?.map(|digest| digest.to_string());
        for capture in captures.collect::<Result<Vec<CaptureId>, _>>()? {
            let salt: String = self
                .transaction
                .prepare_cached("SELECT lower(hex(randomblob(16)))")?
                .query_row([], |row| row.get(0))?;
            let tool = concat!("palinode ", env!("CARGO_PKG_VERSION"));
            let (stamp, signature) = (stamp.as_deref(), signature.as_deref());
            let said = Said { stamp, signature, tool, salt: &salt };
            let Some(record) = record(&self.transaction, seq + 1, capture, said)? else {
                continue;
            };
            seq += 1;
            let next = next(&link, seq, &record);
            self.transaction
                .prepare_cached(
                    "INSERT INTO chain (seq, capture, record, link) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    seq,
                    capture,
                    compressed(record.as_bytes(), RECORD_WORDS)?,
                    next
                ])?;
            link = next.to_string();
        }
        Ok(())
    }
}

/// Checks every link of the chain against the one before, its record, and what is kept of the capture, its entity too.
pub fn verify_chain(store: &Store) -> Result<Checked, StoreError> {
    let connection = &store.connection;
    verified(connection, |link| Ok(kept(connection, link)?.or(entity_of(connection, link)?)))
}

/// The same without the entities, which somebody else tries.
pub(super) fn verify_links(connection: &Connection) -> Result<Checked, StoreError> {
    verified(connection, |link| kept(connection, link))
}

fn verified(
    connection: &Connection,
    mut wrong: impl FnMut(&Link) -> Result<Option<(LinkFaultKind, &'static str)>, StoreError>,
) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let (mut before, mut seq) = (BEFORE_ALL.to_owned(), 0);
    each_link(connection, |link| {
        while seq + 1 < link.seq {
            seq += 1;
            checked.fault(seq, LinkFaultKind::Absent, "the line itself");
        }
        seq = link.seq;
        checked.links += 1;
        if next(&before, link.seq, &link.record) != link.link {
            checked.fault(seq, LinkFaultKind::Altered, "the record, or the link before it");
        }
        if let Some((kind, what)) = wrong(&link)? {
            checked.fault(seq, kind, what);
        }
        before = link.link.to_string();
        Ok(())
    })?;
    checked.faults.extend(stamps::verify_stamps(connection)?);
    checked.faults.extend(signatures::verify_signatures(connection)?);
    let unchained = "SELECT count(*) FROM capture WHERE id NOT IN (SELECT capture FROM chain)";
    checked.unchained = connection.query_row(unchained, [], |row| row.get(0))?;
    Ok(checked)
}

/// The links in their order, one at a time: there are as many as captures.
pub(super) fn each_link(
    connection: &Connection,
    mut take: impl FnMut(Link) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut query =
        connection.prepare("SELECT seq, capture, record, link FROM chain ORDER BY seq")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let record: Vec<u8> = row.get(2)?;
        // A record that cannot be read has no digest that fits.
        let record = expanded(&record, RECORD_WORDS, LONGEST).unwrap_or_default();
        let record = String::from_utf8_lossy(&record).into_owned();
        take(Link { seq: row.get(0)?, capture: row.get(1)?, record, link: row.get(3)? })?;
    }
    Ok(())
}

impl Checked {
    fn fault(&mut self, seq: u32, kind: LinkFaultKind, what: &'static str) {
        self.faults.push(LinkFault { seq, kind, what });
    }
}

/// What is wrong with what is kept of a capture beside its entity.
fn kept(
    connection: &Connection,
    link: &Link,
) -> Result<Option<(LinkFaultKind, &'static str)>, StoreError> {
    let named = |name: &str| {
        let lines = link.record.lines().filter_map(|line| line.split_once(' '));
        lines.into_iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value)
    };
    let after = |name: &str| Some(named(name)).filter(|digest| !digest.is_empty());
    let (stamp, signature) = (after("after-stamp"), after("after-signature"));
    let said = Said { stamp, signature, tool: named("tool"), salt: named("salt") };
    let Some(record) = record(connection, link.seq, link.capture, said)? else {
        return Ok(Some((LinkFaultKind::Absent, "the capture")));
    };
    if record != link.record {
        return Ok(Some((LinkFaultKind::Altered, "the capture")));
    }
    let absent = |what| Ok(Some((LinkFaultKind::Absent, what)));
    if let Some(stamp) = stamp
        && !stamps::is_here(connection, stamp)?
    {
        return absent("the stamp that it came after");
    }
    if let Some(signature) = signature
        && !signatures::is_here(connection, signature)?
    {
        return absent("the signature that it came after");
    }
    Ok(None)
}

/// What is wrong with the entity of a capture.
fn entity_of(
    connection: &Connection,
    link: &Link,
) -> Result<Option<(LinkFaultKind, &'static str)>, StoreError> {
    let body: Option<(BodyId, bool)> = connection
        .prepare_cached("SELECT body.id, length(data) > 0 FROM capture JOIN body ON body.id = capture.body WHERE capture.id = ?1")?
        .query_row([link.capture], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match body {
        None | Some((_, false)) => Ok(Some((LinkFaultKind::Absent, "the entity"))),
        Some((body, true)) => match entity(connection, body) {
            Ok(_) => Ok(None),
            Err(error) if error.is_of_one_page() => {
                Ok(Some((LinkFaultKind::Altered, "the entity, or a body that it leans on")))
            }
            Err(error) => Err(error),
        },
    }
}

fn next(before: &str, seq: u32, record: &str) -> Digest {
    let record = Digest::of(record.as_bytes());
    Digest::of(format!("{before} {seq} {record}\n").as_bytes())
}

/// What a record says beside what is kept of its capture.
#[derive(Clone, Copy)]
struct Said<'a> {
    /// The digest of the newest stamp: the record was written after it.
    stamp: Option<&'a str>,
    /// The same of the newest signature.
    signature: Option<&'a str>,
    tool: &'a str,
    salt: &'a str,
}

/// What is attested of a capture; `None` if it is not there. Keys stand in a fixed order, one a line.
fn record(
    connection: &Connection,
    seq: u32,
    capture: CaptureId,
    said: Said<'_>,
) -> Result<Option<String>, StoreError> {
    let mut query = connection.prepare_cached(
        "SELECT page.url, coalesce(capture.url, page.url), redirects, asked_at, at, status, remote, body.digest, kind, source.name, source.record, received_at, dom.digest, browser, via
         FROM capture JOIN page ON page.id = capture.page LEFT JOIN body ON body.id = capture.body LEFT JOIN source ON source.capture = capture.id
         LEFT JOIN rendered ON rendered.capture = capture.id LEFT JOIN body AS dom ON dom.id = rendered.body
         WHERE capture.id = ?1",
    )?;
    let head = head_bytes(connection, capture)?;
    let found = query.query_row([capture], |row| {
        let text =
            |index: usize| row.get::<_, Option<String>>(index).map(Option::unwrap_or_default);
        let mut lines = format!("palinode record v1\nseq {seq}\n");
        let mut line = |name: &str, value: &str| {
            let value: String =
                value.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
            _ = writeln!(lines, "{name} {value}");
        };
        line("page", &text(0)?);
        line("url", &text(1)?);
        let hops: Vec<Redirect> = serde_json::from_str(&text(2)?).unwrap_or_default();
        for hop in hops {
            line("redirect", &format!("{} {}", hop.status, hop.url));
        }
        line("asked", &text(3)?);
        line("ended", &text(4)?);
        line("status", &row.get::<_, u16>(5)?.to_string());
        line("remote", &text(6)?);
        let head = head.as_ref().map(|head| Digest::of(head).to_string());
        line("head-sha256", head.as_deref().unwrap_or("-"));
        let entity: Option<Digest> = row.get(7)?;
        line("entity-sha256", &entity.map_or_else(|| "-".to_owned(), |entity| entity.to_string()));
        if let Some(rendered) = row.get::<_, Option<Digest>>(12)? {
            line("rendered-sha256", &rendered.to_string());
            line("browser", &text(13)?);
        }
        match text(8)?.as_str() {
            "" => line("source", "live"),
            kind => {
                line("source", &format!("{kind} {} {}", text(9)?, text(10)?));
                if let Some(via) = row.get::<_, Option<String>>(14)? {
                    line("via", &via);
                }
                line("received", &text(11)?);
            }
        }
        if let Some(stamp) = said.stamp {
            line("after-stamp", stamp);
        }
        if let Some(signature) = said.signature {
            line("after-signature", signature);
        }
        line("tool", said.tool);
        line("salt", said.salt);
        Ok(lines)
    });
    Ok(found.optional()?)
}
