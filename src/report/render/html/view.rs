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

/// Names up to this length stay on one line.
const WHOLE: usize = 30;
/// Words up to this length are not broken.
const SHORT: usize = 22;
/// So many columns are seen at once, so that a wider table does not repeat one in every row.
const MOST_COLUMNS: usize = 7;
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
    remark: Vec<Part<'a>>,
}

impl<'a> From<&'a Fact> for Labelled<'a> {
    fn from(fact: &'a Fact) -> Self {
        Self { label: fact.label, value: &fact.value, remark: parts(fact.remark.as_str()) }
    }
}

/// A table.
#[derive(Debug, Serialize)]
pub(super) struct Grid<'a> {
    caption: &'a str,
    columns: Vec<Head<'a>>,
    rows: Vec<Cells<'a>>,
    /// What is the same in every row.
    same: String,
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
    cells: Vec<&'a str>,
    strong: bool,
}

impl<'a> Grid<'a> {
    /// A table with so many of its rows, from the top; a total at its end stays. The column that names the rows comes
    /// first, and what a wide table would repeat in every row is said once.
    fn new(table: &'a Table, caption: &'a str, kept: usize) -> Self {
        let is_wide = table.columns.len() > MOST_COLUMNS;
        let (same, constant) = if is_wide { table.constants() } else { Default::default() };
        let mut order: Vec<usize> =
            (0..table.columns.len()).filter(|column| !constant.contains(column)).collect();
        let head = order.iter().position(|i| names_rows(&table.columns[*i])).unwrap_or(0);
        if order.first().is_some_and(|first| table.columns[*first].align == Align::Right) {
            order[..=head].rotate_right(1);
        }
        let is_short = |i: usize| table.rows.iter().all(|row| row.cells[i].len() <= SHORT);
        let column = |i: &usize| Head {
            title: &table.columns[*i].title,
            class: match table.columns[*i].align {
                Align::Left if is_short(*i) => "short",
                Align::Left => "words",
                Align::Right => "number",
                Align::Path => "path",
            },
        };
        let before_words = match order.split_last() {
            Some((last, before))
                if table.columns[*last].align == Align::Left
                    && !is_short(*last)
                    && (1..=MOST_BEFORE_WORDS).contains(&before.len()) =>
            {
                Some(before.len())
            }
            _ => None,
        };
        let (last, most) = match table.rows.split_last() {
            Some((last, most)) if last.strong => (Some(last), most),
            _ => (None, table.rows.as_slice()),
        };
        let shown = most.len().min(kept);
        let row = |row: &'a TableRow| Cells {
            cells: order.iter().map(|i| row.cells[*i].as_str()).collect(),
            strong: row.strong,
        };
        Self {
            caption: table.caption.as_deref().unwrap_or(caption),
            same: same.join(", "),
            rows: most[..shown].iter().chain(last).map(row).collect(),
            columns: order.iter().map(column).collect(),
            left_out: most.len() - shown + table.left_out,
            before_words,
        }
    }
}

/// Whether the cells of a column name their rows, where it is the first such.
fn names_rows(column: &Column) -> bool {
    column.align == Align::Path
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
    /// Whether a line is broken before it rather than at a hyphen in it, as in `gpt-4o` or `--kind`.
    whole: bool,
    text: Cow<'a, str>,
}

/// A text that is broken anywhere.
fn plain(text: Cow<'_, str>) -> Part<'_> {
    Part { code: false, whole: false, text }
}

/// The parts of a sentence. Where the backticks are no pairs, all of it is text.
pub(super) fn parts<'a>(text: impl Into<Cow<'a, str>>) -> Vec<Part<'a>> {
    let text = text.into();
    let pieces = match &text {
        Cow::Borrowed(text) => text.split('`').collect(),
        Cow::Owned(_) => Vec::new(),
    };
    if pieces.len().is_multiple_of(2) {
        return vec![plain(text)];
    }
    let part = |(i, text): (usize, &'a str)| match i % 2 {
        1 => vec![Part { code: true, whole: is_whole(text), text: text.into() }],
        _ => with_whole_words(text),
    };
    pieces.into_iter().enumerate().flat_map(part).filter(|part| !part.text.is_empty()).collect()
}

/// A text by the words in it that have hyphens.
fn with_whole_words(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    for word in text.split(' ') {
        let end = at + word.len();
        if is_whole(word) && word.contains('-') {
            parts.push(plain(text[from..at].into()));
            parts.push(Part { code: false, whole: true, text: word.into() });
            from = end;
        }
        at = end + 1;
    }
    parts.push(plain(text[from..].into()));
    parts
}

/// Whether a text is a name that is short enough for any line.
fn is_whole(text: &str) -> bool {
    text.len() <= WHOLE && !text.contains(' ')
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
                    remark: parts(meaning.as_str()),
                };
                let (shown, rest) = pairs.first(kept);
                let mut facts: Vec<_> = shown.iter().map(fact).collect();
                if rest > 0 {
                    facts.push(Labelled { label: "", value: "", remark: parts(left_out(rest)) });
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
        let code = |text: &'static str| Part { code: true, whole: true, text: text.into() };
        let text = |text: &'static str| plain(text.into());
        assert_eq!(
            parts("see `plan`, then go on"),
            [text("see "), code("plan"), text(", then go on")]
        );
        assert_eq!(parts("a ` alone"), [text("a ` alone")]);
        assert_eq!(parts("`all`"), [code("all")]);
    }

    #[test]
    fn names_with_hyphens_stay_whole() {
        let name = |text: &'static str| Part { code: false, whole: true, text: text.into() };
        let text = |text: &'static str| plain(text.into());
        assert_eq!(
            parts("say --kind of gpt-4o-mini, until 2026-11-30"),
            [
                text("say "),
                name("--kind"),
                text(" of "),
                name("gpt-4o-mini,"),
                text(" until "),
                name("2026-11-30"),
            ]
        );
    }
}
