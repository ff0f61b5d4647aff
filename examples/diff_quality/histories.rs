//! Folders of revisions to the pairs that are compared: consecutive, not equal, each once, spread evenly.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::rc::Rc;

use palinode::extract::{Document, Selection, document_of_html, document_of_plain_text};

/// Two revisions as lists of passages.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) old: Rc<Vec<String>>,
    pub(crate) new: Rc<Vec<String>>,
}

impl Pair {
    /// Both sides as `compare` takes them.
    pub(crate) fn sides(&self) -> (Vec<&str>, Vec<&str>) {
        (
            self.old.iter().map(String::as_str).collect(),
            self.new.iter().map(String::as_str).collect(),
        )
    }
}

/// The pairs of one folder: a switch between two revisions counts once, however often the page flapped.
pub(crate) fn pairs(folder: &Path) -> io::Result<Vec<Pair>> {
    let names = named(&std::fs::read_to_string(folder.join("manifest.tsv"))?)?;
    let mut read: BTreeMap<&str, Rc<Vec<String>>> = BTreeMap::new();
    let mut before = None;
    for name in &names {
        if !read.contains_key(name.as_str()) {
            let document = document(&folder.join(name), before.as_ref())?;
            let texts = document.main().map(|passage| passage.text.clone()).collect();
            read.insert(name, Rc::new(texts));
            before = Some(document);
        }
    }
    let page = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut met = BTreeSet::new();
    let switches = names.windows(2).filter(|two| met.insert((&two[0], &two[1])));
    let pairs = switches.map(|two| Pair {
        name: format!("{page} {} {}", two[0], two[1]),
        old: Rc::clone(&read[two[0].as_str()]),
        new: Rc::clone(&read[two[1].as_str()]),
    });
    Ok(pairs.filter(|pair| pair.old != pair.new).collect())
}

/// So many of them: each folder gives the same number, and what a small one cannot give the larger ones do.
pub(crate) fn chosen(mut folders: Vec<Vec<Pair>>, wanted: usize) -> Vec<Pair> {
    folders.sort_by_key(Vec::len);
    let (mut left, mut chosen) = (wanted, Vec::new());
    for (index, folder) in folders.iter().enumerate() {
        let share = (left / (folders.len() - index)).min(folder.len());
        chosen.extend((0..share).map(|step| folder[step * folder.len() / share].clone()));
        left -= share;
    }
    chosen
}

/// The names in a manifest's column `file`.
fn named(manifest: &str) -> io::Result<Vec<String>> {
    let mut lines = manifest.lines().map(|line| line.split('\t'));
    let column = lines.next().and_then(|mut heads| heads.position(|head| head == "file"));
    let column = column.ok_or_else(|| io::Error::other("the manifest has no column `file`"))?;
    Ok(lines.filter_map(|mut cells| cells.nth(column).map(str::to_owned)).collect())
}

/// Reads a file as palinode reads an answer of its kind.
fn document(path: &Path, before: Option<&Document>) -> io::Result<Document> {
    let text = std::fs::read_to_string(path)?;
    if path.extension().is_some_and(|kind| kind == "html") {
        document_of_html(&text, &Selection::default(), before).map_err(io::Error::other)
    } else {
        Ok(document_of_plain_text(&text))
    }
}
