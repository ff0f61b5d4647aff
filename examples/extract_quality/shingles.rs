//! Two texts to how much of one is in the other, by runs of four words.
//!
//! The measure of scrapinghub/article-extraction-benchmark: runs are counted with their number, a page's counts are
//! made shares so that each page weighs alike, and F1 is that of the mean precision and the mean recall.

use std::collections::BTreeMap;

/// How many words a run has.
const LENGTH: usize = 4;

/// What one page came to: shares that are right, too much, and missing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shares {
    right: f64,
    surplus: f64,
    missing: f64,
}

/// Precision and recall of pages, each weighted alike.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    precisions: Vec<f64>,
    recalls: Vec<f64>,
}

impl Shares {
    /// Compares a text with the true one.
    pub(crate) fn of(truth: &str, text: &str) -> Self {
        let (truth, text) = (runs(truth), runs(text));
        let mut shares = Self::default();
        for run in truth.keys().chain(text.keys().filter(|run| !truth.contains_key(*run))) {
            let (wanted, found) = (count(&truth, run), count(&text, run));
            shares.right += wanted.min(found);
            shares.surplus += (found - wanted).max(0.0);
            shares.missing += (wanted - found).max(0.0);
        }
        let all = (shares.right + shares.surplus + shares.missing).max(1.0);
        Self {
            right: shares.right / all,
            surplus: shares.surplus / all,
            missing: shares.missing / all,
        }
    }

    /// The F1 of this page alone.
    pub(crate) fn f1(self) -> f64 {
        let all = 2.0 * self.right + self.surplus + self.missing;
        if all == 0.0 { 1.0 } else { 2.0 * self.right / all }
    }
}

impl Sums {
    pub(crate) fn add(&mut self, shares: Shares) {
        let part = |of: f64| if of == 0.0 { 1.0 } else { shares.right / of };
        if shares.right + shares.surplus > 0.0 {
            self.precisions.push(part(shares.right + shares.surplus));
        }
        if shares.right + shares.missing > 0.0 {
            self.recalls.push(part(shares.right + shares.missing));
        }
    }

    /// Precision, recall and F1.
    pub(crate) fn means(&self) -> [f64; 3] {
        let (precision, recall) = (mean(&self.precisions), mean(&self.recalls));
        let sum = precision + recall;
        [precision, recall, if sum == 0.0 { 0.0 } else { 2.0 * precision * recall / sum }]
    }
}

type Runs<'a> = BTreeMap<Vec<&'a str>, f64>;

fn count(runs: &Runs<'_>, run: &[&str]) -> f64 {
    runs.get(run).copied().unwrap_or_default()
}

/// The runs of a text; a text of fewer words is one run.
fn runs(text: &str) -> Runs<'_> {
    let words = text.split(|one: char| !one.is_alphanumeric() && one != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut runs = BTreeMap::new();
    if !words.is_empty() {
        for run in words.windows(LENGTH.min(words.len())) {
            *runs.entry(run.to_vec()).or_default() += 1.0;
        }
    }
    runs
}

#[allow(clippy::cast_precision_loss, reason = "a few thousand pages at most")]
fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}
