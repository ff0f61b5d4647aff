//! `palinode check`: the cron job.

use std::io::Write;
use std::path::Path;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::alert::{Told, alerted};
use super::deposit::deposited;
use super::manners::{Confirming, Manners};
use super::patient::Patient;
use super::service::{Notice, Service};
use super::{Exit, Failure, Watcher, World, open, resolve};
use crate::alert::change;
use crate::clock::Timestamp;
use crate::extract::{PassageKind, tokens};
use crate::fetch::{self, Fetcher};
use crate::lineage::{RevisionNumber, Wordings, passages};
use crate::store::{Follow, Page, Store, Watched};
use crate::views::{self, EventsOf, Look, escape, moment};
use crate::watch::{
    Begun, CheckError, FollowNews, FollowTally, Listener, News, RunLock, Tally, Waiting, What,
    check, follow, follow_due_at, is_due, manners,
};

/// Look at all pages that are due, once
///
/// Silent when nothing happened, so that cron mails only what matters. Changes go to standard output, one block a page;
/// a page that cannot be seen is told once, and once more when it is seen again. Feeds and sitemaps that are followed are
/// looked at first, and the pages that they add are checked with the others. Ends with 3 when some page could not be
/// seen, and with 5 when another run is going on.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Check only these pages, due or not: names, addresses, or parts of them; or the names of what is followed
    #[arg(value_name = "PAGE")]
    pages: Vec<String>,
    /// Check all pages, due or not
    #[arg(long, conflicts_with = "pages")]
    all: bool,
    /// Check only pages with this tag
    #[arg(long)]
    tag: Option<String>,
    /// End with 1 when some page changed or was seen for the first time
    #[arg(long)]
    exit_code: bool,
    /// Print the events of each change as JSON, one list a page; of what is followed, an object each
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    manners: Manners,
    #[command(flatten)]
    confirming: Confirming,
}

impl Check {
    pub(super) fn run(self, store: &Path, world: &mut World<'_>) -> Result<Exit, Failure> {
        let mut opened = open(store)?;
        let _lock = RunLock::take(store)?;
        let (follows, pages) = self.chosen(&opened, world)?;
        let fetcher = self.manners.confirming(&world.surroundings, &self.confirming)?;
        if pages.is_empty() && follows.is_empty() {
            let told = alerted(&mut opened, world)?;
            deposited(&mut opened, &fetcher, world)?;
            return Ok(match told {
                Told::All => Exit::Fine,
                Told::NotAll => Exit::Untold,
            });
        }
        let asked_for = !self.pages.is_empty() || self.all;
        let round = Round {
            waits: if asked_for { Waits::All } else { Waits::News },
            form: if self.json { Form::Json } else { Form::Text },
        };
        let service = world.surroundings.service.clone();
        (service.heed)(&service.stop);
        let tally = round.run(&mut opened, &fetcher, &follows, pages, world)?;
        if service.stop.is_asked() {
            return Ok(Exit::Stopped);
        }
        let told = alerted(&mut opened, world)?;
        deposited(&mut opened, &fetcher, world)?;
        Ok(match (tally.held + tally.failed + tally.unread, told, tally.changed) {
            (1.., ..) => Exit::Unseen,
            (0, Told::NotAll, _) => Exit::Untold,
            (0, Told::All, 1..) if self.exit_code => Exit::Changed,
            (0, Told::All, _) => Exit::Fine,
        })
    }

    fn chosen(
        &self,
        store: &Store,
        world: &World<'_>,
    ) -> Result<(Vec<Follow>, Vec<Watched>), Failure> {
        let (mut follows, now) = (store.follows()?, world.clock.now());
        if let Some(tag) = &self.tag {
            follows.retain(|follow| follow.settings.pages.tags.contains(tag));
        }
        let is_named = |text: &str| follows.iter().any(|follow| resolve::is_called(follow, text));
        let (_, named): (Vec<&String>, Vec<&String>) =
            self.pages.iter().partition(|text| is_named(text));
        let pages = self.pages_of(&named, store, now)?;
        if !self.pages.is_empty() {
            follows.retain(|one| self.pages.iter().any(|text| resolve::is_called(one, text)));
        } else if !self.all {
            follows.retain(|follow| follow_due_at(follow, now).is_some_and(|due| due <= now));
        }
        Ok((follows, pages))
    }

