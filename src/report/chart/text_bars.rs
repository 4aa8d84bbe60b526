//! Bars with names in characters.

use crate::report::terminal::Blocks;

use super::canvas::{Canvas, Ink};
use super::glyphs::{cell, legend};
use super::spec::{Bar, Rows};

/// Draws bars: each name above its bars, each amount right of its bar.
pub(super) fn draw(rows: &Rows, blocks: Blocks, width: usize) -> String {
    let bars = || rows.groups.iter().flat_map(|group| &group.bars);
    let widest = bars().map(|bar| bar.value.chars().count()).max().unwrap_or(0);
    let room = width.saturating_sub(widest + 3).max(1);
    let at = |value: f64| rows.axis.share(value) * room as f64;
    let height = rows.groups.iter().map(|group| group.bars.len() + 1).sum::<usize>();
    let mut canvas = Canvas::new(width, height + rows.marks.len());
    let mut row = 0;
    for group in &rows.groups {
        canvas.text(0, row, &group.name, Ink::Plain);
        row += 1;
        for bar in &group.bars {
            self::bar(&mut canvas, row, bar, rows, blocks, &at);
            row += 1;
        }
    }
    for mark in &rows.marks {
        let (column, ink) = (cell(at(mark.at)).min(room - 1), Ink::Emphasis(mark.tone));
        for line in 0..=row {
            if canvas.at(column, line) == ' ' {
                canvas.set(column, line, blocks.pick('┊', '|'), ink);
            }
        }
        let label = mark.label.chars().count();
        let from =
            if column + 2 + label <= width { column + 2 } else { column.saturating_sub(label + 1) };
        canvas.text(from, row, &mark.label, ink);
        row += 1;
    }
    let entries: Vec<_> = rows
        .legend
        .iter()
        .enumerate()
        .map(|(i, (color, name))| (blocks.fill(i), *color, name.as_str()))
        .collect();
    let words = if entries.is_empty() { String::new() } else { legend(&entries, width) };
    words + &canvas.lines()
}

fn bar(
    canvas: &mut Canvas,
    row: usize,
    bar: &Bar,
    rows: &Rows,
    blocks: Blocks,
    at: &impl Fn(f64) -> f64,
) {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let mut end = 0;
    for segment in &bar.segments {
        let nth = rows.legend.iter().position(|(color, _)| *color == segment.color).unwrap_or(0);
        let (to, ink) = (at(segment.to), Ink::Series(segment.color));
        let full = cell(to);
        for column in end..full {
            canvas.set(column, row, blocks.fill(nth), ink);
        }
        let rest = EIGHTHS[cell((to - full as f64) * 8.0).min(7)];
        let has_parts = !blocks.ascii && nth == 0 && rest != ' ';
        // What is there is seen, however little.
        if has_parts || (full == 0 && end == 0 && segment.to > 0.0) {
            let trace = if has_parts { rest } else { blocks.pick('▏', '|') };
            canvas.set(full, row, trace, ink);
            end = full + 1;
        } else {
            end = end.max(full);
        }
    }
    if let Some((low, high)) = bar.range {
        let (low, high) = (cell(at(low)), cell(at(high)));
        for column in low.max(end)..high {
            canvas.set(column, row, blocks.pick('─', '-'), Ink::Soft);
        }
        if high >= end {
            canvas.set(high, row, blocks.pick('┤', '|'), Ink::Soft);
            end = high + 1;
        }
    }
    canvas.text(end + 1, row, &bar.value, Ink::Plain);
}
