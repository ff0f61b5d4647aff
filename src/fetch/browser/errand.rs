//! A request that a page in the browser makes to what is done about it, and an answer to what the browser is given.
//!
//! It takes no connection and no browser: what a page may ask for, and which headers cross, is decided here.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use url::Url;

use super::super::{Answer, Failure, FailureClass, Limits, Request, decode};
use super::Scripts;

/// A request that waits for its answer.
#[derive(Debug)]
pub(super) struct Errand {
    /// What the browser calls it.
    pub(super) id: String,
    /// The address.
    pub(super) url: Url,
    /// What it is for.
    pub(super) purpose: Purpose,
    /// The origin that asks, if the browser names one.
    origin: Option<String>,
    headers: Vec<(String, String)>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The page itself: by us, or because a script leads on.
    Page,
    /// A part that text may hang on: a script, a style, data.
    Part,
    /// To learn whether a part may be asked for.
    Permission,
    /// What the page holds in itself.
    Inline,
    /// Nothing that is fetched: no text hangs on it, or it would tell a server something instead of asking it.
    Nothing,
}

/// Headers of the browser that are the client's own to set, or that would tell more than is needed.
const OWN: [&str; 10] = [
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "cookie",
    "host",
    "range",
    "referer",
    "upgrade-insecure-requests",
    "user-agent",
];

/// Headers of an answer that are about how it was sent, or that would have the browser do something beside showing it.
const NOT_GIVEN: [&str; 9] = [
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "keep-alive",
    "set-cookie",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
];

impl Errand {
    /// A request as the browser tells of it; `frame` is the page's own. None where there is no sense in it.
    pub(super) fn of(paused: &Value, frame: &str) -> Option<Self> {
        let asked = &paused["request"];
        let id = paused["requestId"].as_str()?.to_owned();
        let url: Url = asked["url"].as_str()?.parse().ok()?;
        let headers = asked["headers"].as_object()?.iter();
        let headers: Vec<(String, String)> = headers
            .filter_map(|(name, value)| {
                Some((name.to_ascii_lowercase(), value.as_str()?.to_owned()))
            })
            .collect();
        let purpose =
            match (url.scheme(), asked["method"].as_str()?, paused["resourceType"].as_str()?) {
                ("data" | "blob", ..) => Purpose::Inline,
                ("http" | "https", "OPTIONS", _) => Purpose::Permission,
                ("http" | "https", "GET", "Document") if paused["frameId"] == frame => {
                    Purpose::Page
                }
                ("http" | "https", "GET", "Script" | "Stylesheet" | "XHR" | "Fetch") => {
                    Purpose::Part
                }
                _ => Purpose::Nothing,
            };
        let origin =
            headers.iter().find(|(name, _)| name == "origin").map(|(_, value)| value.clone());
        Some(Self { id, url, purpose, origin, headers })
    }

    /// The same as palinode asks for it, on behalf of a page.
    pub(super) fn request(&self, page: &Request) -> Option<Request> {
        let url = self.url.as_str().parse().ok()?;
        let is_own = self.url.origin() == page.url.url().origin();
        let mut headers = if is_own { page.headers.clone() } else { Vec::new() };
        let given: Vec<String> =
            headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let crosses = |name: &String| {
            !OWN.contains(&name.as_str())
                && !["sec-", "if-", "proxy-"].iter().any(|own| name.starts_with(own))
                && !given.contains(name)
        };
        headers.extend(self.headers.iter().filter(|(name, _)| crosses(name)).cloned());
        let scripts = Scripts::Ignored;
        Some(Request {
            url,
            headers,
            validators: None,
            reach: page.reach,
            robots: page.robots,
            scripts,
        })
    }

    /// The answer as the browser is given it.
    pub(super) fn given(&self, answer: &Answer, limits: &Limits) -> Result<Value, Failure> {
        let content = decode(&answer.entity, &answer.head, limits)?;
        let headers = answer.head.iter().filter(|(name, _)| !NOT_GIVEN.contains(name));
        let headers: Vec<Value> = headers
            .map(|(name, value)| json!({ "name": name, "value": String::from_utf8_lossy(value) }))
            .collect();
        Ok(json!({
            "requestId": self.id,
            "responseCode": answer.status,
            "responseHeaders": headers,
            "body": BASE64_STANDARD.encode(&content),
        }))
    }

