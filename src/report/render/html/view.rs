//! The pieces of a page as the template wants them.

use std::borrow::Cow;

use serde::Serialize;

use crate::report::chart::{Chart, Color, Drawing, Size, legend, shapes};
use crate::report::diagnostic::{Diagnostic, Severity};
use crate::report::document::{
    Align, Column, Document, DocumentBlock, Emphasis, Fact, Table, TableRow,
};
use crate::report::widget::Widget;
use crate::units::grouped;

/// Words up to this length are not broken.
const SHORT: usize = 22;
/// Beside a column of sentences a narrow screen shows so many others.
const MOST_BEFORE_WORDS: usize = 4;

/// A piece of a section.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Piece<'a> {
    Facts { caption: &'a str, facts: Vec<Labelled<'a>> },
    Table(Grid<'a>),
    Said(Said<'a>),
    Diagnostic(Boxed<'a>),
    Fold { title: &'a str, inside: Vec<Piece<'a>> },
    Figure(Box<Figure<'a>>),
    Widget { id: &'a str, heading: &'a str, markup: &'a str, data: &'a str },
}

/// A fact.
#[derive(Debug, Serialize)]
pub(super) struct Labelled<'a> {
    label: &'a str,
    value: &'a str,
    remark: Cow<'a, str>,
}

impl<'a> From<&'a Fact> for Labelled<'a> {
    fn from(fact: &'a Fact) -> Self {
        Self { label: fact.label, value: &fact.value, remark: Cow::Borrowed(&fact.remark) }
    }
}

/// A table.
#[derive(Debug, Serialize)]
pub(super) struct Grid<'a> {
    caption: &'a str,
    columns: Vec<Head<'a>>,
    rows: Vec<Cells<'a>>,
    /// The column whose cells name their rows.
    head: usize,
    /// How many rows are not shown.
    left_out: usize,
    /// How many columns stand before one of sentences at the end, which a narrow screen shows below them.
    before_words: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Head<'a> {
    title: &'a str,
    class: &'static str,
}

#[derive(Debug, Serialize)]
struct Cells<'a> {
    cells: &'a [String],
    strong: bool,
}

impl<'a> Grid<'a> {
    /// A table with so many of its rows, from the top; a total at its end stays.
    fn new(table: &'a Table, caption: &'a str, kept: usize) -> Self {
        let is_short = |i: usize| table.rows.iter().all(|row| row.cells[i].len() <= SHORT);
        let column = |(i, column): (usize, &'a Column)| Head {
            title: &column.title,
            class: match column.align {
                Align::Left if is_short(i) => "short",
                Align::Left => "",
                Align::Right => "number",
                Align::Path => "path",
            },
        };
        let before_words = match table.columns.split_last() {
            Some((last, before))
                if last.align == Align::Left
                    && !is_short(before.len())
                    && (1..=MOST_BEFORE_WORDS).contains(&before.len()) =>
            {
                Some(before.len())
            }
            _ => None,
        };
        let is = |align| move |column: &Column| column.align == align;
        let head = match table.columns.first() {
            Some(first) if first.align == Align::Left => 0,
            _ => table.columns.iter().position(is(Align::Path)).unwrap_or(0),
        };
        let (last, most) = match table.rows.split_last() {
            Some((last, most)) if last.strong => (Some(last), most),
            _ => (None, table.rows.as_slice()),
        };
        let shown = most.len().min(kept);
        let row = |row: &'a TableRow| Cells { cells: &row.cells, strong: row.strong };
        Self {
            caption: table.caption.as_deref().unwrap_or(caption),
            columns: table.columns.iter().enumerate().map(column).collect(),
            rows: most[..shown].iter().chain(last).map(row).collect(),
            head,
            left_out: most.len() - shown,
            before_words,
        }
    }
}

/// A picture, laid out twice, with its figures.
#[derive(Debug, Serialize)]
pub(super) struct Figure<'a> {
    title: &'a str,
    summary: &'a str,
    legend: Vec<Entry<'a>>,
    wide: Drawing,
    narrow: Drawing,
    figures: Grid<'a>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    shape: &'static str,
    color: u8,
    name: &'a str,
}

impl<'a> Figure<'a> {
    fn new(chart: &'a Chart, figures: &'a Table, kept: usize) -> Self {
        let entry =
            |(shape, color, name): (_, Color, _)| Entry { shape, color: color.number(), name };
        Self {
            title: &chart.title,
            summary: &chart.summary,
            legend: legend(chart).into_iter().map(entry).collect(),
            wide: shapes(chart, Size::Wide),
            narrow: shapes(chart, Size::Narrow),
            figures: Grid::new(figures, &chart.title, kept),
        }
    }
}

/// A sentence.
#[derive(Debug, Serialize)]
pub(super) struct Said<'a> {
    tone: &'static str,
    /// The tone for those who do not see it.
    word: &'static str,
    text: Vec<Part<'a>>,
}

impl<'a> Said<'a> {
    pub(super) fn new(tone: Emphasis, text: impl Into<Cow<'a, str>>) -> Self {
        let (tone, word) = match tone {
            Emphasis::Good => ("good", ""),
            Emphasis::Caution => ("caution", "caution"),
            Emphasis::Bad => ("bad", "problem"),
            Emphasis::Muted | Emphasis::Source => ("muted", ""),
            Emphasis::Plain => ("plain", ""),
        };
        Self { tone, word, text: parts(text) }
    }

