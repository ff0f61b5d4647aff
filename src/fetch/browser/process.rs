//! A program to a running browser that nobody else can talk to, and to its end: the process, its pipes and its profile.
//!
//! The pipes, and not a port: any user of the machine may connect to a port of the loopback. Chromium wants them as its
//! descriptors 3 and 4, which a line of shell makes of standard input and output, without unsafe code. When palinode
//! dies, however it dies, they close, and a browser whose pipe has closed ends by itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::process::{Child, Command};

use super::devtools::Wire;
use super::{Browser, Sandbox, broken};
use crate::fetch::Failure;

/// A browser that is running; dropped, it is killed.
pub(super) struct Process {
    pub(super) wire: Wire,
    child: Child,
    // After the child: what it writes to is removed once it is killed.
    _profile: Profile,
}

/// No part of the browser may reach a network, remember anything, or look different on another machine.
const FLAGS: [&str; 24] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=socks5://nowhere.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    // It would ask for https where the page is http.
    "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
    "--disable-gpu",
    "--disable-sync",
    // Killed, it is gone: no part of it goes on to write.
    "--enable-features=NetworkServiceInProcess2",
    // What a page stores, it stores in memory.
    "--incognito",
    "--lang=en-US",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    // High, because pages like to leave out what is not in sight.
    "--window-size=1280,4096",
];

/// Everything that the shell is asked to do.
const AS_3_AND_4: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

/// A browser that was asked to end is killed after so long.
const PATIENCE: Duration = Duration::from_secs(3);

impl Process {
    /// Starts the program. No message of it may be longer than what stands for `most` bytes of text.
    pub(super) fn start(program: &Path, browser: &Browser, most: usize) -> Result<Self, Failure> {
        let not_started = |why: io::Error| broken(format!("the browser cannot be started: {why}"));
        let profile = Profile::new(&browser.scratch).map_err(not_started)?;
        let folder = &profile.0;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", AS_3_AND_4]).arg(program).args(FLAGS);
        if browser.sandbox == Sandbox::Without {
            command.arg("--no-sandbox");
        }
        command.arg(format!("--user-data-dir={}", folder.display())).arg("about:blank");
        // Whatever it keeps outside of its profile, it keeps there too.
        command.env("HOME", folder).env("TMPDIR", folder).env("LANG", "C.UTF-8").env("TZ", "UTC");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.kill_on_drop(true);
        // A person's Ctrl-C is for palinode, which then ends the browser in good order.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(not_started)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or_else(|| broken("the browser has no pipes"))?;
        Ok(Self { wire: Wire::new(to, from, most), child, _profile: profile })
    }

    /// Ends it, and waits until it has: nothing of it is left behind.
    pub(super) async fn end(mut self) {
        let asked = async {
            drop(self.wire.send(None, "Browser.close", &json!({})).await);
            drop(self.child.wait().await);
        };
        if tokio::time::timeout(PATIENCE, asked).await.is_err() {
            drop(self.child.kill().await);
        }
    }
}

/// A folder for one visit, removed with all that is in it.
struct Profile(PathBuf);

/// So many names are tried: those in use by other visits, or left by a palinode that was killed.
const NAMES: u32 = 1000;

impl Profile {
    /// A folder that was not there before: what another user has laid out under that name is not used.
    fn new(scratch: &Path) -> io::Result<Self> {
        let mut made = Err(io::Error::other("there is no room for a profile"));
        for number in 1..=NAMES {
            let mut name = scratch.as_os_str().to_owned();
            name.push(format!("-browser-{number}"));
            made = make(Path::new(&name)).map(|()| Self(name.into()));
            if !matches!(&made, Err(why) if why.kind() == io::ErrorKind::AlreadyExists) {
                break;
            }
        }
        made
    }
}

fn make(folder: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes to set"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

impl Drop for Profile {
    fn drop(&mut self) {
        // The last parts of a browser that was killed may still be writing, and removing, what is in it.
        for _ in 0..TRIES {
            if fs::remove_dir_all(&self.0).is_ok() || !self.0.exists() {
                return;
            }
            std::thread::yield_now();
        }
    }
}

/// A visit that is broken off does not wait for its end; so many tries are some tenths of a second.
const TRIES: u32 = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_nobody_elses_and_does_not_last() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("scratch");
        fs::create_dir(folder.path().join("scratch-browser-1")).unwrap();
        let [one, other] = [Profile::new(&scratch), Profile::new(&scratch)].map(Result::unwrap);
        assert!(one.0.ends_with("scratch-browser-2") && other.0.ends_with("scratch-browser-3"));
        drop((one, other));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(Profile::new(&folder.path().join("none/scratch")).is_err());
    }
}
