//! What a page in the machine's own Chromium can reach and use up, and what is told when there is no browser or no end.

use std::process::Command;
use std::time::Duration;

use palinode::cli::Exit;

use crate::checking::{PROUD, last};
use crate::fault_server::FaultServer;
use crate::rendering::{app, left_behind, scripted, watching, world};
use crate::site::{Reply, Site, article};

#[test]
fn a_script_without_an_end_fails_the_check_and_nothing_is_left_of_it() {
    let site = scripted("for (;;) {}");
    let mut world = watching(&site);
    world.surroundings.limits.render = Duration::from_secs(8);
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (timeout): its scripts were not done within the time limit; nothing is known of it yet
    exit 3
    ");
    assert_eq!(left_behind(&world), Vec::<String>::new());
}

#[test]
fn a_page_that_grows_without_end_is_too_large() {
    let site = scripted("text.textContent = 'word '.repeat(2_000_000);");
    let mut world = watching(&site);
    world.surroundings.limits.decoded = 1 << 20;
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: failed (too-large): what its scripts make of it is larger than allowed; nothing is known of it yet
    exit 3
    ");
    assert_eq!(left_behind(&world), Vec::<String>::new());
}

/// Other pages are checked all the same, and nobody is asked for what could not be read.
#[test]
fn without_a_browser_such_a_page_is_a_failed_check() {
    let site = app(&[PROUD]);
    let mut world = watching(&site);
    world.surroundings.browser.path = Some("/nowhere".into());
    let other = Site::at("127.0.0.2");
    other.put("/other", article("Other", &[PROUD]));
    world.palinode(&["add", &other.url("/other"), "--name", "other"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    other  r1 first seen, 15 words
    -- stderr --
    post: failed (no-browser): there is no Chromium or Chrome to run its scripts; nothing is known of it yet
    hint: install chromium, or name one with --browser or PALINODE_BROWSER
    exit 3
    ");
    assert_eq!(site.connections(), 0);
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/post"), "--render"]), @"
    -- stderr --
    http://127.0.0.1:PORT/post: failed (no-browser): there is no Chromium or Chrome to run its scripts
    hint: install chromium, or name one with --browser or PALINODE_BROWSER
    exit 3
    ");
    let named = ["preview", &site.url("/post"), "--render", "--browser", "/nowhere/chrome"];
    insta::assert_snapshot!(world.palinode(&named), @"
    -- stderr --
    http://127.0.0.1:PORT/post: failed (no-browser): there is no browser at /nowhere/chrome
    hint: install chromium, or name one with --browser or PALINODE_BROWSER
    exit 3
    ");
}

/// A program that is no browser, and one that cannot be started.
#[test]
fn what_is_no_browser_is_told() {
    let site = app(&[PROUD]);
    for program in ["/bin/true", "/bin/cat", "/etc/passwd"] {
        let mut world = watching(&site);
        world.surroundings.limits.render = Duration::from_secs(2);
        let output = world.palinode(&["check", "--browser", program]);
        assert_eq!(output.exit, Exit::Unseen, "{program}: {output}");
        let last = last(&world);
        assert!(["failed (browser) ×1", "failed (timeout) ×1"].contains(&last.as_str()), "{last}");
        assert_eq!(left_behind(&world), Vec::<String>::new());
    }
}

/// The browser has no network of its own, and palinode's guard stands before every request that it hands over: here the
/// page itself is public, as far as the guard can tell behind a proxy.
#[test]
fn a_public_page_reaches_no_private_address() {
    let secret = Site::new();
    secret
        .put("/secret", Reply::of("text/plain", "secret").with("Access-Control-Allow-Origin", "*"));
    let script = REACHING.replace("SECRET", secret.url("").trim_start_matches("http://"));
    let page = format!(
        "<!doctype html><title>Post</title><main><h1>Post</h1><p>{PROUD}</p><p id=text></p></main><script>{script}</script>"
    );
    let proxy = FaultServer::start(move |head| {
        let reply = match head {
            robots if robots.contains("robots.txt") => Reply::status(404),
            post if post.contains("/post ") => Reply::html(page.clone()),
            _ => Reply::of("text/plain", "It is reached."),
        };
        reply.steps(head)
    });
    let world = world();
    world.palinode(&["add", "http://example.org/post", "--name", "post", "--render"]).fine();
    let run = Command::new(env!("CARGO_BIN_EXE_palinode"))
        .arg("--db")
        .arg(world.store())
        .args(["check", "--pause=0s"])
        .env("http_proxy", proxy.url(""))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let shown = world.palinode(&["show", "post"]).fine().said();
    assert!(shown.contains("It is reached."), "its public parts are: {shown}");
    assert!(shown.contains("fetch refused, socket refused, worker refused"), "{shown}");
    assert_eq!(secret.connections(), 0);
    for head in proxy.requests() {
        assert!(head.starts_with(b"GET http://example.org/"), "{}", String::from_utf8_lossy(&head));
    }
}

/// Every way out that a script has, but for those that a browser without a network cannot even begin.
const REACHING: &str = "
    const told = [];
    const say = word => { told.push(word); text.textContent = told.join(', '); };
    const frame = document.createElement('iframe');
    frame.src = 'http://SECRET/secret';
    document.body.append(frame);
    new Image().src = 'http://SECRET/secret';
    navigator.sendBeacon('http://SECRET/secret', 'x');
    const work = `fetch('http://SECRET/secret').then(() => postMessage('reached'), () => postMessage('refused'))`;
    const socket = () => new Promise(done => {
        const socket = new WebSocket('ws://SECRET/secret');
        socket.onopen = () => done('reached');
        socket.onerror = () => done('refused');
    });
    const worker = () => new Promise(done => {
        const worker = new Worker(URL.createObjectURL(new Blob([work])));
        worker.onmessage = told => done(told.data);
    });
    (async () => {
        say(await (await fetch('/part')).text());
        say('fetch ' + await fetch('http://SECRET/secret').then(() => 'reached', () => 'refused'));
        say('socket ' + await socket());
        say('worker ' + await worker());
        await fetch('http://SECRET/secret', { method: 'POST', mode: 'no-cors' }).catch(() => {});
    })();";

/// What a site asks robots to leave is left, also where a page in the browser asks for it.
#[test]
fn robots_txt_holds_for_the_parts_of_a_page() {
    let site = app(&[PROUD]);
    site.put("/robots.txt", Reply::of("text/plain", "User-agent: *\nDisallow: /api/"));
    let world = watching(&site);
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: held (incomplete): the page's scripts could not have all that they asked for: it failed, or robots.txt asks to leave it; where the page was seen before, it is believed once five checks over seven days agree; nothing is known of it yet
    exit 3
    ");
    assert!(site.requests().iter().all(|head| !head.starts_with("GET /api/")));
    world.palinode(&["edit", "post", "--ignore-robots"]).fine();
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    post  r1 first seen, 15 words
    -- stderr --
    post: seen again
    exit 0
    ");
}
