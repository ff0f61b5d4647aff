//! A receiver of webhooks on the loopback: it keeps each request with its body, and answers as a test says.
//!
//! Apart from the fault server, which reads no bodies: it plays sites, and nobody posts to those.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A running receiver; it ends with the test process.
pub(crate) struct Receiver {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Posted>>>,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Receiver {
    /// A receiver that gives this answer to a request that so many came before; an empty answer closes the connection.
    pub(crate) fn start(answer: impl Fn(usize) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::<Mutex<Vec<Posted>>>::default();
        let kept = Arc::clone(&got);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(posted) = read(&stream) else { continue };
                let before = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(posted);
                    kept.len() - 1
                };
                // One who was killed does not hear the answer.
                drop((&stream).write_all(answer(before).as_bytes()));
            }
        });
        Self { address, got }
    }

    /// One that hears all.
    pub(crate) fn willing() -> Self {
        Self::start(|_| status(204, ""))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came so far.
    pub(crate) fn got(&self) -> Vec<Posted> {
        self.got.lock().unwrap().clone()
    }
}

/// An answer of this status with these header lines.
pub(crate) fn status(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n")
}

impl Posted {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

fn read(stream: &TcpStream) -> Option<Posted> {
    let mut reader = BufReader::new(stream);
    let mut next = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    };
    let line = next().filter(|line| !line.is_empty())?;
    let mut headers = Vec::new();
    while let Some((name, value)) = next()?.split_once(": ") {
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Posted { line, headers, body: String::from_utf8(body).unwrap() })
}
