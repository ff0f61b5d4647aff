//! Texts at which differs are known to fail, made here word by word, to what palinode tells of them and how fast.
//!
//! Each is compared as one passage and as passages of fifty words, twice, because what was removed must not depend on
//! the run.

use std::io;
use std::time::Duration;

use crate::engines::{Told, palinode};
use crate::tally::{marked, milliseconds};

/// Words in a passage.
const PASSAGE: usize = 50;

/// A name, and the words of the two sides.
struct Case {
    name: &'static str,
    old: Vec<String>,
    new: Vec<String>,
}

/// Prints the table.
pub(crate) fn table(out: &mut impl io::Write) -> io::Result<()> {
    writeln!(
        out,
        "| hard case | cut into | ms | marked tokens | hunks | passages moved | twice the same |"
    )?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for case in cases() {
        for (cut, size) in [("one passage", usize::MAX), ("passages of 50", PASSAGE)] {
            let (old, new) = (passages(&case.old, size), passages(&case.new, size));
            writeln!(out, "| {} | {cut} | {} |", case.name, measured(&old, &new))?;
        }
    }
    Ok(())
}

fn measured(old: &[String], new: &[String]) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
    let [(first_time, first), (time, told)]: [(Duration, Told); 2] =
        std::array::from_fn(|_| palinode(&old, &new));
    let marked: usize = told.changes.iter().map(marked).sum();
    let same = if first == told { "yes" } else { "NO" };
    let time = milliseconds(time.min(first_time));
    format!("{time} | {marked} | {} | {} | {same}", told.hunks().len(), told.moved)
}

fn passages(words: &[String], size: usize) -> Vec<String> {
    words.chunks(size.min(words.len())).map(|chunk| chunk.join(" ")).collect()
}

fn cases() -> Vec<Case> {
    let case = |name, old, new| Case { name, old, new };
    let long = drawn(1, 200_000, 20_000);
    let mut one_word = long.clone();
    "changed".clone_into(&mut one_word[100_000]);
    let mut moved = long.clone();
    let block: Vec<String> = moved.drain(50_000..52_000).collect();
    moved.splice(150_000..150_000, block);
    let page = drawn(2, 100_000, 10_000);
    let mut every_20th = page.clone();
    every_20th.iter_mut().step_by(20).enumerate().for_each(|(at, word)| *word = format!("x{at}"));
    let pairs = cycle(&["a", "b"], 100_000);
    let mut two_more = pairs.clone();
    two_more.insert(70_000, "c".to_owned());
    two_more.insert(30_000, "c".to_owned());
    vec![
        case("100k and 100k, no word shared", numbered("a", 100_000), numbered("b", 100_000)),
        case("100k and 100k, one vocabulary", page.clone(), drawn(3, 100_000, 10_000)),
        case("200k, one word changed", long.clone(), one_word),
        case("200k, 2k moved", long, moved),
        case("a × 100k, one less", cycle(&["a"], 100_000), cycle(&["a"], 99_999)),
        case("a b × 50k, two words more", pairs, two_more),
        case("a cycle of 5 and one of 7, 100k", numbered_cycle(5), numbered_cycle(7)),
        case("100k, every 20th word changed", page, every_20th),
    ]
}

fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{prefix}{at}")).collect()
}

fn cycle(words: &[&str], count: usize) -> Vec<String> {
    (0..count).map(|at| words[at % words.len()].to_owned()).collect()
}

fn numbered_cycle(length: usize) -> Vec<String> {
    (0..100_000).map(|at| format!("w{}", at % length)).collect()
}

/// Words of a vocabulary, the first ones often and the last ones rarely, as in a language: two draws, the smaller wins.
fn drawn(seed: u64, count: usize, vocabulary: u64) -> Vec<String> {
    let mut state = seed;
    let mut next = || {
        // Knuth's linear congruential generator (MMIX); its high bits are even enough for words.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % vocabulary
    };
    (0..count).map(|_| format!("w{}", next().min(next()))).collect()
}
