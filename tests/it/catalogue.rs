//! The list of what can go wrong, held to the tests: every test that it names is there, and no number is left out.

use std::fs;
use std::path::{Path, PathBuf};

const LIST: &str = include_str!("../FAULTS.md");

/// The rows of the tables, as number and last column.
fn rows() -> Vec<(usize, &'static str)> {
    let rows = LIST.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        Some((cells.first()?.trim().parse().ok()?, *cells.last()?))
    });
    rows.collect()
}

#[test]
fn every_case_is_listed_once_and_in_order() {
    let numbers: Vec<usize> = rows().into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
}

#[test]
fn every_test_that_is_named_is_there() {
    let files = files(Path::new("tests/it")).into_iter().chain(files(Path::new("src")));
    let texts: Vec<(String, String)> = files
        .filter(|file| file.extension().is_some_and(|end| end == "rs"))
        .map(|file| (stem(&file), fs::read_to_string(&file).unwrap()))
        .collect();
    for (number, shown) in rows() {
        let quoted = shown.split('`').skip(1).step_by(2);
        let named: Vec<(&str, &str)> = quoted.filter_map(|name| name.split_once("::")).collect();
        let reason = shown.starts_with("not shown: ");
        assert!(reason || !named.is_empty(), "{number} names no test and no reason");
        for (module, test) in named {
            let signature = format!("fn {test}(");
            let mut found = texts.iter().filter(|(stem, _)| stem == module);
            assert!(
                found.any(|(_, text)| text.contains(&signature)),
                "{number}: {module}::{test} is not there"
            );
        }
        for example in shown.split("`examples/").skip(1) {
            let name = example.split('`').next().unwrap();
            assert!(Path::new("examples").join(name).is_dir(), "{number}: {name} is not there");
        }
    }
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
