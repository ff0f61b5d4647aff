//! What was fetched to what it is worth: nothing, an obstacle, the same as before, or a document that is believed.
//!
//! It is apart from recording because it only reads: whatever it decides, nothing has been written yet. The cheapest
//! questions come first, so that an unchanged page is never decoded and an unchanged text never compared.

use std::borrow::Cow;
use std::collections::HashMap;

use url::Url;

use super::read::{Read, Trust, is_page_status, kind, read};
use crate::clock::Timestamp;
use crate::extract::{DocumentKind, Passage, PassageKind, Token, tokens};
use crate::fetch::{
    Answer, Failure, FailureClass, Fetched, Head, Limits, Obstacle, TextFacts, Validators,
    obstacle_in_text, script_bytes,
};
use crate::store::{CaptureId, Store, StoreError, Verdict, Watched};

/// One check, weighed.
pub(super) struct Weighed {
    /// When it ended.
    pub(super) at: Timestamp,
    /// What it is worth.
    pub(super) worth: Worth,
}

/// What a check is worth.
pub(super) enum Worth {
    /// Nothing was learned.
    Nothing(Failure),
    /// The server says that nothing changed, with these headers.
    NotModified(Head),
    /// The very bytes that stood before.
    SameEntity(Validators),
    /// Bytes that were not seen before, read.
    Read(Box<Read>),
    /// The first text of a page, and another answer moments later that shows what in it is of the moment.
    FirstOfTwo(Box<Read>, Box<Read>),
    /// Another text than before, and moments later something else.
    Unsteady(Box<Read>, Second),
}

/// What came when a changed page was asked for a second time.
pub(super) enum Second {
    /// What stands.
    Standing,
    /// Another text, or an obstacle.
    Other(Box<Read>),
    /// Nothing was learned.
    Nothing,
}

/// Weighs one check.
pub(super) fn weigh(
    store: &Store,
    watched: &Watched,
    fetched: Fetched,
) -> Result<Weighed, StoreError> {
    Ok(match fetched {
        Fetched::Failed { at, failure } => Weighed { at, worth: Worth::Nothing(failure) },
        Fetched::NotModified { at, head } => Weighed { at, worth: Worth::NotModified(head) },
        Fetched::Answer(answer) => {
            Weighed { at: answer.at, worth: weigh_answer(store, watched, *answer)? }
        }
    })
}

fn weigh_answer(store: &Store, watched: &Watched, answer: Answer) -> Result<Worth, StoreError> {
    let entity = answer.digest();
    if is_page_status(answer.status)
        && watched.baseline.as_ref().is_some_and(|baseline| baseline.entity == entity)
    {
        return Ok(Worth::SameEntity(Validators::of(&answer)));
    }
    let before = store.document(watched.page.id)?;
    let settings = &watched.page.settings;
    let mut read = match read(answer, entity, settings, before.as_ref(), Trust::Judged) {
        Ok(read) => read,
        Err(failure) => return Ok(Worth::Nothing(failure)),
    };
    let unchanged = watched.baseline.as_ref().is_some_and(|baseline| baseline.says == read.says);
    if read.obstacle.is_none() && !unchanged {
        match store.verdict_on(watched.page.id, read.says)? {
            Some((capture, Verdict::Disbelieved)) => {
                (read.obstacle, read.agrees) = (Some(Obstacle::Disbelieved), Some(capture));
            }
            Some((_, Verdict::Believed)) => {}
            _ => {
                read.obstacle = doubt(store, watched, &read)?;
                read.agrees = seconded(store, watched, &read)?;
                if watched.baseline.is_none() && says_nothing(&read) {
                    let failure = Failure::new(FailureClass::Empty, "the answer holds no text");
                    return Ok(Worth::Nothing(failure));
                }
            }
        }
    }
    Ok(Worth::Read(Box::new(read)))
}

/// Whether there is nothing in it to begin a history with.
fn says_nothing(read: &Read) -> bool {
    read.obstacle.is_none() && read.document.passages.is_empty()
}

/// Asks the guards against a false "everything was removed", who need to know what stood before. A text that was
/// believed before is no loss when it is shown again.
fn doubt(store: &Store, watched: &Watched, read: &Read) -> Result<Option<Obstacle>, StoreError> {
    let obstacle = if is_other_kind(store, watched, read)? {
        Some(Obstacle::OtherKind)
    } else {
        doubt_of_text(store, watched, read)?
    };
    let is_loss =
        matches!(obstacle, Some(Obstacle::Collapse | Obstacle::NearlyEmpty | Obstacle::OtherKind));
    let obstacle =
        if is_loss && store.has_said(watched.page.id, read.says)? { None } else { obstacle };
    Ok(match obstacle {
        // They were run, and wrote nothing.
        Some(Obstacle::NeedsJavascript) if read.answer.rendered.is_some() => {
            Some(Obstacle::Incomplete)
        }
        None if is_incomplete(watched, read) => Some(Obstacle::Incomplete),
        obstacle => obstacle,
    })
}

/// With fewer words than this, a page that lacks something may lack all of its text.
const HARDLY_A_PAGE: usize = 20;

/// Whether a text may be another one only because something that its scripts asked for could not be had this time.
fn is_incomplete(watched: &Watched, read: &Read) -> bool {
    let missing = read.answer.rendered.as_ref().map_or(0, |rendered| rendered.missing);
    let is_short = || words(read).values().sum::<usize>() < HARDLY_A_PAGE;
    missing > 0 && (watched.baseline.is_some() || is_short())
}

