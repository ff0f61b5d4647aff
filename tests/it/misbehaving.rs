//! Every way in which a web server can misbehave, at a page that was seen before and at one that never was: what it is
//! called, that it is no revision, that the page is asked for as before, and that good pages beside it are checked.
//!
//! Apart from `fetch`, which asks the client alone: here is what a person sees. `tests/FAULTS.md` has the whole list.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use palinode::cli::Exit;
use palinode::fetch::Limits;

use crate::checking::PROUD;
use crate::fault_server::{FaultServer, Step};
use crate::faults::{Fault, faults};
use crate::site::{Reply, Site, article};
use crate::world::{Output, World};

/// Good pages that are checked beside the others.
const GOOD: usize = 10;

/// A server that says what a page said before, then misbehaves, and says it again.
fn moody(steps: Vec<Step>, mood: &Arc<AtomicBool>) -> FaultServer {
    let mood = Arc::clone(mood);
    FaultServer::start(move |head| match head.split(' ').nth(1) {
        Some("/robots.txt") => Reply::status(404).steps(head),
        _ if mood.load(Ordering::SeqCst) => steps.clone(),
        _ => whole().steps(head),
    })
}

fn whole() -> Reply {
    harbour(&[]).with("ETag", "\"whole\"")
}

/// Enough words that losing most of them is a collapse.
fn harbour(more: &[&str]) -> Reply {
    let berths = (0..20).map(|berth| format!("{PROUD} Berth {berth} lies to the north."));
    let berths: Vec<String> = berths.collect();
    let texts = berths.iter().map(String::as_str).chain(more.iter().copied());
    article("Post", &texts.collect::<Vec<_>>())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Good,
    Bad,
}

/// All those servers, and good ones beside them.
struct Town {
    world: World,
    site: Site,
    mood: Arc<AtomicBool>,
    servers: Vec<(&'static str, FaultServer)>,
}

impl Town {
    fn new(faults: Vec<Fault>, mood: Mood) -> Self {
        let (mut world, site) = (World::new(), Site::new());
        let wait = Duration::from_secs(4);
        world.surroundings.limits =
            Limits { connect: wait, read: wait, total: wait, ..world.surroundings.limits };
        let mood = Arc::new(AtomicBool::new(mood == Mood::Bad));
        let servers: Vec<_> =
            faults.into_iter().map(|(name, steps)| (name, moody(steps, &mood))).collect();
        for (name, server) in &servers {
            world.palinode(&["add", &server.url("/post"), "--name", name]).fine();
        }
        for page in 0..GOOD {
            site.put(&format!("/{page}"), whole());
            let url = site.url(&format!("/{page}"));
            world.palinode(&["add", &url, "--name", &format!("good {page}")]).fine();
        }
        Self { world, site, mood, servers }
    }

    fn turns(&self, mood: Mood) -> &Self {
        self.mood.store(mood == Mood::Bad, Ordering::SeqCst);
        self
    }

    fn checks(&self) -> Output {
        self.world.wait(600).palinode(&["check", "--all"])
    }

    /// How the last check of each page that misbehaves came out.
    fn outcomes(&self) -> String {
        let pages = self.world.json(&["pages", "--json"]);
        let line = |name: &str| {
            let page = pages.as_array().unwrap().iter().find(|page| page["name"] == name).unwrap();
            let last = &page["last"];
            let reason =
                last["reason"].as_str().map_or_else(String::new, |why| format!(" ({why})"));
            let revision = page["revision"].as_u64().map_or(String::new(), |it| format!(", r{it}"));
            format!("{name}: {}{reason}{revision}\n", last["outcome"].as_str().unwrap())
        };
        self.servers.iter().map(|(name, _)| line(name)).collect()
    }

