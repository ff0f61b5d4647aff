//! The documents that are damaged: small, of every kind, and written here.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::pdf::{file, page, pdf, stream};
use super::targets::Target;

/// What is damaged for a reader.
pub(crate) fn of(target: Target) -> Vec<Vec<u8>> {
    match target {
        Target::Pdf => pdfs(),
        Target::Decode => coded(),
        Target::Extract => HTML.map(|html| html.as_bytes().to_vec()).to_vec(),
        Target::Judge => {
            let next = |html: &&str| [html.as_bytes(), b"<!--next-->", HTML[0].as_bytes()].concat();
            HTML.iter().map(next).collect()
        }
        Target::Markdown => MARKDOWN.map(|text| text.as_bytes().to_vec()).to_vec(),
        Target::Json => JSON.map(|text| text.as_bytes().to_vec()).to_vec(),
        Target::Feed => FEEDS.map(|text| text.as_bytes().to_vec()).to_vec(),
        Target::Follow => NAMING.map(|text| text.as_bytes().to_vec()).to_vec(),
        Target::Guard => ADDRESSES.map(|text| text.as_bytes().to_vec()).to_vec(),
        Target::Robots => ROBOTS.map(|text| text.as_bytes().to_vec()).to_vec(),
        Target::Headers => HEADS.map(|text| text.as_bytes().to_vec()).to_vec(),
    }
}

const NAMING: [&str; 6] = [
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a \"b\">]><rss version='2.0' xmlns:atom='x'><channel><link>http://example.org/</link>\
     <item><atom:link rel='self' href='/s'/><link>/1?a=1&amp;b=2#c</link><pubDate>Mon, 18 Jun 2018 14:02:00 +0200</pubDate></item>\
     <item><guid isPermaLink='true'><![CDATA[http://example.org/2]]></guid></item></channel></rss>",
    "<rdf:RDF><channel rdf:about='/c'/><item rdf:about='/a'><dc:date>2018-06-18</dc:date><link>/b</link></item></rdf:RDF>",
    "<feed xml:base='/deep/'><entry xml:base='er/'><link rel='alternate' type='text/html' href='1'/>\
     <published>2019-01-01T00:00:00+01:00</published><content type='xhtml'><div><link href='/no'/></div></content></entry></feed>",
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"url\":\"/a\",\"date_published\":\"2018-06-18T14:02:00Z\"},{\"external_url\":\"/b\"}]}",
    "<urlset><url><loc>\nhttp://example.org/a\n</loc><lastmod>2018-06-18</lastmod><news:news><news:publication_date>2018-06-18</news:publication_date></news:news></url></urlset>",
    "http://example.org/1\r\nhttps://example.org/2\n\n",
];

const HTML: [&str; 4] = [
    "<!doctype html><html><head><title>The harbour</title><meta name=author content=A></head><body><nav><ul><li><a href=/>Home</a></ul></nav>\
     <main><article><h1>The harbour</h1><p>We are <b>proud</b> to support the harbour, its clerks and all who wait there.</p>\
     <blockquote>quoted</blockquote><pre>a\n b</pre><ol><li>one<li>two</ol><table><tr><th>a<th>b<tr><td>1<td>2</table></article></main>\
     <aside class=related><h2>More</h2><a href=/x>teaser</a></aside><footer>&copy; 2026 &amp; all</footer></body></html>",
    "<div id=content><div class='post body'><p>one<br><br>two<p hidden>no<script>var a='<div>';</script><style>p{}</style></div></div>",
    "<title>Just a moment...</title><script src=/cdn-cgi/x>_cf_chl_opt</script><noscript>Enable JavaScript</noscript>",
    "<svg><text>no</text></svg><math><mi>x</mi></math><template><p>no</template><select><option>no</select><p>caf\u{e9} \u{6f22}\u{5b57}",
];

const MARKDOWN: [&str; 3] = [
    "---\ntitle: a\n---\n# One *two* `three`\n\ntext [link](http://x 'y') ![i](j)\nmore  \nend[^1]\n\n[^1]: note\n\n- a\n  - b\n    > c\n1. d\n",
    "| a | b |\n|:--|--:|\n| c \\| d | `e` |\n\n```rust\nfn main() {}\n```\n\n<div><p>html</div>\n\n- [x] done\n- [ ] not\n\n***\n\nSetext\n===\n",
    "> > > deep **bold *both* ~~gone~~** <b>x</b> &amp; &#60; <http://x.y> \\* \\\\\n> lazy\n\n    code\n\n[ref]: http://z 'title'\n[ref] [a][ref] [ref][]\n",
];

const JSON: [&str; 3] = [
    r#"{"name": "harbour", "open": true, "ships": [{"name": "Ada", "tons": 12.50}, {"n": [[[[1]]]], "e": {}}], "text": "a\n\nb"}"#,
    r#"[1, -2.5e10, "\u00e9\ud83d\ude00\\\"", null, false, [], {}, [[], [[]]], 123456789012345678901234567890]"#,
    "\u{feff} {\"a\": {\"b\": {\"c\": \"x\", \"c\": \"y\"}}}\n",
];

