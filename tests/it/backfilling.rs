//! The past of a page from a web archive: which captures are fetched and believed, whose word they are, and that a run
//! which was stopped goes on.

use std::process::{Command, Stdio};

use crate::archive_server::{Gives, Has, NO_LIMIT, PAGE, archive, asked, has};
use crate::fault_server::FaultServer;
use crate::world::{Output, World};

fn history() -> Vec<Has> {
    vec![
        has("20240110080000", "We never share your data."),
        has("20240115080000", "We never share your data."),
        has("20240120080000", "We never share your data."),
        has("20240305123015", "We rarely share your data."),
        has("20240405123015", "We never share your data."),
        Has { status: 404, ..has("20240501000000", "Not here.") },
        has("20240620235959", "We may share your data with partners."),
    ]
}

fn world() -> World {
    let world = World::new();
    world.palinode(&["add", PAGE, "--name", "rules"]).fine();
    world
}

fn backfill(world: &World, archive: &str, more: &[&str]) -> Output {
    let words = ["backfill", "rules", "--from", archive, "--allow-private", "--pause=0s"];
    world.palinode(&[words.as_slice(), more].concat())
}

#[test]
fn every_kind_of_archive_tells_the_same_past() {
    let tell = |below: &str| {
        let (world, archive) = (world(), archive(history(), NO_LIMIT));
        let said = backfill(&world, &archive.url(below), &[]).to_string();
        let log = world.palinode(&["log", "rules"]).said().replace(below, "/ANY/");
        let again = backfill(&world, &archive.url(below), &[]).fine();
        assert!(again.stderr.contains(" 0 fetched"), "{again}");
        (said, log, asked(&archive))
    };
    let (wayback, log, fetched) = tell("/web/");
    insta::assert_snapshot!(wayback, @"
    rules: 4 revisions told anew from 6 captures, 0 before
    -- stderr --
    rules: 8 captures listed, 6 fetched, 1 unreadable in the list
    exit 0
    ");
    insta::assert_snapshot!(log, @"
    rules
    6 checks from 2024-01-10 08:00 to 2024-06-20 23:59 (UTC), 1 of them saw no page, 6 of them
    made by others

    r4  changed between 2024-04-05 12:30 and 2024-06-20 23:59
        +3 −1 word; seen until 2024-06-20 23:59 in 1 check
        told by the archive http://127.0.0.1:PORT/ANY/, not seen by palinode itself
        reworded  [-never-] {+may+} (in place)
        added     {+with partners+} (in place)

    r3  changed between 2024-03-05 12:30 and 2024-04-05 12:30, as in r1
        +1 −1 word; seen until 2024-04-05 12:30 in 1 check
        told by the archive http://127.0.0.1:PORT/ANY/, not seen by palinode itself
        restored  {*the whole page as in r1*} (gone since r2, for at most 76 d 4 h)
        put-back  [-rarely-] {*never*} (in place; gone since r2, for at most 76 d 4 h)

    r2  changed between 2024-01-20 08:00 and 2024-03-05 12:30
        +1 −1 word; seen until 2024-03-05 12:30 in 1 check
        told by the archive http://127.0.0.1:PORT/ANY/, not seen by palinode itself
        reworded  [-never-] {+rarely+} (in place)

    r1  first seen 2024-01-10 08:00
        seen until 2024-01-20 08:00 in 2 checks
        told by the archive http://127.0.0.1:PORT/ANY/, not seen by palinode itself
    ");
    // The ends first; the capture between two equal ones is not asked for.
    insta::assert_snapshot!(fetched.join(" "), @"20240110080000 20240620235959 20240305123015 20240120080000 20240405123015 20240501000000");
    let (pywb, pywb_log, pywb_fetched) = tell("/peer/");
    insta::assert_snapshot!(pywb, @"
    rules: 4 revisions told anew from 6 captures, 0 before
    -- stderr --
    rules: 7 captures listed, 6 fetched
    exit 0
    ");
    assert_eq!((pywb_log, pywb_fetched), (log.clone(), fetched));
    // Without digests, every capture is asked for.
    let (memento, memento_log, memento_fetched) = tell("/map/");
    insta::assert_snapshot!(memento, @"
    rules: 4 revisions told anew from 7 captures, 0 before
    -- stderr --
    rules: 7 captures listed, 7 fetched
    exit 0
    ");
    assert_eq!(memento_fetched.len(), history().len());
    insta::assert_snapshot!(memento_log.lines().skip(1).take(2).collect::<Vec<_>>().join(" "), @"7 checks from 2024-01-10 08:00 to 2024-06-20 23:59 (UTC), 1 of them saw no page, 7 of them made by others");
    let revisions = |log: &str| {
        log.lines().filter(|line| line.starts_with('r')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(revisions(&memento_log).len(), revisions(&log).len());
}

#[test]
fn only_the_very_second_counts() {
    let captures = [Gives::AnotherTime, Gives::ANote, Gives::TheNearest, Gives::Itself];
    let times = ["20240201000000", "20240301000000", "20240401000000", "20240501000000"];
    let mut all = vec![has("20240101000000", "We never share your data.")];
    all.extend(times.iter().zip(captures).map(|(at, gives)| Has { gives, ..has(at, at) }));
    let (world, archive) = (world(), archive(all, NO_LIMIT));
    insta::assert_snapshot!(backfill(&world, &archive.url("/web"), &[]), @"
    rules: 2 revisions told anew from 2 captures, 0 before
    -- stderr --
    rules: 6 captures listed, 2 fetched, 3 not given, or of another time, 1 unreadable in the list
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "rules", "--graph"]), @"
    rules
    2 checks from 2024-01-01 00:00 to 2024-05-01 00:00 (UTC)
    2 revisions, no two of which say the same

    B  r2  changed between 2024-01-01 00:00 and 2024-05-01 00:00
    │      +1 −5 words; seen until 2024-05-01 00:00 in 1 check
    A  r1  first seen 2024-01-01 00:00
           seen until 2024-01-01 00:00 in 1 check
    exit 0
    ");
    let shown = world.json(&["show", "rules", "--json"]);
    insta::assert_snapshot!(shown["source"]["record"].as_str().unwrap().replace(&archive.url(""), "ARCHIVE"), @"ARCHIVE/web/20240501000000id_/http://page.test/rules");
}

#[test]
fn the_time_and_the_number_can_be_bounded() {
    let archive = archive(history(), NO_LIMIT);
    for (more, fetched) in [
        (
            ["--since", "2024-03-01", "--until", "2024-04-30"].as_slice(),
            "20240305123015 20240405123015",
        ),
        (&["--every", "60d"], "20240110080000 20240620235959 20240405123015"),
        (&["--limit", "2"], "20240110080000 20240620235959"),
    ] {
        let (world, before) = (world(), asked(&archive).len());
        backfill(&world, &archive.url("/peer/"), more).fine();
        assert_eq!(asked(&archive)[before..].join(" "), fetched);
    }
}

#[test]
fn an_archive_that_asks_for_fewer_visits_is_left_alone_and_asked_on_later() {
    let (world, archive) = (world(), archive(history(), 3));
    insta::assert_snapshot!(backfill(&world, &archive.url("/web/"), &[]), @"
    rules: 3 revisions told anew from 3 captures, 0 before
    -- stderr --
    rules: 8 captures listed, 3 fetched, 1 unreadable in the list, 3 left for another run
    http://127.0.0.1:PORT/web/: it asks for fewer visits until 2026-03-01 08:10 UTC
    hint: run this again then; what was fetched is kept
    exit 3
    ");
    let before = archive.connections();
    insta::assert_snapshot!(world.wait(5).palinode(&["backfill", "rules", "--from", &archive.url("/web/"), "--allow-private"]), @"
    -- stderr --
    rules: 0 captures listed, 0 fetched
    http://127.0.0.1:PORT/web/: it asks for fewer visits until 2026-03-01 08:10 UTC
    hint: run this again then; what was fetched is kept
    exit 3
    ");
    assert_eq!(archive.connections(), before);
    world.wait(10);
    insta::assert_snapshot!(backfill(&world, &archive.url("/web/"), &[]), @"
    rules: 4 revisions told anew from 6 captures, 3 before
    -- stderr --
    rules: 8 captures listed, 3 fetched, 3 there already, 1 unreadable in the list
    exit 0
    ");
    let mut all = asked(&archive);
    all.sort();
    let refused = all.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!((all.len(), refused), (7, 1), "only what was refused is asked for twice");
}

#[test]
fn a_phrase_is_found_by_halving() {
    let days: Vec<String> = (1..=28)
        .flat_map(|day| [format!("202401{day:02}000000"), format!("202402{day:02}000000")])
        .collect();
    let mut days: Vec<&'static str> = days.into_iter().map(|day| &*day.leak()).collect();
    days.sort_unstable();
    let text = |at: usize| {
        if at < 37 { "We never share your data." } else { "We sometimes share your data." }
    };
    // Each day another word changes, so that no digests help.
    let captures =
        days.iter().enumerate().map(|(at, day)| has(day, format!("{} Day {at}.", text(at)).leak()));
    let (world, archive) = (world(), archive(captures.collect(), NO_LIMIT));
    let halved = |phrase: &str| {
        let before = asked(&archive).len();
        let said = backfill(&world, &archive.url("/peer/"), &["--bisect", phrase]).fine();
        (said.said().lines().next().unwrap().to_owned(), asked(&archive).len() - before)
    };
    insta::assert_snapshot!(format!("{:?}", halved("never share")), @r#"("rules: \"never share\" went between 2024-02-09 00:00 and 2024-02-10 00:00 UTC; 8 of 56 captures read", 8)"#);
    insta::assert_snapshot!(format!("{:?}", halved("sometimes share your")), @r#"("rules: \"sometimes share your\" came between 2024-02-09 00:00 and 2024-02-10 00:00 UTC; 8 of 56 captures read", 0)"#);
    insta::assert_snapshot!(format!("{:?}", halved("your data")), @r#"("rules: \"your data\" stands at both ends, 2024-01-01 00:00 and 2024-02-28 00:00 UTC; it may have been away between; 2 of 56 captures read", 0)"#);
    insta::assert_snapshot!(format!("{:?}", halved("our partners")), @r#"("rules: \"our partners\" stands at neither end, 2024-01-01 00:00 or 2024-02-28 00:00 UTC; it may have come and gone between; 2 of 56 captures read", 0)"#);
}

#[test]
fn what_is_no_archive_is_said() {
    let (world, archive) = (world(), archive(Vec::new(), NO_LIMIT));
    insta::assert_snapshot!(backfill(&world, "example.org", &[]), @r#"
    -- stderr --
    palinode: "example.org" is no archive
    hint: write the address that its captures begin with, as in https://web.archive.org/web/
    exit 2
    "#);
    insta::assert_snapshot!(backfill(&world, &archive.url("/nothing/"), &[]), @"
    -- stderr --
    rules: 0 captures listed, 0 fetched
    exit 0
    ");
    insta::assert_snapshot!(backfill(&world, &archive.url("/peer/"), &[]), @"
    -- stderr --
    rules: 0 captures listed, 0 fetched
    exit 0
    ");
    let odd = FaultServer::saying(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<html>",
    );
    insta::assert_snapshot!(backfill(&world, &odd.url("/odd/"), &[]), @"
    -- stderr --
    rules: 0 captures listed, 0 fetched
    http://127.0.0.1:PORT/odd/: it answered with status 200
    hint: run this again later; what was fetched is kept
    exit 3
    ");
}

/// The real program, killed while it fetches: the next run asks for nothing again but what was under way.
#[test]
fn a_run_that_was_killed_goes_on() {
    let (world, archive) = (world(), archive(history(), NO_LIMIT));
    let from = archive.url("/peer/");
    let mut child = Command::new(env!("CARGO_BIN_EXE_palinode"))
        .arg("--db")
        .arg(world.store())
        .args(["backfill", "rules", "--from", &from, "--allow-private", "--pause=100ms"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while asked(&archive).len() < 3 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = asked(&archive);
    let said = backfill(&world, &from, &[]).fine();
    let after = asked(&archive).split_off(before.len());
    let again = after.iter().filter(|at| before.contains(at)).count();
    assert!(again <= 1 && before.len() + after.len() <= 7, "{before:?} then {after:?}: {said}");
    let log = world.palinode(&["log", "rules"]).said();
    assert!(log.contains("6 checks from 2024-01-10 08:00 to 2024-06-20 23:59"), "{log}");
}
