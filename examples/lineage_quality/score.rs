//! What is true of a history and what a rival says of it to the shares in which the two agree.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::generate::State;
use crate::rivals::{Known, Told};

/// Right answers and questions.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    right: usize,
    all: usize,
}

/// How a rival did over all histories.
#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    origin: Share,
    origin_not_initial: Share,
    survivors: Share,
    restored_found: Share,
    restored_claimed: Share,
    new_stays_new: Share,
    unanswered: usize,
    time: Duration,
    losses: Vec<Loss>,
}

/// Neighbouring tokens of which a rival said something wrong in the same way.
#[derive(Clone, Debug)]
struct Loss {
    what: &'static str,
    revision: usize,
    words: Vec<String>,
}

/// What a rival says of one token.
struct Said {
    same_thread: bool,
    claims_return: bool,
    claimed_old: bool,
}

impl Said {
    /// What is wrong with it, of a token that is new, back, or neither.
    fn wrong(&self, is_new: bool, is_return: bool) -> Option<&'static str> {
        Some(match (is_new, is_return) {
            (true, _) if self.claims_return => "new, told as back",
            (true, _) if self.claimed_old => "new, told as standing",
            (true, _) => return None,
            (false, true) if !self.claims_return && self.claimed_old => "back, told as standing",
            (false, true) if !self.claims_return => "back, told as new",
            (false, _) if self.same_thread => return None,
            (false, true) => "back, as another",
            (false, false) if self.claims_return => "stood, told as back",
            (false, false) if self.claimed_old => "stood, as another",
            (false, false) => "stood, told as new",
        })
    }
}

impl Share {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer tokens than 2^52")]
    fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }
}

impl Score {
    pub(crate) const HEADING: &str = "\
| rival | origin, all | origin, non-initial | survivors kept | tokens restored | restored P | restored R | restored F1 | new stays new | time | revisions unanswered |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

    /// Asks a rival for one history.
    pub(crate) fn add(&mut self, history: &[State], ask: impl FnOnce() -> Vec<Told>) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a measurement; the table says that it is one"
        )]
        let began = Instant::now();
        let told = ask();
        self.time += began.elapsed();
        self.judge(history, &told);
    }

    /// One line of the table.
    pub(crate) fn row(&self, name: &str) -> String {
        let (precision, recall) = (self.restored_claimed.percent(), self.restored_found.percent());
        let f1 = 2.0 * precision * recall / (precision + recall).max(1.0);
        format!(
            "| {name} | {:.2} | {:.2} | {:.2} | {} | {precision:.1} | {recall:.1} | {f1:.1} | {:.2} | {:.2} s | {} |",
            self.origin.percent(),
            self.origin_not_initial.percent(),
            self.survivors.percent(),
            self.restored_found.all,
            self.new_stays_new.percent(),
            self.time.as_secs_f64(),
            self.unanswered,
        )
    }

    /// What it said wrong, the longest first, a line each.
    pub(crate) fn losses(&self) -> String {
        let mut all: Vec<&Loss> =
            self.losses.iter().filter(|loss| !loss.words.is_empty()).collect();
        all.sort_by_key(|loss| std::cmp::Reverse(loss.words.len()));
        let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
        for loss in &all {
            *sums.entry(loss.what).or_default() += loss.words.len();
        }
        let lines = all.iter().map(|loss| {
            format!("{} at {}: {}", loss.what, loss.revision + 1, loss.words.join(" "))
        });
        let sums = sums.iter().map(|(what, tokens)| format!("{tokens} tokens: {what}"));
        sums.chain(lines).collect::<Vec<_>>().join("\n")
    }

    fn lose(&mut self, what: Option<&'static str>, revision: usize, word: &str) {
        match (what, self.losses.last_mut()) {
            (Some(what), Some(last)) if (last.what, last.revision) == (what, revision) => {
                last.words.push(word.to_owned());
            }
            (None, Some(last)) if last.words.is_empty() => {}
            (what, _) => {
                let words = what.iter().map(|_| word.to_owned()).collect();
                self.losses.push(Loss { what: what.unwrap_or("right"), revision, words });
            }
        }
    }

    fn judge(&mut self, history: &[State], told: &[Told]) {
        let mut origins: HashMap<usize, usize> = HashMap::new();
        // What the rival called each true token when it stood last, and what it called alive in the revision before.
        let mut called: HashMap<usize, Known> = HashMap::new();
        let (mut before, mut claimed_before): (HashSet<usize>, HashSet<usize>) = Default::default();
        let mut claimed_ever: HashSet<usize> = HashSet::new();
        for (index, (state, told)) in history.iter().zip(told).enumerate() {
            let tokens: Vec<usize> = state.iter().flatten().map(|token| token.id).collect();
            let first_seen: Vec<bool> = tokens.iter().map(|id| !origins.contains_key(id)).collect();
            for id in &tokens {
                origins.entry(*id).or_insert(index);
            }
            let Some(told) = told.as_ref().filter(|told| told.len() == tokens.len()) else {
                self.unanswered += 1;
                before = tokens.into_iter().collect();
                continue;
            };
            let words = state.iter().flatten().map(|token| token.word.as_str());
            for (((id, known), is_new), word) in tokens.iter().zip(told).zip(first_seen).zip(words)
            {
                let origin_right = known.origin == origins[id];
                self.origin.count(origin_right);
                if origins[id] > 0 {
                    self.origin_not_initial.count(origin_right);
                }
                let same_thread = called.get(id).is_some_and(|earlier| earlier.name == known.name);
                let claims_return = index > 0
                    && claimed_ever.contains(&known.name)
                    && !claimed_before.contains(&known.name);
                let is_return = !is_new && !before.contains(id);
                if before.contains(id) {
                    self.survivors.count(same_thread);
                }
                if is_return {
                    self.restored_found.count(same_thread && claims_return);
                }
                if claims_return {
                    self.restored_claimed.count(is_return && same_thread);
                }
                let claimed_old = claimed_ever.contains(&known.name);
                if is_new && index > 0 {
                    self.new_stays_new.count(!claimed_old);
                }
                let said = Said { same_thread, claims_return, claimed_old };
                let what = said.wrong(is_new, is_return).filter(|_| index > 0);
                self.lose(what, index, word);
            }
            called.extend(tokens.iter().copied().zip(told.iter().copied()));
            claimed_before = told.iter().map(|known| known.name).collect();
            claimed_ever.extend(claimed_before.iter().copied());
            before = tokens.into_iter().collect();
        }
    }
}
