//! What people signed of the chain to rows and back, and whether the chain still is what they signed.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::chain::{LinkFault, LinkFaultKind};
use super::stamps::{Checkpoint, named_link};
use super::{Store, StoreError, Writing};
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::signature::Signature;

/// A checkpoint that a person signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The signature, byte for byte.
    pub signature: String,
    /// When it was kept, by this machine's clock: a key says who, and not when.
    pub kept_at: Timestamp,
}

const ROWS: &str =
    "SELECT links, checkpoint, signature, kept_at, digest FROM signature ORDER BY id";

impl Store {
    /// All signatures, oldest first.
    pub fn signatures(&self) -> Result<Vec<Signed>, StoreError> {
        let rows = all(&self.connection)?;
        Ok(rows.into_iter().map(|(signed, _)| signed).collect())
    }

    /// Whether the chain here has the link that a checkpoint names, at its number.
    pub fn has_link_of(&self, checkpoint: &Checkpoint) -> Result<bool, StoreError> {
        Ok(named_link(&self.connection, checkpoint)?.is_none())
    }
}

impl Writing<'_> {
    /// Keeps a signature.
    pub fn keep_signature(&self, signed: &Signed) -> Result<(), StoreError> {
        let Signed { checkpoint, signature, kept_at } = signed;
        let digest = Digest::of(signature.as_bytes());
        self.transaction
            .prepare_cached("INSERT INTO signature (links, checkpoint, signature, digest, kept_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![checkpoint.links, checkpoint.text, signature, digest, kept_at])?;
        Ok(())
    }
}

/// The digest of the newest signature, which the next record names.
pub(super) fn newest(connection: &Connection) -> Result<Option<Digest>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT digest FROM signature ORDER BY id DESC LIMIT 1")?;
    Ok(query.query_row([], |row| row.get(0)).optional()?)
}

/// Whether the signature that a record names is here.
pub(super) fn is_here(connection: &Connection, digest: &str) -> Result<bool, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT 1 FROM signature WHERE digest = unhex(?1)")?;
    Ok(query.exists([digest])?)
}

/// What is wrong with the signatures, and with the chain by what was signed.
pub(super) fn verify_signatures(connection: &Connection) -> Result<Vec<LinkFault>, StoreError> {
    let mut faults = Vec::new();
    for (signed, digest) in all(connection)? {
        let seq = signed.checkpoint.links;
        if Digest::of(signed.signature.as_bytes()) != digest || !is_sound(&signed) {
            faults.push(LinkFault { seq, kind: LinkFaultKind::Altered, what: "its signature" });
        } else if let Some(kind) = named_link(connection, &signed.checkpoint)? {
            faults.push(LinkFault { seq, kind, what: "the link that was signed" });
        }
    }
    Ok(faults)
}

/// Whether the signature is over this checkpoint, of this length.
fn is_sound(signed: &Signed) -> bool {
    let Signed { checkpoint, signature, .. } = signed;
    let is_over = Signature::of(signature).is_ok_and(|it| it.is_over(&checkpoint.text));
    checkpoint.is_about(checkpoint.links) && is_over
}

fn all(connection: &Connection) -> Result<Vec<(Signed, Digest)>, StoreError> {
    let mut query = connection.prepare_cached(ROWS)?;
    let rows = query.query_map([], |row| {
        let checkpoint = Checkpoint { links: row.get(0)?, text: row.get(1)? };
        let signed = Signed { checkpoint, signature: row.get(2)?, kept_at: row.get(3)? };
        Ok((signed, row.get(4)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
