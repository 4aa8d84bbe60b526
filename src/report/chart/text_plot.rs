//! Curves, bands and pillars in characters.

use super::canvas::{Canvas, Ink};
use super::glyphs::{cell, legend};
use super::label_layout::{beside, lanes};
use super::spec::{Axis, Dot, Mark, Pillar, Plot, Series, SeriesShape};
use crate::report::terminal::Blocks;

/// Rows of the plot itself.
const HEIGHT: usize = 12;

/// Draws a plot in so many columns.
pub(super) fn draw(plot: &Plot, blocks: Blocks, width: usize) -> String {
    Field::new(plot, blocks, width).draw(plot)
}

/// How points give a value at a place between them.
type ValueAt = fn(&[(f64, f64)], f64) -> Option<f64>;

/// The cells that a plot is drawn in.
struct Field {
    blocks: Blocks,
    x: Axis,
    y: Axis,
    /// The columns before the plot.
    left: usize,
    /// The columns of the plot.
    width: usize,
    /// The rows above it.
    top: usize,
    canvas: Canvas,
}

impl Field {
    fn new(plot: &Plot, blocks: Blocks, all: usize) -> Self {
        let y = plot.y.rounded(4);
        let left = y.ticks(4).iter().map(|tick| tick.label.chars().count()).max().unwrap_or(0) + 2;
        let width = all - left;
        let mut field =
            Self { blocks, x: plot.x.clone(), y, left, width, top: 0, canvas: Canvas::new(all, 0) };
        let lanes = field.marks_below(plot).iter().map(|(_, _, lane)| lane + 1).max().unwrap_or(0);
        field.top = lanes + 1;
        field.canvas = Canvas::new(all, field.top + HEIGHT + 2);
        field
    }

    /// The column of a value, counted from the left of the plot.
    fn column(&self, value: f64) -> usize {
        cell(self.x.share(value) * self.width as f64).min(self.width - 1)
    }

    /// The value at a column, which need not be whole.
    fn value(&self, column: f64) -> f64 {
        self.x.from + column / self.width as f64 * (self.x.to - self.x.from)
    }

    /// How many rows a value is high.
    fn rows(&self, value: f64) -> f64 {
        self.y.share(value) * HEIGHT as f64
    }

    /// Sets a cell of the plot; `row` counts from the bottom.
    fn set(&mut self, column: usize, row: usize, c: char, ink: Ink) {
        if row < HEIGHT {
            self.canvas.set(self.left + column, self.top + HEIGHT - 1 - row, c, ink);
        }
    }

    /// The character in a cell of the plot.
    fn glyph_at(&self, column: usize, row: usize) -> char {
        self.canvas.at(self.left + column, self.top + HEIGHT - 1 - row)
    }

    fn is_free(&self, column: usize, row: usize) -> bool {
        self.glyph_at(column, row) == ' '
    }

