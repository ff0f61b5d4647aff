//! palinode keeps every revision of the web pages you name and tells the life of every word on them.
//!
//! ```text
//! URL ──fetch──▶ Capture ──extract──▶ Document ──diff──▶ Changes ──lineage──▶ Events ──▶ views, alerts
//!                   │                    │                              │
//!                   └─────────────────── store (SQLite) ────────────────┘       watch: again, on time
//! ```
//!
//! The modules below stand in that order, and each imports only from those above it; a test reads this file and fails
//! otherwise. What holds everywhere is a list of absences:
//!
//! - No I/O outside `main`, `secret`, `fetch`, `store`, `watch`, `serve`, `alert` and the writers in `cli`; no SQL outside
//!   `store`; no HTML parsing outside `extract`; no printing outside `views` and `cli`.
//! - No clock but the one passed in, no environment outside `main`, no random numbers but the salts of the chain of
//!   evidence and the nonces of its stamps.
//! - Captures are never edited and never pruned. Whatever is told from them can be told anew by `palinode rebuild`.
//! - A capture that is doubtful (a block page, a soft 404, a cut or emptied page) never becomes a state.
//! - Nothing is said to have gone without its bounds: last seen then, first missing then, and nobody looked in between.

pub mod clock;
pub mod page;
pub mod secret;
pub mod fetch;
pub mod extract;
pub mod diff;
pub mod lineage;
pub mod archive;
pub mod stamp;
pub mod signature;
pub mod store;
pub mod watch;
pub mod views;
pub mod serve;
pub mod alert;
pub mod cli;
