//! A folder of pages to pages with the text that a person or another program says is theirs.
//!
//! Four layouts are known, each by what stands in the folder; none of them ships with palinode.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use palinode::extract::{Selection, document_of_html};
use serde_json::Value;

/// A page, and what its text ought to be.
pub(crate) struct Truth {
    pub(crate) name: String,
    pub(crate) html: String,
    pub(crate) text: String,
}

/// The pages of a folder in one of these layouts:
///
/// - `ground-truth.json`, an object of `articleBody` by name, beside `html/NAME.html.gz`;
/// - `ground-truth/NAME.json` with `ground_truth.main_content`, beside `html/NAME.html.gz`;
/// - `NAME/source.html` beside `NAME/expected.html`, whose visible text is the truth;
/// - `NAME.html` beside `NAME.txt`, or beside `NAME.json` with `expected.cleaned_text`.
pub(crate) fn truths(folder: &Path) -> io::Result<Vec<Truth>> {
    let one = folder.join("ground-truth.json");
    if one.is_file() {
        return of_one_file(folder, &one);
    }
    if folder.join("ground-truth").is_dir() {
        return of_a_file_each(folder);
    }
    let entries = sorted(folder)?;
    let found = entries.iter().map(|entry| beside(entry)).collect::<io::Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The pages of a folder without any truth: every `.html`, `.html.gz` and `source.html`.
pub(crate) fn pages(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let inner = folder.join("html");
    let entries = sorted(if inner.is_dir() { &inner } else { folder })?;
    let mut found = Vec::new();
    for entry in entries {
        let source = entry.join("source.html");
        let path = if source.is_file() { source } else { entry.clone() };
        let name = path.to_string_lossy();
        if path.is_file() && (name.ends_with(".html") || name.ends_with(".html.gz")) {
            found.push((name_of(&entry), html(&path)?));
        }
    }
    Ok(found)
}

fn of_one_file(folder: &Path, path: &Path) -> io::Result<Vec<Truth>> {
    let entries = json(path)?;
    let entries = entries.as_object().into_iter().flatten();
    entries.map(|(name, entry)| gzipped(folder, name, &entry["articleBody"])).collect()
}

fn of_a_file_each(folder: &Path) -> io::Result<Vec<Truth>> {
    let entries = sorted(&folder.join("ground-truth"))?;
    let read = |path: &PathBuf| {
        gzipped(folder, &name_of(path), &json(path)?["ground_truth"]["main_content"])
    };
    entries.iter().map(read).collect()
}

fn gzipped(folder: &Path, name: &str, text: &Value) -> io::Result<Truth> {
    let html = html(&folder.join("html").join(format!("{name}.html.gz")))?;
    let text = text.as_str().unwrap_or_default().to_owned();
    Ok(Truth { name: name.to_owned(), html, text })
}

fn beside(entry: &Path) -> io::Result<Option<Truth>> {
    let name = name_of(entry);
    let source = entry.join("source.html");
    if source.is_file() {
        let text = visible(&html(&entry.join("expected.html"))?);
        return Ok(Some(Truth { name, html: html(&source)?, text }));
    }
    let (plain, object) = (entry.with_extension("txt"), entry.with_extension("json"));
    let text = match entry.extension().is_some_and(|extension| extension == "html") {
        true if plain.is_file() => Some(fs::read_to_string(&plain)?),
        true if object.is_file() => {
            json(&object)?["expected"]["cleaned_text"].as_str().map(str::to_owned)
        }
        _ => None,
    };
    // An empty expectation says that the other program knew no answer.
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    Ok(Some(Truth { name, html: html(entry)?, text }))
}

fn visible(html: &str) -> String {
    let document = document_of_html(html, &Selection::default(), None).unwrap_or_default();
    let texts: Vec<String> = document.passages.into_iter().map(|passage| passage.text).collect();
    texts.join("\n")
}

fn json(path: &Path) -> io::Result<Value> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn html(path: &Path) -> io::Result<String> {
    let bytes = fs::read(path)?;
    let mut plain = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
    } else {
        plain = bytes;
    }
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split(".html").next().unwrap_or_default().trim_end_matches(".json").to_owned()
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}
