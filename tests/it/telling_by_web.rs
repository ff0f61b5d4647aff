//! Alerts by webhook: what is posted, signed and shaped; receivers that refuse, wait or lead astray.

use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use palinode::cli::Exit;
use sha2::Sha256;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::receiver::{Posted, Receiver, status};
use crate::site::{Site, article};
use crate::telling::queued;
use crate::telling_no_secret::secret;
use crate::world::World;

pub(crate) fn watched() -> (World, Site) {
    seen_once(article("Post", &[PROUD]))
}

pub(crate) fn change(world: &World, site: &Site) -> crate::world::Output {
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"])
}

fn ids(got: &[Posted]) -> Vec<&str> {
    got.iter().map(|posted| posted.header("webhook-id").unwrap()).collect()
}

#[test]
fn a_webhook_gets_what_a_program_gets_signed() {
    let (world, site) = watched();
    let receiver = Receiver::willing();
    let key = b"twenty-four bytes or more";
    let file = secret(&world, "secret", &format!("whsec_{}\n", STANDARD.encode(key)));
    world
        .palinode(&[
            "alert",
            "add",
            "web",
            "--webhook",
            &receiver.url("/in"),
            "--secret-file",
            &file,
        ])
        .fine();
    change(&world, &site).fine();
    let got = receiver.got();
    assert_eq!((got.len(), queued(&world)), (1, 0));
    let posted = &got[0];
    assert_eq!(posted.line, "POST /in HTTP/1.1");
    assert_eq!(posted.header("content-type"), Some("application/json"));
    let (id, time) =
        (posted.header("webhook-id").unwrap(), posted.header("webhook-timestamp").unwrap());
    let json = posted.json();
    assert_eq!(
        (&json["id"], &json["what"], &json["revision"]),
        (&id.into(), &"changed".into(), &2.into())
    );
    // 2026-03-01 18:00, when the check was.
    assert_eq!(time, "1772388000");
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(format!("{id}.{time}.{}", posted.body).as_bytes());
    let signed = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(posted.header("webhook-signature"), Some(signed.as_str()));
}

