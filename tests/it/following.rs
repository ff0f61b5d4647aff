//! What feeds and sitemaps name: added, watched, and told when it is named no more.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site::{Reply, Site, article};
use crate::world::{Output, World};

/// A post of a feed: its path, and the day of March 2026 on which it came out, if the feed says so.
pub(crate) type Post<'a> = (&'a str, Option<u32>);

/// An RSS feed of these posts.
pub(crate) fn rss(posts: &[Post<'_>]) -> Reply {
    let item = |(path, day): &Post<'_>| {
        let date = day.map_or_else(String::new, |day| {
            format!("<pubDate>{day:02} Mar 2026 00:00:00 GMT</pubDate>")
        });
        format!("<item><title>Post</title><link>{path}</link>{date}</item>")
    };
    let items: String = posts.iter().map(item).collect();
    let feed = format!("<rss version='2.0'><channel><title>Blog</title>{items}</channel></rss>");
    Reply::of("application/rss+xml", feed)
}

/// A sitemap of these paths.
pub(crate) fn sitemap(paths: &[&str]) -> String {
    let url = |path: &&str| format!("<url><loc>{path}</loc></url>");
    let urls: Vec<String> = paths.iter().map(url).collect();
    let urls = urls.concat();
    format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>")
}

/// An index of these sitemaps.
fn index(paths: &[&str]) -> Reply {
    let part = |path: &&str| format!("<sitemap><loc>{path}</loc></sitemap>");
    let parts: String = paths.iter().map(part).collect();
    Reply::of("application/xml", format!("<sitemapindex>{parts}</sitemapindex>"))
}

pub(crate) fn xml(text: String) -> Reply {
    Reply::of("application/xml", text)
}

/// A site whose posts all say something, and a world that follows its feed, named `blog`.
pub(crate) fn followed(feed: Reply, more: &[&str]) -> (World, Site) {
    let (world, site) = (World::new(), Site::new());
    for number in 0..30 {
        site.put(&format!("/{number}"), article("Post", &["A text that stays for a while."]));
    }
    site.put("/feed", feed);
    let url = site.url("/feed");
    let words = [&["follow", &url, "--name", "blog"], more].concat();
    world.palinode(&words).fine();
    (world, site)
}

/// What the store gives, a text each row.
pub(crate) fn rows(world: &World, sql: &str) -> Vec<String> {
    let history = rusqlite::Connection::open(world.store()).unwrap();
    let mut query = history.prepare(sql).unwrap();
    let columns = query.column_count();
    let text = |row: &rusqlite::Row<'_>| {
        let value = |column| match row.get(column)? {
            rusqlite::types::Value::Integer(number) => Ok(number.to_string()),
            rusqlite::types::Value::Text(text) => Ok(text),
            other => Ok(format!("{other:?}")),
        };
        let values: rusqlite::Result<Vec<String>> = (0..columns).map(value).collect();
        Ok(values?.join("|"))
    };
    query.query_map([], text).unwrap().collect::<Result<_, _>>().unwrap()
}

/// What a check says an hour later, when the feed is this.
pub(crate) fn then(world: &World, site: &Site, feed: Reply) -> Output {
    site.put("/feed", feed);
    world.wait(60).palinode(&["check", "blog"])
}

