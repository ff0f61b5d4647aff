//! What was fetched to what it is worth: nothing, an obstacle, the same as before, or a document that is believed.
//!
//! It is apart from recording because it only reads: whatever it decides, nothing has been written yet. The cheapest
//! questions come first, so that an unchanged page is never decoded and an unchanged text never compared.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::clock::Timestamp;
use crate::extract::{
    Class, Document, Selection, SelectionError, Token, document_of_html, document_of_plain_text,
    tokens, too_complex,
};
use crate::fetch::{
    Answer, Digest, Failure, FailureClass, Fetched, Head, Limits, Obstacle, TextFacts, Validators,
    decode, obstacle_in_answer, obstacle_in_text, script_bytes, to_text,
};
use crate::page::PageSettings;
use crate::store::{CaptureId, Store, StoreError, Watched};

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
}

/// An answer that was read, and whether it is believed.
pub(super) struct Read {
    pub(super) answer: Answer,
    /// The digest of the entity.
    pub(super) entity: Digest,
    /// What it says, if it could be read that far.
    pub(super) document: Document,
    /// The digest of what it says.
    pub(super) says: Digest,
    /// The digest of what stands around that.
    pub(super) frame: Digest,
    /// What stands in the way of believing it.
    pub(super) obstacle: Option<Obstacle>,
    /// The doubted capture before it that says nearly the same.
    pub(super) agrees: Option<CaptureId>,
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
    let entity = Digest::of(&answer.entity);
    if is_page_status(answer.status)
        && watched.baseline.as_ref().is_some_and(|baseline| baseline.entity == entity)
    {
        return Ok(Worth::SameEntity(Validators::of(&answer)));
    }
    let before = store.document(watched.page.id)?;
    let mut read = match read(answer, entity, &watched.page.settings, before.as_ref()) {
        Ok(read) => read,
        Err(failure) => return Ok(Worth::Nothing(failure)),
    };
    let unchanged = watched.baseline.as_ref().is_some_and(|baseline| baseline.says == read.says);
    if read.obstacle.is_none() && !unchanged {
        read.obstacle = doubt(store, watched, &read)?;
        read.agrees = seconded(store, watched, &read)?;
    }
    Ok(Worth::Read(Box::new(read)))
}

/// Reads an answer as far as it goes. An obstacle that its bytes give away is read no further.
pub(super) fn read(
    answer: Answer,
    entity: Digest,
    settings: &PageSettings,
    before: Option<&Document>,
) -> Result<Read, Failure> {
    let content = decode(&answer.entity, &answer.head, &Limits::default())?;
    if let Some(obstacle) = obstacle_in_answer(&answer, &content) {
        let says = Digest::of(&content);
        drop(content);
        return Ok(Read {
            answer,
            entity,
            document: Document::default(),
            says,
            frame: says,
            obstacle: Some(obstacle),
            agrees: None,
        });
    }
    if !is_page_status(answer.status) {
        return Err(Failure::new(
            FailureClass::Http(answer.status),
            "the server did not give the page",
        ));
    }
    if content.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new(FailureClass::Empty, "the answer holds nothing"));
    }
    let document = document(&answer, &content, settings, before)?;
    drop(content);
    let (says, frame) = (document.state_digest(), frame_digest(&document));
    Ok(Read { answer, entity, document, says, frame, obstacle: None, agrees: None })
}

/// 200, or 203 from a proxy that says it transformed the page.
fn is_page_status(status: u16) -> bool {
    matches!(status, 200 | 203)
}

fn document(
    answer: &Answer,
    content: &[u8],
    settings: &PageSettings,
    before: Option<&Document>,
) -> Result<Document, Failure> {
    let kind = answer
        .head
        .text("content-type")
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let looks_like_markup = content.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    match kind.as_deref() {
        Some("text/html" | "application/xhtml+xml") => html(answer, content, settings, before),
        None | Some("") if looks_like_markup => html(answer, content, settings, before),
        Some("text/plain" | "text/markdown") => {
            let document = document_of_plain_text(&to_text(content, &answer.head).0);
            if document.passages.is_empty() {
                Err(Failure::new(FailureClass::Empty, "the answer holds no text"))
            } else {
                Ok(document)
            }
        }
        Some(other) => Err(Failure::new(
            FailureClass::Type,
            format!("{other} is not a kind of document that palinode reads"),
        )),
        None => Err(Failure::new(
            FailureClass::Type,
            "the answer does not say what kind of document it is",
        )),
    }
}

