//! What the history lists of itself as a web archive: `TimeMaps`, the index, and what another palinode makes of them.

use rusqlite::Connection;

use crate::remembering::{PATH, kept, shown};
use crate::visitor::{Got, Visitor};
use crate::world::World;

#[test]
fn the_captures_are_listed_in_three_forms() {
    let (world, site) = kept();
    let visitor = Visitor::of(&world);
    let list = |form: &str| visitor.get(&format!("/web/timemap/{form}/{}", site.url(PATH)));
    insta::assert_snapshot!(shown(&list("link")), @r#"
    200
    cache-control: no-store
    content-type: application/link-format

    <PAGE>; rel="original",
    <http://127.0.0.1:PORT/web/PAGE%>; rel="timegate",
    <http://127.0.0.1:PORT/web/timemap/link/PAGE%>; rel="self"; type="application/link-format"; from="Wed, 10 Jan 2024 08:00:00 GMT"; until="Wed, 04 Mar 2026 08:00:00 GMT",
    <http://127.0.0.1:PORT/web/20240110080000/PAGE%>; rel="memento"; datetime="Wed, 10 Jan 2024 08:00:00 GMT",
    <http://127.0.0.1:PORT/web/20260301080000/PAGE%>; rel="memento"; datetime="Sun, 01 Mar 2026 08:00:00 GMT",
    <http://127.0.0.1:PORT/web/20260302080000/PAGE%>; rel="memento"; datetime="Mon, 02 Mar 2026 08:00:00 GMT",
    <http://127.0.0.1:PORT/web/20260303080000/PAGE%>; rel="memento"; datetime="Tue, 03 Mar 2026 08:00:00 GMT",
    <http://127.0.0.1:PORT/web/20260304080000/PAGE%>; rel="memento"; datetime="Wed, 04 Mar 2026 08:00:00 GMT"
    "#);
    insta::assert_snapshot!(shown(&list("json")), @r#"
    200
    cache-control: no-store
    content-type: application/json

    {
      "original_uri": "PAGE",
      "self": "http://127.0.0.1:PORT/web/timemap/json/PAGE%",
      "timegate_uri": "http://127.0.0.1:PORT/web/PAGE%",
      "timemap_uri": {
        "link_format": "http://127.0.0.1:PORT/web/timemap/link/PAGE%",
        "json_format": "http://127.0.0.1:PORT/web/timemap/json/PAGE%",
        "cdxj_format": "http://127.0.0.1:PORT/web/timemap/cdxj/PAGE%"
      },
      "mementos": {
        "first": {
          "datetime": "2024-01-10T08:00:00Z",
          "uri": "http://127.0.0.1:PORT/web/20240110080000/PAGE%"
        },
        "last": {
          "datetime": "2026-03-04T08:00:00Z",
          "uri": "http://127.0.0.1:PORT/web/20260304080000/PAGE%"
        },
        "list": [
          {
            "datetime": "2024-01-10T08:00:00Z",
            "uri": "http://127.0.0.1:PORT/web/20240110080000/PAGE%"
          },
          {
            "datetime": "2026-03-01T08:00:00Z",
            "uri": "http://127.0.0.1:PORT/web/20260301080000/PAGE%"
          },
          {
            "datetime": "2026-03-02T08:00:00Z",
            "uri": "http://127.0.0.1:PORT/web/20260302080000/PAGE%"
          },
          {
            "datetime": "2026-03-03T08:00:00Z",
            "uri": "http://127.0.0.1:PORT/web/20260303080000/PAGE%"
          },
          {
            "datetime": "2026-03-04T08:00:00Z",
            "uri": "http://127.0.0.1:PORT/web/20260304080000/PAGE%"
          }
        ]
      }
    }
    "#);
    insta::assert_snapshot!(shown(&list("cdxj")), @r#"
    200
    cache-control: no-store
    content-type: application/cdxj+ors

    !context ["http://tools.ietf.org/html/rfc7089"]
    !id {"uri":"http://127.0.0.1:PORT/web/timemap/cdxj/PAGE%"}
    !keys ["memento_datetime_YYYYMMDDhhmmss"]
    !meta {"original_uri":"PAGE"}
    !meta {"timegate_uri":"http://127.0.0.1:PORT/web/PAGE%"}
    !meta {"timemap_uri":{"link_format":"http://127.0.0.1:PORT/web/timemap/link/PAGE%","json_format":"http://127.0.0.1:PORT/web/timemap/json/PAGE%","cdxj_format":"http://127.0.0.1:PORT/web/timemap/cdxj/PAGE%"}}
    20240110080000 {"uri":"http://127.0.0.1:PORT/web/20240110080000/PAGE%","rel":"memento","datetime":"Wed, 10 Jan 2024 08:00:00 GMT"}
    20260301080000 {"uri":"http://127.0.0.1:PORT/web/20260301080000/PAGE%","rel":"memento","datetime":"Sun, 01 Mar 2026 08:00:00 GMT"}
    20260302080000 {"uri":"http://127.0.0.1:PORT/web/20260302080000/PAGE%","rel":"memento","datetime":"Mon, 02 Mar 2026 08:00:00 GMT"}
    20260303080000 {"uri":"http://127.0.0.1:PORT/web/20260303080000/PAGE%","rel":"memento","datetime":"Tue, 03 Mar 2026 08:00:00 GMT"}
    20260304080000 {"uri":"http://127.0.0.1:PORT/web/20260304080000/PAGE%","rel":"memento","datetime":"Wed, 04 Mar 2026 08:00:00 GMT"}
    "#);
    // Whatever a list names is there, at the time that it names.
    let links = list("link").body;
    let mementos = links.lines().filter(|line| line.contains("rel=\"memento\""));
    for line in mementos {
        let (uri, rest) = line[1..].split_once('>').unwrap();
        let date = rest.split("datetime=\"").nth(1).unwrap().split('"').next().unwrap();
        let got = visitor.get(uri.strip_prefix(&visitor.url("")).unwrap());
        assert_eq!(got.header("memento-datetime"), Some(date), "{uri}");
    }
    for path in
        ["/web/timemap/link/http://never.test/", "/web/timemap/link/2/", "/web/timemap/", "/web/"]
    {
        assert_eq!(visitor.get(path).status, 404, "{path}");
    }
}

/// Ten thousand captures stand on one page of a list, and the pages name each other.
#[test]
fn a_long_list_comes_in_pages() {
    let (world, site) = kept();
    let store = Connection::open(world.store()).unwrap();
    let more = "WITH RECURSIVE day(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM day WHERE n < 10000)
        INSERT INTO capture (page, asked_at, at, url, redirects, remote, status, head, body, seal)
        SELECT page, asked_at, strftime('%Y-%m-%dT%H:%M:%fZ', '1990-01-01', n || ' hours'), url, redirects, remote, status, head, body, seal
        FROM capture, day WHERE id = 1";
    store.execute_batch(more).unwrap();
    let visitor = Visitor::of(&world);
    let list = |form: &str| visitor.get(&format!("/web/timemap/{form}/{}", site.url(PATH)));
    let ends = |got: &Got| {
        let shown = shown(got);
        let lines: Vec<&str> =
            shown.lines().skip(4).filter(|line| !line.contains("rel=\"memento\"")).collect();
        format!("{}\n{} mementos", lines.join("\n"), shown.matches("rel=\"memento\"").count())
    };
    insta::assert_snapshot!(ends(&list("link")), @r#"
    <PAGE>; rel="original",
    <http://127.0.0.1:PORT/web/PAGE%>; rel="timegate",
    <http://127.0.0.1:PORT/web/timemap/link/PAGE%>; rel="self"; type="application/link-format"; from="Mon, 01 Jan 1990 01:00:00 GMT"; until="Thu, 21 Feb 1991 16:00:00 GMT",
    <http://127.0.0.1:PORT/web/timemap/link/2/PAGE%>; rel="timemap"; type="application/link-format"; from="Wed, 10 Jan 2024 08:00:00 GMT"; until="Wed, 04 Mar 2026 08:00:00 GMT",
    10000 mementos
    "#);
    insta::assert_snapshot!(ends(&list("link/2")), @r#"
    <PAGE>; rel="original",
    <http://127.0.0.1:PORT/web/PAGE%>; rel="timegate",
    <http://127.0.0.1:PORT/web/timemap/link/2/PAGE%>; rel="self"; type="application/link-format"; from="Wed, 10 Jan 2024 08:00:00 GMT"; until="Wed, 04 Mar 2026 08:00:00 GMT",
    <http://127.0.0.1:PORT/web/timemap/link/PAGE%>; rel="timemap"; type="application/link-format"; from="Mon, 01 Jan 1990 01:00:00 GMT"; until="Thu, 21 Feb 1991 16:00:00 GMT",
    5 mementos
    "#);
    assert_eq!(list("link/3").status, 404);
    assert_eq!(list("json").body.matches("/web/timemap/json/2/http").count(), 1);
    assert_eq!(list("cdxj/2").body.matches("\"rel\":\"memento\"").count(), 5);
}

#[test]
fn the_index_is_narrowed_as_its_clients_narrow_it() {
    let (world, site) = kept();
    let visitor = Visitor::of(&world);
    let cdx = |more: &str| {
        let url: String = url::form_urlencoded::byte_serialize(site.url(PATH).as_bytes()).collect();
        visitor.get(&format!("/cdx/search/cdx?url={url}{more}"))
    };
    let port = site.url("").rsplit(':').next().unwrap().to_owned();
    insta::assert_snapshot!(shown(&cdx("")).replace(&format!(":{port})"), ":PORT)"), @"
    200
    cache-control: no-store
    content-type: text/plain; charset=utf-8

    1,0,0,127:PORT)/a//b;c,d%2fe?of=http://x.test//y%3fz&v=1,2;3 20240110080000 PAGE text/html 200 sha256:fa3e2d4a2918f727ce45a5d9cee06bb946627da5fcb4b2f9cdaac33e13df6413 -
    1,0,0,127:PORT)/a//b;c,d%2fe?of=http://x.test//y%3fz&v=1,2;3 20260301080000 PAGE text/html 200 sha256:4348b340c7376c0899d0429e5f97386630fbc9547bf0f909d20d6793eb4d7d14 -
    1,0,0,127:PORT)/a//b;c,d%2fe?of=http://x.test//y%3fz&v=1,2;3 20260302080000 PAGE text/html 200 sha256:a2a1c64caf6286f1f3b90b9e1141acf21dd5e7bc829450180ba9694d14dc62a1 -
    1,0,0,127:PORT)/a//b;c,d%2fe?of=http://x.test//y%3fz&v=1,2;3 20260303080000 PAGE text/html 403 sha256:c7f597dd29a5fa9452aa024d4bc6212ab90db22356d3d29a899d05ec2db3d66d -
    1,0,0,127:PORT)/a//b;c,d%2fe?of=http://x.test//y%3fz&v=1,2;3 20260304080000 PAGE text/html 200 sha256:3214ddab932c3ddf83a7aa2f04b55635d4692955e8d81e18d13de0719edeaff3 -
    ");
    let json = cdx("&output=json&fl=timestamp,statuscode&limit=2&showResumeKey=true");
    assert_eq!(json.header("content-type"), Some("application/json"));
    let (rows, key) = json.body.split_once(",[],").unwrap();
    insta::assert_snapshot!(rows, @r#"[["timestamp","statuscode"],["20240110080000","200"],["20260301080000","200"]"#);
    // The rest of the key depends on the port of the page.
    assert!(key.starts_with("[\"20260301080000-"), "{key}");
    let times = |more: &str| cdx(&format!("&fl=timestamp{more}")).body.replace('\n', " ");
    assert_eq!(times("&from=2026&to=20260302"), "20260301080000 20260302080000 ");
    assert_eq!(times("&limit=-1"), "20260304080000 ");
    assert_eq!(times("&offset=3"), "20260303080000 20260304080000 ");
    assert_eq!(times("&filter=!statuscode:200"), "20260303080000 ");
    assert_eq!(times("&filter=statuscode:2"), "", "a filter matches the whole field");
    assert_eq!(times("&filter=~timestamp:0110"), "20240110080000 ");
    assert_eq!(times("&filter=statuscode:200&filter=timestamp:2026.*&limit=1"), "20260301080000 ");
    assert_eq!(times("&collapse=timestamp:6"), "20240110080000 20260301080000 ");
    let (first, key) = cdx("&limit=2&showResumeKey=true")
        .body
        .split_once("\n\n")
        .map(|(rows, key)| (rows.to_owned(), key.trim().to_owned()))
        .unwrap();
    let rest = cdx(&format!("&limit=9&showResumeKey=true&resumeKey={key}")).body;
    assert_eq!(format!("{first}\n{rest}"), cdx("").body);
    assert_eq!(visitor.get("/cdx/search/cdx?url=never.test&output=json").body, "[]\n");
    for wrong in [
        "&filter=statuscode",
        "&resumeKey=x",
        "&filter=statuscode:(",
        "&fl=all",
        "&limit=x",
        "&matchType=prefix",
    ] {
        assert_eq!(cdx(wrong).status, 400, "{wrong}");
    }
    assert_eq!(visitor.get("/cdx/search/cdx").status, 400);
}

/// One palinode has the past, another has not.
#[test]
fn another_palinode_backfills_from_this_one() {
    let (world, site) = kept();
    let visitor = Visitor::of(&world);
    let captures = |world: &World| {
        let listed = world.json(&["captures", "rules", "--json"]);
        let of = |capture: &serde_json::Value| {
            let name = capture["capture"].as_str().unwrap();
            let raw = world.palinode(&["show", "rules", name, "--raw"]).fine().stdout;
            // To the second, in which archives tell time.
            (capture["at"].as_str().unwrap()[..19].to_owned(), capture["status"].clone(), raw)
        };
        let mut all: Vec<_> = listed["captures"].as_array().unwrap().iter().map(of).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    let mut kept = captures(&world);
    // Only the first of a second can be asked for; and a block page is nothing that backfill asks for.
    kept.dedup_by(|later, first| later.0 == first.0);
    kept.retain(|(_, status, _)| status == 200);
    let other = World::new();
    other.palinode(&["add", &site.url(PATH), "--name", "rules"]).fine();
    let from = visitor.url("/web");
    let words = ["backfill", "rules", "--from", &from, "--allow-private", "--pause=0s"];
    insta::assert_snapshot!(other.palinode(&words), @"
    rules: 4 revisions told anew from 4 captures, 0 before
    -- stderr --
    rules: 5 captures listed, 4 fetched
    exit 0
    ");
    assert_eq!(captures(&other), kept);
    let again = other.palinode(&words).fine();
    assert!(again.stderr.contains(" 0 fetched"), "{again}");
}