    /// Whether it concludes something.
    pub(super) fn concludes(&self) -> bool {
        matches!(self.tone, "good" | "caution" | "bad")
    }
}

/// A piece of a sentence; what stood between backticks is code.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Part<'a> {
    code: bool,
    text: Cow<'a, str>,
}

/// The parts of a sentence. Where the backticks are no pairs, all of it is text.
pub(super) fn parts<'a>(text: impl Into<Cow<'a, str>>) -> Vec<Part<'a>> {
    let text = text.into();
    let pieces = match &text {
        Cow::Borrowed(text) => text.split('`').collect(),
        Cow::Owned(_) => Vec::new(),
    };
    if pieces.len().is_multiple_of(2) {
        return vec![Part { code: false, text }];
    }
    let part = |(i, text): (usize, &'a str)| Part { code: i % 2 == 1, text: text.into() };
    pieces.into_iter().enumerate().map(part).filter(|part| !part.text.is_empty()).collect()
}

/// What is said of things that have no place on the page.
pub(super) fn left_out(count: usize) -> String {
    format!("{} more are left out here; the other formats have them all", grouped(count))
}

/// A remark with its places.
#[derive(Debug, Serialize)]
pub(super) struct Boxed<'a> {
    tone: &'static str,
    word: &'static str,
    id: &'a str,
    message: Vec<Part<'a>>,
    places: Vec<Place<'a>>,
    help: Vec<Vec<Part<'a>>>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    at: String,
    label: &'a str,
}

impl<'a> From<&'a Diagnostic> for Boxed<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        let (tone, word) = match diagnostic.severity {
            Severity::Pass => ("good", "pass"),
            Severity::Advice => ("plain", "advice"),
            Severity::Warn => ("caution", "warning"),
            Severity::Fail => ("bad", "fail"),
            Severity::Error => ("bad", "error"),
        };
        let places = diagnostic.annotations.iter().map(|spot| Place {
            at: format!("{}:{}:{}", spot.file, spot.line, spot.column),
            label: &spot.label,
        });
        Self {
            tone,
            word,
            id: diagnostic.kind.id,
            message: parts(diagnostic.message.as_str()),
            places: places.collect(),
            help: diagnostic.help.iter().map(|help| parts(help.as_str())).collect(),
        }
    }
}

impl<'a> From<&'a Widget> for Piece<'a> {
    fn from(widget: &'a Widget) -> Self {
        let Widget { id, heading, markup, data, .. } = widget;
        Self::Widget { id, heading, markup, data: data.as_str() }
    }
}

impl<'a> Piece<'a> {
    /// The piece that a block is, with so many of the rows of a table; `None` for what has no place
    /// on a page.
    pub(super) fn of(block: &'a DocumentBlock, caption: &'a str, kept: usize) -> Option<Self> {
        Some(match block {
            DocumentBlock::Facts(facts) => {
                Self::Facts { caption, facts: facts.iter().map(Labelled::from).collect() }
            }
            DocumentBlock::Table(table) if table.pictured => return None,
            DocumentBlock::Table(table) => Self::Table(Grid::new(table, caption, kept)),
            DocumentBlock::Pairs(pairs) => {
                let fact = |(entry, meaning): &'a (String, String)| Labelled {
                    label: entry,
                    value: "",
                    remark: Cow::Borrowed(meaning),
                };
                let mut facts: Vec<_> = pairs.iter().take(kept).map(fact).collect();
                if let Some(rest) = pairs.len().checked_sub(kept).filter(|rest| *rest > 0) {
                    facts.push(Labelled { label: "", value: "", remark: left_out(rest).into() });
                }
                Self::Facts { caption, facts }
            }
            DocumentBlock::Line(tone, text) => Self::Said(Said::new(*tone, text.as_str())),
            DocumentBlock::Diagnostic(diagnostic) => Self::Diagnostic(diagnostic.into()),
            DocumentBlock::Fold(title, page) => {
                Self::Fold { title, inside: inside(page, title, kept) }
            }
            DocumentBlock::Chart { chart, figures } => {
                Self::Figure(Box::new(Figure::new(chart, figures, kept)))
            }
            DocumentBlock::Widget(widget) => widget.into(),
            DocumentBlock::Headline(_)
            | DocumentBlock::Title(_)
            | DocumentBlock::Closing
            | DocumentBlock::Tag(_) => return None,
        })
    }
}

/// The pieces of what is folded, in their order.
fn inside<'a>(page: &'a Document, caption: &'a str, kept: usize) -> Vec<Piece<'a>> {
    page.blocks.iter().filter_map(|block| Piece::of(block, caption, kept)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let part = |code, text: &'static str| Part { code, text: text.into() };
        assert_eq!(
            parts("see `plan`, then go on"),
            [part(false, "see "), part(true, "plan"), part(false, ", then go on")]
        );
        assert_eq!(parts("a ` alone"), [part(false, "a ` alone")]);
        assert_eq!(parts("`all`"), [part(true, "all")]);
    }
}