    /// The marks of the axis below, where their labels begin, and in which lane.
    fn marks_below<'p>(&self, plot: &'p Plot) -> Vec<(&'p Mark, usize, usize)> {
        let marks: Vec<&Mark> = plot.marks.iter().filter(|mark| !mark.upright).collect();
        let place = |mark: &&Mark| {
            let width = mark.label.chars().count() as f64;
            let from = beside(self.column(mark.at) as f64, width, 2.0, self.width as f64);
            (from, from + width)
        };
        let spans: Vec<(f64, f64)> = marks.iter().map(place).collect();
        let lanes = lanes(&spans, 3.0);
        let placed = marks.into_iter().zip(spans).zip(lanes);
        placed.map(|((mark, (from, _)), lane)| (mark, cell(from), lane)).collect()
    }

    fn draw(mut self, plot: &Plot) -> String {
        let glyphs = glyphs(plot, self.blocks);
        for (series, glyph) in plot.series.iter().zip(&glyphs) {
            self.series(series, *glyph);
        }
        for (series, glyph) in plot.series.iter().zip(&glyphs) {
            if glyph.is_alphabetic() {
                self.letter(series, *glyph);
            }
        }
        self.marks(plot);
        self.axes();
        let named = plot.series.iter().zip(glyphs).filter(|(series, _)| !series.name.is_empty());
        let entries: Vec<_> = named.map(|(s, glyph)| (glyph, s.color, s.name.as_str())).collect();
        let words = if entries.len() > 1 {
            legend(&entries, self.left + self.width)
        } else {
            String::new()
        };
        words + &self.canvas.lines()
    }

    fn series(&mut self, series: &Series, glyph: char) {
        let ink = Ink::Series(series.color);
        match &series.shape {
            SeriesShape::Line(points) => self.line(points, glyph, ink, joined),
            SeriesShape::Steps(points) => self.line(points, glyph, ink, held),
            SeriesShape::Area(points) => {
                for column in 0..self.width {
                    let middle = self.value(column as f64 + 0.5);
                    if let Some(value) = joined(points, middle) {
                        self.tower(column, 0.0, self.rows(value), glyph, ink);
                    }
                }
            }
            SeriesShape::Band(points) => self.band(points, glyph, ink),
            SeriesShape::Pillars(pillars) => self.pillars(pillars, glyph, ink),
            SeriesShape::Dots(dots) => self.dots(dots, glyph, ink),
        }
    }

    /// Names a line by a letter at its end.
    fn letter(&mut self, series: &Series, letter: char) {
        let (points, at): (_, ValueAt) = match &series.shape {
            SeriesShape::Line(points) => (points, joined),
            SeriesShape::Steps(points) => (points, held),
            _ => return,
        };
        let value = |column: usize| at(points, self.value(column as f64 + 0.5));
        let row = |value: f64| cell(self.rows(value)).min(HEIGHT - 1);
        let mut places = (0..self.width).rev().filter_map(|c| Some((c, row(value(c)?))));
        // Where several lines end in one place, their letters are written side by side.
        let is_free =
            |(column, row): &(usize, usize)| !self.glyph_at(*column, *row).is_alphabetic();
        let place = places.find(is_free);
        if let Some((column, row)) = place {
            self.set(column, row, letter, Ink::Series(series.color));
        }
    }

    /// Fills a column from one height to another, at least a trace of it.
    fn tower(&mut self, column: usize, low: f64, high: f64, glyph: char, ink: Ink) {
        if high <= low {
            return;
        }
        let (from, to) = (cell(low + 0.5), cell(high));
        for row in from..to {
            self.set(column, row, glyph, ink);
        }
        let rest = high - to as f64;
        // Only a full block has parts; a shade is there or not.
        let has_parts = glyph == self.blocks.fill(0);
        if to >= from && (has_parts && rest > 0.06 || rest >= 0.5 || to == from) {
            let top = if has_parts { self.blocks.partly(rest) } else { glyph };
            self.set(column, to, top, ink);
        }
    }

    fn pillars(&mut self, pillars: &[Pillar], glyph: char, ink: Ink) {
        for column in 0..self.width {
            let (from, to) = (self.value(column as f64), self.value(column as f64 + 1.0));
            let here = pillars.iter().filter(|c| c.from < to && from < c.to);
            // Of many pillars in one cell the highest is shown.
            if let Some(highest) = here.max_by(|a, b| a.high.total_cmp(&b.high)) {
                let (low, high) = (self.rows(highest.low), self.rows(highest.high));
                self.tower(column, low, high, glyph, ink);
            }
        }
    }

    fn band(&mut self, points: &[(f64, f64, f64)], glyph: char, ink: Ink) {
        let lows: Vec<_> = points.iter().map(|(x, low, _)| (*x, *low)).collect();
        let highs: Vec<_> = points.iter().map(|(x, _, high)| (*x, *high)).collect();
        for column in 0..self.width {
            let middle = self.value(column as f64 + 0.5);
            if let (Some(low), Some(high)) = (joined(&lows, middle), joined(&highs, middle)) {
                for row in cell(self.rows(low))..cell(self.rows(high) + 0.999) {
                    self.set(column, row, glyph, ink);
                }
            }
        }
    }

    /// A line of dots, eight to a cell, or of one character in ASCII.
    fn line(&mut self, points: &[(f64, f64)], glyph: char, ink: Ink, at: ValueAt) {
        let (across, upward) = if self.blocks.ascii { (1, 1) } else { (2, 4) };
        let mut before: Option<usize> = None;
        for dot in 0..self.width * across {
            let x = self.value((dot as f64 + 0.5) / across as f64);
            let Some(value) = at(points, x) else {
                before = None;
                continue;
            };
            let most = HEIGHT * upward - 1;
            let height = cell(self.rows(value) * upward as f64).min(most);
            let from = before.unwrap_or(height);
            for step in from.min(height)..=from.max(height) {
                if self.blocks.ascii {
                    self.set(dot, step, glyph, ink);
                } else {
                    self.dot((dot, step), (across, upward), ink);
                }
            }
            before = Some(height);
        }
    }

    /// Adds a dot to the braille cell it is in.
    fn dot(&mut self, (x, y): (usize, usize), (across, upward): (usize, usize), ink: Ink) {
        // The bits of the dots of a braille cell, from the bottom up, left and right.
        const BITS: [[u32; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];
        const BLANK: u32 = 0x2800;
        let (column, row) = (x / across, y / upward);
        let there = u32::from(self.glyph_at(column, row));
        let bits = there.checked_sub(BLANK).filter(|bits| *bits < 0x100).unwrap_or(0);
        let bits = bits | BITS[x % across][y % upward];
        self.set(column, row, char::from_u32(BLANK + bits).unwrap_or(' '), ink);
    }

    fn dots(&mut self, dots: &[Dot], glyph: char, ink: Ink) {
        for dot in dots {
            let (column, row) = (self.column(dot.x), cell(self.rows(dot.y)).min(HEIGHT - 1));
            self.set(column, row, glyph, ink);
            let width = dot.label.chars().count();
            let limit = self.width as f64;
            let from = cell(beside(column as f64, width as f64, 2.0, limit));
            if (from..from + width).all(|column| self.is_free(column, row)) {
                let row = self.top + HEIGHT - 1 - row;
                self.canvas.text(self.left + from, row, &dot.label, ink);
            }
        }
    }

    fn marks(&mut self, plot: &Plot) {
        for mark in plot.marks.iter().filter(|mark| mark.upright) {
            let row = cell(self.rows(mark.at)).min(HEIGHT - 1);
            let ink = Ink::Emphasis(mark.tone);
            let width = mark.label.chars().count();
            let ends = [self.width.saturating_sub(width), 1];
            let free = |from: &usize| (*from..from + width).all(|c| self.is_free(c, row));
            let place = ends.into_iter().find(free);
            for column in 0..self.width {
                if self.is_free(column, row) {
                    self.set(column, row, self.blocks.pick('╌', '-'), ink);
                }
            }
            if let Some(from) = place {
                let row = self.top + HEIGHT - 1 - row;
                self.canvas.text(self.left + from, row, &mark.label, ink);
            }
        }
        for (mark, from, lane) in self.marks_below(plot) {
            let (column, ink) = (self.column(mark.at), Ink::Emphasis(mark.tone));
            for row in lane + 1..self.top {
                self.canvas.set(self.left + column, row, self.blocks.pick('│', '|'), ink);
            }
            self.canvas.text(self.left + from, lane + 1, &mark.label, ink);
            for row in 0..HEIGHT {
                if self.is_free(column, row) {
                    self.set(column, row, self.blocks.pick('│', '|'), ink);
                }
            }
        }
    }

    fn axes(&mut self) {
        let (side, foot) = (self.blocks.pick('│', '|'), self.blocks.pick('─', '-'));
        let below = self.top + HEIGHT;
        for row in self.top..below {
            self.canvas.set(self.left - 1, row, side, Ink::Soft);
        }
        self.canvas.set(self.left - 1, below, self.blocks.pick('└', '+'), Ink::Soft);
        for column in 0..self.width {
            self.canvas.set(self.left + column, below, foot, Ink::Soft);
        }
        for tick in self.y.ticks(4) {
            let row = cell(self.rows(tick.at) - 0.5).min(HEIGHT - 1);
            let row = if tick.at <= self.y.from { below } else { below - 1 - row };
            let from = (self.left - 2).saturating_sub(tick.label.chars().count());
            self.canvas.text(from, row, &tick.label, Ink::Soft);
        }
        let title = self.y.title.clone();
        self.canvas.text(0, 0, &title, Ink::Soft);
        self.ticks_below(below + 1);
    }

    /// As many ticks as fit side by side, and the label of the axis.
    fn ticks_below(&mut self, row: usize) {
        let title = self.x.title.clone();
        let end = (self.left + self.width).saturating_sub(title.chars().count());
        self.canvas.text(end, row, &title, Ink::Soft);
        for most in (1..=12).rev() {
            let place = |at: f64, label: &str| {
                let half = label.chars().count() / 2;
                let from = (self.left + self.column(at)).saturating_sub(half);
                (from as f64, (from + label.chars().count()) as f64)
            };
            let ticks = self.x.ticks(most);
            let spans: Vec<_> = ticks.iter().map(|t| place(t.at, &t.label)).collect();
            let is_over = lanes(&spans, 3.0).iter().any(|lane| *lane > 0);
            if is_over && most > 1 {
                continue;
            }
            for (tick, (from, to)) in ticks.iter().zip(spans) {
                if to + 2.0 <= end as f64 {
                    self.canvas.text(cell(from), row, &tick.label, Ink::Soft);
                }
            }
            return;
        }
    }
}

