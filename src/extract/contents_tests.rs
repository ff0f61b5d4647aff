//! What feeds and sitemaps of each kind name, and what is made of those that are hostile or broken.

use url::Url;

use super::contents::{Contents, ContentsKind, MOST_ENTRIES, NoContents, contents};
use crate::fetch::Unreadable;

fn read(text: &str) -> Result<Contents, NoContents> {
    contents(text, &Url::parse("http://x.example/blog/feed").unwrap())
}

/// What it names, a line each: the address without its site, and the date.
fn named(text: &str) -> Vec<String> {
    let entries = read(text).unwrap().entries.into_iter();
    let line = entries.map(|entry| {
        let date = entry.date.map_or_else(String::new, |date| date.to_string()[..16].to_owned());
        format!("{} {date}", entry.url.as_str().replace("http://x.example", ""))
    });
    line.map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn feeds_of_each_kind_name_their_posts() {
    let rss = "<rss version='2.0' xmlns:atom='a'><channel><title>t</title><link>http://x.example/</link>\
        <image><url>http://x.example/logo.png</url></image>\
        <item><atom:link rel='self' href='/self'/><link> http://x.example/1#top </link>\
        <pubDate>Mon, 18 Jun 2018 14:02:00 +0200</pubDate></item>\
        <item><guid>http://x.example/2</guid></item>\
        <item><guid isPermaLink='false'>http://x.example/not</guid><link>3?a=1&amp;b=2</link></item>\
        <item><title>none</title></item><item><link>/1</link></item></channel></rss>";
    assert_eq!(named(rss), ["/1 2018-06-18T12:02", "/2", "/blog/3?a=1&b=2"]);
    assert_eq!(read(rss).unwrap().unusable, 1);
    assert_eq!(
        named(
            "<?xml version='1.0'?><rdf:RDF xmlns:rdf='r'><channel rdf:about='/c'><link>/</link></channel>\
             <item rdf:about='/a'><dc:date>2018-06-18</dc:date></item><item rdf:about='/b'><link>/bb</link></item></rdf:RDF>"
        ),
        ["/a 2018-06-18T00:00", "/bb"]
    );
    assert_eq!(
        named(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/deep/'><link href='/'/>\
             <entry><link rel='edit' href='/no'/><link rel='alternate' type='text/html' href='1'/><id>urn:1</id>\
             <updated>2020-01-01T00:00:00Z</updated><published>2019-01-01T00:00:00+01:00</published></entry>\
             <entry xml:base='http://x.example/other/'><link type='application/json' href='2.json'/><link href='2'/></entry></feed>"
        ),
        ["/deep/1 2018-12-31T23:00", "/other/2"]
    );
    assert_eq!(
        named(
            r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/a","date_published":"2018-06-18T14:02:00Z"},{"id":"7"},{"external_url":"/b"}]}"#
        ),
        ["/a 2018-06-18T14:02", "/b"]
    );
}

#[test]
fn sitemaps_of_each_kind_name_their_pages() {
    let sitemap = "<urlset xmlns='s' xmlns:image='i'><url><loc>\nhttp://x.example/a?b&amp;c\n</loc>\
        <image:image><image:loc>http://x.example/a.png</image:loc></image:image><lastmod>2018-06-18</lastmod></url></urlset>";
    assert_eq!(named(sitemap), ["/a?b&c 2018-06-18T00:00"]);
    assert_eq!(read(sitemap).unwrap().kind, ContentsKind::Sitemap);
    let index = "<sitemapindex><sitemap><loc>/1.xml</loc></sitemap></sitemapindex>";
    assert_eq!(read(index).unwrap().kind, ContentsKind::Index);
    let news = "<urlset><url><loc>/n</loc><news:news><news:publication_date>2018-06-18</news:publication_date></news:news></url></urlset>";
    assert_eq!(read(news).unwrap().kind, ContentsKind::Feed);
    assert_eq!(named(news), ["/n 2018-06-18T00:00"]);
    assert_eq!(named("\u{feff}http://x.example/1\r\n\nhttp://x.example/2\n"), ["/1", "/2"]);
}

#[test]
fn only_web_addresses_are_taken() {
    let feed = "<feed><entry><link href='javascript:alert(1)'/></entry><entry><link href='file:///etc/passwd'/></entry>\
        <entry><link href='http://me:secret@x.example/'/></entry><entry><link href='//y.example/z'/></entry></feed>";
    assert_eq!(named(feed), ["http://y.example/z"]);
    assert_eq!(read(feed).unwrap().unusable, 3);
}

#[test]
fn what_is_no_list_names_nothing() {
    for text in
        ["", "<html><body>Not found</body></html>", "<catalogue/>", "Not found", "{}", "{", "[1]"]
    {
        assert_eq!(read(text), Err(NoContents::Other), "{text}");
    }
    for text in ["<rss><channel>", "<feed><entry></feed>", "<urlset/><urlset/>"] {
        assert_eq!(read(text), Err(NoContents::Unreadable(Unreadable::Damaged)), "{text}");
    }
    assert_eq!(named("<urlset/>"), [""; 0]);
}

#[test]
fn what_would_burst_stays_small() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><rss><item><link>/&c;</link></item></rss>";
    assert_eq!(named(bomb), ["/&c;"]);
    let deep = format!("<feed>{}", "<a>".repeat(100_000));
    assert_eq!(read(&deep), Err(NoContents::Unreadable(Unreadable::TooComplex)));
    let long = "x".repeat(1_000_000);
    let item = format!("<rss><item><link>/{long}</link></item></rss>");
    assert_eq!(read(&item).unwrap().unusable, 1);
    let many: Vec<String> =
        (0..MOST_ENTRIES + 7).map(|number| format!("<url><loc>/{number}</loc></url>")).collect();
    let many = read(&format!("<urlset>{}</urlset>", many.concat())).unwrap();
    assert_eq!((many.entries.len(), many.left_out), (MOST_ENTRIES, 7));
}