    fn pages_of(
        &self,
        named: &[&String],
        store: &Store,
        now: Timestamp,
    ) -> Result<Vec<Watched>, Failure> {
        let is_chosen = self.all || !self.pages.is_empty();
        let mut all = if is_chosen { store.watched()? } else { store.maybe_due(now)? };
        if let Some(tag) = &self.tag {
            all.retain(|watched| watched.page.settings.tags.contains(tag));
        }
        if !self.pages.is_empty() {
            let named: Result<Vec<Page>, Failure> =
                named.iter().map(|text| resolve::page(store, text)).collect();
            let named = named?;
            if let Some(page) = named.iter().find(|page| page.removed_at.is_some()) {
                return Err(Failure::usage(format!(
                    "{} is no longer watched\nhint: `palinode add` takes it up again",
                    page.url
                )));
            }
            all.retain(|watched| named.iter().any(|page| page.id == watched.page.id));
        } else if !self.all {
            all.retain(|watched| is_due(watched, now));
        }
        Ok(all)
    }
}

/// One round over some pages, told as it goes on.
pub(super) struct Round {
    waits: Waits,
    form: Form,
}

impl Round {
    /// One that nobody asked for by name.
    pub(super) fn of_what_is_due() -> Self {
        Self { waits: Waits::News, form: Form::Text }
    }

    pub(super) fn run(
        &self,
        store: &mut Store,
        fetcher: &Fetcher,
        follows: &[Follow],
        mut pages: Vec<Watched>,
        world: &mut World<'_>,
    ) -> Result<Tally, Failure> {
        let service = world.surroundings.service.clone();
        let manners = manners(store, fetcher)?;
        let followed = self.follow(store, (fetcher, &manners), follows, world)?;
        if !followed.added.is_empty() {
            let added = store.watched()?.into_iter();
            pages.extend(added.filter(|watched| followed.added.contains(&watched.page.url)));
        }
        let mut teller = Teller {
            waits: self.waits,
            look: world.look(),
            bar: progress(world.surroundings.watcher, pages.len()),
            out: Patient(world.out),
            err: world.err,
            form: self.form,
            service: &service,
        };
        let by = (fetcher, &manners);
        let mut tally = check(store, by, world.clock, &pages, &service.stop, &mut teller)?;
        tally.unread = followed.unread;
        teller.bar.finish_and_clear();
        if tally.left > 0 {
            let why =
                if service.stop.is_asked() { "it was stopped" } else { "their hosts take long" };
            writeln!(teller.err, "{} pages are left for the next run: {why}", tally.left)?;
        }
        Ok(tally)
    }

    /// Looks at what is followed, and tells what came of it.
    fn follow(
        &self,
        store: &mut Store,
        by: (&Fetcher, &fetch::Manners),
        follows: &[Follow],
        world: &mut World<'_>,
    ) -> Result<FollowTally, Failure> {
        if follows.is_empty() {
            return Ok(FollowTally::default());
        }
        let service = world.surroundings.service.clone();
        let (mut out, err) = (Patient(world.out), &mut *world.err);
        let mut tell = |followed: &Follow, news: &FollowNews| {
            service.notify(Notice::Alive);
            match (news, self.form) {
                (FollowNews::PutOff(_), _) if self.waits == Waits::News => {}
                (_, Form::Text) => views::follow_news(&mut out, err, followed, news)?,
                (_, Form::Json) => views::follow_news_json(&mut out, err, followed, news)?,
            }
            Ok(out.flush()?)
        };
        Ok(follow(store, by, world.clock, follows, &service.stop, &mut tell)?)
    }
}

/// Which hosts that want to be left alone are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// Those that have just begun to.
    News,
    /// Every one: somebody asked for its pages.
    All,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

/// Tells the news as it is recorded.
struct Teller<'a> {
    out: Patient<'a>,
    err: &'a mut dyn Write,
    look: Look,
    bar: ProgressBar,
    form: Form,
    waits: Waits,
    service: &'a Service,
}

impl Listener for Teller<'_> {
    fn recorded(&mut self, store: &Store, news: &[News]) -> Result<(), CheckError> {
        if news.is_empty() {
            return Ok(());
        }
        let bar = self.bar.clone();
        bar.suspend(|| news.iter().try_for_each(|news| self.tell(store, news)))?;
        // What is on disk is said at once: a run over many pages may take long, or be killed.
        Ok(self.out.flush()?)
    }

    fn put_off(&mut self, hosts: &[Waiting]) -> Result<(), CheckError> {
        let all = self.waits == Waits::All;
        let told = hosts.iter().filter(|host| all || host.begun == Begun::Now);
        for Waiting { wait, pages, .. } in told {
            let pages = if *pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") };
            let until = moment(wait.until);
            let host = escape(&wait.host);
            writeln!(
                self.err,
                "{host}: {pages} put off until {until} UTC: it asks for fewer visits"
            )?;
        }
        Ok(())
    }

    fn progress(&mut self, done: usize, _all: usize) {
        self.service.notify(Notice::Alive);
        self.bar.set_position(done as u64);
    }
}

