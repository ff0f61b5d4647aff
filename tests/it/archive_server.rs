//! A web archive on the loopback that answers in the shapes of the Wayback Machine, of pywb and of a plain Memento server,
//! as they were measured; and that errs as they do.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use palinode::clock::Timestamp;

use crate::fault_server::{FaultServer, Step};
use crate::site::article_html;
use crate::warc::gzipped;

/// The page of which every archive has captures.
pub(crate) const PAGE: &str = "http://page.test/rules";

/// An archive that is never asked too often.
pub(crate) const NO_LIMIT: usize = usize::MAX;

/// A capture that an archive has: when, with which status, and what it says; and how it gives it.
#[derive(Clone, Copy)]
pub(crate) struct Has {
    pub(crate) at: &'static str,
    pub(crate) status: u16,
    pub(crate) says: &'static str,
    pub(crate) gives: Gives,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Gives {
    /// As it should.
    Itself,
    /// With the date of another capture.
    AnotherTime,
    /// 200 and a note, as for excluded addresses; no date.
    ANote,
    /// A redirect to the nearest capture, which it has.
    TheNearest,
}

pub(crate) const fn has(at: &'static str, says: &'static str) -> Has {
    Has { at, status: 200, says, gives: Gives::Itself }
}

/// An archive below `/web/` (the Wayback Machine), `/peer/` (pywb) and `/map/` (Memento alone). After so many captures it
/// asks for fewer visits.
pub(crate) fn archive(captures: Vec<Has>, patience: usize) -> FaultServer {
    let given = AtomicUsize::new(0);
    FaultServer::start(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let bytes = if path.starts_with("/cdx/search/cdx?") {
            ok("application/json", &wayback(&captures, &path))
        } else if path.starts_with("/peer/cdx?") {
            ok("text/x-ndjson", &pywb(&captures))
        } else if path.starts_with("/map/timemap/link/") {
            ok("application/link-format", &timemap(&captures))
        } else if path.contains("id_/") {
            if given.fetch_add(1, Ordering::SeqCst) == patience {
                b"HTTP/1.1 429 X\r\nConnection: close\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n".to_vec()
            } else {
                memento(&captures, &path)
            }
        } else {
            b"HTTP/1.1 404 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec()
        };
        vec![Step::Pause(Duration::from_millis(10)), Step::Send(bytes)]
    })
}

fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn ok(kind: &str, body: &str) -> Vec<u8> {
    answer(200, &format!("Content-Type: {kind}\r\n"), body.as_bytes())
}

/// Equal texts have equal digests.
fn digest(says: &str) -> String {
    says.bytes().map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// Two rows a page; dirty ones and redirects among them.
fn wayback(captures: &[Has], path: &str) -> String {
    let dirt = [("20000012170449", "200", "mailto:me@page.test"), ("20240101000000", "301", PAGE)];
    let dirt = dirt.map(|(at, status, url)| (at, status.to_owned(), url, "X".to_owned()));
    let real = captures.iter().map(|it| (it.at, it.status.to_string(), PAGE, digest(it.says)));
    let mut rows: Vec<_> = dirt.into_iter().chain(real).collect();
    rows.sort();
    let from = path.split("resumeKey=k").nth(1).map_or(0, |key| key.parse().unwrap());
    let mut text =
        r#"[["urlkey","timestamp","original","mimetype","statuscode","digest","length"]"#
            .to_owned();
    for (at, status, url, digest) in rows.iter().skip(from).take(2) {
        write!(
            text,
            r#",["test,page)/rules","{at}","{url}","text/html","{status}","{digest}","-"]"#
        )
        .unwrap();
    }
    if from + 2 < rows.len() {
        write!(text, r#",[],["k{}"]"#, from + 2).unwrap();
    }
    text + "]\n"
}

fn pywb(captures: &[Has]) -> String {
    let row = |it: &Has| {
        format!(
            "{{\"urlkey\": \"test,page)/rules\", \"timestamp\": \"{}\", \"url\": \"{PAGE}\", \"mime\": \"text/html\", \"status\": \"{}\", \"digest\": \"{}\"}}\n",
            it.at,
            it.status,
            digest(it.says)
        )
    };
    captures.iter().map(row).collect::<Vec<_>>().concat()
}

fn timemap(captures: &[Has]) -> String {
    let link = |it: &Has| {
        format!(
            ",\n<http://a.test/map/{}/{PAGE}>; rel=\"memento\"; datetime=\"{}\"",
            it.at,
            date(it.at)
        )
    };
    format!("<{PAGE}>; rel=\"original\"") + &captures.iter().map(link).collect::<Vec<_>>().concat()
}

/// `Tue, 05 Mar 2024 12:30:15 GMT`.
fn date(at: &str) -> String {
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &at[..4],
        &at[4..6],
        &at[6..8],
        &at[8..10],
        &at[10..12],
        &at[12..]
    );
    let time: Timestamp = text.parse().unwrap();
    time.calendar().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn memento(captures: &[Has], path: &str) -> Vec<u8> {
    let it = captures.iter().find(|it| path.contains(&format!("/{}id_/{PAGE}", it.at)));
    let Some(it) = it else { return answer(404, "", b"") };
    let html =
        article_html("Rules", &[it.says, "The rest of the rules stays as it is, for everybody."]);
    let given = match it.gives {
        Gives::Itself => it.at,
        Gives::AnotherTime => "20231231235959",
        Gives::ANote => return ok("text/html", "<p>This URL has been excluded.</p>"),
        Gives::TheNearest => {
            let nearest = path.replace(it.at, captures[0].at);
            return answer(302, &format!("Location: {nearest}\r\n"), b"");
        }
    };
    let body = gzipped(html.as_bytes());
    let headers = format!(
        "Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Encoding:\r\nMemento-Datetime: {}\r\nX-Archive-Orig-Server: old\r\n\
         X-Archive-Orig-Transfer-Encoding: chunked\r\nLink: <{PAGE}>; rel=\"original\", <http://a.test/>; rel=\"timegate\"\r\n",
        date(given)
    );
    answer(it.status, &headers, &body)
}

/// The addresses of the captures that were asked for, in order, by their fourteen digits.
pub(crate) fn asked(archive: &FaultServer) -> Vec<String> {
    let heads = archive.requests().into_iter().map(|head| String::from_utf8(head).unwrap());
    let digits = heads.filter_map(|head| {
        let (before, _) = head.split_once("id_/")?;
        Some(before[before.len() - 14..].to_owned())
    });
    digits.collect()
}