#[test]
fn what_a_webhook_refused_is_posted_again_as_the_same() {
    let (world, site) = watched();
    let receiver = Receiver::start(|before| match before {
        0 => status(500, ""),
        1 => String::new(),
        _ => status(200, ""),
    });
    world.palinode(&["alert", "add", "web", "--webhook", &receiver.url("/")]).fine();
    insta::assert_snapshot!(change(&world, &site).stderr, @"alert web: not heard: it answered 500; it is tried again");
    world.palinode(&["check"]);
    assert_eq!(receiver.got().len(), 1, "not before a minute has gone by");
    insta::assert_snapshot!(world.wait(1).palinode(&["check"]), @"
    -- stderr --
    alert web: not heard: no answer: connection closed before message completed; it is tried again
    exit 6
    ");
    world.wait(1).palinode(&["check"]);
    assert_eq!(receiver.got().len(), 2, "nor then before two have");
    world.wait(1).palinode(&["check"]).fine();
    let got = receiver.got();
    assert_eq!((got.len(), queued(&world)), (3, 0));
    assert!(got.iter().all(|posted| posted.body == got[0].body));
    assert_eq!(ids(&got)[0], ids(&got)[2]);
    assert_ne!(got[0].header("webhook-timestamp"), got[2].header("webhook-timestamp"));
}

#[test]
fn a_receiver_that_asks_for_silence_gets_it() {
    let (world, site) = watched();
    let receiver = Receiver::start(|before| match before {
        0 => status(429, "Retry-After: 7200\r\n"),
        _ => status(200, ""),
    });
    world.palinode(&["alert", "add", "web", "--webhook", &receiver.url("/")]).fine();
    assert_eq!(change(&world, &site).exit, Exit::Untold);
    // Neither is what was refused told again before, nor what is new.
    site.put("/post", article("Post", &[PROUD]));
    world.wait(60).palinode(&["check", "--all"]).fine();
    assert_eq!((receiver.got().len(), queued(&world)), (1, 2));
    world.wait(61).palinode(&["check"]).fine();
    assert_eq!((receiver.got().len(), queued(&world)), (3, 0));
}

#[test]
fn a_redirect_is_not_followed() {
    let (world, site) = watched();
    let elsewhere = Receiver::willing();
    let location = format!("Location: {}\r\n", elsewhere.url("/metadata"));
    let receiver = Receiver::start(move |_| status(307, &location));
    world.palinode(&["alert", "add", "web", "--webhook", &receiver.url("/")]).fine();
    insta::assert_snapshot!(change(&world, &site).stderr, @"alert web: not heard: it answered 307, and redirects are not followed; it is tried again");
    assert_eq!((elsewhere.got().len(), queued(&world)), (0, 1));
}

#[test]
fn each_chat_gets_its_own_shape() {
    let (world, site) = (World::new(), Site::new());
    let harm = "<!channel> @everyone *b* \"quoted\" {{ 7*7 }} `c` [x](https://evil.example)";
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", harm]).fine();
    world.palinode(&["check"]).fine();
    let receiver = Receiver::willing();
    let token = secret(&world, "token", "matrix-token\n");
    for shape in ["slack", "discord", "ntfy"] {
        let url = receiver.url(&format!("/{shape}"));
        world.palinode(&["alert", "add", shape, "--webhook", &url, "--template", shape]).fine();
    }
    let room = receiver.url("/rooms/!r:h/send/m.room.message");
    world
        .palinode(&[
            "alert",
            "add",
            "matrix",
            "--webhook",
            &room,
            "--template",
            "matrix",
            "--token-file",
            &token,
        ])
        .fine();
    let own = world
        .file("own.jinja", "{\"said\": {{ message.page.name }}, \"kind\": {{ message.what }}}");
    world
        .palinode(&["alert", "add", "own", "--webhook", &receiver.url("/own"), "--template", &own])
        .fine();
    site.put(
        "/post",
        article(
            "Post",
            &["Here stands &lt;!channel> and @everyone, and nothing that stood here before."],
        ),
    );
    change_again(&world);
    let got = receiver.got();
    let of = |path: &str| got.iter().find(|posted| posted.line.contains(path)).unwrap();
    let slack = of("/slack").json();
    assert!(!slack["text"].as_str().unwrap().contains('<'), "{slack}");
    assert_eq!(slack["blocks"][1]["text"]["type"], "plain_text");
    let discord = of("/discord").json();
    assert_eq!(discord["allowed_mentions"]["parse"].as_array().unwrap().len(), 0);
    assert!(
        discord["content"].as_str().unwrap().contains("\\<\\!channel\\> \\@everyone"),
        "{discord}"
    );
    let ntfy = of("POST / ").json();
    assert_eq!((&ntfy["topic"], &ntfy["click"]), (&"ntfy".into(), &site.url("/post").into()));
    let matrix = of("/rooms/");
    let id = matrix.header("webhook-id").unwrap();
    assert_eq!(matrix.line, format!("PUT /rooms/!r:h/send/m.room.message/{id} HTTP/1.1"));
    assert_eq!(matrix.header("authorization"), Some("Bearer matrix-token"));
    let shown = crate::world::masked(matrix.json()["body"].as_str().unwrap(), "no folder");
    insta::assert_snapshot!(shown, @r#"
    <!channel> @everyone *b* "quoted" {{ 7*7 }} `c` [x](https://evil.example)  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (+11 −14 words), UTC
        removed   [-We are proud to support the harbour, its clerks and all who
                  wait there.-] (whole passage)
        added     {+Here stands <!channel> and @everyone, and nothing that stood
                  here before.+} (whole passage)

    http://127.0.0.1:PORT/post
    "#);
    assert_eq!(of("/own").json(), serde_json::json!({ "said": harm, "kind": "changed" }));
}

fn change_again(world: &World) {
    world.wait(600).palinode(&["check"]);
    assert_eq!(queued(world), 0);
}

/// The receiver has the process killed before it answers: the change is on disk and still queued, and is posted again.
#[cfg(unix)]
#[test]
fn a_kill_between_recording_and_answer_loses_nothing() {
    let (world, site) = watched();
    let receiver = Receiver::start(|before| {
        if before == 0 {
            std::thread::park_timeout(std::time::Duration::from_secs(2));
            String::new()
        } else {
            status(200, "")
        }
    });
    world.palinode(&["alert", "add", "web", "--webhook", &receiver.url("/")]).fine();
    site.put("/post", article("Post", &[HUMBLE]));
    let check = || {
        Command::new(env!("CARGO_BIN_EXE_palinode"))
            .arg("--db")
            .arg(world.store())
            .args(["check", "post", "--allow-private", "--pause=0s", "--no-confirm"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut first = check();
    while receiver.got().is_empty() {
        assert!(first.try_wait().unwrap().is_none(), "it ended before it told anybody");
        std::thread::yield_now();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(queued(&world), 1);
    assert!(check().wait().unwrap().success());
    let got = receiver.got();
    assert_eq!((got.len(), queued(&world)), (2, 0));
    assert_eq!((ids(&got)[0], &got[0].body), (ids(&got)[1], &got[1].body));
}

#[test]
fn a_sample_is_posted_at_once() {
    let (world, _site) = watched();
    let receiver = Receiver::start(|before| status(if before == 0 { 200 } else { 403 }, ""));
    world
        .palinode(&["alert", "add", "web", "--webhook", &receiver.url("/"), "--template", "slack"])
        .fine();
    insta::assert_snapshot!(world.palinode(&["alert", "test", "web"]), @"
    -- stderr --
    alert web: heard
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "test", "web"]), @"
    -- stderr --
    alert web: not heard: it answered 403
    exit 6
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "test", "nobody"]), @r#"
    -- stderr --
    palinode: there is no alert "nobody"
    hint: `palinode alert list` names them
    exit 2
    "#);
    assert!(receiver.got()[0].body.contains("it is a test"));
    assert_eq!(queued(&world), 0);
}
