//! One line of a page: its letters put together, and where they stand.

/// A line of text. Lengths are in points, along the direction in which the text runs and across it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its text; a tab parts what stands far apart.
    pub(super) text: String,
    /// Where it begins.
    pub(super) start: f64,
    /// Where it ends.
    pub(super) end: f64,
    /// How high it stands: what comes later stands lower.
    pub(super) height: f64,
    /// The size of its letters.
    pub(super) size: f64,
    /// The direction in which it runs, in whole degrees.
    pub(super) direction: i32,
}

impl Line {
    /// Whether two lines have letters of one size.
    pub(super) fn is_as_large_as(&self, other: &Self) -> bool {
        (self.size - other.size).abs() <= 0.1 * self.size.max(other.size)
    }

    /// Whether it ends as a sentence does.
    pub(super) fn ends_sentence(&self) -> bool {
        let end = self.text.trim_end_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}', ' ']);
        end.ends_with(['.', '!', '?', ':', ';', '\u{2026}', '\u{3002}', '\u{ff01}', '\u{ff1f}'])
    }
}
