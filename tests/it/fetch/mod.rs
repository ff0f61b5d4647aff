//! The fetcher against a server that says what it is told to: what is asked, where it leads, what is kept.

mod faults;

use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use palinode::clock::{Clock, Timestamp};
use palinode::fetch::{
    Answer, FailureClass, Fetched, Fetcher, FetcherSettings, Limits, Manners, Reach, Request,
    Robots, Scripts, Validators, decode,
};

use crate::fault_server::{FaultServer, Step};

/// A clock that moves by a second each time it is read.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1000, Ordering::Relaxed))
    }
}

/// Long enough for a busy machine; only the test of waiting uses less.
fn patient() -> Limits {
    Limits { entity: 64 << 10, ..Limits::default() }
}

fn request(url: &str) -> Request {
    let url = url.parse().unwrap();
    Request {
        url,
        headers: Vec::new(),
        validators: None,
        reach: Reach::Anywhere,
        robots: Robots::Ignored,
        scripts: Scripts::Ignored,
    }
}

async fn fetch_within(limits: Limits, request: &Request) -> Fetched {
    let contact = Some("mailto:me@example.org".to_owned());
    let fetcher =
        Fetcher::new(FetcherSettings { contact, limits, ..FetcherSettings::default() }).unwrap();
    let manners = Manners::new(Duration::ZERO, Vec::new(), Vec::new());
    fetcher.fetch(request, &manners, &Ticking(AtomicI64::new(0))).await.unwrap()
}

async fn fetch(request: &Request) -> Fetched {
    fetch_within(patient(), request).await
}

async fn answer(request: &Request) -> Answer {
    match fetch(request).await {
        Fetched::Answer(answer) => *answer,
        other => panic!("no answer but {other:?}"),
    }
}

async fn failure(url: &str) -> (FailureClass, String) {
    match fetch(&request(url)).await {
        Fetched::Failed { failure, .. } => (failure.class, failure.detail),
        other => panic!("no failure but {other:?}"),
    }
}

fn page(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn redirect(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn path_of(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test]
async fn an_answer_is_kept_as_sent() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"<p>the page</p>").unwrap();
    let entity = gzip.finish().unwrap();
    let mut sent = format!(
        "HTTP/1.1 203 Whatever\r\nConnection: close\r\nContent-Encoding: gzip\r\nETag: W/\"\u{e9}\"\r\nContent-Length: {}\r\n\r\n",
        entity.len()
    )
    .into_bytes();
    sent.extend_from_slice(&entity);
    let server = FaultServer::saying(sent);
    let answer = answer(&request(&server.url("/page"))).await;
    assert_eq!(answer.entity, entity);
    assert_eq!(answer.head.get("etag"), Some("W/\"é\"".as_bytes()));
    assert_eq!((answer.status, answer.url.as_str()), (203, server.url("/page").as_str()));
    assert!(answer.asked_at < answer.at);
    assert!(answer.remote.is_some_and(|remote| remote.ip().is_loopback()));
    let decoded = decode(&answer.entity, &answer.head, &Limits::default()).unwrap();
    assert_eq!(*decoded, *b"<p>the page</p>");
}

#[tokio::test]
async fn the_server_sees_who_asks_and_what_for() {
    let server = FaultServer::saying(page("x"));
    let mut request = request(&server.url("/page?q=1"));
    request.headers =
        vec![("X-Key".to_owned(), "k".to_owned()), ("Accept-Language".to_owned(), "de".to_owned())];
    answer(&request).await;
    let seen = String::from_utf8(server.requests().remove(0)).unwrap().to_lowercase();
    assert!(seen.starts_with("get /page?q=1 http/1.1\r\n"), "{seen}");
    for line in [
        concat!("user-agent: palinode/", env!("CARGO_PKG_VERSION"), " (+mailto:me@example.org)"),
        "accept-encoding: gzip, deflate;q=0.9, br;q=0.5, zstd;q=0.5",
        "accept-language: de",
        "x-key: k",
    ] {
        assert!(seen.contains(&format!("\r\n{line}\r\n")), "{line} in {seen}");
    }
    for absent in
        ["if-none-match", "if-modified-since", "referer", "cookie", "q=0.5\r\naccept-language: en"]
    {
        assert!(!seen.contains(absent), "{absent} in {seen}");
    }
}

