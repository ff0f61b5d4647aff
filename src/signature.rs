//! A text and a person's key to a signature over it, as `ssh-keygen -Y sign` makes one, and back to whose key it was.
//!
//! Pure. A signature carries the public half of its key, so that it can be checked without asking anybody; whose key that
//! is, only the person can say. Keys that are encrypted, or that stand in an agent or a security key, are left
//! to `ssh-keygen` itself, which knows them all: what it signed elsewhere is read here in the same way.

use std::fmt;

use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

/// What signatures of checkpoints are for: a signature for another purpose is none.
pub const NAMESPACE: &str = "palinode-checkpoint";

/// The private half of a person's key. It shows itself to nobody.
pub struct SigningKey(PrivateKey);

/// A signature, and the text of its file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// As `ssh-keygen` writes it.
    pub text: String,
    parsed: SshSig,
}

/// The public half of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignerKey(PublicKey);

/// Why a file is no key to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is something else, or damaged.
    #[error("this is no private key in the form of OpenSSH")]
    NotAKey,
    /// It is the other half.
    #[error("this is the public half of a key; the private half stands in the file without `.pub`")]
    Public,
    /// It is encrypted.
    #[error("the key is encrypted")]
    Encrypted,
    /// It is not of the kind that is read.
    #[error("only keys of the kind ed25519 are read")]
    OtherKind,
}

/// Why a text is no signature of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is something else, or damaged.
    #[error("this is no signature in the form of OpenSSH")]
    NotASignature,
    /// It was made for another purpose.
    #[error("the signature is for another purpose than {NAMESPACE}")]
    OtherPurpose,
    /// Its kind of key is not known here.
    #[error(
        "the signature is by a key of a kind that is not checked here\nhint: one of ed25519 is"
    )]
    OtherKind,
}

impl SigningKey {
    /// A key by the text of its file.
    pub fn of(text: &str) -> Result<Self, KeyError> {
        if PublicKey::from_openssh(text).is_ok() {
            return Err(KeyError::Public);
        }
        let key = PrivateKey::from_openssh(text).map_err(|why| match why {
            ssh_key::Error::AlgorithmUnknown => KeyError::OtherKind,
            _ => KeyError::NotAKey,
        })?;
        match key.algorithm() {
            _ if key.is_encrypted() => Err(KeyError::Encrypted),
            Algorithm::Ed25519 => Ok(Self(key)),
            _ => Err(KeyError::OtherKind),
        }
    }

    /// Signs a checkpoint. The same key signs the same text in one way only.
    pub fn sign(&self, text: &str) -> Result<Signature, KeyError> {
        let signed = self.0.sign(NAMESPACE, HashAlg::Sha512, text.as_bytes());
        let parsed = signed.map_err(|_| KeyError::NotAKey)?;
        let text = parsed.to_pem(LineEnding::LF).map_err(|_| KeyError::NotAKey)?;
        Ok(Signature { text, parsed })
    }
}

impl Signature {
    /// A signature by the text of its file.
    pub fn of(text: &str) -> Result<Self, SignatureError> {
        let parsed = SshSig::from_pem(text).map_err(|why| match why {
            ssh_key::Error::AlgorithmUnknown => SignatureError::OtherKind,
            _ => SignatureError::NotASignature,
        })?;
        if parsed.namespace() != NAMESPACE {
            return Err(SignatureError::OtherPurpose);
        }
        match parsed.public_key().algorithm() {
            Algorithm::Ed25519 | Algorithm::SkEd25519 => Ok(Self { text: text.to_owned(), parsed }),
            _ => Err(SignatureError::OtherKind),
        }
    }

    /// Whether the key that it names signed this very text.
    pub fn is_over(&self, text: &str) -> bool {
        self.key().0.verify(NAMESPACE, text.as_bytes(), &self.parsed).is_ok()
    }

    /// The key that it names.
    pub fn key(&self) -> SignerKey {
        SignerKey(self.parsed.public_key().clone().into())
    }
}

impl SignerKey {
    /// The key as it stands in a `.pub` file, without a comment; empty if it cannot be written.
    pub fn line(&self) -> String {
        self.0.to_openssh().unwrap_or_default()
    }
}

/// Its fingerprint, by which people know it: `SHA256:…`.
impl fmt::Display for SignerKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fingerprint(HashAlg::Sha256).fmt(out)
    }
}
