//! The chain as it stands to a person's signature on it, made here or elsewhere, looked at before it is kept.

use crate::clock::Timestamp;
use crate::signature::{KeyError, Signature, SignatureError, SignerKey, SigningKey};
use crate::store::{Checkpoint, Signed, Store, StoreError};

/// A signature of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// How many links it is about.
    pub links: u32,
    /// Whose it is.
    pub key: SignerKey,
    /// Whether it is new here.
    pub came: Came,
}

/// Whether a signature is new here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It is kept.
    Kept,
    /// The key has signed these very links before; its signature is kept since then.
    Known(Timestamp),
}

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is nothing to sign yet.
    #[error("nothing was captured yet\nhint: `palinode check` looks at the pages")]
    Nothing,
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The signature is none.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// What was signed is no checkpoint.
    #[error("this is no checkpoint\nhint: `palinode sign --print` writes one")]
    NotACheckpoint,
    /// What was signed is another chain, or another end of this one.
    #[error("the link that this checkpoint names is not in the chain of this history")]
    OtherChain,
    /// The signature is over another text.
    #[error("the signature is not over this checkpoint, or was altered")]
    OtherText,
}

/// The checkpoint of the whole chain, to be signed or shown to others.
pub fn to_sign(store: &mut Store, now: Timestamp) -> Result<Checkpoint, SigningError> {
    // Captures from before there was a chain are in it from now on.
    let writing = store.write()?;
    writing.extend_chain()?;
    writing.commit()?;
    let checkpoint = store.checkpoint(now)?;
    if checkpoint.links == 0 { Err(SigningError::Nothing) } else { Ok(checkpoint) }
}

/// Signs the chain as it stands.
pub fn sign(store: &mut Store, key: &SigningKey, now: Timestamp) -> Result<Signing, SigningError> {
    let checkpoint = to_sign(store, now)?;
    let signature = key.sign(&checkpoint.text)?;
    keep(store, checkpoint, signature, now)
}

/// Takes a checkpoint that was signed elsewhere, by the texts of its file and of the signature.
pub fn take_signed(
    store: &mut Store,
    checkpoint: &str,
    signature: &str,
    now: Timestamp,
) -> Result<Signing, SigningError> {
    let checkpoint = Checkpoint::read(checkpoint).ok_or(SigningError::NotACheckpoint)?;
    if !store.has_link_of(&checkpoint)? {
        return Err(SigningError::OtherChain);
    }
    keep(store, checkpoint, Signature::of(signature)?, now)
}

/// Keeps a signature, unless its key has signed so many links before.
fn keep(
    store: &mut Store,
    checkpoint: Checkpoint,
    signature: Signature,
    now: Timestamp,
) -> Result<Signing, SigningError> {
    if !signature.is_over(&checkpoint.text) {
        return Err(SigningError::OtherText);
    }
    let (links, key) = (checkpoint.links, signature.key());
    let signed = store.signatures()?;
    let of_these = signed.iter().filter(|signed| signed.checkpoint.links == links);
    let known = of_these
        .filter(|signed| Signature::of(&signed.signature).is_ok_and(|other| other.key() == key))
        .map(|signed| signed.kept_at);
    if let Some(at) = known.min() {
        return Ok(Signing { links, key, came: Came::Known(at) });
    }
    let writing = store.write()?;
    writing.keep_signature(&Signed { checkpoint, signature: signature.text, kept_at: now })?;
    writing.commit()?;
    Ok(Signing { links, key, came: Came::Kept })
}
