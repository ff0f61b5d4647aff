//! One page in the browser: it is shown, given what it asks for, and read when it has had its time.

use std::collections::BTreeMap;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::{Value, json};
use url::Url;

use super::Rendered;
use super::devtools::Wire;
use super::errand::{Errand, Purpose, is_moment, may_come};
use super::window::{Heard, Window};
use crate::clock::Clock;
use crate::fetch::client::{Fetcher, Stop};
use crate::fetch::{
    Answer, Failure, FailureClass, Fetched, Manners, PutOff, Redirect, Request, hop,
};

/// What a visit asks with, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) fetcher: &'a Fetcher,
    pub(super) request: &'a Request,
    pub(super) manners: &'a Manners,
    pub(super) clock: &'a dyn Clock,
}

/// A visit, from the first command to the last.
pub(super) struct Visit<'a> {
    window: Window<'a>,
    means: Means<'a>,
    /// The answer that the page stands on.
    answer: Answer,
    /// What was fetched and the browser has still to ask for.
    ready: BTreeMap<Url, Answer>,
    errands: FuturesUnordered<Pin<Box<dyn Future<Output = Came> + 'a>>>,
    asked: usize,
    missing: u32,
}

/// A request of the page, and what came of it.
type Came = (Errand, Result<Fetched, PutOff>);

/// Where a visit stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// It goes on.
    Open,
    /// The page has had its time.
    Ready,
    /// A script has led to what no browser is needed for.
    Elsewhere,
}

/// A page asks for so many things at most; the further ones are not had.
const MOST: usize = 300;

impl<'a> Visit<'a> {
    /// Gives the answer of a page with what its scripts made of it, or the one to which they led.
    pub(super) async fn make(
        wire: &'a mut Wire,
        means: Means<'a>,
        answer: Answer,
    ) -> Result<Answer, Stop> {
        let mut window = Window::open(wire, means.clock.now()).await?;
        window.show(&answer.url).await?;
        let ready = BTreeMap::from([(answer.url.clone(), answer.clone())]);
        let errands = FuturesUnordered::new();
        let mut visit = Self { window, means, answer, ready, errands, asked: 0, missing: 0 };
        while visit.step().await? == Stands::Open {}
        visit.read().await
    }

    async fn read(mut self) -> Result<Answer, Stop> {
        if !is_page(&self.answer) {
            return Ok(self.answer);
        }
        let dom = self.window.written_down().await?;
        if dom.len() > self.means.fetcher.limits().decoded {
            let detail = "what its scripts make of it is larger than allowed";
            return Err(Failure::new(FailureClass::TooLarge, detail).into());
        }
        self.answer.at = self.means.clock.now();
        let (browser, missing) = (self.window.browser().to_owned(), self.missing);
        self.answer.rendered = Some(Rendered { dom, browser, missing });
        Ok(self.answer)
    }

    /// Waits for the next thing to happen, and does what it takes.
    async fn step(&mut self) -> Result<Stands, Stop> {
        tokio::select! {
            stirred = self.window.stir() => match self.window.take(stirred?).await? {
                Heard::Paused(paused) => {
                    self.paused(&paused).await?;
                    Ok(Stands::Open)
                }
                Heard::Done => Ok(Stands::Ready),
                Heard::Nothing => Ok(Stands::Open),
            },
            Some((errand, came)) = self.errands.next() => self.bring(errand, came).await,
        }
    }

    /// A request has been stopped: it is answered at once, or an errand begins.
    async fn paused(&mut self, paused: &Value) -> Result<(), Stop> {
        let Some(errand) = Errand::of(paused, self.window.frame()) else {
            let refused = json!({ "requestId": paused["requestId"], "errorReason": "Aborted" });
            self.window.send("Fetch.failRequest", &refused).await?;
            return Ok(());
        };
        if let Some(answer) = self.ready.remove(&errand.url) {
            return Ok(self.give(&errand, &answer).await?);
        }
        match errand.purpose {
            Purpose::Inline => {
                self.window
                    .send("Fetch.continueRequest", &json!({ "requestId": errand.id }))
                    .await?;
            }
            Purpose::Permission => {
                self.window.send("Fetch.fulfillRequest", &errand.permitted()).await?;
            }
            Purpose::Nothing => self.refuse(&errand).await?,
            Purpose::Page | Purpose::Part if self.asked < MOST => self.ask(errand).await?,
            Purpose::Page | Purpose::Part => {
                self.missing += 1;
                self.refuse(&errand).await?;
            }
        }
        Ok(())
    }

