//! The spread of a dataset as people read it.

use super::dataset::{DatasetSpread, RowSpread};
use super::document::{Document, Emphasis, Table};
use crate::units::{Money, plural};

impl DatasetSpread {
    /// Lays spreads out below the results of their rows.
    pub(crate) fn add_tables(spreads: &[Self], document: &mut Document) {
        for spread in spreads {
            document.title(format!(
                "{} · {} · {}",
                spread.template,
                spread.model,
                plural(spread.rows, "row")
            ));
            let mut table = Table::default().texts([""]).numbers(["p5", "p50", "p95", "max"]);
            let mut row = |name: &str, [p5, p50, p95, max]: [String; 4]| {
                table.row([name.to_owned(), p5, p50, p95, max]);
            };
            let RowSpread { p5, p50, p95, max } = spread.prompt_tokens;
            row("prompt tokens", [p5, p50, p95, max].map(|tokens| tokens.to_string()));
            for (name, cost) in
                [("a call", spread.cost_usd), ("at most", spread.worst_case_cost_usd)]
            {
                if let Some(RowSpread { p5, p50, p95, max }) = cost {
                    row(name, [p5, p50, p95, max].map(Money::for_people));
                }
            }
            document.table(table);
        }
        if !spreads.is_empty() {
            document.line(Emphasis::Muted, "p5, p50 and p95 are over the rows, by nearest rank");
        }
    }
}
