//! The characters that pictures are made of.

use super::canvas::{Canvas, Ink};
use super::spec::Color;
use crate::report::terminal::Blocks;

impl Blocks {
    /// `unicode`, or its replacement in ASCII.
    pub(super) fn pick(self, unicode: char, ascii: char) -> char {
        if self.ascii { ascii } else { unicode }
    }

    /// The filling of the nth of several areas.
    pub(super) fn fill(self, nth: usize) -> char {
        let glyphs = if self.ascii { ['#', '=', '-', '%'] } else { ['█', '▒', '░', '▓'] };
        glyphs[nth % glyphs.len()]
    }

    /// A cell that is filled from below to this share.
    pub(super) fn partly(self, share: f64) -> char {
        const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        if self.ascii {
            return if share >= 0.5 { '#' } else { '_' };
        }
        EIGHTHS[cell(share.clamp(0.0, 1.0) * 8.0 + 0.5).clamp(1, 8)]
    }
}

/// The nth cell of an axis of cells, from a place on it.
pub(super) fn cell(place: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place on an axis of a few hundred cells; the cast saturates"
    )]
    let cell = place.max(0.0) as usize;
    cell
}

/// Entries of a legend, as many on a line as fit.
pub(super) fn legend(entries: &[(char, Color, &str)], width: usize) -> String {
    let mut place = (0, 0);
    let mut places = Vec::new();
    for (_, _, name) in entries {
        let wide = name.chars().count() + 2;
        if place.0 > 0 && place.0 + wide > width {
            place = (0, place.1 + 1);
        }
        places.push(place);
        place.0 += wide + 3;
    }
    let mut canvas = Canvas::new(width, place.1 + 1);
    for ((glyph, color, name), (column, row)) in entries.iter().zip(places) {
        canvas.set(column, row, *glyph, Ink::Series(*color));
        canvas.text(column + 2, row, name, Ink::Plain);
    }
    canvas.lines()
}
