//! A list and one that is nearly the same to what is between their common beginning and their common end, and back.
//!
//! Texts and layouts of a long history differ from their neighbours in one place. For that a compressor would be slower
//! by far than the reading of the row, and no smaller.

use serde::{Deserialize, Serialize};

/// What a list has in place of the middle of its base.
#[derive(Serialize, Deserialize)]
pub(super) struct Difference<T> {
    start: u32,
    end: u32,
    middle: Vec<T>,
}

impl<T: Clone + PartialEq> Difference<T> {
    /// What a list has other than its base.
    pub(super) fn of(list: &[T], base: &[T]) -> Self {
        let start = list.iter().zip(base).take_while(|(one, other)| one == other).count();
        let (list_rest, base_rest) = (&list[start..], &base[start..]);
        let ends = list_rest.iter().rev().zip(base_rest.iter().rev());
        let end = ends.take_while(|(one, other)| one == other).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let middle = list_rest[..list_rest.len() - end].to_vec();
        Self { start: number(start), end: number(end), middle }
    }

    /// Whether it is worth its base: well below so many items.
    pub(super) fn is_smaller_than(&self, items: usize) -> bool {
        self.middle.len() * 4 < items * 3
    }

    /// The items in which the list and its base differ, of both, and the one that follows them; `None` if the base is
    /// another.
    pub(super) fn changed(&self, base: &[T]) -> Option<Vec<T>> {
        let end = base.len().checked_sub(self.end as usize)?;
        let mut changed = base.get(self.start as usize..(end + 1).min(base.len()))?.to_vec();
        changed.extend_from_slice(&self.middle);
        Some(changed)
    }

    /// The list; `None` if the base is another.
    pub(super) fn list(self, base: &[T]) -> Option<Vec<T>> {
        let mut list = base.get(..self.start as usize)?.to_vec();
        let end = base.get(base.len().checked_sub(self.end as usize)?..)?;
        list.extend(self.middle);
        list.extend_from_slice(end);
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_list_is_its_base_and_the_difference(list in "[ab]{0,9}", base in "[ab]{0,9}") {
            let difference = Difference::of(list.as_bytes(), base.as_bytes());
            prop_assert_eq!(difference.list(base.as_bytes()), Some(list.into_bytes()));
        }
    }
}
