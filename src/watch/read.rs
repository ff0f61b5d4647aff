//! An answer to what it says: its coding undone, its kind found out, and the reader of that kind asked.
//!
//! It stands apart from weighing because it knows nothing of the page's past but the document before: whatever is told
//! anew from captures is read in the same way.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use url::Url;

use crate::diff::{AttributeChange, attribute_changes};
use crate::extract::{
    Class, Document, DocumentKind, Reason, Selection, SelectionError, document_of_feed,
    document_of_json, document_of_markdown, document_of_opaque, document_of_pdf,
    document_of_plain_text, document_of_xml, explained_html, too_complex, without_numbers,
};
use crate::fetch::{
    Answer, Digest, Failure, FailureClass, Limits, Obstacle, Unreadable, obstacle_in_answer,
};
use crate::page::{Confirm, PageSettings};
use crate::store::CaptureId;

/// An answer that was read, and whether it is believed.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) answer: Answer,
    /// The digest of the entity.
    pub(super) entity: Digest,
    /// What kind of document it is.
    pub(super) kind: DocumentKind,
    /// What it says, if it could be read that far.
    pub(super) document: Document,
    /// The rules that decided the classes of its passages; none where its kind says it all.
    pub(super) reasons: Vec<Reason>,
    /// The digest of what it says.
    pub(super) says: Digest,
    /// The digest of what stands around that.
    pub(super) frame: Digest,
    /// What changed beside that since the document before.
    pub(super) beside: Vec<AttributeChange>,
    /// The document before, where that says the same in its main text and has other attributes.
    pub(super) stood: Option<Document>,
    /// What stands in the way of believing it.
    pub(super) obstacle: Option<Obstacle>,
    /// The doubted capture before it that says nearly the same.
    pub(super) agrees: Option<CaptureId>,
}

/// Whether an answer is looked at with distrust.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Its status and its bytes may give away that it is not the page.
    Judged,
    /// A person says that it is the page.
    Given,
}

/// The kind of document that an answer is, if its coding can be undone.
pub(super) fn kind(answer: &Answer) -> Option<DocumentKind> {
    let content = answer.content(&Limits::default()).ok()?;
    Some(kind_of(answer, &content))
}

fn kind_of(answer: &Answer, content: &[u8]) -> DocumentKind {
    DocumentKind::of(answer.content_type().as_deref(), content)
}

/// Reads an answer as far as it goes. An obstacle that its bytes give away is read no further.
pub(super) fn read(
    answer: Answer,
    entity: Digest,
    settings: &PageSettings,
    before: Option<&Document>,
    trust: Trust,
) -> Result<Read, Failure> {
    let content = answer.content(&Limits::default())?;
    let kind = kind_of(&answer, &content);
    let is_judged = trust == Trust::Judged;
    if let Some(obstacle) = obstacle_in_answer(&answer, &content).filter(|_| is_judged) {
        let says = Digest::of(&content);
        drop(content);
        return Ok(unread(answer, entity, kind, says, obstacle));
    }
    if is_judged && !is_page_status(answer.status) {
        return Err(Failure::new(
            FailureClass::Http(answer.status),
            "the server did not give the page",
        ));
    }
    if content.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new(FailureClass::Empty, "the answer holds nothing"));
    }
    let (mut document, reasons) =
        match survived(|| document(&kind, &answer, &content, settings, before))? {
            Ok(explained) => explained,
            Err(why) => {
                let says = Digest::of(&content);
                drop(content);
                return Ok(unread(answer, entity, kind, says, Obstacle::Unreadable(why)));
            }
        };
    drop(content);
    if let Some(before) = before {
        if settings.confirm == Confirm::Twice {
            document.steady(before);
        }
        document.unsteady.clone_from(&before.unsteady);
    }
    let (says, frame) = (document.state_digest(), frame_digest(&document));
    let beside = before.map_or_else(Vec::new, |before| attribute_changes(before, &document));
    let stood = before.filter(|before| is_beside(before, &document)).cloned();
    Ok(Read {
        answer,
        entity,
        kind,
        document,
        reasons,
        says,
        frame,
        beside,
        stood,
        obstacle: None,
        agrees: None,
    })
}