impl Teller<'_> {
    fn tell(&mut self, store: &Store, News { page, what }: &News) -> Result<(), CheckError> {
        let title = escape(page.title());
        match what {
            What::Changed(number) => self.changed(store, page, *number)?,
            What::First(number) if self.form == Form::Text => {
                let first = first_seen(store, page, *number)?;
                writeln!(self.out, "{title}  {number} first seen, {first}")?;
            }
            // Who wants to hear of links has an alert; the others find them in the history.
            What::First(_) | What::Beside(_) => {}
            What::Failed(failure) => {
                self.trouble(store, page, &format!("failed ({})", failure.class), &failure.detail)?;
            }
            What::Held(obstacle) => {
                self.trouble(store, page, &format!("held ({obstacle})"), &obstacle.hint())?;
            }
            What::Damaged(error) => writeln!(self.err, "{title}: {}", escape(&error.to_string()))?,
            What::Gone => {
                let detail = "it has been missing for a day and more; its history stays";
                self.trouble(store, page, "gone", detail)?;
            }
            What::Recovered => {
                let last = last_sight(store, page)?;
                let since = last.map_or_else(String::new, |time| {
                    format!(", for the first time since {} UTC", moment(time))
                });
                writeln!(self.err, "{title}: seen again{since}")?;
            }
        }
        Ok(())
    }

    /// What is in the way, what still stands, and what can be done.
    fn trouble(
        &mut self,
        store: &Store,
        page: &Page,
        what: &str,
        detail: &str,
    ) -> Result<(), CheckError> {
        let (reason, hint) = detail.split_once('\n').unwrap_or((detail, ""));
        writeln!(
            self.err,
            "{}: {what}: {}{}",
            escape(page.title()),
            escape(reason),
            standing(store, page)?
        )?;
        if hint.is_empty() { Ok(()) } else { Ok(writeln!(self.err, "{}", escape(hint))?) }
    }

    fn changed(
        &mut self,
        store: &Store,
        page: &Page,
        number: RevisionNumber,
    ) -> Result<(), CheckError> {
        let (form, look) = (self.form, self.look);
        let told = change(store, page, number, |news| match form {
            Form::Text => Ok::<_, CheckError>(views::news(&mut self.out, look, news)?),
            Form::Json => {
                let told = news.events.iter().filter(|event| event.is_told());
                let events: Vec<_> = told.map(|event| (number, event.clone())).collect();
                let of = EventsOf {
                    title: page.title(),
                    url: page.url.as_str(),
                    revisions: news.revisions,
                    wordings: news.wordings,
                    events: &events,
                };
                Ok(views::events_json(&mut self.out, &[of])?)
            }
        });
        told.map(drop)
    }
}

/// How much a page says, or what stands for it where it cannot be shown.
fn first_seen(store: &Store, page: &Page, number: RevisionNumber) -> Result<String, CheckError> {
    let past = store.past(page.id)?;
    let (wordings, layout) = (Wordings::of(&past), store.layout(page.id, number)?);
    let mut words = 0;
    for wording in passages(&layout, &wordings) {
        if wording.kind == PassageKind::Opaque {
            return Ok(format!("not shown as text: {}", escape(&wording.text)));
        }
        words += tokens(&wording.text).iter().filter(|token| token.is_word()).count();
    }
    past.sound()?;
    Ok(format!("{words} words"))
}

/// When the page was seen last before its latest sight.
fn last_sight(store: &Store, page: &Page) -> Result<Option<Timestamp>, CheckError> {
    let observations = store.observations(page.id)?;
    let sights = observations.iter().rev().skip(1).find(|run| run.seen.is_sight());
    Ok(sights.map(|run| run.last_at))
}

/// What still stands of a page that could not be seen.
fn standing(store: &Store, page: &Page) -> Result<String, CheckError> {
    let revisions = store.revisions(page.id)?;
    Ok(revisions.last().map_or_else(
        || "; nothing is known of it yet".to_owned(),
        |last| format!("; kept {} of {} UTC", last.number, moment(last.first_seen)),
    ))
}

fn progress(watcher: Watcher, pages: usize) -> ProgressBar {
    let target = match watcher {
        Watcher::Person => ProgressDrawTarget::stderr(),
        Watcher::Nobody => ProgressDrawTarget::hidden(),
    };
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} pages")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(pages as u64), target).with_style(style)
}