    async fn ask(&mut self, errand: Errand) -> Result<(), Failure> {
        let Some(request) = errand.request(self.means.request) else {
            return self.refuse(&errand).await;
        };
        self.asked += 1;
        let Means { fetcher, manners, clock, .. } = self.means;
        self.errands.push(Box::pin(async move {
            let came = fetcher.ask(&request, manners, clock).await;
            (errand, came)
        }));
        Ok(())
    }

    /// An errand has ended.
    async fn bring(
        &mut self,
        errand: Errand,
        came: Result<Fetched, PutOff>,
    ) -> Result<Stands, Stop> {
        let answer = match came {
            Ok(Fetched::Answer(answer)) => *answer,
            Ok(Fetched::Failed { failure, .. }) if errand.purpose == Purpose::Page => {
                return Err(failure.into());
            }
            Err(put_off) if errand.purpose == Purpose::Page => return Err(put_off.into()),
            Ok(Fetched::Failed { failure, .. }) => {
                self.missing += u32::from(may_come(failure.class));
                self.refuse(&errand).await?;
                return Ok(Stands::Open);
            }
            Ok(Fetched::NotModified { .. }) | Err(_) => {
                self.missing += 1;
                self.refuse(&errand).await?;
                return Ok(Stands::Open);
            }
        };
        if errand.purpose == Purpose::Page {
            self.led_to(answer.clone())?;
            if !is_page(&answer) {
                return Ok(Stands::Elsewhere);
            }
        } else if is_moment(answer.status) {
            self.missing += 1;
        }
        if answer.url == errand.url {
            self.give(&errand, &answer).await?;
        } else {
            self.window.send("Fetch.fulfillRequest", &errand.sent_on(&answer.url)).await?;
            self.ready.insert(answer.url.clone(), answer);
        }
        Ok(Stands::Open)
    }

    /// A script has led the page to another answer, as a redirect would.
    fn led_to(&mut self, next: Answer) -> Result<(), Failure> {
        let before = std::mem::replace(&mut self.answer, next);
        let from = Redirect { status: before.status, url: before.url };
        let on_the_way = std::mem::take(&mut self.answer.redirects);
        self.answer.redirects =
            before.redirects.into_iter().chain([from]).chain(on_the_way).collect();
        self.answer.asked_at = before.asked_at;
        if self.answer.redirects.len() > self.means.fetcher.limits().redirects {
            return Err(hop::astray("more redirects than allowed"));
        }
        Ok(())
    }

    async fn give(&mut self, errand: &Errand, answer: &Answer) -> Result<(), Failure> {
        match errand.given(answer, self.means.fetcher.limits()) {
            Ok(given) => self.window.send("Fetch.fulfillRequest", &given).await.map(drop),
            Err(failure) => {
                self.missing += u32::from(may_come(failure.class));
                self.refuse(errand).await
            }
        }
    }

    async fn refuse(&mut self, errand: &Errand) -> Result<(), Failure> {
        self.window.send("Fetch.failRequest", &errand.refused()).await.map(drop)
    }
}

/// Whether an answer holds scripts to run: it is HTML, and it is the page and no error.
pub(in crate::fetch) fn is_page(answer: &Answer) -> bool {
    let kind = answer.head.text("content-type");
    let is_html = kind.is_none_or(|kind| kind.to_ascii_lowercase().contains("html"));
    is_html && matches!(answer.status, 200 | 203)
}
