//! A digest to the question that a time-stamping authority answers (RFC 3161), and its reply to the time that it attests.
//!
//! Pure, and only what has to be looked at on arrival: a valid token over another digest, or an answer to somebody else's
//! question, is signed just as well. Signature, certificate and its purpose are left to `openssl ts -verify`, which has the
//! authority's root. The crates for tokens were passed over: they read certificates that nobody here looks at, and refuse
//! times with fractions of a second.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use crate::archive::of_fourteen;
use crate::clock::Timestamp;
use crate::fetch::Digest;

/// What an authority is asked: to attest this digest, and to repeat this number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The SHA-256 of what is stamped.
    pub imprint: Digest,
    nonce: [u8; 8],
}

/// Why a reply stamps nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// It is no reply in DER.
    #[error("the answer is no time-stamp reply")]
    NotAReply,
    /// The authority does not grant it.
    #[error("the authority refuses: {0}")]
    Refused(String),
    /// The token is about something else.
    #[error("the token is over another digest")]
    OtherDigest,
    /// The token answers somebody else, or an older question.
    #[error("the token answers another question: its nonce is not the one that was sent")]
    OtherNonce,
}

const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A `TimeStampReq` up to its digest: version 1, SHA-256.
const BEFORE_DIGEST: [u8; 24] = [
    0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
    0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

/// Then the head of its nonce.
const BEFORE_NONCE: [u8; 2] = [0x02, 0x08];

/// Then `certReq`: without the authority's certificate a token cannot be checked once that is replaced.
const WITH_CERTIFICATE: [u8; 3] = [0x01, 0x01, 0xff];

impl Question {
    /// A question with a number that nobody can guess.
    pub fn new(imprint: Digest, mut random: [u8; 8]) -> Self {
        // A positive integer of eight bytes, written in one way only.
        random[0] = random[0] & 0x7f | 0x01;
        Self { imprint, nonce: random }
    }

    /// Its encoding in DER.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&BEFORE_DIGEST, self.imprint.bytes(), &BEFORE_NONCE, &self.nonce[..], &WITH_CERTIFICATE]
            .concat()
    }

    /// A question that was written by [`Question::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&BEFORE_DIGEST)?;
        let (imprint, rest) = rest.split_first_chunk::<32>()?;
        let (nonce, rest) = rest.strip_prefix(&BEFORE_NONCE)?.split_first_chunk::<8>()?;
        let question = Self { imprint: Digest::from_bytes(imprint)?, nonce: *nonce };
        (rest == WITH_CERTIFICATE && nonce[0] < 0x80).then_some(question)
    }

    /// When that was, by the authority's reply: it has to be granted, over the same digest, and with the same nonce.
    pub fn answered_by(&self, reply: &[u8]) -> Result<Timestamp, StampError> {
        let reply = Reply::of(reply).ok_or(StampError::NotAReply)?;
        let info = match reply {
            Reply::Token(info) => Info::of(info).ok_or(StampError::NotAReply)?,
            Reply::Refusal(why) => return Err(StampError::Refused(why)),
        };
        if info.algorithm != SHA_256 || info.imprint != self.imprint.bytes() {
            return Err(StampError::OtherDigest);
        }
        if info.nonce != Some(&self.nonce[..]) {
            return Err(StampError::OtherNonce);
        }
        Ok(info.at)
    }
}

/// A `TimeStampResp`: the `TSTInfo` in its token, or the reason why there is none.
enum Reply<'a> {
    Token(&'a [u8]),
    Refusal(String),
}

impl<'a> Reply<'a> {
    fn of(reply: &'a [u8]) -> Option<Self> {
        let parts = sequence(AnyRef::from_der(reply).ok()?)?;
        let status = sequence(*parts.first()?)?;
        let code = valued(*status.first()?, Tag::Integer)?;
        // Granted, or granted with changes, which are looked at.
        if !matches!(code, [0 | 1]) {
            let texts = status.get(1).and_then(|texts| sequence(*texts)).unwrap_or_default();
            let text = texts.first().and_then(|text| valued(*text, Tag::Utf8String));
            let text = text.map(|text| format!(" ({})", String::from_utf8_lossy(text)));
            let code = code.first().copied().unwrap_or_default();
            return Some(Self::Refusal(format!("status {code}{}", text.unwrap_or_default())));
        }
        let signed = content(&sequence(*parts.get(1)?)?, SIGNED_DATA)?;
        let signed = sequence(signed)?;
        let info = content(&sequence(*signed.get(2)?)?, TST_INFO)?;
        valued(info, Tag::OctetString).map(Self::Token)
    }
}

