//! Requests over sockets to replies with the headers that keep a browser from doing anything else with them.
//!
//! A few threads take connections by turns, and answer one request each: reading the history is work for a thread, and
//! whoever asks is a person or a few. GET and HEAD only; a request has seconds to say what it wants.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::uri::PathAndQuery;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};

use super::answer::{Form, Reply, Target, answer};
use super::guard::{COOKIE, Gate, Said, Verdict};
use super::memento::{self, Client};
use crate::clock::Clock;
use crate::fetch::Head;
use crate::views::html::Place;

/// So many connections are open at once.
const THREADS: usize = 12;

/// A request that takes longer to say what it wants is dropped.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    gate: Gate,
    store: PathBuf,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is taken, or not one of this machine.
    #[error("{0}: {1}\nhint: --listen names another address or port")]
    Address(SocketAddr, #[source] std::io::Error),
    /// Whoever can reach that address could read everything.
    #[error(
        "{0} can be reached from other machines, and nothing would keep them out\nhint: give --token SECRET, or listen on 127.0.0.1"
    )]
    Open(SocketAddr),
    /// The system gave no thread.
    #[error("no request can be answered: {0}")]
    Runtime(#[source] std::io::Error),
}

impl Server {
    /// Listens for who asks of this history. An address that other machines can reach needs a token.
    pub fn bind(address: SocketAddr, gate: Gate, store: &Path) -> Result<Self, ServerError> {
        if !address.ip().is_loopback() && gate.token.is_none() {
            return Err(ServerError::Open(address));
        }
        let refused = |why| ServerError::Address(address, why);
        let listener = TcpListener::bind(address).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        Ok(Self { listener, address, gate, store: store.to_owned() })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers for as long as the process lives.
    pub fn run(&self, clock: &dyn Clock) -> Result<(), ServerError> {
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..THREADS).map(|_| scope.spawn(|| self.take_turns(clock))).collect();
            let ended = threads.into_iter().filter_map(|thread| thread.join().ok());
            ended.collect::<Result<(), _>>()
        })
    }

    fn take_turns(&self, clock: &dyn Clock) -> Result<(), ServerError> {
        let runtime = crate::fetch::runtime().map_err(ServerError::Runtime)?;
        loop {
            // A client that is gone before it was taken, or too many open files: the next one may fare better.
            let Ok((stream, _)) = self.listener.accept() else { continue };
            let served =
                async { tokio::time::timeout(6 * PATIENCE, self.converse(stream, clock)).await };
            // Whoever left early has no more to say; and one page that cannot be drawn must not end the others.
            let _left = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(served)));
        }
    }

    async fn converse(&self, stream: TcpStream, clock: &dyn Clock) -> std::io::Result<()> {
        stream.set_nonblocking(true)?;
        let stream = TokioIo::new(tokio::net::TcpStream::from_std(stream)?);
        let service = service_fn(|request: Request<Incoming>| {
            let response = self.respond(&request, clock);
            async move { Ok::<_, Infallible>(response) }
        });
        let served = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .keep_alive(false)
            .max_buf_size(32 * 1024)
            .serve_connection(stream, service)
            .await;
        served.map_err(std::io::Error::other)
    }

    fn respond(&self, request: &Request<Incoming>, clock: &dyn Clock) -> Response<Full<Bytes>> {
        let text = |name: HeaderName| request.headers().get(name).and_then(|it| it.to_str().ok());
        let query = request.uri().query().unwrap_or_default();
        let said = Said {
            host: text(header::HOST).or(request.uri().host()),
            query,
            cookies: text(header::COOKIE),
            authorization: text(header::AUTHORIZATION),
        };
        let verdict = self.gate.judge(said);
        let reply = match (verdict, request.method()) {
            (Verdict::Stranger, _) => said_plainly(
                421,
                "this server does not answer to that name; see `palinode serve --help` about --host\n",
            ),
            (Verdict::NoToken, _) => said_plainly(
                401,
                "a token is needed: Authorization: Bearer TOKEN, or ?token=TOKEN\n",
            ),
            (_, &Method::GET | &Method::HEAD) if memento::is_asked(request.uri().path()) => {
                self.remember(request)
            }
            (_, &Method::GET | &Method::HEAD) => match Target::of(request.uri().path(), query) {
                Some(target) if is_short(request.uri().path(), &target) => {
                    Reply::elsewhere(whole(request.uri().path(), query))
                }
                Some(target) => answer(&self.store, &target, clock.now(), Place::Server),
                None => said_plainly(404, "there is nothing here\n"),
            },
            (_, _) => said_plainly(405, "only GET and HEAD are answered\n"),
        };
        let known = text(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&reply.etag()));
        let mut response = response(reply, known);
        let headers = response.headers_mut();
        if request.method() == Method::HEAD {
            let length = headers.get(header::CONTENT_LENGTH).cloned();
            let mut bare = Response::new(Full::default());
            *bare.status_mut() = response.status();
            *bare.headers_mut() = response.headers().clone();
            length.map(|length| bare.headers_mut().insert(header::CONTENT_LENGTH, length));
            return bare;
        }
        if verdict == Verdict::WelcomeToStay {
            let token = query_token(query);
            let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/");
            HeaderValue::from_str(&cookie)
                .ok()
                .map(|cookie| headers.insert(header::SET_COOKIE, cookie));
        }
        response
    }

    /// What clients of archives ask for.
    fn remember(&self, request: &Request<Incoming>) -> Reply {
        let text = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok());
        let raw = request.uri().path_and_query().map_or("", PathAndQuery::as_str);
        // A server with TLS before this one says so.
        let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
        let server = format!("{scheme}://{}", text("host").unwrap_or_default());
        let client = Client {
            server: &server,
            accept_datetime: text("accept-datetime"),
            accept_encoding: text("accept-encoding"),
        };
        memento::answer(&self.store, raw, client)
    }
}

