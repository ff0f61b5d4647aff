//! What others say that a page sent, to what is believed of it beside what palinode saw itself.
//!
//! Nobody can ask them again, so the rules of a check are kept to with two differences: a text that has collapsed is
//! believed once two captures hours apart agree, since archives look seldom; and where palinode's own checks saw one text
//! all the while, no claim that it was another one is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

use super::observers::Observers;
use super::read::{self, Read, Trust};
use super::rebuild::Retelling;
use super::weigh::{Before, doubt_beside};
use crate::clock::Timestamp;
use crate::extract::{DocumentKind, Passage};
use crate::fetch::{Digest, Failure, Obstacle};
use crate::store::{Capture, CaptureId, Kept, Seen, StoreError, Verdict};

/// The reason of a capture that palinode's own checks contradict.
const CONTRADICTED: &str = "contradicted";

/// Two captures that are so far apart and say the same are believed, whatever is missing from them.
const AGREEING_FOR: Duration = Duration::from_hours(6);

/// What is known, while a history is told anew, of what others saw.
#[derive(Default)]
pub(super) struct Others {
    captures: BTreeSet<CaptureId>,
    looks: BTreeMap<i64, (&'static str, Option<String>)>,
    /// Until when palinode itself saw what stands.
    own_until: Option<Timestamp>,
    /// Who gave what stands, and as what kind of document.
    stands: Option<(Url, DocumentKind)>,
    /// A loss that one capture showed.
    doubted: Option<Doubted>,
    /// What those who are palinodes say of when they looked.
    pub(super) observers: Observers,
}

struct Doubted {
    capture: CaptureId,
    look: i64,
    at: Timestamp,
    says: Digest,
    title: Option<String>,
}

impl Others {
    /// Nothing is told yet.
    pub(super) fn of(observers: Observers) -> Self {
        Self { observers, ..Self::default() }
    }

    /// Whether this capture is somebody else's.
    pub(super) fn are_of(&self, capture: CaptureId) -> bool {
        self.captures.contains(&capture)
    }

    /// What a look of somebody else came to, and why if the page was not seen.
    pub(super) fn told(&self, look: i64) -> Option<(&'static str, Option<String>)> {
        self.looks.get(&look).cloned()
    }

    /// What this capture says stands from now on; palinode itself saw it until then.
    pub(super) fn stands(&mut self, capture: CaptureId, read: &Read, own_until: Option<Timestamp>) {
        self.observers.agrees(capture, read.says);
        self.own_until = own_until.max(self.own_until);
        self.stands = Some((read.answer.url.clone(), read.kind.clone()));
        self.doubted = None;
    }
}

impl Retelling<'_> {
    /// Takes the next capture, which is somebody else's; `look` is the look that it stands for, if it was told before.
    pub(super) fn take_foreign(
        &mut self,
        capture: &Capture,
        look: Option<i64>,
        read: Result<Read, Failure>,
    ) -> Result<(), StoreError> {
        let look = look.map_or_else(|| self.writing.observe_foreign(self.page.id, capture), Ok)?;
        self.others.captures.insert(capture.id);
        let read = match read {
            Ok(read) => read,
            Err(failure) => {
                return self.unseen(capture, look, "failed", failure.class.to_string());
            }
        };
        let says = read.says;
        let is_new = self.standing.is_none_or(|(_, standing)| standing != says);
        let reason = match read.obstacle {
            Some(obstacle) => Some(obstacle.to_string()),
            None if is_new && self.is_contradicted(capture, &read)? => {
                self.others.observers.differs(capture.id, &read);
                Some(CONTRADICTED.to_owned())
            }
            None if is_new => self.doubt(capture, look, &read)?,
            None => None,
        };
        if let Some(reason) = reason {
            self.writing.judge_capture(capture.id, Kept::Doubted(says))?;
            return self.unseen(capture, look, "held", reason);
        }
        self.saw(capture.id, look)?;
        self.believe(capture.id, read)
    }

    /// Whether palinode's own checks saw another text all the while, or whoever took this sees another one than they do.
    fn is_contradicted(&self, capture: &Capture, read: &Read) -> Result<bool, StoreError> {
        let observers = &self.others.observers;
        if self.others.own_until.is_some_and(|until| capture.at <= until)
            || observers.is_of_variant(capture.id)
        {
            return Ok(true);
        }
        let Some(own) = observers.meanwhile(capture.id) else { return Ok(false) };
        let answer = self.writing.answer(own, &self.page.url)?;
        let entity = answer.digest();
        let document = self.document.as_ref();
        let own = read::read(answer, entity, &self.page.settings, document, Trust::Judged);
        Ok(own.is_ok_and(|own| own.obstacle.is_none() && own.says != read.says))
    }

