//! A message to a mail, and to the server that takes it: text and HTML beside one another, in headers that nothing can leave.
//!
//! What is said goes over TLS, unless the server is this machine itself.

use std::path::Path;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::{Host, Url};

use super::LONGEST;
use super::message::Message;
use crate::clock::Timestamp;
use crate::fetch::Digest;
use crate::fetch::{root_cause, settle_on_ring};
use crate::secret::secret;
use crate::store::Mail;
use crate::views::html;

type Server = AsyncSmtpTransport<Tokio1Executor>;

/// Hands it to the server; what the server took was heard.
pub(super) async fn send(mail: &Mail, message: &Message, now: Timestamp) -> Result<(), String> {
    let letter = letter(mail, message, now)?;
    let server = server(mail)?;
    server.send(letter).await.map(drop).map_err(|why| cause(&why))
}

/// Whether a mail can be sent in this way, as far as can be known without sending one.
pub(super) fn sound(mail: &Mail) -> Result<(), String> {
    mailbox(&mail.from)?;
    mail.to.iter().try_for_each(|to| mailbox(to).map(drop))?;
    server(mail).map(drop)
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    let mailbox: Result<Mailbox, _> = text.parse();
    mailbox.map_err(|_| format!("\"{text}\" is no mail address"))
}

fn server(mail: &Mail) -> Result<Server, String> {
    settle_on_ring();
    let url = &mail.smtp;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NOT_A_SERVER)?;
    // TLS and the library want an address without the brackets that a URL puts around it.
    let host = host.trim_matches(['[', ']']);
    if url.password().is_some() {
        return Err("no password may stand in the server's address; --secret-file names it".into());
    }
    let (tls, port) = match url.scheme() {
        "smtps" => (Tls::Wrapper(secured(host)?), 465),
        "smtp" if is_here(url) => (Tls::None, 25),
        "smtp" => (Tls::Required(secured(host)?), 587),
        _ => return Err(NOT_A_SERVER.into()),
    };
    let mut server = Server::builder_dangerous(host)
        .port(url.port().unwrap_or(port))
        .tls(tls)
        .timeout(Some(LONGEST));
    if let Some(file) = &mail.secret_file {
        server = server.credentials(credentials(url, file)?);
    }
    Ok(server.build())
}

const NOT_A_SERVER: &str = "the server's address has the form smtps://name@host, or smtp://… for one that begins TLS later";

fn credentials(url: &Url, file: &Path) -> Result<Credentials, String> {
    let name = percent_encoding::percent_decode_str(url.username()).decode_utf8_lossy();
    if name.is_empty() {
        return Err("a password takes a name, as in smtps://name@host".into());
    }
    Ok(Credentials::new(name.into_owned(), secret(file)?))
}

/// The machine's roots and the bundled ones, as for pages.
fn secured(host: &str) -> Result<TlsParameters, String> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    for root in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        let root = Certificate::from_der(root.to_vec()).map_err(|why| why.to_string())?;
        parameters = parameters.add_root_certificate(root);
    }
    parameters.build().map_err(|why| format!("no TLS can be had for the mail server: {why}"))
}

/// Whether the server is this machine: what goes there crosses no network.
fn is_here(url: &Url) -> bool {
    // To the parser of addresses, a host of this scheme is a name, whatever it looks like.
    let host = url.host_str().and_then(|host| Host::parse(host).ok());
    match host {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn letter(mail: &Mail, message: &Message, now: Timestamp) -> Result<lettre::Message, String> {
    let from = mailbox(&mail.from)?;
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let millis = Duration::from_millis(u64::try_from(now.millis()).unwrap_or(0));
    let mut letter = lettre::Message::builder()
        .message_id(Some(id))
        .date(SystemTime::UNIX_EPOCH + millis)
        .from(from)
        // One line, of which nothing is hidden: `title` is no other.
        .subject(message.title.as_str())
        .raw_header(automatic());
    for to in &mail.to {
        letter = letter.to(mailbox(to)?);
    }
    let text = message.text();
    let parts: Vec<String> = message.parts.iter().map(|words| words.html.clone()).collect();
    let html = html::mail(&parts);
    // The signs `=_` stand nowhere in such text as it is sent, so no part can be ended from inside.
    let boundary = format!("=_{}", Digest::of(message.id.as_bytes()));
    let both = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    letter.multipart(both).map_err(|why| format!("no mail can be made: {why}"))
}

fn part(kind: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text)
}

/// So that nobody's notice of absence answers it (RFC 3834).
fn automatic() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

/// What came in the way: a server's code, or what hindered the conversation. What a server says may hold anything.
fn cause(error: &lettre::transport::smtp::Error) -> String {
    if let Some(code) = error.status() {
        return format!("the mail server answered {code}");
    }
    if error.is_timeout() {
        return format!("no answer of the mail server within {} s", LONGEST.as_secs());
    }
    format!("no mail could be handed over: {}", root_cause(error))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::alert::words::Words;

    fn mail() -> Mail {
        let smtp = "smtps://own.example".parse().unwrap();
        let to = vec!["desk@news.example".to_owned()];
        Mail { to, from: "palinode@own.example".into(), smtp, secret_file: None }
    }

    /// Titles are made of one line before; were they not, it would still be one header.
    #[test]
    fn no_title_ends_its_header() {
        for title in ["a\r\nBcc: x@evil.example", "a\nBcc: x", "a\rBcc: x", "\u{fc}\r\n\r\nBcc: x"]
        {
            let words = Words { title: title.into(), text: title.into(), html: String::new() };
            let (id, json) = ("palinode-1-0".to_owned(), Value::Null);
            let message = Message { id, json, title: title.into(), parts: vec![words] };
            let now = Timestamp::from_millis(0);
            let letter = letter(&mail(), &message, now).unwrap().formatted();
            let letter = String::from_utf8(letter).unwrap();
            let (head, _) = letter.split_once("\r\n\r\n").unwrap();
            assert!(head.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "{head}");
            assert!(!head.contains("\r\nBcc") && head.contains("Content-Type"), "{head}");
        }
    }

    #[test]
    fn only_this_machine_is_told_in_the_clear() {
        for (server, here) in [
            ("smtp://127.0.0.1:25", true),
            ("smtp://me@[::1]", true),
            ("smtp://localhost", true),
            ("smtp://127.0.0.1.evil.example", false),
            ("smtp://own.example", false),
            ("smtp://10.0.0.1", false),
            ("smtp://localhost.evil.example", false),
        ] {
            assert_eq!(is_here(&server.parse().unwrap()), here, "{server}");
        }
    }
}
