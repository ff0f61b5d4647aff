//! The newest revisions with events, of one page, of a tag or of all, to a feed.

use crate::diff::{Comparison, Row, compare};
use crate::lineage::{Event, EventKind, Exactness, RevisionNumber, Sought, WordOrder, Wordings};
use crate::store::{Page, Revision, Store, StoreError};
use crate::views::Compared;
use crate::views::html::{Entry, Feed, FeedForm, entry};

use super::answer::{Problem, Reply, Target};

/// So many entries a feed.
const ENTRIES: usize = 40;

/// So many revisions are looked at for those that a phrase or a tag leaves.
const LOOKED_AT: usize = 1000;

/// What a feed is about.
#[derive(Clone, Debug, Default)]
pub struct FeedOf {
    /// One page; else all.
    pub page: Option<Page>,
    /// Only pages with this tag.
    pub tag: Option<String>,
    /// Only revisions with an event of these kinds; empty for all.
    pub kinds: Vec<EventKind>,
    /// Only revisions in which this phrase came or went.
    pub phrase: Option<String>,
}

pub(super) fn reply(
    store: &Store,
    target: &Target,
    page: Option<Page>,
    form: FeedForm,
) -> Result<Reply, Problem> {
    let kinds: Result<Vec<EventKind>, _> = target.values("kind").map(str::parse).collect();
    let kinds = kinds.map_err(|error| Problem::Asked(error.to_string()))?;
    let text = |key| target.value(key).filter(|it| !it.is_empty()).map(str::to_owned);
    let of = FeedOf { page, tag: text("tag"), kinds, phrase: text("phrase") };
    let kind = match form {
        FeedForm::Atom => "application/atom+xml; charset=utf-8",
        FeedForm::Json => "application/feed+json; charset=utf-8",
    };
    Ok(Reply::own(kind, feed(store, &of, form)?.into_bytes()))
}

/// The feed, a whole file.
pub fn feed(store: &Store, of: &FeedOf, form: FeedForm) -> Result<String, StoreError> {
    let pages = store.pages_ever()?;
    let sought = of.phrase.as_deref();
    let sought =
        sought.and_then(|phrase| Sought::new(phrase, Exactness::Folded, WordOrder::AsGiven));
    let narrow = of.tag.is_some() || sought.is_some();
    let most = if narrow { LOOKED_AT } else { ENTRIES };
    let mut entries = Vec::new();
    for (id, number) in store.lately(of.page.as_ref().map(|page| page.id), &of.kinds, most)? {
        let Some(page) = pages.iter().find(|page| page.id == id) else { continue };
        if of.tag.as_ref().is_some_and(|tag| !page.settings.tags.contains(tag)) {
            continue;
        }
        entries.extend(one(store, page, number, sought.as_ref())?);
        if entries.len() == ENTRIES {
            break;
        }
    }
    let begun = pages.iter().filter(|page| of.is_about(page)).map(|page| page.added_at).max();
    let (title, name) = (of.title(), of.name());
    Ok(Feed { title, name, page: of.page.as_ref(), begun, entries }.text(form))
}

impl FeedOf {
    fn is_about(&self, page: &Page) -> bool {
        self.page.as_ref().is_none_or(|only| only.id == page.id)
            && self.tag.as_ref().is_none_or(|tag| page.settings.tags.contains(tag))
    }

    fn title(&self) -> String {
        let of = match (&self.page, &self.tag) {
            (Some(page), _) => page.title().to_owned(),
            (None, Some(tag)) => format!("pages with the tag {tag}"),
            (None, None) => "all pages".to_owned(),
        };
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        let kinds =
            if kinds.is_empty() { String::new() } else { format!(", {}", kinds.join(", ")) };
        let phrase = self.phrase.as_ref().map(|phrase| format!(", \u{201c}{phrase}\u{201d}"));
        format!("palinode: {of}{kinds}{}", phrase.unwrap_or_default())
    }

    /// What tells it from other feeds, whatever its page is called.
    fn name(&self) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        format!(
            "{}\n{}\n{}\n{}",
            self.page.as_ref().map_or("", |page| page.url.as_str()),
            self.tag.as_deref().unwrap_or_default(),
            kinds.join(","),
            self.phrase.as_deref().unwrap_or_default()
        )
    }
}

/// The entry of a revision, unless a phrase is sought that neither came nor went in it.
fn one(
    store: &Store,
    page: &Page,
    number: RevisionNumber,
    sought: Option<&Sought>,
) -> Result<Option<Entry>, StoreError> {
    let revisions = store.revisions(page.id)?;
    let Some(to) = Revision::numbered(&revisions, number) else { return Ok(None) };
    let from = to.against.and_then(|against| Revision::numbered(&revisions, against));
    let Some(from) = from else { return Ok(None) };
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let (old, new) = (past.texts(from.number, &wordings)?, past.texts(number, &wordings)?);
    let comparison = compare(&old, &new);
    if sought.is_some_and(|sought| !came_or_went(sought, &old, &new, &comparison)) {
        return Ok(None);
    }
    let events: Vec<Event> =
        store.events_in(page.id, number)?.into_iter().map(|row| row.event).collect();
    let (title, url) = (page.title(), page.url.as_str());
    let compared = Compared { title, url, from, to, old: &old, new: &new, comparison: &comparison };
    let entry = entry(page, &compared, &events, &revisions, &wordings);
    past.sound()?;
    Ok(Some(entry))
}

/// Whether one side of the passages that differ holds the phrase and the other does not.
fn came_or_went(sought: &Sought, old: &[&str], new: &[&str], comparison: &Comparison) -> bool {
    let holds = |text: &str| sought.places(text).is_some();
    let (mut before, mut after) = (0_usize, 0_usize);
    for row in &comparison.rows {
        let (was, is) = match row {
            Row::Same { .. } => continue,
            Row::Added { new } => (None, Some(*new)),
            Row::Removed { old } => (Some(*old), None),
            Row::Edited { old, new, .. } | Row::Moved { old, new, .. } => (Some(*old), Some(*new)),
        };
        before += usize::from(was.is_some_and(|index| holds(old[index])));
        after += usize::from(is.is_some_and(|index| holds(new[index])));
    }
    before != after
}
