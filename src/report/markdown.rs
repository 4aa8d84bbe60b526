//! Markdown, in the GitHub flavour.

use std::fmt::Write as _;

use super::page::{Align, Block, Column, Fact, Page, Row, Tone};

pub(super) fn render(page: &Page) -> String {
    let mut out = String::new();
    for block in &page.blocks {
        match block {
            Block::Title(text) => out.push_str(&format!("### {}\n", escape(text))),
            Block::Line(Tone::Muted, text) => {
                out.push_str(&format!("<sub>{}</sub>\n", escape(text)));
            }
            Block::Line(Tone::Plain, text) => out.push_str(&format!("{}\n", escape(text))),
            Block::Line(_, text) => out.push_str(&format!("**{}**\n", escape(text))),
            Block::Table(table) => rows(&mut out, &table.columns, &table.rows),
            Block::Pairs(pairs) => {
                let cells =
                    |(entry, meaning): &(String, String)| vec![entry.clone(), meaning.clone()];
                let row = |pair| Row { cells: cells(pair), strong: false };
                let pairs: Vec<_> = pairs.iter().map(row).collect();
                let [_, entry, meaning] = fact_columns();
                rows(&mut out, &[entry, meaning], &pairs);
            }
            Block::Facts(facts) => {
                let rows: Vec<_> = facts.iter().map(fact).collect();
                self::rows(&mut out, &fact_columns(), &rows);
            }
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn fact(fact: &Fact) -> Row {
    let cells = vec![fact.label.to_owned(), fact.value.clone(), fact.remark.clone()];
    Row { cells, strong: false }
}

fn fact_columns() -> [Column; 3] {
    let column = |align| Column { title: String::new(), align };
    [column(Align::Left), column(Align::Right), column(Align::Left)]
}

fn rows(out: &mut String, columns: &[Column], rows: &[Row]) {
    let line = |out: &mut String, cells: &mut dyn Iterator<Item = String>| {
        for cell in cells {
            let _ = write!(out, "| {cell} ");
        }
        out.push_str("|\n");
    };
    line(out, &mut columns.iter().map(|column| escape(&column.title)));
    line(
        out,
        &mut columns.iter().map(|column| match column.align {
            Align::Left | Align::Path => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        }),
    );
    for row in rows {
        line(
            out,
            &mut row.cells.iter().map(|cell| match (row.strong, escape(cell)) {
                (true, text) if !text.is_empty() => format!("**{text}**"),
                (_, text) => text,
            }),
        );
    }
}

/// Keeps text from being read as markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~' => {
                out.extend(['\\', c]);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
