//! Markdown, in the GitHub flavour.

use std::fmt::Write as _;

use crate::report::diagnostic::Diagnostic;
use crate::report::document::{Align, Column, Document, DocumentBlock, Emphasis, Fact, TableRow};
use crate::units::grouped;

/// How many characters GitHub takes in a comment.
const COMMENT: usize = 65_536;
/// Table rows and remarks that are kept, from all of them down, until a comment is short enough.
const KEPT: [usize; 7] = [usize::MAX, 500, 200, 100, 50, 20, 5];

/// The page, shortened to what GitHub takes in a comment: of long lists the first entries stay, then
/// what is folded goes, and a last line says so.
pub(crate) fn render(document: &Document) -> String {
    fit(document, COMMENT)
}

/// The page for the step summary, which takes a mebibyte in all and needs no tag.
pub(crate) fn summary(document: &Document) -> String {
    const SUMMARY: usize = 200_000;
    let mut document = document.clone();
    document.blocks.retain(|block| !matches!(block, DocumentBlock::Tag(_)));
    let mut text = fit(&document, SUMMARY);
    text.push('\n');
    text
}

fn fit(document: &Document, limit: usize) -> String {
    const CUT: &str = "\n\n**Cut here: the comment would be too long.**\n";
    let with_folds = KEPT.into_iter().map(|kept| (kept, true));
    let without = KEPT.into_iter().map(|kept| (kept, false));
    let mut shortest = String::new();
    for (kept, folds) in with_folds.chain(without) {
        shortest = whole(document, kept, folds);
        if shortest.chars().count() <= limit {
            return shortest;
        }
    }
    let kept = shortest.chars().take(limit.saturating_sub(CUT.len()));
    kept.chain(CUT.chars()).collect()
}

