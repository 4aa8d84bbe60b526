//! What the rows of a dataset come to, beside the result of each.

use serde::Serialize;

use crate::units::{Money, Tokens};

/// How a figure is spread over rows: by nearest rank, so that each is the figure of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RowSpread<T> {
    /// One row in twenty has less, or as much.
    pub p5: T,
    /// Half of the rows have no more.
    pub p50: T,
    /// Nineteen rows in twenty have no more.
    pub p95: T,
    /// No row has more.
    pub max: T,
}

impl<T: Copy + Ord> RowSpread<T> {
    /// The spread of these figures; `None` without any.
    #[must_use]
    pub fn of(mut figures: Vec<T>) -> Option<Self> {
        figures.sort_unstable();
        let max = *figures.last()?;
        let rank = |percent: usize| {
            let nth = (percent * figures.len()).div_ceil(100).max(1);
            figures.get(nth - 1).copied()
        };
        Some(Self { p5: rank(5)?, p50: rank(50)?, p95: rank(95)?, max })
    }
}

/// The rows of a dataset in one template, for one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DatasetSpread {
    /// The template that the rows fill.
    pub template: String,
    /// The model.
    pub model: String,
    /// How many rows have a result.
    pub rows: usize,
    /// Prompt tokens of a row.
    pub prompt_tokens: RowSpread<Tokens>,
    /// What a call is expected to cost with a row; null where that is not known of every row.
    pub cost_usd: Option<RowSpread<Money>>,
    /// What it costs at most.
    pub worst_case_cost_usd: Option<RowSpread<Money>>,
}

/// The figures of one row.
#[derive(Debug, Clone, Copy)]
pub struct RowFigures<'a> {
    /// The template that it fills.
    pub template: &'a str,
    /// The model.
    pub model: &'a str,
    /// Its prompt tokens.
    pub prompt_tokens: Tokens,
    /// What a call is expected to cost.
    pub cost_usd: Option<Money>,
    /// What it costs at most.
    pub worst_case_cost_usd: Option<Money>,
}

impl DatasetSpread {
    /// The spreads of rows, one for each template and model, in the order in which they come.
    #[must_use]
    pub fn of(rows: &[RowFigures<'_>]) -> Vec<Self> {
        let mut kinds: Vec<(&str, &str)> = Vec::new();
        for row in rows {
            if !kinds.contains(&(row.template, row.model)) {
                kinds.push((row.template, row.model));
            }
        }
        let spread = |(template, model): (&str, &str)| {
            let own = || rows.iter().filter(|row| (row.template, row.model) == (template, model));
            let money = |of: fn(&RowFigures<'_>) -> Option<Money>| {
                own().map(of).collect::<Option<Vec<_>>>().and_then(RowSpread::of)
            };
            Some(Self {
                template: template.to_owned(),
                model: model.to_owned(),
                rows: own().count(),
                prompt_tokens: RowSpread::of(own().map(|row| row.prompt_tokens).collect())?,
                cost_usd: money(|row| row.cost_usd),
                worst_case_cost_usd: money(|row| row.worst_case_cost_usd),
            })
        };
        kinds.into_iter().filter_map(spread).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_figures_of_rows() {
        let of = |n: u64| RowSpread::of((1..=n).rev().collect::<Vec<_>>());
        assert_eq!(of(0), None);
        assert_eq!(of(1), Some(RowSpread { p5: 1, p50: 1, p95: 1, max: 1 }));
        assert_eq!(of(20), Some(RowSpread { p5: 1, p50: 10, p95: 19, max: 20 }));
        assert_eq!(of(101), Some(RowSpread { p5: 6, p50: 51, p95: 96, max: 101 }));
    }
}
