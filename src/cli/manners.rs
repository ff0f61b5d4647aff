//! The flags of `check` that say how sites are treated, to the fetcher that treats them so.

use clap::Args;

use crate::fetch::{FetchError, Fetcher, FetcherSettings, Limits, Reach};

/// How sites are treated
#[derive(Debug, Args)]
pub(super) struct Manners {
    /// How the owners of the sites can reach you; sent with every request
    #[arg(long, value_name = "MAIL OR URL")]
    contact: Option<String>,
    /// Fetch from this machine and its network too, not from public addresses alone
    #[arg(long)]
    allow_private: bool,
}

impl Manners {
    /// The fetcher that keeps to them.
    pub(super) fn fetcher(self, limits: Limits) -> Result<Fetcher, FetchError> {
        let reach = if self.allow_private { Reach::Anywhere } else { Reach::Public };
        Fetcher::new(FetcherSettings { contact: self.contact, limits, reach })
    }
}
