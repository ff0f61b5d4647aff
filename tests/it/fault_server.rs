//! A server on the loopback that answers with scripted bytes and pauses: HTTP as it should not be.
//!
//! Written on bare sockets, since a server library would refuse to send most of what the tests need.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use socket2::SockRef;

/// What the server does next on a connection.
#[derive(Clone)]
pub(crate) enum Step {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Say nothing for a while.
    Pause(Duration),
    /// Send these bytes again and again, with a pause after each time, until the client leaves.
    Repeat(Vec<u8>, Duration),
    /// Break the connection off without a farewell.
    Reset,
}

/// A running server; it ends with the test process.
pub(crate) struct FaultServer {
    address: SocketAddr,
    seen: Arc<Seen>,
}

/// What came to the server.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Vec<u8>>>,
    arrivals: Mutex<Vec<Instant>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl FaultServer {
    /// A server that answers each request head with the steps that `script` gives for it, and then closes.
    pub(crate) fn start(script: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1", script)
    }

    /// The same at another address of the loopback.
    pub(crate) fn start_at(
        address: &str,
        script: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (script, noted) = (Arc::new(script), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                noted.connections.fetch_add(1, Ordering::SeqCst);
                let (script, noted) = (Arc::clone(&script), Arc::clone(&noted));
                thread::spawn(move || noted.answer(&stream, &*script));
            }
        });
        Self { address, seen }
    }

    /// A server that gives the same bytes to every request.
    pub(crate) fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_| vec![Step::Send(bytes.clone())])
    }

    /// The address of this path on the server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The request heads received so far.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// When each request was there, in their order.
    pub(crate) fn arrivals(&self) -> Vec<Instant> {
        self.seen.arrivals.lock().unwrap().clone()
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many requests at most were being answered at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.seen.most_at_once.load(Ordering::SeqCst)
    }
}

impl Seen {
    fn answer(&self, stream: &TcpStream, script: &dyn Fn(&str) -> Vec<Step>) {
        let head = read_head(stream);
        self.arrivals.lock().unwrap().push(now());
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        let steps = script(&String::from_utf8_lossy(&head));
        self.requests.lock().unwrap().push(head);
        // The last step may be all that the client waits for: what it asks next is not at the same time.
        let (last, before) = steps
            .split_last()
            .map_or((&[][..], &[][..]), |(last, before)| (std::slice::from_ref(last), before));
        play(stream, before);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        play(stream, last);
    }
}

/// Reads up to the empty line; a client that begins TLS sends none, and is answered at its first byte.
fn read_head(mut stream: &TcpStream) -> Vec<u8> {
    const TLS_HANDSHAKE: u8 = 0x16;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n")
        && head.first() != Some(&TLS_HANDSHAKE)
        && stream.read(&mut byte).is_ok_and(|count| count > 0)
    {
        head.push(byte[0]);
    }
    head
}

/// A client that leaves in the middle is what many tests are about, so failing writes just end the script.
fn play(mut stream: &TcpStream, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(bytes).is_err() {
                    return;
                }
            }
            Step::Pause(wait) => pause(*wait),
            Step::Reset => SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap(),
            Step::Repeat(bytes, wait) => {
                while stream.write_all(bytes).is_ok() {
                    pause(*wait);
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "when a request comes is real time to the server")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a slow peer is real time to the client under test")]
fn pause(wait: Duration) {
    thread::sleep(wait);
}
