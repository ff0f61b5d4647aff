//! What changes beside the words of a page: a link that leads elsewhere is no revision, and is kept and shown.

use palinode::cli::Exit;

use crate::checking::{HUMBLE, PROUD, last, revisions, seen_once};
use crate::site::{Reply, Site};
use crate::storing::query;
use crate::telling::{heard, listens, whats};
use crate::world::World;

const REST: &str =
    "The harbour keeps its hours, its lights and its long list of ships that come and go.";

fn page(text: &str, link: &str, alt: &str) -> Reply {
    Reply::html(format!(
        "<!doctype html><title>Post</title><body><nav><a href=/?{link}>Home</a></nav><main><article><h1>Post</h1>\
         <p>{text} Read <a href='{link}'>our policy</a> first.<p>{REST}<img src=a.png alt='{alt}'></article></main>"
    ))
}

fn captures(world: &World) -> u32 {
    query(&world.store(), "SELECT count(*) FROM capture")
}

#[test]
fn a_link_that_leads_elsewhere_is_no_revision_and_has_its_bounds() {
    let (world, site) = seen_once(page(PROUD, "/policy", "A ship"));
    world.wait(600).palinode(&["check"]).fine();
    world.wait(600).palinode(&["check"]).fine();
    site.put("/post", page(PROUD, "https://other.example/policy?a=1#b", "A ship"));
    assert_eq!(world.wait(600).palinode(&["check", "--exit-code"]).to_string(), "exit 0");
    assert_eq!((revisions(&world), captures(&world)), (1, 2));
    // The same again, and by another protocol, in another campaign: nothing.
    world.wait(600).palinode(&["check"]).fine();
    site.put("/post", page(PROUD, "http://www.other.example/policy?utm_source=x&a=1#b", "A ship"));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!((revisions(&world), captures(&world)), (1, 2));
    // Text, target and picture at once.
    site.put("/post", page(HUMBLE, "javascript:alert(1)//\u{202e}", "A boat"));
    world.wait(600).palinode(&["check"]).fine();
    site.put("/post", page(HUMBLE, "", "A boat"));
    world.wait(600).palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["log", "post", "--links"]), @r#"
    post  links and pictures

    c4  changed between 2026-03-03 20:00 and 2026-03-04 06:00
        We support the harbour, its clerks and all who wait there. Read our policy first.
          "our policy" [-javascript:alert(1)//%E2%80%AE-]

    c3  changed between 2026-03-03 10:00 and 2026-03-03 20:00
        We support the harbour, its clerks and all who wait there. Read our policy first.
          "our policy" [-https://other.example/policy?a=1#b-]
          {+javascript:alert(1)//%E2%80%AE+}
        The harbour keeps its hours, its lights and its long list of ships that come and go.
          picture 1 [-A ship-] {+A boat+}

    c2  changed between 2026-03-02 04:00 and 2026-03-02 14:00
        We are proud to support the harbour, its clerks and all who wait there. Read our
        policy first.
          "our policy" [-http://127.0.0.1:PORT/policy-]
          {+https://other.example/policy?a=1#b+}
    exit 0
    "#);
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    8 checks from 2026-03-01 08:00 to 2026-03-04 06:00 (UTC)

    r2  changed between 2026-03-03 10:00 and 2026-03-03 20:00
        −3 words; seen until 2026-03-04 06:00 in 2 checks
        removed   [-are proud to-] (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-03 10:00 in 6 checks
    exit 0
    ");
    let json = world.palinode(&["log", "post", "--links", "--json"]).said();
    insta::assert_snapshot!(world.palinode(&["log", "post", "--links", "--json", "-n", "1"]), @r#"
    {
      "page": "post",
      "url": "http://127.0.0.1:PORT/post",
      "changes": [
        {
          "capture": "c4",
          "after": "2026-03-03T20:00:00.000Z",
          "before": "2026-03-04T06:00:00.000Z",
          "links": [
            {
              "kind": "link",
              "passage": "We support the harbour, its clerks and all who wait there. Read our policy first.",
              "about": "our policy",
              "old": "javascript:alert(1)//%E2%80%AE",
              "new": null
            }
          ]
        }
      ]
    }
    exit 0
    "#);
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.palinode(&["log", "post", "--links", "--json"]).said(), json);
    world.palinode(&["verify"]).fine();
}

#[test]
fn a_link_of_selected_text_and_of_markdown_is_seen_too() {
    let (world, site) = (World::new(), Site::new());
    let text = |link: &str| {
        let text =
            format!("# Post\n\n{PROUD} Read [our policy]({link}) first.\n\n![A ship](x.png)\n");
        Reply::of("text/markdown", text)
    };
    site.put("/post", page(PROUD, "/policy", ""));
    site.put("/read.md", text("/policy"));
    world.palinode(&["add", &site.url("/post"), "--name", "post", "--select", "article"]).fine();
    world.palinode(&["add", &site.url("/read.md"), "--name", "read"]).fine();
    world.palinode(&["check"]).fine();
    site.put("/post", page(PROUD, "/other", ""));
    site.put("/read.md", text("/other"));
    world.wait(600).palinode(&["check"]).fine();
    for name in ["post", "read"] {
        let json = world.json(&["log", name, "--links", "--json"]);
        let link = &json["changes"][0]["links"][0];
        assert_eq!(link["about"], "our policy");
        assert_eq!(link["new"], site.url("/other"), "{name}");
    }
}

/// A target that is another one at every look is kept a few times, and let be until it may have come to rest.
#[test]
fn a_link_that_changes_with_every_look_makes_no_noise() {
    let (world, site) = seen_once(page(PROUD, "/policy?visit=0", ""));
    for look in 1..12 {
        site.put("/post", page(PROUD, &format!("/policy?visit={look}"), ""));
        world.wait(600).palinode(&["check"]).fine();
    }
    assert_eq!((captures(&world), last(&world).as_str()), (4, "same \u{d7}9"));
    let before = world.palinode(&["log", "post", "--links", "--json"]).said();
    world.palinode(&["rebuild"]).fine();
    assert_eq!(world.palinode(&["log", "post", "--links", "--json"]).said(), before);
    // What else changes is seen meanwhile.
    site.put("/post", page(PROUD, "/policy?visit=12", "A ship"));
    world.wait(600).palinode(&["check"]).fine();
    let json = world.json(&["log", "post", "--links", "--json", "-n", "1"]);
    assert_eq!(json["changes"][0]["links"].as_array().unwrap().len(), 1);
    assert_eq!(json["changes"][0]["links"][0]["kind"], "alt");
}

#[cfg(unix)]
#[test]
fn only_who_asks_for_links_is_told_of_them() {
    let (world, site) = seen_once(page(PROUD, "/policy", ""));
    listens(&world, "all", &[]);
    listens(&world, "links", &["--links", "--changes-only"]);
    listens(&world, "elsewhere", &["--links", "--phrase", "no such words"]);
    site.put("/post", page(PROUD, "data:text/html,<b>1</b>", ""));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(whats(&world, "all"), Vec::<String>::new());
    assert_eq!(whats(&world, "elsewhere"), Vec::<String>::new());
    assert_eq!(whats(&world, "links"), ["links"]);
    let mut told = heard(&world, "links");
    told[0]["id"] = "palinode-1-DIGEST".into();
    let shown = crate::world::masked(&format!("{:#}", told[0]), "no folder");
    insta::assert_snapshot!(shown, @r#"
    {
      "id": "palinode-1-DIGEST",
      "alert": "links",
      "what": "links",
      "page": {
        "url": "http://127.0.0.1:PORT/post",
        "name": "post",
        "tags": []
      },
      "at": "2026-03-01T18:00:00.000Z",
      "capture": "c2",
      "links": [
        {
          "kind": "link",
          "passage": "We are proud to support the harbour, its clerks and all who wait there. Read our policy first.",
          "about": "our policy",
          "old": "http://127.0.0.1:PORT/policy",
          "new": "data:text/html,<b>1</b>"
        }
      ]
    }
    "#);
    assert_eq!(world.palinode(&["alert", "list"]).exit, Exit::Fine);
}
