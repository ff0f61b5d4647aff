//! A request to what came of it: the one place from which palinode speaks HTTP.
//!
//! The client library is kept to plain exchanges. Redirects, cookies and codings are done here or later, since the
//! library's own ways forward secrets, hide bytes or have no bound.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Client, Response};
use url::Url;

use super::cookies::Cookies;
use super::guard::{self, PublicResolver, Reach};
use super::hop;
use super::{Answer, Failure, FailureClass, Fetched, Head, Redirect, Request};
use crate::clock::{Clock, Timestamp};

/// What a fetch may take. Reaching a limit fails the fetch; it never shortens the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, name look-up and TLS included.
    pub connect: Duration,
    /// Between two reads.
    pub read: Duration,
    /// For everything, redirects and the entity included.
    pub total: Duration,
    /// Bytes of the entity as sent.
    pub entity: usize,
    /// Bytes of the entity decoded.
    pub decoded: usize,
    /// Decoded bytes for each byte sent, beyond a first mebibyte.
    pub ratio: usize,
    /// Redirects followed.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_mins(1),
            entity: 20 << 20,
            decoded: 20 << 20,
            ratio: 200,
            redirects: 10,
        }
    }
}

/// What the owner of this palinode may set about fetching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetcherSettings {
    /// How a site's owner can reach the one who watches: an address that is sent with every request.
    pub contact: Option<String>,
    /// What a fetch may take.
    pub limits: Limits,
    /// Where every page may be fetched from, whatever its own settings say.
    pub reach: Reach,
}

/// Why no fetcher could be made.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The contact cannot be sent in a header.
    #[error("the contact \"{0}\" cannot be sent: it may hold plain ASCII letters and signs only")]
    Contact(String),
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[source] reqwest::Error),
}

/// Fetches pages; one serves for all of them.
#[derive(Clone, Debug)]
pub struct Fetcher {
    /// Knows no private address, and shares no connection with the other.
    public: Client,
    anywhere: Client,
    limits: Limits,
    reach: Reach,
}

impl Fetcher {
    /// A fetcher. It trusts the machine's root certificates and the bundled ones, so that a machine without any works.
    pub fn new(settings: FetcherSettings) -> Result<Self, FetchError> {
        let FetcherSettings { contact, limits, reach } = settings;
        settle_on_ring();
        let agent = user_agent(contact)?;
        let client = |reach| client(agent.clone(), &limits, reach).map_err(FetchError::Client);
        let (public, anywhere) = (client(Reach::Public)?, client(Reach::Anywhere)?);
        Ok(Self { public, anywhere, limits, reach })
    }

    /// Asks for a page once, following its redirects.
    pub async fn fetch(&self, request: &Request, clock: &dyn Clock) -> Fetched {
        // The library's own total limit would begin anew at each redirect.
        let fetched = tokio::time::timeout(self.limits.total, self.follow(request, clock)).await;
        let too_late =
            |_| Err(Failure::new(FailureClass::Timeout, "not complete within the time limit"));
        fetched
            .unwrap_or_else(too_late)
            .unwrap_or_else(|failure| Fetched::Failed { at: clock.now(), failure })
    }

    async fn follow(&self, request: &Request, clock: &dyn Clock) -> Result<Fetched, Failure> {
        let mut trail = Trail::new(request.url.url(), clock.now());
        loop {
            let headers = hop::headers(&trail.url, request, trail.cookies().as_deref())?;
            let conditions = hop::conditions(&trail.url, request.validators.as_ref());
            let reach = self.reach.max(request.reach);
            guard::admit(&trail.url, reach)?;
            let response = self.ask(&trail.url, headers, &conditions, reach).await?;
            let status = response.status().as_u16();
            if hop::is_redirect(status) {
                trail.go_on(status, response.headers(), self.limits.redirects)?;
                continue;
            }
            return match status {
                304 if conditions.is_empty() => {
                    let detail = "a 304 to a request that named no validator of this address";
                    Err(Failure::new(FailureClass::Protocol, detail))
                }
                304 => Ok(Fetched::NotModified { at: clock.now() }),
                _ => self.receive(response, trail, clock).await,
            };
        }
    }

    async fn ask(
        &self,
        url: &Url,
        mut headers: HeaderMap,
        conditions: &HeaderMap,
        reach: Reach,
    ) -> Result<Response, Failure> {
        for (name, value) in conditions {
            headers.insert(name, value.clone());
        }
        let client = match reach {
            Reach::Public => &self.public,
            Reach::Anywhere => &self.anywhere,
        };
        let asked = client.get(url.clone()).headers(headers).send();
        asked.await.map_err(Failure::before_answer)
    }

    async fn receive(
        &self,
        response: Response,
        trail: Trail,
        clock: &dyn Clock,
    ) -> Result<Fetched, Failure> {
        let remote = response.remote_addr();
        let status = response.status().as_u16();
        let head = Head::from(response.headers());
        let entity = read_entity(response, self.limits.entity).await?;
        let Trail { asked_at, url, redirects, .. } = trail;
        let at = clock.now();
        Ok(Fetched::Answer(Box::new(Answer {
            asked_at,
            at,
            url,
            redirects,
            remote,
            status,
            head,
            entity,
        })))
    }
}