const FEEDS: [&str; 5] = [
    "<?xml version=\"1.0\"?><rss version='2.0' xmlns:content='c'><channel><title>News &amp; more</title><item><title>One</title><description>&lt;p&gt;a&lt;/p&gt;</description><content:encoded><![CDATA[<p>b<br>c]]></content:encoded><pubDate>now</pubDate></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><title type='html'>a</title><entry><title>b</title><link href='x'/><content type='xhtml'><div><p>c &nbsp; &#233; <br/>d</p></div></content></entry></feed>",
    "<rdf:RDF xmlns:rdf='r'><channel><title>a</title></channel><item><title>b</title></item></rdf:RDF>",
    "<urlset><url><loc>http://x/</loc><lastmod>2026-01-01</lastmod></url><!-- c --></urlset>",
    "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]><a>x &c; & y<b>z</b></a>",
];

/// Private addresses in the spellings that a URL may have, and public ones beside them.
const ADDRESSES: [&str; 12] = [
    "http://127.0.0.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0177.0.0.01:80/a",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[fe80::1]/",
    "http://[2606:4700::1111]/",
    "http://192.168.1.1.:8080/",
    "https://169.254.169.254/latest/",
    "http://user:word@9.9.9.9/?q#f",
];

const ROBOTS: [&str; 3] = [
    "User-agent: *\nDisallow: /private/\nAllow: /a/b*.html$\nCrawl-delay: 2.5\nSitemap: http://example.org/s.xml\n",
    "\u{feff}user-agent:palinode\r\nuser-agent : other # why\r\ndisallow:\r\n\r\nUSER-AGENT: *\rDisallow: /%61?*=d$\n",
    "Disallow: /\nUser-agent\nAllow /\n<html>no</html>\nUser-agent: a\nUser-agent: palinode/2\nDisallow: *$*$\n",
];

/// As a head is kept, and as headers come.
const HEADS: [&str; 3] = [
    "content-type: text/html; charset=\"windows-1252\"\r\netag: W/\"a b\"\r\nlast-modified: Mon, 18 Jun 2018 14:02:00 GMT\r\n",
    "retry-after: 120\r\ndate: Monday, 18-Jun-18 14:02:00 GMT\r\ncontent-encoding: gzip, br\r\ncontent-type: application/xhtml+xml\r\n",
    "Retry-After: Mon Jun 18 14:02:00 2018\r\ncontent-encoding: identity\r\nx: \u{e9}\r\netag: \"\"\r\ncontent-type: ;;;charset=utf-16\r\n",
];

/// Each with a first byte that names its coding.
fn coded() -> Vec<Vec<u8>> {
    let page = HTML[0].repeat(3);
    let level = Compression::default();
    let mut gzip = GzEncoder::new(vec![0], level);
    let mut zlib = ZlibEncoder::new(vec![1], level);
    let mut raw = DeflateEncoder::new(vec![1], level);
    let mut coded = Vec::new();
    for write in [
        gzip.write_all(page.as_bytes()),
        zlib.write_all(page.as_bytes()),
        raw.write_all(page.as_bytes()),
    ] {
        debug_assert!(write.is_ok(), "memory can be written to");
    }
    coded.extend([gzip.finish(), zlib.finish(), raw.finish()].into_iter().flatten());
    let mut brotli = vec![2];
    let mut encoder = brotli::CompressorWriter::new(&mut brotli, 4096, 5, 18);
    let written = encoder.write_all(page.as_bytes());
    debug_assert!(written.is_ok(), "memory can be written to");
    drop(encoder);
    coded.push(brotli);
    coded.extend(zstd::encode_all(page.as_bytes(), 3).map(|bytes| [vec![3], bytes].concat()));
    coded
}

fn pdfs() -> Vec<Vec<u8>> {
    let lines = vec![
        (72, 740, 20, "The harbour"),
        (72, 700, 11, "We are proud to support the har-"),
        (72, 686, 11, "bour, its clerks and all who wait there."),
        (300, 686, 11, "far away"),
        (290, 40, 9, "1"),
    ];
    let plain = pdf("The harbour", &[lines.clone(), lines.clone(), lines]);
    vec![plain, packed(false), packed(true)]
}

/// A page whose content is packed, in one of two ways, and draws a form.
fn packed(in_letters: bool) -> Vec<u8> {
    let text = b"q 1 0 0 1 72 700 cm BT /F 11 Tf [(We are) -300 (proud)] TJ 0 -14 Td (of it) Tj ET Q /Y Do 0 0 9 9 re W n";
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(text);
    debug_assert!(written.is_ok(), "memory can be written to");
    let bytes = encoder.finish().unwrap_or_default();
    let content = if in_letters {
        let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
        let hex: Vec<u8> = bytes
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .chain(*b">")
            .collect();
        stream("/Filter [/ASCIIHexDecode /FlateDecode]", &hex)
    } else {
        stream("/Filter /FlateDecode", &bytes)
    };
    let unicode = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange \
        1 beginbfrange <41> <5a> <0061> endbfrange endcmap end";
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /Font << /F 3 0 R >> /XObject << /Y 7 0 R >> >>";
    file(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 8 0 R /FirstChar 65 /Widths [500 600] >>".to_vec(),
        b"<< /Title (a\\050b\\051) /Author <feff0041> >>".to_vec(),
        page(6),
        content,
        stream(form, b"BT /F 9 Tf (in a form) Tj ET /Y Do"),
        stream("", unicode),
    ])
}
