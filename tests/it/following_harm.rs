//! Feeds and sitemaps that are broken, hostile or cut short: nothing counts as missing, and nothing bursts.

use palinode::cli::Exit;

use crate::crash::restless_site;
use crate::following::{followed, rows, rss, sitemap, then, xml};
use crate::site::{Reply, Site, article};
use crate::world::World;

/// None of these is a reason to say that posts are gone.
#[test]
fn what_cannot_be_read_makes_nothing_vanish() {
    let posts = [("/3", Some(3)), ("/2", Some(2)), ("/1", Some(1))];
    for broken in [
        Reply::status(500),
        Reply::status(404),
        Reply::status(200),
        rss(&[]),
        xml("<urlset/>".to_owned()),
        article("Not found", &["There is nothing here."]),
        Reply::html("<title>Just a moment</title>").with("cf-mitigated", "challenge"),
        xml("<rss><channel><item><link>/1</link></item>".to_owned()),
        Reply::of("application/rss+xml", vec![0x1f, 0x8b, 8, 0, 1, 2, 3]),
    ] {
        let (world, site) = followed(rss(&posts), &["--every", "4w"]);
        world.palinode(&["check"]).fine();
        for look in 0..3 {
            let said = then(&world, &site, broken.clone());
            assert_eq!((said.exit, said.stdout.len()), (Exit::Unseen, 0), "{said}");
            assert_eq!(said.stderr.is_empty(), look > 0, "told once: {said}");
        }
        assert_eq!(rows(&world, "SELECT count(*) FROM listed WHERE absence IS NOT NULL"), ["0"]);
        let said = then(&world, &site, rss(&posts)).fine();
        assert_eq!((said.said().as_str(), said.stderr.as_str()), ("", "blog: read again\n"));
        let looks = rows(&world, "SELECT count(*), max(looks) FROM follow_look");
        assert_eq!(looks, ["3|3"]);
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let (world, site) = followed(rss(&[("/1", None)]), &["--every", "0 7 1 * *"]);
    world.palinode(&["check"]).fine();
    insta::assert_snapshot!(then(&world, &site, rss(&[])), @"
    -- stderr --
    blog: held (empty): it names nothing any more; what it named stays watched
    exit 3
    ");
    insta::assert_snapshot!(then(&world, &site, article("Not found", &["Nothing."])), @"
    -- stderr --
    blog: held (no-list): it is neither a feed nor a sitemap
    exit 3
    ");
    insta::assert_snapshot!(then(&world, &site, Reply::status(500)), @"
    -- stderr --
    blog: failed (http-500): the server did not give it
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["following"]), @"
    blog  every 1h  failed (http-500) since 2026-03-01 11:00, last tried 2026-03-01 11:00
        http://127.0.0.1:PORT/feed
        1 listed: 1 watched
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["status"]), @"
    1 page watched: 0 due, 0 of them late; 0 failing, 0 held, 0 gone
    1 followed: 1 unread
    unread   blog: http-500 since 2026-03-01 11:00, last tried 2026-03-01 11:00
    last 7 days: 1 check, 0 failed, 0 blocked; longest gap 3 h (http://127.0.0.1:PORT/1)
    last 30 days: 1 check, 0 failed, 0 blocked; longest gap 3 h (http://127.0.0.1:PORT/1)
    next: http://127.0.0.1:PORT/1 at 2026-04-01 07:00
    exit 0
    ");
    assert_eq!(world.json(&["status", "--json"])["follows"][0]["reason"], "http-500");
    // Its host is left alone as any other.
    let refused = Reply::status(429).with("Retry-After", "7200");
    then(&world, &site, refused.clone());
    let asked = site.requests().len();
    insta::assert_snapshot!(then(&world, &site, refused), @"
    -- stderr --
    blog: put off until 2026-03-01 14:00 UTC: its host asks for fewer visits
    exit 0
    ");
    assert_eq!(site.requests().len(), asked);
}

#[test]
fn robots_are_heeded() {
    let (world, site) = followed(rss(&[("/1", None)]), &[]);
    site.put("/robots.txt", Reply::of("text/plain", "User-agent: *\nDisallow: /feed\n"));
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    blog: failed (robots): the robots.txt of 127.0.0.1:PORT asks not to fetch this
    hint: follow it anew with --ignore-robots to look all the same
    exit 3
    ");
    assert_eq!(site.requests().len(), 0);
}

/// A sitemap of an index that cannot be had says nothing of what it named, nor of what the others did.
#[test]
fn an_index_that_is_read_in_part_misses_nobody() {
    let index = || {
        let parts = "<sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap>";
        xml(format!("<sitemapindex>{parts}</sitemapindex>"))
    };
    let (world, site) = followed(index(), &["--every", "4w"]);
    site.put("/a.xml", xml(sitemap(&["/1", "/2"]))).put("/b.xml", xml(sitemap(&["/3"])));
    world.palinode(&["check"]).fine();
    for broken in [Reply::status(503), xml(sitemap(&[]))] {
        site.put("/a.xml", xml(sitemap(&["/1"]))).put("/b.xml", broken);
        let said = then(&world, &site, index()).fine();
        assert!(said.stderr.contains("blog: read in part: ") && said.said().is_empty(), "{said}");
        world.wait(24 * 60);
        let said = then(&world, &site, index()).fine();
        assert!(said.said().is_empty(), "{said}");
        assert_eq!(rows(&world, "SELECT count(*) FROM listed WHERE absence IS NOT NULL"), ["0"]);
    }
    site.put("/b.xml", xml(sitemap(&["/3"])));
    assert_eq!(then(&world, &site, index()).fine().said(), "");
    assert!(then(&world, &site, index()).fine().said().contains("no longer listed"));
}

/// Neither scripts, files nor other hosts; and what is entrusted to the site goes to no other.
#[test]
fn a_feed_leads_nowhere_else() {
    let other = Site::at("127.0.0.2");
    other.put("/there", article("There", &["A text that stays for a while."]));
    let there = other.url("/there");
    let feed = [
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        (&*there, None),
        ("/1", None),
    ];
    let (world, _site) = followed(rss(&feed), &["--header", "Authorization: canary"]);
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    blog: 1 page added
      + http://127.0.0.1:PORT/1
    http://127.0.0.1:PORT/1  r1 first seen, 8 words
    exit 0
    ");
    assert_eq!(other.all_requests().len(), 0);
    let more = [
        "--header",
        "Authorization: canary",
        "--allow-private",
        "--ignore-robots",
        "--other-hosts",
    ];
    let (mut world, site) = followed(rss(&feed), &more);
    world.with_checks.retain(|flag| *flag != "--allow-private");
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    blog: 2 pages added
      + http://127.0.0.2:PORT/there
      + http://127.0.0.1:PORT/1
    http://127.0.0.1:PORT/1  r1 first seen, 8 words
    -- stderr --
    http://127.0.0.2:PORT/there: failed (blocked-address): the address is not public: it is this machine itself; nothing is known of it yet
    hint: if that is meant, allow it with --allow-private
    exit 3
    ");
    assert_eq!(other.all_requests().len(), 0, "what is private there is not for the feed to open");
    assert!(site.requests().iter().all(|head| head.contains("authorization: canary")));
    world.with_checks.push("--allow-private");
    world.palinode(&["check", "--all"]).fine();
    assert!(other.requests().iter().all(|head| !head.contains("canary")));
    assert_eq!(other.requests().len(), 1);
}

#[test]
fn a_feed_on_a_private_address_is_not_called() {
    let (mut world, site) = followed(rss(&[("/1", None)]), &[]);
    world.with_checks.retain(|flag| *flag != "--allow-private");
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    -- stderr --
    blog: failed (blocked-address): the address is not public: it is this machine itself
    hint: if that is meant, follow it anew with --allow-private
    exit 3
    ");
    assert_eq!(site.all_requests().len(), 0);
}

#[test]
fn what_would_burst_is_bounded() {
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
        <rss><channel><item><link>/&b;</link></item><item><link>/1</link></item></channel></rss>";
    let (world, site) = followed(xml(bomb.to_owned()), &["--limit", "0"]);
    world.palinode(&["check"]).fine();
    assert_eq!(world.json(&["following", "--json"])[0]["listed"], 2);
    let many: Vec<String> = (0..100_000).map(|number| format!("/{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    insta::assert_snapshot!(then(&world, &site, xml(sitemap(&many))), @"
    -- stderr --
    blog: read in part: more than 50000 addresses; what else it names is not known, and nothing counts as missing
    exit 0
    ");
    assert_eq!(world.json(&["following", "--json"])[0]["waiting"], 50_001);
    // Many sitemaps are asked for up to a bound, each once.
    let parts: Vec<String> =
        (0..200).map(|number| format!("<sitemap><loc>/s{number}</loc></sitemap>")).collect();
    let parts = parts.concat();
    let asked = site.requests().len();
    insta::assert_snapshot!(then(&world, &site, xml(format!("<sitemapindex>{parts}</sitemapindex>"))), @"
    -- stderr --
    blog: read in part: more than 50 documents; what else it names is not known, and nothing counts as missing
    exit 0
    ");
    assert_eq!(site.requests().len() - asked, 50);
    // An index that names itself ends.
    let own =
        format!("<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>", site.url("/feed"));
    let asked = site.requests().len();
    then(&world, &site, xml(own));
    assert!(site.requests().len() - asked <= 3);
}

/// The kill comes at any moment; a look is recorded as a whole or not at all.
#[test]
fn a_look_that_is_killed_leaves_nothing_half() {
    let (world, site) = (World::new(), restless_site());
    let feed = Site::at("127.0.0.2");
    let posts: Vec<String> = (0..40).map(|number| site.url(&format!("/{number}"))).collect();
    let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
    feed.put("/feed", xml(sitemap(&posts)));
    world.palinode(&["follow", &feed.url("/feed"), "--name", "blog", "--other-hosts"]).fine();
    for kill in 0..8 {
        crate::crash::checked_and_killed(
            &world.store(),
            std::time::Duration::from_millis(5 + 25 * kill),
        );
        let count = rows(
            &world,
            "SELECT (SELECT count(*) FROM listed), (SELECT count(*) FROM page), (SELECT count(*) FROM follow_look) > 0",
        );
        assert!(count == ["0|0|0"] || count == ["40|40|1"], "{count:?}");
    }
    world.palinode(&["check", "--all"]).fine();
    assert_eq!(
        rows(&world, "SELECT count(*) FROM listed WHERE page IS NOT NULL AND added_at IS NOT NULL"),
        ["40"]
    );
}

#[test]
fn what_is_wrong_is_refused() {
    let world = World::new();
    world.palinode(&["follow", "https://a.example/feed", "--name", "blog"]).fine();
    world.palinode(&["add", "https://a.example/post", "--name", "post"]).fine();
    for words in [
        &["follow", "ftp://a.example/feed"][..],
        &["follow", "https://a.example/feed"],
        &["follow", "https://b.example/feed", "--name", "blog"],
        &["follow", "https://b.example/feed", "--name", "post"],
        &["follow", "https://b.example/feed", "--only", "["],
        &["unfollow", "nothing"],
        &["following", "nothing"],
    ] {
        let output = world.palinode(words);
        assert_eq!(output.exit, Exit::Usage, "{output}");
        assert!(output.stdout.is_empty());
    }
    insta::assert_snapshot!(world.palinode(&["follow", "https://a.example/feed"]), @"
    -- stderr --
    palinode: https://a.example/feed is followed already
    hint: `palinode unfollow` it first; what is known of it stays
    exit 2
    ");
    assert_eq!(world.json(&["following", "--json"]).as_array().unwrap().len(), 1);
}
