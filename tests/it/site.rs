//! A web site on the loopback whose pages a test changes between two checks.
//!
//! It is honest HTTP over the fault server's sockets: a page with an `ETag` answers 304 to whoever names it. What was
//! asked is kept to the byte.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::fault_server::{FaultServer, Step};

/// The site; it ends with the test process.
pub(crate) struct Site {
    server: FaultServer,
    pages: Arc<Mutex<BTreeMap<String, Reply>>>,
}

/// What a path answers.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
}

impl Site {
    /// A site without pages.
    pub(crate) fn new() -> Self {
        Self::at("127.0.0.1")
    }

    /// A site at this address of the loopback.
    pub(crate) fn at(address: &str) -> Self {
        let pages: Arc<Mutex<BTreeMap<String, Reply>>> = Arc::default();
        let known = Arc::clone(&pages);
        let server = FaultServer::start_at(address, move |head| {
            let path = head.split(' ').nth(1).unwrap_or_default();
            let reply = known.lock().unwrap().get(path).cloned();
            reply.unwrap_or_else(|| Reply::status(404)).steps(head)
        });
        Self { server, pages }
    }

    /// The site with this page on it from now on.
    pub(crate) fn put(&self, path: &str, reply: Reply) -> &Self {
        self.pages.lock().unwrap().insert(path.to_owned(), reply);
        self
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.server.connections()
    }

    /// The heads of the requests for pages so far, as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut heads = self.all_requests();
        heads.retain(|head| !head.starts_with("GET /robots.txt "));
        heads
    }

    /// The same with the requests for what a site says to robots.
    pub(crate) fn all_requests(&self) -> Vec<String> {
        let heads = self.server.requests();
        heads.iter().map(|head| String::from_utf8_lossy(head).into_owned()).collect()
    }
}

impl Reply {
    /// A status without a body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), delay: Duration::ZERO }
    }

    /// A body of this kind.
    pub(crate) fn of(kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }.with("Content-Type", kind)
    }

    /// An HTML page.
    pub(crate) fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::of("text/html; charset=utf-8", body)
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same under another status.
    pub(crate) fn under_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same after a while.
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// What a server does to give it to this request.
    pub(crate) fn steps(&self, request: &str) -> Vec<Step> {
        vec![Step::Pause(self.delay), Step::Send(self.bytes(self.is_known_to(request)))]
    }

    /// Whether the request names this very `ETag`.
    fn is_known_to(&self, request: &str) -> bool {
        let etag = self.headers.iter().find(|(name, _)| name == "ETag");
        etag.is_some_and(|(_, value)| request.contains(&format!("\r\nif-none-match: {value}\r\n")))
    }

    fn bytes(&self, known: bool) -> Vec<u8> {
        let (status, body): (_, &[u8]) = if known { (304, b"") } else { (self.status, &self.body) };
        let length = (!known).then(|| ("Content-Length".to_owned(), body.len().to_string()));
        let mut answer = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
        for (name, value) in length.iter().chain(&self.headers) {
            answer.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        [(answer + "\r\n").as_bytes(), body].concat()
    }
}

/// A page of one article: its title, which is its heading too, and its paragraphs.
pub(crate) fn article(title: &str, paragraphs: &[&str]) -> Reply {
    Reply::html(article_html(title, paragraphs))
}

/// The HTML of [`article`].
pub(crate) fn article_html(title: &str, paragraphs: &[&str]) -> String {
    let paragraphs = format!("<p>{}</p>\n", paragraphs.join("</p>\n<p>"));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body><main><article><h1>{title}</h1>\n{paragraphs}</article></main></body></html>\n"
    )
}
