//! What a site's `robots.txt` said, and when, to whether palinode may fetch an address there (RFC 9309).
//!
//! The rules themselves are read by a crate; this file is about the file's life: how long a copy holds, and what holds
//! when there is none. Its own file, because none of that takes a connection.

use std::time::Duration;

use robotxt::{BYTE_LIMIT, Robots as Rules};
use url::Url;

use super::{Answer, Failure, FailureClass, Limits, decode};
use crate::clock::Timestamp;
use crate::page::host_of;

/// Whether a page is fetched that its site asks robots to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Robots {
    /// Not if `robots.txt` asks for that.
    #[default]
    Heeded,
    /// Whatever it says: its owner has decided so, and it is not even read.
    Ignored,
}

/// The last known `robots.txt` of an origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RobotsCopy {
    /// Scheme, host and port.
    pub origin: String,
    /// When it was last had, or known not to exist.
    pub fetched_at: Option<Timestamp>,
    /// Its text, as far as it is read; `None` where there is none.
    pub rules: Option<Vec<u8>>,
    /// Since when it cannot be had, if it cannot.
    pub failing_since: Option<Timestamp>,
}

impl RobotsCopy {
    /// Whether its rules let palinode fetch an address of its origin. Where there are none, all may be fetched.
    pub fn allows(&self, url: &Url) -> bool {
        rules(self).is_url_allowed(url)
    }
}

/// The name that a `robots.txt` knows palinode by.
const AGENT: &str = "palinode";

/// A copy holds for so long, as the RFC has it; where no new one can be had, for longer.
const HOLDS: Duration = Duration::from_hours(24);

/// A site whose `robots.txt` cannot be had for so long is taken for a site without one, if it never was had.
const GIVEN_UP: Duration = Duration::from_hours(30 * 24);

/// So much of the file is taken in: all that is read of it, and a byte more to show that a line was cut.
pub(super) const MOST: usize = BYTE_LIMIT + 1;

/// What is known of one origin in a run.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) copy: RobotsCopy,
    rules: Rules,
    /// Why there is no newer copy. Nobody asks again in this run.
    failed: Option<Failure>,
}

impl Known {
    pub(super) fn new(copy: RobotsCopy) -> Self {
        let rules = rules(&copy);
        Self { copy, rules, failed: None }
    }

    /// Whether the file need not be asked for now. A copy from the future was noted by a clock that was wrong.
    pub(super) fn is_current(&self, now: Timestamp) -> bool {
        let holds = self.copy.fetched_at.is_some_and(|at| at <= now && now.since(at) < HOLDS);
        holds || self.failed.is_some()
    }

    /// Takes in what came of asking for the file.
    pub(super) fn take_in(&mut self, came: Result<Option<Vec<u8>>, Failure>, now: Timestamp) {
        match came {
            Ok(text) => {
                self.copy.fetched_at = Some(now);
                self.copy.rules = text;
                self.copy.failing_since = None;
                self.rules = rules(&self.copy);
            }
            Err(failure) => {
                self.copy.failing_since.get_or_insert(now);
                self.failed = Some(failure);
            }
        }
    }

    /// How long the site asks robots to pause.
    pub(super) fn delay(&self) -> Option<Duration> {
        self.rules.crawl_delay()
    }

    /// Refuses an address that must not be fetched, or of which that cannot be known.
    pub(super) fn admit(&self, url: &Url, now: Timestamp) -> Result<(), Failure> {
        let given_up = self.copy.failing_since.is_some_and(|since| now.since(since) >= GIVEN_UP);
        match &self.failed {
            Some(failure) if self.copy.fetched_at.is_none() && !given_up => {
                let detail = format!("{} (asked for robots.txt first)", failure.detail);
                Err(Failure::new(failure.class, detail))
            }
            _ if self.rules.is_url_allowed(url) => Ok(()),
            _ => {
                let detail = format!(
                    "the robots.txt of {} asks not to fetch this\nhint: `palinode edit PAGE --ignore-robots` watches it all the same",
                    host_of(url)
                );
                Err(Failure::new(FailureClass::Robots, detail))
            }
        }
    }
}

fn rules(copy: &RobotsCopy) -> Rules {
    copy.rules.as_ref().map_or_else(Rules::allow_all, |text| Rules::parse(text, AGENT))
}

