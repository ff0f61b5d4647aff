//! One window of a browser: every request in it is stopped, its clock is set and wound, and its page is written down.
//!
//! It knows commands and messages, and nothing of what is fetched; that is the visit's.

use std::pin::Pin;

use serde_json::{Value, json};
use tokio::time::Sleep;
use url::Url;

use super::devtools::Wire;
use super::{REST, STRETCH, STRETCHES, broken};
use crate::clock::Timestamp;
use crate::fetch::Failure;

/// A window, from the first command to the last.
pub(super) struct Window<'a> {
    wire: &'a mut Wire,
    session: String,
    /// The page itself, in contrast to pages inside it.
    frame: String,
    /// The browser, by its own name and version.
    browser: String,
    /// The command that opens the page.
    opening: u64,
    /// So many stretches of its time has the page still to come.
    stretches: u32,
    /// Until the next of them.
    rest: Option<Pin<Box<Sleep>>>,
}

/// Something that happened, of which nothing has come yet.
pub(super) enum Stirred {
    /// The browser sent a message.
    Said(Value),
    /// A rest is over.
    Rested,
}

/// What it means for a visit.
pub(super) enum Heard {
    /// The page asks for something, and waits.
    Paused(Value),
    /// The page has had its time.
    Done,
    /// Nothing.
    Nothing,
}

impl<'a> Window<'a> {
    /// Opens it: empty, and with the clock at this time.
    pub(super) async fn open(wire: &'a mut Wire, now: Timestamp) -> Result<Self, Failure> {
        let version = wire.call(None, "Browser.getVersion", &json!({})).await?;
        let browser = text(&version["product"])?;
        let target = json!({ "url": "about:blank" });
        let target = wire.call(None, "Target.createTarget", &target).await?;
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = wire.call(None, "Target.attachToTarget", &target).await?;
        let (session, frame) = (text(&attached["sessionId"])?, String::new());
        let (opening, stretches, rest) = (0, STRETCHES, None);
        let mut window = Self { wire, session, frame, browser, opening, stretches, rest };
        let frames = window.call("Page.getFrameTree", &json!({})).await?;
        window.frame = text(&frames["frameTree"]["frame"]["id"])?;
        let stopped = json!({ "policy": "pause", "initialVirtualTime": now.millis() / 1000 });
        for (method, parameters) in [
            ("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] })),
            ("Page.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Network.setBypassServiceWorker", json!({ "bypass": true })),
            ("Emulation.setTimezoneOverride", json!({ "timezoneId": "UTC" })),
            ("Emulation.setVirtualTimePolicy", stopped),
        ] {
            window.call(method, &parameters).await?;
        }
        Ok(window)
    }

    /// Shows an address there, for which the browser will ask as for anything else.
    pub(super) async fn show(&mut self, url: &Url) -> Result<(), Failure> {
        self.opening = self.send("Page.navigate", &json!({ "url": url.as_str() })).await?;
        Ok(())
    }

    pub(super) fn frame(&self) -> &str {
        &self.frame
    }

    pub(super) fn browser(&self) -> &str {
        &self.browser
    }

    /// Waits until something happens. Nothing is lost where something else is waited for at the same time.
    pub(super) async fn stir(&mut self) -> Result<Stirred, Failure> {
        tokio::select! {
            message = self.wire.next() => Ok(Stirred::Said(message?)),
            () = over(&mut self.rest) => Ok(Stirred::Rested),
        }
    }

    /// Does what it takes.
    pub(super) async fn take(&mut self, stirred: Stirred) -> Result<Heard, Failure> {
        let mut message = match stirred {
            Stirred::Said(message) => message,
            Stirred::Rested => {
                self.rest = None;
                self.go_on().await?;
                return Ok(Heard::Nothing);
            }
        };
        if message["id"] == self.opening {
            self.opened(&message).await?;
        }
        match message["method"].as_str().unwrap_or_default() {
            "Fetch.requestPaused" => return Ok(Heard::Paused(message["params"].take())),
            "Emulation.virtualTimeBudgetExpired" if self.stretches == 0 => return Ok(Heard::Done),
            "Emulation.virtualTimeBudgetExpired" => {
                self.rest = Some(Box::pin(tokio::time::sleep(REST)));
            }
            "Page.javascriptDialogOpening" => {
                self.send("Page.handleJavaScriptDialog", &json!({ "accept": false })).await?;
            }
            "Inspector.targetCrashed" | "Target.detachedFromTarget" => {
                return Err(broken("the page made the browser crash"));
            }
            _ => {}
        }
        Ok(Heard::Nothing)
    }

    /// The page stands: from now on its clock runs, whenever nothing is waited for.
    async fn opened(&mut self, message: &Value) -> Result<(), Failure> {
        let why = [&message["error"]["message"], &message["result"]["errorText"]];
        match why.into_iter().find_map(Value::as_str) {
            Some(why) => Err(broken(format!("the browser does not show it: {why}"))),
            None => self.go_on().await,
        }
    }

    /// The next stretch of the page's time.
    async fn go_on(&mut self) -> Result<(), Failure> {
        self.stretches = self.stretches.saturating_sub(1);
        let budget = u64::try_from(STRETCH.as_millis()).unwrap_or(u64::MAX);
        let running = json!({ "policy": "pauseIfNetworkFetchesPending", "budget": budget });
        self.send("Emulation.setVirtualTimePolicy", &running).await?;
        Ok(())
    }

    /// The document, by the browser itself: no script of the page has a hand in it.
    pub(super) async fn written_down(&mut self) -> Result<String, Failure> {
        let document = self.call("DOM.getDocument", &json!({ "depth": 0 })).await?;
        let root = &document["root"];
        // An error page of the browser's own says nothing of the page.
        if !root["documentURL"].as_str().is_some_and(|url| url.starts_with("http")) {
            return Err(broken("the browser does not show the page"));
        }
        let root = json!({ "nodeId": root["nodeId"] });
        text(&self.call("DOM.getOuterHTML", &root).await?["outerHTML"])
    }

    /// Sends a command whose result is of no interest.
    pub(super) async fn send(&mut self, method: &str, parameters: &Value) -> Result<u64, Failure> {
        self.wire.send(Some(&self.session), method, parameters).await
    }

    async fn call(&mut self, method: &str, parameters: &Value) -> Result<Value, Failure> {
        self.wire.call(Some(&self.session), method, parameters).await
    }
}

/// Waits for the end of a rest; for ever, if there is none.
async fn over(rest: &mut Option<Pin<Box<Sleep>>>) {
    match rest {
        Some(rest) => rest.await,
        None => std::future::pending().await,
    }
}

fn text(value: &Value) -> Result<String, Failure> {
    let text = value.as_str().ok_or_else(|| broken("the browser speaks another protocol"))?;
    Ok(text.to_owned())
}
