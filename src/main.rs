//! Builds the real world (clock, terminal, environment) and hands it to the library: the only file that reads them.

use std::env;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{panic, thread};

use palinode::cli::{self, Letters, Pager, Reader, Service, Surroundings, Watcher, World};
use palinode::clock::{Clock, Stop, Timestamp};
use palinode::extract::PDF_THREAD;
use palinode::fetch::{Browser, Limits, Sandbox};
use palinode::views::{Hyperlinks, Ink};
use supports_hyperlinks::Stream;

fn main() -> ExitCode {
    hear_panics();
    outlive_size_limits();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut err = io::stderr();
    let mut world =
        World { clock: &SystemClock, out: &mut out, err: &mut err, surroundings: surroundings() };
    let exit = cli::run(env::args_os(), &mut world);
    // A pipe that was closed early is no failure: its reader has seen enough.
    drop(out.flush());
    exit.into()
}

/// A file that makes the reader of PDF panic is held with the reason, and that is all there is to say of it.
fn hear_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |why| {
        if thread::current().name() != Some(PDF_THREAD) {
            usual(why);
        }
    }));
}

/// A file that would grow beyond the limit of this process is a write that fails, and is told; it is no reason to die.
fn outlive_size_limits() {
    #[cfg(unix)]
    drop(signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default()));
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the clock that everything else is given"
        )]
        let now = SystemTime::now();
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

fn surroundings() -> Surroundings {
    let reader = if io::stdout().is_terminal() { Reader::Person } else { Reader::Pipe };
    let pager = if reader == Reader::Person { pager() } else { None };
    let styled = reader == Reader::Person
        && variable("NO_COLOR").is_none()
        && variable("TERM").is_none_or(|term| term != "dumb");
    // Others than less print the sequence instead of passing it on.
    let passes = pager
        .as_ref()
        .is_none_or(|pager| Path::new(&pager.program).file_stem() == Some("less".as_ref()));
    let led = styled && passes && supports_hyperlinks::on(Stream::Stdout);
    let scratch = env::temp_dir().join(format!("palinode-{}", std::process::id()));
    Surroundings {
        store: store(),
        browser: browser(&scratch),
        scratch,
        width: terminal_size::terminal_size()
            .map_or(100, |(width, _)| usize::from(width.0))
            .clamp(40, 120),
        ink: if styled { Ink::Colour } else { Ink::Plain },
        hyperlinks: if led { Hyperlinks::Written } else { Hyperlinks::Left },
        letters: letters(),
        reader,
        pager,
        watcher: if io::stderr().is_terminal() { Watcher::Person } else { Watcher::Nobody },
        limits: Limits::default(),
        service: service(),
    }
}

/// `PALINODE_PAGER`, else `PAGER`, else less; none where one of them is empty or `cat`.
fn pager() -> Option<Pager> {
    #[expect(clippy::disallowed_methods, reason = "only main reads the environment")]
    let named = env::var("PALINODE_PAGER").or_else(|_| env::var("PAGER"));
    let named = named.unwrap_or_else(|_| "less -FRX".to_owned());
    let mut words = shlex::split(&named)?.into_iter();
    let program = words.next().filter(|program| program != "cat")?;
    // As Git has it: whoever has not said how less is to behave gets colours, and no pager for a few lines.
    let usual = [("LESS", "FRX"), ("LESSCHARSET", "utf-8"), ("LV", "-c")];
    let variables = usual.into_iter().filter(|(name, _)| variable(name).is_none()).collect();
    Some(Pager { program, arguments: words.collect(), variables, starts: leave_interrupts })
}

/// Ctrl-C goes to every program of the terminal: the pager answers it, and must not be left without palinode.
fn leave_interrupts() {
    #[cfg(unix)]
    drop(signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::default()));
}

/// What the locale says; on systems without one, Unicode.
fn letters() -> Letters {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    let is_unicode = locale.map_or(cfg!(not(unix)), |locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    if is_unicode { Letters::Unicode } else { Letters::Ascii }
}

/// `PALINODE_BROWSER`, else what is found on `PATH`.
fn browser(scratch: &Path) -> Browser {
    #[expect(clippy::disallowed_methods, reason = "only main reads the environment")]
    let path = env::var_os("PATH");
    Browser {
        program: variable("PALINODE_BROWSER").map(PathBuf::from),
        path,
        scratch: scratch.to_owned(),
        sandbox: if is_root() { Sandbox::Without } else { Sandbox::Kept },
    }
}

/// Chromium runs as root only without its sandbox, and only Linux has it so.
fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    return std::fs::metadata("/proc/self")
        .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    #[cfg(not(target_os = "linux"))]
    false
}

fn service() -> Service {
    let micros = variable("WATCHDOG_USEC").and_then(|text| text.parse().ok());
    // systemd names the process that the watchdog is for; a child of that one must not feed it.
    let own = std::process::id().to_string();
    let is_ours = variable("WATCHDOG_PID").is_none_or(|process| process == own);
    Service {
        stop: Stop::default(),
        heed: heed_signals,
        sleep: Arc::new(sleep),
        notify: variable("NOTIFY_SOCKET").map(PathBuf::from),
        watchdog: micros.filter(|_| is_ours).map(Duration::from_micros),
    }
}

/// The first SIGTERM or SIGINT asks for the end, a second one does not ask.
fn heed_signals(stop: &Stop) {
    #[cfg(unix)]
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        drop(signal_hook::flag::register_conditional_default(signal, stop.flag()));
        drop(signal_hook::flag::register(signal, stop.flag()));
    }
}

/// In short naps, since a signal sets a flag and wakes nobody.
fn sleep(span: Duration, stop: &Stop) {
    const NAP: Duration = Duration::from_millis(200);
    let mut left = span;
    while !left.is_zero() && !stop.is_asked() {
        let nap = left.min(NAP);
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the waiting that everything else is given"
        )]
        thread::sleep(nap);
        left -= nap;
    }
}

/// `PALINODE_DB`, else the user's data folder after the XDG rules.
fn store() -> Option<PathBuf> {
    let named = variable("PALINODE_DB").map(PathBuf::from);
    let data =
        || variable("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    named.or_else(|| data().or_else(home).map(|folder| folder.join("palinode/palinode.db")))
}

fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "only main reads the environment")]
    let value = env::var(name);
    value.ok().filter(|value| !value.is_empty())
}