/// What counts of a `TSTInfo`.
struct Info<'a> {
    algorithm: ObjectIdentifier,
    imprint: &'a [u8],
    at: Timestamp,
    nonce: Option<&'a [u8]>,
}

impl<'a> Info<'a> {
    fn of(info: &'a [u8]) -> Option<Self> {
        let parts = sequence(AnyRef::from_der(info).ok()?)?;
        let [_version, _policy, imprint, _serial, time, optional @ ..] = parts.as_slice() else {
            return None;
        };
        let imprint = sequence(*imprint)?;
        let algorithm = sequence(*imprint.first()?)?.first()?.decode_as().ok()?;
        let nonce = optional.iter().find_map(|part| valued(*part, Tag::Integer));
        Some(Self {
            algorithm,
            imprint: valued(*imprint.get(1)?, Tag::OctetString)?,
            at: instant(valued(*time, Tag::GeneralizedTime)?)?,
            nonce,
        })
    }
}

/// `20260301120000Z`, `20260301120000.25Z`.
fn instant(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let millis: i64 = format!("{fraction:0<3}").get(..3).filter(|_| is_number)?.parse().ok()?;
    Some(Timestamp::from_millis(of_fourteen(whole)?.millis() + millis))
}

/// The content of a kind: `SEQUENCE { kind, [0] content }`.
fn content<'a>(parts: &[AnyRef<'a>], kind: ObjectIdentifier) -> Option<AnyRef<'a>> {
    let [named, wrapped, ..] = parts else { return None };
    let is_kind = named.decode_as::<ObjectIdentifier>().is_ok_and(|named| named == kind);
    let is_wrapped = matches!(wrapped.tag(), Tag::ContextSpecific { constructed: true, .. });
    (is_kind && is_wrapped).then(|| AnyRef::from_der(wrapped.value()).ok()).flatten()
}

fn valued(part: AnyRef<'_>, tag: Tag) -> Option<&[u8]> {
    (part.tag() == tag).then(|| part.value())
}

/// The parts of a sequence.
fn sequence(of: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(valued(of, Tag::Sequence)?).ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> Question {
        Question::new(Digest::of(b"a checkpoint"), [0xff; 8])
    }

    #[test]
    fn a_question_reads_back_and_nothing_else_does() {
        let bytes = question().to_bytes();
        assert_eq!(Question::from_bytes(&bytes), Some(question()));
        assert_eq!(Question::from_bytes(&bytes[1..]), None);
        assert_eq!(Question::from_bytes(&[bytes.as_slice(), b"x"].concat()), None);
        assert!(AnyRef::from_der(&bytes).is_ok());
    }

    #[test]
    fn a_refusal_says_why() {
        let refusal =
            [0x30, 0x0b, 0x30, 0x09, 0x02, 0x01, 0x02, 0x30, 0x04, 0x0c, 0x02, b'n', b'o'];
        let refused = question().answered_by(&refusal);
        assert_eq!(refused, Err(StampError::Refused("status 2 (no)".to_owned())));
        assert_eq!(question().answered_by(b"<html>"), Err(StampError::NotAReply));
    }

    #[test]
    fn fractions_of_seconds_are_read() {
        let read = |text: &str| instant(text.as_bytes()).map(|at| at.to_string());
        assert_eq!(read("20260301120000Z").as_deref(), Some("2026-03-01T12:00:00.000Z"));
        assert_eq!(read("20260301120000.25Z").as_deref(), Some("2026-03-01T12:00:00.250Z"));
        assert_eq!(read("20260301120000.123456Z").as_deref(), Some("2026-03-01T12:00:00.123Z"));
        for wrong in ["20260301120000", "20260301120000.Z", "20260301120000.+1Z", "2026030112Z"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_tried(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _at = question().answered_by(&bytes);
            let _question = Question::from_bytes(&bytes);
        }
    }
}