fn whole(document: &Document, kept: usize, folds: bool) -> String {
    let mut out = String::new();
    let mut diagnostics = 0;
    let all = document
        .blocks
        .iter()
        .filter(|block| matches!(block, DocumentBlock::Diagnostic(_)))
        .count();
    for (i, block) in document.blocks.iter().enumerate() {
        match block {
            DocumentBlock::Title(text) => out.push_str(&format!("### {}\n", escape(text))),
            DocumentBlock::Line(Emphasis::Muted | Emphasis::Source, text) => {
                out.push_str(&format!("<sub>{}</sub>\n", escape(text)));
            }
            DocumentBlock::Line(Emphasis::Plain, text) => {
                out.push_str(&format!("{}\n", escape(text)));
            }
            DocumentBlock::Line(_, text) => out.push_str(&format!("**{}**\n", escape(text))),
            DocumentBlock::Table(table) => {
                // A sum at the end stays.
                let (sum, most) = match table.rows.split_last() {
                    Some((last, most)) if last.strong => (Some(last), most),
                    _ => (None, table.rows.as_slice()),
                };
                let shown = most.len().min(kept);
                rows(&mut out, &table.columns, most[..shown].iter().chain(sum));
                out.push_str(&more(most.len() - shown + table.left_out));
            }
            DocumentBlock::Pairs(pairs) => {
                let cells =
                    |(entry, meaning): &(String, String)| vec![entry.clone(), meaning.clone()];
                let row = |pair| TableRow { cells: cells(pair), strong: false };
                let (shown, rest) = pairs.first(kept);
                let pairs: Vec<_> = shown.iter().map(row).collect();
                let [_, entry, meaning] = fact_columns();
                rows(&mut out, &[entry, meaning], &pairs);
                out.push_str(&more(rest));
            }
            DocumentBlock::Facts(facts) => {
                let rows: Vec<_> = facts.iter().map(fact).collect();
                self::rows(&mut out, &fact_columns(), &rows);
            }
            DocumentBlock::Diagnostic(diagnostic) => {
                diagnostics += 1;
                if diagnostics <= kept {
                    out.push_str(&self::diagnostic(diagnostic));
                } else if diagnostics == all {
                    out.push_str(&more(all - kept));
                }
                // Entries of one list stand together.
                if matches!(document.blocks.get(i + 1), Some(DocumentBlock::Diagnostic(_))) {
                    continue;
                }
            }
            DocumentBlock::Fold(title, document) if folds => {
                let inside = whole(document, kept, folds);
                let title = escape(title);
                out.push_str(&format!(
                    "<details>\n<summary>{title}</summary>\n\n{inside}\n</details>\n"
                ));
            }
            DocumentBlock::Fold(title, _) => {
                out.push_str(&format!("<sub>{}: left out, too long</sub>\n", escape(title)));
            }
            DocumentBlock::Headline(_)
            | DocumentBlock::Chart { .. }
            | DocumentBlock::Closing
            | DocumentBlock::Widget(_) => continue,
            DocumentBlock::Tag(tag) => out.push_str(&format!("[//]: <> ({tag})\n")),
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn more(left_out: usize) -> String {
    if left_out == 0 {
        return String::new();
    }
    format!("\n<sub>and {} more</sub>\n", grouped(left_out))
}

/// A list entry: the message, its place, and what to do.
fn diagnostic(diagnostic: &Diagnostic) -> String {
    let mut out = format!("- **{}**: {}", escape(diagnostic.kind.id), inline(&diagnostic.message));
    for spot in &diagnostic.annotations {
        out.push_str(&format!("<br>`{}:{}:{}`", code(&spot.file), spot.line, spot.column));
        if !spot.label.is_empty() {
            out.push_str(&format!(" {}", escape(&spot.label)));
        }
    }
    for help in &diagnostic.help {
        out.push_str(&format!("<br>{}", inline(help)));
    }
    out.push('\n');
    out
}

/// Escapes a sentence and keeps what stands between backticks as code.
fn inline(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return escape(text);
    }
    let piece = |(i, piece): (usize, &&str)| match (i % 2, piece.trim()) {
        (0, _) => escape(piece),
        (_, "") => "\\`\\`".to_owned(),
        _ => format!("`{}`", code(piece)),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Text between backticks, which has no escapes.
fn code(text: &str) -> String {
    text.replace(['`', '\n', '\r'], " ")
}

fn fact(fact: &Fact) -> TableRow {
    let cells = vec![fact.label.to_owned(), fact.value.clone(), fact.remark.clone()];
    TableRow { cells, strong: false }
}

fn fact_columns() -> [Column; 3] {
    let column = |align| Column { title: String::new(), align };
    [column(Align::Left), column(Align::Right), column(Align::Left)]
}

fn rows<'a>(out: &mut String, columns: &[Column], rows: impl IntoIterator<Item = &'a TableRow>) {
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
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.as_str();
        match c {
            // GitHub looks for mentions after it has read the Markdown; an invisible joiner ends them.
            '@' if next.starts_with(char::is_alphanumeric) => out.push_str("@\u{2060}"),
            '&' => out.push_str("&amp;"),
            ':' if next.starts_with("//") => out.push_str("\\:"),
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~' => {
                out.extend(['\\', c]);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mention_nobody_and_link_nowhere() {
        for (text, written) in [
            ("@octocat", "@\u{2060}octocat"),
            ("a @ b", "a @ b"),
            ("https://x.y", "https\\://x.y"),
            ("12:30", "12:30"),
            ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ] {
            assert_eq!(escape(text), written);
        }
    }
    use crate::report::document::Table;

    fn document(rows: u32) -> Document {
        let mut document = Document::default();
        document.blocks.push(DocumentBlock::Tag("outlay-test"));
        let mut table = Table::default().texts(["prompt"]).numbers(["tokens"]);
        for i in 0..rows {
            table.row([format!("prompts/a_{i}.md"), i.to_string()]);
        }
        document.table(table.clone());
        let mut details = Document::default();
        details.table(table);
        document.blocks.push(DocumentBlock::Fold("Details".to_owned(), details));
        document
    }

    #[test]
    fn a_comment_is_never_too_long_for_github() {
        for (rows, limit) in [(3, COMMENT), (2_000, COMMENT), (50_000, COMMENT), (9, 300), (9, 80)]
        {
            let text = fit(&document(rows), limit);
            assert!(text.chars().count() <= limit, "{rows} rows, {limit}: {}", text.len());
            assert!(text.starts_with("[//]: <> (outlay-test)\n"), "{text}");
        }
        assert!(!fit(&document(3), COMMENT).contains("more</sub>"));
        assert!(fit(&document(2_000), COMMENT).contains("more</sub>"));
        assert!(fit(&document(9), 300).contains("left out, too long"));
        assert!(fit(&document(9), 80).ends_with("would be too long.**\n"));
    }
}
