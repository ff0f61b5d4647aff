//! An error of the HTTP client to the class that the history shows, in words without secrets.
//!
//! Its own file, because the client tells most causes only through a chain of sources, and because this is the one
//! place from which an address or a header value could leak into a message.

use std::error::Error;
use std::io;

use super::guard::Private;
use super::{Failure, FailureClass};

impl Failure {
    /// A failure of this class; `detail` is lower case and free of secrets.
    pub fn new(class: FailureClass, detail: impl Into<String>) -> Self {
        Self { class, detail: detail.into() }
    }

    /// What the client's error means before an answer has arrived.
    pub(super) fn before_answer(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            return Self::new(FailureClass::Timeout, "no answer within the time limit");
        }
        if let Some(private) = sources(&error).find_map(|error| error.downcast_ref::<Private>()) {
            return (*private).into();
        }
        if error.is_dns() {
            return Self::new(FailureClass::Dns, "the name could not be resolved");
        }
        if let Some(tls) = sources(&error).find_map(tls_error) {
            return Self::new(FailureClass::Tls, tls_detail(tls));
        }
        if error.is_connect() || sources(&error).any(is_closing) {
            return Self::new(FailureClass::Connect, root_cause(&error));
        }
        Self::new(FailureClass::Protocol, root_cause(&error))
    }

    /// What the client's error means while the entity arrives. Whatever it is, the entity is not whole.
    pub(super) fn in_entity(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            return Self::new(
                FailureClass::Timeout,
                "the entity did not arrive within the time limit",
            );
        }
        Self::new(
            FailureClass::Truncated,
            format!("the entity ended early: {}", root_cause(&error)),
        )
    }
}

fn sources<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| inner(*error))
}

/// `io::Error` hides the error that it wraps from `source`, and rustls errors arrive wrapped in just that way.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source())
}

fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    error.downcast_ref()
}

fn tls_detail(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    let rustls::Error::InvalidCertificate(bad) = error else {
        return format!(
            "the connection could not be secured: {}",
            error.to_string().to_lowercase()
        );
    };
    let why = match bad {
        Bad::Expired | Bad::ExpiredContext { .. } => "it has expired",
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => "it is not valid yet",
        Bad::Revoked => "it has been revoked",
        Bad::UnknownIssuer => "nobody known has issued it",
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => "it belongs to another name",
        _ => "it does not hold",
    };
    format!("the certificate is refused: {why}")
}

/// Whether the peer went away without an answer. hyper's own error types are out of reach here, its texts are not.
fn is_closing(error: &(dyn Error + 'static)) -> bool {
    let closed = |io: &io::Error| {
        use io::ErrorKind as Kind;
        matches!(
            io.kind(),
            Kind::ConnectionReset
                | Kind::ConnectionAborted
                | Kind::BrokenPipe
                | Kind::UnexpectedEof
        )
    };
    error.downcast_ref::<io::Error>().is_some_and(closed)
        || error.to_string().contains("connection closed before message completed")
}

/// The deepest source names the cause and, unlike the outer ones, never an address.
pub fn root_cause(error: &(dyn Error + 'static)) -> String {
    let deepest = sources(error).last().map_or_else(String::new, ToString::to_string);
    // Numbers of the system, and addresses of manuals for programmers, tell a reader nothing.
    let words = deepest.split(" (os error").next().unwrap_or_default();
    let words = words.split(": https://docs.rs/").next().unwrap_or_default();
    words.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rustls_error_is_found_inside_an_io_error() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let wrapped = io::Error::other(io::Error::other(tls));
        let found = sources(&wrapped).find_map(tls_error).map(tls_detail);
        assert_eq!(found.as_deref(), Some("the certificate is refused: it has expired"));
    }

    #[test]
    fn other_tls_errors_speak_for_themselves() {
        let detail = tls_detail(&rustls::Error::HandshakeNotComplete);
        assert_eq!(detail, "the connection could not be secured: handshake not complete");
    }
}
