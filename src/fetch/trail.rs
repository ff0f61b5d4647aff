//! The way of one fetch so far: where it is, how it came there, and what is left of its time.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use url::Url;

use super::cookies::Cookies;
use super::{Failure, Redirect, hop};
use crate::clock::Timestamp;

/// The way of one fetch so far.
pub(super) struct Trail {
    /// When the first request was sent; before that, when somebody wanted to.
    pub(super) asked_at: Timestamp,
    /// The address to ask next.
    pub(super) url: Url,
    /// The redirects until there.
    pub(super) redirects: Vec<Redirect>,
    /// What is left of the time for everything. Waiting for a turn does not count.
    pub(super) left: Duration,
    jar: Cookies,
    /// What was asked before, with which cookies: the same address again is a loop only if nothing was learned since.
    seen: Vec<(Url, Option<Vec<u8>>)>,
}

impl Trail {
    pub(super) fn new(url: &Url, asked_at: Timestamp, left: Duration) -> Self {
        let (url, jar) = (url.clone(), Cookies::default());
        Self { asked_at, url, redirects: Vec::new(), left, jar, seen: Vec::new() }
    }

    pub(super) fn cookies(&self) -> Option<Vec<u8>> {
        self.jar.header_for(self.url.host_str()?)
    }

    /// Takes in that a request was begun, once more or for the first time.
    pub(super) fn begin(&mut self, now: Timestamp) {
        if self.redirects.is_empty() {
            self.asked_at = now;
        }
    }

    /// Follows a redirect, at most so many.
    pub(super) fn go_on(
        &mut self,
        status: u16,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<(), Failure> {
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
    fn the_same_address_with_a_new_cookie_is_no_loop() {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_static("/"));
        headers.insert(SET_COOKIE, HeaderValue::from_static("seen=1"));
        let url = "http://a.example/".parse().unwrap();
        let mut trail = Trail::new(&url, Timestamp::from_millis(0), Duration::ZERO);
        assert_eq!(trail.go_on(302, &headers, 10), Ok(()));
        assert_eq!(trail.cookies(), Some(b"seen=1".to_vec()));
        assert!(trail.go_on(302, &headers, 10).unwrap_err().detail.contains("loop"));
    }
}
