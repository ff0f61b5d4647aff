//! HTML that stands inside another document to its passages: in a feed's entry, say, or in Markdown.
//!
//! It is the walk of `blocks` without what a whole page needs: a fragment has no frame and no past, so all of it counts.

use super::attributes::settle;
use super::blocks::cut;
use super::{Class, Passage, Selection, too_complex};
use crate::fetch::Unreadable;

/// The passages of a piece of HTML, all of them main text.
pub(super) fn passages_of_fragment(html: &str) -> Result<Vec<Passage>, Unreadable> {
    if too_complex(html).is_some() {
        return Err(Unreadable::TooComplex);
    }
    let tree = dom_query::Document::from(html);
    let mut passages = cut(&tree, &Selection::default().wishes(&tree), 0).passages;
    for passage in &mut passages {
        passage.class = Class::Main;
    }
    settle(&mut passages, None);
    Ok(passages)
}
