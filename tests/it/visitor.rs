//! Somebody who asks `palinode serve`: real requests over the loopback to a server in this process.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use palinode::clock::{Clock, Timestamp};
use palinode::serve::{Gate, Server, Token};

use crate::world::World;

/// A server of a world's history; it ends with the test process.
pub(crate) struct Visitor {
    address: SocketAddr,
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-04-01T12:00:00Z".parse().unwrap()
    }
}

impl Visitor {
    /// A server that asks for no token.
    pub(crate) fn of(world: &World) -> Self {
        Self::with(world, Gate { hosts: Vec::new(), token: None })
    }

    /// A server that asks for this token.
    pub(crate) fn with_token(world: &World, token: &str) -> Self {
        Self::with(world, Gate { hosts: Vec::new(), token: Token::new(token) })
    }

    fn with(world: &World, gate: Gate) -> Self {
        let any = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(any, gate, &world.store()).unwrap();
        let address = server.address();
        std::thread::spawn(move || server.run(&Noon));
        Self { address }
    }

    /// The whole address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The body of what must be there.
    #[track_caller]
    pub(crate) fn body(&self, path: &str) -> String {
        let got = self.get(path);
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        got.body
    }

    /// What a path gives.
    pub(crate) fn get(&self, path: &str) -> Got {
        self.ask("GET", path, "")
    }

    /// What a request gives, with more headers, each ended by CR LF.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str) -> Got {
        let host = if headers.contains("Host:") {
            String::new()
        } else {
            format!("Host: {}\r\n", self.address)
        };
        self.send(&format!("{method} {path} HTTP/1.1\r\n{host}{headers}\r\n"))
    }

    /// What these bytes give.
    pub(crate) fn send(&self, request: &str) -> Got {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let bytes = answer.split_off(end + 4);
        Got { status, head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }
}

impl Got {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}
