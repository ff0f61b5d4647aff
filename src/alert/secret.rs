//! A file that holds a secret to the secret: read when it is used, and never kept or shown.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// No secret is longer.
const LONGEST: u64 = 4096;

/// The secret, without the line end after it. What is wrong is said by the file's name alone.
pub(super) fn secret(file: &Path) -> Result<String, String> {
    let named = |why: &str| format!("{}: {why}", file.display());
    let failed = |why: io::Error| named(&format!("the secret cannot be read: {why}"));
    let opened = File::open(file).map_err(failed)?;
    if is_open_to_all(&opened).map_err(failed)? {
        return Err(named(
            "anybody on this machine may read the secret; `chmod o= FILE` stops that",
        ));
    }
    let mut text = String::new();
    opened.take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(named("it holds no secret"));
    }
    if text.len() as u64 > LONGEST || text.chars().any(char::is_control) {
        return Err(named("it holds more than one line of a secret"));
    }
    Ok(text.to_owned())
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