    /// The same, where a person said whether it is the page.
    pub(super) fn take_overruled(
        &mut self,
        capture: &Capture,
        look: Option<i64>,
        verdict: Verdict,
        read: Read,
    ) -> Result<(), StoreError> {
        let look = look.map_or_else(|| self.writing.observe_foreign(self.page.id, capture), Ok)?;
        self.others.captures.insert(capture.id);
        match verdict {
            Verdict::Believed => {
                self.saw(capture.id, look)?;
                self.believe(capture.id, read)
            }
            Verdict::Disbelieved => {
                self.unseen(capture, look, "held", Obstacle::Disbelieved.to_string())
            }
            Verdict::Withdrawn => self.take_foreign(capture, Some(look), Ok(read)),
        }
    }

    /// Why a new text of somebody else is not believed. A loss that was doubted before, and that this capture confirms,
    /// is dated from the first.
    fn doubt(
        &mut self,
        capture: &Capture,
        look: i64,
        read: &Read,
    ) -> Result<Option<String>, StoreError> {
        let Some(obstacle) = self.obstacle(read)? else { return Ok(None) };
        if is_loss(obstacle) && self.others.observers.lasted(capture.id) >= AGREEING_FOR {
            return Ok(None);
        }
        let title = read.document.title.clone();
        let same = |doubted: &Doubted| doubted.says == read.says && doubted.title == title;
        if is_loss(obstacle)
            && let Some(first) = self.others.doubted.take_if(|doubted| same(doubted))
        {
            if capture.at.since(first.at) >= AGREEING_FOR {
                self.confirm(&first, read)?;
                return Ok(None);
            }
            self.others.doubted = Some(first);
        } else {
            let (capture, at, says) = (capture.id, capture.at, read.says);
            self.others.doubted =
                is_loss(obstacle).then_some(Doubted { capture, look, at, says, title });
        }
        Ok(Some(obstacle.to_string()))
    }

    fn obstacle(&self, read: &Read) -> Result<Option<Obstacle>, StoreError> {
        let stands = self.others.stands.as_ref().zip(self.document.as_ref());
        let before = stands.map(|((url, _), document)| Before {
            title: document.title.as_deref(),
            texts: document.main().map(|passage: &Passage| passage.text.as_str()).collect(),
            url,
        });
        let is_other_kind = self.others.stands.as_ref().is_some_and(|(_, kind)| *kind != read.kind);
        let obstacle = if is_other_kind {
            Some(Obstacle::OtherKind)
        } else {
            doubt_beside(self.page.url.url(), before.as_ref(), read)
        };
        let Some(obstacle) = obstacle else { return Ok(None) };
        let was_said =
            is_loss(obstacle) && self.writing.state_with(self.page.id, read.says)?.is_some();
        Ok((!was_said).then_some(obstacle))
    }

    fn confirm(&mut self, first: &Doubted, read: &Read) -> Result<(), StoreError> {
        self.saw(first.capture, first.look)?;
        self.believe(first.capture, read.clone())
    }

    fn saw(&mut self, capture: CaptureId, look: i64) -> Result<(), StoreError> {
        self.look(capture, look, "same", None)
    }

    fn unseen(
        &mut self,
        capture: &Capture,
        look: i64,
        outcome: &'static str,
        reason: String,
    ) -> Result<(), StoreError> {
        self.look(capture.id, look, outcome, Some(reason))
    }

    /// Written at once: what is told next asks how often the page was seen before.
    fn look(
        &mut self,
        capture: CaptureId,
        look: i64,
        outcome: &'static str,
        reason: Option<String>,
    ) -> Result<(), StoreError> {
        self.others.looks.insert(look, (outcome, reason.clone()));
        let outcome = outcome.to_owned();
        let seen = Seen { outcome, reason, revision: None, capture: Some(capture) };
        self.writing.retell_observation(look, &seen)
    }
}

fn is_loss(obstacle: Obstacle) -> bool {
    matches!(obstacle, Obstacle::Collapse | Obstacle::NearlyEmpty | Obstacle::OtherKind)
}
