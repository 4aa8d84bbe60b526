//! The terminal: aligned tables and coloured lines.

use anstyle::{AnsiColor, Style};
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table as Grid, TableStyle,
};

use super::snippet;
use crate::report::chart::{Chart, NARROWEST, draw};
use crate::report::document::{Align, Column, Document, DocumentBlock, Emphasis, Fact, TableRow};
use crate::report::terminal::TerminalOptions;

const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));
const PLAIN: TableStyle = TableStyle::new();
/// A path is not shortened below this, however narrow the terminal.
const SHORTEST_PATH: usize = 12;

pub(crate) fn render(document: &Document, layout: TerminalOptions) -> String {
    let width = layout.width;
    let mut out = String::new();
    let mut previous: Option<&DocumentBlock> = None;
    // What a terminal cannot show needs no separation.
    let is_shown = |block: &&DocumentBlock| match block {
        DocumentBlock::Chart { .. } => layout.pictures.is_some(),
        DocumentBlock::Closing | DocumentBlock::Widget(_) | DocumentBlock::Tag(_) => false,
        _ => true,
    };
    for block in document.blocks.iter().filter(is_shown) {
        // Lines follow each other; everything else is separated.
        let together =
            matches!((previous, block), (Some(DocumentBlock::Line(..)), DocumentBlock::Line(..)));
        if previous.is_some() && !together {
            out.push('\n');
        }
        match block {
            DocumentBlock::Title(text) => push_wrapped(&mut out, Style::new().bold(), text, width),
            DocumentBlock::Line(tone, text) => push_wrapped(&mut out, style(*tone), text, width),
            DocumentBlock::Facts(facts) => push_facts(&mut out, facts, width),
            DocumentBlock::Pairs(pairs) => push_pairs(&mut out, pairs),
            DocumentBlock::Table(table) => push_table(&mut out, &table.columns, &table.rows, width),
            DocumentBlock::Diagnostic(diagnostic) => {
                out.push_str(&snippet::render(diagnostic, width));
            }
            // A terminal does not fold.
            DocumentBlock::Fold(title, document) => {
                push_wrapped(&mut out, Style::new().bold(), title, width);
                out.push_str(&render(document, layout));
            }
            DocumentBlock::Chart { chart, .. } => push_picture(&mut out, chart, layout),
            DocumentBlock::Closing | DocumentBlock::Widget(_) | DocumentBlock::Tag(_) => {}
        }
        previous = Some(block);
    }
    out
}

fn style(tone: Emphasis) -> Style {
    match tone {
        Emphasis::Good => Style::new().bold().fg_color(Some(AnsiColor::Green.into())),
        Emphasis::Caution => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
        Emphasis::Bad => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Emphasis::Muted => Style::new().dimmed(),
        Emphasis::Plain => Style::new(),
    }
}

/// Writes a sentence, broken between words where the terminal ends.
fn push_wrapped(out: &mut String, style: Style, text: &str, width: u16) {
    let mut grid = grid(PLAIN, width);
    grid.add_row([text]);
    trim_edges(&mut grid);
    for line in grid.lines() {
        push_line(out, style, &line);
    }
}

fn push_facts(out: &mut String, facts: &[Fact], width: u16) {
    let mut grid = grid(PLAIN, width);
    for fact in facts {
        grid.add_row([fact.label, &fact.value, &fact.remark]);
    }
    align(&mut grid, 1, Align::Right);
    trim_edges(&mut grid);
    for line in grid.lines() {
        push_line(out, Style::new(), &line);
    }
}

/// Draws a picture, or says what it takes to see it.
fn push_picture(out: &mut String, chart: &Chart, layout: TerminalOptions) {
    let Some(blocks) = layout.pictures else { return };
    push_wrapped(out, Style::new().bold(), &chart.title, layout.width);
    if let Some(drawn) = draw(chart, blocks, layout.width) {
        out.push_str(&drawn);
    } else {
        let text = format!("drawn on {NARROWEST} columns or more; here are {}", layout.width);
        push_wrapped(out, style(Emphasis::Muted), &text, layout.width);
    }
}

/// Writes entries in two columns, every other one in colour.
fn push_pairs(out: &mut String, pairs: &[(String, String)]) {
    let width = pairs.iter().map(|(entry, _)| entry.len()).max().unwrap_or_default();
    let colours = [AnsiColor::Cyan, AnsiColor::Magenta];
    for ((entry, meaning), colour) in pairs.iter().zip(colours.iter().cycle()) {
        let style = Style::new().fg_color(Some((*colour).into()));
        push_line(out, style, &format!("{entry:>width$}  {meaning}"));
    }
}

fn push_table(out: &mut String, columns: &[Column], rows: &[TableRow], width: u16) {
    let room = path_room(columns, rows, width);
    let mut grid = grid(RULED, width);
    grid.set_header(columns.iter().map(|column| &column.title));
    for row in rows {
        grid.add_row(row.cells.iter().zip(columns).map(|(cell, column)| match column.align {
            Align::Path => shorten(cell, room),
            Align::Left | Align::Right => cell.clone(),
        }));
    }
    for (i, column) in columns.iter().enumerate() {
        align(&mut grid, i, column.align);
    }
    trim_edges(&mut grid);
    let mut in_header = true;
    let strong: Vec<_> = rows.iter().map(|row| row.strong).collect();
    let only_last_is_strong = strong.iter().rposition(|s| *s).is_some_and(|i| i + 1 == rows.len());
    let lines: Vec<String> = grid.lines().collect();
    let last = lines.len().saturating_sub(1);
    for (i, line) in lines.iter().enumerate() {
        let is_rule = line.trim_start().starts_with('─');
        let style = if is_rule {
            in_header = false;
            Style::new().dimmed()
        } else if in_header || (only_last_is_strong && i == last) {
            Style::new().bold()
        } else {
            Style::new()
        };
        push_line(out, style, line);
    }
}

/// How many characters are left for each column of paths.
fn path_room(columns: &[Column], rows: &[TableRow], width: u16) -> usize {
    let widest = |i: usize| {
        let cells = rows.iter().map(|row| row.cells[i].chars().count());
        cells.chain([columns[i].title.chars().count()]).max().unwrap_or(0)
    };
    let paths = columns.iter().filter(|column| column.align == Align::Path).count();
    let others = (0..columns.len()).filter(|i| columns[*i].align != Align::Path).map(widest);
    let taken = others.sum::<usize>() + 2 * columns.len().saturating_sub(1);
    usize::from(width).saturating_sub(taken).checked_div(paths).unwrap_or(0).max(SHORTEST_PATH)
}

/// The end of a text that is too long, which is what distinguishes paths.
fn shorten(text: &str, room: usize) -> String {
    let length = text.chars().count();
    if length <= room {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(length + 1 - room).collect();
    format!("…{tail}")
}

fn grid(style: TableStyle, width: u16) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(style).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    grid
}

fn align(grid: &mut Grid, column: usize, align: Align) {
    if let (Align::Right, Some(column)) = (align, grid.column_mut(column)) {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
}

/// Takes the blank from the left of the first column and from the right of the last.
fn trim_edges(grid: &mut Grid) {
    let last = grid.column_count().saturating_sub(1);
    for (i, column) in grid.column_iter_mut().enumerate() {
        column.set_padding((u16::from(i > 0), u16::from(i < last)));
    }
}

fn push_line(out: &mut String, style: Style, line: &str) {
    let line = line.trim_end();
    if style.is_plain() || line.is_empty() {
        out.push_str(line);
    } else {
        out.push_str(&format!("{style}{line}{style:#}"));
    }
    out.push('\n');
}