#[tokio::test]
async fn validators_are_sent_byte_for_byte_and_a_304_is_believed() {
    let server = FaultServer::saying("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    let mut request = request(&server.url("/page"));
    request.validators = Some(Validators {
        url: server.url("/page").parse().unwrap(),
        etag: Some(b"W/\"\xe9\"".to_vec()),
        last_modified: Some(b"1800".to_vec()),
    });
    assert!(matches!(fetch(&request).await, Fetched::NotModified { .. }));
    let seen = server.requests().remove(0);
    assert!(has(&seen, b"\r\nif-none-match: W/\"\xe9\"\r\n"));
    assert!(has(&seen, b"\r\nif-modified-since: 1800\r\n"));
}

#[tokio::test]
async fn a_304_to_an_unconditional_request_is_no_answer() {
    let server = FaultServer::saying("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    assert_eq!(failure(&server.url("/")).await.0, FailureClass::Protocol);
    let mut others = request(&server.url("/"));
    others.validators = Some(Validators {
        url: server.url("/other").parse().unwrap(),
        etag: Some(b"\"1\"".to_vec()),
        last_modified: None,
    });
    assert!(matches!(fetch(&others).await, Fetched::Failed { .. }));
    assert!(!has(&server.requests()[1], b"if-none-match"));
}

#[tokio::test]
async fn redirects_are_followed_and_noted() {
    let server = FaultServer::start(|head| {
        vec![Step::Send(match path_of(head) {
            "/a" => redirect("/b?x#part"),
            "/b?x" => redirect("c"),
            _ => page("here"),
        })]
    });
    let answer = answer(&request(&server.url("/a"))).await;
    assert_eq!(answer.url.as_str(), server.url("/c"));
    let hops: Vec<_> =
        answer.redirects.iter().map(|hop| (hop.status, hop.url.as_str().to_owned())).collect();
    assert_eq!(hops, [(302, server.url("/a")), (302, server.url("/b?x"))]);
}

#[tokio::test]
async fn redirects_that_lead_nowhere_fail() {
    let server = FaultServer::start(|head| {
        let path = path_of(head);
        vec![Step::Send(match path {
            "/loop" => redirect("/pool"),
            "/pool" => redirect("/loop"),
            "/file" => redirect("file:///etc/passwd"),
            "/nowhere" => b"HTTP/1.1 302 Found\r\nConnection: close\r\n\r\n".to_vec(),
            _ => redirect(&format!("{path}x")),
        })]
    });
    for (path, detail) in [
        ("/loop", "loop"),
        ("/file", "neither http nor https"),
        ("/nowhere", "without a target"),
        ("/ever-longer", "more redirects than allowed"),
    ] {
        let (class, found) = failure(&server.url(path)).await;
        assert_eq!(class, FailureClass::Redirect, "{path}");
        assert!(found.contains(detail), "{found}");
    }
}

#[tokio::test]
async fn a_cookie_gets_past_its_own_redirect() {
    let server = FaultServer::start(|head| {
        vec![Step::Send(if head.contains("\r\ncookie: seen=1\r\n") {
            page("welcome")
        } else {
            let answer = "HTTP/1.1 302 Found\r\nConnection: close\r\nSet-Cookie: seen=1; Path=/\r\nLocation: /\r\n\r\n";
            answer.into()
        })]
    });
    assert_eq!(answer(&request(&server.url("/"))).await.entity, b"welcome");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn own_headers_are_not_told_to_strangers() {
    let stranger = FaultServer::saying(page("elsewhere"));
    let target = stranger.url("/");
    let server = FaultServer::start(move |_| vec![Step::Send(redirect(&target))]);
    let mut request = request(&server.url("/"));
    request.headers = ["X-Api-Key", "Authorization", "Cookie"]
        .map(|name| (name.to_owned(), "secret".to_owned()))
        .to_vec();
    assert_eq!(answer(&request).await.entity, b"elsewhere");
    assert!(has(&server.requests()[0], b"secret"));
    assert!(!has(&stranger.requests()[0], b"secret"));
}

#[tokio::test]
async fn every_status_is_left_to_the_caller() {
    for status in [200_u16, 202, 204, 206, 300, 404, 429, 503] {
        let server = FaultServer::saying(format!(
            "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        ));
        assert_eq!(answer(&request(&server.url("/"))).await.status, status);
    }
}
