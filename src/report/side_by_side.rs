//! Several results beside each other.

use super::document::{Table, TableRow};

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
        let titles: Vec<&str> = items.iter().map(|item| title(item)).collect();
        let table = Table::default().texts(heads.iter().copied()).numbers(titles);
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