fn client(agent: HeaderValue, limits: &Limits, reach: Reach) -> reqwest::Result<Client> {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let roots: Result<Vec<_>, _> = roots.map(|root| reqwest::Certificate::from_der(root)).collect();
    let client = Client::builder()
        .user_agent(agent)
        .tls_certs_merge(roots?)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(1)
        .connect_timeout(limits.connect)
        .read_timeout(limits.read);
    match reach {
        Reach::Public => client.dns_resolver(PublicResolver).build(),
        Reach::Anywhere => client.build(),
    }
}

/// The TLS library wants one provider a process. If another thread was first, there is one, which is all it takes.
fn settle_on_ring() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        drop(rustls::crypto::ring::default_provider().install_default());
    }
}

fn user_agent(contact: Option<String>) -> Result<HeaderValue, FetchError> {
    let version = env!("CARGO_PKG_VERSION");
    let text = contact.as_ref().map_or_else(
        || format!("palinode/{version}"),
        |contact| format!("palinode/{version} (+{contact})"),
    );
    let value = HeaderValue::from_str(&text).ok().filter(|_| text.is_ascii());
    value.ok_or_else(|| FetchError::Contact(contact.unwrap_or_default()))
}

/// Reads the entity up to the cap. What the length header claims may fail it early, but never allocates.
async fn read_entity(mut response: Response, cap: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || Failure::new(FailureClass::TooLarge, "the entity is larger than allowed");
    if response.content_length().is_some_and(|length| length > cap as u64) {
        return Err(too_large());
    }
    let mut entity = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Failure::in_entity)? {
        if entity.len() + chunk.len() > cap {
            return Err(too_large());
        }
        entity.extend_from_slice(&chunk);
    }
    Ok(entity)
}

/// The way of one fetch so far.
struct Trail {
    asked_at: Timestamp,
    url: Url,
    redirects: Vec<Redirect>,
    jar: Cookies,
    /// What was asked before, with which cookies: the same address again is a loop only if nothing was learned since.
    seen: Vec<(Url, Option<Vec<u8>>)>,
}

impl Trail {
    fn new(url: &Url, asked_at: Timestamp) -> Self {
        let (url, jar) = (url.clone(), Cookies::default());
        Self { asked_at, url, redirects: Vec::new(), jar, seen: Vec::new() }
    }

    fn cookies(&self) -> Option<Vec<u8>> {
        self.jar.header_for(self.url.host_str()?)
    }

    fn go_on(&mut self, status: u16, headers: &HeaderMap, limit: usize) -> Result<(), Failure> {
        let target = hop::target(&self.url, headers.get(LOCATION).map(HeaderValue::as_bytes))?;
        if self.redirects.len() >= limit {
            return Err(hop::astray("more redirects than allowed"));
        }
        self.seen.push((self.url.clone(), self.cookies()));
        for cookie in headers.get_all(SET_COOKIE) {
            let host = self.url.host_str().unwrap_or_default();
            self.jar.set(host, cookie.as_bytes(), self.asked_at);
        }
        self.redirects.push(Redirect { status, url: std::mem::replace(&mut self.url, target) });
        let here = (self.url.clone(), self.cookies());
        if self.seen.contains(&here) {
            Err(hop::astray("the redirects form a loop"))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contact_is_told_or_refused() {
        let agent = user_agent(Some("mailto:me@example.org".to_owned())).unwrap();
        assert!(agent.to_str().unwrap().ends_with(" (+mailto:me@example.org)"));
        assert!(user_agent(None).unwrap().to_str().unwrap().starts_with("palinode/"));
        assert!(user_agent(Some("me\r\nX: y".to_owned())).is_err());
    }

    #[test]
    fn a_second_fetcher_can_be_made() {
        assert!(Fetcher::new(FetcherSettings::default()).is_ok());
        assert!(Fetcher::new(FetcherSettings::default()).is_ok());
    }

    /// Past the guard that reads the URL, so that only the resolver stands in the way, as it does for any other name.
    #[tokio::test]
    async fn a_name_is_not_resolved_to_a_private_address() {
        let fetcher = Fetcher::new(FetcherSettings::default()).unwrap();
        let url: Url = "http://localhost:9/".parse().unwrap();
        let none = HeaderMap::new;
        for (reach, class) in [
            (Reach::Public, FailureClass::BlockedAddress),
            (Reach::Anywhere, FailureClass::Connect),
        ] {
            let asked = fetcher.ask(&url, none(), &none(), reach).await;
            assert_eq!(asked.unwrap_err().class, class);
        }
    }

    #[test]
    fn the_same_address_with_a_new_cookie_is_no_loop() {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_static("/"));
        headers.insert(SET_COOKIE, HeaderValue::from_static("seen=1"));
        let mut trail =
            Trail::new(&"http://a.example/".parse().unwrap(), Timestamp::from_millis(0));
        assert_eq!(trail.go_on(302, &headers, 10), Ok(()));
        assert_eq!(trail.cookies(), Some(b"seen=1".to_vec()));
        assert!(trail.go_on(302, &headers, 10).unwrap_err().detail.contains("loop"));
    }
}
