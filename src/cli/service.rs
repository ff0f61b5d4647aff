//! What a process that runs for long is asked and asks: when to stop, how to sleep, and what a supervisor hears.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Stop;

/// A way to let time go by.
pub type Sleep = dyn Fn(Duration, &Stop) + Send + Sync;

/// How a command that runs for long hears of the world.
#[derive(Clone)]
pub struct Service {
    /// Whether somebody asked for the end.
    pub stop: Stop,
    /// Lets the signals that ask for the end ask for it; a command that can end in good order calls it.
    pub heed: fn(&Stop),
    /// Sleeps for so long, or until somebody asks for the end.
    pub sleep: Arc<Sleep>,
    /// Where a supervisor listens: what systemd names in `NOTIFY_SOCKET`.
    pub notify: Option<PathBuf>,
    /// A supervisor that hears nothing for so long starts the process anew.
    pub watchdog: Option<Duration>,
}

/// What a supervisor is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Notice {
    Ready,
    Alive,
    Stopping,
}

impl Default for Service {
    /// Nobody asks, nobody listens, and no time goes by.
    fn default() -> Self {
        let sleep = Arc::new(|_, _: &Stop| {});
        Self { stop: Stop::default(), heed: |_| {}, sleep, notify: None, watchdog: None }
    }
}

impl Service {
    /// Sleeps, telling the supervisor now and then that all is well.
    pub(super) fn rest(&self, span: Duration) {
        let slice =
            self.watchdog.map_or(span, |watchdog| watchdog / 3).max(Duration::from_millis(1));
        let mut left = span;
        while !left.is_zero() && !self.stop.is_asked() {
            self.notify(Notice::Alive);
            let part = left.min(slice);
            (self.sleep)(part, &self.stop);
            left = left.saturating_sub(part);
        }
    }

    /// Tells the supervisor; one that is not there, or no longer listens, is no reason to stop.
    pub(super) fn notify(&self, notice: Notice) {
        let text = match notice {
            Notice::Ready => "READY=1",
            Notice::Alive if self.watchdog.is_none() => return,
            Notice::Alive => "WATCHDOG=1",
            Notice::Stopping => "STOPPING=1",
        };
        if let Some(socket) = &self.notify {
            drop(send(socket, text.as_bytes()));
        }
    }
}

/// A name that begins with `@` is one of Linux's that are in no folder.
#[cfg(target_os = "linux")]
fn send(socket: &std::path::Path, text: &[u8]) -> std::io::Result<usize> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let address = match socket.as_os_str().as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(text, &address)
}

#[cfg(not(target_os = "linux"))]
fn send(_socket: &std::path::Path, _text: &[u8]) -> std::io::Result<usize> {
    Ok(0)
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("stop", &self.stop).finish_non_exhaustive()
    }
}
