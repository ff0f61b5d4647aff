//! Histories whose every word is known, told by palinode and by WikiWho, and how often each is right.
//!
//! `cargo run --release --example lineage_quality -- --seed 7 [--texts FILE…]` prints one table. With texts, their
//! paragraphs are what is edited; without, invented ones are. Nothing in palinode is tuned to this generator: it is
//! here so that anybody can judge a change of the rules on a seed that nobody has seen.

mod generate;
mod rivals;
mod score;

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Parser;

use generate::{Generator, base_of_text, invented_base};
use score::Score;

/// Measure whether words keep their identity through generated histories
#[derive(Parser)]
struct Arguments {
    /// What the edits are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many documents
    #[arg(long, default_value_t = 40)]
    documents: usize,
    /// How many revisions each
    #[arg(long, default_value_t = 60)]
    revisions: usize,
    /// Texts to edit instead of invented ones, a paragraph a line or blank lines between
    #[arg(long, num_args = 1..)]
    texts: Vec<PathBuf>,
    /// Say what palinode told wrong, too
    #[arg(long)]
    losses: bool,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let texts: Vec<String> =
        arguments.texts.iter().map(std::fs::read_to_string).collect::<io::Result<_>>()?;
    let mut generator = Generator::new(arguments.seed);
    let (mut ours, mut theirs) = (Score::default(), Score::default());
    for document in 0..arguments.documents {
        let text = texts.get(document % texts.len().max(1));
        let base = text.map(|text| base_of_text(&mut generator, text));
        // A text of a few lines, such as a broken capture, gives the edits no room.
        let base =
            base.filter(|base| base.len() > 3).unwrap_or_else(|| invented_base(&mut generator));
        let history = generator.history(base, arguments.revisions);
        ours.add(&history, || rivals::palinode(&history));
        theirs.add(&history, || rivals::wikiwho(&history));
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "seed {}, {} documents, {} revisions each",
        arguments.seed, arguments.documents, arguments.revisions
    )?;
    writeln!(out, "{}", Score::HEADING)?;
    writeln!(out, "{}", ours.row("palinode"))?;
    writeln!(out, "{}", theirs.row("WikiWho (crate 0.3.6)"))?;
    if arguments.losses {
        writeln!(out, "\n{}", ours.losses())?;
    }
    Ok(())
}
