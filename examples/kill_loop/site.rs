//! A site on the loopback whose pages never say the same twice.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Starts it, and gives its address; it ends with the program.
pub(crate) fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for (count, stream) in listener.incoming().flatten().enumerate() {
            // A client that was killed does not hear the end.
            give(&stream, count).ok();
        }
    });
    Ok(address)
}

fn give(mut stream: &TcpStream, count: usize) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            break;
        }
    }
    let paragraphs =
        "<p>This paragraph of the report on the harbour says that all is as it was.</p>\n"
            .repeat(20);
    let body = format!(
        "<!doctype html>\n<title>The harbour</title><main><h1>The harbour</h1>\n<p>We are proud to support program \
         number {count}, and the others with it.</p>\n{paragraphs}</main>\n"
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())?;
    stream.shutdown(Shutdown::Write)
}
