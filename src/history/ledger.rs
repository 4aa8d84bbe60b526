//! What was charged, by day and by price: the rows of a bill.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::price_book::Charge;
use crate::billing::CostKind;
use crate::catalog::FeeItem;
use crate::logs::{LogFormat, ServiceTier, UsageRecord};
use crate::units::{Money, Rate};

/// What the charges of a row have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerKey {
    /// The day, UTC.
    pub day: Date,
    /// Whether the log does not say the day, so that another one is taken.
    pub day_is_assumed: bool,
    /// Who sold it, such as `openai`.
    pub provider: String,
    /// The id of the model, or its name in the log.
    pub model: String,
    /// The tier.
    pub tier: String,
    /// The label of the task.
    pub task: Option<String>,
    /// What was charged for, and at what price.
    pub price: UnitPrice,
}

impl LedgerKey {
    /// The row of all that have the same price on the same day. Models with a price are as many as the
    /// catalogue has; names that only a log has are left out.
    fn without_names(self) -> Self {
        let is_logs = self.price == UnitPrice::Charged;
        let name = |name: String| if is_logs { OTHERS.to_owned() } else { name };
        Self {
            model: name(self.model),
            tier: name(self.tier),
            task: self.task.map(|_| OTHERS.to_owned()),
            ..self
        }
    }
}

/// What a unit is and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitPrice {
    /// Tokens, and the rate of a million.
    Tokens(CostKind, Rate),
    /// Uses of a tool, and the price of one.
    Uses(FeeItem, Money),
    /// What a seller charged, whatever for.
    Charged,
}

/// The sum of a row.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LedgerSum {
    /// How many tokens or uses; 0 where a seller's charge is taken.
    pub quantity: u64,
    /// What they cost.
    pub cost: Money,
}

/// So many rows are kept apart. What comes after them has no names of its own, so that a log with a task
/// for each call is read in bounded memory.
const MOST: usize = 200_000;

/// What is in place of the names that are not kept apart.
const OTHERS: &str = "others";

/// The rows of a bill.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    rows: BTreeMap<LedgerKey, LedgerSum>,
    others: u64,
}

impl Ledger {
    /// Adds the rows of another ledger.
    pub fn merge(&mut self, other: Self) {
        for (key, more) in other.rows {
            self.put(key, more.quantity, more.cost);
        }
        self.others += other.others;
    }

    /// Adds what a call was charged; `assumed` is the day of a call without one.
    pub fn add(&mut self, record: &UsageRecord, charge: &Charge<'_>, assumed: Date) {
        let of = |price: UnitPrice| LedgerKey {
            day: record.day.unwrap_or(assumed),
            day_is_assumed: record.day.is_none(),
            provider: provider(record, charge),
            model: charge.id.clone().into_owned(),
            tier: match &record.tier {
                ServiceTier::Known(tier) => tier.name().to_owned(),
                ServiceTier::Other(name) => name.clone(),
            },
            task: record.task.clone(),
            price,
        };
        let is_charged = charge.bill.lines().any(|line| line.kind == CostKind::Charged);
        for line in charge.bill.lines() {
            match line.kind {
                CostKind::Fees => {}
                CostKind::Charged => self.put(of(UnitPrice::Charged), 0, line.cost_usd),
                kind if line.tokens.get() > 0 && !is_charged => {
                    let price = UnitPrice::Tokens(kind, line.usd_per_mtok);
                    self.put(of(price), line.tokens.get(), line.cost_usd);
                }
                _ => {}
            }
        }
        for (item, uses, each) in &charge.fees {
            self.put(of(UnitPrice::Uses(*item, *each)), *uses, *each * *uses);
        }
    }

    fn put(&mut self, key: LedgerKey, quantity: u64, cost: Money) {
        let is_full = self.rows.len() >= MOST && !self.rows.contains_key(&key);
        self.others += u64::from(is_full);
        let key = if is_full { key.without_names() } else { key };
        let sum = self.rows.entry(key).or_default();
        sum.quantity += quantity;
        sum.cost += cost;
    }

    /// How many charges are in rows without names of their own.
    #[must_use]
    pub fn others(&self) -> u64 {
        self.others
    }

    /// The rows, by day.
    pub fn rows(&self) -> impl Iterator<Item = (&LedgerKey, &LedgerSum)> {
        self.rows.iter()
    }
}

/// Who sold the call: the provider of the model, or who wrote the log.
fn provider(record: &UsageRecord, charge: &Charge<'_>) -> String {
    if record.format == LogFormat::Openrouter {
        return "openrouter".to_owned();
    }
    if let Some((model, _)) = charge.model {
        return model.provider.clone();
    }
    match record.format {
        LogFormat::OpenaiUsage => "openai",
        LogFormat::AnthropicUsage => "anthropic",
        LogFormat::DeepseekExport => "deepseek",
        _ => "unknown",
    }
    .to_owned()
}