/// What an answer to the request for the file means: a text, or that there is none, or that this cannot be known.
pub(super) fn text(answer: &Answer) -> Result<Option<Vec<u8>>, Failure> {
    match answer.status {
        200..=299 => {
            let text = decode(&answer.entity, &answer.head, &Limits::default())?;
            Ok(Some(text[..text.len().min(MOST)].to_vec()))
        }
        // A host that wants fewer visits has not said that all are welcome.
        400..=428 | 430..=499 => Ok(None),
        other => Err(Failure::new(FailureClass::Http(other), "the server did not give it")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fetch::Head;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn url(path: &str) -> Url {
        format!("https://a.example{path}").parse().unwrap()
    }

    fn saying(text: &str) -> Known {
        let mut known = Known::new(RobotsCopy::default());
        known.take_in(Ok(Some(text.into())), at("2026-03-01"));
        known
    }

    fn allows(text: &str, path: &str) -> bool {
        saying(text).admit(&url(path), at("2026-03-01")).is_ok()
    }

    /// What the RFC says, as the crate reads it: a crate of another mind must not slip in.
    #[test]
    fn rules_are_read_as_the_rfc_has_them() {
        for (text, path, allowed) in [
            ("", "/a", true),
            ("User-agent: *\nDisallow: /", "/a", false),
            ("User-agent: *\nDisallow:", "/a", true),
            ("user-agent: PaliNode\ndisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", true),
            ("user-agent: PaliNode\ndisallow: /a\n\nUser-agent: *\nDisallow: /", "/a", false),
            ("User-agent: other\nDisallow: /", "/a", true),
            ("User-agent: other\nUser-agent: palinode\nDisallow: /", "/a", false),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", true),
            ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", true),
            ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", true),
            ("User-agent: *\nDisallow: /?q=", "/?q=1", false),
            ("User-agent: *\nDisallow: /caf%C3%A9", "/café", false),
            ("\u{feff}User-agent: *\r\nDisallow: /a # why\r\n", "/a", false),
            ("<html><body>Not found</body></html>", "/a", true),
            ("User-agent: *\nDisallow: /", "/robots.txt", true),
        ] {
            assert_eq!(allows(text, path), allowed, "{text:?} {path}");
        }
    }

    #[test]
    fn a_group_may_ask_for_a_pause() {
        for (text, seconds) in [
            ("User-agent: *\nCrawl-delay: 10", Some(10)),
            ("User-agent: palinode\nDisallow:\n\nUser-agent: *\nCrawl-delay: 10", None),
            ("User-agent: *\nCrawl-delay: soon", None),
            ("User-agent: *\nCrawl-delay: -1", None),
        ] {
            assert_eq!(saying(text).delay(), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    #[test]
    fn a_copy_holds_for_a_day_and_longer_where_there_is_no_other() {
        let mut known = saying("User-agent: *\nDisallow: /a");
        assert!(known.is_current(at("2026-03-01T23:59:59Z")));
        assert!(!known.is_current(at("2026-03-02")));
        assert!(!known.is_current(at("2026-02-28")), "it was not had yet");
        let failure = || Failure::new(FailureClass::Http(500), "no");
        known.take_in(Err(failure()), at("2026-03-02"));
        assert!(known.is_current(at("2026-03-02")), "asked for once a run");
        let much_later = at("2026-09-01");
        assert!(known.admit(&url("/b"), much_later).is_ok());
        assert_eq!(known.admit(&url("/a"), much_later).unwrap_err().class, FailureClass::Robots);
        assert_eq!(known.copy.failing_since, Some(at("2026-03-02")));
    }

    #[test]
    fn a_file_that_was_never_had_forbids_all_for_a_month() {
        let mut known = Known::new(RobotsCopy::default());
        let failure = || Failure::new(FailureClass::Http(500), "no");
        known.take_in(Err(failure()), at("2026-03-01"));
        known.take_in(Err(failure()), at("2026-03-02"));
        let refused = known.admit(&url("/"), at("2026-03-30")).unwrap_err();
        assert_eq!(refused.class, FailureClass::Http(500), "and the reason is told as it is");
        assert!(known.admit(&url("/"), at("2026-03-31")).is_ok());
    }

    fn answer(status: u16, entity: &[u8], head: Head) -> Answer {
        let (asked_at, url) = (at("2026-03-01"), url("/robots.txt"));
        let entity = entity.to_vec();
        let redirects = Vec::new();
        let rendered = None;
        Answer {
            asked_at,
            at: asked_at,
            url,
            redirects,
            remote: None,
            status,
            head,
            entity,
            rendered,
        }
    }

    #[test]
    fn an_answer_is_a_text_or_none_or_unknown() {
        let of = |status| text(&answer(status, b"x", Head::default()));
        assert_eq!(of(200), Ok(Some(b"x".to_vec())));
        for status in [401, 403, 404, 410, 451] {
            assert_eq!(of(status), Ok(None));
        }
        for status in [300, 429, 500, 503] {
            assert_eq!(of(status).unwrap_err().class, FailureClass::Http(status));
        }
        let head = [("content-encoding", b"gzip".as_slice())].into_iter().collect();
        assert!(text(&answer(200, b"no gzip", head)).is_err());
    }

    proptest! {
        /// Whatever stands before it, a group of ours is found; and a plain rule is a prefix.
        #[test]
        fn junk_hides_no_rule(junk: Vec<u8>, rule in "/[a-c]{0,3}", path in "/[a-c]{0,5}") {
            let ours = format!("\nUser-agent: palinode\nDisallow: {rule}\n");
            let mut known = Known::new(RobotsCopy::default());
            known.take_in(Ok(Some([&junk, ours.as_bytes()].concat())), at("2026-03-01"));
            let refused = known.admit(&url(&path), at("2026-03-01")).is_err();
            prop_assert_eq!(refused, path.starts_with(&rule));
        }
    }

    #[test]
    fn a_rule_beyond_the_bound_is_not_read() {
        let filler = "#".repeat(79) + "\n";
        let early = format!("User-agent: *\n{}Disallow: /a\n", filler.repeat(6000));
        assert!(early.len() < MOST && !allows(&early, "/a"));
        let late = format!("User-agent: *\n{}Disallow: /a\n", filler.repeat(7000));
        let kept = text(&answer(200, late.as_bytes(), Head::default())).unwrap().unwrap();
        assert_eq!(kept.len(), MOST);
        assert!(allows(std::str::from_utf8(&kept).unwrap(), "/a"));
    }
}
