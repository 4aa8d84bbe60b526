//! A report as people read it, before it is laid out.

use crate::report::chart::Chart;
use crate::report::diagnostic::Diagnostic;
pub use crate::report::emphasis::Emphasis;
pub(crate) use crate::report::pairs::MOST_ON_PAGE;
pub use crate::report::pairs::Pairs;
use crate::report::widget::Widget;
use crate::units::grouped;

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers, which are never broken.
    Right,
    /// Paths, shortened from the left where the terminal is too narrow.
    Path,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Where its text stands.
    pub align: Align,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// One cell per column.
    pub cells: Vec<String>,
    /// Whether it stands out, as a total does.
    pub strong: bool,
}

/// A table: `Table::default().texts(["model"]).numbers(["cost"])`, then its rows.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<TableRow>,
    /// What it shows, where the heading above it does not say so.
    pub caption: Option<String>,
    /// Whether a chart of the same document shows the same, with its figures in full.
    pub pictured: bool,
    /// The table that a terminal shows where this one does not fit.
    pub narrow: Option<Box<Table>>,
    /// Whether a terminal shows the first 20 rows alone, and the sum below them where there is one.
    pub is_long: bool,
    /// How many rows such a table has besides, which are not here.
    pub left_out: usize,
}

impl Table {
    /// The columns that say the same in every row, with what they say.
    pub(crate) fn constants(&self) -> (Vec<String>, Vec<usize>) {
        let Some((first, others)) =
            self.rows.split_first().filter(|(_, others)| !others.is_empty())
        else {
            return (Vec::new(), Vec::new());
        };
        let is_constant = |column: &usize| {
            let value = &first.cells[*column];
            // A sum has nothing to say in columns that do not add up.
            let says_it = |row: &TableRow| {
                row.cells[*column] == *value || (row.strong && row.cells[*column].is_empty())
            };
            !value.is_empty()
                && !self.columns[*column].title.is_empty()
                && others.iter().all(says_it)
        };
        let constant: Vec<usize> = (0..self.columns.len()).filter(is_constant).collect();
        let says =
            |column: &usize| format!("{}: {}", self.columns[*column].title, first.cells[*column]);
        (constant.iter().map(says).collect(), constant)
    }

    /// Adds columns of words.
    #[must_use]
    pub fn texts<T: Into<String>>(self, titles: impl IntoIterator<Item = T>) -> Self {
        self.columns(titles, Align::Left)
    }

    /// Adds columns of numbers.
    #[must_use]
    pub fn numbers<T: Into<String>>(self, titles: impl IntoIterator<Item = T>) -> Self {
        self.columns(titles, Align::Right)
    }

    /// Adds columns of paths.
    #[must_use]
    pub fn paths<T: Into<String>>(self, titles: impl IntoIterator<Item = T>) -> Self {
        self.columns(titles, Align::Path)
    }

    fn columns<T: Into<String>>(
        mut self,
        titles: impl IntoIterator<Item = T>,
        align: Align,
    ) -> Self {
        self.columns.extend(titles.into_iter().map(|title| Column { title: title.into(), align }));
        self
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(TableRow { cells: cells.into(), strong: false });
    }

    /// Adds a row that stands out.
    pub fn strong_row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(TableRow { cells: cells.into(), strong: true });
    }

    /// The table with these columns alone.
    #[must_use]
    pub fn only(&self, titles: &[&str]) -> Self {
        let kept: Vec<usize> = (0..self.columns.len())
            .filter(|column| titles.contains(&self.columns[*column].title.as_str()))
            .collect();
        let row = |row: &TableRow| TableRow {
            cells: kept.iter().map(|column| row.cells[*column].clone()).collect(),
            strong: row.strong,
        };
        Self {
            columns: kept.iter().map(|column| self.columns[*column].clone()).collect(),
            rows: self.rows.iter().map(row).collect(),
            ..Self::default()
        }
        .without_empty_columns()
    }

    /// Removes the columns in which no row has anything.
    #[must_use]
    pub fn without_empty_columns(mut self) -> Self {
        for i in (0..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row.cells[i].is_empty()) {
                self.columns.remove(i);
                for row in &mut self.rows {
                    row.cells.remove(i);
                }
            }
        }
        self
    }
}

