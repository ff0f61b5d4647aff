//! Lines of text, or any objects, to a small PDF; the tests use it too, so it stands apart from the rest.

use std::fmt::Write as _;

/// A line of text on a page: from the left, from the foot, its size, its words.
pub(crate) type Line<'a> = (u32, u32, u32, &'a str);

/// A PDF with these lines on its pages.
pub(crate) fn pdf(title: &str, pages: &[Vec<Line<'_>>]) -> Vec<u8> {
    let kids: String = (0..pages.len()).fold(String::new(), |mut kids, page| {
        write!(kids, "{} 0 R ", 5 + 2 * page).unwrap_or_default();
        kids
    });
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_vec(),
        format!("<< /Title ({title}) >>").into_bytes(),
    ];
    for (number, lines) in pages.iter().enumerate() {
        objects.push(page(6 + 2 * number));
        objects.push(stream("", text(lines).as_bytes()));
    }
    file(&objects)
}

/// A page whose content is this object.
pub(crate) fn page(content: usize) -> Vec<u8> {
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
         /Resources << /Font << /F 3 0 R >> /XObject << /X {content} 0 R /Y {} 0 R >> >> >>",
        content + 1
    );
    page.into_bytes()
}

/// A stream with these entries in its dictionary.
pub(crate) fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries} /Length {} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

/// A file of these objects, the first of which is the catalogue and the fourth the metadata.
pub(crate) fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap_or_default();
        file.extend(format!("{} 0 obj\n", index + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let size = objects.len() + 1;
    let end = format!(
        "trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{}\n%%EOF\n",
        file.len()
    );
    file.extend(table.bytes().chain(end.bytes()));
    file
}

fn text(lines: &[Line<'_>]) -> String {
    lines.iter().fold(String::new(), |mut text, (x, y, size, words)| {
        let words = words.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        writeln!(text, "BT /F {size} Tf {x} {y} Td ({words}) Tj ET").unwrap_or_default();
        text
    })
}
