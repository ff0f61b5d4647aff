//! A WARC file, its index and the list of its pages to one WACZ file, which replay tools open without a server.
//!
//! The parts of the format (WACZ 1.1.1) are put together by hand, since no crate knows it; the ZIP is a crate's. Entries
//! are stored as they are, so that a reader can take a record out of the middle, and bear no time of their own: the same
//! parts make the same bytes. For that there is no `created`, which the format leaves open.

use std::io::{self, Seek, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::write::date;
use crate::clock::Timestamp;
use crate::fetch::Digest;

/// What the file says of itself.
pub struct About<'a> {
    /// What it is called.
    pub title: &'a str,
    /// What is in it, and whose word that is.
    pub description: &'a str,
    /// The address and the time that a reader is shown first.
    pub main: Option<(&'a str, Timestamp)>,
}

/// Writes one file. Whatever is written to it goes into the entry that was begun last.
pub struct WaczWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
    entry: Option<Entry>,
    resources: Vec<Resource>,
}

/// The entry that is being written.
struct Entry {
    path: String,
    bytes: u64,
    hasher: Sha256,
}

/// An entry as the list of contents has it.
#[derive(Serialize)]
struct Resource {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

/// Where in the index a gzip member stands.
#[derive(Serialize)]
struct Member {
    offset: usize,
    length: usize,
    digest: String,
    filename: &'static str,
}

/// So many lines of the index are one gzip member, as the other writers have it.
const LINES: usize = 300;

impl<W: Write + Seek> WaczWriter<W> {
    /// Begins a file.
    pub fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), entry: None, resources: Vec::new() }
    }

    /// Begins an entry, which ends with the next one.
    pub fn begin(&mut self, path: &str) -> io::Result<()> {
        self.end();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(true);
        self.zip.start_file(path, options)?;
        let (bytes, hasher) = (0, Sha256::new());
        self.entry = Some(Entry { path: path.to_owned(), bytes, hasher });
        Ok(())
    }

    /// Writes a whole entry.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(path)?;
        self.write_all(bytes)
    }

    /// Writes the index of the WARC file: its sorted lines in gzip members, and a list by which one member is found.
    pub fn index(&mut self, lines: &[String]) -> io::Result<()> {
        let (mut members, mut list) = (Vec::new(), Vec::new());
        let meta = format!("{{\"format\": \"cdxj-gzip-1.0\", \"filename\": \"{INDEX}\"}}");
        writeln!(list, "!meta 0 {meta}")?;
        for lines in lines.chunks(LINES) {
            let mut member = GzEncoder::new(Vec::new(), Compression::default());
            lines.iter().try_for_each(|line| member.write_all(line.as_bytes()))?;
            let (member, offset) = (member.finish()?, members.len());
            let place = Member {
                offset,
                length: member.len(),
                digest: format!("sha256:{}", Digest::of(&member)),
                filename: INDEX,
            };
            let key = lines.first().and_then(|line| line.split_once(" {")).map(|(key, _)| key);
            writeln!(list, "{} {}", key.unwrap_or_default(), serde_json::to_string(&place)?)?;
            members.extend(member);
        }
        self.put(&format!("indexes/{INDEX}"), &members)?;
        self.put("indexes/index.idx", &list)
    }

    /// Writes the list of what is in it, with the digest of each entry, and the digest of that list.
    pub fn finish(mut self, about: &About<'_>) -> io::Result<W> {
        self.end();
        let mut package = serde_json::json!({
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": about.title,
            "description": about.description,
            "software": concat!("palinode/", env!("CARGO_PKG_VERSION")),
        });
        if let Some((url, at)) = about.main {
            package["mainPageUrl"] = url.into();
            package["mainPageDate"] = date(at).into();
        }
        package["resources"] = serde_json::to_value(std::mem::take(&mut self.resources))?;
        let package = serde_json::to_vec_pretty(&package)?;
        self.put(PACKAGE, &package)?;
        let hash = format!("sha256:{}", Digest::of(&package));
        let digest = serde_json::json!({ "path": PACKAGE, "hash": hash });
        self.put("datapackage-digest.json", &serde_json::to_vec_pretty(&digest)?)?;
        Ok(self.zip.finish()?)
    }

    fn end(&mut self) {
        let Some(Entry { path, bytes, hasher }) = self.entry.take() else { return };
        let digest = Digest::from_bytes(&hasher.finalize());
        let hash = digest.map_or_else(String::new, |digest| format!("sha256:{digest}"));
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        self.resources.push(Resource { name, path, hash, bytes });
    }
}

impl<W: Write + Seek> Write for WaczWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(bytes)?;
        if let Some(entry) = &mut self.entry {
            entry.bytes += written as u64;
            entry.hasher.update(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

const INDEX: &str = "index.cdx.gz";
const PACKAGE: &str = "datapackage.json";

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_long_index_is_several_members_and_each_is_found() {
        let lines: Vec<String> = (0..601).map(|nth| format!("a,b)/{nth:04} 2026 {{}}\n")).collect();
        let mut wacz = WaczWriter::new(Cursor::new(Vec::new()));
        wacz.index(&lines).unwrap();
        let about = About { title: "", description: "", main: None };
        let file = wacz.finish(&about).unwrap();
        let mut zip = zip::ZipArchive::new(file).unwrap();
        let mut entry = |name: &str| {
            let mut bytes = Vec::new();
            io::copy(&mut zip.by_name(name).unwrap(), &mut bytes).unwrap();
            bytes
        };
        let (members, list) = (entry("indexes/index.cdx.gz"), entry("indexes/index.idx"));
        let list = String::from_utf8(list).unwrap();
        let mut read = Vec::new();
        for (nth, line) in list.lines().skip(1).enumerate() {
            let (key, place) = line.split_once(" {").unwrap();
            assert_eq!(key, format!("a,b)/{:04} 2026", nth * LINES));
            let place: serde_json::Value = serde_json::from_str(&format!("{{{place}")).unwrap();
            let number = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
            let member = &members[number("offset")..][..number("length")];
            io::copy(&mut flate2::read::GzDecoder::new(member), &mut read).unwrap();
        }
        assert_eq!(list.lines().count(), 1 + 3);
        assert_eq!(String::from_utf8(read).unwrap(), lines.concat());
    }
}