    /// A word to ask at another address, where the answer came from.
    pub(super) fn sent_on(&self, to: &Url) -> Value {
        self.empty(307, &[("location", to.as_str())])
    }

    /// Leave to ask. Whether the page may read what is answered, that answer says.
    pub(super) fn permitted(&self) -> Value {
        let asked = self.headers.iter().find(|(name, _)| name == "access-control-request-headers");
        let headers = asked.map_or("*", |(_, names)| names);
        self.empty(
            204,
            &[("access-control-allow-headers", headers), ("access-control-allow-methods", "*")],
        )
    }

    fn empty(&self, status: u16, headers: &[(&str, &str)]) -> Value {
        let origin = self.origin.as_deref().unwrap_or("*");
        let cross =
            [("access-control-allow-origin", origin), ("access-control-allow-credentials", "true")];
        let headers: Vec<Value> = headers
            .iter()
            .chain(&cross)
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        json!({ "requestId": self.id, "responseCode": status, "responseHeaders": headers })
    }

    /// That there will be no answer. A navigation that is aborted leaves the page as it stands.
    pub(super) fn refused(&self) -> Value {
        json!({ "requestId": self.id, "errorReason": "Aborted" })
    }
}

/// Whether what could not be had may be had the next time; the rest is refused by rule, and every time.
pub(super) fn may_come(class: FailureClass) -> bool {
    use FailureClass as Class;
    match class {
        Class::Dns
        | Class::Connect
        | Class::Tls
        | Class::Timeout
        | Class::Truncated
        | Class::Encoding
        | Class::Protocol => true,
        Class::Http(status) => is_moment(status),
        _ => false,
    }
}

/// Whether a status speaks of the server's moment and not of what was asked for.
pub(super) fn is_moment(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Reach, Robots};
    use super::*;

    fn paused(method: &str, url: &str, kind: &str) -> Value {
        json!({
            "requestId": "1", "frameId": "own", "resourceType": kind,
            "request": { "url": url, "method": method, "headers": {
                "X-Key": "k", "Accept": "*/*", "Cookie": "c", "Referer": "r", "Sec-Fetch-Mode": "cors" } },
        })
    }

    #[test]
    fn only_what_text_may_hang_on_is_asked_for() {
        for (method, url, kind, purpose) in [
            ("GET", "http://a.example/", "Document", Purpose::Page),
            ("GET", "http://a.example/a.js", "Script", Purpose::Part),
            ("GET", "https://b.example/api", "XHR", Purpose::Part),
            ("OPTIONS", "https://b.example/api", "XHR", Purpose::Permission),
            ("GET", "data:text/javascript,1", "Script", Purpose::Inline),
            ("POST", "http://a.example/api", "XHR", Purpose::Nothing),
            ("GET", "http://a.example/a.png", "Image", Purpose::Nothing),
            ("GET", "http://a.example/stream", "EventSource", Purpose::Nothing),
            ("GET", "file:///etc/passwd", "XHR", Purpose::Nothing),
        ] {
            let errand = Errand::of(&paused(method, url, kind), "own").unwrap();
            assert_eq!(errand.purpose, purpose, "{method} {url} {kind}");
        }
        let frame = Errand::of(&paused("GET", "http://a.example/", "Document"), "other").unwrap();
        assert_eq!(frame.purpose, Purpose::Nothing, "a page inside the page");
        assert!(Errand::of(&paused("GET", "nonsense", "XHR"), "own").is_none());
    }

    #[test]
    fn the_pages_own_headers_stay_at_its_origin_and_the_browsers_at_home() {
        let page = Request {
            url: "http://a.example/page".parse().unwrap(),
            headers: vec![("X-Secret".to_owned(), "s".to_owned())],
            validators: None,
            reach: Reach::Public,
            robots: Robots::Heeded,
            scripts: Scripts::Run,
        };
        for (url, names) in [
            ("http://a.example/api", ["X-Secret", "accept", "x-key"].as_slice()),
            ("http://b.example/api", &["accept", "x-key"]),
        ] {
            let errand = Errand::of(&paused("GET", url, "XHR"), "own").unwrap();
            let asked = errand.request(&page).unwrap();
            let mut sent: Vec<_> = asked.headers.iter().map(|(name, _)| name.as_str()).collect();
            sent.sort_unstable();
            assert_eq!(sent, names, "{url}");
            assert_eq!(asked.scripts, Scripts::Ignored);
        }
    }
}
