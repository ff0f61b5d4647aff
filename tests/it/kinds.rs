//! Documents that cannot be shown as text, and pages that become another kind of document.

use crate::checking::{PROUD, last, revisions, seen_once};
use crate::documents::{paper, then};
use crate::site::{Reply, Site, article};
use crate::world::World;

#[test]
fn what_cannot_be_shown_is_told_by_its_bytes() {
    let world = World::new();
    let site = Site::new();
    site.put("/post", Reply::of("image/png", b"\x89PNG\r\n\x1a\n one".as_slice()));
    world.palinode(&["add", &site.url("/post"), "--name", "post"]).fine();
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    post  r1 first seen, not shown as text: image/png, 12 bytes, sha256 6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC)

    not shown as text: image/png, 12 bytes, sha256
                       6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd
    exit 0
    ");
    assert_eq!(world.palinode(&["show", "post", "--raw"]).stdout, b"\x89PNG\r\n\x1a\n one");
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"exit 0");
    insta::assert_snapshot!(then(&world, &site, Reply::of("image/png", b"\x89PNG\r\n\x1a\n other".as_slice())), @"
    post  r2 changed between 2026-03-01 18:00 and 2026-03-02 04:00 (+2 −2 words), UTC
        reworded  [-12-] {+14+} (in place)
        reworded  [-6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd-]
                  {+7686808437e267e6b212fd3671fc3265e465edd89f912704524493f4551c1847+} (in
                  place)

      ~ image/png, [-12-]{+14+} bytes, sha256
        [-6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd-]
        {+7686808437e267e6b212fd3671fc3265e465edd89f912704524493f4551c1847+}

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 18:00, r2 first seen 2026-03-02 04:00 (UTC)

    ~ image/png, [-12-]{+14+} bytes, sha256
      [-6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd-]
      {+7686808437e267e6b212fd3671fc3265e465edd89f912704524493f4551c1847+}
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post", "--unified"]), @"
    --- post	r1 2026-03-01T08:00:00.000Z
    +++ post	r2 2026-03-02T04:00:00.000Z
    @@ -1 +1 @@
    -image/png, 12 bytes, sha256 6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd
    +image/png, 14 bytes, sha256 7686808437e267e6b212fd3671fc3265e465edd89f912704524493f4551c1847
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    3 checks from 2026-03-01 08:00 to 2026-03-02 04:00 (UTC)

    r2  changed between 2026-03-01 18:00 and 2026-03-02 04:00
        +2 −2 words; seen until 2026-03-02 04:00 in 1 check
        reworded  [-12-] {+14+} (in place)
        reworded  [-6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd-]
                  {+7686808437e267e6b212fd3671fc3265e465edd89f912704524493f4551c1847+} (in
                  place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 18:00 in 2 checks
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["events", "post"]), @"
    post
      r2  changed between 2026-03-01 18:00 and 2026-03-02 04:00
        reworded  [-12-] {+14+} (in place)
        reworded  [-6473571dbff681135cdbc08a185172d956b7c7cc42dc95dcc2fab72b7d63fcfd-]
                  {+7686808437e267e6b212fd3671fc3265e465edd89f912704524493f4551c1847+} (in
                  place)
    exit 0
    ");
}

#[test]
fn another_kind_of_document_is_held() {
    let (world, site) = seen_once(article("Post", &[PROUD]));
    insta::assert_snapshot!(then(&world, &site, Reply::of("image/png", b"\x89PNG".as_slice())), @"
    -- stderr --
    post: held (other-kind): this is another kind of document than before; it is believed once three checks over six hours agree, if it has the title that the page had; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    insta::assert_snapshot!(then(&world, &site, paper("application/pdf", &["One."])), @"exit 3");
    for _ in 0..9 {
        assert_eq!(then(&world, &site, paper("application/pdf", &["One."])), "exit 3");
    }
    assert_eq!((last(&world).as_str(), revisions(&world)), ("held (other-kind) ×10", 1));
    site.put("/post", article("Post", &[PROUD]));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(revisions(&world), 1);
}

/// A document with the title that the page had is that page in another form, once three checks over six hours agree.
#[test]
fn another_kind_under_the_old_title_is_believed_in_the_end() {
    let (world, site) = seen_once(article("The harbour", &[PROUD]));
    for _ in 0..2 {
        assert!(then(&world, &site, paper("application/pdf", &["One."])).ends_with("exit 3"));
    }
    insta::assert_snapshot!(then(&world, &site, paper("application/pdf", &["One."])), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (+60 −14 words), UTC
        removed   [-We are proud to support the harbour, its clerks and all who wait there.-]
                  (whole passage)
        added     {+The harbour keeps its hours, its lights and its long list of ships that
                  come and go at night, and whoever comes by land will find the gate open
                  until the evenin…+} (whole passage)
        added     {+One.+} (whole passage)
        added     {+A second page stands here, so that there is something to turn over, and it
                  has a well-known end.+} (whole passage)
        added     {+The third is short.+} (whole passage)

    exit 0
    ");
    assert_eq!(revisions(&world), 2);
    site.put("/post", article("The harbour", &[PROUD]));
    world.wait(600).palinode(&["check"]).fine();
    assert_eq!(revisions(&world), 3, "a text that was believed before is believed again");
}
