//! Pages whose text is written by scripts: what is read of them when the machine's own Chromium runs these, what such a
//! page is told to have said, and what is kept of it.
//!
//! They need a Chromium in `/usr/bin`; without one they fail.

use std::time::Duration;

use palinode::cli::Exit;
use serde_json::json;

use crate::checking::{HUMBLE, PROUD, last, revisions};
use crate::evidence::verified;
use crate::fault_server::{FaultServer, Step};
use crate::site::{Reply, Site};
use crate::world::World;

/// A page that is empty until its script has asked for its text.
const SHELL: &str =
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Post</title></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>
<script src=/app.js></script></body></html>";

const APP: &str = "addEventListener('load', async () => {
    const root = document.getElementById('root');
    const came = await fetch('/api/post', { headers: { 'X-App': 'post' } });
    const post = came.ok ? await came.json() : { title: 'Post', paragraphs: [] };
    root.innerHTML = '<main><article><h1></h1></article></main>';
    root.querySelector('h1').textContent = post.title;
    for (const text of post.paragraphs) {
        await new Promise(done => setTimeout(done, 100));
        const paragraph = document.createElement('p');
        paragraph.textContent = text;
        root.querySelector('article').append(paragraph);
    }
});";

/// A site whose page says these paragraphs once its script has run.
pub(crate) fn app(paragraphs: &[&str]) -> Site {
    let site = Site::new();
    site.put("/post", Reply::html(SHELL)).put("/app.js", Reply::of("text/javascript", APP));
    says(&site, paragraphs);
    site
}

pub(crate) fn says(site: &Site, paragraphs: &[&str]) {
    let post = json!({ "title": "Post", "paragraphs": paragraphs });
    site.put("/api/post", Reply::of("application/json", post.to_string()));
}

/// A site whose page is this, and has this script.
pub(crate) fn scripted(script: &str) -> Site {
    let site = Site::new();
    let page = format!(
        "<!doctype html><title>Post</title><main><h1>Post</h1><p id=text>{HUMBLE}</p></main><script>{script}</script>"
    );
    site.put("/post", Reply::html(page));
    site
}

pub(crate) fn world() -> World {
    let mut world = World::new();
    world.surroundings.limits.render = Duration::from_mins(1);
    world
}

/// A world that watches the page of a site, with its scripts.
pub(crate) fn watching(site: &Site) -> World {
    let world = world();
    world.palinode(&["add", &site.url("/post"), "--name", "post", "--render"]).fine();
    world
}

/// What the browser wrote on the disk: nothing, once it is gone.
pub(crate) fn left_behind(world: &World) -> Vec<String> {
    let entries = std::fs::read_dir(world.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("browser")).collect()
}

#[test]
fn a_page_that_is_written_by_scripts_is_read_with_a_browser_and_held_without() {
    let (world, site) = (world(), app(&[PROUD, HUMBLE]));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: held (needs-javascript): the page has no text until its scripts run; `--render` in its settings has your own Chromium run them, or another address of the same content may help; nothing is known of it yet
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--render"]), @"
    -- stderr --
    post: changed render
    exit 0
    ");
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    post  r1 first seen, 26 words
    -- stderr --
    post: seen again
    exit 0
    ");
    says(&site, &[&PROUD.replace("proud ", ""), HUMBLE]);
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    post  r2 changed between 2026-03-01 09:00 and 2026-03-01 10:00 (−1 word), UTC
        removed   [-proud-] (in place)

      ~ We are [-proud-] to support the harbour, its clerks and all who wait there.

    exit 0
    ");
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"exit 0");
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  held (needs-javascript)
    c2  2026-03-01 09:00  r1, scripts run
    c3  2026-03-01 10:00  r2, scripts run
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    post  every 6h  r2    seen 2026-03-01 11:00, scripts run
        http://127.0.0.1:PORT/post
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["rebuild"]), @"
    post: 2 revisions told anew from 3 captures
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["verify"]), @"
    whole: 1 page, 3 captures, 2 revisions, 4 observations, 3 bodies
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["edit", "post", "--clear", "render"]), @"
    -- stderr --
    post: changed render
    post: it is read in another way from now on; the next check may tell changes which the page did not make
    exit 0
    ");
    assert_eq!(left_behind(&world), Vec::<String>::new());
}

/// What was sent is kept to the byte, and what was read beside it.
#[test]
fn both_are_evidence() {
    let site = app(&[PROUD, HUMBLE]);
    let world = watching(&site);
    world.palinode(&["check"]).fine();
    assert_eq!(world.palinode(&["show", "post", "--raw"]).fine().stdout, SHELL.as_bytes());
    let captures = world.json(&["captures", "post", "--json"]);
    let capture = &captures["captures"][0];
    assert_eq!(capture["bytes"], SHELL.len());
    let rendered = world.palinode(&["show", "post", "--rendered"]).fine().stdout;
    assert_eq!(capture["rendered_bytes"], rendered.len());
    let rendered = String::from_utf8(rendered).unwrap();
    assert!(rendered.starts_with("<!DOCTYPE html>") && rendered.contains(PROUD), "{rendered}");
    says(&site, &[&PROUD.replace("proud ", ""), HUMBLE]);
    world.wait(60).palinode(&["check", "--all"]).fine();
    let exhibit = world.path("exhibit.html");
    world.palinode(&["exhibit", "post", "-o", exhibit.to_str().unwrap()]).fine();
    let exhibit = std::fs::read_to_string(exhibit).unwrap();
    assert!(exhibit.contains("scripts run by") && exhibit.contains("Chrome/"), "{exhibit}");
}

