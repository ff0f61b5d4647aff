//! A request to what came of it: hop by hop, in turn, and only where palinode may go.
//!
//! Every request of palinode takes this way, `robots.txt` included: the guard, the manners and the time limit cannot be
//! forgotten, since there is no other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::browser::{self, Browser, Scripts};
use super::exchange::{Bound, Connections, Exchange, Exchanges, FetchError};
use super::guard::{self, Private, Reach};
use super::hop;
use super::limits::Limits;
use super::manners::{Manners, PutOff};
use super::robots::{self, Robots};
use super::trail::Trail;
use super::{Answer, Failure, FailureClass, Fetched, Head, Posted, Request};
use crate::clock::Clock;
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
    /// How long to wait before a changed page is asked for a second time; `None` to believe the first answer.
    pub confirm_after: Option<Duration>,
    /// Which browser runs the scripts of pages that need it.
    pub browser: Browser,
}

impl Default for FetcherSettings {
    fn default() -> Self {
        let (limits, reach) = (Limits::default(), Reach::default());
        let (pause, browser) = (Duration::from_secs(1), Browser::default());
        Self { contact: None, limits, reach, pause, confirm_after: None, browser }
    }
}

/// Fetches pages; one serves for all of them.
#[derive(Clone, Debug)]
pub struct Fetcher {
    exchanges: Exchanges,
    settings: FetcherSettings,
    browsers: Arc<Semaphore>,
}

impl Fetcher {
    /// A fetcher. It trusts the machine's root certificates and the bundled ones, so that a machine without any works.
    pub fn new(settings: FetcherSettings) -> Result<Self, FetchError> {
        Self::with(settings, Connections::Kept, Arc::new(Semaphore::new(BROWSERS_AT_ONCE)))
    }

    /// The same fetcher, which makes a new connection for every request.
    pub fn anew(&self) -> Result<Self, FetchError> {
        Self::with(self.settings.clone(), Connections::Fresh, Arc::clone(&self.browsers))
    }

    fn with(
        settings: FetcherSettings,
        connections: Connections,
        browsers: Arc<Semaphore>,
    ) -> Result<Self, FetchError> {
        let contact = settings.contact.clone();
        let exchanges = Exchanges::new(contact, &settings.limits, connections)?;
        Ok(Self { exchanges, settings, browsers })
    }

    /// How long to wait before a changed page is asked for a second time, if it is.
    pub fn confirm_after(&self) -> Option<Duration> {
        self.settings.confirm_after
    }

    /// How long a host is left alone after an answer, at least.
    pub fn pause(&self) -> Duration {
        self.settings.pause
    }

    /// What a fetch may take.
    pub(super) fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    /// Which browser runs scripts.
    pub(super) fn browser(&self) -> &Browser {
        &self.settings.browser
    }

