//! The block of a record to what a server answered: status, head, and the entity without the framing around it.
//!
//! Heads are bytes, never text: what a server sent that is no UTF-8 has to come out as it went in.

use crate::fetch::Head;

/// An answer as a record holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// The HTTP status.
    pub(super) status: u16,
    /// Its headers.
    pub(super) head: Head,
    /// The entity: chunks joined, still content-coded.
    pub(super) entity: Vec<u8>,
}

/// The name under which the head of an answer keeps a framing that was undone, so that every tool reads it.
pub(super) const UNDONE: &str = "x-orig-transfer-encoding";

/// Reads the answer in the block of a response; `None` if it is none.
pub(super) fn message_of_http(block: &[u8]) -> Option<Message> {
    let (head, body) = parted(block);
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let status = status(lines.next()?)?;
    let mut named: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines {
        match (line.iter().position(|byte| *byte == b':'), named.last_mut()) {
            (_, Some((_, value))) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            (Some(colon), _) => {
                let name = String::from_utf8_lossy(line[..colon].trim_ascii()).to_ascii_lowercase();
                named.push((name, line[colon + 1..].trim_ascii_start().to_vec()));
            }
            (None, _) => {}
        }
    }
    let mut head = Head::default();
    for (name, value) in &named {
        head.push(if name == UNDONE { "transfer-encoding" } else { name }, value);
    }
    let is_chunked =
        head.all("transfer-encoding").any(|value| value.to_ascii_lowercase().ends_with(b"chunked"));
    let entity = if is_chunked { joined(body) } else { None };
    Some(Message { status, head, entity: entity.unwrap_or_else(|| body.to_vec()) })
}

/// The answer that a record of the bare file stands for.
pub(super) fn message_of_resource(block: Vec<u8>, media_type: &str) -> Message {
    let head = [("content-type", media_type.as_bytes())].into_iter().collect();
    Message { status: 200, head, entity: block }
}

/// Parts a block at its first empty line.
fn parted(block: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(end) = block[at..].iter().position(|byte| *byte == b'\n') {
        let next = at + end + 1;
        if at > 0 && matches!(&block[at..next], b"\n" | b"\r\n") {
            return (&block[..at], &block[next..]);
        }
        at = next;
    }
    (block, b"")
}

/// `HTTP/1.1 200 OK`; the reason may be missing.
fn status(line: &[u8]) -> Option<u16> {
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    words.next().filter(|word| word.starts_with(b"HTTP"))?;
    std::str::from_utf8(words.next()?).ok()?.parse().ok().filter(|status| *status >= 100)
}

/// Joins the chunks of a body; `None` if it has none, since many writers undo them and leave the header.
fn joined(body: &[u8]) -> Option<Vec<u8>> {
    let mut entity = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        if size.is_empty() || !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(entity);
        }
        entity.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_every_writer_are_read() {
        for (block, status, body) in [
            ("HTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody", 200, "body"),
            ("HTTP/1.0 404\nA: 1\n\nbody", 404, "body"),
            ("HTTP/2 203 \r\nA: 1\r\nb\r\n\r\n", 203, ""),
            ("HTTP/1.1 200 OK\r\nA:1", 200, ""),
            (
                "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n",
                200,
                "abcd",
            ),
            ("HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\nabcd", 200, "abcd"),
            (
                "HTTP/1.1 200 OK\r\nA: 1\r\nX-Orig-Transfer-Encoding: chunked\r\n\r\nabcd",
                200,
                "abcd",
            ),
        ] {
            let message = message_of_http(block.as_bytes()).unwrap();
            assert_eq!((message.status, message.entity.as_slice()), (status, body.as_bytes()));
            assert_eq!(message.head.get("a"), Some(b"1".as_slice()), "{block}");
            assert_eq!(message.head.get("x-orig-transfer-encoding"), None);
        }
        for block in ["", "\r\n\r\n", "<p>HTTP", "HTTP/1.1\r\n\r\n", "HTTP/1.1 x\r\n\r\n"] {
            assert_eq!(message_of_http(block.as_bytes()), None, "{block:?}");
        }
    }

    #[test]
    fn bytes_stay_bytes_and_folded_lines_are_one() {
        let message = message_of_http(b"HTTP/1.1 200 OK\r\nA: \xff\r\n more\r\n\r\n").unwrap();
        assert_eq!(message.head.get("a"), Some(b"\xff more".as_slice()));
    }
}
