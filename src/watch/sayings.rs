//! What a person said of captures to what that means for each capture, and for what the checks are told to have seen.
//!
//! A verdict is on a text, not on a moment: from its capture on, whatever says the same is meant too, until another
//! verdict says otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::read::Trust;
use crate::fetch::{Digest, Obstacle};
use crate::lineage::RevisionNumber;
use crate::store::{CaptureId, Seen, Verdict};

/// All that was said of a page's captures, taken in their order.
pub(super) struct Sayings {
    own: BTreeMap<CaptureId, Verdict>,
    /// By what the captures say, so far. Only ever asked, never walked.
    texts: HashMap<Digest, Verdict>,
    disbelieved: BTreeSet<CaptureId>,
}

impl Sayings {
    /// By the verdict that counts of each capture.
    pub(super) fn of(own: BTreeMap<CaptureId, Verdict>) -> Self {
        Self { own, texts: HashMap::new(), disbelieved: BTreeSet::new() }
    }

    /// Whether something was said of this very capture.
    pub(super) fn own(&self, capture: CaptureId) -> Option<Verdict> {
        self.own.get(&capture).copied()
    }

    /// How to read a capture.
    pub(super) fn trust(&self, capture: CaptureId) -> Trust {
        match self.own(capture) {
            Some(Verdict::Believed) => Trust::Given,
            _ => Trust::Judged,
        }
    }

    /// What was said of a capture that says this.
    pub(super) fn take(&mut self, capture: CaptureId, says: Digest) -> Option<Verdict> {
        let own = self.own(capture);
        if let Some(verdict) = own {
            self.texts.insert(says, verdict);
        }
        let verdict = own.or_else(|| self.texts.get(&says).copied());
        if verdict == Some(Verdict::Disbelieved) {
            self.disbelieved.insert(capture);
        }
        verdict
    }

    /// Whether a capture that was taken is not to be believed.
    pub(super) fn disbelieves(&self, capture: CaptureId) -> bool {
        self.disbelieved.contains(&capture)
    }
}

/// What a run of checks saw, told anew, and what it came to by itself where that is something else.
pub(super) struct Retold {
    pub(super) seen: Seen,
    pub(super) judged: Option<String>,
}

/// Tells a run anew. `judged` is what it came to by itself, `stands` the revision that its capture now shows, `last` the
/// one that was seen before it.
pub(super) fn retold(
    seen: &Seen,
    judged: Option<&String>,
    (stands, last): (Option<RevisionNumber>, Option<RevisionNumber>),
    disbelieved: Disbelieved,
) -> Retold {
    let reason = Obstacle::Disbelieved.to_string();
    let by_person = seen.reason.as_ref() == Some(&reason);
    let own = match judged {
        Some(judged) => judged.as_str(),
        None if by_person && stands.is_some() => "changed",
        None => &seen.outcome,
    };
    let is_sight = matches!(own, "changed" | "same" | "same-304");
    let (outcome, reason) = match (stands, disbelieved) {
        (Some(_), _) if own == "changed" && stands == last => ("same", None),
        (Some(_), _) if is_sight => (own, None),
        (None, Disbelieved::Yes) if is_sight => ("held", Some(reason)),
        _ => (own, seen.reason.clone()),
    };
    Retold {
        judged: (outcome != own).then(|| own.to_owned()),
        seen: Seen { outcome: outcome.to_owned(), reason, revision: stands, ..seen.clone() },
    }
}

/// Whether a person said of a run's capture that it is not the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Disbelieved {
    Yes,
    No,
}
