//! The terminal: aligned tables and coloured lines.

use anstyle::{AnsiColor, Style};
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table as Grid, TableStyle,
    Width,
};

use super::fit::{Piece, fit, least_of, path_room, shorten_path};
use super::snippet;
use crate::Error;
use crate::report::chart::{Chart, NARROWEST, draw};
use crate::report::document::{
    Align, Document, DocumentBlock, Emphasis, Fact, MOST_ROWS, Pairs, Table, left_out,
};
use crate::report::printable::{printable_lines, printable_start};
use crate::report::terminal::TerminalOptions;

const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));
const PLAIN: TableStyle = TableStyle::new();

/// So many bytes are handed on at once.
const PART: usize = 1 << 16;

pub(crate) fn render(document: &Document, layout: TerminalOptions) -> String {
    let mut out = String::new();
    // Nothing is handed on, so that nothing fails.
    let _ = write(&mut out, document, layout, &mut |_| Ok(()));
    out
}

/// The same, handed on bit by bit, whole lines each.
pub(crate) fn put(
    document: &Document,
    layout: TerminalOptions,
    put: &mut dyn FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut out = String::new();
    write(&mut out, document, layout, &mut |out| {
        if out.len() >= PART {
            put(out)?;
            out.clear();
        }
        Ok(())
    })?;
    put(&out)
}

/// Writes a document; `pass` is asked after some lines whether to hand them on.
fn write(
    out: &mut String,
    document: &Document,
    layout: TerminalOptions,
    pass: &mut dyn FnMut(&mut String) -> Result<(), Error>,
) -> Result<(), Error> {
    let width = layout.width;
    let mut previous: Option<&DocumentBlock> = None;
    let sources = sources(document);
    let mut has_sources = false;
    // What a terminal cannot show needs no separation.
    let is_shown = |block: &&DocumentBlock| match block {
        DocumentBlock::Chart { .. } => layout.pictures.is_some(),
        DocumentBlock::Headline(_)
        | DocumentBlock::Closing
        | DocumentBlock::Widget(_)
        | DocumentBlock::Tag(_) => false,
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
            DocumentBlock::Title(text) => push_wrapped(out, Style::new().bold(), text, width),
            DocumentBlock::Line(Emphasis::Source, _) if !layout.verbose => {
                if !std::mem::replace(&mut has_sources, true) {
                    push_wrapped(out, style(Emphasis::Source), &named(&sources, width), width);
                }
            }
            DocumentBlock::Line(tone, text) => push_wrapped(out, style(*tone), text, width),
            DocumentBlock::Facts(facts) => push_facts(out, facts, width),
            DocumentBlock::Pairs(pairs) => push_pairs(out, pairs, pass)?,
            DocumentBlock::Table(table) => push_table(out, table, width),
            DocumentBlock::Diagnostic(diagnostic) => {
                out.push_str(&snippet::render(diagnostic, width));
            }
            // A terminal does not fold.
            DocumentBlock::Fold(title, document) => {
                push_wrapped(out, Style::new().bold(), title, width);
                write(out, document, layout, pass)?;
            }
            DocumentBlock::Chart { chart, .. } => push_picture(out, chart, layout),
            DocumentBlock::Headline(_)
            | DocumentBlock::Closing
            | DocumentBlock::Widget(_)
            | DocumentBlock::Tag(_) => {}
        }
        previous = Some(block);
        pass(out)?;
    }
    Ok(())
}

fn style(tone: Emphasis) -> Style {
    match tone {
        Emphasis::Good => Style::new().bold().fg_color(Some(AnsiColor::Green.into())),
        Emphasis::Caution => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
        Emphasis::Bad => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Emphasis::Muted | Emphasis::Source => Style::new().dimmed(),
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
    if let Some(label) = grid.column_mut(0) {
        label.set_constraint(ColumnConstraint::ContentWidth);
    }
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
        for line in printable_lines(&drawn).lines() {
            push_line(out, Style::new(), line);
        }
    } else {
        let text = format!("drawn on {NARROWEST} columns or more; here are {}", layout.width);
        push_wrapped(out, style(Emphasis::Muted), &text, layout.width);
    }
}

/// Writes entries in two columns, every other one in colour.
fn push_pairs(
    out: &mut String,
    pairs: &Pairs,
    pass: &mut dyn FnMut(&mut String) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut width = 0;
    pairs.each(|entry, _| width = width.max(entry.len()));
    let mut colours = [AnsiColor::Cyan, AnsiColor::Magenta].into_iter().cycle();
    let mut passed = Ok(());
    pairs.each(|entry, meaning| {
        if passed.is_ok() {
            let style = Style::new().fg_color(colours.next().map(Into::into));
            push_line(out, style, &format!("{entry:>width$}  {meaning}"));
            passed = pass(out);
        }
    });
    passed
}

