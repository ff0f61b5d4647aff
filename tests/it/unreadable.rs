//! Documents that cannot be read, or were made to do harm: kept, held with the reason, and never said to be empty.
//!
//! What is read by halves would be told as removed. So a document is read whole, or not at all.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use palinode::cli::Exit;

use crate::checking::{PROUD, last, revisions, seen_once};
use crate::documents::{paper, then};
use crate::pdf::{file, page, pdf, stream};
use crate::site::{Reply, article};

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A PDF of one page whose content is the first of these objects.
fn hostile(objects: Vec<Vec<u8>>) -> Vec<u8> {
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec();
    let pages = b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>".to_vec();
    let first = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        pages,
        font,
        b"<< >>".to_vec(),
        page(6),
    ];
    file(&[first, objects].concat())
}

fn hostile_documents() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let whole = pdf("The harbour", &[vec![(72, 700, 11, "One."), (72, 600, 11, "Two.")]]);
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]";
    // Each draws the next one ten times.
    let laughs = (7..20).map(|next| {
        let next = format!("{form} /Resources << /XObject << /Y {next} 0 R >> >>");
        stream(&next, &b"/Y Do ".repeat(10))
    });
    let laughs = laughs.collect();
    let cycle =
        vec![stream(&format!("{form} /Resources << /XObject << /X 6 0 R >> >>"), b"/X Do /X Do")];
    let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    let flate = "/Filter /FlateDecode";
    let twice = packed(&packed(&vec![b' '; 65 << 20]));
    let mut broken = packed(b"BT /F 9 Tf (some text that is long enough) Tj ET");
    let half = broken.len() / 2;
    broken.truncate(half);
    let mut entities = "<!DOCTYPE a [<!ENTITY a0 'ha'>".to_owned();
    for number in 1..30 {
        let inner = format!("&a{};", number - 1).repeat(2);
        entities.extend(["<!ENTITY a", &number.to_string(), " '", &inner, "'>"]);
    }
    entities.push_str("]><rss><channel><title>&a29;</title></channel>");
    vec![
        ("pdf cut off", "application/pdf", whole[..whole.len() - 60].to_vec(), "damaged"),
        ("pdf of nothing", "application/pdf", b"%PDF-1.7\n%%EOF".to_vec(), "damaged"),
        ("html called pdf", "application/pdf", b"<html><p>no such file</html>".to_vec(), "damaged"),
        ("pdf without text", "application/pdf", pdf("", &[vec![]]), "no-text"),
        (
            "pdf encrypted",
            "application/pdf",
            [&whole[..], b"5 0 obj << /Encr#79pt 6 0 R >> endobj\n%%EOF"].concat(),
            "encrypted",
        ),
        (
            "pdf bomb",
            "application/pdf",
            hostile(vec![stream(flate, &packed(&vec![b' '; 65 << 20]))]),
            "too-complex",
        ),
        (
            "pdf bomb, packed twice",
            "application/pdf",
            hostile(vec![stream("/Filter [/FlateDecode /FlateDecode]", &twice)]),
            "too-complex",
        ),
        ("pdf that draws without end", "application/pdf", hostile(laughs), "too-complex"),
        ("pdf that draws itself", "application/pdf", hostile(cycle), "no-text"),
        ("pdf with a deep array", "application/pdf", hostile(vec![stream("", &deep)]), "no-text"),
        (
            "pdf cut in a stream",
            "application/pdf",
            hostile(vec![stream(flate, &broken)]),
            "damaged",
        ),
        ("json cut off", "application/json", b"{\"a\": [1, 2".to_vec(), "damaged"),
        ("json deep", "application/json", b"[".repeat(100_000), "too-complex"),
        (
            "xml cut off",
            "application/rss+xml",
            b"<rss><channel><title>Harbour</title>".to_vec(),
            "damaged",
        ),
        ("xml of entities", "application/rss+xml", entities.into_bytes(), "damaged"),
        ("xml deep", "text/xml", b"<a>".repeat(100_000), "too-complex"),
        ("markdown with deep html", "text/markdown", b"<div>".repeat(10_000), "too-complex"),
    ]
}

/// Kept, held with the reason, told once; and nothing that stood is said to have gone.
#[test]
fn what_cannot_be_read_is_held() {
    for (name, kind, body, why) in hostile_documents() {
        let (world, site) = seen_once(article("Post", &[PROUD]));
        let said = then(&world, &site, Reply::of(kind, body));
        assert!(
            said.starts_with(&format!("-- stderr --\npost: held (unreadable({why})): ")),
            "{name}: {said}"
        );
        assert_eq!(
            (last(&world), revisions(&world)),
            (format!("held (unreadable({why})) ×1"), 1),
            "{name}"
        );
        site.put("/post", article("Post", &[PROUD]));
        assert_eq!(world.wait(600).palinode(&["check"]).exit, Exit::Fine, "{name}");
    }
}

#[test]
fn a_pdf_that_cannot_be_read_says_why() {
    let (world, site) = seen_once(paper("application/pdf", &["One."]));
    site.put("/post", Reply::of("application/pdf", pdf("", &[vec![]])));
    insta::assert_snapshot!(world.wait(600).palinode(&["check"]), @"
    -- stderr --
    post: held (unreadable(no-text)): there is no text in the document, only pictures; kept r1 of 2026-03-01 08:00 UTC
    exit 3
    ");
    insta::assert_snapshot!(world.palinode(&["rebuild", "post"]), @"
    post: 1 revision told anew from 2 captures
    exit 0
    ");
    insta::assert_snapshot!(world.palinode(&["log", "post"]), @"
    post
    2 checks from 2026-03-01 08:00 to 2026-03-01 18:00 (UTC), 1 of them saw no page

    r1  first seen 2026-03-01 08:00
        seen until 2026-03-01 08:00 in 1 check
    exit 0
    ");
}
