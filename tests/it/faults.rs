//! What a web server can do wrong, as the bytes and pauses that it sends.
//!
//! Apart from `misbehaving`, which says what palinode makes of each.

use std::io::Write as _;
use std::time::Duration;

use crate::checking::PROUD;
use crate::fault_server::Step;
use crate::pdf::pdf;
use crate::site::{Reply, article, article_html};

/// Longer than anybody waits.
const SILENCE: Duration = Duration::from_secs(30);

/// A name, and what a server does once it was asked.
pub(crate) type Fault = (&'static str, Vec<Step>);

fn send(bytes: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![Step::Send(bytes.into())]
}

/// A head with these lines, and what follows it until the connection ends.
fn answer(lines: &str, body: &[u8]) -> Vec<Step> {
    let head =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n{lines}\r\n");
    send([head.as_bytes(), body].concat())
}

fn then(mut steps: Vec<Step>, more: Vec<Step>) -> Vec<Step> {
    steps.extend(more);
    steps
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(bytes).unwrap();
    coder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut coder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(bytes).unwrap();
    coder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    std::io::copy(&mut brotli::CompressorReader::new(bytes, 4096, 3, 22), &mut coded).unwrap();
    coded
}

fn cut(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() * 2 / 3);
    bytes
}

fn connections() -> Vec<Fault> {
    let ok = "HTTP/1.1 200 OK\r\n";
    let long = answer("Content-Length: 9999\r\n", b"<p>We are");
    let chunks = answer("Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n");
    let drip = |byte: &[u8]| vec![Step::Repeat(byte.to_vec(), Duration::from_millis(50))];
    let silence = vec![Step::Pause(SILENCE)];
    vec![
        ("closed without a word", Vec::new()),
        ("reset without a word", vec![Step::Reset]),
        ("closed in the head", send("HTTP/1.1 2")),
        (
            "reset in the head",
            then(send(ok), vec![Step::Pause(Duration::from_millis(50)), Step::Reset]),
        ),
        ("silence", silence.clone()),
        ("silence in the entity", then(long.clone(), silence)),
        ("dripping head", then(send(ok), drip(b"x"))),
        ("dripping entity", then(long.clone(), drip(b"x"))),
        ("length too large", long.clone()),
        (
            "reset in the entity",
            then(long, vec![Step::Pause(Duration::from_millis(50)), Step::Reset]),
        ),
        ("chunks without an end", chunks.clone()),
        (
            "reset between chunks",
            then(chunks.clone(), vec![Step::Pause(Duration::from_millis(50)), Step::Reset]),
        ),
        ("chunk of no size", then(chunks.clone(), send("zz\r\n"))),
        ("chunk of less than nothing", then(chunks, send("-5\r\nhello\r\n0\r\n\r\n"))),
        ("chunk cut short", answer("Transfer-Encoding: chunked\r\n", b"ff\r\nhello")),
    ]
}

fn codings() -> Vec<Fault> {
    let page = article_html("Post", &[PROUD]).repeat(40).into_bytes();
    let coded =
        |coding: &str, bytes: Vec<u8>| answer(&format!("Content-Encoding: {coding}\r\n"), &bytes);
    let zeros = vec![b' '; 24 << 20];
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let mut checksum = gzip(&page);
    let place = checksum.len() - 8;
    checksum[place] ^= 1;
    vec![
        ("gzip cut", coded("gzip", cut(gzip(&page)))),
        ("gzip with a wrong checksum", coded("gzip", checksum)),
        ("no gzip at all", coded("gzip", page.clone())),
        ("deflate cut", coded("deflate", cut(zlib(&page)))),
        ("brotli cut", coded("br", cut(brotli(&page)))),
        ("no brotli at all", coded("br", page.clone())),
        ("zstd cut", coded("zstd", cut(zstd(&page)))),
        ("no zstd at all", coded("zstd", page.clone())),
        ("gzip said twice", coded("gzip, gzip", gzip(&gzip(&page)))),
        ("unknown coding", coded("secret", page)),
        ("gzip bomb", coded("gzip", gzip(&zeros))),
        ("deflate bomb", coded("deflate", zlib(&zeros))),
        ("brotli bomb", coded("br", brotli(&zeros))),
        ("zstd bomb", coded("zstd", zstd(&zeros))),
    ]
}

fn sizes() -> Vec<Fault> {
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000)).into_bytes();
    vec![
        (
            "chunks for ever",
            then(
                answer("Transfer-Encoding: chunked\r\n", b""),
                vec![Step::Repeat(chunk, Duration::from_millis(2))],
            ),
        ),
        (
            "bytes for ever",
            then(
                answer("", b""),
                vec![Step::Repeat(vec![b'x'; 0x10000], Duration::from_millis(2))],
            ),
        ),
        ("five gibibytes announced", answer("Content-Length: 5368709120\r\n", b"x")),
        (
            "more announced than there are numbers",
            answer("Content-Length: 9223372036854775808\r\n", b"x"),
        ),
        ("nothing", answer("Content-Length: 0\r\n", b"")),
        ("white space", answer("Content-Length: 4\r\n", b" \n\t ")),
        (
            "a head without a body",
            answer("", b"<!doctype html><html><head><title>Post</title></head></html>"),
        ),
        ("nested without end", answer("", "<div>".repeat(100_000).as_bytes())),
        (
            "a tag with attributes without end",
            answer("", format!("<p {}>x", "a=b ".repeat(200_000)).as_bytes()),
        ),
    ]
}

