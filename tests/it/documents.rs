//! Documents that are no HTML: added, checked, changed, checked again, and shown.
//!
//! Those that cannot be shown stand in `kinds`, those that cannot be read in `unreadable`.

use crate::checking::{PROUD, last, revisions, seen_once};
use crate::pdf::{Line, pdf};
use crate::site::{Reply, Site};
use crate::world::World;

/// The same page ten hours later, with another answer.
pub(crate) fn then(world: &World, site: &Site, reply: Reply) -> String {
    site.put("/post", reply);
    world.wait(600).palinode(&["check"]).to_string()
}

pub(crate) fn paper(kind: &str, pledge: &[&str]) -> Reply {
    let head = (72, 800, 9, "Harbour office, yearly report");
    let mut pages: Vec<Vec<Line<'_>>> = vec![vec![
        head,
        (72, 740, 20, "The harbour"),
        (
            72,
            700,
            11,
            "The harbour keeps its hours, its lights and its long list of ships that come and",
        ),
        (
            72,
            686,
            11,
            "go at night, and whoever comes by land will find the gate open until the even-",
        ),
        (72, 672, 11, "ing bell has rung."),
    ]];
    for (index, line) in pledge.iter().enumerate() {
        pages[0].push((72, 648 - 14 * u32::try_from(index).unwrap(), 11, line));
    }
    pages[0].push((290, 40, 9, "1"));
    pages.push(vec![
        head,
        (
            72,
            740,
            11,
            "A second page stands here, so that there is something to turn over, and it has",
        ),
        (72, 726, 11, "a well-known end."),
        (290, 40, 9, "2"),
    ]);
    pages.push(vec![head, (72, 740, 11, "The third is short."), (290, 40, 9, "3")]);
    Reply::of(kind, pdf("The harbour", &pages))
}

#[test]
fn a_pdf_is_read_as_its_paragraphs() {
    let proud = ["We are proud to support the harbour, its clerks", "and all who wait there."];
    let (world, site) = seen_once(paper("application/pdf", &proud));
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC)
    title: The harbour

    # The harbour

    The harbour keeps its hours, its lights and its long list of ships that come and go at
    night, and whoever comes by land will find the gate open until the evening bell has rung.

    We are proud to support the harbour, its clerks and all who wait there.

    A second page stands here, so that there is something to turn over, and it has a
    well-known end.

    The third is short.
    exit 0
    ");
    insta::assert_snapshot!(then(&world, &site, paper("application/pdf", &["We support the harbour, its clerks and all", "who wait there."])), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post", "-c", "0"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 08:00, r2 first seen 2026-03-01 18:00 (UTC)

    ⋯ 2 unchanged passages

    ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    ⋯ 2 unchanged passages
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    2 checks from 2026-03-01 08:00 to 2026-03-01 18:00 (UTC)

    r2  changed between 2026-03-01 08:00 and 2026-03-01 18:00
        −3 words; seen until 2026-03-01 18:00 in 1 check
        removed   [-are proud to-] (in place)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

/// Where a line ends is the typesetter's business.
#[test]
fn a_pdf_that_is_only_set_anew_says_the_same() {
    let (world, site) = seen_once(paper(
        "application/octet-stream",
        &["We are proud to support the har-", "bour, its clerks and all who wait there."],
    ));
    let anew = ["We are proud to support the harbour, its clerks and", "all who wait there."];
    assert_eq!(then(&world, &site, paper("application/octet-stream", &anew)), "exit 0");
    assert_eq!((last(&world).as_str(), revisions(&world)), ("same ×1", 1));
}

#[test]
fn markdown_is_read_as_its_blocks() {
    let text = |pledge: &str| {
        Reply::of(
            "text/markdown; charset=utf-8",
            format!(
                "# The harbour\n\n{pledge}\n\n- one\n- two\n\n> quoted\n\n```\nlet a;\n```\n\n| a | b |\n|---|---|\n| c | d |\n"
            ),
        )
    };
    let (world, site) = seen_once(text(PROUD));
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC)
    title: The harbour

    # The harbour

    We are proud to support the harbour, its clerks and all who wait there.

    - one

    - two

    > quoted

        let a;

    | a | b

    | c | d
    exit 0
    ");
    insta::assert_snapshot!(then(&world, &site, text("We *support* the harbour, its clerks\nand all who wait there.")), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (−3 words), UTC
        removed   [-are proud to-] (in place)

      ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 08:00, r2 first seen 2026-03-01 18:00 (UTC)

      The harbour

    ~ We [-are proud to-] support the harbour, its clerks and all who wait there.

      one

    ⋯ 5 unchanged passages
    exit 0
    ");
    assert_eq!(
        then(
            &world,
            &site,
            text("We **support** the harbour,\nits clerks and all who wait there.")
        ),
        "exit 0"
    );
}

#[test]
fn json_is_read_as_its_values() {
    let (world, site) = seen_once(Reply::of(
        "application/json",
        r#"{"name": "harbour", "open": true, "ships": [{"name": "Ada", "tons": 12.50}, {"name": "Bo", "tons": 7}]}"#,
    ));
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC)

    name: harbour

    open: true

    ships[].name: Ada

    ships[].tons: 12.5

    ships[].name: Bo

    ships[].tons: 7
    exit 0
    ");
    let other = "{\n \"ships\": [{\"tons\": 12.5, \"name\": \"Ada\"}, {\"name\": \"Bo\", \"tons\": 7}],\n \"open\": true, \"name\": \"harbour\"}";
    assert_eq!(then(&world, &site, Reply::of("application/json", other)), "exit 0");
    assert_eq!((last(&world).as_str(), revisions(&world)), ("same ×1", 1));
    let changed =
        other.replace("true", "false").replace("[{", "[{\"name\": \"Cy\", \"tons\": 3}, {");
    insta::assert_snapshot!(then(&world, &site, Reply::of("application/json", changed)), @"
    post  r2 changed between 2026-03-01 18:00 and 2026-03-02 04:00 (+7 −1 word), UTC
        reworded  [-true-] {+false+} (in place)
        added     {+ships[].name: Cy+} (whole passage)
        added     {+ships[].tons: 3+} (whole passage)

      ~ open: [-true-]{+false+}

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 18:00, r2 first seen 2026-03-02 04:00 (UTC)

      name: harbour

    ~ open: [-true-]{+false+}

    + {+ships[].name: Cy+}

    + {+ships[].tons: 3+}

      ships[].name: Ada

    ⋯ 3 unchanged passages
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["trace", "post", "open: true"]), @"
    “open: true” on post

    present   r1      first seen 2026-03-01 08:00, last seen 2026-03-01 18:00
                      »open: true«
    absent    r2      first missing 2026-03-02 04:00, last missing 2026-03-02 04:00
    exit 0
    ");
}

