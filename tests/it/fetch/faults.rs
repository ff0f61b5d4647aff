//! What breaks on the way: peers that are slow, cut, endless, or no web server at all.

use std::io::Write as _;
use std::time::Duration;

use palinode::fetch::{FailureClass, Fetched, Limits, decode};

use super::{answer, failure, fetch_within, patient, request};
use crate::fault_server::{FaultServer, Step};

fn impatient() -> Limits {
    let short = Duration::from_millis(300);
    Limits { connect: short, read: short, total: Duration::from_millis(600), ..patient() }
}

#[tokio::test]
async fn waiting_has_an_end() {
    let drip = Duration::from_millis(50);
    let (ok, body) = ("HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n");
    for (name, steps) in [
        ("silence", vec![Step::Pause(Duration::from_secs(2))]),
        (
            "silence in the entity",
            vec![Step::Send(body.into()), Step::Pause(Duration::from_secs(2))],
        ),
        ("dripping head", vec![Step::Send(ok.into()), Step::Repeat(b"x".to_vec(), drip)]),
        ("dripping entity", vec![Step::Send(body.into()), Step::Repeat(b"x".to_vec(), drip)]),
    ] {
        let server = FaultServer::start(move |_| steps.clone());
        let Fetched::Failed { failure, .. } =
            fetch_within(impatient(), &request(&server.url("/"))).await
        else {
            panic!("{name} was an answer");
        };
        assert_eq!(failure.class, FailureClass::Timeout, "{name}");
    }
}

#[tokio::test]
async fn a_part_of_an_entity_is_no_entity() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    for sent in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_owned(),
        chunked.to_owned(),
        format!("{chunked}zz\r\n"),
    ] {
        let server = FaultServer::saying(sent.clone());
        assert_eq!(failure(&server.url("/")).await.0, FailureClass::Truncated, "{sent}");
    }
}

#[tokio::test]
async fn size_has_an_end() {
    let endless = FaultServer::start(|_| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        vec![Step::Send(head.into()), Step::Repeat(chunk.into_bytes(), Duration::ZERO)]
    });
    assert_eq!(failure(&endless.url("/")).await.0, FailureClass::TooLarge);
    let boasting =
        FaultServer::saying("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nx");
    assert_eq!(failure(&boasting.url("/")).await.0, FailureClass::TooLarge);
}

#[tokio::test]
async fn a_bomb_is_fetched_but_not_burst() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![0; 8 << 20]).unwrap();
    let bomb = gzip.finish().unwrap();
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n";
    let server = FaultServer::saying([head.as_bytes(), &bomb].concat());
    let answer = answer(&request(&server.url("/"))).await;
    let failure = decode(&answer.entity, &answer.head, &Limits::default()).unwrap_err();
    assert_eq!(failure.class, FailureClass::TooLarge);
}

#[tokio::test]
async fn codings_that_cannot_be_undone_are_told() {
    for coding in ["gzip, gzip", "compress", "gzip"] {
        let sent = format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: {coding}\r\n\r\nplain"
        );
        let answer = answer(&request(&FaultServer::saying(sent).url("/"))).await;
        assert_eq!(answer.entity, b"plain");
        let failure = decode(&answer.entity, &answer.head, &Limits::default()).unwrap_err();
        assert_eq!(failure.class, FailureClass::Encoding, "{coding}");
    }
}

#[tokio::test]
async fn no_connection_and_no_http_are_told_apart() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (class, detail) = failure(&format!("http://{closed}/page?token=secret")).await;
    assert_eq!((class, detail.as_str()), (FailureClass::Connect, "connection refused"));
    for (sent, class) in [
        ("", FailureClass::Connect),
        ("HTTP/1.1 2", FailureClass::Connect),
        ("SSH-2.0-OpenSSH\r\n\r\n", FailureClass::Protocol),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            FailureClass::Protocol,
        ),
        ("HTTP/1.1 200 OK\r\nA\x1b: x\r\n\r\n", FailureClass::Protocol),
    ] {
        let (found, detail) = failure(&FaultServer::saying(sent).url("/page?token=secret")).await;
        assert_eq!(found, class, "{sent:?} {detail}");
        assert!(!detail.contains("secret") && !detail.contains("127.0.0.1"), "{detail}");
    }
}

#[tokio::test]
async fn what_is_not_tls_fails_as_tls() {
    let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    let server = FaultServer::start(move |_| {
        // Closing at once would reset the connection before the answer is read.
        vec![Step::Send(answer.clone()), Step::Pause(Duration::from_millis(100))]
    });
    let (class, detail) = failure(&server.url("/").replace("http:", "https:")).await;
    assert_eq!(class, FailureClass::Tls, "{detail}");
}
