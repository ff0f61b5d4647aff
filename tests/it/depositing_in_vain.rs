//! What comes in the way of an order: each told by its own name, and none of it fails a check.

use std::fmt::Write as _;

use crate::depositing::{deposited, later, plain};

#[test]
fn what_comes_in_the_way_is_told_by_its_name_and_fails_no_check() {
    let mut told = String::new();
    for (name, to, status, headers, body) in [
        (
            "refused",
            "job",
            200,
            "",
            r#"{"status":"error","status_ext":"error:no-access","message":"Target URL could not be accessed (status=403)."}"#,
        ),
        ("job lost", "job", 200, "", r#"{"status":"error","status_ext":"error:job-not-found"}"#),
        ("older", "job", 200, "", r#"{"status":"success","timestamp":"20200101000000"}"#),
        ("nonsense about a job", "job", 200, "", "<html>"),
        ("down", "order", 502, "", "<html>"),
        (
            "keys",
            "order",
            401,
            "",
            r#"{"message":"You need to be logged in to use Save Page Now."}"#,
        ),
        (
            "limit",
            "order",
            200,
            "",
            r#"{"status":"error","status_ext":"error:user-session-limit","message":"You have reached your limit."}"#,
        ),
        ("left alone", "order", 429, "Retry-After: 1800\r\n", ""),
        (
            "same as before",
            "order",
            200,
            "",
            r#"{"url":"x","job_id":null,"message":"The same snapshot had been made 3 minutes ago."}"#,
        ),
        (
            "hostile",
            "order",
            200,
            "",
            r#"{"status":"error","status_ext":"error:\u001b[2J\u202e","message":"x"}"#,
        ),
    ] {
        let (world, _site, server) = deposited();
        server.says(to, status, headers, body);
        let (first, second) = (later(&world, 0), later(&world, 1));
        let asked = server.lines().join(", ");
        writeln!(told, "== {name}\n{first}{second}asked: {asked}\n").unwrap();
        let third = later(&world, 20);
        let asked = server.lines().join(", ");
        writeln!(told, "{third}asked: {asked}\n").unwrap();
    }
    insta::assert_snapshot!(plain(&told), @"
    == refused
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: -- stderr --
    deposit wayback: rules is not saved: error:no-access: Target URL could not be accessed (status=403).
    exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:no-access: Target URL could not be accessed (status=403).
    exit 0
    asked: POST /save, GET /save/status/spn2-7, GET /cdx/search/cdx

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:no-access: Target URL could not be accessed (status=403).
    exit 0
    asked: 

    == job lost
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: -- stderr --
    deposit wayback: rules is not saved: error:job-not-found
    exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:job-not-found
    exit 0
    asked: POST /save, GET /save/status/spn2-7, GET /cdx/search/cdx

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:job-not-found
    exit 0
    asked: 

    == older
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: -- stderr --
    deposit wayback: rules is not saved: the archive gave an older capture, of 2020-01-01T00:00:00.000Z
    exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        the archive gave an older capture, of 2020-01-01T00:00:00.000Z
    exit 0
    asked: POST /save, GET /save/status/spn2-7

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        the archive gave an older capture, of 2020-01-01T00:00:00.000Z
    exit 0
    asked: 

    == nonsense about a job
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        ordered, and not done yet
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        it does not say how far the order is
    exit 0
    asked: POST /save, GET /save/status/spn2-7

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: pending
        it does not say how far the order is
    exit 0
    asked: GET /save/status/spn2-7

    == down
    check: rules  r1 first seen, 6 words
    -- stderr --
    deposit wayback: rules is not saved: it answered with status 502; it is tried again
    exit 0
    2026-03-01 08:00  r1  the archive wayback: unreachable
        it answered with status 502
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: unreachable
        it answered with status 502
    exit 0
    asked: POST /save, POST /save

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: unreachable
        it answered with status 502
    exit 0
    asked: POST /save

    == keys
    check: rules  r1 first seen, 6 words
    -- stderr --
    deposit wayback: rules is not saved: it does not take the keys: You need to be logged in to use Save Page Now.; it is tried again
    exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        it does not take the keys: You need to be logged in to use Save Page Now.
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        it does not take the keys: You need to be logged in to use Save Page Now.
    exit 0
    asked: POST /save, POST /save

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        it does not take the keys: You need to be logged in to use Save Page Now.
    exit 0
    asked: POST /save

    == limit
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        error:user-session-limit: You have reached your limit.
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        error:user-session-limit: You have reached your limit.
    exit 0
    asked: POST /save

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        error:user-session-limit: You have reached your limit.
    exit 0
    asked: POST /save

    == left alone
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        it asks to be left alone
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        it asks to be left alone
    exit 0
    asked: POST /save

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: waiting
        it asks to be left alone
    exit 0
    asked: 

    == same as before
    check: rules  r1 first seen, 6 words
    exit 0
    2026-03-01 08:00  r1  the archive wayback: success
        it says that it has a capture; the archive's list does not show it
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: success
        it says that it has a capture; the archive's list does not show it
    exit 0
    asked: POST /save, GET /cdx/search/cdx, GET /cdx/search/cdx

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: success
        it says that it has a capture; the archive's list does not show it
    exit 0
    asked: GET /cdx/search/cdx

    == hostile
    check: rules  r1 first seen, 6 words
    -- stderr --
    deposit wayback: rules is not saved: error:⟨U+001B⟩[2J⟨U+202E⟩: x
    exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:⟨U+001B⟩[2J⟨U+202E⟩: x
    exit 0
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:⟨U+001B⟩[2J⟨U+202E⟩: x
    exit 0
    asked: POST /save, GET /cdx/search/cdx

    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: error
        error:⟨U+001B⟩[2J⟨U+202E⟩: x
    exit 0
    asked:
    ");
}

#[test]
fn an_archive_that_says_no_and_lists_the_capture_has_it() {
    let (world, site, server) = deposited();
    server.says("job", 200, "", r#"{"status":"error","status_ext":"error:browsing-timeout"}"#);
    server.lists("20260301080030", &site.url("/rules"));
    later(&world, 0);
    insta::assert_snapshot!(plain(&later(&world, 1)), @"
    check: exit 0
    2026-03-01 08:00  r1  the archive wayback: confirmed
        captured 2026-03-01T08:00:30.000Z, http://127.0.0.1:PORT/web/20260301080030/http://127.0.0.1:PORT/rules
    exit 0
    ");
}
