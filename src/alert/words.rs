//! Something queued to words for a person: one line, plain text and HTML.
//!
//! Apart from the JSON, which is for programs, and where nothing is shortened or escaped for the eye. `check` prints the
//! same words of a change.

use super::AlertError;
use super::phrases::phrases;
use crate::diff::{AttributeChange, compare};
use crate::lineage::{Event, EventKind, RevisionNumber, Wordings};
use crate::store::{Page, Queued, Revision, Store, StoreError};
use crate::views::html::{mail_change, mail_line};
use crate::views::{self, Compared, Look, News, counted, escape, moment};

/// What is said, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// In one line.
    pub(super) title: String,
    /// As text, with marks for what went and what came.
    pub(super) text: String,
    /// The same as a part of a mail.
    pub(super) html: String,
}

/// The words of a change are shown at this width.
const LOOK: Look = Look::plain(78);

/// A text of more bytes is cut: what else there is, the history shows.
pub(super) const LONGEST_TEXT: usize = 64 << 10;

/// What is said of something queued.
pub(super) fn words(store: &Store, page: &Page, queued: &Queued) -> Result<Words, AlertError> {
    if queued.what == "changed"
        && let Some(number) = queued.revision
        && let Some(words) = change(store, page, number, |news| of_change(page, news))?
    {
        return Ok(words);
    }
    if queued.what == "links" {
        return of_links(page, queued, &beside(store, page, queued)?);
    }
    let title = one_line(&format!("{}{}", page.title(), line(queued)));
    let text = format!("{title}, {} UTC\n{}\n", moment(queued.at), escape(page.url.as_str()));
    let html = mail_line(&title, page.url.as_str(), &format!("{} UTC", moment(queued.at)));
    Ok(Words { title, text, html })
}

/// Asks what there is to tell of a change; nothing if the revision is the first, or is no more.
pub fn change<T, E: From<StoreError>>(
    store: &Store,
    page: &Page,
    number: RevisionNumber,
    tell: impl FnOnce(&News<'_>) -> Result<T, E>,
) -> Result<Option<T>, E> {
    let revisions = store.revisions(page.id)?;
    let past = store.past(page.id)?;
    let wordings = Wordings::of(&past);
    let of = |number| Revision::numbered(&revisions, number);
    let to = of(number);
    let from = to.and_then(|to| to.against).and_then(of);
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    let events = store.events_in(page.id, number)?.into_iter().map(|row| row.event);
    let events: Vec<Event> = events.collect();
    let (old, new) = (past.texts(from.number, &wordings)?, past.texts(to.number, &wordings)?);
    let comparison = compare(&old, &new);
    let (title, url) = (page.title(), page.url.as_str());
    let compared = Compared { title, url, from, to, old: &old, new: &new, comparison: &comparison };
    let phrases = phrases(store, page, number, &wordings)?;
    let strands = events.iter().flat_map(|event| event.old.iter().chain(&event.new));
    strands.for_each(|strand| _ = crate::lineage::ByNumber::numbered(&wordings, strand.wording));
    past.sound()?;
    let (compared, events) = (&compared, events.as_slice());
    let news = News { compared, events, phrases, revisions: &revisions, wordings: &wordings };
    tell(&news).map(Some)
}

fn of_change(page: &Page, news: &News<'_>) -> Result<Words, AlertError> {
    let told =
        |kind: &EventKind| news.events.iter().any(|event| event.kind == *kind && event.is_told());
    let kinds = EventKind::ALL.iter().filter(|kind| told(kind)).map(|kind| kind.name());
    let kinds: Vec<&str> = kinds.collect();
    let kinds = if kinds.is_empty() { "changed".to_owned() } else { kinds.join(", ") };
    let url = page.url.as_str();
    let title = one_line(&format!("{}: {kinds} ({})", page.title(), news.compared.to.number));
    let mut text = Vec::new();
    views::news(&mut text, LOOK, news)?;
    let text = cut(&String::from_utf8_lossy(&text), LONGEST_TEXT);
    let text = format!("{}\n\n{}\n", text.trim_end(), escape(url));
    let html = mail_change(&title, url, news)?;
    // Half of it would not close its marks.
    let html = if html.len() > LONGEST_TEXT { mail_line(&title, url, LEFT_OUT) } else { html };
    Ok(Words { title, text, html })
}

/// What changed beside the words with the capture that is told of.
pub(super) fn beside(
    store: &Store,
    page: &Page,
    queued: &Queued,
) -> Result<Vec<AttributeChange>, StoreError> {
    let rows = store.attribute_changes(page.id)?.into_iter();
    let capture = queued.detail.as_deref().unwrap_or_default();
    Ok(rows.filter(|row| row.capture.to_string() == capture).map(|row| row.change).collect())
}

fn of_links(
    page: &Page,
    queued: &Queued,
    changes: &[AttributeChange],
) -> Result<Words, AlertError> {
    let title = format!("{}: {} changed", page.title(), counted(changes.len(), "link"));
    let title = one_line(&title);
    let mut text = Vec::new();
    views::attribute_lines(&mut text, LOOK, changes)?;
    let text = cut(&String::from_utf8_lossy(&text), LONGEST_TEXT);
    let (url, when) = (page.url.as_str(), moment(queued.at));
    let html = mail_line(&title, url, &format!("{when} UTC\n{text}"));
    let text = format!("{title}, {when} UTC\n{}\n\n{}\n", text.trim_end(), escape(url));
    Ok(Words { title, text, html })
}

const LEFT_OUT: &str = "It is too much for a mail.";

fn line(queued: &Queued) -> String {
    let reason = queued.detail.as_deref().unwrap_or("no reason is known");
    match queued.what.as_str() {
        "first" => " is seen for the first time".to_owned(),
        "failed" => format!(" cannot be seen: failed ({reason})"),
        "held" => format!(" cannot be seen: held ({reason})"),
        "gone" => " is gone".to_owned(),
        "recovered" => " is seen again".to_owned(),
        "unlisted" => format!(" is no longer listed by {reason}"),
        "listed" => format!(" is listed again by {reason}"),
        _ => format!(" {}", queued.what),
    }
}

/// In one line, of which nothing is hidden, and short enough for a subject.
pub(super) fn one_line(text: &str) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    cut(&escape(&text.join(" ")), 200)
}

/// The text up to so many bytes, or all of it.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}\u{2026}", &text[..text.floor_char_boundary(most)])
}
