//! Pages to what reading them costs, as multiples of what parsing them costs: one row of a table a set of pages.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use crate::draw::Draw;
use crate::trials::Base;
use crate::{first_sight, later};

pub(crate) const HEADING: &str = "
| cost | pages | parse alone, mean µs | nothing moved | frame moved | first sight |
| --- | --- | --- | --- | --- | --- |";

/// Writes the row of one set.
pub(crate) fn row(
    out: &mut impl io::Write,
    name: &str,
    pages: &[Base],
    seed: u64,
) -> io::Result<()> {
    let mut sums = [Duration::ZERO; 5];
    for page in pages {
        let moved = page.moved(&mut Draw::new(seed));
        let before = Some(page.document());
        sums[0] += best(|| dom_query::Document::from(page.html()));
        sums[1] += best(|| later(page.html(), before));
        sums[2] += best(|| later(&moved, before));
        sums[3] += best(|| first_sight(page.html()));
        sums[4] += best(|| dom_query::Document::from(moved.as_str()));
    }
    let mean = sums[0].as_micros() / pages.len().max(1) as u128;
    let times = |read: usize, parse: usize| {
        let parse = sums[parse].as_secs_f64();
        if parse > 0.0 { sums[read].as_secs_f64() / parse } else { 0.0 }
    };
    let [same, moved, first] = [times(1, 0), times(2, 4), times(3, 0)];
    let pages = pages.len();
    writeln!(out, "| {name} | {pages} | {mean} | {same:.2} × | {moved:.2} × | {first:.2} × |")
}

/// The best of five runs.
fn best<T>(run: impl Fn() -> T) -> Duration {
    let time = |_| {
        #[expect(
            clippy::disallowed_methods,
            reason = "a measurement; the table says that it is one"
        )]
        let began = Instant::now();
        black_box(run());
        began.elapsed()
    };
    (0..5).map(time).min().unwrap_or_default()
}