    /// Asks for a page once, following its redirects, and has its scripts run if that is wanted. Nothing is asked of a
    /// host that wants to be left alone, and nothing where there is no browser for what needs one.
    pub async fn fetch(
        &self,
        request: &Request,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, PutOff> {
        if request.scripts == Scripts::Ignored {
            return self.ask(request, manners, clock).await;
        }
        let program = match self.settings.browser.find() {
            Ok(program) => program,
            Err(failure) => return Ok(Fetched::Failed { at: clock.now(), failure }),
        };
        let answer = match self.ask(request, manners, clock).await? {
            Fetched::Answer(answer) if browser::is_page(&answer) => answer,
            other => return Ok(other),
        };
        // The semaphore is never closed, so there is always a permit to come.
        let _one_of_few = self.browsers.acquire().await.ok();
        settled(browser::run(program, *answer, request, self, manners, clock).await, clock)
    }

    /// The same without a browser.
    pub(super) async fn ask(
        &self,
        request: &Request,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, PutOff> {
        settled(self.follow(request, manners, clock).await, clock)
    }

    /// Sends something to an address and gives the answer, of so many bytes at most. No redirect is followed: what is
    /// sent is meant for whoever was named. Nothing is sent to a host that wants to be left alone.
    pub async fn post(
        &self,
        posted: &Posted,
        most: usize,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, PutOff> {
        settled(self.send(posted, most, manners, clock).await, clock)
    }

    async fn send(
        &self,
        posted: &Posted,
        most: usize,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, Stop> {
        let (url, reach) = (posted.url.url(), self.settings.reach);
        guard::admit(url, reach)?;
        manners.admit(url, clock.now())?;
        let turn = manners.turn(url).await;
        let mut trail = Trail::new(url, clock.now(), self.settings.limits.total);
        trail.begin(clock.now());
        let sent = self.exchanges.send(posted, reach, Bound::Fail(most), clock);
        let came = tokio::time::timeout(trail.left, sent).await;
        turn.end(clock.now().since(trail.asked_at));
        let too_late = || Failure::new(FailureClass::Timeout, "not complete within the time limit");
        let came = came.map_err(|_| too_late())??;
        manners.note(url, came.status, &came.headers, clock.now());
        Ok(Fetched::Answer(Box::new(came.answer(trail))))
    }

    async fn follow(
        &self,
        request: &Request,
        manners: &Manners,
        clock: &dyn Clock,
    ) -> Result<Fetched, Stop> {
        let mut trail = Trail::new(request.url.url(), clock.now(), self.settings.limits.total);
        loop {
            manners.admit(&trail.url, clock.now())?;
            self.heed_robots(&trail.url, request, manners, clock).await?;
            let entity = Bound::Fail(self.settings.limits.entity);
            let came = self.hop(request, &mut trail, entity, manners, clock).await?;
            if hop::is_redirect(came.status) {
                trail.go_on(came.status, &came.headers, self.settings.limits.redirects)?;
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
        let mut trail = Trail::new(url.url(), clock.now(), self.settings.limits.total);
        let headers = vec![("Accept-Encoding".to_owned(), "identity".to_owned())];
        let request = Request {
            url,
            headers,
            validators: None,
            reach,
            robots: Robots::Ignored,
            scripts: Scripts::Ignored,
        };
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
        let reach = self.settings.reach.max(request.reach);
        guard::admit(&trail.url, reach)?;
        // Once before the turn, for which there is a pause to wait, and once in it: the request before may have been
        // refused.
        manners.admit(&trail.url, clock.now())?;
        let turn = manners.turn(&trail.url).await;
        let began = clock.now();
        manners.admit(&trail.url, began)?;
        trail.begin(began);
        // The library's own total limit would begin anew at each redirect.
        let came = tokio::time::timeout(
            trail.left,
            self.exchanges.exchange(request, trail, reach, bound, clock),
        )
        .await;
        let took = clock.now().since(began);
        turn.end(took);
        trail.left = trail.left.saturating_sub(took);
        let too_late = || Failure::new(FailureClass::Timeout, "not complete within the time limit");
        let came = came.map_err(|_| too_late())??;
        manners.note(&trail.url, came.status, &came.headers, came.at);
        Ok(came)
    }
}

/// A browser takes as much of a machine as everything else together; more than so many do not run at once.
const BROWSERS_AT_ONCE: usize = 2;

/// So many redirects of a `robots.txt` are followed.
const ROBOTS_REDIRECTS: usize = 5;

/// What came of it, with a failure as a value.
fn settled<A: Into<Fetched>>(came: Result<A, Stop>, clock: &dyn Clock) -> Result<Fetched, PutOff> {
    match came {
        Ok(came) => Ok(came.into()),
        Err(Stop::Failed(failure)) => Ok(Fetched::Failed { at: clock.now(), failure }),
        Err(Stop::PutOff(put_off)) => Err(put_off),
    }
}

impl From<Answer> for Fetched {
    fn from(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

/// Why the way ends before an answer.
pub(super) enum Stop {
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
