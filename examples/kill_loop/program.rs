//! Where the program is that an example runs.

use std::io;
use std::path::{Path, PathBuf};

/// `target/debug/palinode`, beside `target/debug/examples/…`.
pub(crate) fn beside() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent);
    let binary = folder.map(|folder| folder.join("palinode")).filter(|binary| binary.exists());
    binary.ok_or_else(|| {
        io::Error::other("there is no palinode beside this example: `cargo build` makes it")
    })
}
