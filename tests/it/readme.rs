//! The README, held to the program: what it shows is what comes out.
//!
//! Every ```` ```console ```` block is played in order, in one fresh folder and in this process. A line that begins
//! with `$ ` is a command and what follows is its output, on both streams: `...` stands for any lines, spaces at line
//! ends and empty lines at either end do not count, and the port of the loopback server is masked. A file that ends in
//! `.db` lies in the folder. Blocks in other languages are not run.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use palinode::cli::{Letters, Reader, Service, Surroundings, Watcher, World, run};
use palinode::clock::{Clock, Timestamp};
use palinode::fetch::{Browser, Limits};
use palinode::views::{Hyperlinks, Ink};

const README: &str = include_str!("../../README.md");

/// What a person types for the demonstration before anything is installed.
const FROM_SOURCE: &str = "cargo run --release -- ";

/// The demonstration prints commands of its own, which are output there.
const DEMO: &str = "cargo run --release -- demo";

#[test]
fn what_it_shows_is_what_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let steps = steps(README);
    assert!(steps.len() >= 6, "only {} commands were found", steps.len());
    for step in steps {
        let found = told(&step.command, folder.path());
        let (expected, found) = (lines(&step.output), lines(&found));
        assert!(
            fits(&expected, &found),
            "the README is wrong about `{}`\n--- README\n{}\n--- program\n{}",
            step.command,
            expected.join("\n"),
            found.join("\n")
        );
    }
}

#[test]
fn every_command_is_named() {
    let help = palinode(&["palinode".into(), "--help".into()], Path::new("."));
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.contains(&"trace"), "{help}");
    for name in names {
        let [alone, with_arguments] = ["`", " "].map(|end| format!("| `palinode {name}{end}"));
        assert!(README.contains(&alone) || README.contains(&with_arguments), "{name} is missing");
    }
}

#[test]
fn every_file_that_it_points_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(link.starts_with("https://") || root.join(link).is_file(), "{link} is missing");
    }
}

#[test]
fn the_comparison_sees_what_is_wrong() {
    let found = ["a", "b", "c"];
    for (expected, right) in [
        (&["a", "b", "c"] as &[&str], true),
        (&["...", "c"], true),
        (&["a", "..."], true),
        (&["a", "b", "c", "..."], true),
        (&["...", "b", "..."], true),
        (&["a", "c"], false),
        (&["a", "b"], false),
        (&["...", "b"], false),
        (&["b", "..."], false),
        (&["...", "c", "...", "a", "..."], false),
        (&[], false),
    ] {
        assert_eq!(fits(expected, &found), right, "{expected:?}");
    }
}

/// A command of the README and what it says comes out.
struct Step {
    command: String,
    output: String,
}

fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in readme.split("\n```console\n").skip(1) {
        let (block, _) = block.split_once("\n```").unwrap();
        let first = steps.len();
        for line in block.lines() {
            let in_demo = steps[first..].last().is_some_and(|step| step.command == DEMO);
            if let Some(command) = line.strip_prefix("$ ").filter(|_| !in_demo) {
                steps.push(Step { command: command.to_owned(), output: String::new() });
            } else {
                let step = steps[first..].last_mut().unwrap();
                step.output.push_str(line);
                step.output.push('\n');
            }
        }
    }
    steps
}

/// What comes of a command.
fn told(command: &str, folder: &Path) -> String {
    let plain = command.replacen(FROM_SOURCE, "palinode ", 1);
    let words = words(&plain);
    match words[0].as_str() {
        "palinode" => {
            let place = |word: &String| {
                let file = Path::new(word).extension().is_some_and(|ending| ending == "db");
                if file { folder.join(word).into_os_string() } else { word.into() }
            };
            let line: Vec<OsString> = words.iter().map(place).collect();
            let prefix = format!("{}/", folder.display());
            palinode(&line, folder).replace(&prefix, "")
        }
        "sqlite3" => sqlite(&folder.join(&words[1]), &words[2]),
        other => panic!("the README shows {other}, which this test cannot run"),
    }
}

/// A line to its words; double quotes keep one together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn palinode(line: &[OsString], folder: &Path) -> String {
    let said = Said::default();
    let (mut out, mut err) = (said.clone(), said.clone());
    let surroundings = Surroundings {
        browser: Browser::default(),
        store: None,
        scratch: folder.join("scratch"),
        width: 100,
        ink: Ink::Plain,
        hyperlinks: Hyperlinks::Left,
        letters: Letters::Unicode,
        reader: Reader::Pipe,
        pager: None,
        watcher: Watcher::Nobody,
        limits: Limits::default(),
        service: Service::default(),
    };
    let mut world = World { clock: &Noon, out: &mut out, err: &mut err, surroundings };
    run(line.iter().cloned(), &mut world);
    String::from_utf8(said.0.take()).unwrap()
}

/// A query's rows in the list form of the `sqlite3` shell.
fn sqlite(file: &Path, query: &str) -> String {
    use rusqlite::types::Value;
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut statement = connection.prepare(query).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut text = String::new();
    while let Some(row) = rows.next().unwrap() {
        let cells = (0..columns).map(|column| match row.get(column).unwrap() {
            Value::Null => String::new(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Blob(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        });
        text.push_str(&cells.collect::<Vec<_>>().join("|"));
        text.push('\n');
    }
    text
}

fn lines(text: &str) -> Vec<String> {
    text.trim_matches('\n').lines().map(masked).collect()
}

/// The line without the spaces at its end and the digits of a loopback port.
fn masked(line: &str) -> String {
    const HOST: &str = "127.0.0.1:";
    let line = line.trim_end();
    let mut parts = line.split(HOST);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(HOST);
        masked.push_str("PORT");
        masked.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    masked
}

/// Whether the lines found are those expected, where `...` stands for any number of them.
fn fits<E: AsRef<str>, F: AsRef<str>>(expected: &[E], found: &[F]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((any, rest)) if any.as_ref() == "..." => {
            (0..=found.len()).any(|skipped| fits(rest, &found[skipped..]))
        }
        Some((line, rest)) => found
            .split_first()
            .is_some_and(|(first, others)| first.as_ref() == line.as_ref() && fits(rest, others)),
    }
}

/// Both streams, in the order in which they were written.
#[derive(Clone, Default)]
struct Said(Rc<RefCell<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// No command of the README depends on the time of day.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2018-07-01T12:00:00Z".parse().unwrap()
    }
}