/// Whether two documents say the same, and differ beside it.
fn is_beside(before: &Document, now: &Document) -> bool {
    let texts = |document| {
        let document: &Document = document;
        document.main().map(|passage| passage.text.as_str()).collect::<Vec<_>>()
    };
    let is_other = || {
        let mut pairs = before.main().zip(now.main());
        pairs.any(|(old, new)| old.attributes != new.attributes)
    };
    is_other() && texts(before) == texts(now)
}

impl Read {
    /// What it says, with the attributes that stood before: those of the last capture that was kept, which is what a
    /// history that is told anew compares with.
    pub(super) fn with_attributes_of_before(&self) -> Cow<'_, Document> {
        let Some(stood) = &self.stood else { return Cow::Borrowed(&self.document) };
        let mut document = self.document.clone();
        let main = document.passages.iter_mut().filter(|passage| passage.class == Class::Main);
        for (passage, before) in main.zip(stood.main()) {
            passage.attributes.clone_from(&before.attributes);
        }
        Cow::Owned(document)
    }
}

/// What a reader of documents came to. One that panics could not read this document; all other pages can still be read,
/// and the bytes are kept for whoever mends it.
fn survived<T>(
    read: impl FnOnce() -> Result<Result<T, Unreadable>, Failure>,
) -> Result<Result<T, Unreadable>, Failure> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Ok(Err(Unreadable::Damaged)))
}

/// What is known by its bytes alone.
fn unread(
    answer: Answer,
    entity: Digest,
    kind: DocumentKind,
    says: Digest,
    obstacle: Obstacle,
) -> Read {
    Read {
        answer,
        entity,
        kind,
        document: Document::default(),
        reasons: Vec::new(),
        says,
        frame: says,
        beside: Vec::new(),
        stood: None,
        obstacle: Some(obstacle),
        agrees: None,
    }
}

/// 200, or 203 from a proxy that says it transformed the page.
pub(super) fn is_page_status(status: u16) -> bool {
    matches!(status, 200 | 203)
}

/// A failure says that nothing was learned; an answer that cannot be read is evidence all the same.
fn document(
    kind: &DocumentKind,
    answer: &Answer,
    content: &[u8],
    settings: &PageSettings,
    before: Option<&Document>,
) -> Result<Result<(Document, Vec<Reason>), Unreadable>, Failure> {
    let text = || answer.text(content);
    let document = match kind {
        DocumentKind::Html => return html(&text(), settings, (before, &answer.url)).map(Ok),
        DocumentKind::PlainText => Ok(document_of_plain_text(&text())),
        DocumentKind::Markdown => document_of_markdown(&text(), Some(&answer.url)),
        DocumentKind::Pdf => document_of_pdf(content),
        DocumentKind::Json => document_of_json(&text()),
        DocumentKind::Feed => document_of_feed(&text()),
        DocumentKind::Xml => document_of_xml(&text()),
        DocumentKind::Opaque(media_type) => Ok(document_of_opaque(media_type, content)),
    };
    match document {
        Ok(document) if document.passages.is_empty() => {
            Err(Failure::new(FailureClass::Empty, "the answer holds no text"))
        }
        document => Ok(document.map(|document| (document, Vec::new()))),
    }
}

fn html(
    text: &str,
    settings: &PageSettings,
    (before, at): (Option<&Document>, &Url),
) -> Result<(Document, Vec<Reason>), Failure> {
    let selection =
        Selection::new(&settings.select, &settings.exclude).map_err(|why| selector(&why))?;
    if let Some(why) = too_complex(text) {
        return Err(Failure::new(FailureClass::TooComplex, why));
    }
    explained_html(text, &selection, before, Some(at)).map_err(|why| selector(&why))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_leaves_its_document_unread() {
        let read = survived::<Document>(|| panic!("as a reader of a hostile page might"));
        assert_eq!(read, Ok(Err(Unreadable::Damaged)));
        assert_eq!(survived(|| Ok(Ok(1))), Ok(Ok(1)));
    }
}
