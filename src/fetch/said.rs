//! An answer to what is read of it: its entity with the coding undone, or what its scripts made of it.
//!
//! Its own file, so that nobody else has to ask which of the two it is.

use std::borrow::Cow;

use super::{Answer, Digest, Failure, Limits, decode, to_text};

impl Answer {
    /// The digest by which the same answer is known again: of the bytes that are read.
    pub fn digest(&self) -> Digest {
        match &self.rendered {
            Some(rendered) => Digest::of(rendered.dom.as_bytes()),
            None => Digest::of(&self.entity),
        }
    }

    /// The bytes that are read, without a content coding.
    pub fn content(&self, limits: &Limits) -> Result<Cow<'_, [u8]>, Failure> {
        match &self.rendered {
            Some(rendered) => Ok(Cow::Borrowed(rendered.dom.as_bytes())),
            None => decode(&self.entity, &self.head, limits),
        }
    }

    /// What kind of content they are said to be.
    pub fn content_type(&self) -> Option<Cow<'_, str>> {
        match &self.rendered {
            Some(_) => Some(Cow::Borrowed("text/html; charset=utf-8")),
            None => self.head.text("content-type"),
        }
    }

    /// The same bytes as text. What a browser wrote down is in no charset but its own, whatever it says of itself.
    pub fn text(&self, content: &[u8]) -> String {
        match &self.rendered {
            Some(_) => String::from_utf8_lossy(content).into_owned(),
            None => to_text(content, &self.head).0,
        }
    }
}
