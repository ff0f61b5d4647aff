//! The history to what a browser, a feed reader or a program gets: each address to what answers it, over HTTP or as files.
//!
//! ```text
//! request ──guard──▶ target ──answer──▶ page, feed, listing, bytes ──server──▶ response
//!            └──▶ raw path ──memento──▶ list, bytes as sent ──────────┘
//! ```
//!
//! It reads the store and changes nothing in it, so a check may run at the same time. Answers are made whole, on a few
//! threads, each with a connection of its own.

mod answer;
mod cases;
mod feeds;
mod guard;
mod happened;
mod listings;
mod memento;
mod pages;
mod server;
mod site;
mod traced;

pub use answer::{Reply, Target, answer};
pub use cases::{Case, CaseError};
pub use feeds::{FeedOf, feed};
pub use guard::{Gate, Token};
pub use happened::{Happened, KeptEvents, Wanted};
pub use server::{Server, ServerError};
pub use site::{file, site};
pub use traced::Traced;
