//! The XML export of one page to the text of revision after revision, never more than one of them in memory.
//!
//! Written by hand: of the whole format only `<text …>…</text>` matters, the export nests nothing inside it and knows
//! five entities, and a gigabyte goes through line by line.

use std::io::{self, BufRead};

/// The texts of an export, oldest first.
pub(crate) struct Texts<R> {
    input: R,
    line: String,
}

impl<R: BufRead> Texts<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: String::new() }
    }

    /// The next line, with its end; `None` after the last.
    fn line(&mut self) -> io::Result<Option<&str>> {
        self.line.clear();
        Ok((self.input.read_line(&mut self.line)? > 0).then_some(self.line.as_str()))
    }

    fn text(&mut self) -> io::Result<Option<String>> {
        while let Some(line) = self.line()? {
            let Some((_, tag)) = line.split_once("<text") else { continue };
            let Some((tag, rest)) = tag.split_once('>') else { continue };
            if tag.ends_with('/') {
                return Ok(Some(String::new()));
            }
            let first = rest.to_owned();
            return self.until_its_end(first).map(Some);
        }
        Ok(None)
    }

    fn until_its_end(&mut self, first: String) -> io::Result<String> {
        let mut text = first;
        while !text.contains("</text>") {
            match self.line()? {
                Some(line) if line.contains("</text>") => {
                    text.push_str(line);
                    break;
                }
                Some(line) => text.push_str(line),
                None => break,
            }
        }
        let end = text.rfind("</text>").unwrap_or(text.len());
        text.truncate(end);
        Ok(unescaped(&text))
    }
}

impl<R: BufRead> Iterator for Texts<R> {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.text().transpose()
    }
}

/// `&amp;` last, so that what it makes is not taken for another entity.
fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&#039;", "'").replace("&amp;", "&")
}
