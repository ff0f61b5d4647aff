//! What waits for many answers on one thread: the same for whoever asks the network.
//!
//! Its own file, because tokio panics where a process may open no more files: so it is looked for first.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// A runtime of this thread, or why there is none.
pub fn runtime() -> io::Result<Runtime> {
    room()?;
    Builder::new_current_thread().enable_all().build()
}

/// As many files as a runtime opens for itself, opened and closed again.
#[cfg(unix)]
fn room() -> io::Result<()> {
    use std::os::unix::net::UnixStream;
    let pairs = [UnixStream::pair(), UnixStream::pair(), UnixStream::pair(), UnixStream::pair()];
    pairs.into_iter().try_for_each(|pair| pair.map(drop))
}

#[cfg(not(unix))]
fn room() -> io::Result<()> {
    Ok(())
}