/// Whether the page was another kind of document when it was last believed. Where its capture is damaged, nobody knows.
fn is_other_kind(store: &Store, watched: &Watched, read: &Read) -> Result<bool, StoreError> {
    let Some(baseline) = &watched.baseline else { return Ok(false) };
    match store.answer(baseline.capture, &watched.page.url) {
        Ok(before) => Ok(kind(&before).is_some_and(|kind| kind != read.kind)),
        Err(error) if error.is_of_one_page() => Ok(false),
        Err(error) => Err(error),
    }
}

fn doubt_of_text(
    store: &Store,
    watched: &Watched,
    read: &Read,
) -> Result<Option<Obstacle>, StoreError> {
    let standing = watched
        .baseline
        .as_ref()
        .map(|baseline| store.standing(watched.page.id, baseline.revision))
        .transpose()?;
    let before = standing.as_ref().zip(watched.baseline.as_ref());
    let before = before.map(|((title, texts), baseline)| Before {
        title: title.as_deref(),
        texts: texts.iter().map(String::as_str).collect(),
        url: &baseline.validators.url,
    });
    Ok(doubt_beside(watched.page.url.url(), before.as_ref(), read))
}

/// What stood before, as far as it bears on whether the next text is believed.
pub(super) struct Before<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) texts: Vec<&'a str>,
    /// Who gave it.
    pub(super) url: &'a Url,
}

/// What stands in the way of believing a text, in the light of what stood before.
pub(super) fn doubt_beside(
    page: &Url,
    before: Option<&Before<'_>>,
    read: &Read,
) -> Option<Obstacle> {
    let now = words(read);
    let bag_before = before.map(|before| bag(before.texts.iter().copied()));
    let kept = bag_before.as_ref().map(|before| kept(before, &now));
    // Decoded once more: only a text that differs comes this far, and the scan would cost every other check.
    let content = read.answer.content(&Limits::default());
    let content = content.ok().filter(|_| read.kind == DocumentKind::Html);
    let script_bytes = content.map_or(0, |content| script_bytes(&content));
    let title_before = before.and_then(|before| before.title);
    let obstacle = obstacle_in_text(&TextFacts {
        title: read.document.title.as_deref(),
        words: now.values().sum(),
        script_bytes,
        url_asked: page,
        url_answered: &read.answer.url,
        title_before,
        words_before: bag_before.as_ref().map(|before| before.values().sum()),
        words_kept: kept,
        url_before: before.map(|before| before.url),
    });
    // The entries of a feed come and go; while it is called as before and has some, it is the feed.
    let is_entry =
        |passage: &Passage| matches!(passage.kind, PassageKind::Heading(2) | PassageKind::TableRow);
    let is_feed = read.kind == DocumentKind::Feed
        && read.document.title.as_deref() == title_before
        && read.document.main().any(is_entry);
    obstacle.filter(|obstacle| !(is_feed && *obstacle == Obstacle::Collapse))
}

/// With fewer words than this a text is too short to be known by most of them.
const A_PAGE: usize = 100;

/// Another capture that was doubted for the same reason, when this one says nearly what that said: a page that has
/// become another one and changes with every look agrees with itself in most words, not in all.
fn seconded(
    store: &Store,
    watched: &Watched,
    read: &Read,
) -> Result<Option<CaptureId>, StoreError> {
    let reason = read.obstacle.as_ref().map(ToString::to_string);
    let held = watched
        .last
        .as_ref()
        .map(|last| &last.seen)
        .filter(|seen| reason.is_some() && seen.outcome == "held" && seen.reason == reason);
    let Some(capture) = held.and_then(|seen| seen.capture) else { return Ok(None) };
    let page = &watched.page;
    let answer = store.answer(capture, &page.url)?;
    let entity = answer.digest();
    let doubted = super::read::read(answer, entity, &page.settings, None, Trust::Judged);
    let Ok(doubted) = doubted else {
        return Ok(None);
    };
    let (before, now) = (words(&doubted), words(read));
    let count = |bag: &Bag<'_>| bag.values().sum::<usize>();
    let kept = kept(&before, &now);
    // A message of a few words differs from another by a number alone.
    let is_a_page = count(&now) >= A_PAGE;
    Ok((is_a_page && kept * 4 >= count(&before).max(count(&now)) * 3).then_some(capture))
}

/// The words of a text, each with how often it stands there. Only sums are taken of it, so its order is nobody's.
type Bag<'a> = HashMap<Cow<'a, str>, usize>;

/// How many of the words of the new passages are not in the old ones. Those that both have whole need no counting: they
/// are as many on either side.
pub(super) fn missing<'a>(old: &[&'a str], new: &[&'a str]) -> usize {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for text in old {
        *left.entry(text).or_insert(0) += 1;
    }
    let mut take = |text: &&&str| match left.get_mut(**text) {
        Some(times @ 1..) => {
            *times -= 1;
            false
        }
        _ => true,
    };
    let come: Vec<&str> = new.iter().filter(|text| take(text)).copied().collect();
    let gone = left.into_iter().flat_map(|(text, times)| std::iter::repeat_n(text, times));
    let (gone, come) = (bag(gone), bag(come.into_iter()));
    come.iter().map(|(word, count)| count.saturating_sub(*gone.get(word).unwrap_or(&0))).sum()
}

/// How many of the words of one bag are in another.
fn kept(before: &Bag<'_>, now: &Bag<'_>) -> usize {
    before.iter().map(|(word, count)| *count.min(now.get(word).unwrap_or(&0))).sum()
}

fn words(read: &Read) -> Bag<'_> {
    bag(read.document.main().map(|passage| passage.text.as_str()))
}

/// How often each word stands in these texts.
fn bag<'a>(texts: impl Iterator<Item = &'a str>) -> Bag<'a> {
    let mut bag = HashMap::new();
    for token in texts.flat_map(tokens).filter(Token::is_word) {
        *bag.entry(token.key).or_insert(0) += 1;
    }
    bag
}
