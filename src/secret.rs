//! A file that holds a secret to the secret: read when it is used, and never kept or shown.
//!
//! A module of its own, since those who speak to receivers, to archives and with keys must all refuse the same files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// No secret of one line is longer.
const LONGEST_LINE: u64 = 4096;

/// The secret, without the line end after it. What is wrong is said by the file's name alone.
pub fn secret(file: &Path) -> Result<String, String> {
    let text = secret_text(file, LONGEST_LINE)?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(format!("{}: it holds no secret", file.display()));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{}: it holds more than one line of a secret", file.display()));
    }
    Ok(text.to_owned())
}

/// The whole text of a file that holds a secret, of so many bytes at most. What is wrong is said by the file's name alone.
pub fn secret_text(file: &Path, longest: u64) -> Result<String, String> {
    let named = |why: &str| format!("{}: {why}", file.display());
    let failed = |why: io::Error| named(&format!("the secret cannot be read: {why}"));
    let opened = File::open(file).map_err(failed)?;
    if is_open_to_all(&opened).map_err(failed)? {
        return Err(named(
            "anybody on this machine may read the secret; `chmod o= FILE` stops that",
        ));
    }
    let mut text = String::new();
    opened.take(longest + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > longest {
        return Err(named("it is too long for a secret"));
    }
    Ok(text)
}

#[cfg(unix)]
fn is_open_to_all(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let about = file.metadata()?;
    Ok(about.is_file() && about.mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_file: &File) -> io::Result<bool> {
    Ok(false)
}
