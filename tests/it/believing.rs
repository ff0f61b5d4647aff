//! A person overrules the judge about one capture: the history is told by that, at every rebuild, until it is taken back.

use crate::checking::{HUMBLE, PROUD, last, revisions, seen_once};
use crate::documents::paper;
use crate::site::{Reply, Site, article};
use crate::world::World;

const MORE: &str =
    "The harbour keeps its hours, its lights and its long list of ships that come and go at night.";

fn whole() -> Reply {
    article("The harbour", &[PROUD, MORE, MORE, MORE, MORE])
}

fn collapsed() -> Reply {
    article("Moved", &["The harbour has moved, and its long list of ships with it."])
}

/// What the history says in every form that a person or a program reads.
fn all_of_it(world: &World) -> String {
    let lists = [&["log", "post", "--json"][..], &["events", "post", "--json", "--all"]];
    lists.iter().map(|words| world.palinode(words).fine().to_string()).collect()
}

/// A page that was replaced by another under another title, which is never believed by itself.
fn replaced() -> (World, Site) {
    let (world, site) = seen_once(whole());
    site.put("/post", collapsed());
    world.wait(600).palinode(&["check"]);
    world.wait(600).palinode(&["check"]);
    (world, site)
}

#[test]
fn what_is_held_is_listed_and_can_be_believed() {
    let (world, site) = replaced();
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 18:00  held (collapse)
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["believe", "post", "held"]), @"
    -- stderr --
    post: c2 believed; 2 revisions told anew from 2 captures, 1 before
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    3 checks from 2026-03-01 08:00 to 2026-03-02 04:00 (UTC)

    r2  changed between 2026-03-01 08:00 and 2026-03-01 18:00
        +5 −84 words; seen until 2026-03-02 04:00 in 2 checks
        removed   [-The harbour-] (whole passage)
        removed   [-We are proud to support the harbour, its clerks and all who wait there.-]
                  (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        removed   [-The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night.-] (whole passage)
        reworded  [-keeps its hours, its lights-] {+has moved,+} (in place)
        reworded  [-that come and go at night-] {+with it+} (in place)
        added     {+Moved+} (whole passage)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 18:00  r2, believed by hand 2026-03-02 04:00; else held (collapse)
    exit 0
    ");
    assert_eq!(world.palinode(&["captures", "post", "--held"]).fine().said(), "post\n");
    insta::assert_snapshot!(world.palinode(&["captures", "post", "--json"]).said(), @r#"
    {
      "page": "post",
      "url": "http://127.0.0.1:PORT/post",
      "captures": [
        {
          "capture": "c1",
          "at": "2026-03-01T08:00:00.000Z",
          "status": 200,
          "bytes": 651,
          "revision": 1
        },
        {
          "capture": "c2",
          "at": "2026-03-01T18:00:00.000Z",
          "status": 200,
          "bytes": 222,
          "revision": 2,
          "held_for": "collapse",
          "verdict": "believed",
          "verdict_at": "2026-03-02T04:00:00.000Z"
        }
      ]
    }
    "#);
    // It is what stands now: the next check finds nothing new, and nothing to hold.
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 0");
    site.put(
        "/post",
        article("Moved", &["The harbour has moved, and its short list of ships with it."]),
    );
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r3 changed between 2026-03-02 14:00 and 2026-03-03 00:00 (+1 −1 word), UTC
        reworded  [-long-] {+short+} (in place)

      ~ The harbour has moved, and its [-long-]{+short+} list of ships with it.

    exit 0
    ");
}

#[test]
fn a_verdict_survives_a_rebuild_and_can_be_reversed() {
    let (world, _site) = replaced();
    let before = all_of_it(&world);
    world.palinode(&["believe", "post", "c2"]).fine();
    let believed = all_of_it(&world);
    world.palinode(&["rebuild"]).fine();
    assert_eq!(all_of_it(&world), believed);
    insta::assert_snapshot!(world.palinode(&["believe", "post", "c2"]), @"
    -- stderr --
    post: nothing to change
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["disbelieve", "post", "r2"]), @"
    -- stderr --
    post: c2 not believed; 1 revision told anew from 2 captures, 2 before
    exit 0
    ");
    assert_eq!(all_of_it(&world), before);
    world.palinode(&["believe", "post", "c2"]).fine();
    assert_eq!(all_of_it(&world), believed);
    world.palinode(&["believe", "post", "c2", "--undo"]).fine();
    assert_eq!(all_of_it(&world), before);
    world.palinode(&["rebuild"]).fine();
    assert_eq!(all_of_it(&world), before);
}

/// An error page that calls itself a success and was taken for the page: out of the history, and held from then on.
#[test]
fn what_was_believed_wrongly_is_taken_out_and_held_from_then_on() {
    let (world, site) = seen_once(article("Post", &[PROUD, MORE]));
    site.put("/post", article("Post", &["We are sorry for the trouble at the harbour.", MORE]));
    world.wait(600).palinode(&["check"]).fine();
    world.wait(600).palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["disbelieve", "post", "r2"]), @"
    -- stderr --
    post: c2 not believed; 1 revision told anew from 2 captures, 2 before
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    3 checks from 2026-03-01 08:00 to 2026-03-02 04:00 (UTC), 2 of them saw no page

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["trace", "post", "proud"]), @"
    “proud” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 08:00
                      We are »proud« to support the harbour, its clerks and all who wait
                      there.

    the page could not be seen, so nothing is known of these times (UTC):
      2026-03-01 18:00  held (disbelieved), 1 check
      2026-03-02 04:00  held (disbelieved), 1 check
    exit 0
    ");
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (disbelieved) ×1", 1));
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 3");
    assert_eq!(last(&world), "held (disbelieved) ×2");
    world.palinode(&["rebuild"]).fine();
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (disbelieved) ×2", 1));
    insta::assert_snapshot!(world.palinode(&["captures", "post"]), @"
    post
    c1  2026-03-01 08:00  r1
    c2  2026-03-01 18:00  not believed by hand 2026-03-02 04:00
    exit 0
    ");
    // The page itself is back.
    site.put("/post", article("Post", &[HUMBLE, MORE]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-03 00:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    -- stderr --
    post: seen again, for the first time since 2026-03-01 08:00 UTC
    exit 0
    ");
    // And it is held again, and told once.
    site.put("/post", article("Post", &["We are sorry for the trouble at the harbour.", MORE]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: held (disbelieved): you said that this is not the page; `palinode believe` takes that back; kept r2 of 2026-03-03 00:00 UTC
    exit 3
    ");
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 3");
    world.palinode(&["disbelieve", "post", "c2", "--undo"]).fine();
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    7 checks from 2026-03-01 08:00 to 2026-03-03 20:00 (UTC)

    r4  changed between 2026-03-03 00:00 and 2026-03-03 10:00, as in r2
        +8 −10 words; seen until 2026-03-03 20:00 in 2 checks
        restored  {*the whole page as in r2*} (gone since r3, for at most 20 h)
        put-back  [-support-] {*are sorry for the trouble at*} (in place; gone since r3, for
                  at most 20 h)
        removed   [-, its clerks and all who wait there-] (in place)

    r3  changed between 2026-03-02 14:00 and 2026-03-03 00:00
        +10 −8 words; seen until 2026-03-03 00:00 in 1 check
        not told: a turn of phrase that stood elsewhere before

    r2  changed between 2026-03-01 08:00 and 2026-03-01 18:00
        +9 −14 words; seen until 2026-03-02 14:00 in 3 checks
        removed   [-We are proud to support the harbour, its clerks and all who wait there.-]
                  (whole passage)
        added     {+We are sorry for the trouble at the harbour.+} (whole passage)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

/// Nothing that was told before a verdict is lost by it.
#[test]
fn disbelief_that_is_taken_back_leaves_no_trace() {
    let (world, site) = seen_once(article("Post", &[PROUD, MORE]));
    for text in [HUMBLE, PROUD, HUMBLE] {
        site.put("/post", article("Post", &[text, MORE]));
        world.wait(600).palinode(&["check"]).fine();
        world.wait(600).palinode(&["check"]).fine();
    }
    let before = all_of_it(&world);
    world.palinode(&["disbelieve", "post", "r2"]).fine();
    assert_eq!(revisions(&world), 1, "what says the same later is not believed either");
    world.palinode(&["believe", "post", "c2"]).fine();
    assert_eq!(all_of_it(&world), before);
}

#[test]
fn another_kind_of_document_can_be_believed() {
    let (world, site) = seen_once(whole());
    site.put("/post", paper("application/pdf", &["The harbour is a document now."]));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: held (other-kind): this is another kind of document than before; it is believed once three checks over six hours agree, if it has the title that the page had; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["believe", "post", "latest"]), @"
    -- stderr --
    post: c2 believed; 2 revisions told anew from 2 captures, 1 before
    exit 0
    ");
    assert_eq!(world.wait(600).palinode(&["check"]).to_string(), "exit 0");
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r2
    seen from 2026-03-01 18:00 to 2026-03-02 04:00 (UTC)
    title: The harbour

    # The harbour

    The harbour keeps its hours, its lights and its long list of ships that come and go at
    night, and whoever comes by land will find the gate open until the evening bell has rung.

    The harbour is a document now.

    A second page stands here, so that there is something to turn over, and it has a
    well-known end.

    The third is short.
    exit 0
    ");
}

/// A page that only looks like a wall: its very first capture is held, and it is the page.
#[test]
fn a_first_capture_can_be_believed() {
    let (world, site) = (World::new(), Site::new());
    site.put("/post", whole().with("cf-mitigated", "challenge").under_status(403));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    world.palinode(&["check"]);
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (challenge(cloudflare)) ×1", 0));
    world.palinode(&["believe", "post", "held"]).fine();
    assert_eq!(revisions(&world), 1);
}

/// Before a person says anything of a capture, they want to see it.
#[test]
fn a_held_capture_can_be_looked_at() {
    let (world, _site) = replaced();
    insta::assert_snapshot!(world.palinode(&["show", "post", "c2"]), @"
    post  c2
    2 of 2 passages are main text, and tracked

    main       no frame around      Moved
    main       no frame around      The harbour has moved, and its long list of ships with it.

    --select CSS says what counts instead of all guesses, --exclude CSS what does not
    exit 0
    ");
    assert!(
        world
            .palinode(&["show", "post", "c2", "--raw"])
            .fine()
            .said()
            .contains("<title>Moved</title>")
    );
    insta::assert_snapshot!(world.palinode(&["show", "post", "c9"]), @"
    -- stderr --
    palinode: post: there is no capture c9
    hint: `palinode captures post` lists them
    exit 2
    ");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let (world, site) = replaced();
    insta::assert_snapshot!(world.palinode(&["believe", "post", "c9"]), @"
    -- stderr --
    palinode: post: there is no capture c9
    hint: `palinode captures post` lists them
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["believe", "post", "it"]), @r#"
    -- stderr --
    palinode: post: "it" names no capture: write c12, r3, held or latest
    hint: `palinode captures post` lists them
    exit 2
    "#);
    insta::assert_snapshot!(world.palinode(&["disbelieve", "post", "r9"]), @"
    -- stderr --
    palinode: post: there is no capture r9
    hint: `palinode captures post` lists them
    exit 2
    ");
    insta::assert_snapshot!(world.palinode(&["disbelieve", "post", "r1"]), @"
    -- stderr --
    palinode: post: no revision would be left of 1: no capture of it is believed
    hint: nothing was changed
    exit 2
    ");
    site.put("/post", Reply::of("application/pdf", "%PDF-1.4 and no more"));
    world.wait(600).palinode(&["check"]);
    insta::assert_snapshot!(world.palinode(&["believe", "post", "latest"]), @"
    -- stderr --
    palinode: post: c3 cannot be read as a page: the document is cut off or damaged; a later check may get all of it
    hint: nothing was changed
    exit 2
    ");
    assert_eq!(revisions(&world), 1);
}