fn push_table(out: &mut String, table: &Table, width: u16) {
    let sum = usize::from(table.rows.last().is_some_and(|last| last.strong));
    let here = if table.is_long { table.rows.len().saturating_sub(MOST_ROWS + sum) } else { 0 };
    let left = here + table.left_out;
    if left > 0 {
        let mut shown = Table { is_long: false, left_out: 0, ..table.clone() };
        shown.rows.drain(MOST_ROWS..MOST_ROWS + here);
        if let Some(narrow) = &mut shown.narrow {
            narrow.rows.drain(MOST_ROWS..MOST_ROWS + here);
        }
        // What all rows of these say, the others need not.
        let of_these = format!("of these {}: ", shown.rows.len() - sum);
        push_fitted(out, &shown, width, &of_these);
        push_line(out, style(Emphasis::Muted), &left_out(left));
    } else {
        push_fitted(out, table, width, "");
    }
}

/// Draws all rows of a table; `of_these` begins the line of what they have in common.
fn push_fitted(out: &mut String, table: &Table, width: u16, of_these: &str) {
    let mut is_first = true;
    for piece in fit(table, usize::from(width)) {
        // The line above a table belongs to it.
        let is_line = matches!(piece, Piece::Line(_));
        if !std::mem::replace(&mut is_first, is_line) {
            out.push('\n');
        }
        match piece {
            Piece::Line(text) => {
                push_wrapped(out, style(Emphasis::Muted), &format!("{of_these}{text}"), width);
            }
            Piece::Grid(table) => push_grid(out, &table, width),
            Piece::List(entries) => push_list(out, &entries, width),
        }
    }
}

fn push_grid(out: &mut String, table: &Table, width: u16) {
    let room = path_room(table, usize::from(width));
    let mut grid = grid(RULED, width);
    grid.set_header(table.columns.iter().map(|column| &column.title));
    for row in &table.rows {
        grid.add_row(row.cells.iter().zip(&table.columns).map(
            |(cell, column)| match column.align {
                Align::Path => shorten_path(cell, room),
                Align::Left | Align::Right => cell.clone(),
            },
        ));
    }
    for (i, column) in table.columns.iter().enumerate() {
        align(&mut grid, i, column.align);
        if column.align == Align::Left {
            // The padding counts as a part of the column.
            let padding = usize::from(i > 0) + usize::from(i + 1 < table.columns.len());
            keep_words(&mut grid, i, least_of(table, i) + padding);
        }
    }
    trim_edges(&mut grid);
    let mut in_header = true;
    let strong: Vec<_> = table.rows.iter().map(|row| row.strong).collect();
    let only_last_is_strong =
        strong.iter().rposition(|s| *s).is_some_and(|i| i + 1 == table.rows.len());
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

/// Keeps a column from being narrower than its longest word.
fn keep_words(grid: &mut Grid, column: usize, least: usize) {
    if let Some(column) = grid.column_mut(column) {
        let least = u16::try_from(least).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
}

/// Writes a row that does not fit beside others as a list.
fn push_list(out: &mut String, entries: &[(String, String)], width: u16) {
    let mut grid = grid(PLAIN, width);
    for (title, value) in entries {
        grid.add_row([title, value]);
    }
    if let Some(column) = grid.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    trim_edges(&mut grid);
    for line in grid.lines() {
        push_line(out, Style::new(), &line);
    }
}

/// What a document says of where its figures come from.
fn sources(document: &Document) -> Vec<&str> {
    let mut sources = Vec::new();
    for block in &document.blocks {
        if let DocumentBlock::Line(Emphasis::Source, text) = block {
            sources.push(text.as_str());
        }
    }
    sources
}

/// What is assumed: whole where it is one line, else the beginning of each, on two lines at most.
fn named(sources: &[&str], width: u16) -> String {
    let width = usize::from(width);
    if let [only] = sources
        && only.chars().count() <= width
    {
        return (*only).to_owned();
    }
    let mut heads: Vec<&str> = Vec::new();
    for head in sources.iter().map(|text| head(text)) {
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    let line = |shown: usize| {
        let more = heads.len() - shown;
        let rest = if more > 0 { format!(" · {more} more") } else { String::new() };
        format!("notes: {}{rest} (-v explains)", heads[..shown].join(" · "))
    };
    let fits = |text: &String| text.chars().count() <= 2 * width;
    (1..=heads.len()).rev().map(line).find(fits).unwrap_or_else(|| line(heads.len().min(1)))
}

/// The first clause of a text: up to a colon, a semicolon, a comma or a bracket that a blank sets off.
fn head(text: &str) -> &str {
    let ends = [": ", "; ", ", ", " ("].map(|end| text.find(end).unwrap_or(text.len()));
    &text[..ends.into_iter().min().unwrap_or(text.len())]
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
    let line = printable_start(line.trim_end());
    if style.is_plain() || line.is_empty() {
        out.push_str(&line);
    } else {
        out.push_str(&format!("{style}{line}{style:#}"));
    }
    out.push('\n');
}
