//! One request to one answer: the only place from which palinode opens a connection.
//!
//! The client library is kept to plain exchanges. Redirects, cookies and codings are done elsewhere, since the library's
//! own ways forward secrets, hide bytes or have no bound.

use std::net::SocketAddr;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Response};
use url::Url;

use super::guard::{PublicResolver, Reach};
use super::hop;
use super::limits::Limits;
use super::trail::Trail;
use super::{Answer, Failure, FailureClass, Head, Posted, Request};
use crate::clock::{Clock, Timestamp};

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

/// The clients that make exchanges.
#[derive(Clone, Debug)]
pub(super) struct Exchanges {
    /// Knows no private address, and shares no connection with the other.
    public: Client,
    anywhere: Client,
}

/// What happens to an entity of more bytes than these.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    /// The fetch fails.
    Fail(usize),
    /// The rest is left out.
    Cut(usize),
}

/// What one request came to.
pub(super) struct Exchange {
    pub(super) status: u16,
    /// Whether the request named a validator.
    pub(super) conditional: bool,
    pub(super) headers: HeaderMap,
    pub(super) remote: Option<SocketAddr>,
    /// Of what is no redirect and no 304.
    pub(super) entity: Vec<u8>,
    pub(super) at: Timestamp,
}

impl Exchanges {
    /// Clients that name this contact and keep to these limits. They trust the machine's root certificates and the
    /// bundled ones, so that a machine without any works.
    pub(super) fn new(
        contact: Option<String>,
        limits: &Limits,
        connections: Connections,
    ) -> Result<Self, FetchError> {
        let agent = user_agent(contact)?;
        let client =
            |reach| client(agent.clone(), limits, reach, connections).map_err(FetchError::Client);
        Ok(Self { public: client(Reach::Public)?, anywhere: client(Reach::Anywhere)? })
    }

    /// Asks, and reads what is answered.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        trail: &Trail,
        reach: Reach,
        bound: Bound,
        clock: &dyn Clock,
    ) -> Result<Exchange, Failure> {
        let headers = hop::headers(&trail.url, request, trail.cookies().as_deref())?;
        let conditions = hop::conditions(&trail.url, request.validators.as_ref());
        let response = self.ask(&trail.url, headers, &conditions, reach).await?;
        let (status, remote) = (response.status().as_u16(), response.remote_addr());
        let headers = response.headers().clone();
        let entity = match status {
            304 => Vec::new(),
            _ if hop::is_redirect(status) => Vec::new(),
            _ => read_entity(response, bound).await?,
        };
        let (conditional, at) = (!conditions.is_empty(), clock.now());
        Ok(Exchange { status, conditional, headers, remote, entity, at })
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
        let asked = self.client(reach).get(url.clone()).headers(headers).send();
        asked.await.map_err(Failure::before_answer)
    }

    fn client(&self, reach: Reach) -> &Client {
        match reach {
            Reach::Public => &self.public,
            Reach::Anywhere => &self.anywhere,
        }
    }

    /// Sends something, and reads what is answered.
    pub(super) async fn send(
        &self,
        posted: &Posted,
        reach: Reach,
        bound: Bound,
        clock: &dyn Clock,
    ) -> Result<Exchange, Failure> {
        let Posted { url, kind, headers, body } = posted;
        let mut sent = self.client(reach).post(url.url().clone()).header(CONTENT_TYPE, *kind);
        for (name, value) in headers {
            sent = sent.header(name, value);
        }
        let response = sent.body(body.clone()).send().await.map_err(Failure::before_answer)?;
        let (status, remote) = (response.status().as_u16(), response.remote_addr());
        let headers = response.headers().clone();
        let entity = read_entity(response, bound).await?;
        Ok(Exchange { status, conditional: false, headers, remote, entity, at: clock.now() })
    }
}

impl Exchange {
    /// The answer at the end of this way.
    pub(super) fn answer(self, trail: Trail) -> Answer {
        let Self { status, headers, remote, entity, at, .. } = self;
        let Trail { asked_at, url, redirects, .. } = trail;
        let head = Head::from(&headers);
        Answer { asked_at, at, url, redirects, remote, status, head, entity, rendered: None }
    }
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Connections {
    /// The next request may use it.
    Kept,
    /// It is closed: the next answer may come from another machine behind the same address.
    Fresh,
}

fn client(
    agent: HeaderValue,
    limits: &Limits,
    reach: Reach,
    connections: Connections,
) -> reqwest::Result<Client> {
    let client = plain_client()?
        .user_agent(agent)
        .pool_max_idle_per_host(usize::from(connections == Connections::Kept))
        .connect_timeout(limits.connect)
        .read_timeout(limits.read);
    match reach {
        Reach::Public => client.dns_resolver(PublicResolver).build(),
        Reach::Anywhere => client.build(),
    }
}

/// A client that does what it is told and no more: no redirects, no second try, nothing said of where it comes from. It
/// trusts the machine's root certificates and the bundled ones.
pub fn plain_client() -> reqwest::Result<ClientBuilder> {
    settle_on_ring();
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let roots: Result<Vec<_>, _> = roots.map(|root| reqwest::Certificate::from_der(root)).collect();
    let client = Client::builder().tls_certs_merge(roots?).referer(false);
    Ok(client.redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never()))
}

/// The TLS libraries want one provider a process. If another thread was first, there is one, which is all it takes.
pub fn settle_on_ring() {
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
async fn read_entity(mut response: Response, bound: Bound) -> Result<Vec<u8>, Failure> {
    let too_large = || Failure::new(FailureClass::TooLarge, "the entity is larger than allowed");
    if let (Bound::Fail(most), Some(length)) = (bound, response.content_length())
        && length > most as u64
    {
        return Err(too_large());
    }
    let mut entity = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Failure::in_entity)? {
        match bound {
            Bound::Fail(most) if entity.len() + chunk.len() > most => return Err(too_large()),
            Bound::Cut(most) if entity.len() + chunk.len() > most => {
                entity.extend_from_slice(&chunk[..most - entity.len()]);
                break;
            }
            Bound::Fail(_) | Bound::Cut(_) => entity.extend_from_slice(&chunk),
        }
    }
    Ok(entity)
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
    fn clients_can_be_made_twice() {
        assert!(Exchanges::new(None, &Limits::default(), Connections::Kept).is_ok());
        assert!(Exchanges::new(None, &Limits::default(), Connections::Kept).is_ok());
    }

    /// Past the guard that reads the URL, so that only the resolver stands in the way, as it does for any other name.
    #[tokio::test]
    async fn a_name_is_not_resolved_to_a_private_address() {
        let exchanges = Exchanges::new(None, &Limits::default(), Connections::Kept).unwrap();
        let url: Url = "http://localhost:9/".parse().unwrap();
        let none = HeaderMap::new;
        for (reach, class) in [
            (Reach::Public, FailureClass::BlockedAddress),
            (Reach::Anywhere, FailureClass::Connect),
        ] {
            let asked = exchanges.ask(&url, none(), &none(), reach).await;
            assert_eq!(asked.unwrap_err().class, class);
        }
    }
}
