//! Visits to a history: each is served, the clock set to its time, and the page checked.

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use palinode::clock::{Clock, Stop, Timestamp};
use palinode::fetch::Fetcher;
use palinode::page::{PageSettings, PageUrl};
use palinode::store::Store;
use palinode::watch::{self, CheckError, Listener, News, Waiting, What};

use crate::manifest::Visit;
use crate::site::Site;

/// How the replay itself went; what was told stands in the database.
pub(crate) struct Played {
    /// What each check took, in order.
    pub(crate) times: Vec<Duration>,
    /// Checks that could not be recorded.
    pub(crate) damaged: usize,
}

/// Plays the visits into a fresh database.
pub(crate) fn play(
    name: &str,
    visits: &[Visit],
    database: &Path,
    fetcher: &Fetcher,
) -> Result<Played, Box<dyn Error>> {
    if database.exists() {
        return Err(format!("{}: there is a file already", database.display()).into());
    }
    let (site, clock) = (Site::new()?, VisitTime::default());
    let mut store = Store::open_or_create(database)?;
    watch_page(&mut store, &site.url(name), name, visits)?;
    let mut damage = Damage(0);
    let mut times = Vec::with_capacity(visits.len());
    for visit in visits {
        site.serve(&visit.file)?;
        clock.0.store(visit.at.millis(), Ordering::SeqCst);
        let check = || {
            let pages = store.watched()?;
            let manners = watch::manners(&store, fetcher)?;
            watch::check(
                &mut store,
                (fetcher, &manners),
                &clock,
                &pages,
                &Stop::default(),
                &mut damage,
            )
        };
        let (took, checked) = timed(check);
        checked?;
        times.push(took);
    }
    Ok(Played { times, damaged: damage.0 })
}

fn watch_page(
    store: &mut Store,
    url: &str,
    name: &str,
    visits: &[Visit],
) -> Result<(), Box<dyn Error>> {
    let url: PageUrl = url.parse()?;
    let settings = PageSettings {
        name: Some(name.to_owned()),
        allow_private: true,
        ignore_robots: true,
        ..PageSettings::default()
    };
    let Some(first) = visits.first() else { return Err("a history without visits".into()) };
    let writing = store.write()?;
    writing.put_page(&url, &settings, first.at)?;
    writing.commit()?;
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    #[expect(clippy::disallowed_methods, reason = "a measurement; the table says that it is one")]
    let began = Instant::now();
    let done = work();
    (began.elapsed(), done)
}

/// A clock that stands at the time of the visit that is played.
#[derive(Default)]
struct VisitTime(AtomicI64);

impl Clock for VisitTime {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Counts what is told to be damaged: all else that is told can be read from the database.
struct Damage(usize);

impl Listener for Damage {
    fn recorded(&mut self, _store: &Store, news: &[News]) -> Result<(), CheckError> {
        self.0 += news.iter().filter(|news| matches!(news.what, What::Damaged(_))).count();
        Ok(())
    }

    fn put_off(&mut self, _hosts: &[Waiting]) -> Result<(), CheckError> {
        Ok(())
    }

    fn progress(&mut self, _done: usize, _all: usize) {}
}
