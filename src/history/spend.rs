//! The sum of calls: their tokens and costs by kind, and how they ended.

use serde::Serialize;

use super::price_book::Charge;
use crate::billing::CostKind;
use crate::logs::{Finish, UsageRecord};
use crate::units::{Money, Tokens};

/// Tokens of one kind and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SpendLine {
    /// What is charged for.
    pub kind: CostKind,
    /// How many tokens.
    pub tokens: Tokens,
    /// What they cost, each call at its own rates.
    pub cost_usd: Money,
}

impl SpendLine {
    /// Whether reports list it: always, or where there is something on it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        !self.kind.is_optional() || self.tokens > Tokens::ZERO || self.cost_usd > Money::ZERO
    }
}

/// The sum of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// How many calls.
    pub calls: u64,
    /// Their tokens and costs by kind.
    pub lines: [SpendLine; CostKind::ALL.len()],
    /// Reasoning tokens, part of the output.
    pub reasoning: Tokens,
    /// How many calls do not tell their reasoning tokens.
    pub reasoning_unknown: u64,
    /// How many were cut off.
    pub truncated: u64,
    /// What those cost.
    pub truncated_cost: Money,
    /// How many of them came out empty.
    pub empty: u64,
    /// What the empty ones cost.
    pub wasted: Money,
    /// What reading from the cache saved, less what writing to it cost.
    pub saved: Money,
    /// What writing to the cache cost more than the same tokens without it.
    pub write_surcharge: Money,
    /// How many ended by themselves; the others were cut off, stopped, or the log does not say.
    pub ended: u64,
    /// How many the log marks as a success.
    pub succeeded: u64,
    /// How many it marks as a failure.
    pub failed: u64,
}

impl Default for Spend {
    fn default() -> Self {
        let nothing = |kind| SpendLine { kind, tokens: Tokens::ZERO, cost_usd: Money::ZERO };
        Self {
            calls: 0,
            lines: CostKind::ALL.map(nothing),
            reasoning: Tokens::ZERO,
            reasoning_unknown: 0,
            truncated: 0,
            truncated_cost: Money::ZERO,
            empty: 0,
            wasted: Money::ZERO,
            saved: Money::ZERO,
            write_surcharge: Money::ZERO,
            ended: 0,
            succeeded: 0,
            failed: 0,
        }
    }
}

impl Spend {
    /// Adds a call.
    pub(super) fn add(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        let (truncated, empty) = (record.truncated(), record.empty());
        let cost_if = |counts: bool| if counts { charge.cost } else { Money::ZERO };
        self.calls += record.requests;
        for line in charge.bill.lines() {
            let sum = &mut self.lines[line.kind as usize];
            sum.tokens += line.tokens;
            sum.cost_usd += line.cost_usd;
        }
        self.reasoning += record.bill.reasoning.unwrap_or_default();
        self.reasoning_unknown += u64::from(record.bill.reasoning.is_none());
        self.truncated += u64::from(truncated);
        self.truncated_cost += cost_if(truncated);
        self.empty += u64::from(empty);
        self.wasted += cost_if(empty);
        self.saved += charge.bill.saved();
        self.write_surcharge += charge.bill.write_surcharge();
        self.ended += u64::from(record.finish == Finish::Stop);
        self.succeeded += u64::from(record.success == Some(true));
        self.failed += u64::from(record.success == Some(false));
    }

    /// Adds the sum of other calls.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        for (sum, line) in self.lines.iter_mut().zip(&other.lines) {
            sum.tokens += line.tokens;
            sum.cost_usd += line.cost_usd;
        }
        self.reasoning += other.reasoning;
        self.reasoning_unknown += other.reasoning_unknown;
        self.truncated += other.truncated;
        self.truncated_cost += other.truncated_cost;
        self.empty += other.empty;
        self.wasted += other.wasted;
        self.saved += other.saved;
        self.write_surcharge += other.write_surcharge;
        self.ended += other.ended;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
    }

    /// What all calls cost.
    #[must_use]
    pub fn cost(&self) -> Money {
        self.lines.iter().map(|line| line.cost_usd).sum()
    }

    /// The tokens of such kinds.
    fn tokens(&self, is_kind: fn(CostKind) -> bool) -> Tokens {
        self.lines.iter().filter(|line| is_kind(line.kind)).map(|line| line.tokens).sum()
    }

    /// All prompt tokens.
    #[must_use]
    pub fn prompt(&self) -> Tokens {
        self.tokens(CostKind::is_prompt)
    }

    /// Prompt tokens read from the cache.
    #[must_use]
    pub fn cached(&self) -> Tokens {
        self.tokens(CostKind::is_cached)
    }

    /// Prompt tokens written to the cache.
    #[must_use]
    pub fn written(&self) -> Tokens {
        self.tokens(|kind| matches!(kind, CostKind::CacheWrite | CostKind::CacheWriteExtended))
    }

    /// At least this much of what writing to the cache cost more bought nothing: each token that is read
    /// was written once, so of more tokens written than read the rest was never read.
    #[must_use]
    pub fn written_in_vain(&self) -> Money {
        let (written, read) = (self.written(), self.cached());
        let unread = written.saturating_sub(read);
        if unread == Tokens::ZERO || self.write_surcharge <= Money::ZERO {
            return Money::ZERO;
        }
        self.write_surcharge.share(unread.get(), written.get())
    }

    /// What a call cost that ended by itself, those that did not included; null where none did, or the
    /// log does not say of any.
    #[must_use]
    pub fn cost_per_ended(&self) -> Option<Money> {
        (self.ended > 0).then(|| self.cost().share(1, self.ended))
    }

    /// What a success cost, failures and calls without a mark included; null where none is marked as one.
    #[must_use]
    pub fn cost_per_success(&self) -> Option<Money> {
        (self.succeeded > 0).then(|| self.cost().share(1, self.succeeded))
    }

    /// All completion tokens, reasoning included.
    #[must_use]
    pub fn completion(&self) -> Tokens {
        self.tokens(CostKind::is_completion)
    }
}
