//! Usage times rates: a bill of exact lines.

use serde::Serialize;

use crate::catalog::Rates;
use crate::logs::Usage;
use crate::units::{Money, Rate, Tokens};

/// What a line of a bill charges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Prompt tokens that were not cached.
    Input,
    /// Prompt tokens read from the cache.
    CachedInput,
    /// Prompt tokens written to the cache for its usual lifetime, such as five minutes.
    CacheWrite,
    /// Prompt tokens written to the cache for its longer lifetime, such as an hour.
    CacheWriteExtended,
    /// Completion tokens, reasoning included.
    Output,
}

impl CostKind {
    /// Every kind, in the order of the lines of a bill.
    pub const ALL: [Self; 5] =
        [Self::Input, Self::CachedInput, Self::CacheWrite, Self::CacheWriteExtended, Self::Output];

    /// The name in tables and charts.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CachedInput => "cached input",
            Self::CacheWrite => "cache write",
            Self::CacheWriteExtended => "long cache write",
            Self::Output => "output",
        }
    }

    /// Whether it charges for a part of the prompt.
    #[must_use]
    pub const fn is_prompt(self) -> bool {
        !matches!(self, Self::Output)
    }

    /// Whether reports leave the line out when there is nothing on it. Kinds that came after the
    /// first version of the JSON contract do, so that older lists stay as they were.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::CacheWriteExtended)
    }
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

/// What a call costs, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    lines: [CostLine; CostKind::ALL.len()],
    /// What the same prompt would have cost without a cache, less what it cost with it.
    saved: Money,
}

impl Bill {
    /// One line per kind, in the order of [`CostKind::ALL`].
    #[must_use]
    pub const fn lines(&self) -> &[CostLine; CostKind::ALL.len()] {
        &self.lines
    }

    /// The sum of the lines.
    #[must_use]
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.cost_usd).sum()
    }

    /// How much more the call would have cost without a cache: every prompt token at the input rate.
    /// Negative when writing to the cache cost more than reading from it saved.
    #[must_use]
    pub const fn saved(&self) -> Money {
        self.saved
    }
}

/// Bills `usage` at `rates`:
/// `uncached·input + cached·cached_input + written·write + written_extended·write_extended + completion·output`.
///
/// A missing cache rate is the input rate; a missing extended write rate is that of the usual write.
/// The rates must be those of the prompt's length, see [`crate::catalog::PriceEntry::rates`].
#[must_use]
pub fn bill(usage: Usage, rates: &Rates) -> Bill {
    let line = |kind, tokens, rate: Rate| CostLine {
        kind,
        tokens,
        usd_per_mtok: rate,
        cost_usd: rate * tokens,
    };
    let write = rates.cache_write.unwrap_or(rates.input);
    let lines = [
        line(CostKind::Input, usage.uncached(), rates.input),
        line(CostKind::CachedInput, usage.cached(), rates.cached()),
        line(CostKind::CacheWrite, usage.written(), write),
        line(
            CostKind::CacheWriteExtended,
            usage.written_extended(),
            rates.cache_write_extended.unwrap_or(write),
        ),
        line(CostKind::Output, usage.completion(), rates.output),
    ];
    let paid: Money =
        lines.iter().filter(|line| line.kind.is_prompt()).map(|line| line.cost_usd).sum();
    let saved = rates.input * usage.prompt() - paid;
    Bill { lines, saved }
}

/// The total of [`bill()`].
#[must_use]
pub fn cost(usage: Usage, rates: &Rates) -> Money {
    bill(usage, rates).total()
}
