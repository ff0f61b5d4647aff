//! Pages to how well their main text is found, how steady it is, and how exactly its changes are seen.
//!
//! `cargo run --release --example extract_quality -- [--truth FOLDER…] [--pages FOLDER…] [--seed N]` prints tables.
//! Nothing in palinode is tuned to what is drawn here: it is here so that anybody can judge a change of the rules on
//! pages and seeds that nobody has seen. `truth.rs` says which layouts of folders are read.

mod cost;
mod draw;
mod edits;
mod frames;
mod made;
mod shingles;
mod tree;
mod trials;
mod truth;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Parser;
use palinode::extract::{Document, Passage, PassageKind, Selection, document_of_html};

use shingles::{Shares, Sums};
use trials::{Base, Row};
use truth::Truth;

/// Measure how well the main text of pages is found, how steady it is, and how exactly its changes are seen
#[derive(Parser)]
struct Arguments {
    /// Folders of pages whose text is known
    #[arg(long, num_args = 1..)]
    truth: Vec<PathBuf>,
    /// Folders of pages whose frame and text are changed, as are those of the folders above
    #[arg(long, num_args = 1..)]
    pages: Vec<PathBuf>,
    /// What invented pages and all changes are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many pages to invent
    #[arg(long, default_value_t = 200)]
    made: u64,
    /// Measure what reading the pages costs, too
    #[arg(long)]
    cost: bool,
    /// Name so many of the worst of every table, too
    #[arg(long, default_value_t = 0)]
    worst: usize,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let mut out = io::stdout().lock();
    let seeds = (0..arguments.made).map(|number| arguments.seed * 10_000 + number);
    let made: Vec<Truth> = seeds.map(made::made).collect();
    let mut sets = Vec::new();
    for folder in &arguments.truth {
        sets.push((name(folder), truth::truths(folder)?));
    }
    sets.push(("invented".to_owned(), made));
    writeln!(
        out,
        "| ground truth | pages | precision | recall | F1 | F1 without headlines |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for (name, truths) in &sets {
        found(&mut out, name, truths, arguments.worst)?;
    }
    for folder in &arguments.pages {
        let bare = truth::pages(folder)?.into_iter();
        let bare = bare.map(|(name, html)| Truth { name, html, text: String::new() });
        sets.push((name(folder), bare.collect()));
    }
    let bases = |truths: &[Truth]| -> Vec<Base> {
        truths.iter().filter_map(|truth| Base::new(&truth.name, &truth.html)).collect()
    };
    let sets: Vec<(String, Vec<Base>)> =
        sets.iter().map(|(name, truths)| (name.clone(), bases(truths))).collect();
    for (name, pages) in &sets {
        tried(&mut out, name, pages, &arguments)?;
    }
    if arguments.cost {
        writeln!(out, "{}", cost::HEADING)?;
        for (name, pages) in &sets {
            cost::row(&mut out, name, pages, arguments.seed)?;
        }
    }
    Ok(())
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn found(out: &mut impl io::Write, name: &str, truths: &[Truth], worst: usize) -> io::Result<()> {
    let (mut sums, mut bare) = (Sums::default(), Sums::default());
    let mut pages = Vec::new();
    for truth in truths {
        let document = first_sight(&truth.html);
        let shares = Shares::of(&truth.text, &main_text(&document, |_| true));
        sums.add(shares);
        bare.add(Shares::of(&truth.text, &main_text(&document, is_no_headline)));
        pages.push((shares.f1(), &truth.name));
    }
    let [precision, recall, f1] = sums.means();
    writeln!(
        out,
        "| {name} | {} | {precision:.3} | {recall:.3} | {f1:.3} | {:.3} |",
        truths.len(),
        bare.means()[2]
    )?;
    pages.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (f1, name) in pages.iter().take(worst) {
        writeln!(out, "|   {name} | | | | {f1:.3} |")?;
    }
    Ok(())
}

fn tried(
    out: &mut impl io::Write,
    name: &str,
    pages: &[Base],
    arguments: &Arguments,
) -> io::Result<()> {
    let mut frames = vec![Row::default(); frames::HAPPENINGS.len()];
    let mut edits = vec![Row::default(); edits::EDITS.len()];
    for (number, page) in (0..).zip(pages) {
        page.frames(arguments.seed * 1000 + number, &mut frames);
        page.edits(arguments.seed * 1000 + number, &mut edits);
    }
    writeln!(
        out,
        "\n| frame of {name} | pages | main text changed, later | at first sight |\n| --- | --- | --- | --- |"
    )?;
    let names = frames::HAPPENINGS.iter().map(|(name, _)| *name);
    rows(out, names, &frames, arguments.worst)?;
    writeln!(
        out,
        "\n| edit of {name} | edits | seen | seen exactly in main |\n| --- | --- | --- | --- |"
    )?;
    rows(out, edits::EDITS.iter().map(|(name, _)| *name), &edits, arguments.worst)
}

fn rows<'a>(
    out: &mut impl io::Write,
    names: impl Iterator<Item = &'a str>,
    rows: &[Row],
    worst: usize,
) -> io::Result<()> {
    for (name, row) in names.zip(rows) {
        writeln!(out, "| {name} | {} | {} | {} |", row.tried, row.first, row.second)?;
    }
    let (tried, first, second) = rows
        .iter()
        .fold((0, 0, 0), |sum, row| (sum.0 + row.tried, sum.1 + row.first, sum.2 + row.second));
    writeln!(out, "| all | {tried} | {first} | {second} |")?;
    rows.iter()
        .flat_map(|row| row.named.iter().take(worst))
        .try_for_each(|one| writeln!(out, "  {one}"))
}

/// The document of a page that was never seen before.
fn first_sight(html: &str) -> Document {
    later(html, None)
}

/// The document of a page as a check reads it that knows the document before.
fn later(html: &str, before: Option<&Document>) -> Document {
    document_of_html(html, &Selection::default(), before).unwrap_or_default()
}

/// Palinode counts a headline as text; the truth of most collections does not.
fn is_no_headline(passage: &Passage) -> bool {
    passage.kind != PassageKind::Heading(1)
}

fn main_text(document: &Document, counts: fn(&Passage) -> bool) -> String {
    let counted = document.main().filter(|passage| counts(passage));
    let texts: Vec<&str> = counted.map(|passage| passage.text.as_str()).collect();
    texts.join("\n")
}
