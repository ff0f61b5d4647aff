//! Facts about cost, printed on demand: `cargo test --release -- --ignored --nocapture a_long_passage`.

use std::time::Instant;

use super::histories::{Between, History};

fn states(words: usize, steps: usize, edits: usize) -> Vec<Vec<String>> {
    let mut text: Vec<String> = (0..words).map(|word| format!("w{}", word * 7919 % 997)).collect();
    // Without edits the passage holds a counter.
    let mut states = Vec::new();
    for step in 0..steps {
        for edit in 0..edits {
            let at = (step * 131 + edit * 977) % text.len();
            match (step + edit) % 3 {
                0 => text[at] = format!("n{}", step * 31 % 57),
                1 => text.insert(at, format!("n{}", (step + edit) * 17 % 57)),
                _ => drop(text.remove(at)),
            }
        }
        if edits == 0 {
            text[words / 2] = format!("c{step}");
        }
        states.push(vec!["First.".to_owned(), text.join(" ")]);
    }
    states
}

#[test]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]
fn a_long_passage_that_is_edited_often() {
    for (words, steps, edits) in
        [(5000, 200, 0), (5000, 200, 1), (5000, 200, 20), (300, 200, 2), (5000, 20, 1000)]
    {
        let mut history = History::default();
        let mut worst = std::time::Duration::ZERO;
        let (mut early, mut late) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
        for (index, state) in states(words, steps, edits).iter().enumerate() {
            let begun = Instant::now();
            history.step(state, Between::Rows);
            let took = begun.elapsed();
            worst = worst.max(took);
            if index >= 1 && index <= steps / 10 {
                early += took;
            }
            if index >= steps - steps / 10 {
                late += took;
            }
        }
        let share = u32::try_from(steps / 10).unwrap();
        println!(
            "{words} words, {steps} steps of {edits} edits: early {:?}, late {:?}, worst {worst:?}",
            early / share,
            late / share
        );
    }
}