    /// Revisions of all good pages together.
    fn good(&self) -> u64 {
        let pages = self.world.json(&["pages", "--json"]);
        let pages = pages.as_array().unwrap().iter();
        let good = pages.filter(|page| page["name"].as_str().unwrap().starts_with("good"));
        good.map(|page| page["revision"].as_u64().unwrap()).sum()
    }
}

#[test]
fn a_page_that_was_seen_keeps_what_it_said() {
    let mut told = String::new();
    for (kind, faults) in faults() {
        let town = Town::new(faults, Mood::Good);
        town.checks().fine();
        for page in 0..GOOD {
            town.site.put(&format!("/{page}"), harbour(&["There is more now."]));
        }
        assert_eq!(town.turns(Mood::Bad).checks().exit, Exit::Unseen);
        let outcomes = town.outcomes();
        assert!(outcomes.lines().all(|line| line.ends_with(", r1")), "{outcomes}");
        write!(told, "-- {kind} --\n{}", outcomes.replace(", r1", "")).unwrap();
        assert_eq!(town.good(), 2 * GOOD as u64, "{kind}: pages beside it were not checked");
        town.turns(Mood::Good).checks().fine();
        for (name, server) in &town.servers {
            let last = String::from_utf8(server.requests().pop().unwrap()).unwrap();
            assert!(last.contains("if-none-match: \"whole\""), "{name} is asked with {last}");
        }
        let outcomes = town.outcomes();
        assert!(outcomes.lines().all(|line| line.ends_with(": same-304, r1")), "{outcomes}");
        town.world.palinode(&["verify"]).fine();
    }
    insta::assert_snapshot!(told, @"
    -- the way --
    closed without a word: failed (connect)
    reset without a word: failed (connect)
    closed in the head: failed (connect)
    reset in the head: failed (connect)
    silence: failed (timeout)
    silence in the entity: failed (timeout)
    dripping head: failed (timeout)
    dripping entity: failed (timeout)
    length too large: failed (truncated)
    reset in the entity: failed (truncated)
    chunks without an end: failed (truncated)
    reset between chunks: failed (truncated)
    chunk of no size: failed (truncated)
    chunk of less than nothing: failed (truncated)
    chunk cut short: failed (truncated)
    -- the coding --
    gzip cut: failed (encoding)
    gzip with a wrong checksum: failed (encoding)
    no gzip at all: failed (encoding)
    deflate cut: failed (encoding)
    brotli cut: failed (encoding)
    no brotli at all: failed (encoding)
    zstd cut: failed (encoding)
    no zstd at all: failed (encoding)
    gzip said twice: failed (encoding)
    unknown coding: failed (encoding)
    gzip bomb: failed (too-large)
    deflate bomb: failed (too-large)
    brotli bomb: failed (too-large)
    zstd bomb: failed (too-large)
    -- the size --
    chunks for ever: failed (too-large)
    bytes for ever: failed (too-large)
    five gibibytes announced: failed (too-large)
    more announced than there are numbers: failed (too-large)
    nothing: failed (empty)
    white space: failed (empty)
    a head without a body: held (nearly-empty)
    nested without end: failed (too-complex)
    a tag with attributes without end: failed (too-complex)
    -- the head --
    another protocol: failed (protocol)
    two lengths: failed (protocol)
    a length of letters: failed (protocol)
    escape in a name: failed (protocol)
    nul in a value: failed (protocol)
    five hundred headers: failed (protocol)
    a head of three mebibytes: failed (protocol)
    a status of two digits: failed (protocol)
    continue, for ever: failed (timeout)
    304 to whoever did not ask for it: same-304
    -- the status --
    201: failed (http-201)
    202: failed (http-202)
    204: failed (http-204)
    206: failed (http-206)
    226: failed (http-226)
    300: failed (http-300)
    400: failed (http-400)
    401: failed (http-401)
    403: failed (http-403)
    404: failed (http-404)
    405: failed (http-405)
    406: failed (http-406)
    407: failed (http-407)
    410: failed (http-410)
    418: failed (http-418)
    451: failed (http-451)
    500: failed (http-500)
    501: failed (http-501)
    502: failed (http-502)
    504: failed (http-504)
    520: failed (http-520)
    521: failed (http-521)
    522: failed (http-522)
    523: failed (http-523)
    524: failed (http-524)
    525: failed (http-525)
    526: failed (http-526)
    999: failed (http-999)
    -- the redirect --
    redirect to nowhere: failed (redirect)
    redirect to itself: failed (redirect)
    redirect to a file: failed (redirect)
    redirect to data: failed (redirect)
    redirect to a script: failed (redirect)
    redirect to ftp: failed (redirect)
    redirect with a password: failed (redirect)
    redirect to no address: failed (redirect)
    -- what stands in the way --
    challenge with 200: held (challenge(cloudflare))
    challenge with 403: held (challenge(cloudflare))
    challenge with 202: held (challenge(aws-waf))
    challenge in a script: held (challenge(anubis))
    error page with 200: held (soft-error)
    maintenance: held (soft-error)
    pdf without text: held (unreadable(no-text))
    json cut off: held (unreadable(damaged))
    -- what looks like a page --
    another page: held (collapse)
    image: held (other-kind)
    page cut off: held (nearly-empty)
    ");
}

#[test]
fn a_page_that_was_never_seen_gets_no_history() {
    let mut told = String::new();
    let mut faults = faults();
    faults.pop();
    for (kind, faults) in faults {
        let town = Town::new(faults, Mood::Bad);
        assert_eq!(town.checks().exit, Exit::Unseen);
        write!(told, "-- {kind} --\n{}", town.outcomes()).unwrap();
        assert_eq!(town.good(), GOOD as u64, "{kind}: pages beside it were not checked");
        town.turns(Mood::Good).checks().fine();
        let outcomes = town.outcomes();
        assert!(outcomes.lines().all(|line| line.ends_with(": changed, r1")), "{outcomes}");
        town.world.palinode(&["verify"]).fine();
    }
    insta::assert_snapshot!(told, @"
    -- the way --
    closed without a word: failed (connect)
    reset without a word: failed (connect)
    closed in the head: failed (connect)
    reset in the head: failed (connect)
    silence: failed (timeout)
    silence in the entity: failed (timeout)
    dripping head: failed (timeout)
    dripping entity: failed (timeout)
    length too large: failed (truncated)
    reset in the entity: failed (truncated)
    chunks without an end: failed (truncated)
    reset between chunks: failed (truncated)
    chunk of no size: failed (truncated)
    chunk of less than nothing: failed (truncated)
    chunk cut short: failed (truncated)
    -- the coding --
    gzip cut: failed (encoding)
    gzip with a wrong checksum: failed (encoding)
    no gzip at all: failed (encoding)
    deflate cut: failed (encoding)
    brotli cut: failed (encoding)
    no brotli at all: failed (encoding)
    zstd cut: failed (encoding)
    no zstd at all: failed (encoding)
    gzip said twice: failed (encoding)
    unknown coding: failed (encoding)
    gzip bomb: failed (too-large)
    deflate bomb: failed (too-large)
    brotli bomb: failed (too-large)
    zstd bomb: failed (too-large)
    -- the size --
    chunks for ever: failed (too-large)
    bytes for ever: failed (too-large)
    five gibibytes announced: failed (too-large)
    more announced than there are numbers: failed (too-large)
    nothing: failed (empty)
    white space: failed (empty)
    a head without a body: failed (empty)
    nested without end: failed (too-complex)
    a tag with attributes without end: failed (too-complex)
    -- the head --
    another protocol: failed (protocol)
    two lengths: failed (protocol)
    a length of letters: failed (protocol)
    escape in a name: failed (protocol)
    nul in a value: failed (protocol)
    five hundred headers: failed (protocol)
    a head of three mebibytes: failed (protocol)
    a status of two digits: failed (protocol)
    continue, for ever: failed (timeout)
    304 to whoever did not ask for it: failed (protocol)
    -- the status --
    201: failed (http-201)
    202: failed (http-202)
    204: failed (http-204)
    206: failed (http-206)
    226: failed (http-226)
    300: failed (http-300)
    400: failed (http-400)
    401: failed (http-401)
    403: failed (http-403)
    404: failed (http-404)
    405: failed (http-405)
    406: failed (http-406)
    407: failed (http-407)
    410: failed (http-410)
    418: failed (http-418)
    451: failed (http-451)
    500: failed (http-500)
    501: failed (http-501)
    502: failed (http-502)
    504: failed (http-504)
    520: failed (http-520)
    521: failed (http-521)
    522: failed (http-522)
    523: failed (http-523)
    524: failed (http-524)
    525: failed (http-525)
    526: failed (http-526)
    999: failed (http-999)
    -- the redirect --
    redirect to nowhere: failed (redirect)
    redirect to itself: failed (redirect)
    redirect to a file: failed (redirect)
    redirect to data: failed (redirect)
    redirect to a script: failed (redirect)
    redirect to ftp: failed (redirect)
    redirect with a password: failed (redirect)
    redirect to no address: failed (redirect)
    -- what stands in the way --
    challenge with 200: held (challenge(cloudflare))
    challenge with 403: held (challenge(cloudflare))
    challenge with 202: held (challenge(aws-waf))
    challenge in a script: held (challenge(anubis))
    error page with 200: held (soft-error)
    maintenance: held (soft-error)
    pdf without text: held (unreadable(no-text))
    json cut off: held (unreadable(damaged))
    ");
}
