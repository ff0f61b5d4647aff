//! A request to what came of it: the one place from which palinode speaks HTTP.
//!
//! The client library is kept to plain exchanges. Redirects, cookies and codings are done here or later, since the
//! library's own ways forward secrets, hide bytes or have no bound.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Response};
use url::Url;

use super::guard::{self, Private, PublicResolver, Reach};
use super::hop;
use super::limits::Limits;
use super::manners::{Manners, PutOff};
use super::robots::{self, Robots};
use super::trail::Trail;
use super::{Answer, Failure, FailureClass, Fetched, Head, Request};
use crate::clock::{Clock, Timestamp};
use crate::page::PageUrl;

/// What the owner of this palinode may set about fetching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetcherSettings {
    /// How a site's owner can reach the one who watches: an address that is sent with every request.
    pub contact: Option<String>,
    /// What a fetch may take.
    pub limits: Limits,
    /// Where every page may be fetched from, whatever its own settings say.
    pub reach: Reach,
    /// How long a host is left alone after an answer, at least.
    pub pause: Duration,
}

impl Default for FetcherSettings {
    fn default() -> Self {
        let (limits, reach) = (Limits::default(), Reach::default());
        Self { contact: None, limits, reach, pause: Duration::from_secs(1) }
    }
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
    pause: Duration,
}

impl Fetcher {
    /// A fetcher. It trusts the machine's root certificates and the bundled ones, so that a machine without any works.
    pub fn new(settings: FetcherSettings) -> Result<Self, FetchError> {
        let FetcherSettings { contact, limits, reach, pause } = settings;
        settle_on_ring();
        let agent = user_agent(contact)?;
        let client = |reach| client(agent.clone(), &limits, reach).map_err(FetchError::Client);
        let (public, anywhere) = (client(Reach::Public)?, client(Reach::Anywhere)?);
        Ok(Self { public, anywhere, limits, reach, pause })
    }

    /// How long a host is left alone after an answer, at least.
    pub fn pause(&self) -> Duration {
        self.pause
    }

