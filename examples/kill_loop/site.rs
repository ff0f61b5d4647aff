//! A site on the loopback whose pages never say the same twice.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

/// So many requests after it was said, a paragraph says something new.
const PARAGRAPHS: usize = 20;

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
    // Another paragraph each time: what changes with every look would not be told.
    let paragraphs: Vec<String> = (0..PARAGRAPHS)
        .map(|line| {
            let said = count.saturating_sub((count + line) % PARAGRAPHS);
            format!("<p>In berth {line} of the harbour lies ship number {said}, which says so.</p>")
        })
        .collect();
    let paragraphs = paragraphs.join("\n");
    let body = format!(
        "<!doctype html>\n<title>The harbour</title><main><h1>The harbour</h1>\n{paragraphs}</main>\n"
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())?;
    stream.shutdown(Shutdown::Write)
}
