//! Clients of `palinode serve` that say nothing, or too much: they are let go, and others are answered.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::history::told;
use crate::visitor::Visitor;

/// More than there are threads would keep others waiting until their time is over.
const SILENT: usize = 8;

#[test]
fn clients_that_say_nothing_or_too_much_are_let_go() {
    let visitor = Visitor::of(told());
    let address = visitor.url("").replace("http://", "");
    let connect = || TcpStream::connect(&address).unwrap();
    let silent: Vec<TcpStream> = (0..SILENT).map(|_| connect()).collect();
    let mut dripping = connect();
    dripping.write_all(b"GET / HTTP/1.1\r\nHost: lo").unwrap();
    assert_eq!(visitor.get("/").status, 200, "others are answered meanwhile");
    for too_much in [
        format!("GET / HTTP/1.1\r\nHost: {address}\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)),
        format!("GET / HTTP/1.1\r\nHost: {address}\r\n{}\r\n", "X: y\r\n".repeat(1000)),
        format!("GET /{} HTTP/1.1\r\nHost: {address}\r\n\r\n", "x".repeat(1 << 20)),
    ] {
        let mut stream = connect();
        // It may hang up before all of that was said.
        stream.write_all(too_much.as_bytes()).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    let mut posting = connect();
    write!(posting, "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: 1073741824\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    posting.read_to_string(&mut answer).ok();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    // Their time ends: each is hung up on without having said a word.
    for mut stream in silent.into_iter().chain([dripping]) {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 408 "),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    assert_eq!(visitor.get("/").status, 200);
}
