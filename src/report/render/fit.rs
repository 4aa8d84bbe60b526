//! The form in which a table fits a width without breaking a label: as it is, without what every row repeats, with
//! ids shortened in the middle, as the narrower table that its author gives, part by part, or as one list per row.

use crate::report::document::{Align, Column, Table, TableRow};

/// A path is not shortened below this, however narrow the terminal.
const SHORTEST_PATH: usize = 12;
/// Cells up to this length are labels, which stay on one line; longer ones are texts, which break between words.
const LABEL: usize = 24;
/// The lengths to which ids are shortened, the first that fits.
const IDS: [usize; 5] = [40, 32, 24, 20, 16];
/// The blanks between two columns.
const GAP: usize = 2;

/// What is drawn in place of a table.
pub(super) enum Piece {
    /// A line above it.
    Line(String),
    /// A table that fits.
    Grid(Table),
    /// A row as a list of titles and values.
    List(Vec<(String, String)>),
}

/// The table as it fits this width.
pub(super) fn fit(table: &Table, width: usize) -> Vec<Piece> {
    if natural(table) <= width {
        return vec![Piece::Grid(table.clone())];
    }
    let (kept, constants) = without_constants(table);
    let line = (!constants.is_empty()).then(|| Piece::Line(constants.join(", ")));
    let with_line = |pieces: Vec<Piece>| line.into_iter().chain(pieces).collect();
    if natural(&kept) <= width {
        return with_line(vec![Piece::Grid(kept)]);
    }
    for id in IDS {
        let shortened = with_short_ids(&kept, id);
        if least(&shortened) <= width {
            return with_line(vec![Piece::Grid(shortened)]);
        }
    }
    if let Some(narrow) = &table.narrow {
        return fit(narrow, width);
    }
    let is_side_by_side = table.columns.len() > 2
        && table.columns[1..].iter().all(|column| column.align == Align::Right);
    if is_side_by_side && let Some(parts) = parts(table, width) {
        return parts.into_iter().map(Piece::Grid).collect();
    }
    with_line(table.rows.iter().map(|row| Piece::List(list(&kept_columns(table), row))).collect())
}

fn kept_columns(table: &Table) -> Vec<(usize, &Column)> {
    let (_, constant) = table.constants();
    table.columns.iter().enumerate().filter(|(i, _)| !constant.contains(i)).collect()
}

