//! A PDF's drawing instructions to the lines of each page, in the order in which they are drawn.
//!
//! That order is the author's in nearly all files, columns included; sorting letters by their places would mix columns.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hayro_interpret::font::{FontQuery, Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{Affine, BezPath, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};

use super::line::Line;
use crate::fetch::Unreadable;

/// The panic that ends the reading of a file that draws without end: the interpreter asks nobody whether to go on.
pub(super) struct TooMuch;

/// Pages of one file.
const MOST_PAGES: usize = 5000;
/// Marks drawn in one file, and on each page beyond that; see [`Letters::work`].
const MOST_WORK: usize = 1 << 23;
/// See [`MOST_WORK`].
const WORK_A_PAGE: usize = 1 << 15;
/// What a drawing counts that is used again, were it empty.
const FORM: usize = 2048;
/// Fonts of one page that the file does not bring along; a file of one page may have [`SPARE_FONTS`] more.
const FONTS_A_PAGE: usize = 4;
/// See [`FONTS_A_PAGE`].
const SPARE_FONTS: usize = 60;
/// Letters in one file: a thousand pages have two million.
const MOST_LETTERS: usize = 5_000_000;

/// The lines of each page. `largest_form` is how many bytes the largest drawing that can be used again holds.
pub(super) fn pages(pdf: &Pdf, largest_form: usize) -> Result<Vec<Vec<Line>>, Unreadable> {
    if pdf.pages().len() > MOST_PAGES {
        return Err(Unreadable::TooComplex);
    }
    let cache = InterpreterCache::new();
    let mut letters = Letters {
        lines: Vec::new(),
        left: MOST_LETTERS,
        work: MOST_WORK + WORK_A_PAGE * pdf.pages().len(),
        form: FORM + largest_form / 64,
    };
    let settings = settings(SPARE_FONTS + FONTS_A_PAGE * pdf.pages().len());
    let mut pages = Vec::new();
    for page in pdf.pages().iter() {
        let everything = Rect::new(-1e6, -1e6, 1e6, 1e6);
        let settings = settings.clone();
        let mut context = Context::new(Affine::IDENTITY, everything, &cache, pdf.xref(), settings);
        interpret_page(page, &mut context, &mut letters);
        pages.push(std::mem::take(&mut letters.lines));
    }
    Ok(pages)
}

/// A font that is no object of its own is made anew wherever it is named, so fonts are counted too.
fn settings(most_fonts: usize) -> InterpreterSettings {
    let usual = InterpreterSettings::default();
    let (resolver, made) = (Arc::clone(&usual.font_resolver), AtomicUsize::new(0));
    let counted = move |query: &FontQuery| {
        if made.fetch_add(1, Ordering::Relaxed) >= most_fonts {
            resume_unwind(Box::new(TooMuch));
        }
        resolver(query)
    };
    InterpreterSettings { font_resolver: Arc::new(counted), ..usual }
}

struct Letters {
    lines: Vec<Line>,
    /// How many letters may still come.
    left: usize,
    /// How much may still be drawn: a mark is one; a clip may stand for a drawing that is unpacked for it.
    work: usize,
    /// What a clip counts.
    form: usize,
}

impl Letters {
    fn spend(&mut self, work: usize) {
        match self.work.checked_sub(work) {
            Some(rest) => self.work = rest,
            None => resume_unwind(Box::new(TooMuch)),
        }
    }

    fn letter(&mut self, glyph: &Glyph<'_>, placed: Affine) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(one)) => String::from(one),
            Some(BfString::String(text)) => text,
            None => return,
        };
        self.left = self.left.checked_sub(1).unwrap_or_else(|| resume_unwind(Box::new(TooMuch)));
        let [right, up, lean, high, x, y] = placed.as_coeffs();
        let width = right.hypot(up);
        if !placed.is_finite() || width == 0.0 {
            return;
        }
        let (along, across) = ((right / width, up / width), (-up / width, right / width));
        let advance = match glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(drawn) => drawn.advance_width(),
        };
        let start = x * along.0 + y * along.1;
        #[expect(clippy::cast_possible_truncation, reason = "an angle is small")]
        let direction = up.atan2(right).to_degrees().round() as i32;
        self.add(Line {
            text,
            start,
            end: start + width * f64::from(advance.unwrap_or(500.0)),
            height: x * across.0 + y * across.1,
            size: lean.hypot(high) * 1000.0,
            direction,
        });
    }

    /// Puts a letter at the end of the line that it goes on, or begins another.
    fn add(&mut self, letter: Line) {
        let gap = |line: &Line| (letter.start - line.end) / line.size.max(letter.size).max(0.01);
        let last = self.lines.last_mut().filter(|line| {
            line.direction == letter.direction
                && (line.height - letter.height).abs() < 0.5 * line.size.max(letter.size)
                && gap(line) > -0.4
        });
        let Some(line) = last else {
            if !letter.text.trim().is_empty() {
                self.lines.push(letter);
            }
            return;
        };
        let gap = gap(line);
        if gap > 2.0 {
            line.text.truncate(line.text.trim_end().len());
            line.text.push('\t');
        } else if gap > 0.16 && !line.text.ends_with(char::is_whitespace) {
            line.text.push(' ');
        }
        line.text.push_str(&letter.text);
        line.end = line.end.max(letter.end);
        line.size = line.size.max(letter.size);
    }
}

impl<'a> Device<'a> for Letters {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.spend(run.glyphs().len());
        for glyph in run.glyphs() {
            self.letter(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.spend(1);
    }

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.spend(1);
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.spend(1);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        // A drawing that is used again is clipped to its frame, which is four lines and their end.
        let is_frame = clip.path.elements().len() <= 5;
        self.spend(if is_frame { self.form } else { 1 });
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.spend(1);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(1);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