    /// Asks for a page once, following its redirects. Nothing is asked of a host that wants to be left alone.
    pub async fn fetch(
        &self,
        request: &Request,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, PutOff> {
        match self.follow(request, manners, clock).await {
            Ok(fetched) => Ok(fetched),
            Err(Stop::Failed(failure)) => Ok(Fetched::Failed { at: clock.now(), failure }),
            Err(Stop::PutOff(put_off)) => Err(put_off),
        }
    }

    async fn follow(
        &self,
        request: &Request,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, Stop> {
        let mut trail = Trail::new(request.url.url(), clock.now(), self.limits.total);
        loop {
            manners.admit(&trail.url, clock.now())?;
            self.heed_robots(&trail.url, request, manners, clock).await?;
            let entity = Bound::Fail(self.limits.entity);
            let came = self.hop(request, &mut trail, entity, manners, clock).await?;
            if hop::is_redirect(came.status) {
                trail.go_on(came.status, &came.headers, self.limits.redirects)?;
                continue;
            }
            return match came.status {
                304 if !came.conditional => {
                    let detail = "a 304 to a request that named no validator of this address";
                    Err(Failure::new(FailureClass::Protocol, detail).into())
                }
                304 => Ok(Fetched::NotModified { at: came.at, head: Head::from(&came.headers) }),
                _ => Ok(Fetched::Answer(Box::new(came.answer(trail)))),
            };
        }
    }

    /// Refuses an address that the `robots.txt` of its origin forbids, and asks for that file where it is not known.
    async fn heed_robots(
        &self,
        url: &Url,
        request: &Request,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<(), Stop> {
        if request.robots == Robots::Ignored {
            return Ok(());
        }
        let mut known = manners.robots(url).await;
        if !known.is_current(clock.now()) {
            let came = match self.robots_txt(url, request.reach, manners, clock).await {
                Err(Stop::PutOff(put_off)) => return Err(put_off.into()),
                // Another page of this origin may be allowed what this one is not.
                Err(Stop::Failed(failure)) if failure.class == FailureClass::BlockedAddress => {
                    return Err(failure.into());
                }
                // As the RFC has it: redirects that lead nowhere are no rules.
                Err(Stop::Failed(failure)) if failure.class == FailureClass::Redirect => Ok(None),
                Err(Stop::Failed(failure)) => Err(failure),
                Ok(text) => Ok(text),
            };
            known.take_in(came, clock.now());
            manners.remember(known.copy.clone());
        }
        if let Some(delay) = known.delay() {
            manners.slow_down(url, delay);
        }
        Ok(known.admit(url, clock.now())?)
    }

    /// The `robots.txt` of this address's origin, if there is one. It is asked for without the page's own headers, and
    /// uncoded, so that what is cut at the bound can be read up to there.
    async fn robots_txt(
        &self,
        url: &Url,
        reach: Reach,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Option<Vec<u8>>, Stop> {
        let place = url.join("/robots.txt").ok().and_then(|url| url.as_str().parse().ok());
        let url: PageUrl = place.ok_or_else(|| hop::astray("no place for a robots.txt"))?;
        let mut trail = Trail::new(url.url(), clock.now(), self.limits.total);
        let headers = vec![("Accept-Encoding".to_owned(), "identity".to_owned())];
        let request = Request { url, headers, validators: None, reach, robots: Robots::Ignored };
        loop {
            let entity = Bound::Cut(robots::MOST);
            let came = self.hop(&request, &mut trail, entity, manners, clock).await?;
            if hop::is_redirect(came.status) {
                trail.go_on(came.status, &came.headers, ROBOTS_REDIRECTS)?;
                continue;
            }
            return Ok(robots::text(&came.answer(trail))?);
        }
    }

    /// One request of the way, in its turn.
    async fn hop(
        &self,
        request: &Request,
        trail: &mut Trail,
        bound: Bound,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Exchange, Stop> {
        guard::admit(&trail.url, self.reach.max(request.reach))?;
        // Once before the turn, for which there is a pause to wait, and once in it: the request before may have been
        // refused.
        manners.admit(&trail.url, clock.now())?;
        let turn = manners.turn(&trail.url).await;
        let began = clock.now();
        manners.admit(&trail.url, began)?;
        trail.begin(began);
        // The library's own total limit would begin anew at each redirect.
        let came =
            tokio::time::timeout(trail.left, self.exchange(request, trail, bound, clock)).await;
        let took = clock.now().since(began);
        turn.end(took);
        trail.left = trail.left.saturating_sub(took);
        let too_late = || Failure::new(FailureClass::Timeout, "not complete within the time limit");
        let came = came.map_err(|_| too_late())??;
        manners.note(&trail.url, came.status, &came.headers, came.at);
        Ok(came)
    }

    /// Asks, and reads what is answered.
    async fn exchange(
        &self,
        request: &Request,
        trail: &Trail,
        bound: Bound,
        clock: &dyn Clock,
    ) -> Result<Exchange, Failure> {
        let headers = hop::headers(&trail.url, request, trail.cookies().as_deref())?;
        let conditions = hop::conditions(&trail.url, request.validators.as_ref());
        let reach = self.reach.max(request.reach);
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
        let client = match reach {
            Reach::Public => &self.public,
            Reach::Anywhere => &self.anywhere,
        };
        let asked = client.get(url.clone()).headers(headers).send();
        asked.await.map_err(Failure::before_answer)
    }
}

/// So many redirects of a `robots.txt` are followed.
const ROBOTS_REDIRECTS: usize = 5;

/// What happens to an entity of more bytes than these.
#[derive(Clone, Copy)]
enum Bound {
    /// The fetch fails.
    Fail(usize),
    /// The rest is left out.
    Cut(usize),
}

/// Why the way ends before an answer.
enum Stop {
    Failed(Failure),
    PutOff(PutOff),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Private> for Stop {
    fn from(private: Private) -> Self {
        Self::Failed(private.into())
    }
}

impl From<PutOff> for Stop {
    fn from(put_off: PutOff) -> Self {
        Self::PutOff(put_off)
    }
}

/// What one request came to.
struct Exchange {
    status: u16,
    /// Whether the request named a validator.
    conditional: bool,
    headers: HeaderMap,
    remote: Option<SocketAddr>,
    /// Of what is no redirect and no 304.
    entity: Vec<u8>,
    at: Timestamp,
}

impl Exchange {
    fn answer(self, trail: Trail) -> Answer {
        let Self { status, headers, remote, entity, at, .. } = self;
        let Trail { asked_at, url, redirects, .. } = trail;
        let head = Head::from(&headers);
        Answer { asked_at, at, url, redirects, remote, status, head, entity }
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
}
