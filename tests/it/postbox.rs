//! A mail server on the loopback: it speaks as much SMTP as it takes to be handed a mail, and keeps what it was handed.
//!
//! Our own, because the peer is a server: what is tested is what palinode says to one. A test says which answers it gives.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A running mail server; it ends with the test process.
pub(crate) struct Postbox {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Handed>>>,
}

/// One mail, and what was said before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handed {
    pub(crate) said: Vec<String>,
    /// As it came, with the dots that were doubled.
    pub(crate) lines: Vec<String>,
}

impl Postbox {
    /// A server that greets with this line and offers these lines after `EHLO`.
    pub(crate) fn start(greeting: &'static str, offers: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::<Mutex<Vec<Handed>>>::default();
        let kept = Arc::clone(&got);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut handed = Handed::default();
                // A client that leaves in the middle is one that was refused.
                let _left = converse(&stream, greeting, offers, &mut handed);
                kept.lock().unwrap().push(handed);
            }
        });
        Self { address, got }
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("smtp://{name}{}", self.address)
    }

    /// What came in conversations that have ended.
    pub(crate) fn got(&self) -> Vec<Handed> {
        self.got.lock().unwrap().clone()
    }
}

impl Handed {
    /// The header lines, each folded line joined to the one it belongs to.
    pub(crate) fn headers(&self) -> Vec<String> {
        let mut headers: Vec<String> = Vec::new();
        for line in self.lines.iter().take_while(|line| !line.is_empty()) {
            match headers.last_mut() {
                Some(last) if line.starts_with(' ') => last.push_str(line),
                _ => headers.push(line.clone()),
            }
        }
        headers
    }

    pub(crate) fn header(&self, name: &str) -> String {
        let headers = self.headers();
        let found: Vec<&String> = headers.iter().filter(|line| line.starts_with(name)).collect();
        assert_eq!(found.len(), 1, "{name} in {headers:?}");
        found[0][name.len()..].trim_start_matches(": ").to_owned()
    }

    /// The parts, their quoted-printable undone.
    pub(crate) fn parts(&self) -> Vec<String> {
        let kind = self.header("Content-Type");
        let boundary = kind.split("boundary=\"").nth(1).unwrap().trim_end_matches('"');
        let body = self.lines.join("\r\n");
        let between = body.split(&format!("--{boundary}")).skip(1).collect::<Vec<_>>();
        assert_eq!(between.last(), Some(&"--\r\n"), "the last part is the last");
        between[..between.len() - 1].iter().map(|part| undone(part)).collect()
    }
}

fn undone(part: &str) -> String {
    let (head, text) = part.trim_start().split_once("\r\n\r\n").unwrap();
    assert!(head.contains("Content-Transfer-Encoding: quoted-printable"), "{head}");
    let joined = text.replace("=\r\n", "").replace("\r\n", "\n");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn converse(
    stream: &TcpStream,
    greeting: &str,
    offers: &str,
    handed: &mut Handed,
) -> std::io::Result<()> {
    let say = |text: &str| (&*stream).write_all(format!("{text}\r\n").as_bytes());
    let mut lines = BufReader::new(stream).lines();
    say(greeting)?;
    while let Some(line) = lines.next().transpose()? {
        let word = line.split(' ').next().unwrap_or_default().to_uppercase();
        handed.said.push(line);
        match word.as_str() {
            "EHLO" => say(offers)?,
            "AUTH" => say("235 welcome")?,
            "DATA" => {
                say("354 go on")?;
                for line in lines.by_ref() {
                    match line? {
                        line if line == "." => break,
                        line => handed.lines.push(line),
                    }
                }
                say("250 taken")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
    Ok(())
}