/// A label, a value, and a remark about it.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// How much it is.
    pub value: String,
    /// What to know about it.
    pub remark: String,
}

/// The answer in one figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// The figure, such as `$48.71`.
    pub figure: String,
    /// What it is, in words that follow it: `a month with gpt-6-luna`.
    pub what: String,
    /// How it compares, or how sure it is; empty where nothing is to be said.
    pub change: String,
}

/// A part of a document.
#[derive(Debug, Clone)]
pub enum DocumentBlock {
    /// The answer in one figure, which a page shows large.
    Headline(Headline),
    /// A heading.
    Title(String),
    /// Facts, one below the other.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// Many short entries with what they mean, one below the other and easy to tell apart.
    Pairs(Pairs),
    /// A sentence.
    Line(Emphasis, String),
    /// A diagnostic with its places.
    Diagnostic(Diagnostic),
    /// What is folded away where a format can fold: its heading and what is in it.
    Fold(String, Document),
    /// A chart, where the format can draw one.
    Chart {
        /// What is drawn.
        chart: Chart,
        /// Every figure that is drawn.
        figures: Table,
    },
    /// What follows is about the page as a whole, not about the last heading.
    Closing,
    /// A part that answers questions by itself; only a browser shows it.
    Widget(Widget),
    /// A line for programs that look for it; people do not see it.
    Tag(&'static str),
}

impl DocumentBlock {
    /// The widget, if it is one.
    pub(crate) fn as_widget(&self) -> Option<&Widget> {
        match self {
            Self::Widget(widget) => Some(widget),
            _ => None,
        }
    }

    /// The picture, if it is one.
    pub(crate) fn as_chart(&self) -> Option<&Chart> {
        match self {
            Self::Chart { chart, .. } => Some(chart),
            _ => None,
        }
    }
}

/// A report as people read it, from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its parts; the most important line comes last.
    pub blocks: Vec<DocumentBlock>,
}

/// How many rows a table shows to people; CSV and JSON have all.
pub const MOST_ROWS: usize = 20;

/// Says that so many rows are left out.
pub(crate) fn left_out(rows: usize) -> String {
    format!("and {} more; --format csv lists all", grouped(rows))
}

impl Document {
    /// Adds the answer in one figure.
    pub fn headline(
        &mut self,
        figure: impl Into<String>,
        what: impl Into<String>,
        change: impl Into<String>,
    ) {
        let (figure, what, change) = (figure.into(), what.into(), change.into());
        self.blocks.push(DocumentBlock::Headline(Headline { figure, what, change }));
    }

    /// Adds a heading.
    pub fn title(&mut self, text: impl Into<String>) {
        self.blocks.push(DocumentBlock::Title(text.into()));
    }

    /// Adds a sentence.
    pub fn line(&mut self, tone: Emphasis, text: impl Into<String>) {
        self.blocks.push(DocumentBlock::Line(tone, text.into()));
    }

    /// Adds where a figure comes from, or what was assumed of it.
    pub fn note(&mut self, text: impl Into<String>) {
        self.line(Emphasis::Source, text);
    }

    /// Says how many of so many rows a table for people leaves out.
    pub fn left_out(&mut self, rows: usize) {
        if rows > MOST_ROWS {
            self.line(Emphasis::Muted, left_out(rows - MOST_ROWS));
        }
    }

    /// Adds facts.
    pub fn facts(&mut self, facts: Vec<Fact>) {
        self.blocks.push(DocumentBlock::Facts(facts));
    }

    /// Adds a diagnostic.
    pub fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.blocks.push(DocumentBlock::Diagnostic(diagnostic));
    }

    /// Adds entries with what they mean.
    pub fn pairs(&mut self, pairs: Pairs) {
        self.blocks.push(DocumentBlock::Pairs(pairs));
    }

    /// Adds a chart with the table of its figures.
    pub fn chart(&mut self, chart: Chart, figures: Table) {
        let figures = figures.without_empty_columns();
        self.blocks.push(DocumentBlock::Chart { chart, figures });
    }

    /// Says that what follows is about the page as a whole.
    pub fn closing(&mut self) {
        self.blocks.push(DocumentBlock::Closing);
    }

    /// Adds a table without the columns that are empty.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(DocumentBlock::Table(table.without_empty_columns()));
    }
}
