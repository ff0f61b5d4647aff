//! The chain as it stands to the word of time-stamping authorities on it, each looked at before it is kept.

use tokio::runtime::Runtime;

use super::CheckError;
use crate::clock::{Clock, Timestamp};
use crate::fetch::{Digest, Fetched, Fetcher, Manners, Posted};
use crate::page::PageUrl;
use crate::stamp::Question;
use crate::store::{Checkpoint, Stamp, Store, StoreError};

/// What came of asking an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamping {
    /// Its word is kept: its time.
    Kept(Timestamp),
    /// It attests these very links since then already; it was not asked.
    Known(Timestamp),
    /// It attests nothing, and why.
    Nothing(String),
}

/// Whether an authority is asked for what it attests already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is: its certificate does not last for ever.
    Asked,
    /// It is not.
    Left,
}

/// The chain as it was stamped, and what came of each authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// How many links there were.
    pub links: u32,
    /// What came of the authorities, in their order.
    pub came: Vec<Stamping>,
}

/// No reply is longer: a token with a few certificates has some kilobytes.
const LONGEST: usize = 1 << 20;

/// Has the chain stamped by one authority after the other; each stamp is on disk before the next is asked for.
pub fn stamp(
    store: &mut Store,
    fetcher: &Fetcher,
    clock: &dyn Clock,
    authorities: &[PageUrl],
    again: Again,
) -> Result<Stamped, CheckError> {
    // Captures from before there was a chain are in it from now on.
    let writing = store.write()?;
    writing.extend_chain()?;
    writing.commit()?;
    let checkpoint = store.checkpoint(clock.now())?;
    let links = checkpoint.links;
    let mut stamped = Stamped { links, came: Vec::new() };
    if links == 0 {
        return Ok(stamped);
    }
    let runtime = crate::fetch::runtime().map_err(CheckError::Runtime)?;
    let manners = Manners::new(fetcher.pause(), store.waits()?, Vec::new());
    let asking = Asking { fetcher, manners, clock, runtime };
    for authority in authorities {
        let known = known(store, links, authority)?.filter(|_| again == Again::Left);
        stamped.came.push(match known {
            Some(at) => Stamping::Known(at),
            None => asking.ask(store, &checkpoint, authority)?,
        });
    }
    Ok(stamped)
}

/// Since when an authority attests so many links.
fn known(store: &Store, links: u32, authority: &PageUrl) -> Result<Option<Timestamp>, StoreError> {
    let stamps = store.stamps()?;
    let mut of = stamps.iter().filter(|stamp| stamp.authority == authority.as_str());
    let found = of.find(|stamp| stamp.checkpoint.links == links);
    Ok(found.map(|stamp| stamp.attested_at))
}

struct Asking<'a> {
    fetcher: &'a Fetcher,
    manners: Manners,
    clock: &'a dyn Clock,
    runtime: Runtime,
}

impl Asking<'_> {
    fn ask(
        &self,
        store: &mut Store,
        checkpoint: &Checkpoint,
        authority: &PageUrl,
    ) -> Result<Stamping, StoreError> {
        let question = Question::new(Digest::of(checkpoint.text.as_bytes()), store.nonce()?);
        let reply = match self.reply(&question, authority) {
            Ok(reply) => reply,
            Err(why) => return Ok(Stamping::Nothing(why)),
        };
        let attested_at = match question.answered_by(&reply) {
            Ok(at) => at,
            Err(why) => return Ok(Stamping::Nothing(why.to_string())),
        };
        let writing = store.write()?;
        writing.keep_stamp(&Stamp {
            checkpoint: checkpoint.clone(),
            authority: authority.as_str().to_owned(),
            question: question.to_bytes(),
            reply,
            attested_at,
            received_at: self.clock.now(),
        })?;
        writing.commit()?;
        Ok(Stamping::Kept(attested_at))
    }

    fn reply(&self, question: &Question, authority: &PageUrl) -> Result<Vec<u8>, String> {
        let kind = "application/timestamp-query";
        let (url, headers, body) = (authority.clone(), Vec::new(), question.to_bytes());
        let posted = Posted { url, kind, headers, body };
        let posting = self.fetcher.post(&posted, LONGEST, &self.manners, self.clock);
        match self.runtime.block_on(posting) {
            Ok(Fetched::Answer(answer)) if answer.status == 200 => Ok(answer.entity),
            Ok(Fetched::Answer(answer)) => {
                Err(format!("it answered with status {}", answer.status))
            }
            Ok(Fetched::Failed { failure, .. }) => Err(failure.detail),
            Ok(Fetched::NotModified { .. }) => Err("it answered with status 304".to_owned()),
            Err(put_off) => Err(format!("it asks to be left alone until {}", put_off.until)),
        }
    }
}
