//! A message for Slack, in its own markup (mrkdwn): the answer first, then the tables in fixed width.

use super::table;
use crate::report::document::{Document, DocumentBlock, Emphasis};
use crate::report::terminal::TerminalOptions;

/// The columns that a message shows without breaking lines on a desktop.
const WIDTH: u16 = 76;

pub(crate) fn render(document: &Document) -> String {
    // Names are on one line each, and no line is a command of a CI job that shows it.
    let document = &document.printable();
    let mut answer = String::new();
    let mut rest = String::new();
    // The most important line of a report is its last.
    for block in document.blocks.iter().rev() {
        if let DocumentBlock::Line(Emphasis::Good | Emphasis::Caution | Emphasis::Bad, text) = block
        {
            answer.push_str(&format!("*{}*\n", escape(text)));
        }
    }
    for block in &document.blocks {
        match block {
            DocumentBlock::Title(text) => rest.push_str(&format!("{}\n", escape(text))),
            DocumentBlock::Table(_) | DocumentBlock::Facts(_) | DocumentBlock::Pairs(_) => {
                let part = Document { blocks: vec![block.clone()] };
                let text = table::render(
                    &part,
                    TerminalOptions { width: WIDTH, ..TerminalOptions::default() },
                );
                let text = anstream::adapter::strip_str(&text).to_string();
                rest.push_str(&format!("```\n{}\n```\n", escape(text.trim_end())));
            }
            DocumentBlock::Diagnostic(diagnostic) => {
                rest.push_str(&format!("\u{2022} {}\n", escape(&diagnostic.message)));
            }
            DocumentBlock::Line(Emphasis::Plain, text) => {
                rest.push_str(&format!("{}\n", escape(text)));
            }
            DocumentBlock::Headline(_)
            | DocumentBlock::Line(..)
            | DocumentBlock::Fold(..)
            | DocumentBlock::Chart { .. }
            | DocumentBlock::Closing
            | DocumentBlock::Widget(_)
            | DocumentBlock::Tag(_) => {}
        }
    }
    answer + &rest
}

/// The three characters that Slack reads as markup everywhere.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