fn feed(entries: &[(&str, &str)]) -> Reply {
    let entry = |(title, text): &(&str, &str)| {
        let text = text.replace('<', "&lt;");
        format!(
            "<item><title>{title}</title><link>http://example.org/{title}</link><description>{text}</description></item>"
        )
    };
    let items: String = entries.iter().map(entry).collect();
    Reply::of(
        "application/rss+xml",
        format!(
            "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Harbour news</title>{items}</channel></rss>"
        ),
    )
}

#[test]
fn a_feed_is_read_as_its_entries() {
    let (world, site) = seen_once(feed(&[
        ("Pledge", "<p>We are <b>proud</b> to support the harbour.</p><p>More soon.</p>"),
        ("Ships", "Two ships came in."),
    ]));
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r1
    seen from 2026-03-01 08:00 to 2026-03-01 08:00 (UTC)
    title: Harbour news

    # Harbour news

    ## Pledge

    We are proud to support the harbour.

    More soon.

    ## Ships

    Two ships came in.
    exit 0
    ");
    insta::assert_snapshot!(then(&world, &site, feed(&[("Storm", "The gate is closed."), ("Pledge", "<p>We support the harbour.</p><p>More soon.</p>")])), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (+5 −8 words), UTC
        removed   [-are proud to-] (in place)
        removed   [-Ships-] (whole passage)
        removed   [-Two ships came in.-] (whole passage)
        added     {+Storm+} (whole passage)
        added     {+The gate is closed.+} (whole passage)

      ~ We [-are proud to-] support the harbour.

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["diff", "post"]), @"
    post  r1 → r2
    r1 last seen 2026-03-01 08:00, r2 first seen 2026-03-01 18:00 (UTC)

      Harbour news

    + {+Storm+}

    + {+The gate is closed.+}

      Pledge

    ~ We [-are proud to-] support the harbour.

      More soon.

    - [-Ships-]

    - [-Two ships came in.-]
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    2 checks from 2026-03-01 08:00 to 2026-03-01 18:00 (UTC)

    r2  changed between 2026-03-01 08:00 and 2026-03-01 18:00
        +5 −8 words; seen until 2026-03-01 18:00 in 1 check
        removed   [-are proud to-] (in place)
        removed   [-Ships-] (whole passage)
        removed   [-Two ships came in.-] (whole passage)
        added     {+Storm+} (whole passage)
        added     {+The gate is closed.+} (whole passage)

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}

#[test]
fn all_entries_of_a_feed_may_be_new() {
    let old = "The harbour keeps its hours, its lights and its long list of ships that come and go at night.";
    let new =
        "Nothing of that is left since every single entry was written yesterday by somebody else.";
    let (world, site) = seen_once(feed(&[("One", old), ("Two", old)]));
    assert!(then(&world, &site, feed(&[("Three", new), ("Four", new)])).contains("r2 changed"));
    let empty = "<rss version='2.0'><channel><title>Harbour news</title></channel></rss>";
    let said = then(&world, &site, Reply::of("application/rss+xml", empty));
    assert!(said.contains("post: held (collapse): "), "{said}");
}

#[test]
fn a_sitemap_is_read_as_its_addresses() {
    let map = |second: &str| {
        Reply::of(
            "application/xml",
            format!(
                "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://example.org/</loc><lastmod>2026-01-01</lastmod></url>{second}</urlset>"
            ),
        )
    };
    let (world, site) = seen_once(map(""));
    insta::assert_snapshot!(then(&world, &site, map("<url><loc>http://example.org/new</loc></url>")), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (+3 words), UTC
        added     {+http://example.org/new+} (whole passage)

    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["show", "post"]), @"
    post  r2
    seen from 2026-03-01 18:00 to 2026-03-01 18:00 (UTC)

    | http://example.org/ | 2026-01-01

    | http://example.org/new
    exit 0
    ");
}

#[test]
fn other_xml_is_read_as_its_texts() {
    let xml = |price: &str| {
        Reply::of(
            "text/xml",
            format!("<shop><item id='1'><name>Rope</name><price>{price}</price></item></shop>"),
        )
    };
    let (world, site) = seen_once(xml("12.50"));
    insta::assert_snapshot!(then(&world, &site, xml("13.50")), @"
    post  r2 changed between 2026-03-01 08:00 and 2026-03-01 18:00 (+1 −1 word), UTC
        removed   [-12.50-] (whole passage)
        added     {+13.50+} (whole passage)

    exit 0
    ");
}
