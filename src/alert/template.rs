//! A message and a shape to the JSON that a receiver wants: by a template that is filled in and can do nothing else.
//!
//! What is filled in is escaped into JSON by the template library, so that no page can end a string. What a chat would read
//! in a text (its mark-up, its ways to call everybody) each shape takes the sting out of by itself.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::message::Message;
use super::words::cut;
use crate::store::Shape;

/// A template, or what it makes, of more bytes is refused.
const LONGEST: usize = 256 << 10;

/// So many steps a template may take.
const FUEL: u64 = 500_000;

/// What a template can name.
#[derive(Serialize)]
struct Names<'a> {
    id: &'a str,
    /// One line.
    title: &'a str,
    /// All in words.
    text: &'a str,
    /// The page's address; of several pages, none.
    url: &'a str,
    /// The last part of the receiver's address.
    topic: &'a str,
    /// What a program gets.
    message: &'a Value,
}

/// The body of a request.
pub(super) fn body(shape: &Shape, message: &Message, receiver: &Url) -> Result<String, String> {
    match shape {
        Shape::Plain => Ok(message.json.to_string()),
        Shape::Slack => filled(include_str!("shapes/slack.json.jinja"), message, receiver),
        Shape::Discord => filled(include_str!("shapes/discord.json.jinja"), message, receiver),
        Shape::Matrix => filled(include_str!("shapes/matrix.json.jinja"), message, receiver),
        Shape::Ntfy => filled(include_str!("shapes/ntfy.json.jinja"), message, receiver),
        Shape::File(file) => filled(&read(file)?, message, receiver)
            .map_err(|why| format!("{}: {why}", file.display())),
    }
}

fn read(file: &Path) -> Result<String, String> {
    let failed = |why: io::Error| format!("{}: it cannot be read: {why}", file.display());
    let mut text = String::new();
    let opened = File::open(file).map_err(failed)?;
    opened.take(LONGEST as u64).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

fn filled(template: &str, message: &Message, receiver: &Url) -> Result<String, String> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Json);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("cut", |text: &str, most: usize| shortened(text, most));
    environment.add_filter("slack", slack);
    environment.add_filter("markdown", markdown);
    environment.add_filter("default", minijinja::filters::default);
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("join", minijinja::filters::join);
    let template = environment.template_from_str(template).map_err(|why| told(&why))?;
    let text = message.text();
    let names = Names {
        id: &message.id,
        title: &message.title,
        text: &text,
        url: message.json["page"]["url"].as_str().unwrap_or_default(),
        topic: receiver.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default(),
        message: &message.json,
    };
    let mut made = Bounded(Vec::new());
    template.render_captured_to(Serde(names), &mut made).map_err(|why| told(&why))?;
    let read: Value = serde_json::from_slice(&made.0)
        .map_err(|why| format!("the template makes no JSON: {why}"))?;
    Ok(read.to_string())
}

/// Where a template is wrong, and in what; what was filled in is no part of it.
fn told(error: &minijinja::Error) -> String {
    let line = error.line().map_or_else(String::new, |line| format!(" in line {line}"));
    format!("the template is wrong{line}: {}", error.kind())
}

/// Text of so many characters, or all of it.
fn shortened(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    cut(text, end)
}

/// The three signs in which Slack writes links, names and calls to everybody.
fn slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Every sign with a backslash before it, so that none is read as a mark, a link or a name.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// What a template makes, as long as it is not too much.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other("it makes too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