#[test]
fn a_preview_shows_it_before_it_is_added() {
    let (world, site) = (world(), app(&[PROUD]));
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/post")]), @"
    -- stderr --
    http://127.0.0.1:PORT/post: it would be held (needs-javascript): the page has no text until its scripts run; `--render` in its settings has your own Chromium run them, or another address of the same content may help
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["preview", &site.url("/post"), "--render"]), @"
    Post  http://127.0.0.1:PORT/post
    2 of 2 passages are main text, and tracked

    main       no frame around      Post
    main       no frame around      We are proud to support the harbour, its clerks and all w…

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
}

/// It is asked for as any page is: in turn, by palinode's name, with the page's own headers at its own origin; each thing
/// once, and never on a condition.
#[test]
fn all_requests_are_palinodes_own() {
    let site = app(&[PROUD]);
    let world = watching(&site);
    world.palinode(&["edit", "post", "--header", "X-Key: k"]).fine();
    world.palinode(&["check"]).fine();
    world.wait(60).palinode(&["check", "--all"]).fine();
    let requests = site.requests();
    let paths: Vec<&str> =
        requests.iter().map(|head| head.split(' ').nth(1).unwrap_or_default()).collect();
    assert_eq!(paths, ["/post", "/app.js", "/api/post"].repeat(2));
    for head in &requests {
        assert!(head.contains("user-agent: palinode/") && head.contains("x-key: k"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("if-none-match"), "{head}");
    }
    assert!(requests[2].contains("x-app: post"), "{}", requests[2]);
}

/// The page's clock begins with the check, and stands still for a slow answer.
#[test]
fn time_on_the_page_is_its_own() {
    let site = scripted(
        "setTimeout(async () => {
            const words = await (await fetch('/slow')).text();
            text.textContent += ' ' + words + ' ' + new Date().toISOString().slice(0, 16) + ' ' + new Date().getHours();
        }, 4900);",
    );
    site.put("/slow", Reply::of("text/plain", "Slow words.").after(Duration::from_secs(2)));
    let world = watching(&site);
    world.palinode(&["check"]).fine();
    let shown = world.palinode(&["show", "post"]).fine().said();
    assert!(shown.contains("Slow words. 2026-03-01T08:00 8"), "{shown}");
}

/// A page that polls for ever has had its time at some point.
#[test]
fn a_page_that_never_gets_quiet_is_read_after_its_time() {
    let site = scripted(
        "let asked = 0;
        setInterval(async () => { await fetch('/poll'); asked += 1; }, 300);
        alert('a page may want to be answered');
        addEventListener('load', () => text.textContent += ' It is loaded.');",
    );
    site.put("/poll", Reply::of("text/plain", ""));
    let world = watching(&site);
    world.palinode(&["check"]).fine();
    let shown = world.palinode(&["show", "post"]).fine().said();
    assert!(shown.contains("It is loaded."), "{shown}");
    let polls = site.requests().len();
    assert!((5..40).contains(&polls), "{polls}");
}

const LONG: &str = "The harbour was built when the river still ran to the west of the town. It has had two piers since \
    then, a lock that nobody uses, and a house for the clerks. Ships come in on Mondays, and leave when they like.";