fn html(
    answer: &Answer,
    content: &[u8],
    settings: &PageSettings,
    before: Option<&Document>,
) -> Result<Document, Failure> {
    let selection =
        Selection::new(&settings.select, &settings.exclude).map_err(|why| selector(&why))?;
    let (text, _) = to_text(content, &answer.head);
    if let Some(why) = too_complex(&text) {
        return Err(Failure::new(FailureClass::TooComplex, why));
    }
    let document = document_of_html(&text, &selection, before).map_err(|why| selector(&why))?;
    Ok(document)
}

fn selector(why: &SelectionError) -> Failure {
    Failure::new(FailureClass::Selector, why.to_string())
}

/// The furniture and the passages that are not selected, with numbers made one: a counter or a date in the frame is
/// no reason to keep another capture.
fn frame_digest(document: &Document) -> Digest {
    let frame = document.passages.iter().filter(|passage| passage.class != Class::Main);
    let texts: Vec<String> = frame.map(|passage| without_numbers(&passage.text)).collect();
    Digest::of_texts(texts.iter().map(String::as_str))
}

fn without_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = if letter.is_numeric() { '0' } else { letter };
        if letter != '0' || !plain.ends_with('0') {
            plain.push(letter);
        }
    }
    plain
}

/// Asks the guards against a false "everything was removed", who need to know what stood before.
fn doubt(store: &Store, watched: &Watched, read: &Read) -> Result<Option<Obstacle>, StoreError> {
    let now = words(read);
    let standing = watched
        .baseline
        .as_ref()
        .map(|baseline| store.standing(watched.page.id, baseline.revision))
        .transpose()?;
    let before = standing.as_ref().map(|(_, texts)| bag(texts.iter().map(String::as_str)));
    let kept = before.as_ref().map(|before| kept(before, &now));
    // Decoded once more: only a text that differs comes this far, and the scan would cost every other check.
    let content = decode(&read.answer.entity, &read.answer.head, &Limits::default());
    let script_bytes = content.map_or(0, |content| script_bytes(&content));
    let obstacle = obstacle_in_text(&TextFacts {
        title: read.document.title.as_deref(),
        words: now.values().sum(),
        script_bytes,
        url_asked: watched.page.url.url(),
        url_answered: &read.answer.url,
        title_before: standing.as_ref().and_then(|(title, _)| title.as_deref()),
        words_before: before.as_ref().map(|before| before.values().sum()),
        words_kept: kept,
        url_before: watched.baseline.as_ref().map(|baseline| &baseline.validators.url),
    });
    // A text that was believed before is no loss when it is shown again.
    let is_loss = matches!(obstacle, Some(Obstacle::Collapse | Obstacle::NearlyEmpty));
    Ok(if is_loss && store.has_said(watched.page.id, read.says)? { None } else { obstacle })
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
    let entity = Digest::of(&answer.entity);
    let Ok(doubted) = self::read(answer, entity, &page.settings, None) else { return Ok(None) };
    let (before, now) = (words(&doubted), words(read));
    let count = |bag: &Bag<'_>| bag.values().sum::<usize>();
    let kept = kept(&before, &now);
    // A message of a few words differs from another by a number alone.
    let is_a_page = count(&now) >= A_PAGE;
    Ok((is_a_page && kept * 4 >= count(&before).max(count(&now)) * 3).then_some(capture))
}

/// The words of a text, each with how often it stands there. Only sums are taken of it, so its order is nobody's.
type Bag<'a> = HashMap<Cow<'a, str>, usize>;

/// How many of the words of one bag are in another.
pub(super) fn kept(before: &Bag<'_>, now: &Bag<'_>) -> usize {
    before.iter().map(|(word, count)| *count.min(now.get(word).unwrap_or(&0))).sum()
}

fn words(read: &Read) -> Bag<'_> {
    bag(read.document.main().map(|passage| passage.text.as_str()))
}

/// How often each word stands in these texts.
pub(super) fn bag<'a>(texts: impl Iterator<Item = &'a str>) -> Bag<'a> {
    let mut bag = HashMap::new();
    for token in texts.flat_map(tokens).filter(Token::is_word) {
        *bag.entry(token.key).or_insert(0) += 1;
    }
    bag
}
