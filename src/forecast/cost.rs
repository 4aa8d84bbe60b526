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
    /// Prompt tokens written to the cache.
    CacheWrite,
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

/// Bills `usage` at `rates`, one line per kind:
/// `uncached·in + cached·cached_in + written·write + completion·out`.
///
/// The rates must be those of the prompt's length, see [`crate::catalog::PriceEntry::rates`].
#[must_use]
pub fn bill(usage: Usage, rates: &Rates) -> [CostLine; 4] {
    let line = |kind, tokens, rate: Rate| CostLine {
        kind,
        tokens,
        usd_per_mtok: rate,
        cost_usd: rate * tokens,
    };
    [
        line(CostKind::Input, usage.uncached(), rates.input),
        line(CostKind::CachedInput, usage.cached(), rates.cached()),
        line(CostKind::CacheWrite, usage.written(), rates.cache_write.unwrap_or(rates.input)),
        line(CostKind::Output, usage.completion(), rates.output),
    ]
}

/// What `usage` costs at `rates`.
#[must_use]
pub fn cost(usage: Usage, rates: &Rates) -> Money {
    bill(usage, rates).iter().map(|line| line.cost_usd).sum()
}
