//! What a fetch may take, in numbers.
//!
//! Apart from the client because reading an answer later has to keep to the same numbers.

use std::time::Duration;

/// What a fetch may take. Reaching a limit fails the fetch; it never shortens the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands, name look-up and TLS included.
    pub connect: Duration,
    /// Between two reads.
    pub read: Duration,
    /// For everything, redirects and the entity included.
    pub total: Duration,
    /// For a page's scripts, beside that: the browser's start and the waiting for turns included.
    pub render: Duration,
    /// Bytes of the entity as sent.
    pub entity: usize,
    /// Bytes of the entity decoded, and of what scripts make of it.
    pub decoded: usize,
    /// Decoded bytes for each byte sent, beyond a first mebibyte.
    pub ratio: usize,
    /// Redirects followed.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_mins(1),
            render: Duration::from_mins(3),
            entity: 20 << 20,
            decoded: 20 << 20,
            ratio: 200,
            redirects: 10,
        }
    }
}