/// A text that lacks what could not be had this time has lost nothing.
#[test]
fn what_could_not_be_had_is_not_gone() {
    let site = Site::new();
    let script = "fetch('/more').then(more => more.ok ? more.text() : '').then(more => text.textContent = more)";
    let page = format!(
        "<!doctype html><title>Post</title><main><h1>Post</h1><p>{LONG}</p><p id=text></p></main><script>{script}</script>"
    );
    site.put("/post", Reply::html(page));
    site.put("/more", Reply::of("text/plain", PROUD));
    let world = watching(&site);
    world.palinode(&["check"]).fine();
    let more = |reply: &Reply| {
        site.put("/more", reply.clone());
        world.wait(4 * 60).palinode(&["check", "--all"])
    };
    insta::assert_snapshot!(more(&Reply::status(503)), @"
    -- stderr --
    post: held (incomplete): the page's scripts could not have all that they asked for: it failed, or robots.txt asks to leave it; where the page was seen before, it is believed once five checks over seven days agree; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    assert_eq!(more(&Reply::of("text/plain", PROUD)).exit, Exit::Fine);
    assert_eq!(revisions(&world), 1);
    // What stays away is gone in the end: a part of another site may have closed for good.
    for _ in 0..4 {
        assert_eq!(more(&Reply::status(503)).exit, Exit::Unseen);
        world.wait(38 * 60);
    }
    insta::assert_snapshot!(more(&Reply::status(503)), @"
    post  r2 changed between 2026-03-01 16:00 and 2026-03-01 20:00 (−14 words), UTC
        removed   [-We are proud to support the harbour, its clerks and all who wait there.-]
                  (whole passage)

    exit 0
    ");
    // What is answered is an answer, whatever it says.
    insta::assert_snapshot!(more(&Reply::of("text/plain", PROUD)), @"
    post  r3 changed between 2026-03-08 20:00 and 2026-03-09 00:00 (+14 words), UTC
        restored  {*the whole page as in r1*} (gone since r2, for at least 7 d and at most 7 d
                  8 h)
        restored  {*We are proud to support the harbour, its clerks and all who wait there.*}
                  (whole passage; gone since r2, for at least 7 d and at most 7 d 8 h)

    exit 0
    ");
    insta::assert_snapshot!(more(&Reply::status(404)), @"
    post  r4 changed between 2026-03-09 00:00 and 2026-03-09 04:00 (−14 words), UTC
        flicker   {*the whole page as in r2*} (gone since r3, for at most 8 h; one check alone
                  missed it)
        removed   [-We are proud to support the harbour, its clerks and all who wait there.-]
                  (whole passage)

    exit 0
    ");
}

/// As a redirect would, a script leads to another page; what stands there is judged as any answer is.
#[test]
fn a_script_may_lead_on() {
    let (site, next) = (Site::new(), app(&[PROUD]));
    let lead = |to: &str| {
        site.put(
            "/post",
            Reply::html(format!(
                "<!doctype html><title>On</title><script>location.replace('{to}')</script>"
            )),
        );
    };
    lead(&next.url("/post"));
    let world = watching(&site);
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    post  r1 first seen, 15 words
    exit 0
    ");
    lead("/closed");
    site.put("/closed", Reply::html("No.").under_status(404));
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    -- stderr --
    post: failed (http-404): the server did not give the page; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    lead("/post");
    world.wait(60).palinode(&["check", "--all"]);
    assert_eq!(last(&world), "failed (redirect) ×1");
}

/// What needs no browser gets none: an error, an obstacle, a text.
#[test]
fn what_is_no_page_is_read_as_ever() {
    let site = Site::new();
    site.put("/post", Reply::of("text/plain", PROUD));
    let mut world = watching(&site);
    world.surroundings.browser.program = Some("/bin/true".into());
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    post  r1 first seen, 14 words
    exit 0
    ");
    site.put(
        "/post",
        Reply::html("Just a moment").under_status(403).with("cf-mitigated", "challenge"),
    );
    insta::assert_snapshot!(world.wait(60).palinode(&["check", "--all"]), @"
    -- stderr --
    post: held (challenge(cloudflare)): the site answered with a check against bots (cloudflare) instead of the page; check less often, or ask the site to allow palinode; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
}

/// What was sent says another charset than the browser writes down.
#[test]
fn the_charset_is_undone_once() {
    let site = Site::new();
    let page = b"<!doctype html><meta charset=windows-1252><title>Post</title><main><h1>Post</h1><p id=text></p></main><script>text.textContent = 'Caf\xe9 au lait, and a na\xefve \\u65e5 more';</script>";
    site.put("/post", Reply::of("text/html; charset=windows-1252", page.as_slice()));
    let world = watching(&site);
    world.palinode(&["check"]).fine();
    let shown = world.palinode(&["show", "post"]).fine().said();
    assert!(shown.contains("Café au lait, and a naïve 日 more"), "{shown}");
}

/// A server that takes its time is no reason for a shorter page.
#[test]
fn a_part_that_does_not_come_in_time_is_missing() {
    let server = FaultServer::start(|head| match head {
        api if api.starts_with("GET /api") => vec![Step::Pause(Duration::from_secs(30))],
        app if app.starts_with("GET /app.js") => Reply::of("text/javascript", APP).steps(app),
        post if post.starts_with("GET /post") => Reply::html(SHELL).steps(post),
        other => Reply::status(404).steps(other),
    });
    let mut world = world();
    world.surroundings.limits.read = Duration::from_secs(1);
    world.palinode(&["add", &server.url("/post"), "--name", "post", "--render"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    post: held (incomplete): the page's scripts could not have all that they asked for: it failed, or robots.txt asks to leave it; where the page was seen before, it is believed once five checks over seven days agree; nothing is known of it yet
    exit 3
    ");
}

/// What scripts made of an answer is what was read: a stranger who checks the bundle must find it there.
#[test]
fn a_bundle_of_evidence_holds_both() {
    let world = watching(&app(&[PROUD]));
    world.palinode(&["check", "post"]).fine();
    let folder = world.path("bundle");
    world.palinode(&["evidence", "post", "-o", folder.to_str().unwrap()]).fine();
    let record = std::fs::read_to_string(folder.join("records/00000001.txt")).unwrap();
    let digest = record.lines().find_map(|line| line.strip_prefix("rendered-sha256 ")).unwrap();
    let dom = std::fs::read_to_string(folder.join("objects").join(digest)).unwrap();
    assert!(dom.contains(PROUD) && record.contains("\nbrowser "), "{record}{dom}");
    insta::assert_snapshot!(verified(&folder), @"");
}
