//! A follow to what it names now: its documents asked for one after the other, by the manners of a check, and within bounds.
//!
//! It only asks and reads. What became of the addresses that were named before is decided in `follow.rs`, since that takes
//! the store.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::read::is_page_status;
use super::round::unconditional;
use crate::clock::{Clock, Timestamp};
use crate::extract::{Contents, ContentsKind, Entry, MOST_ENTRIES, NoContents, contents};
use crate::fetch::{
    Answer, Digest, Failure, FailureClass, Fetched, Fetcher, Head, Limits, Manners, Obstacle,
    PutOff, Request, Scripts, Validators, decode, obstacle_in_answer,
};
use crate::page::{PageSettings, PageUrl};
use crate::store::{Follow, FollowPart};

/// What one look at a follow came to.
pub(super) struct Look {
    /// When it ended.
    pub(super) at: Timestamp,
    pub(super) came: Came,
}

pub(super) enum Came {
    /// Its host wants to be left alone.
    PutOff(PutOff),
    /// Nothing that it names is known.
    Trouble(Trouble),
    /// What it names.
    Read(Reading),
}

/// Why nothing was learned.
pub(super) struct Trouble {
    /// `failed` or `held`.
    pub(super) outcome: &'static str,
    /// In a word that stays the same.
    pub(super) reason: String,
    /// In words for a person.
    pub(super) hint: String,
}

/// What a follow names, document by document.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) parts: Vec<Part>,
    /// Why that is not all, in words that stay the same.
    pub(super) partly: Option<String>,
}

pub(super) enum Part {
    /// It names what it named; with what it is recognised by from now on, if that is new.
    Same(PageUrl, Option<FollowPart>),
    /// It was read.
    Anew(FollowPart, Vec<Entry>),
}

/// So many documents are asked for at one look.
const MOST_PARTS: usize = 50;

/// An index may name others, which may name sitemaps.
const DEEPEST_INDEX: usize = 1;

/// No look takes longer, about; what is not read by then is left.
const LONGEST_LOOK: Duration = Duration::from_mins(3);

/// A server that says again and again that nothing changed is asked for all of it after this time.
const BELIEVED_FOR: Duration = Duration::from_hours(7 * 24);

/// What it takes to look.
pub(super) struct Looking<'a> {
    pub(super) fetcher: &'a Fetcher,
    pub(super) manners: &'a Manners,
    pub(super) clock: &'a dyn Clock,
    pub(super) follow: &'a Follow,
    /// The documents that need not be sent again if they are the same.
    pub(super) known: BTreeMap<PageUrl, FollowPart>,
}

/// Why a document gave nothing.
enum Nothing {
    PutOff(PutOff),
    Trouble(Trouble),
}

/// What a document gave.
enum Given {
    Part(Box<Part>, usize),
    Index(Vec<Entry>),
}

impl Looking<'_> {
    /// Asks for the follow and for the sitemaps that it names.
    pub(super) async fn look(self) -> Look {
        let began = self.clock.now();
        let (mut reading, mut asked) = (Reading::default(), 1);
        let mut waiting = VecDeque::from([(self.follow.url.clone(), 0)]);
        while let Some((url, depth)) = waiting.pop_front() {
            if self.clock.now().since(began) >= LONGEST_LOOK {
                reading.note("its sitemaps take too long".to_owned());
                break;
            }
            match self.document(&url).await {
                Err(Nothing::PutOff(wait)) if depth == 0 => return self.came(Came::PutOff(wait)),
                Err(Nothing::Trouble(why)) if depth == 0 => return self.came(Came::Trouble(why)),
                Err(Nothing::PutOff(_)) => reading.note(format!("put off at {url}")),
                Err(Nothing::Trouble(why)) => reading.note(format!("{} at {url}", why.reason)),
                Ok(Given::Part(part, left_out)) => reading.take(*part, left_out),
                Ok(Given::Index(_)) if depth > DEEPEST_INDEX => {
                    reading.note(format!("an index within an index at {url}"));
                }
                Ok(Given::Index(mut named)) => {
                    named.retain(|part| self.follow.may_reach(&part.url));
                    // The sort is stable: without dates, the order is the index's own.
                    named.sort_by_key(|part| std::cmp::Reverse(part.date));
                    if named.len() > MOST_PARTS - asked {
                        reading.note(format!("more than {MOST_PARTS} documents"));
                        named.truncate(MOST_PARTS - asked);
                    }
                    asked += named.len();
                    waiting.extend(named.into_iter().map(|part| (part.url, depth + 1)));
                }
            }
        }
        self.came(Came::Read(reading))
    }

    fn came(&self, came: Came) -> Look {
        Look { at: self.clock.now(), came }
    }

    async fn document(&self, url: &PageUrl) -> Result<Given, Nothing> {
        let known = self.known.get(url);
        let known = known.filter(|part| self.clock.now().since(part.read_at) < BELIEVED_FOR);
        let settings = settings_at(self.follow, url);
        let request = Request {
            validators: known.map(|part| part.validators.clone()),
            scripts: Scripts::Ignored,
            ..unconditional(url, &settings)
        };
        let came = self.fetcher.fetch(&request, self.manners, self.clock).await;
        match (came.map_err(Nothing::PutOff)?, known) {
            (Fetched::NotModified { head, .. }, Some(part)) => {
                Ok(same(part, part.validators.after_304(&head)))
            }
            (Fetched::NotModified { .. }, None) => {
                let detail = "a 304 to a request that named no validator";
                Err(Failure::new(FailureClass::Protocol, detail).into())
            }
            (Fetched::Failed { failure, .. }, _) => Err(failure.into()),
            (Fetched::Answer(answer), known) => read(url, &answer, known),
        }
    }
}

