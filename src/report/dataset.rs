//! What the rows of a dataset come to, beside the result of each.

use std::collections::BTreeMap;

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
    /// The spread of figures, each with how many rows have it; `None` without any.
    #[must_use]
    pub fn of(figures: &BTreeMap<T, usize>) -> Option<Self> {
        let rows: usize = figures.values().sum();
        let max = *figures.last_key_value()?.0;
        let rank = |percent: usize| {
            let nth = (percent * rows).div_ceil(100).max(1);
            let mut before = 0;
            let mut reached = figures.iter().skip_while(|(_, rows)| {
                before += **rows;
                before < nth
            });
            reached.next().map(|(figure, _)| *figure)
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

/// Spreads in the making, in memory that grows with the figures that differ, not with the rows.
#[derive(Debug, Default)]
pub struct Spreads(Vec<Kind>);

/// The rows of one template and model so far.
#[derive(Debug)]
struct Kind {
    template: String,
    model: String,
    rows: usize,
    prompt_tokens: BTreeMap<Tokens, usize>,
    /// `None` once a row has no such figure.
    cost_usd: Option<BTreeMap<Money, usize>>,
    worst_case_cost_usd: Option<BTreeMap<Money, usize>>,
}

impl<'r> Extend<RowFigures<'r>> for Spreads {
    fn extend<I: IntoIterator<Item = RowFigures<'r>>>(&mut self, rows: I) {
        rows.into_iter().for_each(|row| self.add(&row));
    }
}

impl Spreads {
    fn add(&mut self, row: &RowFigures<'_>) {
        let is_own = |kind: &Kind| kind.template == row.template && kind.model == row.model;
        let known = self.0.iter().rposition(is_own);
        let at = known.unwrap_or_else(|| {
            self.0.push(Kind {
                template: row.template.to_owned(),
                model: row.model.to_owned(),
                rows: 0,
                prompt_tokens: BTreeMap::new(),
                cost_usd: Some(BTreeMap::new()),
                worst_case_cost_usd: Some(BTreeMap::new()),
            });
            self.0.len() - 1
        });
        let Some(kind) = self.0.get_mut(at) else { return };
        kind.rows += 1;
        *kind.prompt_tokens.entry(row.prompt_tokens).or_default() += 1;
        for (figures, cost) in [
            (&mut kind.cost_usd, row.cost_usd),
            (&mut kind.worst_case_cost_usd, row.worst_case_cost_usd),
        ] {
            match (figures.as_mut(), cost) {
                (Some(known), Some(cost)) => *known.entry(cost).or_default() += 1,
                _ => *figures = None,
            }
        }
    }

    /// The spreads, one for each template and model, in the order in which they came.
    #[must_use]
    pub fn finish(self) -> Vec<DatasetSpread> {
        let spread = |kind: Kind| {
            Some(DatasetSpread {
                rows: kind.rows,
                prompt_tokens: RowSpread::of(&kind.prompt_tokens)?,
                cost_usd: kind.cost_usd.as_ref().and_then(RowSpread::of),
                worst_case_cost_usd: kind.worst_case_cost_usd.as_ref().and_then(RowSpread::of),
                template: kind.template,
                model: kind.model,
            })
        };
        self.0.into_iter().filter_map(spread).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_figures_of_rows() {
        let of = |n: u64| RowSpread::of(&(1..=n).rev().map(|figure| (figure, 1)).collect());
        assert_eq!(of(0), None);
        assert_eq!(of(1), Some(RowSpread { p5: 1, p50: 1, p95: 1, max: 1 }));
        assert_eq!(of(20), Some(RowSpread { p5: 1, p50: 10, p95: 19, max: 20 }));
        assert_eq!(of(101), Some(RowSpread { p5: 6, p50: 51, p95: 96, max: 101 }));
        let many = RowSpread::of(&BTreeMap::from([(7, 90), (8, 9), (9, 1)]));
        assert_eq!(many, Some(RowSpread { p5: 7, p50: 7, p95: 8, max: 9 }));
    }
}