fn heads() -> Vec<Fault> {
    let lines = |count: usize, length: usize| {
        let line = |number| format!("X-{number}: {}\r\n", "x".repeat(length));
        (0..count).map(line).collect::<String>()
    };
    let continues = "HTTP/1.1 100 Continue\r\n\r\n".repeat(200);
    vec![
        ("another protocol", send("SSH-2.0-OpenSSH\r\n\r\n")),
        ("two lengths", answer("Content-Length: 1\r\nContent-Length: 2\r\n", b"x")),
        ("a length of letters", answer("Content-Length: many\r\n", b"x")),
        ("escape in a name", answer("A\x1b: x\r\n", b"x")),
        ("nul in a value", answer("A: x\0y\r\n", b"x")),
        ("five hundred headers", answer(&lines(500, 8), b"x")),
        ("a head of three mebibytes", answer(&lines(50, 64 << 10), b"x")),
        ("a status of two digits", send("HTTP/1.1 99 X\r\n\r\n")),
        (
            "continue, for ever",
            vec![Step::Repeat(continues.into_bytes(), Duration::from_millis(50))],
        ),
        ("304 to whoever did not ask for it", send("HTTP/1.1 304 X\r\nConnection: close\r\n\r\n")),
    ]
}

fn statuses() -> Vec<Fault> {
    let page = article_html(
        "Post",
        &["An error page, with more than enough words to be taken for a text."],
    );
    let names = [
        "201", "202", "204", "206", "226", "300", "400", "401", "403", "404", "405", "406", "407",
        "410", "418", "451", "500", "501", "502", "504", "520", "521", "522", "523", "524", "525",
        "526", "999",
    ];
    let of = |name: &'static str| {
        let body = if name == "204" { "" } else { page.as_str() };
        let length = body.len();
        (
            name,
            send(format!(
                "HTTP/1.1 {name} X\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{body}"
            )),
        )
    };
    names.into_iter().map(of).collect()
}

fn redirects() -> Vec<Fault> {
    let to = |target: &str| {
        send(format!(
            "HTTP/1.1 302 X\r\nConnection: close\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        ))
    };
    vec![
        (
            "redirect to nowhere",
            send("HTTP/1.1 302 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        ),
        ("redirect to itself", to("/post")),
        ("redirect to a file", to("file:///etc/passwd")),
        ("redirect to data", to("data:text/html,x")),
        ("redirect to a script", to("javascript:alert(1)")),
        ("redirect to ftp", to("ftp://127.0.0.1/x")),
        ("redirect with a password", to("http://me:secret@127.0.0.1/")),
        ("redirect to no address", to("http://[bad/")),
    ]
}

/// What is an answer and not the page: it is kept, and not believed.
fn obstacles() -> Vec<Fault> {
    let challenge = |status: u16| {
        Reply::html(article_html("Just a moment", &["Wait."]))
            .with("cf-mitigated", "challenge")
            .under_status(status)
    };
    let aws = Reply::html("").with("x-amzn-waf-action", "challenge").under_status(202);
    let anubis =
        "<html><script id=\"anubis_challenge\">{}</script><p>Making sure you are no robot.</html>";
    let steps = |reply: Reply| reply.steps("");
    vec![
        ("challenge with 200", steps(challenge(200))),
        ("challenge with 403", steps(challenge(403).with("ETag", "\"wall\""))),
        ("challenge with 202", steps(aws)),
        ("challenge in a script", steps(Reply::html(anubis))),
        (
            "error page with 200",
            steps(article("Page not found - Example", &["There is nothing here."])),
        ),
        ("maintenance", steps(article("Site under maintenance", &["Back soon."]))),
        ("pdf without text", steps(Reply::of("application/pdf", pdf("", &[vec![]])))),
        ("json cut off", steps(Reply::of("application/json", "{\"a\": [1, 2"))),
    ]
}

/// What would be believed of a page that nobody saw before.
fn strangers() -> Vec<Fault> {
    let long =
        "Words that never stood on this page, in a number that no notice ever had. ".repeat(8);
    let steps = |reply: Reply| reply.steps("");
    vec![
        ("another page", steps(article("Parked", &[&long]))),
        ("image", steps(Reply::of("image/png", "\u{89}PNG..."))),
        (
            "page cut off",
            answer("", article_html("Post", &[]).split("</h1>").next().unwrap().as_bytes()),
        ),
    ]
}

/// All of them, by what they have in common; the last can be told from the page only by who knows it.
pub(crate) fn faults() -> Vec<(&'static str, Vec<Fault>)> {
    vec![
        ("the way", connections()),
        ("the coding", codings()),
        ("the size", sizes()),
        ("the head", heads()),
        ("the status", statuses()),
        ("the redirect", redirects()),
        ("what stands in the way", obstacles()),
        ("what looks like a page", strangers()),
    ]
}
