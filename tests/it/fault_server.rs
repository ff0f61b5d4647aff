//! A server on the loopback that answers with scripted bytes and pauses: HTTP as it should not be.
//!
//! Written on bare sockets, since a server library would refuse to send most of what the tests need.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does next on a connection.
#[derive(Clone)]
pub(crate) enum Step {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Say nothing for a while.
    Pause(Duration),
    /// Send these bytes again and again, with a pause after each time, until the client leaves.
    Repeat(Vec<u8>, Duration),
}

/// A running server; it ends with the test process.
pub(crate) struct FaultServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FaultServer {
    /// A server that answers each request head with the steps that `script` gives for it, and then closes.
    pub(crate) fn start(script: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, noted) = (Arc::new(script), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, noted) = (Arc::clone(&script), Arc::clone(&noted));
                thread::spawn(move || {
                    let head = read_head(&stream);
                    let steps = script(&String::from_utf8_lossy(&head));
                    noted.lock().unwrap().push(head);
                    play(stream, steps);
                });
            }
        });
        Self { address, requests }
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
        self.requests.lock().unwrap().clone()
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
fn play(mut stream: TcpStream, steps: Vec<Step>) {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(&bytes).is_err() {
                    return;
                }
            }
            Step::Pause(wait) => pause(wait),
            Step::Repeat(bytes, wait) => {
                while stream.write_all(&bytes).is_ok() {
                    pause(wait);
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow peer is real time to the client under test")]
fn pause(wait: Duration) {
    thread::sleep(wait);
}
