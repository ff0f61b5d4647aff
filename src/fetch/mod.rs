//! A page's address to an answer: one conditional request, its redirects followed and noted, the entity kept as sent.
//!
//! A request that fails is a value here, not an error: the history has to show that nothing was learned, and why.

mod answer_signs;
mod browser;
mod charset;
mod client;
mod cookies;
mod decode;
mod digest;
mod exchange;
mod failure;
mod guard;
mod head;
mod hop;
mod limits;
mod manners;
mod markup;
mod obstacle;
mod refusals;
mod robots;
mod runtime;
mod said;
mod text_signs;
mod trail;
mod turns;
mod validators;

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::clock::Timestamp;
use crate::page::PageUrl;

pub use answer_signs::obstacle_in_answer;
pub use browser::{Browser, Rendered, Sandbox, Scripts};
pub use charset::{Charset, to_text};
pub use client::{Fetcher, FetcherSettings};
pub use decode::decode;
pub use digest::Digest;
pub use exchange::{FetchError, plain_client, settle_on_ring};
pub use failure::root_cause;
pub use guard::Reach;
pub use head::Head;
pub use limits::Limits;
pub use manners::{Manners, Note, PutOff};
pub use markup::script_bytes;
pub use obstacle::{Gate, Obstacle, UnknownObstacle, Unreadable};
pub use refusals::{Wait, retry_after};
pub use robots::{Robots, RobotsCopy};
pub use runtime::runtime;
pub use text_signs::{TextFacts, obstacle_in_text};
pub use validators::Validators;

/// What to ask for: an address, the page's own headers, and what a server may answer 304 to.
#[derive(Clone, Debug)]
pub struct Request {
    /// The page's address.
    pub url: PageUrl,
    /// Extra headers that the page's settings name, as (name, value); sent to the page's own origin only.
    pub headers: Vec<(String, String)>,
    /// Validators of the last accepted answer; `None` makes the request unconditional.
    pub validators: Option<Validators>,
    /// Where the page's settings allow it to be fetched from.
    pub reach: Reach,
    /// Whether its settings let it be fetched against its site's `robots.txt`.
    pub robots: Robots,
    /// Whether its scripts are run before it is read.
    pub scripts: Scripts,
}

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Where to.
    pub url: PageUrl,
    /// Its media type.
    pub kind: &'static str,
    /// Extra headers, as (name, value); they may be secrets.
    pub headers: Vec<(String, String)>,
    /// What.
    pub body: Vec<u8>,
}

/// What came of one request.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// An answer with a status and an entity, whatever the status says.
    Answer(Box<Answer>),
    /// `304 Not Modified` to a conditional request.
    NotModified {
        /// When the answer was complete.
        at: Timestamp,
        /// Its headers.
        head: Head,
    },
    /// Nothing was learned.
    Failed {
        /// When the attempt ended.
        at: Timestamp,
        /// Why.
        failure: Failure,
    },
}

/// One answer received: the evidence from which everything else is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When the request was sent.
    pub asked_at: Timestamp,
    /// When the last byte had arrived.
    pub at: Timestamp,
    /// The address that answered, after redirects.
    pub url: Url,
    /// The redirects on the way, first to last.
    pub redirects: Vec<Redirect>,
    /// The peer's address, where the client knows it.
    pub remote: Option<SocketAddr>,
    /// The HTTP status.
    pub status: u16,
    /// The headers of the last answer, in order, byte for byte.
    pub head: Head,
    /// The entity exactly as sent: still content-coded.
    pub entity: Vec<u8>,
    /// What its scripts made of it, if they were run: then this is read.
    pub rendered: Option<Rendered>,
}

/// One hop: who redirected, and with which status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The status, 301 to 308; 200 or 203 where a script of the page led on.
    pub status: u16,
    /// The address that answered with it.
    pub url: Url,
}

/// Nothing was learned: the class that the history shows, and the words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class, stable across versions.
    pub class: FailureClass,
    /// What happened, in lower case, without secrets.
    pub detail: String,
}

/// Why nothing was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureClass {
    /// The page, or a redirect of it, is at an address that is not public.
    BlockedAddress,
    /// The site's `robots.txt` asks not to fetch it.
    Robots,
    /// The name could not be resolved.
    Dns,
    /// No connection, or it closed before any answer.
    Connect,
    /// The connection could not be secured.
    Tls,
    /// A time limit passed.
    Timeout,
    /// The entity ended early.
    Truncated,
    /// The entity is larger than allowed, coded or decoded.
    TooLarge,
    /// The content coding is unknown or broken.
    Encoding,
    /// More redirects than allowed, a loop, or one without a target.
    Redirect,
    /// The answer breaks HTTP.
    Protocol,
    /// A status that is neither a page nor an obstacle.
    Http(u16),
    /// The answer says 200 and holds nothing.
    Empty,
    /// The selection matches nothing on the page.
    Selector,
    /// There is no browser to run the page's scripts.
    NoBrowser,
    /// The browser that ran them failed.
    Browser,
    /// No page for a reader is nested so deep; parsing it would hold up all others.
    TooComplex,
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockedAddress => f.write_str("blocked-address"),
            Self::Robots => f.write_str("robots"),
            Self::Dns => f.write_str("dns"),
            Self::Connect => f.write_str("connect"),
            Self::Tls => f.write_str("tls"),
            Self::Timeout => f.write_str("timeout"),
            Self::Truncated => f.write_str("truncated"),
            Self::TooLarge => f.write_str("too-large"),
            Self::Encoding => f.write_str("encoding"),
            Self::Redirect => f.write_str("redirect"),
            Self::Protocol => f.write_str("protocol"),
            Self::Http(status) => write!(f, "http-{status}"),
            Self::Empty => f.write_str("empty"),
            Self::Selector => f.write_str("selector"),
            Self::NoBrowser => f.write_str("no-browser"),
            Self::Browser => f.write_str("browser"),
            Self::TooComplex => f.write_str("too-complex"),
        }
    }
}
