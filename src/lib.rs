//! palinode keeps every revision of the web pages you name and tells the life of every word on them.
//!
//! ```text
//! URL ──fetch──▶ Capture ──extract──▶ Document ──diff──▶ Changes ──lineage──▶ Events ──▶ views, alerts
//!                   │                    │                              │
//!                   └─────────────────── store (SQLite) ────────────────┘       watch: again, on time
//! ```

pub mod clock;
pub mod fetch;
pub mod page;
