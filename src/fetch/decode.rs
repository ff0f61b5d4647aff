//! An entity as sent to the bytes that it codes, within bounds.
//!
//! The client's own decoders stay off: they would hide the bytes that are evidence, pass stacked and unknown codings
//! through in silence, ignore what follows a gzip stream, and let a bomb burst.

use std::borrow::Cow;
use std::io::{self, Read};

use super::{Failure, FailureClass, Head, Limits};

/// The bytes that the entity codes, by its `Content-Encoding`; borrowed where nothing is coded.
///
/// The output is bounded by the decoded size and, beyond a first mebibyte, by its ratio to the entity.
pub fn decode<'a>(
    entity: &'a [u8],
    head: &Head,
    limits: &Limits,
) -> Result<Cow<'a, [u8]>, Failure> {
    let coding = coding_of(head)?;
    let bound = bound_of(entity.len(), limits);
    let decoded = match coding {
        Coding::Identity if entity.len() > limits.decoded => return Err(too_large()),
        Coding::Identity => return Ok(Cow::Borrowed(entity)),
        // Servers label an answer without content by habit; that it is empty says more than that it is no gzip.
        _ if entity.is_empty() => return Ok(Cow::Borrowed(entity)),
        Coding::Gzip => gunzip(entity, bound)?,
        Coding::Deflate => inflate(entity, bound)?,
        Coding::Brotli => unbrotli(entity, bound)?,
        Coding::Zstd => unzstd(entity, bound)?,
    };
    Ok(Cow::Owned(decoded))
}

#[derive(Clone, Copy)]
enum Coding {
    Identity,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The one coding of the entity. Two stacked ones are legal HTTP, but in practice mark a broken gateway.
fn coding_of(head: &Head) -> Result<Coding, Failure> {
    let values: Vec<String> = head
        .all("content-encoding")
        .map(|value| String::from_utf8_lossy(value).to_lowercase())
        .collect();
    let mut named = values
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !matches!(*name, "" | "identity"));
    let coding = match named.next() {
        None => Coding::Identity,
        Some("gzip" | "x-gzip") => Coding::Gzip,
        Some("deflate") => Coding::Deflate,
        Some("br") => Coding::Brotli,
        Some("zstd") => Coding::Zstd,
        Some(_) => return Err(broken("the content coding is none that was asked for")),
    };
    match named.next() {
        None => Ok(coding),
        Some(_) => Err(broken("the content is coded more than once")),
    }
}

/// How many bytes may come out. It rests on what was received, never on what a header claims.
fn bound_of(coded: usize, limits: &Limits) -> usize {
    coded.saturating_mul(limits.ratio).max(FREE_OF_RATIO).min(limits.decoded)
}

/// Small pages of one repeated line compress well honestly; only beyond this does the ratio count.
const FREE_OF_RATIO: usize = 1 << 20;

fn gunzip(entity: &[u8], bound: usize) -> Result<Vec<u8>, Failure> {
    // Reads every member, checks each CRC, and takes bytes after the last one for a broken member.
    read_within(flate2::bufread::MultiGzDecoder::new(entity), entity.len(), bound)
}

/// HTTP means the zlib form by `deflate`; some servers never did, so the raw form is tried second.
fn inflate(entity: &[u8], bound: usize) -> Result<Vec<u8>, Failure> {
    let mut rest = entity;
    let zlib = read_within(flate2::bufread::ZlibDecoder::new(&mut rest), entity.len(), bound);
    match zlib {
        Ok(decoded) => nothing_after(rest).map(|()| decoded),
        Err(failure) if failure.class == FailureClass::TooLarge => Err(failure),
        Err(_) => {
            let mut rest = entity;
            let raw = flate2::bufread::DeflateDecoder::new(&mut rest);
            let decoded = read_within(raw, entity.len(), bound)?;
            nothing_after(rest).map(|()| decoded)
        }
    }
}

fn unbrotli(entity: &[u8], bound: usize) -> Result<Vec<u8>, Failure> {
    let mut reader = brotli::Decompressor::new(entity, 4096);
    let decoded = read_within(&mut reader, entity.len(), bound)?;
    // It names bytes left in its own buffer only when asked again after the end.
    reader.read(&mut [0]).map_err(|error| reading_failed(&error))?;
    nothing_after(reader.get_ref()).map(|()| decoded)
}

fn unzstd(entity: &[u8], bound: usize) -> Result<Vec<u8>, Failure> {
    let reading = zstd::stream::read::Decoder::with_buffer(entity).and_then(|mut reader| {
        reader.window_log_max(ZSTD_WINDOW_LOG)?;
        Ok(reader)
    });
    read_within(reading.map_err(|error| reading_failed(&error))?, entity.len(), bound)
}

/// 8 MiB, the window that RFC 9659 allows in HTTP: a frame's header must not choose how much is allocated.
const ZSTD_WINDOW_LOG: u32 = 23;

fn read_within(reader: impl Read, coded: usize, bound: usize) -> Result<Vec<u8>, Failure> {
    let mut decoded = Vec::with_capacity(coded.saturating_mul(5).min(bound));
    let room = u64::try_from(bound).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(room).read_to_end(&mut decoded).map_err(|error| reading_failed(&error))?;
    if decoded.len() > bound { Err(too_large()) } else { Ok(decoded) }
}

fn nothing_after(rest: &[u8]) -> Result<(), Failure> {
    if rest.is_empty() { Ok(()) } else { Err(broken("bytes follow the end of the coded content")) }
}

