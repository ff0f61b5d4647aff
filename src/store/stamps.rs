//! What authorities attest of the chain to rows and back, and whether the chain still is what they attested.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::chain::{BEFORE_ALL, LinkFault, LinkFaultKind};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::stamp::Question;

/// The chain up to a link, as a text that can be shown to others: it names no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many links there are.
    pub links: u32,
    /// The text, five lines: what it is, whose, how many links, the last of them, and when it was written.
    pub text: String,
}

/// A checkpoint with an authority's word on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// What was stamped.
    pub checkpoint: Checkpoint,
    /// The authority's address.
    pub authority: String,
    /// What it was asked, in DER.
    pub question: Vec<u8>,
    /// What it replied, in DER.
    pub reply: Vec<u8>,
    /// When, by the authority's clock.
    pub attested_at: Timestamp,
    /// When, by this machine's.
    pub received_at: Timestamp,
}

impl Checkpoint {
    /// The checkpoint after so many links.
    pub fn new(links: u32, last: &str, now: Timestamp) -> Self {
        let text = format!("palinode checkpoint v1\npalinode\n{links}\n{last}\n{now}\n");
        Self { links, text }
    }

    /// A checkpoint by its text; `None` if it is none.
    pub fn read(text: &str) -> Option<Self> {
        let said: Vec<&str> = text.lines().collect();
        let [_, _, links, last, at] = said.as_slice() else { return None };
        let again = Self::new(links.parse().ok()?, last, at.parse().ok()?);
        (again.text == text).then_some(again)
    }

    /// The link that it names.
    fn last(&self) -> &str {
        self.text.lines().nth(3).unwrap_or_default()
    }

    pub(super) fn is_about(&self, links: u32) -> bool {
        self.text.lines().nth(2) == Some(links.to_string().as_str())
    }
}

const STAMP: &str =
    "links, checkpoint, authority, question, reply, attested_at, received_at, id, digest";

impl Store {
    /// The checkpoint of the whole chain as it is.
    pub fn checkpoint(&self, now: Timestamp) -> Result<Checkpoint, StoreError> {
        let sql = "SELECT seq, link FROM chain ORDER BY seq DESC LIMIT 1";
        let last = self
            .connection
            .prepare_cached(sql)?
            .query_row([], |row| Ok((row.get(0)?, row.get::<_, Digest>(1)?.to_string())))
            .optional()?;
        let (links, last) = last.unwrap_or_else(|| (0, BEFORE_ALL.to_owned()));
        Ok(Checkpoint::new(links, &last, now))
    }

    /// All stamps, oldest first.
    pub fn stamps(&self) -> Result<Vec<Stamp>, StoreError> {
        let mut query =
            self.connection.prepare_cached(&format!("SELECT {STAMP} FROM stamp ORDER BY id"))?;
        let rows = query.query_map([], stamp_of_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A number that nobody can guess.
    pub fn nonce(&self) -> Result<[u8; 8], StoreError> {
        Ok(self.connection.query_row("SELECT randomblob(8)", [], |row| row.get(0))?)
    }
}

impl Writing<'_> {
    /// Keeps a stamp.
    pub fn keep_stamp(&self, stamp: &Stamp) -> Result<(), StoreError> {
        let Stamp { checkpoint, authority, question, reply, attested_at, received_at } = stamp;
        let (links, text, digest) = (checkpoint.links, &checkpoint.text, Digest::of(reply));
        self.transaction
            .prepare_cached("INSERT INTO stamp (links, checkpoint, authority, question, reply, digest, attested_at, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![links, text, authority, question, reply, digest, attested_at, received_at])?;
        Ok(())
    }
}

/// The digest of the newest stamp, which the next record names.
pub(super) fn newest(connection: &Connection) -> Result<Option<Digest>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT digest FROM stamp ORDER BY id DESC LIMIT 1")?;
    Ok(query.query_row([], |row| row.get(0)).optional()?)
}

/// Whether the stamp that a record names is here.
pub(super) fn is_here(connection: &Connection, digest: &str) -> Result<bool, StoreError> {
    let mut query = connection.prepare_cached("SELECT 1 FROM stamp WHERE digest = unhex(?1)")?;
    Ok(query.exists([digest])?)
}

/// What is wrong with the stamps, and with the chain by what they attest.
pub(super) fn verify_stamps(connection: &Connection) -> Result<Vec<LinkFault>, StoreError> {
    let mut faults = Vec::new();
    let mut query = connection.prepare_cached(&format!("SELECT {STAMP} FROM stamp ORDER BY id"))?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (stamp, digest) = (stamp_of_row(row)?, row.get::<_, Digest>(8)?);
        let seq = stamp.checkpoint.links;
        let mut fault = |kind, what| faults.push(LinkFault { seq, kind, what });
        if Digest::of(&stamp.reply) != digest || !is_sound(&stamp) {
            fault(LinkFaultKind::Altered, "its stamp");
            continue;
        }
        if let Some(kind) = named_link(connection, &stamp.checkpoint)? {
            fault(kind, "the link that was stamped");
        }
    }
    Ok(faults)
}

/// What is wrong with the link that a checkpoint names, if anything is.
pub(super) fn named_link(
    connection: &Connection,
    checkpoint: &Checkpoint,
) -> Result<Option<LinkFaultKind>, StoreError> {
    let link: Option<Digest> = connection
        .prepare_cached("SELECT link FROM chain WHERE seq = ?1")?
        .query_row([checkpoint.links], |row| row.get(0))
        .optional()?;
    Ok(match link {
        None => Some(LinkFaultKind::Absent),
        Some(link) if link.to_string() != checkpoint.last() => Some(LinkFaultKind::Altered),
        Some(_) => None,
    })
}

/// Whether the token is over this checkpoint, of this length, and says this time.
fn is_sound(stamp: &Stamp) -> bool {
    let Stamp { checkpoint, question, reply, .. } = stamp;
    let imprint = Digest::of(checkpoint.text.as_bytes());
    let question = Question::from_bytes(question).filter(|question| question.imprint == imprint);
    let attested = question.and_then(|question| question.answered_by(reply).ok());
    checkpoint.is_about(checkpoint.links) && attested == Some(stamp.attested_at)
}

fn stamp_of_row(row: &Row<'_>) -> rusqlite::Result<Stamp> {
    Ok(Stamp {
        checkpoint: Checkpoint { links: row.get(0)?, text: row.get(1)? },
        authority: row.get(2)?,
        question: row.get(3)?,
        reply: row.get(4)?,
        attested_at: row.get(5)?,
        received_at: row.get(6)?,
    })
}
