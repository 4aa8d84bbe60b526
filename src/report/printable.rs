//! Text from outside as a terminal may show it. File names, models and tasks of logs, and excerpts of
//! prompts are written by others: their control characters would move the cursor, set the title or
//! start a line that a CI job takes for a command.

use std::borrow::Cow;

use super::diagnostic::{Annotation, Diagnostic};
use super::document::{Column, Document, DocumentBlock, Fact, Headline, Table, TableRow};

/// A text on one line: control characters are written as `\u{..}`, and so is what would make the line a
/// command of GitHub Actions (`::error::`).
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.starts_with("::") && !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let (mut out, rest) = match text.strip_prefix("::") {
        Some(rest) => (String::from("\\u{3a}:"), rest),
        None => (String::new(), text),
    };
    for c in rest.chars() {
        if is_control(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A text of several lines, which may be coloured: all other control characters are escaped.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_control(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let colour = colour(rest);
        if colour > 0 {
            out.push_str(&rest[..colour]);
            rest = &rest[colour..];
            continue;
        }
        if is_control(c) && c != '\n' {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(out)
}

/// A line of a text that was laid out, where a name of strangers may begin it after white space: no command of GitHub
/// Actions.
pub(crate) fn printable_start(line: &str) -> Cow<'_, str> {
    let (space, text) = line.split_at(line.len() - line.trim_start().len());
    match text.strip_prefix("::") {
        Some(rest) => format!("{space}\\u{{3a}}:{rest}").into(),
        None => line.into(),
    }
}

/// How many bytes of the text are a sequence that sets a colour: `ESC [ 1;31 m`.
fn colour(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else { return 0 };
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';');
    end.filter(|end| parameters[*end..].starts_with('m')).map_or(0, |end| end + 3)
}

/// Control characters, line separators, and marks that change the direction of text.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Document {
    /// The same with every text printable.
    pub(crate) fn printable(&self) -> Self {
        Self { blocks: self.blocks.iter().map(block).collect() }
    }
}

fn text(text: &str) -> String {
    printable(text).into_owned()
}

fn block(block: &DocumentBlock) -> DocumentBlock {
    match block {
        DocumentBlock::Headline(Headline { figure, what, change }) => {
            DocumentBlock::Headline(Headline {
                figure: text(figure),
                what: text(what),
                change: text(change),
            })
        }
        DocumentBlock::Title(title) => DocumentBlock::Title(text(title)),
        DocumentBlock::Facts(facts) => {
            let fact = |fact: &Fact| Fact {
                label: fact.label,
                value: text(&fact.value),
                remark: text(&fact.remark),
            };
            DocumentBlock::Facts(facts.iter().map(fact).collect())
        }
        DocumentBlock::Table(content) => DocumentBlock::Table(table(content)),
        DocumentBlock::Pairs(pairs) => DocumentBlock::Pairs(pairs.map(|of_pair| text(&of_pair))),
        DocumentBlock::Line(emphasis, line) => DocumentBlock::Line(*emphasis, text(line)),
        DocumentBlock::Diagnostic(content) => DocumentBlock::Diagnostic(diagnostic(content)),
        DocumentBlock::Fold(title, document) => {
            DocumentBlock::Fold(text(title), document.printable())
        }
        // The picture is made printable where it is drawn.
        DocumentBlock::Chart { chart, figures } => {
            DocumentBlock::Chart { chart: chart.clone(), figures: table(figures) }
        }
        DocumentBlock::Closing => DocumentBlock::Closing,
        DocumentBlock::Widget(widget) => DocumentBlock::Widget(widget.clone()),
        DocumentBlock::Tag(tag) => DocumentBlock::Tag(tag),
    }
}

fn table(table: &Table) -> Table {
    let column = |column: &Column| Column { title: text(&column.title), align: column.align };
    let row = |row: &TableRow| TableRow {
        cells: row.cells.iter().map(|cell| text(cell)).collect(),
        strong: row.strong,
    };
    Table {
        columns: table.columns.iter().map(column).collect(),
        rows: table.rows.iter().map(row).collect(),
        caption: table.caption.as_deref().map(text),
        pictured: table.pictured,
        narrow: table.narrow.as_deref().map(|narrow| Box::new(self::table(narrow))),
        is_long: table.is_long,
        left_out: table.left_out,
    }
}

/// Excerpts are cleaned by what shows them, which has to keep their columns.
fn diagnostic(diagnostic: &Diagnostic) -> Diagnostic {
    let spot = |spot: &Annotation| Annotation {
        file: text(&spot.file),
        label: text(&spot.label),
        ..spot.clone()
    };
    Diagnostic {
        message: text(&diagnostic.message),
        help: diagnostic.help.iter().map(|help| text(help)).collect(),
        annotations: diagnostic.annotations.iter().map(spot).collect(),
        ..diagnostic.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        for (from, to) in [
            ("m \u{1b}]0;title\u{7}\u{1b}[2J", "m \\u{1b}]0;title\\u{7}\\u{1b}[2J"),
            ("x\n::stop-commands::abc", "x\\u{a}::stop-commands::abc"),
            ("::error::x.md", "\\u{3a}:error::x.md"),
            ("a\u{202e}b\u{2028}c", "a\\u{202e}b\\u{2028}c"),
            ("naïve 中文 🏽", "naïve 中文 🏽"),
        ] {
            assert_eq!(printable(from), to);
        }
        assert_eq!(
            printable_lines("\u{1b}[1;31mred\u{1b}[0m\n\u{1b}[2J"),
            "\u{1b}[1;31mred\u{1b}[0m\n\\u{1b}[2J"
        );
    }

    #[test]
    fn a_line_that_was_laid_out_begins_no_command() {
        for (from, to) in [
            ("  ::error::x", "  \\u{3a}:error::x"),
            ("::", "\\u{3a}:"),
            ("a ::error::x", "a ::error::x"),
            ("   ", "   "),
        ] {
            assert_eq!(printable_start(from), to);
        }
    }

    proptest! {
        #[test]
        fn no_text_controls_a_terminal(text in any::<String>()) {
            prop_assert!(!printable(&text).contains(is_control));
            prop_assert!(!printable(&text).starts_with("::"));
        }
    }
}
