//! The slots of a line to the stretches in which something went or came, and these to strands.

use std::ops::Range;

use super::weave::Slot;

/// A stretch of a line between two kept tokens in which something went or came.
#[derive(Debug, Default)]
pub(super) struct Hunk<'a> {
    /// The slots that went, and where they stood in the old wording.
    pub(super) going: Vec<&'a Slot>,
    pub(super) old: Range<usize>,
    /// The slots that came, and where they stand in the new wording.
    pub(super) coming: Vec<&'a Slot>,
    pub(super) new: Range<usize>,
}

impl<'a> Hunk<'a> {
    /// The hunks of a line, left to right.
    pub(super) fn all(slots: &'a [Slot]) -> Vec<Self> {
        let mut hunks = Vec::new();
        let (mut old_at, mut new_at) = (0, 0);
        let mut open = Self::default();
        for slot in slots {
            match (slot.stood, slot.is_alive()) {
                (true, true) => {
                    old_at += 1;
                    new_at += 1;
                    let next = Self { old: old_at..old_at, new: new_at..new_at, ..Self::default() };
                    hunks.push(std::mem::replace(&mut open, next));
                }
                (true, false) => {
                    old_at += 1;
                    open.old.end = old_at;
                    open.going.push(slot);
                }
                (false, true) => {
                    new_at += 1;
                    open.new.end = new_at;
                    open.coming.push(slot);
                }
                (false, false) => {}
            }
        }
        hunks.push(open);
        hunks.retain(|hunk| !hunk.going.is_empty() || !hunk.coming.is_empty());
        hunks
    }

    /// Which tokens of the old and of the new wording it takes up.
    pub(super) fn ranges(&self) -> (Range<usize>, Range<usize>) {
        (self.old.clone(), self.new.clone())
    }

    /// The strands that came, as ranges into `coming`: neighbours that are all new, or that all went together once.
    pub(super) fn strands(&self) -> Vec<Range<usize>> {
        let mut strands: Vec<Range<usize>> = Vec::new();
        for index in 0..self.coming.len() {
            match strands.last_mut() {
                Some(last) if self.coming[last.start].gone() == self.coming[index].gone() => {
                    last.end += 1;
                }
                _ => strands.push(index..index + 1),
            }
        }
        strands
    }
}
