//! How a host is treated: one request at a time, a pause after each, and left alone when it asks for that.
//!
//! The server is the witness: it notes when each request came, and how many were under way. Waiting is real here, and
//! short; nothing is asked of how quick the machine is, only that nobody comes too early.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use palinode::cli::Exit;
use palinode::clock::{Clock, Stop, Timestamp};
use palinode::fetch::{Fetcher, FetcherSettings};
use palinode::store::Store;
use palinode::watch::{CheckError, Listener, News, Waiting, check, manners};

use crate::checking::{HUMBLE, PROUD, last};
use crate::fault_server::FaultServer;
use crate::site::{Reply, Site, article};
use crate::world::World;

const PAUSE: Duration = Duration::from_millis(60);

/// A world whose checks pause between two requests to a host.
fn pausing() -> World {
    let mut world = World::new();
    world.with_checks = vec!["--allow-private", "--pause=60ms"];
    world
}

/// The shortest time between two neighbours.
fn shortest_gap(arrivals: &[Instant]) -> Duration {
    arrivals.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap()
}

#[test]
fn a_host_is_left_alone_after_each_answer() {
    let world = pausing();
    let slow = Duration::from_millis(30);
    let site = FaultServer::start(move |head| article("Post", &[PROUD]).after(slow).steps(head));
    for page in 0..4 {
        world.palinode(&["add", &site.url(&format!("/{page}"))]).fine();
    }
    world.palinode(&["check"]).fine();
    assert_eq!(site.most_at_once(), 1);
    // The pause begins when the answer ends.
    assert!(shortest_gap(&site.arrivals()) >= PAUSE + slow, "{:?}", site.arrivals());
}

/// A redirect asks too, and another host's pages may lead to a host that is being asked already.
#[test]
fn redirects_wait_their_turn() {
    let (world, busy) = (
        pausing(),
        FaultServer::start(|head| {
            let slow = Duration::from_millis(30);
            let moved = Reply::status(301).with("Location", "/there");
            let reply = if head.contains(" /there ") { article("There", &[PROUD]) } else { moved };
            reply.after(slow).steps(head)
        }),
    );
    let elsewhere = Site::at("127.0.0.2");
    for page in 0..2 {
        let path = format!("/{page}");
        elsewhere.put(&path, Reply::status(302).with("Location", &busy.url(&path)));
        world.palinode(&["add", &elsewhere.url(&path)]).fine();
        world.palinode(&["add", &busy.url(&path)]).fine();
    }
    world.palinode(&["check"]).fine();
    assert_eq!(busy.most_at_once(), 1);
    assert!(shortest_gap(&busy.arrivals()) >= PAUSE, "{:?}", busy.arrivals());
}

/// Both hosts have as much to wait for; one after the other, it would take twice as long.
#[test]
fn a_host_that_pauses_keeps_nobody_waiting() {
    let world = pausing();
    let sites = ["127.0.0.1", "127.0.0.2"].map(|address| {
        FaultServer::start_at(address, |head| article("Post", &[PROUD]).steps(head))
    });
    for site in &sites {
        for page in 0..5 {
            world.palinode(&["add", &site.url(&format!("/{page}"))]).fine();
        }
    }
    world.palinode(&["check"]).fine();
    let [one, other] = sites.map(|site| site.arrivals());
    // Each began before the other was through.
    assert!(one[0] < *other.last().unwrap() && other[0] < *one.last().unwrap());
}

