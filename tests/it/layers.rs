//! The source tree keeps its own rules: imports point upwards, every file says what it is for, and none grows too long.
//!
//! Its own file, and a test rather than a review, because a first wrong import is easy to miss and hard to undo. It
//! reads text, so a path through `super::super` escapes it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Longer files fail.
const LONGEST: usize = 400;
/// Longer files are named when something fails.
const LONG: usize = 300;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 5] = ["util", "common", "helpers", "misc", "manager"];

#[test]
fn a_module_imports_only_those_above_it() {
    let order = modules_in_order();
    assert!(order.len() > 5, "src/lib.rs names {order:?}");
    let mut wrong = String::new();
    for file in files("src") {
        let Some(own) = order.iter().position(|module| *module == module_of(&file)) else {
            continue;
        };
        for (number, imported) in imports(&fs::read_to_string(&file).unwrap()) {
            let place = order.iter().position(|module| *module == imported);
            if place.is_none_or(|place| place > own) {
                writeln!(wrong, "{}:{number}: {} imports `{imported}`, which does not stand above it in src/lib.rs", file.display(), order[own]).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = files("src").into_iter().chain(files("tests")).filter(|file| {
        file.extension().is_some_and(|kind| kind == "rs")
            && !fs::read_to_string(file).unwrap().starts_with("//! ")
    });
    assert_eq!(silent.collect::<Vec<_>>(), Vec::<PathBuf>::new(), "these do not begin with `//!`");
}

#[test]
fn no_file_is_too_long() {
    let mut lengths: Vec<(usize, PathBuf)> = files("src")
        .into_iter()
        .chain(files("tests"))
        .map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file))
        .filter(|(length, _)| *length > LONG)
        .collect();
    lengths.sort();
    let too_long = lengths.iter().any(|(length, _)| *length > LONGEST);
    assert!(!too_long, "{LONGEST} lines at most, and {LONG} are many: {lengths:#?}");
}

#[test]
fn no_name_is_empty_and_no_snapshot_stands_apart() {
    let bad = files("src").into_iter().chain(files("tests")).filter(|file| {
        let names = file.iter().map(|name| Path::new(name).file_stem().unwrap_or_default());
        file.extension().is_some_and(|kind| kind == "snap")
            || names.into_iter().any(|name| EMPTY_NAMES.iter().any(|empty| name == *empty))
    });
    assert_eq!(bad.collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

/// The modules that `src/lib.rs` names, as they stand there.
fn modules_in_order() -> Vec<String> {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let names = map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// The module of a file below `src`: its folder there, or its own name.
fn module_of(file: &Path) -> String {
    let below = file.strip_prefix("src").unwrap();
    Path::new(below.iter().next().unwrap()).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// What comes after each `crate::` outside of comments, with its line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let named = lines.flat_map(|(index, line)| {
        line.split("crate::").skip(1).map(move |after| {
            let end = after.find(|sign: char| !sign.is_alphanumeric() && sign != '_');
            (index + 1, after[..end.unwrap_or(after.len())].to_owned())
        })
    });
    named.collect()
}

/// Every file below a folder of the repository, relative to it.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
