//! The recordings of `snapshots/proud` to a loopback server that answers each check with the recording of its time.
//!
//! It is its own file, and a real server rather than a stand-in for the fetcher, because the demonstration is to prove
//! the program that people run: its client, its validators and its decoding see the same bytes as from any other host.
//! The recordings are compiled in, so that `palinode demo` needs neither the network nor a copy of the repository.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// One answer of the page, and when it is given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recording {
    /// The time of the check, in RFC 3339.
    pub(super) at: &'static str,
    /// The exact bytes of the response: status line, headers, entity.
    pub(super) response: &'static [u8],
}

// The time and the file's name come from the same three words, so that they cannot disagree.
macro_rules! recorded {
    ($($day:literal $hour:literal $minute:literal,)*) => {
        &[$(Recording {
            at: concat!($day, "T", $hour, ":", $minute, ":00Z"),
            response: include_bytes!(concat!(
                "../../../snapshots/proud/", $day, "T", $hour, $minute, "00Z.http"
            )),
        }),*]
    };
}

/// All recordings in the order of time. What each shows stands in `snapshots/README.md`.
pub(super) const RECORDINGS: &[Recording] = recorded![
    "2018-01-24" "09" "00",
    "2018-02-14" "09" "00",
    "2018-03-21" "09" "00",
    "2018-05-02" "09" "00",
    "2018-06-17" "21" "30",
    "2018-06-17" "23" "00",
    "2018-06-18" "15" "00",
    "2018-06-18" "17" "00",
    "2018-06-18" "19" "30",
    "2018-06-18" "22" "00",
    "2018-06-19" "08" "00",
    "2018-06-19" "10" "00",
    "2018-06-19" "13" "00",
    "2018-06-19" "16" "00",
    "2018-06-19" "19" "00",
    "2018-06-20" "09" "00",
];

/// Where the page stands on the server.
const PATH: &str = "/blog/directorate-moves-its-records";

// `/robots.txt` in particular: the 503 of the page would otherwise be read as a site that forbids every visit.
const NOT_HERE: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Longer than any request of ours; a peer that sends more is not the fetcher.
const MAX_HEAD: u64 = 64 * 1024;

/// A peer that connects and stays silent holds up the only thread, and the end of the program, no longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server on the loopback interface that gives the chosen recording to whoever asks for the page, until dropped.
#[derive(Debug)]
pub(super) struct ReplayServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    response: Mutex<&'static [u8]>,
    stopped: AtomicBool,
}

impl ReplayServer {
    /// Listens on a free port, with `first` as the recording to answer with.
    pub(super) fn start(first: &Recording) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            response: Mutex::new(first.response),
            stopped: AtomicBool::new(false),
        });
        let seen_by_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("replay".to_owned())
            .spawn(move || answer_all(&listener, &seen_by_thread))?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Answers with this recording from now on.
    pub(super) fn serve(&self, recording: &Recording) {
        // The lock guards one word, which a panic elsewhere cannot leave half written.
        *self.shared.response.lock().unwrap_or_else(PoisonError::into_inner) = recording.response;
    }

    /// The address of the page.
    pub(super) fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }
}

impl Drop for ReplayServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // `accept` has no other way out than a connection. Where none can be made, joining would wait for ever.
        let woken = TcpStream::connect_timeout(&self.address, PATIENCE).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| woken) {
            // A thread that panicked has nothing to hand over, and a drop has nobody to tell.
            thread.join().ok();
        }
    }
}

/// Answers one connection after the other: a check asks for one page at a time.
fn answer_all(listener: &TcpListener, shared: &Shared) {
    for connection in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        // A connection that breaks is the peer's to report; the next one may be sound.
        connection.and_then(|stream| answer(stream, shared)).ok();
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = request_head(&mut stream)?;
    let target = head.split(|byte| *byte == b' ').nth(1);
    let response = if target == Some(PATH.as_bytes()) {
        *shared.response.lock().unwrap_or_else(PoisonError::into_inner)
    } else {
        NOT_HERE
    };
    stream.write_all(response)?;
    stream.shutdown(Shutdown::Write)
}

/// Reads up to the empty line. To close before all is read would reset the connection and could cost the answer.
fn request_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    for byte in io::BufReader::new(stream.take(MAX_HEAD)).bytes() {
        head.push(byte?);
        if head.ends_with(b"\r\n\r\n") {
            return Ok(head);
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn ask(address: SocketAddr, target: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    #[test]
    fn every_file_of_the_folder_is_named_here_in_the_order_of_time() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/proud");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let named: Vec<String> = RECORDINGS
            .iter()
            .map(|recording| format!("{}.http", recording.at.replace(':', "")))
            .collect();
        assert_eq!(named, files);
    }

    #[test]
    fn every_recording_is_one_whole_answer_that_says_it_is_invented() {
        for Recording { at, response } in RECORDINGS {
            let end = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
            let head = std::str::from_utf8(&response[..end]).unwrap();
            let header = |name| head.lines().find_map(|line| line.strip_prefix(name));
            assert!(head.starts_with("HTTP/1.1 "), "{at}");
            assert_eq!(head.matches('\n').count(), head.matches("\r\n").count(), "{at}");
            assert_eq!(header("Connection: "), Some("close"), "{at}");
            assert!(header("X-Recording: ").is_some_and(|said| said.contains("invented")), "{at}");
            let length = header("Content-Length: ").map(|digits| digits.parse().unwrap());
            assert_eq!(length.unwrap_or(0), response.len() - end, "{at}");
            assert_eq!(length.is_none(), head.starts_with("HTTP/1.1 304"), "{at}");
        }
    }

    #[test]
    fn the_page_is_answered_with_the_chosen_recording_and_nothing_else_is_there() {
        let server = ReplayServer::start(&RECORDINGS[0]).unwrap();
        assert!(server.url().ends_with(PATH));
        assert_eq!(ask(server.address, PATH), RECORDINGS[0].response);
        for recording in RECORDINGS {
            server.serve(recording);
            assert_eq!(ask(server.address, PATH), recording.response);
            assert_eq!(ask(server.address, "/robots.txt"), NOT_HERE);
        }
    }

    #[test]
    fn a_peer_that_breaks_off_does_not_stop_the_server() {
        let server = ReplayServer::start(&RECORDINGS[0]).unwrap();
        TcpStream::connect(server.address).unwrap().write_all(b"GET /").unwrap();
        assert_eq!(ask(server.address, PATH), RECORDINGS[0].response);
    }

    #[test]
    fn a_dropped_server_no_longer_listens() {
        let server = ReplayServer::start(&RECORDINGS[0]).unwrap();
        let address = server.address;
        drop(server);
        assert!(TcpStream::connect(address).is_err());
    }
}
