//! Usage times rates: a bill of exact lines.

use serde::Serialize;

use crate::catalog::Rates;
use crate::units::{Money, Rate, Tokens};
use crate::usage::Usage;

/// What a line of a bill charges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Prompt tokens that were not cached.
    Input,
    /// Prompt tokens read from the cache.
    CachedInput,
    /// Completion tokens, reasoning included.
    Output,
}

/// Tokens of one kind, their rate, and the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CostLine {
    /// What is charged for.
    pub kind: CostKind,
    /// How many tokens.
    pub tokens: Tokens,
    /// USD per million tokens.
    pub usd_per_mtok: Rate,
    /// `tokens × usd_per_mtok / 1,000,000`, exactly.
    pub cost_usd: Money,
}

/// The lines of one call and their sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// One line per kind of which there are tokens; input and output are always there.
    pub lines: Vec<CostLine>,
}

impl Bill {
    /// Bills `usage` at `rates`: `(prompt - cached)·in + cached·cached_in + completion·out`.
    ///
    /// The rates must be those of the prompt's length, see [`crate::catalog::PriceEntry::rates`].
    #[must_use]
    pub fn new(usage: Usage, rates: &Rates) -> Self {
        let line = |kind, tokens, rate: Rate| CostLine {
            kind,
            tokens,
            usd_per_mtok: rate,
            cost_usd: rate * tokens,
        };
        let mut lines = vec![line(CostKind::Input, usage.uncached(), rates.input)];
        if usage.cached() > Tokens::ZERO {
            lines.push(line(CostKind::CachedInput, usage.cached(), rates.cached()));
        }
        lines.push(line(CostKind::Output, usage.completion(), rates.output));
        Self { lines }
    }

    /// The sum of the lines.
    #[must_use]
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.cost_usd).sum()
    }
}
