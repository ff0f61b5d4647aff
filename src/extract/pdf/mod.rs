//! PDF to a document: its text, put together again to the paragraphs that its author wrote.
//!
//! ```text
//! bytes ──bounds──▶ bytes that are safe to read ──letters──▶ lines ──furniture, paragraphs──▶ passages
//! ```
//!
//! A PDF holds letters with places and no words, so all of this is inference, and a folder of its own. What is read by
//! halves would be told as removed; so whatever is wrong with a file makes it unreadable, never shorter.

mod bounds;
mod furniture;
mod letters;
mod line;
mod paragraphs;

use std::thread;

use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};

use super::{Class, Document, Passage};
use crate::fetch::Unreadable;

/// The name of the thread that reads a PDF: a panic there is a value, and need not be reported.
pub const PDF_THREAD: &str = "pdf";

/// Objects may nest some hundred levels deep, and forms some dozen.
const STACK: usize = 32 << 20;

/// The document that a PDF is.
pub fn document_of_pdf(content: &[u8]) -> Result<Document, Unreadable> {
    let read = || read(content);
    thread::scope(|scope| {
        let reader = thread::Builder::new().name(PDF_THREAD.to_owned()).stack_size(STACK);
        let reader = reader.spawn_scoped(scope, read).map_err(|_| Unreadable::TooComplex)?;
        match reader.join() {
            Ok(read) => read,
            Err(why) if why.is::<letters::TooMuch>() => Err(Unreadable::TooComplex),
            Err(_) => Err(Unreadable::Damaged),
        }
    })
}

fn read(content: &[u8]) -> Result<Document, Unreadable> {
    let bounded = bounds::bounded(content)?;
    let pdf = Pdf::new(bounded.content).map_err(|why| match why {
        LoadPdfError::Decryption(_) => Unreadable::Encrypted,
        LoadPdfError::Invalid => Unreadable::Damaged,
    })?;
    let pages = letters::pages(&pdf, bounded.largest_form)?;
    let (pages, frame) = furniture::parted(pages);
    let mut passages = paragraphs::paragraphs(&pages);
    if passages.is_empty() {
        return Err(Unreadable::NoText);
    }
    passages
        .extend(frame.into_iter().map(|passage| Passage { class: Class::Furniture, ..passage }));
    let metadata = pdf.metadata();
    let text = |field: &Option<Box<[u8]>>| field.as_deref().and_then(text_of);
    Ok(Document {
        title: text(&metadata.title),
        byline: text(&metadata.author),
        passages,
        ..Document::default()
    })
}

/// A text string: UTF-16 or UTF-8 by its mark, else one byte a letter.
fn text_of(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> =
                rest.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => bytes.iter().copied().map(char::from).collect(),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
