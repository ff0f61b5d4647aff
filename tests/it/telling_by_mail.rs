//! Alerts by mail: what is handed to a mail server, in words, and what a page can not do to it.

use palinode::cli::Exit;

use crate::checking::{HUMBLE, PROUD, seen_once};
use crate::postbox::{Handed, Postbox};
use crate::site::{Reply, Site, article};
use crate::telling::queued;
use crate::telling_no_secret::secret;
use crate::world::{World, masked};

const OFFERS: &str = "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN";

fn mails(world: &World, postbox: &Postbox, flags: &[&str]) {
    let url = postbox.url("");
    let add = [
        "alert",
        "add",
        "post",
        "--mail",
        "Desk <desk@news.example>",
        "--from",
        "palinode@own.example",
    ];
    world.palinode(&[&add[..], &["--smtp", &url], flags].concat()).fine();
}

fn shown(text: &str) -> String {
    masked(text, "no folder")
}

#[test]
fn a_mail_tells_a_change_in_words() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let postbox = Postbox::start("220 here", OFFERS);
    mails(&world, &postbox, &["--mail", "second@news.example"]);
    site.put("/post", article("Post", &[HUMBLE]));
    world.wait(600).palinode(&["check"]).fine();
    let got = one(&postbox);
    assert_eq!(queued(&world), 0);
    insta::assert_snapshot!(got.said.join("\n"), @"
    EHLO [127.0.0.1]
    MAIL FROM:<palinode@own.example>
    RCPT TO:<desk@news.example>
    RCPT TO:<second@news.example>
    DATA
    QUIT
    ");
    let headers = got.headers().into_iter().map(|line| match line.split_once("palinode-1-") {
        Some((start, rest)) => format!("{start}palinode-1-DIGEST{}", &rest[8..]),
        None => line,
    });
    let headers = headers.filter(|line| !line.starts_with("Content-Type"));
    insta::assert_snapshot!(headers.collect::<Vec<_>>().join("\n"), @"
    Message-ID: <palinode-1-DIGEST@own.example>
    Date: Sun, 01 Mar 2026 18:00:00 +0000
    From: palinode@own.example
    Subject: post: removed (r2)
    Auto-Submitted: auto-generated
    To: Desk <desk@news.example>, second@news.example
    MIME-Version: 1.0
    ");
    let parts = got.parts();
    insta::assert_snapshot!(shown(&parts[0]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait
        there.

    http://127.0.0.1:PORT/post
    ");
    insta::assert_snapshot!(shown(&parts[1]), @r#"
    <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"></head><body><p><strong>post: removed (r2)</strong><br><a href="http://127.0.0.1:PORT/post">http://127.0.0.1:PORT/post</a></p><pre>    removed   [-are proud to-] (in place)
    </pre><p>We <del>are proud to</del> support the harbour, its clerks and all who wait there.</p></body></html>
    "#);
}

fn one(postbox: &Postbox) -> Handed {
    let got = postbox.got();
    assert_eq!(got.len(), 1, "{got:?}");
    got[0].clone()
}

/// What a page is called and says reaches neither the headers nor the conversation nor the mark-up.
#[test]
fn nothing_of_a_page_leaves_its_place() {
    let (world, site) = (World::new(), Site::new());
    let name = "Post Bcc: victim@evil.example <b>\u{202e}x ünd =?utf-8?q?=0D=0ABcc:x?=";
    let said = "</p><script>alert(1)</script>\r\n.\r\nQUIT\r\n--=_boundary\r\n\u{7}Bcc: victim@evil.example";
    site.put("/post", article("Post", &[PROUD]));
    world.palinode(&["add", &site.url("/post"), "--name", name]).fine();
    world.palinode(&["check"]).fine();
    let postbox = Postbox::start("220 here", OFFERS);
    mails(&world, &postbox, &[]);
    let escaped = said.replace('<', "&lt;");
    let pre = format!(
        "<!doctype html><title>Post</title><main><h1>Post</h1><p>Here stands another text, and it means harm.</p><pre>{escaped}\n.\n..\nFrom here</pre></main>"
    );
    site.put("/post", Reply::html(pre));
    world.wait(600).palinode(&["check"]);
    let got = one(&postbox);
    assert_eq!(queued(&world), 0);
    let recipients = got.said.iter().filter(|line| line.starts_with("RCPT")).count();
    assert_eq!((recipients, got.said.last().map(String::as_str)), (1, Some("QUIT")));
    let headers = got.headers();
    assert!(headers.iter().all(|line| !line.starts_with("Bcc") && line.is_ascii()), "{headers:?}");
    assert!(!got.lines.iter().any(|line| line.starts_with("Bcc")), "{:?}", got.lines);
    assert!(got.lines.iter().all(|line| line.len() <= 998 && line != "."));
    let parts = got.parts();
    assert_eq!(parts.len(), 2, "no part was ended from inside");
    assert!(!parts[1].contains("<script") && parts[1].contains("&lt;script"), "{}", parts[1]);
    assert!(!parts.concat().contains(['\u{202e}', '\u{0}', '\u{7}']));
    assert!(parts[0].contains("\u{27e8}U+202E\u{27e9}"), "{}", parts[0]);
}

#[test]
fn a_password_is_read_from_its_file_and_shown_nowhere() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let postbox = Postbox::start("220 here", OFFERS);
    let file = secret(&world, "password", "canary\n");
    let url = postbox.url("me%40own.example@");
    let add = [
        "alert",
        "add",
        "post",
        "--mail",
        "desk@news.example",
        "--from",
        "palinode@own.example",
        "--smtp",
        &url,
        "--secret-file",
        &file,
    ];
    world.palinode(&add).fine();
    site.put("/post", article("Post", &[HUMBLE]));
    let check = world.wait(600).palinode(&["check"]).fine();
    let got = one(&postbox);
    // NUL, name, NUL, password.
    let wanted = "AUTH PLAIN AG1lQG93bi5leGFtcGxlAGNhbmFyeQ==";
    assert!(got.said.iter().any(|line| line == wanted), "{:?}", got.said);
    let list = world.palinode(&["alert", "list"]);
    insta::assert_snapshot!(list, @"
    post  desk@news.example by smtp://me%40own.example@127.0.0.1:PORT
    exit 0
    ");
    for text in [
        check.to_string(),
        list.to_string(),
        world.palinode(&["alert", "list", "--json"]).to_string(),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn a_server_that_does_not_take_it_gets_it_again() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    let postbox = Postbox::start("421 canary: go away", OFFERS);
    mails(&world, &postbox, &[]);
    site.put("/post", article("Post", &[HUMBLE]));
    let check = world.wait(600).palinode(&["check"]);
    insta::assert_snapshot!(check.stderr, @"alert post: not heard: the mail server answered 421; it is tried again");
    assert_eq!((check.exit, queued(&world)), (Exit::Untold, 1));
    insta::assert_snapshot!(world.palinode(&["alert", "test", "post"]), @"
    -- stderr --
    alert post: not heard: the mail server answered 421
    exit 6
    ");
}

#[test]
fn a_mail_that_cannot_be_sent_is_refused_at_once() {
    let (world, _site) = seen_once(article("Post", &[PROUD]));
    let add = |to: &str, from: &str, smtp: &str| {
        world.palinode(&["alert", "add", "post", "--mail", to, "--from", from, "--smtp", smtp])
    };
    let fine = "desk@news.example";
    insta::assert_snapshot!(add("desk\r\nBcc: x@evil.example", fine, "smtps://own.example"), @r#"
    -- stderr --
    palinode: post: "desk⟨U+000D⟩
    Bcc: x@evil.example" is no mail address
    exit 2
    "#);
    insta::assert_snapshot!(add(fine, "nobody", "smtps://own.example"), @r#"
    -- stderr --
    palinode: post: "nobody" is no mail address
    exit 2
    "#);
    insta::assert_snapshot!(add(fine, fine, "smtps://me:canary@own.example"), @"
    -- stderr --
    palinode: --smtp: no password may stand in the address
    hint: --secret-file names the file that holds it
    exit 2
    ");
    insta::assert_snapshot!(add(fine, fine, "https://own.example"), @"
    -- stderr --
    palinode: post: the server's address has the form smtps://name@host, or smtp://… for one that begins TLS later
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["alert", "add", "post", "--mail", fine]), @"
    -- stderr --
    error: the following required arguments were not provided:
      --smtp <URL>
      --from <ADDRESS>

    Usage: palinode alert add --smtp <URL> --from <ADDRESS> <COMMAND|--webhook <URL>|--mail <ADDRESS>> <NAME>

    For more information, try '--help'.
    exit 2
    ");
}
