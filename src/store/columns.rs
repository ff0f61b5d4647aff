//! palinode's own types to and from `SQLite`'s: times as text, digests and compact lists as bytes.
//!
//! Written by hand rather than by rusqlite's `chrono` feature, which would switch on a clock that the library must not have.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::lineage::{EventKind, Gate, Grade, LineId, RevisionNumber, WordingId};

/// How many bytes of a digest seal a row: enough to catch damage; forgery is the business of the evidence chain.
const SEAL: usize = 8;

/// The seal of a row or a pack.
pub(super) fn seal(bytes: &[u8]) -> Vec<u8> {
    Digest::of(bytes).bytes()[..SEAL].to_vec()
}

/// A list or record as a compact column.
pub(super) fn packed<T: Serialize + ?Sized>(value: &T) -> rusqlite::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))
}

/// A compact column read back.
pub(super) fn unpacked<T: DeserializeOwned>(bytes: &[u8]) -> rusqlite::Result<T> {
    postcard::from_bytes(bytes).map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(why))
    })
}

impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.bytes().into())
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        Self::from_bytes(bytes)
            .ok_or(FromSqlError::InvalidBlobSize { expected_size: 32, blob_size: bytes.len() })
    }
}

/// A number with a meaning, kept as a plain integer.
macro_rules! integer_column {
    ($($name:ty),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                FromSql::column_result(value).map(Self)
            }
        }
    )*};
}

/// A word of a fixed list, kept as text.
macro_rules! text_column {
    ($($name:ty),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.name().into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str()?.parse().map_err(FromSqlError::other)
            }
        }
    )*};
}

integer_column!(
    RevisionNumber,
    WordingId,
    LineId,
    super::PageId,
    super::FollowId,
    super::CaptureId,
    super::BodyId,
    super::StateId
);
text_column!(EventKind, Gate, Grade, super::Verdict, super::Origin);