#[test]
fn what_a_feed_names_is_added_and_checked() {
    let (world, site) = followed(rss(&[("/2", Some(2)), ("/1", Some(1))]), &["--tag", "posts"]);
    insta::assert_snapshot!(world.palinode(&["following"]), @"
    blog  every 1h  never looked at
        http://127.0.0.1:PORT/feed
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    blog: 2 pages added
      + http://127.0.0.1:PORT/2
      + http://127.0.0.1:PORT/1
    http://127.0.0.1:PORT/1  r1 first seen, 8 words
    http://127.0.0.1:PORT/2  r1 first seen, 8 words
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["pages", "--tag", "posts"]), @"
    http://127.0.0.1:PORT/1  every 6h  r1    seen 2026-03-01 08:00
    http://127.0.0.1:PORT/2  every 6h  r1    seen 2026-03-01 08:00
    exit 0
    ");
    // Nothing is due yet.
    insta::assert_snapshot!(world.palinode(&["check"]), @"exit 0");
    insta::assert_snapshot!(then(&world, &site, rss(&[("/3", Some(3)), ("/2", Some(2))])), @"
    blog: 1 page added
      + http://127.0.0.1:PORT/3
    http://127.0.0.1:PORT/3  r1 first seen, 8 words
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["following"]), @"
    blog  every 1h  read 2026-03-01 09:00
        http://127.0.0.1:PORT/feed
        2 listed: 2 watched
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["following", "blog"]), @"
    blog  every 1h  read 2026-03-01 09:00
        http://127.0.0.1:PORT/feed
        2 listed: 2 watched
    2026-03-01 09:00  watched   http://127.0.0.1:PORT/3
    2026-03-01 08:00  watched   http://127.0.0.1:PORT/2
    2026-03-01 08:00  watched   http://127.0.0.1:PORT/1; pushed between 2026-03-01 08:00 and 2026-03-01 09:00
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["unfollow", "blog"]), @"
    -- stderr --
    blog: no longer followed; its pages stay watched
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["following"]), @"exit 0");
    assert_eq!(world.json(&["pages", "--json"]).as_array().unwrap().len(), 3);
}

