//! What archives write to what palinode knows, and back: WARC records, CDX rows, `TimeMaps`, what comes of orders.
//!
//! Pure formats: bytes in and values out. Who is asked for them, and what is believed of them, is decided in `watch`.

mod capture;
mod cdx;
mod cdxj;
mod choose;
mod http;
mod input;
mod record;
mod save;
mod surt;
mod wacz;
mod write;

pub use capture::{Archived, Gathering, Unusable};
pub use cdx::{
    Listing, NoListing, Row, fourteen, http_date, listing_of_cdx, listing_of_timemap,
    memento_datetime, of_fourteen,
};
pub use choose::{from_the_ends, of_pages, thinned, turns};
pub use record::{Record, RecordKind, Records, WarcError};
pub use save::{Ordered, job_answered, order_answered};
pub use surt::surt;
pub use wacz::{About, WaczWriter};
pub use write::{Exported, WarcWriter};
