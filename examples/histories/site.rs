//! Files to a site on the loopback that answers every request with the chosen one.
//!
//! Written on bare sockets like the demonstration's: palinode's own client meets it over real HTTP, and no server
//! library is needed for one answer at a time. It gives no validators, so that every check weighs the page itself.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The site; it ends with the program.
pub(crate) struct Site {
    address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Site {
    /// A site that answers with nothing yet.
    pub(crate) fn new() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let site = Self { address: listener.local_addr()?, answer: Arc::default() };
        let answer = Arc::clone(&site.answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A connection that breaks is told by the check that made it.
                give(&stream, &answer).ok();
            }
        });
        Ok(site)
    }

    /// Answers with this file from now on.
    pub(crate) fn serve(&self, file: &Path) -> io::Result<()> {
        let entity = std::fs::read(file)?;
        let html = file.extension().is_some_and(|extension| extension == "html");
        let kind = if html { "text/html" } else { "text/markdown" };
        let head = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            entity.len()
        );
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) =
            [head.as_bytes(), &entity].concat();
        Ok(())
    }

    /// The address of a page on it.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }
}

/// Reads the whole request before it answers: to close earlier would reset the connection.
fn give(mut stream: &TcpStream, answer: &Mutex<Vec<u8>>) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            break;
        }
    }
    stream.write_all(&answer.lock().unwrap_or_else(PoisonError::into_inner))?;
    stream.shutdown(Shutdown::Write)
}