/// Whether a path lacks the slash at its end, from which relative links are reckoned.
fn is_short(path: &str, target: &Target) -> bool {
    !path.ends_with('/') && target.address.path().ends_with('/')
}

fn whole(path: &str, query: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    // A part with a colon would else be taken for a scheme.
    format!("./{last}/{query}")
}

fn query_token(query: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == "token").map_or_else(String::new, |(_, value)| value.into_owned())
}

fn said_plainly(status: u16, text: &str) -> Reply {
    Reply { status, ..Reply::own("text/plain; charset=utf-8", text.as_bytes().to_vec()) }
}

/// palinode's pages load their style from here and send their forms here; nothing else is allowed to anybody.
const OWN: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A file that somebody else wrote may not even be a page.
const FOREIGN: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

fn response(reply: Reply, known: bool) -> Response<Full<Bytes>> {
    let etag = reply.etag();
    let known = known && reply.status == 200;
    let status = if known { 304 } else { reply.status };
    let policy = if reply.form == Form::Foreign { FOREIGN } else { OWN };
    let mut response = Response::builder()
        .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header(header::CONTENT_TYPE, reply.kind)
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::X_FRAME_OPTIONS, "DENY")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
        .header(header::CACHE_CONTROL, "private, no-cache");
    if reply.status == 200 {
        response = response.header(header::ETAG, etag);
    }
    // A status that somebody else had asks for nothing here.
    let own = reply.form != Form::Foreign;
    if own && reply.status == 401 {
        response = response.header(header::WWW_AUTHENTICATE, "Bearer");
    }
    if own && reply.status == 405 {
        response = response.header(header::ALLOW, "GET, HEAD");
    }
    let body = match reply.form {
        Form::Elsewhere => {
            response = response.header(header::LOCATION, &reply.body[..]);
            Vec::new()
        }
        Form::Foreign => {
            response = response
                .header(header::CONTENT_DISPOSITION, "attachment; filename=\"capture.bin\"");
            reply.body
        }
        Form::Own => reply.body,
    };
    let body = if known { Vec::new() } else { body };
    let length = body.len();
    if !known {
        response = response.header(header::CONTENT_LENGTH, length);
    }
    // Every header above is text of ours, but for a link, which is percent-encoded.
    let mut response = response.body(Full::new(Bytes::from(body))).unwrap_or_default();
    put_over(response.headers_mut(), &reply.head);
    response
}

fn put_over(headers: &mut HeaderMap, head: &Head) {
    for (name, _) in head.iter() {
        headers.remove(name);
    }
    for (name, value) in head.iter() {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            // More than a server can send are left out.
            let _kept = headers.try_append(name, value);
        }
    }
}
