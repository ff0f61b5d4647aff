//! `palinode stamp`: has time-stamping authorities attest the chain of captures.

use std::path::Path;

use clap::Args;

use super::manners::Manners;
use super::{Exit, Failure, World, open};
use crate::page::PageUrl;
use crate::views::{counted, escape, moment};
use crate::watch::{Again, RunLock, Stamping, stamp};

/// Have time-stamping authorities (RFC 3161) attest the chain of captures as it stands
///
/// An authority is sent a digest, and learns nothing of the pages. What it answers is looked at, kept, and goes with
/// `palinode evidence`, where VERIFY.txt says how to check its signature. One that has attested these very captures is not
/// asked again. Ends with 3 when an authority attests nothing.
#[derive(Debug, Args)]
pub(super) struct Stamp {
    /// The authority's address; may be given several times
    #[arg(long, value_name = "URL", required = true)]
    authority: Vec<String>,
    /// Ask also those that have attested these captures before: once a year, since their certificates expire
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    manners: Manners,
}

impl Stamp {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let authorities: Result<Vec<PageUrl>, _> =
            self.authority.iter().map(|text| text.parse::<PageUrl>()).collect();
        let authorities = authorities.map_err(|why| Failure::usage(why.to_string()))?;
        let mut opened = open(store)?;
        let _lock = RunLock::take(store)?;
        let fetcher = self.manners.fetcher(&world.surroundings)?;
        let again = if self.again { Again::Asked } else { Again::Left };
        let stamped = stamp(&mut opened, &fetcher, world.clock, &authorities, again)?;
        if stamped.links == 0 {
            return Err(Failure::usage(
                "nothing was captured yet\nhint: `palinode check` looks at the pages",
            ));
        }
        let links = counted(stamped.links as usize, "capture");
        let mut exit = Exit::Fine;
        for (authority, came) in authorities.iter().zip(stamped.came) {
            let authority = escape(authority.as_str()).into_owned();
            match came {
                Stamping::Kept(at) => {
                    writeln!(world.out, "{links} attested by {authority}, {} UTC", moment(at))?;
                }
                Stamping::Known(at) => writeln!(
                    world.err,
                    "{authority}: it has attested these since {} UTC",
                    moment(at)
                )?,
                Stamping::Nothing(why) => {
                    exit = Exit::Unseen;
                    writeln!(world.err, "{authority}: {}", escape(&why))?;
                }
            }
        }
        Ok(exit)
    }
}
