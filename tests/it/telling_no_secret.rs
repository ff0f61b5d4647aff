//! What an alert must not show: passwords, keys, tokens and the address of a webhook; and what is refused before it is kept.

use crate::receiver::{Receiver, status};
use crate::telling_by_web::{change, watched};
use crate::world::World;

/// A file that only its owner may read.
pub(crate) fn secret(world: &World, name: &str, text: &str) -> String {
    let path = world.file(name, text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    path
}

/// The secrets of an alert, and where they must not be.
#[test]
fn no_secret_is_shown() {
    let (world, site) = watched();
    let receiver = Receiver::start(|_| status(500, "Retry-After: canary\r\n"));
    let url = receiver.url("/services/canary?token=canary");
    let with_name = url.replace("http://", "http://me:canary@");
    let key = secret(&world, "key", "canary-canary-canary-canary");
    let token = secret(&world, "token", "canary");
    let add = [
        "alert",
        "add",
        "web",
        "--webhook",
        &with_name,
        "--secret-file",
        &key,
        "--token-file",
        &token,
    ];
    let mut said = vec![world.palinode(&add)];
    said.push(change(&world, &site));
    for words in [
        &["alert", "list"][..],
        &["alert", "list", "--json"],
        &["alert", "test", "web"],
        &["alert", "add", "web", "--webhook", &url],
        &["alert", "add", "other", "--webhook", "canary://canary/canary"],
        &["alert", "add", "other", "--webhook", "https://[canary"],
        &[
            "alert",
            "add",
            "other",
            "--mail",
            "a@b.example",
            "--from",
            "a@b.example",
            "--smtp",
            "smtps://me:canary@b.example",
        ],
        &["status", "--json"],
        &["pages", "--toml"],
        &["events", "--json"],
    ] {
        said.push(world.palinode(words));
    }
    for output in &said {
        assert!(!output.to_string().contains("canary"), "{output}");
    }
    assert_eq!(receiver.got()[0].line, "POST /services/canary?token=canary HTTP/1.1");
    insta::assert_snapshot!(said[2], @"
    web  http://127.0.0.1:PORT/…  (1 thing still to be told: it answered 500, next try 2026-03-01 18:01)
    exit 0
    ");
    // The files are named in the history, and what is in them is not.
    let settings: String = crate::storing::query(&world.store(), "SELECT settings FROM alert");
    assert!(!settings.contains("canary-canary"), "{settings}");
}

#[test]
fn what_cannot_be_told_is_refused_at_once() {
    let (world, _site) = watched();
    let add = |flags: &[&str]| {
        world.palinode(
            &[&["alert", "add", "web", "--webhook", "https://hooks.example/x"], flags].concat(),
        )
    };
    let short = secret(&world, "short", "short");
    insta::assert_snapshot!(add(&["--secret-file", &short]), @"
    -- stderr --
    palinode: web: FOLDER/short: a key of less than 24 bytes can be guessed
    exit 2
    ");
    let none = world.path("none").display().to_string();
    insta::assert_snapshot!(add(&["--secret-file", &none]), @"
    -- stderr --
    palinode: web: FOLDER/none: the secret cannot be read: No such file or directory (os error 2)
    exit 2
    ");
    let wrong = world.file("wrong.jinja", "{\"text\": {{ tilte }}}");
    insta::assert_snapshot!(add(&["--template", &wrong]), @"
    -- stderr --
    palinode: web: FOLDER/wrong.jinja: the template is wrong in line 1: undefined value
    exit 2
    ");
    insta::assert_snapshot!(add(&["--digest", "6h"]), @"
    -- stderr --
    error: invalid value '6h' for '--digest <TIMES>': expected hourly, daily, weekly or a cron expression

    For more information, try '--help'.
    exit 2
    ");
    #[cfg(unix)]
    insta::assert_snapshot!(add(&["--secret-file", &world.file("open", "who may read it knows it")]), @"
    -- stderr --
    palinode: web: FOLDER/open: anybody on this machine may read the secret; `chmod o= FILE` stops that
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "add", "web"]), @"
    -- stderr --
    error: the following required arguments were not provided:
      <COMMAND|--webhook <URL>|--mail <ADDRESS>>

    Usage: palinode alert add <COMMAND|--webhook <URL>|--mail <ADDRESS>> <NAME>

    For more information, try '--help'.
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "list"]), @"exit 0");
}
