//! A grid of characters with colours.

use anstyle::{AnsiColor, Style};

use super::spec::Color;
use crate::report::emphasis::Emphasis;

/// How a character looks where colours are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// As text does.
    Plain,
    /// As background does.
    Soft,
    /// In the colour of a series.
    Series(Color),
    /// In the colour of a meaning.
    Emphasis(Emphasis),
}

impl Ink {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Plain | Self::Emphasis(Emphasis::Plain) => Style::new(),
            Self::Soft | Self::Emphasis(Emphasis::Muted | Emphasis::Source) => {
                Style::new().dimmed()
            }
            Self::Series(series) => color(match series {
                Color::Blue => AnsiColor::Blue,
                Color::Orange => AnsiColor::Yellow,
                Color::Teal => AnsiColor::Cyan,
                Color::Violet => AnsiColor::Magenta,
                Color::Red => AnsiColor::Red,
                Color::Green => AnsiColor::Green,
                Color::Cyan => AnsiColor::BrightCyan,
                Color::Pale | Color::Gray => AnsiColor::BrightBlack,
            }),
            Self::Emphasis(Emphasis::Good) => color(AnsiColor::Green),
            Self::Emphasis(Emphasis::Caution) => color(AnsiColor::Yellow),
            Self::Emphasis(Emphasis::Bad) => color(AnsiColor::Red),
        }
    }
}

/// Characters in rows, the first row at the top.
pub(super) struct Canvas {
    width: usize,
    cells: Vec<(char, Ink)>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, cells: vec![(' ', Ink::Plain); width * height] }
    }

    /// The character at a place; a blank beyond the edges.
    pub(super) fn at(&self, column: usize, row: usize) -> char {
        let inside = column < self.width;
        self.cells.get(row * self.width + column).filter(|_| inside).map_or(' ', |(c, _)| *c)
    }

    pub(super) fn set(&mut self, column: usize, row: usize, c: char, ink: Ink) {
        if column < self.width
            && let Some(cell) = self.cells.get_mut(row * self.width + column)
        {
            *cell = (c, ink);
        }
    }

    /// Writes a text, as far as it fits.
    pub(super) fn text(&mut self, column: usize, row: usize, text: &str, ink: Ink) {
        for (i, c) in text.chars().enumerate() {
            self.set(column + i, row, c, ink);
        }
    }

    /// The rows as lines, coloured, without blanks at their ends.
    pub(super) fn lines(&self) -> String {
        let mut out = String::new();
        for row in self.cells.chunks(self.width.max(1)) {
            let end = row.iter().rposition(|(c, _)| *c != ' ').map_or(0, |last| last + 1);
            for run in row[..end].chunk_by(|a, b| a.1 == b.1) {
                let text: String = run.iter().map(|(c, _)| c).collect();
                let style = run[0].1.style();
                if style.is_plain() || text.trim().is_empty() {
                    out.push_str(&text);
                } else {
                    out.push_str(&format!("{style}{text}{style:#}"));
                }
            }
            out.push('\n');
        }
        out
    }
}