/// The settings by which an address of a follow is asked for. What is entrusted to its own site, or allowed for that, is
/// not passed to another that it names.
pub(super) fn settings_at(follow: &Follow, url: &PageUrl) -> PageSettings {
    let settings = follow.settings.pages.clone();
    if url.url().origin() == follow.url.url().origin() {
        return settings;
    }
    PageSettings {
        headers: BTreeMap::new(),
        allow_private: settings.allow_private && url.host() == follow.url.host(),
        ignore_robots: settings.ignore_robots && url.host() == follow.url.host(),
        ..settings
    }
}

impl Follow {
    /// Whether this address is on a host that the follow may name.
    pub(super) fn may_reach(&self, url: &PageUrl) -> bool {
        let bare = |url: &PageUrl| {
            let host = url.host();
            host.strip_prefix("www.").map(str::to_owned).unwrap_or(host)
        };
        self.settings.other_hosts || bare(url) == bare(&self.url)
    }
}

impl Reading {
    /// The first reason stands for all: it must stay the same while the others come and go.
    fn note(&mut self, why: String) {
        self.partly.get_or_insert(why);
    }

    fn take(&mut self, part: Part, left_out: usize) {
        let entries = |part: &Part| match part {
            Part::Anew(_, entries) => entries.len(),
            Part::Same(..) => 0,
        };
        let all: usize = self.parts.iter().map(entries).sum();
        let room = MOST_ENTRIES.saturating_sub(all);
        if left_out > 0 || entries(&part) > room {
            self.note(format!("more than {MOST_ENTRIES} addresses"));
        }
        self.parts.push(match part {
            Part::Anew(known, mut entries) => {
                entries.truncate(room);
                Part::Anew(known, entries)
            }
            same @ Part::Same(..) => same,
        });
    }
}

fn same(part: &FollowPart, validators: Validators) -> Given {
    let renewed =
        (validators != part.validators).then(|| FollowPart { validators, ..part.clone() });
    Given::Part(Box::new(Part::Same(part.url.clone(), renewed)), 0)
}

fn read(url: &PageUrl, answer: &Answer, known: Option<&FollowPart>) -> Result<Given, Nothing> {
    let (validators, entity) = (Validators::of(answer), Digest::of(&answer.entity));
    let is_page = is_page_status(answer.status);
    if let Some(part) = known.filter(|part| is_page && part.entity == entity) {
        return Ok(same(part, validators));
    }
    let mut content = answer.content(&Limits::default())?;
    // A sitemap may be a file that was packed, which is no coding of the answer.
    if content.starts_with(&[0x1f, 0x8b]) {
        let head: Head = [("content-encoding", b"gzip".as_slice())].into_iter().collect();
        content = decode(&content, &head, &Limits::default())?.into_owned().into();
    }
    if let Some(obstacle) = obstacle_in_answer(answer, &content) {
        return Err(obstacle.into());
    }
    if !is_page {
        let detail = "the server did not give it";
        return Err(Failure::new(FailureClass::Http(answer.status), detail).into());
    }
    let Contents { kind, entries, left_out, .. } =
        contents(&answer.text(&content), &answer.url).map_err(Nothing::from)?;
    if kind == ContentsKind::Index {
        return Ok(Given::Index(entries));
    }
    let part = FollowPart { url: url.clone(), kind, validators, entity, read_at: answer.at };
    Ok(Given::Part(Box::new(Part::Anew(part, entries)), left_out))
}

impl From<Failure> for Nothing {
    fn from(failure: Failure) -> Self {
        let reason = failure.class.to_string();
        let detail = failure.detail.lines().next().unwrap_or_default();
        // The hints of pages name commands that are for pages.
        let hint = match failure.class {
            FailureClass::Robots => "follow it anew with --ignore-robots to look all the same",
            FailureClass::BlockedAddress => "if that is meant, follow it anew with --allow-private",
            _ => "",
        };
        let hint =
            if hint.is_empty() { detail.to_owned() } else { format!("{detail}\nhint: {hint}") };
        Self::Trouble(Trouble { outcome: "failed", reason, hint })
    }
}

impl From<Obstacle> for Nothing {
    fn from(obstacle: Obstacle) -> Self {
        let (reason, hint) = (obstacle.to_string(), obstacle.hint());
        Self::Trouble(Trouble { outcome: "held", reason, hint })
    }
}

impl From<NoContents> for Nothing {
    fn from(why: NoContents) -> Self {
        match why {
            NoContents::Unreadable(why) => Obstacle::Unreadable(why).into(),
            NoContents::Other => Self::Trouble(Trouble {
                outcome: "held",
                reason: "no-list".to_owned(),
                hint: "it is neither a feed nor a sitemap".to_owned(),
            }),
        }
    }
}
