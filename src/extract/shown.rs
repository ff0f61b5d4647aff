//! What a tree shows: its passages in order, and the blocks that they stand in.
//!
//! It stands apart from the walk that makes it because everything that judges a passage asks it where that stands.

use dom_query::NodeId;

use super::Passage;

/// What a tree shows.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// The passages in order; what no wish decides is furniture so far.
    pub(super) passages: Vec<Passage>,
    /// How many bytes of each passage are links.
    pub(super) linked: Vec<usize>,
    /// The block that each passage stands in, by its number.
    pub(super) within: Vec<usize>,
    /// The blocks, outer ones first; the first is the body.
    pub(super) blocks: Vec<Block>,
    /// Which selectors were met by text, by their number.
    pub(super) met: Vec<bool>,
    /// How deep the elements nest.
    pub(super) depth: usize,
}

impl Cut {
    /// The innermost block of two thirds of the text of these passages; the body if there is none.
    pub(super) fn core(&self, passages: impl Iterator<Item = usize>) -> usize {
        let mut bytes = vec![0; self.blocks.len()];
        for index in passages {
            bytes[self.within[index]] += self.passages[index].text.len();
        }
        for block in (1..bytes.len()).rev() {
            bytes[self.blocks[block].outer] += bytes[block];
        }
        let all = bytes.first().copied().unwrap_or_default();
        let core = bytes.iter().rposition(|bytes| *bytes > 0 && bytes * 3 >= all * 2);
        core.unwrap_or_default()
    }

    /// The blocks around a passage, from the innermost outwards, without the body.
    pub(super) fn around(&self, index: usize) -> impl Iterator<Item = usize> {
        let first = Some(self.within[index]).filter(|block| *block > 0);
        std::iter::successors(first, |block| {
            Some(self.blocks[*block].outer).filter(|outer| *outer > 0)
        })
    }

    /// Whether a block is another one or stands in it.
    pub(super) fn is_in(&self, mut block: usize, outer: usize) -> bool {
        while block > outer {
            block = self.blocks[block].outer;
        }
        block == outer
    }
}

/// A block element: where text begins anew.
#[derive(Debug)]
pub(super) struct Block {
    /// The number of the block that it stands in; the body stands in itself.
    pub(super) outer: usize,
    /// What it adds to a place; empty for the body, and where no passage stands in it.
    pub(super) step: String,
    pub(super) id: NodeId,
}
