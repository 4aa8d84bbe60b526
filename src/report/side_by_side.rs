//! Several results beside each other.

use std::collections::{HashMap, HashSet};

use super::document::{Table, TableRow};

/// A table with a column for each of several things and a row for each question about them.
pub(crate) struct SideBySide<'a, T> {
    items: Vec<&'a T>,
    titles: Vec<String>,
    table: Table,
    /// The labels of the rows that stay where a terminal is too narrow for all.
    keys: Vec<String>,
}

impl<'a, T> SideBySide<'a, T> {
    /// A table of these things under their titles, without rows; `heads` title the columns before.
    pub(crate) fn new(
        heads: &[&str],
        items: impl IntoIterator<Item = &'a T>,
        title: impl Fn(&T) -> String,
    ) -> Self {
        let items: Vec<&T> = items.into_iter().collect();
        let titles: Vec<String> = items.iter().map(|item| title(item)).collect();
        let table = Table::default().texts(heads.iter().copied()).numbers(titles.iter().cloned());
        Self { items, titles, table, keys: Vec::new() }
    }

    /// Adds a row, unless no thing has anything to say.
    pub(crate) fn row(&mut self, label: &str, cell: impl Fn(&T) -> String) {
        self.push(&[label], false, cell);
    }

    /// Adds a row that stays where a terminal is too narrow for all.
    pub(crate) fn key_row(&mut self, label: &str, cell: impl Fn(&T) -> String) {
        self.key(label);
        self.row(label, cell);
    }

    /// Says that the row with this label stays.
    pub(crate) fn key(&mut self, label: &str) {
        self.keys.push(label.to_owned());
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

    /// The table; where it does not fit, the things are rows with the answers to the key questions.
    pub(crate) fn into_table(self) -> Table {
        let key = |row: &&TableRow| self.keys.contains(&row.cells[0]);
        let rows: Vec<&TableRow> = self.table.rows.iter().filter(key).collect();
        if rows.is_empty() {
            return self.table;
        }
        let mut narrow =
            Table::default().texts(["model"]).numbers(rows.iter().map(|row| row.cells[0].clone()));
        for (i, title) in self.titles.iter().enumerate() {
            let answers = rows.iter().map(|row| row.cells[i + 1].clone());
            let cells = std::iter::once(title.clone()).chain(answers).collect();
            narrow.rows.push(TableRow { cells, strong: false });
        }
        let narrow = Some(Box::new(narrow));
        Table { narrow, ..self.table }
    }
}

/// Texts in the order in which they first appear, each once.
pub(crate) fn distinct<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut seen = HashSet::new();
    texts.filter(|text| seen.insert(*text)).collect()
}

/// Notes about models, each kept once, in the order in which they first appear.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttributedNotes {
    models: Vec<String>,
    /// With the places of the models that they are about.
    notes: Vec<(String, Vec<usize>)>,
    places: HashMap<String, usize>,
}

impl AttributedNotes {
    /// Adds what is said of a model.
    pub(crate) fn add(&mut self, model: &str, own: &[String]) {
        let known = self.models.iter().position(|known| known == model);
        let model = known.unwrap_or_else(|| {
            self.models.push(model.to_owned());
            self.models.len() - 1
        });
        for note in own {
            let known = self.places.get(note).copied();
            let place = known.unwrap_or_else(|| {
                self.notes.push((note.clone(), Vec::new()));
                self.places.insert(note.clone(), self.notes.len() - 1);
                self.notes.len() - 1
            });
            let about = &mut self.notes[place].1;
            if !about.contains(&model) {
                about.push(model);
            }
        }
    }

    /// The notes, with the models that they are about unless they are about all.
    pub(crate) fn told(&self) -> Vec<String> {
        self.notes.iter().map(|(note, about)| self.with_models(note, about)).collect()
    }

    fn with_models(&self, note: &str, about: &[usize]) -> String {
        let name = |place: &usize| self.models[*place].as_str();
        match about {
            _ if about.len() == self.models.len() => note.to_owned(),
            // What names its model needs no other name.
            [model] if note.contains(name(model)) => note.to_owned(),
            [first, second, third, _, ..] => {
                let more = about.len() - 3;
                format!(
                    "{note} [{}, {}, {} and {more} more]",
                    name(first),
                    name(second),
                    name(third)
                )
            }
            few => format!("{note} [{}]", few.iter().map(name).collect::<Vec<_>>().join(", ")),
        }
    }
}
