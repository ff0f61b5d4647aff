//! An entity as it was sent to its content and what it takes to give the entity back, bit for bit.
//!
//! Two neighbouring pages, gzipped, share hardly a byte, so that coded entities cannot be stored as small differences;
//! decoded, they can. But evidence is the entity itself. So the deflate stream is undone together with the choices its
//! compressor made (`preflate-rs`), it is checked at once that redoing it gives the very same bytes, and where it does
//! not, or the coding is another, the entity is kept as it is.

use preflate_rs::{PreflateConfig, preflate_whole_deflate_stream, recreate_whole_deflate_stream};
use serde::{Deserialize, Serialize};

/// What is stored of an entity: its content, and how to code it again.
pub(super) struct Uncoded {
    pub(super) content: Vec<u8>,
    pub(super) recode: Option<Recode>,
}

/// The frame of a deflate stream and the choices of its compressor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recode {
    before: Vec<u8>,
    choices: Vec<u8>,
    after: Vec<u8>,
}

/// Undoes the coding of an entity where that can be redone exactly; else the entity is its own content.
pub(super) fn uncoded(entity: &[u8]) -> Uncoded {
    undone(entity).unwrap_or_else(|| Uncoded { content: entity.to_vec(), recode: None })
}

/// Gives the entity back. `None` when the stored choices do not fit the content, which is damage.
pub(super) fn coded(content: Vec<u8>, recode: Option<&Recode>) -> Option<Vec<u8>> {
    let Some(recode) = recode else { return Some(content) };
    let stream = recreate_whole_deflate_stream(&content, &recode.choices).ok()?;
    Some([recode.before.as_slice(), &stream, &recode.after].concat())
}

fn undone(entity: &[u8]) -> Option<Uncoded> {
    let (before, after) = frame(entity)?;
    let stream = entity.get(before..entity.len().checked_sub(after)?)?;
    // Its own check is left out, since the whole entity is checked below.
    let config = PreflateConfig { verify_compression: false, ..PreflateConfig::default() };
    let (chunk, plain) = preflate_whole_deflate_stream(stream, &config).ok()?;
    let content = plain.text().to_vec();
    let recode = Recode {
        before: entity[..before].to_vec(),
        choices: chunk.corrections,
        after: entity[entity.len() - after..].to_vec(),
    };
    let again = coded(content.clone(), Some(&recode))?;
    (again == entity).then_some(Uncoded { content, recode: Some(recode) })
}

/// How many bytes stand before and after the deflate stream of a gzip member (RFC 1952) or a zlib stream (RFC 1950).
fn frame(entity: &[u8]) -> Option<(usize, usize)> {
    match *entity {
        [0x1f, 0x8b, 8, flags, ..] => Some((gzip_header(entity, flags)?, 8)),
        [first, second, ..]
            if first & 0x0f == 8
                && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
                && second & 0x20 == 0 =>
        {
            Some((2, 4))
        }
        _ => None,
    }
}

fn gzip_header(entity: &[u8], flags: u8) -> Option<usize> {
    let mut at = 10;
    if flags & 4 != 0 {
        let extra = entity.get(at..at + 2)?;
        at += 2 + usize::from(u16::from_le_bytes([extra[0], extra[1]]));
    }
    for text in [8, 16] {
        if flags & text != 0 {
            at += 1 + entity.get(at..)?.iter().position(|byte| *byte == 0)?;
        }
    }
    Some(if flags & 2 != 0 { at + 2 } else { at })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzipped(text: &[u8], level: u32) -> Vec<u8> {
        let mut encoder =
            flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn text() -> Vec<u8> {
        (0..4000u32)
            .flat_map(|number| {
                format!("word{} ", number.wrapping_mul(2_654_435_761) % 97).into_bytes()
            })
            .collect()
    }

    #[test]
    fn a_gzipped_entity_is_stored_as_its_content_and_comes_back_exactly() {
        for level in [1, 5, 6, 9] {
            let entity = gzipped(&text(), level);
            let stored = uncoded(&entity);
            assert_eq!(stored.content, text());
            assert_eq!(coded(stored.content, stored.recode.as_ref()), Some(entity));
        }
    }

    #[test]
    fn what_is_no_deflate_stream_is_stored_as_it_is() {
        for entity in [
            &b"<p>plain"[..],
            b"",
            b"\x1f\x8b\x08",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage that is no stream",
        ] {
            let stored = uncoded(entity);
            assert_eq!((stored.content.as_slice(), stored.recode.is_none()), (entity, true));
        }
    }

    proptest! {
        #[test]
        fn every_entity_comes_back_exactly(bytes in prop::collection::vec(any::<u8>(), 0..300), gzip in any::<bool>(), extra in prop::collection::vec(any::<u8>(), 0..12)) {
            let mut entity = if gzip { gzipped(&bytes, 6) } else { bytes };
            entity.extend(extra);
            let stored = uncoded(&entity);
            prop_assert_eq!(coded(stored.content, stored.recode.as_ref()), Some(entity));
        }
    }
}