/// `/a` is asked first and refused; nothing more is asked until the time is over, in this run or in the next ones.
#[test]
fn a_host_that_says_how_long_is_left_alone_for_so_long() {
    let (world, site) = (World::new(), Site::new());
    for path in ["/a", "/b", "/c"] {
        site.put(path, article(path, &[PROUD]));
        world.palinode(&["add", &site.url(path), "--name", &path[1..], "--every", "1h"]).fine();
    }
    world.palinode(&["check"]).fine();
    site.put("/a", Reply::status(429).with("Retry-After", "7200"));
    site.put("/b", article("/b", &[HUMBLE]));
    let before = site.requests().len();
    insta::assert_snapshot!(world.wait(60).palinode(&["check"]), @"
    -- stderr --
    a: failed (http-429): the server did not give the page; kept r1 of 2026-03-01 08:00 UTC
    127.0.0.1:PORT: 2 pages put off until 2026-03-01 11:00 UTC: it asks for fewer visits
    exit 3
    ");
    assert_eq!(site.requests().len(), before + 1);
    insta::assert_snapshot!(world.wait(60).palinode(&["check"]), @"exit 0");
    insta::assert_snapshot!(world.palinode(&["check", "b"]), @"
    -- stderr --
    127.0.0.1:PORT: 1 page put off until 2026-03-01 11:00 UTC: it asks for fewer visits
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    a     every 1h  r1    failed (http-429) since 2026-03-01 09:00, last tried 2026-03-01 09:00, put off until 2026-03-01 11:00 by its host
        http://127.0.0.1:PORT/a
    b     every 1h  r1    seen 2026-03-01 08:00, put off until 2026-03-01 11:00 by its host
        http://127.0.0.1:PORT/b
    c     every 1h  r1    seen 2026-03-01 08:00, put off until 2026-03-01 11:00 by its host
        http://127.0.0.1:PORT/c
    exit 0
    ");
    assert_eq!(site.requests().len(), before + 1);
    site.put("/a", article("/a", &[PROUD]));
    insta::assert_snapshot!(world.wait(60).palinode(&["check"]), @"
    b  r2 changed between 2026-03-01 08:00 and 2026-03-01 11:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    -- stderr --
    a: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    a     every 1h  r1    seen 2026-03-01 11:00
        http://127.0.0.1:PORT/a
    b     every 1h  r2    seen 2026-03-01 11:00
        http://127.0.0.1:PORT/b
    c     every 1h  r1    seen 2026-03-01 11:00
        http://127.0.0.1:PORT/c
    exit 0
    ");
}

#[test]
fn a_date_is_as_good_as_a_number() {
    let (world, site) = (World::new(), Site::new());
    let until = "Sun, 01 Mar 2026 09:30:00 GMT";
    site.put("/post", Reply::status(503).with("Retry-After", until));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    assert_eq!(world.palinode(&["check"]).exit, Exit::Unseen);
    let asked = site.requests().len();
    world.at("2026-03-01T09:29:59Z").palinode(&["check", "--all"]).fine();
    assert_eq!(site.requests().len(), asked);
    site.put("/post", article("Post", &[PROUD]));
    world.at("2026-03-01T09:30:00Z").palinode(&["check", "--all"]).fine();
    assert_eq!(last(&world), "changed ×1");
}

/// Put off is not failed: the run of failures holds the checks that were made, and the wait between them grows.
#[test]
fn without_a_word_the_wait_doubles() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", Reply::status(429));
    world.palinode(&["add", &site.url("/post"), "--name", "post", "--every", "1m"]).fine();
    let mut asked_after = Vec::new();
    for minute in 0..120 {
        let before = site.requests().len();
        world.palinode(&["check"]);
        if site.requests().len() > before {
            asked_after.push(minute);
        }
        world.wait(1);
    }
    let waits: Vec<i32> = asked_after.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(waits.len(), 4, "{waits:?}");
    for (wait, doubled) in waits.iter().zip([5, 10, 20, 40]) {
        assert!((doubled..=doubled * 5 / 4 + 1).contains(wait), "{waits:?}");
    }
    assert_eq!(last(&world), "failed (http-429) ×5");
    assert_eq!(site.requests().len(), 5);
}

/// One page's refusal is its host's, and no other host's.
#[test]
fn a_host_that_refuses_keeps_nobody_waiting() {
    let (world, [rude, kind]) = (World::new(), ["127.0.0.1", "127.0.0.2"].map(Site::at));
    for path in ["/a", "/b"] {
        rude.put(path, Reply::status(503).with("Retry-After", "3600"));
        kind.put(path, article(path, &[PROUD]));
        world.palinode(&["add", &rude.url(path)]).fine();
        world.palinode(&["add", &kind.url(path)]).fine();
    }
    world.palinode(&["check"]);
    assert_eq!((rude.requests().len(), kind.requests().len()), (1, 2));
}

/// A host may ask for a longer pause than ours, within reason.
#[test]
fn a_crawl_delay_is_kept() {
    let world = pausing();
    let site = FaultServer::start(|head| {
        let rules = Reply::of("text/plain", "User-agent: *\nCrawl-delay: 0.2\n");
        let reply = if head.contains("/robots.txt") { rules } else { article("Post", &[PROUD]) };
        reply.steps(head)
    });
    for page in 0..3 {
        world.palinode(&["add", &site.url(&format!("/{page}"))]).fine();
    }
    world.palinode(&["check"]).fine();
    assert!(shortest_gap(&site.arrivals()[1..]) >= Duration::from_millis(200));
}

/// A clock that is two minutes further each time somebody looks.
struct Hurrying(AtomicI64);

impl Clock for Hurrying {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(120_000, Ordering::SeqCst))
    }
}

/// Hears nothing; the server is the witness.
struct Deaf;

impl Listener for Deaf {
    fn recorded(&mut self, _store: &Store, _news: &[News]) -> Result<(), CheckError> {
        Ok(())
    }

    fn put_off(&mut self, _hosts: &[Waiting]) -> Result<(), CheckError> {
        Ok(())
    }

    fn progress(&mut self, _done: usize, _all: usize) {}
}

/// A host that takes long does not hold up the next run, and each of its pages has its turn after a few.
#[test]
fn a_visit_has_an_end() {
    let (world, site) = (World::new(), Site::new());
    for page in 0..6 {
        site.put(&format!("/{page}"), article("Post", &[PROUD]));
        world.palinode(&["add", &site.url(&format!("/{page}")), "--allow-private"]).fine();
    }
    let mut store = Store::open(&world.store()).unwrap();
    let settings = FetcherSettings { pause: Duration::ZERO, ..FetcherSettings::default() };
    let (fetcher, clock) = (Fetcher::new(settings).unwrap(), Hurrying(AtomicI64::new(0)));
    let mut left = Vec::new();
    for _ in 0..6 {
        let (pages, manners) = (store.watched().unwrap(), manners(&store, &fetcher).unwrap());
        left.push(
            check(&mut store, (&fetcher, &manners), &clock, &pages, &Stop::default(), &mut Deaf)
                .unwrap()
                .left,
        );
    }
    assert!(left.iter().all(|left| (1..6).contains(left)), "{left:?}");
    for page in 0..6 {
        let asked = |head: &String| head.starts_with(&format!("GET /{page} "));
        assert!(site.requests().iter().any(asked), "{page} was never asked for");
    }
}
