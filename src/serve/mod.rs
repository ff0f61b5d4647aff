//! The history to what a browser or a feed reader gets: each address to what answers it, over HTTP or as a file.
//!
//! It reads the store and changes nothing in it, so a check may run at the same time.

mod cases;

pub use cases::{Case, CaseError};
