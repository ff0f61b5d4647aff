//! An archive on the loopback that takes orders to save pages: what it answers to each question is what the test has set.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

/// A request, as it came: its first line, its keys and its body; and whether a file was there then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) line: String,
    pub(crate) keys: Option<String>,
    pub(crate) body: String,
    pub(crate) after_file: bool,
}

/// The archive; it ends with the test process.
pub(crate) struct SaveServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: BTreeMap<&'static str, String>,
    came: Vec<Came>,
    file: Option<PathBuf>,
}

impl SaveServer {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &shared);
            }
        });
        let server = Self { address, state };
        server.says("order", 200, "", r#"{"url":"x","job_id":"spn2-7"}"#);
        server.says("job", 200, "", r#"{"status":"pending","job_id":"spn2-7"}"#);
        server.says("list", 200, "", "[]");
        server
    }

    /// The address that its captures begin with.
    pub(crate) fn archive(&self) -> String {
        format!("http://{}/web/", self.address)
    }

    /// What it answers from now on to an `order`, to a question after a `job`, or for its `list`.
    pub(crate) fn says(&self, to: &'static str, status: u16, headers: &str, body: &str) {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.state.lock().unwrap().answers.insert(to, text);
    }

    /// It lists a capture of this address.
    pub(crate) fn lists(&self, at: &str, url: &str) {
        let names =
            r#"["urlkey","timestamp","original","mimetype","statuscode","digest","length"]"#;
        let row = format!(r#"["k","{at}","{url}","text/html","200","AAA","3"]"#);
        self.says("list", 200, "", &format!("[{names},{row}]"));
    }

    /// From now on it notes with each request whether this file is there.
    pub(crate) fn looks_for(&self, file: PathBuf) {
        self.state.lock().unwrap().file = Some(file);
    }

    /// What came since the last time.
    pub(crate) fn came(&self) -> Vec<Came> {
        std::mem::take(&mut self.state.lock().unwrap().came)
    }

    /// The first lines of what came since the last time, without the address of the page.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |came: Came| came.line.split(['?', '#']).next().unwrap().to_owned();
        self.came().into_iter().map(line).collect()
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let (head, body) = read(&mut stream);
    let mut state = state.lock().unwrap();
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let named = head.lines().find(|line| line.to_lowercase().starts_with("authorization:"));
    let keys = named.map(|line| line.split_once(": ").unwrap().1.to_owned());
    let after_file = state.file.as_ref().is_some_and(|file| file.exists());
    let to = match line.as_str() {
        "POST /save" => "order",
        line if line.starts_with("GET /save/status/") => "job",
        line if line.starts_with("GET /cdx/search/cdx?") => "list",
        other => panic!("it was asked {other}"),
    };
    state.came.push(Came { line, keys, body, after_file });
    // Who was told to go away may be gone already.
    let _gone = stream.write_all(state.answers[to].as_bytes());
}

fn read(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let lower = head.to_lowercase();
    let length = lower
        .split("content-length: ")
        .nth(1)
        .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}
