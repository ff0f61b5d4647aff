//! The bytes of a WARC file to its records, as far as they go.
//!
//! Written by hand: no crate keeps blocks as bytes, bounds what it allocates and names the place of the damage. It reads
//! WARC 0.17 to 1.1 (ISO 28500) and is easy on line ends, case and folded lines, since writers are not.

use std::io::{self, BufRead};

use super::input::Input;
use crate::clock::Timestamp;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it begins in the file; in a gzipped file, where its member does.
    pub offset: u64,
    /// What it is.
    pub kind: RecordKind,
    headers: Vec<(String, String)>,
    /// Its block. Empty where it was longer than the bound: see [`Record::is_left_out`].
    pub block: Vec<u8>,
    left_out: bool,
}

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// What a server answered.
    Response,
    /// A file, without the protocol around it.
    Resource,
    /// An answer whose entity is that of an earlier one.
    Revisit,
    /// What is known of another record.
    Metadata,
    /// What was made of another record.
    Conversion,
    /// Anything else.
    Other,
}

/// Why a file is read no further. What stands before it was read.
#[derive(Debug, thiserror::Error)]
pub enum WarcError {
    /// An older format.
    #[error(
        "this is an ARC file, the format before WARC\nhint: warcio makes a WARC file of it: `warcio recompress FILE.arc.gz FILE.warc.gz`"
    )]
    Arc,
    /// Another kind of file.
    #[error("this is not a WARC file")]
    NotWarc,
    /// Damage.
    #[error("damaged at byte {offset}: {what}; all before it was read")]
    Damaged {
        /// Where the record, or its gzip member, begins.
        offset: u64,
        /// What is wrong.
        what: String,
    },
}

/// The records of a file, in order; after a failure there are no more.
pub struct Records<R> {
    input: Input<R>,
    longest: u64,
    first: bool,
    ended: bool,
}

/// No header line that any writer makes is longer.
const LONGEST_LINE: u64 = 1 << 16;
/// So many header lines are plenty.
const MOST_LINES: usize = 256;

impl<R: BufRead> Records<R> {
    /// Reads from here. Blocks of more than `longest` bytes are passed over.
    pub fn new(file: R, longest: u64) -> io::Result<Self> {
        Ok(Self { input: Input::new(file)?, longest, first: true, ended: false })
    }

    fn record(&mut self) -> Result<Option<Record>, WarcError> {
        let (offset, version) = loop {
            let Some(offset) = self.input.place().map_err(|why| self.broken(&why))? else {
                return if self.first { Err(WarcError::NotWarc) } else { Ok(None) };
            };
            let line = self.line()?;
            if !line.is_empty() {
                break (offset, line);
            }
        };
        if !version.starts_with("WARC/") {
            return Err(match (self.first, version.starts_with("filedesc:")) {
                (true, true) => WarcError::Arc,
                (true, false) => WarcError::NotWarc,
                (false, _) => damaged(offset, "no record begins here"),
            });
        }
        self.first = false;
        let headers = self.headers(offset)?;
        let length = header(&headers, "content-length").and_then(|text| text.trim().parse().ok());
        let length: u64 = length.ok_or_else(|| damaged(offset, "a record without a length"))?;
        let left_out = length > self.longest;
        let broken = |input: &Input<R>, why: &io::Error| damaged_by(input.offset(), why);
        let block = if left_out {
            let skipped = self.input.skip(length).map_err(|why| broken(&self.input, &why))?;
            if skipped < length {
                return Err(damaged(offset, "the file ends within a record"));
            }
            Vec::new()
        } else {
            self.input.bytes(length).map_err(|why| broken(&self.input, &why))?
        };
        if !left_out && (block.len() as u64) < length {
            return Err(damaged(offset, "the file ends within a record"));
        }
        let kind = kind(header(&headers, "warc-type").unwrap_or_default());
        Ok(Some(Record { offset, kind, headers, block, left_out }))
    }

    fn headers(&mut self, offset: u64) -> Result<Vec<(String, String)>, WarcError> {
        let mut headers: Vec<(String, String)> = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(headers);
            }
            if headers.len() >= MOST_LINES {
                return Err(damaged(offset, "a record with too many headers"));
            }
            match (line.split_once(':'), headers.last_mut()) {
                (_, Some((_, value))) if line.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (Some((name, value)), _) => {
                    headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
                (None, _) => return Err(damaged(offset, "a header line without a name")),
            }
        }
    }

    /// A line without its end. Header text is UTF-8; what is not is replaced.
    fn line(&mut self) -> Result<String, WarcError> {
        let line = self.input.line(LONGEST_LINE).map_err(|why| self.broken(&why))?;
        let Some(line) = line.strip_suffix(b"\n") else {
            let what = if line.len() as u64 == LONGEST_LINE {
                "a header line without an end"
            } else {
                "the file ends within a record"
            };
            if self.first && !line.starts_with(b"WARC/") {
                return Err(WarcError::NotWarc);
            }
            return Err(damaged(self.input.offset(), what));
        };
        Ok(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
    }

    fn broken(&self, why: &io::Error) -> WarcError {
        damaged_by(self.input.offset(), why)
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record, WarcError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.record().transpose();
        self.ended = !matches!(record, Some(Ok(_)));
        record
    }
}

impl Record {
    /// The value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The address that it is about; some writers set it in brackets.
    pub fn target(&self) -> Option<&str> {
        Some(unbracketed(self.header("warc-target-uri")?))
    }

    /// Its own id.
    pub fn id(&self) -> Option<&str> {
        Some(unbracketed(self.header("warc-record-id")?))
    }

    /// The ids of the records that were made with it, or that it speaks of.
    pub fn concerns(&self) -> impl Iterator<Item = &str> {
        let names = ["warc-concurrent-to", "warc-refers-to"];
        let concerns = self.headers.iter().filter(move |(name, _)| names.contains(&name.as_str()));
        concerns.map(|(_, value)| unbracketed(value))
    }

    /// When it was captured.
    pub fn date(&self) -> Option<Timestamp> {
        self.header("warc-date")?.parse().ok()
    }

    /// Whether its block was longer than the bound, and passed over.
    pub fn is_left_out(&self) -> bool {
        self.left_out
    }

    /// Whether the capture of the block was broken off. Of a revisit it says only that the entity is not repeated.
    pub fn is_cut(&self) -> bool {
        self.kind != RecordKind::Revisit && self.header("warc-truncated").is_some()
            || self.header("warc-segment-number").is_some()
    }

    /// The fields of a block of the type `application/warc-fields`.
    pub fn fields(&self) -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(&self.block);
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn unbracketed(text: &str) -> &str {
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}

fn kind(name: &str) -> RecordKind {
    match name.to_ascii_lowercase().as_str() {
        "response" => RecordKind::Response,
        "resource" => RecordKind::Resource,
        "revisit" => RecordKind::Revisit,
        "metadata" => RecordKind::Metadata,
        "conversion" => RecordKind::Conversion,
        _ => RecordKind::Other,
    }
}

fn damaged(offset: u64, what: &str) -> WarcError {
    WarcError::Damaged { offset, what: what.to_owned() }
}

fn damaged_by(offset: u64, why: &io::Error) -> WarcError {
    let what = match why.kind() {
        io::ErrorKind::UnexpectedEof => "the file ends within a record".to_owned(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            "the compressed data is broken".to_owned()
        }
        _ => why.to_string(),
    };
    WarcError::Damaged { offset, what }
}
