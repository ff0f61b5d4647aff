//! What archives write to what palinode knows, and back: WARC records and their index.
//!
//! Pure formats: bytes in and values out. Who is asked for them, and what is believed of them, is decided in `watch`.

mod capture;
mod cdxj;
mod http;
mod input;
mod record;
mod surt;
mod write;

pub use capture::{Archived, Gathering, Unusable};
pub use record::{Record, RecordKind, Records, WarcError};
pub use surt::surt;
pub use write::{Exported, WarcWriter};