fn reading_failed(error: &io::Error) -> Failure {
    broken(match error.kind() {
        io::ErrorKind::UnexpectedEof => "the coded content ends early",
        _ => "the coded content is damaged, or is not coded as the answer says",
    })
}

fn broken(detail: &str) -> Failure {
    Failure::new(FailureClass::Encoding, detail)
}

fn too_large() -> Failure {
    Failure::new(FailureClass::TooLarge, "the decoded content is larger than allowed")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn coded_by(name: &str, bytes: &[u8]) -> Vec<u8> {
        let level = Compression::default();
        match name {
            "gzip" | "x-gzip" => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            "deflate" => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            "br" => {
                let mut coded = Vec::new();
                let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 5, 18);
                encoder.write_all(bytes).unwrap();
                drop(encoder);
                coded
            }
            "zstd" => zstd::encode_all(bytes, 3).unwrap(),
            _ => bytes.to_vec(),
        }
    }

    fn head_of(coding: &str) -> Head {
        [("content-encoding", coding.as_bytes())].into_iter().collect()
    }

    fn class_of(coding: &str, entity: &[u8]) -> Option<FailureClass> {
        decode(entity, &head_of(coding), &Limits::default()).err().map(|failure| failure.class)
    }

    const CODINGS: [&str; 5] = ["gzip", "x-gzip", "deflate", "br", "zstd"];

    fn page() -> Vec<u8> {
        (0..3000).fold(Vec::new(), |mut page, line| {
            writeln!(page, "<p>line {line} of the page</p>").unwrap();
            page
        })
    }

    #[test]
    fn each_coding_gives_back_the_page() {
        for coding in CODINGS {
            for bytes in [page(), Vec::new()] {
                let entity = coded_by(coding, &bytes);
                let head = head_of(&coding.to_uppercase());
                assert_eq!(decode(&entity, &head, &Limits::default()).unwrap(), bytes, "{coding}");
            }
        }
    }

    #[test]
    fn what_is_not_coded_is_borrowed() {
        for head in [Head::default(), head_of(""), head_of("identity"), head_of(" , identity")] {
            let decoded = decode(b"<p>", &head, &Limits::default()).unwrap();
            assert!(matches!(decoded, Cow::Borrowed(b"<p>")));
        }
    }

    #[test]
    fn raw_deflate_and_two_gzip_members_are_read() {
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(&page()).unwrap();
        let decoded = decode(&raw.finish().unwrap(), &head_of("deflate"), &Limits::default())
            .map(Cow::into_owned);
        assert_eq!(decoded.unwrap(), page());
        let two = [coded_by("gzip", b"one "), coded_by("gzip", b"two")].concat();
        assert_eq!(*decode(&two, &head_of("gzip"), &Limits::default()).unwrap(), *b"one two");
    }

    #[test]
    fn damage_is_an_encoding_failure() {
        for coding in CODINGS {
            let whole = coded_by(coding, &page());
            let cut = &whole[..whole.len() - 3];
            assert_eq!(class_of(coding, cut), Some(FailureClass::Encoding), "{coding} cut");
            let trailed = [whole.as_slice(), b"<!-- served by a proxy -->"].concat();
            assert_eq!(
                class_of(coding, &trailed),
                Some(FailureClass::Encoding),
                "{coding} trailed"
            );
            assert_eq!(
                class_of(coding, b"<p>plain</p>"),
                Some(FailureClass::Encoding),
                "{coding} plain"
            );
            assert_eq!(class_of(coding, b""), None, "{coding} empty");
        }
        let mut gzip = coded_by("gzip", &page());
        let crc = gzip.len() - 8;
        gzip[crc] ^= 1;
        assert_eq!(class_of("gzip", &gzip), Some(FailureClass::Encoding));
    }

    #[test]
    fn unknown_and_stacked_codings_are_refused() {
        for coding in ["compress", "gzip, gzip", "gzip, br", "aws-chunked", "\u{e9}"] {
            assert_eq!(class_of(coding, b""), Some(FailureClass::Encoding), "{coding}");
        }
        let twice: Head = [("content-encoding", b"gzip".as_slice()); 2].into_iter().collect();
        assert!(decode(b"", &twice, &Limits::default()).is_err());
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = vec![b'a'; 3 << 20];
        for coding in CODINGS {
            let entity = coded_by(coding, &bomb);
            assert_eq!(class_of(coding, &entity), Some(FailureClass::TooLarge), "{coding}");
        }
        let small = Limits { decoded: 100, ..Limits::default() };
        for coding in ["identity", "gzip"] {
            let entity = coded_by(coding, &[b'a'; 101]);
            let failure = decode(&entity, &head_of(coding), &small).unwrap_err();
            assert_eq!(failure.class, FailureClass::TooLarge);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived_within_the_bound(
            coding in prop::sample::select(CODINGS.to_vec()),
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            hit in any::<(prop::sample::Index, u8)>(),
            raw in any::<u8>(),
        ) {
            let limits = Limits { decoded: 300, ..Limits::default() };
            let mut entity = if raw % 4 == 0 { bytes } else { coded_by(coding, &bytes) };
            if raw % 2 == 0 && !entity.is_empty() {
                let at = hit.0.index(entity.len());
                entity[at] ^= hit.1;
            }
            if let Ok(decoded) = decode(&entity, &head_of(coding), &limits) {
                prop_assert!(decoded.len() <= limits.decoded);
            }
        }
    }
}