fn list(columns: &[(usize, &Column)], row: &TableRow) -> Vec<(String, String)> {
    let entry = |(i, column): &(usize, &Column)| (column.title.clone(), row.cells[*i].clone());
    columns.iter().map(entry).filter(|(_, value)| !value.is_empty()).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn cells(table: &Table, column: usize) -> impl Iterator<Item = &str> {
    let title = std::iter::once(table.columns[column].title.as_str());
    title.chain(table.rows.iter().map(move |row| row.cells[column].as_str()))
}

fn widest(table: &Table, column: usize) -> usize {
    cells(table, column).map(length).max().unwrap_or(0)
}

fn sum(table: &Table, of: impl Fn(usize) -> usize) -> usize {
    let columns = table.columns.len();
    (0..columns).map(of).sum::<usize>() + GAP * columns.saturating_sub(1)
}

/// The width of the table with every cell on one line.
fn natural(table: &Table) -> usize {
    sum(table, |column| widest(table, column))
}

/// The width below which a label would be broken.
fn least(table: &Table) -> usize {
    sum(table, |column| least_of(table, column))
}

/// The width below which a label of a column would be broken.
pub(super) fn least_of(table: &Table, column: usize) -> usize {
    let widest = widest(table, column);
    match table.columns[column].align {
        Align::Right => widest,
        Align::Path => widest.min(SHORTEST_PATH),
        Align::Left if widest <= LABEL => widest,
        Align::Left => {
            let words = cells(table, column).flat_map(str::split_whitespace);
            words.map(length).max().unwrap_or(0).max(LABEL.min(widest))
        }
    }
}

/// How many characters are left for each column of paths.
pub(super) fn path_room(table: &Table, width: usize) -> usize {
    let is_path = |column: &usize| table.columns[*column].align == Align::Path;
    let (paths, others): (Vec<usize>, Vec<usize>) = (0..table.columns.len()).partition(is_path);
    let taken: usize = others.iter().map(|column| widest(table, *column)).sum();
    let taken = taken + GAP * table.columns.len().saturating_sub(1);
    width.saturating_sub(taken).checked_div(paths.len()).unwrap_or(0).max(SHORTEST_PATH)
}

/// The table without the columns that say the same in every row, and what they say.
fn without_constants(table: &Table) -> (Table, Vec<String>) {
    let (says, constant) = table.constants();
    let mut kept = table.clone();
    for column in constant.into_iter().rev() {
        kept.columns.remove(column);
        for row in &mut kept.rows {
            row.cells.remove(column);
        }
    }
    (kept, says)
}

fn with_short_ids(table: &Table, most: usize) -> Table {
    let mut table = table.clone();
    let is_words: Vec<bool> =
        table.columns.iter().map(|column| column.align == Align::Left).collect();
    for row in &mut table.rows {
        for (cell, _) in row.cells.iter_mut().zip(&is_words).filter(|(_, is_words)| **is_words) {
            if !cell.contains(' ') {
                *cell = shorten_middle(cell, most);
            }
        }
    }
    table
}

/// A text with its middle left out where it is too long: both ends tell ids apart.
fn shorten_middle(text: &str, most: usize) -> String {
    let length = length(text);
    if length <= most {
        return text.to_owned();
    }
    let tail = (most - 1) / 2;
    let head: String = text.chars().take(most - 1 - tail).collect();
    let tail: String = text.chars().skip(length - tail).collect();
    format!("{head}…{tail}")
}

/// The end of a text that is too long, which is what distinguishes paths.
pub(super) fn shorten_path(text: &str, room: usize) -> String {
    let length = length(text);
    if length <= room {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(length + 1 - room).collect();
    format!("…{tail}")
}

/// The table in parts that fit, each with the first column; `None` where not even one column fits.
fn parts(table: &Table, width: usize) -> Option<Vec<Table>> {
    let first = widest(table, 0);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut taken = usize::MAX;
    for column in 1..table.columns.len() {
        let wanted = GAP + widest(table, column);
        if first + wanted > width {
            return None;
        }
        match groups.last_mut() {
            Some(group) if taken + wanted <= width => {
                group.push(column);
                taken += wanted;
            }
            _ => {
                groups.push(vec![column]);
                taken = first + wanted;
            }
        }
    }
    let part = |group: Vec<usize>| {
        let columns = || std::iter::once(0).chain(group.iter().copied());
        let row = |row: &TableRow| TableRow {
            cells: columns().map(|column| row.cells[column].clone()).collect(),
            strong: row.strong,
        };
        Table {
            columns: columns().map(|column| table.columns[column].clone()).collect(),
            rows: table.rows.iter().map(row).collect(),
            ..Table::default()
        }
    };
    Some(groups.into_iter().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Table {
        let mut table = Table::default()
            .texts(["model"])
            .numbers(["cost of a call", "calls"])
            .texts(["fidelity"])
            .paths(["input"]);
        for i in 0..rows {
            table.row([
                format!("provider/a-very-long-name-of-a-model-{i}"),
                format!("${i}.00"),
                i.to_string(),
                "exact".to_owned(),
                format!("prompts/of/a/deep/folder/file-{i}.md"),
            ]);
        }
        table
    }

    fn shown(pieces: &[Piece], width: usize) {
        for piece in pieces {
            if let Piece::Grid(table) = piece {
                assert!(least(table) <= width, "{} on {width}", least(table));
            }
        }
    }

    #[test]
    fn whatever_the_width_no_label_is_broken() {
        for width in 20..200 {
            shown(&fit(&table(3), width), width);
        }
        assert!(matches!(fit(&table(3), 200).as_slice(), [Piece::Grid(_)]));
        let Some(Piece::Line(line)) = fit(&table(3), 100).into_iter().next() else { panic!() };
        assert_eq!(line, "fidelity: exact");
        assert!(matches!(fit(&table(3), 30).last(), Some(Piece::List(_))));
    }

    #[test]
    fn ids_keep_both_ends() {
        assert_eq!(shorten_middle("anthropic.claude-sonnet-5-5", 16), "anthropi…net-5-5");
        assert_eq!(shorten_path("prompts/a.md", 6), "…/a.md");
    }
}
