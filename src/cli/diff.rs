//! `palinode diff`: how one revision became another.

use std::path::Path;

use clap::Args;

use super::{Exit, Failure, World, open, resolve};
use crate::diff::compare;
use crate::lineage::Wordings;
use crate::views::{self, Compared};

/// Show what changed between two revisions, word by word
///
/// In a pipe, removed words stand in [-…-], added ones in {+…+}, and words that are only written otherwise in [~…~]{~…~}.
/// `~` begins an edited passage, `>` one that stands elsewhere.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The older revision: r3, first, latest, latest~1, or a date [default: the one that the latest is told against]
    #[arg(value_name = "A")]
    from: Option<String>,
    /// The newer revision
    #[arg(value_name = "B", default_value = "latest")]
    to: String,
    #[command(flatten)]
    form: Form,
    /// Print JSON
    #[arg(long, group = "form")]
    json: bool,
    /// Show this many unchanged passages around each change
    #[arg(long, short = 'c', value_name = "PASSAGES", default_value_t = 1)]
    context: usize,
}

/// How the words are laid out
#[derive(Debug, Args)]
struct Form {
    /// Words, with marks (the default)
    #[arg(long, group = "form")]
    words: bool,
    /// The unified form, a passage a line
    #[arg(long, short, group = "form")]
    unified: bool,
    /// Two columns
    #[arg(long, group = "form")]
    side_by_side: bool,
}

impl Diff {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let store = open(store)?;
        let page = resolve::page(&store, &self.page)?;
        let revisions = store.revisions(page.id)?;
        if let ([only], None) = (revisions.as_slice(), &self.from) {
            return Err(Failure::usage(format!(
                "{}: there is only {} so far, and nothing to compare it with",
                page.title(),
                only.number
            )));
        }
        let to = resolve::revision(&revisions, &page, &self.to)?;
        let against = to.against.map(|against| against.to_string());
        let from = self.from.or(against).unwrap_or_else(|| "latest~1".to_owned());
        let from = resolve::revision(&revisions, &page, &from)?;
        let past = store.past(page.id)?;
        let wordings = Wordings::of(&past);
        let old = past.texts(from.number, &wordings)?;
        let new = past.texts(to.number, &wordings)?;
        let comparison = compare(&old, &new);
        let compared = Compared {
            title: page.title(),
            url: page.url.as_str(),
            from,
            to,
            old: &old,
            new: &new,
            comparison: &comparison,
        };
        let look = world.look();
        match () {
            () if self.json => views::diff_json(world.out, &compared)?,
            () if self.form.unified => views::unified(world.out, &compared, self.context)?,
            () if self.form.side_by_side => {
                views::side_by_side(world.out, look, &compared, self.context)?;
            }
            () => views::words(world.out, look, &compared, self.context)?,
        }
        Ok(Exit::Fine)
    }
}