#[test]
fn atom_and_json_feed_are_followed_too() {
    for feed in [
        Reply::of("text/html", "<feed><entry><link href='/1'/></entry></feed>"),
        Reply::of(
            "application/feed+json",
            r#"{"version":"https://jsonfeed.org/version/1","items":[{"url":"/1"}]}"#,
        ),
    ] {
        let (world, _site) = followed(feed, &[]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(world.palinode(&["check"]), @"
            blog: 1 page added
              + http://127.0.0.1:PORT/1
            http://127.0.0.1:PORT/1  r1 first seen, 8 words
            exit 0
            ");
        }
    }
}

/// A post that newer ones pushed out is none that vanished, with dates or without.
#[test]
fn what_is_pushed_out_is_no_news() {
    for dated in [true, false] {
        let day = |day: u32| dated.then_some(day);
        let old = [("/3", day(3)), ("/2", day(2)), ("/1", day(1))];
        let new = [("/5", day(5)), ("/4", day(4)), ("/3", day(3))];
        let (world, site) = followed(rss(&old), &[]);
        world.palinode(&["check"]).fine();
        let said = then(&world, &site, rss(&new)).fine().said();
        assert!(said.starts_with("blog: 2 pages added\n") && !said.contains("longer"), "{said}");
        assert!(!then(&world, &site, rss(&new)).fine().said().contains("longer"));
        let left = rows(&world, "SELECT absence FROM listed WHERE absence IS NOT NULL");
        assert_eq!(left, ["pushed", "pushed"]);
        // And back again, as when newer posts are withdrawn.
        assert_eq!(then(&world, &site, rss(&[old[0], old[1]])).fine().said(), "");
    }
}

#[test]
fn what_vanishes_between_others_is_told_once_it_is_confirmed() {
    let all = [("/3", None), ("/2", None), ("/1", None)];
    let (world, site) = followed(rss(&all), &[]);
    world.palinode(&["check"]).fine();
    let without = || rss(&[("/3", None), ("/1", None)]);
    insta::assert_snapshot!(then(&world, &site, without().with("ETag", "\"1\"")), @"exit 0");
    // The second look asks for all of it, whatever the server calls it.
    insta::assert_snapshot!(then(&world, &site, without().with("ETag", "\"1\"")), @"
    blog: no longer listed, and still watched:
      - http://127.0.0.1:PORT/2
    exit 0
    ");
    assert!(!site.requests().last().unwrap().contains("if-none-match"));
    insta::assert_snapshot!(then(&world, &site, without().with("ETag", "\"1\"")), @"exit 0");
    assert!(site.requests().last().unwrap().contains("if-none-match: \"1\""));
    insta::assert_snapshot!(world.palinode(&["following", "blog"]), @"
    blog  every 1h  read 2026-03-01 11:00
        http://127.0.0.1:PORT/feed
        2 listed: 2 watched; 1 no longer listed
    2026-03-01 08:00  watched   http://127.0.0.1:PORT/3
    2026-03-01 08:00  watched   http://127.0.0.1:PORT/2; unlisted between 2026-03-01 08:00 and 2026-03-01 09:00
    2026-03-01 08:00  watched   http://127.0.0.1:PORT/1
    exit 0
    ");
    insta::assert_snapshot!(then(&world, &site, rss(&all)), @"
    blog: listed again:
      + http://127.0.0.1:PORT/2
    exit 0
    ");
    // Missing once is nothing.
    then(&world, &site, without()).fine();
    insta::assert_snapshot!(then(&world, &site, rss(&all)), @"exit 0");
    let watched = world.json(&["pages", "--json"]);
    assert_eq!(watched.as_array().unwrap().len(), 3, "it stayed watched all the while");
}

/// The newest post has none above it; its date tells that it should be there.
#[test]
fn the_newest_post_can_be_withdrawn() {
    let (world, site) = followed(rss(&[("/2", Some(2)), ("/1", Some(1))]), &[]);
    world.palinode(&["check"]).fine();
    then(&world, &site, rss(&[("/1", Some(1))])).fine();
    insta::assert_snapshot!(then(&world, &site, rss(&[("/1", Some(1))])), @"
    blog: no longer listed, and still watched:
      - http://127.0.0.1:PORT/2
    exit 0
    ");
}

#[test]
fn an_index_of_sitemaps_is_followed_packed_or_not() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(sitemap(&["/1", "/2"]).as_bytes()).unwrap();
    let packed = Reply::of("application/gzip", packed.finish().unwrap());
    let (world, site) = followed(index(&["/a.xml.gz", "/b.xml"]), &[]);
    site.put("/a.xml.gz", packed).put("/b.xml", xml(sitemap(&["/3"])).with("ETag", "\"b\""));
    insta::assert_snapshot!(world.palinode(&["check"]), @"
    blog: 3 pages added
      + http://127.0.0.1:PORT/3
      + http://127.0.0.1:PORT/1
      + http://127.0.0.1:PORT/2
    http://127.0.0.1:PORT/1  r1 first seen, 8 words
    http://127.0.0.1:PORT/2  r1 first seen, 8 words
    http://127.0.0.1:PORT/3  r1 first seen, 8 words
    exit 0
    ");
    // One goes from the one to the other, and the other says that nothing changed but for what came.
    let moved = || xml(sitemap(&["/1"]));
    site.put("/a.xml.gz", moved()).put("/b.xml", xml(sitemap(&["/2", "/3"])).with("ETag", "\"c\""));
    insta::assert_snapshot!(then(&world, &site, index(&["/a.xml.gz", "/b.xml"])), @"exit 0");
    // Then one is gone for good.
    site.put("/b.xml", xml(sitemap(&["/3"])).with("ETag", "\"d\""));
    then(&world, &site, index(&["/a.xml.gz", "/b.xml"])).fine();
    insta::assert_snapshot!(then(&world, &site, index(&["/a.xml.gz", "/b.xml"])), @"
    blog: no longer listed, and still watched:
      - http://127.0.0.1:PORT/2
    exit 0
    ");
}

#[test]
fn filters_and_limits_hold() {
    let all: Vec<String> = (0..12).map(|number| format!("/{number}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let more = ["--only", "/[0-9]+$", "--skip", "/0$|/1$", "--limit", "4", "--most", "7"];
    let (world, site) = followed(xml(sitemap(&all)), &more);
    let said = world.palinode(&["check"]).fine().said();
    assert!(said.starts_with("blog: 4 pages added; 6 more wait for later looks\n"), "{said}");
    insta::assert_snapshot!(world.palinode(&["following"]), @"
    blog  every 1h  read 2026-03-01 08:00
        http://127.0.0.1:PORT/feed
        12 listed: 4 watched, 6 waiting, 2 filtered
    exit 0
    ");
    let said = then(&world, &site, xml(sitemap(&all))).fine().said();
    assert!(said.starts_with("blog: 3 pages added; 3 more wait for later looks\n"), "{said}");
    assert_eq!(then(&world, &site, xml(sitemap(&all))).fine().said(), "", "there is no more room");
    world.palinode(&["remove", &site.url("/5")]).fine();
    let said = then(&world, &site, xml(sitemap(&all))).fine().said();
    assert!(said.starts_with("blog: 1 page added; 2 more"), "{said}");
    insta::assert_snapshot!(world.palinode(&["following"]), @"
    blog  every 1h  read 2026-03-01 11:00
        http://127.0.0.1:PORT/feed
        12 listed: 7 watched, 2 waiting, 2 filtered, 1 removed
    exit 0
    ");
}

/// Neither a page that was added by hand nor one that was removed is touched.
#[test]
fn what_a_person_decided_stands() {
    let (world, site) =
        followed(rss(&[("/3", None), ("/2", None), ("/1", None)]), &["--tag", "posts"]);
    world.palinode(&["add", &site.url("/1"), "--name", "mine", "--every", "1d"]).fine();
    world.palinode(&["add", &site.url("/2")]).fine();
    world.palinode(&["remove", &site.url("/2")]).fine();
    world.palinode(&["check"]).fine();
    insta::assert_snapshot!(world.palinode(&["pages"]), @"
    mine                      every 1d  r1    seen 2026-03-01 08:00
        http://127.0.0.1:PORT/1
    http://127.0.0.1:PORT/3  every 6h  r1    seen 2026-03-01 08:00
    exit 0
    ");
    world.palinode(&["remove", &site.url("/3")]).fine();
    world.palinode(&["unfollow", "blog"]).fine();
    world.palinode(&["follow", &site.url("/feed"), "--name", "blog"]).fine();
    then(&world, &site, rss(&[("/3", None), ("/2", None), ("/1", None), ("/0", None)])).fine();
    let pages = world.json(&["pages", "--json"]);
    let urls =
        pages.as_array().unwrap().iter().map(|page| page["url"].as_str().unwrap().to_owned());
    assert_eq!(urls.collect::<Vec<_>>(), [site.url("/0"), site.url("/1")]);
    // A settings file that names the feed leaves the pages that it added.
    let text = format!("[[follow]]\nurl = '{}'\nname = 'blog'\n", site.url("/feed"));
    let file = world.file("pages.toml", &text);
    insta::assert_snapshot!(world.palinode(&["apply", "--prune", "--dry-run", &file]), @"
    - http://127.0.0.1:PORT/1
    exit 0
    ");
}

/// Equal looks cost no row, and the server is told what is known.
#[test]
fn equal_looks_add_nothing() {
    let feed = || rss(&[("/2", None), ("/1", None)]).with("ETag", "\"1\"");
    let (world, site) = followed(feed(), &["--every", "4w"]);
    world.palinode(&["check"]).fine();
    let kept = || {
        let count = |table: &str| rows(&world, &format!("SELECT count(*) FROM {table}")).concat();
        ["follow", "follow_look", "follow_part", "listed", "page"].map(count)
    };
    let (before, asked) = (kept(), site.requests().len());
    for _ in 0..50 {
        assert_eq!(then(&world, &site, feed()).fine().to_string(), "exit 0");
    }
    assert_eq!(kept(), before);
    let since = &site.requests()[asked..];
    assert_eq!(since.iter().filter(|head| head.contains("if-none-match")).count(), 50);
    assert_eq!(rows(&world, "SELECT outcome, looks FROM follow_look"), ["read|51"]);
    // After a week it is asked for whatever was said.
    world.wait(7 * 24 * 60);
    then(&world, &site, feed()).fine();
    assert!(!site.requests().last().unwrap().contains("if-none-match"));
}

#[test]
fn a_process_that_stays_follows_too() {
    let (mut world, site) = (World::new(), std::sync::Arc::new(Site::new()));
    for number in 1..4 {
        site.put(&format!("/{number}"), article("Post", &["A text that stays for a while."]));
    }
    site.put("/feed", rss(&[("/1", None)]));
    world
        .palinode(&["follow", &site.url("/feed"), "--name", "blog", "--look", "*/30 * * * *"])
        .fine();
    let changing = std::sync::Arc::clone(&site);
    world.sleeps(70, move |time| {
        if time == 20 {
            changing.put("/feed", rss(&[("/2", None), ("/1", None)]));
        }
    });
    insta::assert_snapshot!(world.palinode(&["run"]), @"
    blog: 1 page added
      + http://127.0.0.1:PORT/1
    http://127.0.0.1:PORT/1  r1 first seen, 8 words
    blog: 1 page added
      + http://127.0.0.1:PORT/2
    http://127.0.0.1:PORT/2  r1 first seen, 8 words
    exit 0
    ");
}
