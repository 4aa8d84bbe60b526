//! A report as people read it, before it is laid out.

use crate::report::chart::Chart;
use crate::report::diagnostic::Diagnostic;
pub use crate::report::emphasis::Emphasis;
use crate::report::widget::Widget;
use crate::units::Tokens;

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

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<TableRow>,
    /// What it shows, where the heading above it does not say so.
    pub caption: Option<String>,
    /// Whether a chart of the same document shows the same, with its figures in full.
    pub pictured: bool,
}

impl Table {
    /// An empty table; a title that starts with `>` heads a column of numbers, with `<` one of paths.
    #[must_use]
    pub fn new(titles: &[&str]) -> Self {
        let columns = titles
            .iter()
            .map(|title| {
                let (title, align) = match title.chars().next() {
                    Some('>') => (&title[1..], Align::Right),
                    Some('<') => (&title[1..], Align::Path),
                    _ => (*title, Align::Left),
                };
                Column { title: title.to_owned(), align }
            })
            .collect();
        Self { columns, rows: Vec::new(), caption: None, pictured: false }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(TableRow { cells: cells.into(), strong: false });
    }

    /// Adds a row that stands out.
    pub fn strong_row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(TableRow { cells: cells.into(), strong: true });
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

/// A table with a column for each of several things and a row for each question about them.
pub(crate) struct SideBySide<'a, T> {
    items: Vec<&'a T>,
    table: Table,
}

impl<'a, T> SideBySide<'a, T> {
    /// A table of these things under their titles, without rows; `heads` title the columns before.
    pub(crate) fn new(
        heads: &[&str],
        items: impl IntoIterator<Item = &'a T>,
        title: impl Fn(&T) -> &str,
    ) -> Self {
        let items: Vec<&T> = items.into_iter().collect();
        let mut table = Table::new(heads);
        table.columns.extend(
            items.iter().map(|item| Column { title: title(item).to_owned(), align: Align::Right }),
        );
        Self { items, table }
    }

    /// Adds a row, unless no thing has anything to say.
    pub(crate) fn row(&mut self, label: &str, cell: impl Fn(&T) -> String) {
        self.push(&[label], false, cell);
    }

    /// Adds a row that stands out.
    pub(crate) fn strong_row(&mut self, label: &str, cell: impl Fn(&T) -> String) {
        self.push(&[label], true, cell);
    }

    /// Adds a row under several heads, unless no thing has anything to say.
    pub(crate) fn push(&mut self, labels: &[&str], strong: bool, cell: impl Fn(&T) -> String) {
        let answers: Vec<String> = self.items.iter().map(|item| cell(item)).collect();
        if answers.iter().any(|answer| !answer.is_empty()) {
            let labels = labels.iter().map(|label| (*label).to_owned());
            self.table.rows.push(TableRow { cells: labels.chain(answers).collect(), strong });
        }
    }

    /// The table.
    pub(crate) fn into_table(self) -> Table {
        self.table
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

/// A part of a document.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading.
    Title(String),
    /// Facts, one below the other.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// Many short entries with what they stand for, one below the other and easy to tell apart.
    Pairs(Vec<(String, String)>),
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

impl Block {
    /// The widget, if it is one.
    pub(crate) fn as_widget(&self) -> Option<&Widget> {
        match self {
            Self::Widget(widget) => Some(widget),
            _ => None,
        }
    }
}

/// `1 model`, `1,200 models`.
#[must_use]
pub fn plural(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", Tokens::new(n), if n == 1 { "" } else { "s" })
}

/// Texts in the order in which they first appear, each once.
pub(crate) fn distinct<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// A report as people read it, from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its parts; the most important line comes last.
    pub blocks: Vec<Block>,
}

impl Document {
    /// Adds a heading.
    pub fn title(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Title(text.into()));
    }

    /// Adds a sentence.
    pub fn line(&mut self, tone: Emphasis, text: impl Into<String>) {
        self.blocks.push(Block::Line(tone, text.into()));
    }

    /// Adds facts.
    pub fn facts(&mut self, facts: Vec<Fact>) {
        self.blocks.push(Block::Facts(facts));
    }

    /// Adds a diagnostic.
    pub fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.blocks.push(Block::Diagnostic(diagnostic));
    }

    /// Adds entries with what they stand for.
    pub fn pairs(&mut self, pairs: Vec<(String, String)>) {
        self.blocks.push(Block::Pairs(pairs));
    }

    /// Adds a chart with the table of its figures.
    pub fn chart(&mut self, chart: Chart, figures: Table) {
        let figures = figures.without_empty_columns();
        self.blocks.push(Block::Chart { chart, figures });
    }

    /// Says that what follows is about the page as a whole.
    pub fn closing(&mut self) {
        self.blocks.push(Block::Closing);
    }

    /// Adds a table without the columns that are empty.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table.without_empty_columns()));
    }
}