/// What each series is drawn with; several lines have a letter each, or in ASCII a sign.
fn glyphs(plot: &Plot, blocks: Blocks) -> Vec<char> {
    const SIGNS: [char; 6] = ['*', 'o', '+', 'x', '%', '@'];
    let is_line =
        |shape: &SeriesShape| matches!(shape, SeriesShape::Line(_) | SeriesShape::Steps(_));
    let alone = plot.series.iter().filter(|series| is_line(&series.shape)).count() == 1;
    let (mut areas, mut lines) = (0, 0);
    let mut glyphs = Vec::new();
    for series in &plot.series {
        glyphs.push(match &series.shape {
            SeriesShape::Band(_) => blocks.pick('░', ':'),
            SeriesShape::Dots(_) => blocks.pick('●', 'O'),
            SeriesShape::Area(_) | SeriesShape::Pillars(_) => blocks.fill(areas),
            SeriesShape::Line(_) | SeriesShape::Steps(_) if alone => blocks.pick('⠒', '*'),
            SeriesShape::Line(_) | SeriesShape::Steps(_) => blocks
                .pick(('a'..='z').cycle().nth(lines).unwrap_or('a'), SIGNS[lines % SIGNS.len()]),
        });
        areas +=
            usize::from(matches!(series.shape, SeriesShape::Area(_) | SeriesShape::Pillars(_)));
        lines += usize::from(is_line(&series.shape));
    }
    glyphs
}

/// The value of joined points at `x`; `None` beyond them.
fn joined(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = points.partition_point(|(at, _)| *at < x);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) if x1 > x0 => Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0)),
        (_, Some((at, y))) if (*at - x).abs() < f64::EPSILON => Some(*y),
        (None, Some((_, y))) if points.len() == 1 => Some(*y),
        _ => None,
    }
}

/// The value that holds at `x`; `None` before the first and after the last point.
fn held(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = points.partition_point(|(at, _)| *at <= x);
    let (last, _) = points.last()?;
    let (_, value) = points.get(after.checked_sub(1)?)?;
    (x <= *last).then_some(*value)
}
