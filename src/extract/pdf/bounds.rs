//! A PDF's bytes to bytes that can be read in bounded time and memory, or to the reason why they cannot.
//!
//! A reader unpacks whatever a file tells it to. So all that is packed in a file is unpacked here first, and thrown away
//! while it is counted; pictures, which nobody looks at, are blanked. It decides by counting and not by a clock.

use flate2::{Decompress, FlushDecompress, Status};

use crate::fetch::Unreadable;

/// Bytes that all streams together may unpack to, without the pictures.
const MOST: usize = 64 << 20;

/// How many times its length a stream may unpack to by the filters that are not undone here.
const WORST: usize = 1400;

/// Packings inside packings.
const DEEPEST: usize = 3;

/// A file that is safe to read.
pub(super) struct Bounded {
    /// Its bytes, the pictures blanked.
    pub(super) content: Vec<u8>,
    /// How many bytes the largest drawing that can be used again holds.
    pub(super) largest_form: usize,
}

/// Looks at everything in a file that is packed.
pub(super) fn bounded(content: &[u8]) -> Result<Bounded, Unreadable> {
    let (start, end) = (&content[..content.len().min(1024)], content.len().saturating_sub(2048));
    // A file without its end has lost what stood there, and can be opened all the same.
    if find(start, b"%PDF-", 0).is_none() || find(content, b"%%EOF", end).is_none() {
        return Err(Unreadable::Damaged);
    }
    if has_name(content, b"Encrypt") {
        return Err(Unreadable::Encrypted);
    }
    let mut bounded = Bounded { content: content.to_vec(), largest_form: 0 };
    let mut left = MOST;
    let (mut from, mut before) = (0, 0);
    while let Some(at) = find(content, b"stream", from) {
        from = at + b"stream".len();
        if content[..at].ends_with(b"end") {
            continue;
        }
        let said = &content[before..at];
        let start = from + line_end(&content[from..]);
        let end = find(content, b"endstream", start).unwrap_or(content.len());
        before = from;
        if is_picture(said) {
            bounded.content[start..end].fill(0);
            from = end;
            continue;
        }
        let unpacked = weigh(said, &content[start..end], &content[start..], left)?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::TooComplex)?;
        if is_form(said) {
            bounded.largest_form = bounded.largest_form.max(unpacked);
        }
    }
    Ok(bounded)
}

fn find(content: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = content.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

fn line_end(content: &[u8]) -> usize {
    match content {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// How many bytes a stream comes to. `said` is what stands before it, `rest` all that stands after its beginning.
fn weigh(said: &[u8], data: &[u8], rest: &[u8], left: usize) -> Result<usize, Unreadable> {
    if ["LZWDecode", "LZW", "RunLengthDecode", "RL"]
        .iter()
        .any(|name| has_name(said, name.as_bytes()))
    {
        return Ok(data.len().saturating_mul(WORST));
    }
    let is_written = |names: [&str; 2]| names.iter().any(|name| has_name(said, name.as_bytes()));
    let (length, whole) = if is_written(["ASCII85Decode", "A85"]) {
        unpacked(&from_ascii85(data), left, 0)?
    } else if is_written(["ASCIIHexDecode", "AHx"]) {
        unpacked(&from_hex(data), left, 0)?
    } else {
        unpacked(rest, left, 0)?
    };
    let is_packed = is_written(["FlateDecode", "Fl"]);
    if is_packed && !whole { Err(Unreadable::Damaged) } else { Ok(length.max(data.len())) }
}

/// How many bytes come out of these, taken as packed, and whether they came to their end.
fn unpacked(data: &[u8], left: usize, depth: usize) -> Result<(usize, bool), Unreadable> {
    if depth > DEEPEST {
        return Err(Unreadable::TooComplex);
    }
    let has_head = matches!(data, [head, flags, ..] if head & 15 == 8 && u16::from_be_bytes([*head, *flags]) % 31 == 0);
    let data = if has_head { &data[2..] } else { data };
    let mut inflate = Decompress::new(false);
    let mut out = Vec::new();
    let mut piece = vec![0; 1 << 15];
    let mut at = 0;
    let whole = loop {
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(&data[at..], &mut piece, FlushDecompress::None);
        let written = usize::try_from(inflate.total_out() - written).unwrap_or(usize::MAX);
        out.extend_from_slice(&piece[..written.min(piece.len())]);
        if out.len() > left {
            return Err(Unreadable::TooComplex);
        }
        at += usize::try_from(inflate.total_in() - read).unwrap_or(usize::MAX);
        match status {
            Ok(Status::StreamEnd) => break true,
            Ok(_) if inflate.total_in() > read || written > 0 => {}
            _ => break false,
        }
    };
    // What comes out may be packed once more. Text is never taken for that for long.
    let inner = if out.is_empty() || !whole { 0 } else { unpacked(&out, left, depth + 1)?.0 };
    Ok((out.len().max(inner), whole))
}

/// Five signs of 85 to four bytes.
fn from_ascii85(data: &[u8]) -> Vec<u8> {
    let (mut bytes, mut group, mut count) = (Vec::with_capacity(data.len()), 0_u32, 0);
    for sign in data {
        match sign {
            b'z' if count == 0 => bytes.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(sign - b'!'));
                count += 1;
            }
            b'~' => break,
            _ => {}
        }
        if count == 5 {
            bytes.extend_from_slice(&group.to_be_bytes());
            (group, count) = (0, 0);
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        bytes.extend_from_slice(&group.to_be_bytes()[..count - 1]);
    }
    bytes
}

fn from_hex(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|sign| **sign != b'>');
    let digits: Vec<u8> = digits.filter_map(|sign| digit(*sign)).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

fn digit(sign: u8) -> Option<u8> {
    char::from(sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The stream of an object that says that it is a picture. One that lies loses what it holds, and nobody else does.
fn is_picture(said: &[u8]) -> bool {
    let own = said.windows(4).rposition(|window| window == b" obj").unwrap_or(0);
    names(&said[own..]).any(|(name, after)| {
        name == b"Subtype" && names(after).next().is_some_and(|(name, _)| name == b"Image")
    })
}

/// A drawing that can be used many times; whoever does not say what it is may be one.
fn is_form(said: &[u8]) -> bool {
    let mut kinds = names(said).filter(|(name, _)| name == b"Subtype");
    kinds.any(|(_, after)| {
        let after = after.trim_ascii_start();
        !after.starts_with(b"/") || names(after).next().is_some_and(|(name, _)| name == b"Form")
    })
}

fn has_name(content: &[u8], wanted: &[u8]) -> bool {
    names(content).any(|(name, _)| name == wanted)
}

/// The names in some bytes with what follows each: `/Length`, or `/#4cength`, which is the same.
fn names(content: &[u8]) -> impl Iterator<Item = (Vec<u8>, &[u8])> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let at = rest.iter().position(|byte| *byte == b'/')?;
        let after = &rest[at + 1..];
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"()<>[]{}/%\0".contains(byte);
        // Longer ones are none that matter, and mostly no names at all.
        let end = after.iter().take(64).position(is_end).unwrap_or(after.len().min(64));
        rest = &after[end..];
        Some((plain(&after[..end]), rest))
    })
}

fn plain(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        let pair = name.get(at + 1).zip(name.get(at + 2));
        match pair.and_then(|(high, low)| Some(digit(*high)? << 4 | digit(*low)?)) {
            Some(byte) if name[at] == b'#' => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(name[at]);
                at += 1;
            }
        }
    }
    plain
}
