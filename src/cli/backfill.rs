//! `palinode backfill`: the past of a page, as far as a web archive has it.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::manners::Manners;
use super::rebuild::told;
use super::{Exit, Failure, World, open, resolve};
use crate::clock::Timestamp;
use crate::page::Cadence;
use crate::views::{counted, escape, moment};
use crate::watch::{
    Archive, Backfilled, Bisected, Found, Halt, RunLock, Wish, backfill, bisect, rebuild,
};

/// Fetch the past of a page from a web archive
///
/// What the archive has takes its place in the page's history, labelled as the archive's claim. Only captures that differ
/// from their neighbours are fetched, the oldest and the newest first; what was fetched is on disk at once, and another run
/// goes on from there. Ends with 3 when the archive asks to be left alone or does not answer.
#[derive(Debug, Args)]
pub(super) struct Backfill {
    /// The page: its name, its address, or a part of one
    page: String,
    /// The archive, by the address that its captures begin with
    #[arg(long, value_name = "ARCHIVE", default_value = "https://web.archive.org/web/")]
    from: String,
    /// Only captures of this time and later
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only captures of this time and earlier
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// At most one capture in so long a time: 1d, 4w
    #[arg(long, value_name = "TIME", value_parser = interval)]
    every: Option<Duration>,
    /// Fetch at most so many captures
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Only find out between which captures this phrase came or went
    #[arg(long, value_name = "PHRASE", conflicts_with_all = ["every", "limit"])]
    bisect: Option<String>,
    #[command(flatten)]
    manners: Manners,
}

impl Backfill {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let archive: Archive = self
            .from
            .parse()
            .map_err(|why: crate::watch::NotAnArchive| Failure::usage(why.to_string()))?;
        let mut opened = open(store)?;
        let page = resolve::page(&opened, &self.page)?;
        let _lock = RunLock::take(store)?;
        let fetcher = self.manners.fetcher(&world.surroundings)?;
        let Self { since, until, every, limit, .. } = self;
        let wish = Wish { archive, since, until, every, limit };
        let title = escape(page.title()).into_owned();
        let done = if let Some(phrase) = &self.bisect {
            let search = (&wish, phrase.as_str());
            let bisected = bisect(&mut opened, &fetcher, world.clock, &page, search)?;
            writeln!(world.out, "{title}: {}", found(&bisected, phrase))?;
            bisected.done
        } else {
            backfill(&mut opened, &fetcher, world.clock, &page, &wish)?
        };
        for page in opened.untold()? {
            let rebuilt = rebuild(&mut opened, &page)?;
            writeln!(world.out, "{}: {}", escape(page.title()), told(&rebuilt))?;
        }
        writeln!(world.err, "{title}: {}", summary(&done))?;
        Ok(match &done.halt {
            None => Exit::Fine,
            Some(halt) => {
                writeln!(world.err, "{}: {}", escape(wish.archive.as_str()), escape(&why(halt)))?;
                Exit::Unseen
            }
        })
    }
}

fn summary(done: &Backfilled) -> String {
    let mut parts = vec![
        format!("{} listed", counted(done.listed, "capture")),
        format!("{} fetched", done.kept),
    ];
    for (count, what) in [
        (done.known, "there already"),
        (done.skipped, "not given, or of another time"),
        (done.dirty, "unreadable in the list"),
        (done.left, "left for another run"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}

fn why(halt: &Halt) -> String {
    match halt {
        Halt::PutOff(until) => format!(
            "it asks for fewer visits until {} UTC\nhint: run this again then; what was fetched is kept",
            moment(*until)
        ),
        Halt::Silent(why) => format!("{why}\nhint: run this again later; what was fetched is kept"),
    }
}

fn found(bisected: &Bisected, phrase: &str) -> String {
    let phrase = format!("\"{}\"", escape(phrase));
    let between =
        |from: Timestamp, to: Timestamp| format!("between {} and {} UTC", moment(from), moment(to));
    let told = match bisected.found {
        Some(Found::Came(from, to)) => format!("{phrase} came {}", between(from, to)),
        Some(Found::Went(from, to)) => format!("{phrase} went {}", between(from, to)),
        Some(Found::Stood(from, to)) => format!(
            "{phrase} stands at both ends, {} and {} UTC; it may have been away between",
            moment(from),
            moment(to)
        ),
        Some(Found::Missing(from, to)) => format!(
            "{phrase} stands at neither end, {} or {} UTC; it may have come and gone between",
            moment(from),
            moment(to)
        ),
        None => format!("nothing could be learned of {phrase}"),
    };
    let Backfilled { kept, known, .. } = &bisected.done;
    format!("{told}; {} of {} read", kept + known, counted(bisected.of, "capture"))
}

fn interval(text: &str) -> Result<Duration, String> {
    match text.parse::<Cadence>() {
        Ok(Cadence::Every(every)) => Ok(every),
        _ => Err("write a number and s, m, h, d or w, as in 4w".to_owned()),
    }
}
