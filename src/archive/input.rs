//! A WARC file's bytes, plain or gzipped, to the bytes of its records, and where in the file each begins.
//!
//! Its own file because of the offsets: most writers make each record a gzip member of its own, and the place of the
//! member is the only place that another tool can find again.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

/// The bytes of the records, one after the other.
pub(super) struct Input<R> {
    plain: BufReader<Plain<R>>,
    /// Of plain bytes: how many were read.
    read: u64,
}

impl<R: BufRead> Input<R> {
    /// Reads plain or gzipped bytes; the first two tell which.
    pub(super) fn new(mut file: R) -> io::Result<Self> {
        let is_gzip = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let file = Counted { file, count: 0 };
        let plain = if is_gzip {
            Plain::Gzip { begun: 0, member: Some(Box::new(GzDecoder::new(file))) }
        } else {
            Plain::Bytes(file)
        };
        Ok(Self { plain: BufReader::with_capacity(1 << 16, plain), read: 0 })
    }

    /// Where the next byte is found: in a gzipped file, where its member begins. At the end, `None`.
    pub(super) fn place(&mut self) -> io::Result<Option<u64>> {
        if self.plain.fill_buf()?.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.offset()))
    }

    /// The place that was reached.
    pub(super) fn offset(&self) -> u64 {
        match self.plain.get_ref() {
            Plain::Bytes(_) => self.read,
            Plain::Gzip { begun, .. } => *begun,
        }
    }

    /// One line with its end, of at most `most` bytes.
    pub(super) fn line(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let count = self.plain.by_ref().take(most).read_until(b'\n', &mut line)?;
        self.read += count as u64;
        Ok(line)
    }

    /// So many bytes, or as many as there are.
    pub(super) fn bytes(&mut self, count: u64) -> io::Result<Vec<u8>> {
        // What a header claims never decides how much is allocated.
        let mut bytes = Vec::new();
        self.read += self.plain.by_ref().take(count).read_to_end(&mut bytes)? as u64;
        Ok(bytes)
    }

    /// Passes over so many bytes; gives how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let skipped = io::copy(&mut self.plain.by_ref().take(count), &mut io::sink())?;
        self.read += skipped;
        Ok(skipped)
    }
}

enum Plain<R> {
    Bytes(Counted<R>),
    Gzip { begun: u64, member: Option<Box<GzDecoder<Counted<R>>>> },
}

impl<R: BufRead> Read for Plain<R> {
    /// Never reads beyond the end of a member in one go, so that whatever is buffered belongs to one.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (begun, member) = match self {
            Self::Bytes(file) => return file.read(buffer),
            Self::Gzip { begun, member } => (begun, member),
        };
        while let Some(open) = member {
            let count = open.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let Some(mut file) = member.take().map(|member| member.into_inner()) else { break };
            if !file.fill_buf()?.is_empty() {
                *begun = file.count;
                *member = Some(Box::new(GzDecoder::new(file)));
            }
        }
        Ok(0)
    }
}

/// Counts what was consumed.
struct Counted<R> {
    file: R,
    count: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.count += amount as u64;
        self.file.consume(amount);
    }
}
